"""Functions as objects: a function together with the variables and objects that it uses."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbbrain.math.objects.base import BrainPyObject

__all__ = ["FunAsObject", "Partial", "function", "to_object"]


class FunAsObject(BrainPyObject):
    """A function as an object, so that its variables can be collected.

    Parameters
    ----------
    target : callable
        The function.
    child_objs : BrainPyObject, or sequence or dict of BrainPyObject, optional
        Objects that the function uses.
    dyn_vars : Variable, or sequence or dict of Variable, optional
        Variables that the function uses.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.ones(2))
    >>> f = bm.FunAsObject(lambda x: x * w, dyn_vars=dict(w=w), name='f')
    >>> f(3.).tolist(), list(f.vars())
    ([3.0, 3.0], ['f.w'])
    """

    def __init__(self, target: Callable[..., Any], child_objs: Any = None, dyn_vars: Any = None,
                 name: str | None = None) -> None:
        if not callable(target):
            raise TypeError(f"a callable is needed, but got {target!r} of type {type(target).__name__}.")
        super().__init__(name)
        self.target = target
        if child_objs is not None:
            self.register_implicit_nodes(child_objs)
        if dyn_vars is not None:
            self.register_implicit_vars(dyn_vars)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.target(*args, **kwargs)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name}, target={getattr(self.target, '__name__', self.target)})"


class Partial(FunAsObject):
    """A function with some of its arguments given, as an object.

    Parameters
    ----------
    fun : callable
        The function.
    *args, **keywords
        Arguments that go before those, and together with those, of the call.
    child_objs, dyn_vars
        Objects and variables that the function uses, as in `FunAsObject`.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.Partial(max, 3)(1, 2)
    3
    """

    def __init__(self, fun: Callable[..., Any], *args: Any, child_objs: Any = None, dyn_vars: Any = None,
                 **keywords: Any) -> None:
        super().__init__(fun, child_objs, dyn_vars)
        self.args, self.keywords = args, keywords

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function with the arguments given before and those given now."""
        return self.target(*self.args, *args, **{**self.keywords, **kwargs})


def to_object(f: Callable[..., Any] | None = None, child_objs: Any = None, dyn_vars: Any = None,
              name: str | None = None) -> Any:
    """Make an object of a function; without one, return a decorator that does. Parameters are those of `FunAsObject`.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.ones(2))
    >>> @bm.to_object(dyn_vars=[w])
    ... def scaled(x):
    ...     return x * w
    >>> len(scaled.vars())
    1
    """
    if f is None:
        return lambda target: FunAsObject(target, child_objs, dyn_vars, name)
    return FunAsObject(f, child_objs, dyn_vars, name)


def function(f: Callable[..., Any] | None = None, nodes: Any = None, dyn_vars: Any = None, name: str | None = None) -> Any:
    """`to_object` under its older name; ``nodes`` are its ``child_objs``."""
    return to_object(f, nodes, dyn_vars, name)
