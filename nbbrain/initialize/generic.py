"""What layers, neurons and synapses make of the initial values that users give them."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.initialize.base import Initializer
from nbbrain.sizes import Size, to_size

__all__ = ["noise", "parameter", "variable", "variable_"]

_NUMBERS = (bool, int, float, complex, np.number, np.bool_)


def parameter(param: Any, size: Size, allow_none: bool = True, allow_scalar: bool = True) -> Any:
    """A parameter of a model, from whatever describes it.

    Parameters
    ----------
    param : None, number, array-like, Initializer or callable
        None and numbers stay what they are; an `Array` (or a `Variable`) is returned itself; NumPy arrays, lists and
        tuples become an `Array`; an initializer or a function is called with the size.
    size : int or sequence of int
        The size that the parameter must have. Arrays of one element may stand for a number.
    allow_none, allow_scalar : bool
        Whether None, and numbers and arrays of one element, are allowed.

    Returns
    -------
    None, number or Array

    Raises
    ------
    ValueError
        When the parameter has another size, or is something else.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.init.parameter(bp.init.OneInit(2.), 3)
    Array(value=Array([2., 2., 2.]), dtype=float32)
    >>> bp.init.parameter([[1., 2., 3.]], (10, 50))
    Traceback (most recent call last):
        ...
    ValueError: The shape of the parameters should be (10, 50), but we got (1, 3)
    """
    wanted = to_size(size)
    if param is None:
        if allow_none:
            return None
        raise ValueError("a parameter is needed, but got None.")
    if isinstance(param, _NUMBERS):
        if allow_scalar:
            return param
        raise ValueError(f"a parameter of the shape {wanted} is needed, but got the number {param}.")
    value = _made(param, wanted)
    shape = np.shape(value) if not isinstance(value, bm.Array) else value.shape
    if shape != wanted and not (allow_scalar and shape in ((), (1,))):
        raise ValueError(f"The shape of the parameters should be {wanted}, but we got {shape}")
    return value


def _made(param: Any, size: tuple[int, ...]) -> bm.Array:
    """The array of an initializer, a function, an array or a sequence of numbers."""
    if isinstance(param, bm.Array):
        return param
    made = param(size) if callable(param) else param
    if isinstance(made, (bm.Array, np.ndarray, list, tuple, *_NUMBERS)):
        return made if isinstance(made, bm.Array) else bm.Array(made)
    if callable(param):
        raise ValueError(f"an initializer must return an array, but {param!r} returned {type(made).__name__}.")
    raise ValueError(f"a parameter must be None, a number, an array, an initializer or a function of the size, but got "
                     f"{param!r} of type {type(param).__name__}.")


def variable_(init: Any, size: Size | None = None, batch_size_or_mode: Any = None, batch_axis: int = 0) -> bm.Variable:
    """A state variable of a model, with a batch axis where the mode has one.

    Parameters
    ----------
    init : Initializer, callable or array-like
        An initializer or a function is called with the size, batch axis included; an array has the size without
        it, and is repeated along it.
    size : int or sequence of int, optional
        The size without the batch axis; needed unless ``init`` is an array.
    batch_size_or_mode : None, bool, int or Mode, optional
        None, False and a `NonBatchingMode` mean no batch axis; an integer is the size of the batch; a `BatchingMode` or
        `TrainingMode` tells it; True means 1.
    batch_axis : int
        Where the batch axis is.

    Returns
    -------
    Variable

    Raises
    ------
    ValueError
        When sizes do not agree, or an argument is something else.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> v = bp.init.variable_(bp.init.ZeroInit(), 3, bm.TrainingMode(batch_size=2))
    >>> v.shape, v.batch_axis
    ((2, 3), 0)
    """
    batch = _batch_size(batch_size_or_mode)
    if callable(init) and not isinstance(init, bm.Array):
        if size is None:
            raise ValueError(f"size must be given where init is an initializer or a function ({init!r}).")
        whole = _with_batch(to_size(size), batch, batch_axis)
        value = _made(init, whole)
        if value.shape != whole:
            raise ValueError(f"init must return an array of the shape {whole}, but it returned one of {value.shape}.")
    else:
        value = _made(init, ())
        if size is not None and value.shape != to_size(size):
            raise ValueError(f"init must have the shape {to_size(size)}, but we got {value.shape}.")
        if batch is not None:
            shape = _with_batch(value.shape, batch, batch_axis)
            value = bm.broadcast_to(bm.expand_dims(value, batch_axis), shape)
    return bm.Variable(value, batch_axis=None if batch is None else batch_axis)


def variable(init: Any, batch_size_or_mode: Any = None, size: Size | None = None,
             batch_axis: int = 0) -> bm.Variable:
    """`variable_` with its arguments in another order.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.init.variable([1., 2.], 2)
    Variable(value=Array([[1., 2.],
                          [1., 2.]]), dtype=float32)
    """
    return variable_(init, size, batch_size_or_mode, batch_axis)


def _batch_size(given: Any) -> int | None:
    """The size of the batch, or None."""
    if given is None or given is False or isinstance(given, bm.NonBatchingMode):
        return None
    if given is True:
        return 1
    if isinstance(given, bm.BatchingMode):
        return given.batch_size
    if isinstance(given, (int, np.integer)) and given > 0:
        return int(given)
    raise ValueError(f"batch_size_or_mode must be None, a bool, a positive integer or a mode, but got {given!r}.")


def _with_batch(size: tuple[int, ...], batch: int | None, axis: int) -> tuple[int, ...]:
    if batch is None:
        return size
    if not -len(size) - 1 <= axis <= len(size):
        raise ValueError(f"batch_axis must be an axis of an array with {len(size) + 1} axes, but got {axis}.")
    place = axis % (len(size) + 1)
    return (*size[:place], batch, *size[place:])


def noise(noises: Any, size: Size, num_vars: int = 1, noise_idx: int = 0) -> Callable[..., Any] | None:
    """The diffusion of a stochastic differential equation, from whatever describes it.

    Parameters
    ----------
    noises : None, callable, number, array-like or Initializer
        None means no noise; a function is the diffusion already; anything else is a constant amplitude, see `parameter`.
    size : int or sequence of int
        The size of the population.
    num_vars : int
        How many variables the equation has.
    noise_idx : int
        Which of them has the noise; the others have none.

    Returns
    -------
    callable or None
        Returns the amplitude whatever its arguments; a tuple with one item a variable where there are several.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.init.noise(0.1, size=3, num_vars=2, noise_idx=1)('V', 'w', 't')
    (None, 0.1)
    """
    if noises is None or (callable(noises) and not isinstance(noises, Initializer)):
        return noises
    if not 0 <= noise_idx < num_vars:
        raise ValueError(f"noise_idx must be in [0, {num_vars}), but got {noise_idx}.")
    amplitude = parameter(noises, size, allow_none=False)
    amplitudes = tuple([amplitude if i == noise_idx else None for i in range(num_vars)])
    return lambda *args, **kwargs: amplitudes[0] if num_vars == 1 else amplitudes


def delay(delay_step: Any, delay_target: Any, delay_data: Any = None) -> tuple[str, Any, bm.LengthDelay | None]:
    """The delay of a variable, from whatever describes it.

    Parameters
    ----------
    delay_step : None, int, array-like of int, Initializer or callable
        The number of steps: none, the same for all, or one for every element (without the batch axis). A function is
        called with that shape.
    delay_target : Variable
        The variable.
    delay_data : number, array or callable, optional
        Its values before the first step; see `nbbrain.math.LengthDelay`.

    Returns
    -------
    kind : {'none', 'homo', 'heter'}
        What the delay is.
    delay_step : None, int or Array of int
        The number of steps.
    delays : LengthDelay or None
        Keeps the values, as far back as the longest delay.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> kind, steps, spikes = bp.init.delay(5, bm.Variable(bm.zeros(3)))
    >>> kind, steps, spikes.num_delay_step
    ('homo', 5, 6)
    """
    if delay_step is None:
        return "none", None, None
    if isinstance(delay_step, (int, np.integer)) and not isinstance(delay_step, bool):
        return "homo", int(delay_step), bm.LengthDelay(delay_target, int(delay_step), delay_data)
    steps = parameter(delay_step, delay_target.nobatch_shape, allow_none=False)
    if not isinstance(steps, bm.Array) or steps.dtype.kind not in "iu":
        raise ValueError(f"delay_step must be None, an integer or integers (time / dt), but got {delay_step!r}.")
    return "heter", steps, bm.LengthDelay(delay_target, int(steps.max()), delay_data)
