"""``share``: what all parts of a model know while a step runs, such as the time."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nbbrain.math.environment import get_dt
from nbbrain.program.capture import scoped_state
from nbbrain.threads import Stack
from nbbrain.tools import DotDict

__all__ = ["Share", "SharedArguments", "share"]


class SharedArguments(DotDict):
    """The arguments that all parts of a model share in one step: ``t``, ``dt``, ``i``, ``fit`` and the user's own.

    Without a ``dt`` of its own it has that of the environment.
    """

    def __missing__(self, key: str) -> Any:
        if key == "dt":
            return get_dt()
        hint = ""
        if key in ("t", "i"):
            hint = f" Give it by bp.share.save({key}=...), or let a runner or trainer run the model."
        raise KeyError(f"Cannot found shared data of {key}.{hint}")


class Share:
    """The arguments that all parts of a model share while a step runs.

    Runners and trainers save the time ``t`` (ms) at which the step begins, the time step ``dt`` (ms), the number ``i`` of
    the step, and whether the model is being fitted, ``fit``. What is saved inside of a loop does not outlast it.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.share.save(t=0., fit=True)
    >>> bp.share.load('fit'), bp.share['t'], bp.share.load('dt')
    (True, 0.0, 0.1)
    >>> bp.share.clear_shargs()
    """

    def __init__(self) -> None:
        self._common = SharedArguments()
        self._inside = Stack[SharedArguments]()

    @property
    def _arguments(self) -> SharedArguments:
        """The arguments of all threads, or inside of a loop those of the thread that runs it."""
        return self._inside[-1] if self._inside else self._common

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save arguments, by keyword or as names and values in turn.

        Raises
        ------
        TypeError
            For a name that is no text, or without a value. Nothing is saved then.

        Examples
        --------
        >>> import nbbrain as bp
        >>> bp.share.save('a', 1, 'b', 2, c=3)
        >>> bp.share.load('b')
        2
        >>> bp.share.clear_shargs('a', 'b', 'c')
        """
        names, values = args[::2], args[1::2]
        if len(names) != len(values) or not all(isinstance(name, str) for name in names):
            raise TypeError(f"share.save takes names and values in turn, but got {args!r}.")
        self._arguments.update(zip(names, values, strict=True), **kwargs)

    @contextmanager
    def saved(self, **kwargs: Any) -> Iterator[None]:
        """Save arguments inside a ``with`` block; at its end all is as it was before.

        Examples
        --------
        >>> import nbbrain as bp
        >>> with bp.share.saved(fit=True):
        ...     bp.share.load('fit')
        True
        >>> 'fit' in bp.share
        False
        """
        restore = _note()
        try:
            self.save(**kwargs)
            yield
        finally:
            restore()

    def load(self, key: str, default: Any = None) -> Any:
        """Return a saved argument.

        Parameters
        ----------
        key : str
            The name.
        default : optional
            What to return where nothing is saved; None is no default.

        Raises
        ------
        KeyError
            When nothing is saved under the name. Only ``dt`` has a value then, that of the environment.
        """
        if default is not None and key not in self._arguments:
            return default
        return self._arguments[key]

    __getitem__ = load

    def __setitem__(self, key: str, value: Any) -> None:
        self.save(key, value)

    def __contains__(self, key: str) -> bool:
        return key in self._arguments

    def get_shargs(self) -> SharedArguments:
        """Return a copy of all saved arguments, with ``dt``."""
        return SharedArguments({"dt": get_dt(), **self._arguments})

    def clear_shargs(self, *keys: str) -> None:
        """Forget saved arguments: those named, or all."""
        for key in keys or list(self._arguments):
            self._arguments.pop(key, None)

    def __repr__(self) -> str:
        return f"share({', '.join([f'{key}={value!r}' for key, value in self._arguments.items()])})"


share = Share()


def _note() -> Callable[[], None]:
    """Note what is saved, for a loop that saves other values meanwhile."""
    share._inside.append(SharedArguments(share._arguments))

    def restore() -> None:
        share._inside.pop()

    return restore


scoped_state.append(_note)
