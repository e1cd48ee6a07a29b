"""What a backend is, which ones there are, and which one is chosen.

A backend is found by name. The built-in ones are loaded when first asked for; those of other packages are
looked for only when a name is not built in, or when all are listed. They register an instance of `Backend`
under the entry-point group ``nbbrain.backends``:

.. code-block:: toml

    [project.entry-points."nbbrain.backends"]
    mine = "my_package.my_module:backend"

Loading a backend must not import its compiler: `Backend.unavailable_reason` says what is missing, and the
compiler is imported when the first step is compiled.
"""

from __future__ import annotations

import importlib.util
import pkgutil
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

from nbbrain import settings
from nbbrain.errors import BackendError, BackendNotice
from nbbrain.threads import one_at_a_time

__all__ = [
    "Backend",
    "CompilingBackend",
    "available_backends",
    "backend",
    "get_backend",
    "is_installed",
    "registered_backends",
    "set_backend",
]


class Backend(ABC):
    """A way to carry out computations; as it stands, by running NumPy operations one after another.

    Attributes
    ----------
    name : str
        The name it is registered and chosen by.
    description : str
        What it is, in one line.
    compiles : bool
        Whether loops are captured and handed to `CompilingBackend.run_step`; else operations run at once.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    compiles: ClassVar[bool] = False

    def unavailable_reason(self) -> str | None:
        """Return what is missing for this backend to work on this machine, or None where it works."""
        return None

    def runs_on(self) -> str:
        """Return what loops run on, in words; empty for the processor."""
        return ""

    def placed(self, array: Any) -> Any:
        """Return a NumPy array with the same elements, in the memory that loops of this backend read."""
        return array

    def device_interface(self, array: Any) -> dict[str, Any]:
        """Return what ``__cuda_array_interface__`` says of an array in the memory of a GPU.

        Raises
        ------
        AttributeError
            For an array elsewhere, as Python asks of attributes that are not there.
        """
        raise AttributeError(f"arrays of the backend {self.name!r} are not in the memory of a GPU.")

    def variant(self, option: str) -> Backend:
        """Return the backend that ``name:option`` stands for, such as another device."""
        raise BackendError(f"the backend {self.name!r} has no variants, but got {f'{self.name}:{option}'!r}.")


class CompilingBackend(Backend):
    """A backend that compiles the captured step of a loop and runs all steps at once."""

    compiles: ClassVar[bool] = True

    def check(self, step: Any) -> None:
        """Raise `UnsupportedOperationError` for a step with an operation that this backend does not know."""

    @abstractmethod
    def run_step(
        self,
        step: Any,
        length: int,
        carried: tuple[Any, ...],
        per_step: tuple[Any, ...],
        constants: tuple[Any, ...],
        reverse: bool,
    ) -> tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]:
        """Run a captured step ``length`` times.

        Parameters
        ----------
        step : program
            The captured step: what it computes from one step's values.
        length : int
            How many times the step runs, T.
        carried : tuple of arrays
            Values that each step takes from the step before it; here, those of the first step.
        per_step : tuple of arrays, shape (T, ...)
            Values of which each step takes one row.
        constants : tuple of arrays
            Values that are the same in every step.
        reverse : bool
            Whether the steps run from the last row to the first, as an adjoint does.

        Returns
        -------
        carried : tuple of arrays
            The carried values after the last step that ran.
        outputs : tuple of arrays, shape (T, ...)
            What each step gives, in the order of the rows of ``per_step``.
        sums : tuple of arrays
            What the steps contribute to one result, added up, such as the gradients of constants.
        """

    def run_part(
        self,
        step: Any,
        length: int,
        carried: tuple[Any, ...],
        per_step: tuple[Any, ...],
        constants: tuple[Any, ...],
        reverse: bool,
        sums: Any,
    ) -> tuple[tuple[Any, ...], tuple[Any, ...], Any]:
        """Run some turns of a longer loop: like `run_step`, but add to the sums of the turns before.

        ``sums`` is None at first, then what the last part returned, with whatever else serves all parts; `sum_up` turns it
        into arrays. A backend that adds up in several places overrides both, so that parts give the same bits as the whole.
        """
        carried, outputs, more = self.run_step(step, length, carried, per_step, constants, reverse)
        return carried, outputs, more if sums is None else tuple([x + y for x, y in zip(sums, more, strict=True)])

    def sum_up(self, step: Any, sums: Any) -> tuple[Any, ...]:
        """Return the sums of all parts that ran."""
        return tuple(sums)

    def turns_at_once(self, step: Any) -> int:
        """Return how many turns are added up together, so that parts of a loop can begin between them."""
        return 1


_loaders: dict[str, Callable[[], Any]] = {
    "numpy": partial(pkgutil.resolve_name, "nbbrain.backends.numpy:backend"),
    "numba": partial(pkgutil.resolve_name, "nbbrain.backends.numba:backend"),
    "cuda": partial(pkgutil.resolve_name, "nbbrain.backends.cuda:backend"),
}
_loaded: dict[str, Backend] = {}
_usable: dict[str, Backend] = {}
_noticed = False


def get_backend(name: str | None = None) -> Backend:
    """Return the backend of that name, or the one that is chosen here.

    Parameters
    ----------
    name : str, optional
        A registered name, perhaps with an option (``cuda:1``). Without it: the innermost `backend` block decides, then the
        last `set_backend`, then ``NBBRAIN_BACKEND``, then ``numba`` where Numba is installed, else ``numpy``, with one
        notice.

    Raises
    ------
    BackendError
        When no backend of that name is registered, or when it does not work on this machine.

    Examples
    --------
    >>> from nbbrain.backends import get_backend
    >>> get_backend("numpy").compiles
    False
    """
    chosen = settings.get("backend", name) or _default_name()
    if chosen not in _usable:
        found = _load(chosen)
        reason = found.unavailable_reason()
        if reason is not None:
            raise BackendError(f"the backend {chosen!r} does not work here: {reason}")
        _usable[chosen] = found
    return _usable[chosen]


def set_backend(name: str | None) -> None:
    """Choose the backend for the whole process; None takes the choice back.

    Raises
    ------
    BackendError
        As from `get_backend`; then the former choice still holds.

    Examples
    --------
    >>> from nbbrain.backends import get_backend, set_backend
    >>> set_backend("numpy")
    >>> get_backend().name
    'numpy'
    >>> set_backend(None)
    """
    if name is not None:
        get_backend(name)
    settings.set(backend=name)


@contextmanager
def backend(name: str) -> Iterator[Backend]:
    """Choose the backend inside a ``with`` block, or inside every call of a decorated function.

    Raises
    ------
    BackendError
        On entering, as from `get_backend`.

    Examples
    --------
    >>> from nbbrain.backends import backend, get_backend
    >>> with backend("numpy"):
    ...     get_backend().name
    'numpy'
    """
    found = get_backend(name)
    with settings.using(backend=name):
        yield found


def registered_backends() -> dict[str, str | None]:
    """Return every registered backend by name, with what it lacks on this machine, or None where it works.

    Examples
    --------
    >>> from nbbrain.backends import registered_backends
    >>> registered_backends()["numpy"] is None
    True
    """
    return {name: _reason(name) for name in _registry()}


def available_backends() -> tuple[str, ...]:
    """Return the names of the backends that work on this machine.

    Examples
    --------
    >>> from nbbrain.backends import available_backends
    >>> "numpy" in available_backends()
    True
    """
    return tuple(name for name, reason in registered_backends().items() if reason is None)


def is_installed(module: str) -> bool:
    """Say whether a top-level module can be found, without importing it."""
    return importlib.util.find_spec(module) is not None


def _default_name() -> str:
    global _noticed
    if "numba" in _usable or is_installed("numba"):
        return "numba"
    if not _noticed:
        _noticed = True
        warnings.warn(
            "Numba is not installed, so nbbrain runs on the backend 'numpy', which is slower. Install Numba "
            "(pip install numba), or set NBBRAIN_BACKEND=numpy to do without this notice.",
            BackendNotice,
            stacklevel=3,
        )
    return "numpy"


def _registry() -> dict[str, Callable[[], Any]]:
    """Return what loads each backend; a built-in name cannot be taken over by another package."""
    from importlib.metadata import entry_points  # takes a while to import

    others = {entry.name: entry.load for entry in entry_points(group="nbbrain.backends")}
    return _loaders | others | _loaders


@one_at_a_time  # a fork while another thread imports would leave the child with the lock of that module
def _load(name: str) -> Backend:
    if ":" in name and name not in _loaded:
        base, _, option = name.partition(":")
        _loaded[name] = _load(base).variant(option)
    if name not in _loaded:
        registry = _loaders if name in _loaders else _registry()
        if name not in registry:
            raise BackendError(f"unknown backend {name!r}; the registered ones are {', '.join(registry)}.")
        try:
            found = registry[name]()
        except Exception as error:  # whatever another package's module raises
            cause = f"{type(error).__name__}: {error}"
            raise BackendError(f"the backend {name!r} cannot be loaded: {cause}") from error
        if not isinstance(found, Backend):
            raise BackendError(f"what is registered as {name!r} is no instance of Backend: {found!r}.")
        _loaded[name] = found
    return _loaded[name]


def _reason(name: str) -> str | None:
    try:
        return _load(name).unavailable_reason()
    except BackendError as error:
        return str(error)
