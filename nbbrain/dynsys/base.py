"""`DynamicalSystem`: a model, or a part of one, that has a state and a rule how one step changes it."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar

from nbbrain.dynsys.delays import DelayRegistry
from nbbrain.dynsys.share import SharedArguments, share
from nbbrain.errors import MathError
from nbbrain.math.environment import get_mode
from nbbrain.math.modes import Mode
from nbbrain.math.objects import BrainPyObject, Collector
from nbbrain.math.objects.search import variables_of
from nbbrain.math.random import RandomState
from nbbrain.math.variables import Parameter, TrainVar

__all__ = ["DynamicalSystem", "DynamicalSystemNS", "children_of", "not_pass_shared"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_clearing: ContextVar[bool] = ContextVar("nbbrain_clearing_inputs", default=False)


def not_pass_shared(func: _Function) -> _Function:
    """Mark an ``update`` method that does not take the shared arguments as its first argument.

    Examples
    --------
    >>> import nbbrain as bp
    >>> class Double(bp.DynamicalSystem):
    ...     @bp.not_pass_shared
    ...     def update(self, x):
    ...         return 2 * x
    >>> Double()(3.)
    6.0
    """
    func._takes_shared = False  # type: ignore[attr-defined]
    return func


class DynamicalSystem(DelayRegistry, BrainPyObject):
    """A model, or a part of one: subclasses define ``update``, which carries out one step.

    ``update(self, shared, ...)`` takes the shared arguments first (``shared['t']``, ``shared['dt']``, ...). In a
    `DynamicalSystemNS`, or marked by `not_pass_shared`, it does not, and reads them by ``bp.share.load``.

    Parameters
    ----------
    name : str, optional
        The name. Without one it is the next free one of the class.
    mode : Mode, optional
        What the model is built for; by default, what ``bm.get_mode()`` says.

    Raises
    ------
    BrainPyError
        For a name that is no valid identifier of Python.
    MathError
        For a mode that is none.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> class Clock(bp.DynamicalSystem):
    ...     def update(self, shared, speed):
    ...         return shared['t'] * speed
    >>> clock = Clock()
    >>> clock({'t': 2.}, 3.)
    6.0
    >>> bp.share.save(t=5.)
    >>> clock(3.), 3. >> clock
    (15.0, 15.0)
    >>> bp.share.clear_shargs()
    """

    _passes_shared: ClassVar[bool] = True

    __array_ufunc__ = None  # a NumPy array on the left of >> leaves the operation to __rrshift__

    def __init__(self, name: str | None = None, mode: Mode | None = None) -> None:
        super().__init__(name)
        self.mode = get_mode() if mode is None else mode
        if not isinstance(self.mode, Mode):
            raise MathError(f"{self.name}: mode must be a Mode, such as bm.training_mode, but got {mode!r}.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name}, mode={self.mode})"

    # One step

    def update(self, *args: Any, **kwargs: Any) -> Any:
        """Carry out one step; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define update().")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Carry out one step: call ``update``.

        Parameters
        ----------
        *args
            If the first is a dict, it holds shared arguments, which are saved (``bp.share``). The others go to ``update``.
        **kwargs
            Go to ``update``.
        """
        if args and isinstance(args[0], dict):
            share.save(**args[0])
            shared, args = args[0] if isinstance(args[0], SharedArguments) else SharedArguments(args[0]), args[1:]
        else:
            shared = share.get_shargs()
        if self._passes_shared and getattr(self.update, "_takes_shared", True):
            return self.update(shared, *args, **kwargs)
        return self.update(*args, **kwargs)

    def __rrshift__(self, x: Any) -> Any:
        """``x >> self``: call it."""
        return self(x)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{self.name} is a model, not an array.")

    # The state

    def reset(self, *args: Any, **kwargs: Any) -> None:
        """Reset the state: see `reset_state`."""
        self.reset_state(*args, **kwargs)

    def reset_state(self, *args: Any, **kwargs: Any) -> None:
        """Give all state variables their first values.

        By default, reset the children and the delays; what has a state of its own defines it.

        Parameters
        ----------
        *args, **kwargs
            By convention, ``batch_size``.
        """
        children = children_of(self)
        if not children and _has_state(self):
            raise NotImplementedError(f"{type(self).__name__} has variables, so it must define reset_state().")
        for child in children.values():
            child.reset_state(*args, **kwargs)
        self.reset_local_delays()

    def clear_input(self) -> None:
        """Set what was gathered as input in this step back to zero, in everything below this object.

        A class with an input of its own defines it; calling ``super().clear_input()`` there reaches what is below.
        """
        if _clearing.get():
            return  # the call that is under way reaches everything below
        token = _clearing.set(True)
        try:
            for node in self.nodes(include_self=False).subset(DynamicalSystem).values():
                node.clear_input()
        finally:
            _clearing.reset(token)

    # Delays

    def update_local_delays(self, nodes: Collector | Iterable[Any] | None = None) -> None:
        """Store the present values of delayed variables: called once at the end of a step.

        Parameters
        ----------
        nodes : collection of DynamicalSystem, optional
            Whose delays; by default, those of the children.
        """
        for node in _given(nodes, children_of(self)):
            node._store_delayed()

    def reset_local_delays(self, nodes: Collector | Iterable[Any] | None = None) -> None:
        """Forget the stored values of delayed variables.

        Parameters
        ----------
        nodes : collection of DynamicalSystem, optional
            Whose delays; by default, those of this object and of the children.
        """
        for node in _given(nodes, [self, *children_of(self).values()]):
            node._reset_delayed()


class DynamicalSystemNS(DynamicalSystem):
    """A `DynamicalSystem` whose ``update`` does not take the shared arguments; ``bp.share.load`` gives them.

    Parameters
    ----------
    name : str, optional
        The name. Without one it is the next free one of the class.
    mode : Mode, optional
        What the model is built for; by default, what ``bm.get_mode()`` says.

    Examples
    --------
    >>> import nbbrain as bp
    >>> class Double(bp.DynamicalSystemNS):
    ...     def update(self, x):
    ...         return 2 * x
    >>> 3. >> Double() >> Double()
    12.0
    """

    _passes_shared = False


def children_of(system: DynamicalSystem) -> Collector:
    """The direct children of a system that are systems themselves, by name; not the views of other systems."""
    from nbbrain.dynsys.views import DSView

    return system.nodes(level=1, include_self=False).subset(DynamicalSystem).not_subset(DSView)


def _given(nodes: Collector | Iterable[Any] | None, default: Collector | Iterable[Any]) -> list[Any]:
    chosen = default if nodes is None else nodes
    return list(chosen.values()) if isinstance(chosen, Collector) else list(chosen)


def _has_state(system: DynamicalSystem) -> bool:
    """Whether a system has variables of its own that a reset would have to set."""
    return any(not isinstance(variable, (TrainVar, Parameter, RandomState)) for _, variable in variables_of(system))
