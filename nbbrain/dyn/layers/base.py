"""The base of all layers, and layers without parameters."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.check import is_callable
from nbbrain.dynsys import DynamicalSystemNS

__all__ = ["Activation", "Flatten", "FunAsLayer", "Identity", "Layer"]


class Layer(DynamicalSystemNS):
    """The base of layers: what maps an input to an output in every step, with or without a state.

    Parameters
    ----------
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.

    Examples
    --------
    >>> import nbbrain as bp
    >>> class Double(bp.layers.Layer):
    ...     def update(self, x):
    ...         return 2 * x
    >>> bp.math.ones(2) >> Double()
    Array(value=Array([2., 2.]), dtype=float32)
    """

    def reset_state(self, batch_size: int | None = None) -> None:
        """Do nothing, unless a layer has a state."""


class FunAsLayer(Layer):
    """A function as a layer.

    Parameters
    ----------
    fun : callable
        The function; it is called with the input.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.
    **kwargs
        Keyword arguments of every call.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.layers.FunAsLayer(bm.clip, a_min=0., a_max=1.)(bm.asarray([-1., 0.5, 3.]))
    Array(value=Array([0. , 0.5, 1. ]), dtype=float32)
    """

    def __init__(self, fun: Callable[..., Any], name: str | None = None, mode: bm.Mode | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, mode=mode)
        self.fun = is_callable(fun, "fun")
        self.kwargs = kwargs

    def update(self, x: Any) -> Any:
        """The function of x."""
        return self.fun(x, **self.kwargs)


class Activation(Layer):
    """An activation function as a layer.

    Parameters
    ----------
    activate_fun : callable
        The activation function.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.
    **kwargs
        Keyword arguments of every call.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.layers.Activation(bm.leaky_relu, negative_slope=0.5)(bm.asarray([-1., 1.]))
    Array(value=Array([-0.5,  1. ]), dtype=float32)
    """

    def __init__(self, activate_fun: Callable[..., Any], name: str | None = None, mode: bm.Mode | None = None,
                 **kwargs: Any) -> None:
        super().__init__(name=name, mode=mode)
        self.activate_fun = is_callable(activate_fun, "activate_fun")
        self.kwargs = kwargs

    def update(self, x: Any) -> Any:
        """The activation of x."""
        return self.activate_fun(x, **self.kwargs)


class Flatten(Layer):
    """All axes in one; where the mode has batches, the first axis stays.

    Parameters
    ----------
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> x = bm.zeros((2, 3, 4))
    >>> bp.layers.Flatten()(x).shape, bp.layers.Flatten(mode=bm.batching_mode)(x).shape
    ((24,), (2, 12))
    """

    def __init__(self, name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(name=name, mode=mode)

    def update(self, x: Any) -> Any:
        """X with all its elements along one axis (or two)."""
        array = bm.asarray(x)
        return array.reshape((array.shape[0], -1) if isinstance(self.mode, bm.BatchingMode) else (-1,))


class Identity(Layer):
    """The input as it is. Arguments are accepted and ignored, so that it can stand in for any layer.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Identity(10, 20)(3.)
    3.0
    """

    def __init__(self, *args: Any, name: str | None = None, mode: bm.Mode | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, mode=mode)

    def update(self, x: Any) -> Any:
        """X itself."""
        return x
