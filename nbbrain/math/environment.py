"""The environment of a computation: mode, time step, default dtypes and platform."""
from __future__ import annotations

import gc
import inspect
import math
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from nbbrain import settings
from nbbrain.backends.base import is_installed, set_backend
from nbbrain.errors import BackendError, MathError
from nbbrain.math.modes import BatchingMode, Mode, NonBatchingMode, TrainingMode
from nbbrain.operations import precision

__all__ = [
    "EnvironmentArgumentError", "batching_environment", "clear_buffer_memory", "dftype",
    "disable_gpu_memory_preallocation", "disable_x64", "ditype", "enable_gpu_memory_preallocation", "enable_x64",
    "environment", "get_bool", "get_complex", "get_dt", "get_float", "get_int", "get_mode", "get_platform", "set",
    "set_bool", "set_complex", "set_dt", "set_environment", "set_float", "set_host_device_count", "set_int", "set_mode",
    "set_platform", "training_environment",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])


class EnvironmentArgumentError(MathError, TypeError, AssertionError):
    """A mode, time step or switch of the environment is of the wrong type (BrainPy raises an AssertionError)."""


class _State(NamedTuple):
    """All that an environment decides."""

    mode: Mode
    dt: float
    x64: bool
    dtypes: dict[str, np.dtype]


_mode: Mode = NonBatchingMode()
_dt: float = 0.1


def _present() -> _State:
    return _State(_mode, _dt, precision.is_x64(), {kind: precision.default_dtype(kind) for kind in "bifcu"})


def _become(state: _State) -> None:
    global _mode, _dt
    _mode, _dt = state.mode, state.dt
    precision.set_x64(state.x64)
    for kind, dtype in state.dtypes.items():
        precision.set_default(kind, dtype)


class _Changes:
    """Changes to the environment, checked when they are asked for; None leaves something as it is."""

    def __init__(self, mode: Mode | None, dt: float | None, x64: bool | None, **dtypes: DTypeLike | None) -> None:
        self.mode = None if mode is None else _checked_mode(mode)
        self.dt = None if dt is None else checked_dt(dt)
        if x64 is not None and not isinstance(x64, (bool, np.bool_)):
            raise EnvironmentArgumentError(f'"x64" must be True or False, but we got {x64!r}.')
        self.x64 = x64
        named = {kind: dtype for kind, dtype in dtypes.items() if dtype is not None}
        self.dtypes = {kind: precision.checked_default(kind, dtype) for kind, dtype in named.items()}

    def apply(self) -> None:
        """Make the changes; dtypes that are named go before what ``x64`` says."""
        global _mode, _dt
        _mode = _mode if self.mode is None else self.mode
        _dt = _dt if self.dt is None else self.dt
        if self.x64 is not None:
            precision.set_x64(bool(self.x64))
        for kind, dtype in self.dtypes.items():
            precision.set_default(kind, dtype)


def _checked_mode(mode: Any) -> Mode:
    if not isinstance(mode, Mode):
        raise EnvironmentArgumentError(f'"mode" must be a Mode, such as bm.training_mode, but we got {mode!r}.')
    return mode


def checked_dt(dt: Any) -> float:
    """A time step, if it is a positive float; anything else is an error."""
    if not isinstance(dt, (float, np.floating)):
        raise EnvironmentArgumentError(f'"dt" must a float, but we got {dt!r}')
    if not (math.isfinite(dt) and dt > 0):
        raise ValueError(f'"dt" must be positive and finite, but we got {dt!r}.')
    return float(dt)


def set(mode: Mode | None = None, dt: float | None = None, x64: bool | None = None, complex_: DTypeLike | None = None,
        float_: DTypeLike | None = None, int_: DTypeLike | None = None, bool_: DTypeLike | None = None) -> None:
    """Change the environment of the whole process; what is None stays as it is.

    Parameters
    ----------
    mode : Mode, optional
        What models are built for: ``bm.nonbatching_mode`` (default), ``bm.batching_mode``, ``bm.training_mode``.
    dt : float, optional
        The time step of integration, in ms (default 0.1).
    x64 : bool, optional
        Whether 64-bit numbers are the default ones.
    complex_, float_, int_, bool_ : dtype-like, optional
        The default dtype of one kind of number.

    Raises
    ------
    EnvironmentArgumentError
        For an argument of a wrong type. Nothing has changed then.
    ValueError
        For a ``dt`` that is not positive.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.set(dt=0.05)
    >>> bm.dt
    0.05
    >>> bm.set(dt=0.1)
    """
    _Changes(mode, dt, x64, c=complex_, f=float_, i=int_, b=bool_).apply()


set_environment = set


class environment:  # BrainPy's name, lower case because it is used like a function
    """The environment of a ``with`` block, or of every call of a decorated function.

    What it changes is restored at the end, whatever happened in between; blocks may be nested.

    Parameters
    ----------
    mode : Mode, optional
        What models are built for.
    dt : float, optional
        The time step of integration, in ms.
    x64 : bool, optional
        Whether 64-bit numbers are the default ones.
    complex_, float_, int_, bool_ : dtype-like, optional
        The default dtype of one kind of number.

    Raises
    ------
    EnvironmentArgumentError
        For an argument of a wrong type.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> with bm.environment(bm.training_mode, dt=1.):
    ...     bm.mode, bm.dt
    (TrainingMode(batch_size=1), 1.0)
    >>> bm.mode, bm.dt
    (NonBatchingMode, 0.1)
    >>> @bm.environment(x64=True)
    ... def ones():
    ...     return bm.Variable(2).dtype
    >>> ones()
    dtype('float64')
    """

    def __init__(self, mode: Mode | None = None, dt: float | None = None, x64: bool | None = None,
                 complex_: DTypeLike | None = None, float_: DTypeLike | None = None, int_: DTypeLike | None = None,
                 bool_: DTypeLike | None = None) -> None:
        self._changes = _Changes(mode, dt, x64, c=complex_, f=float_, i=int_, b=bool_)
        self._before: list[_State] = []

    def __enter__(self) -> environment:
        self._before.append(_present())
        self._changes.apply()
        return self

    def __exit__(self, *exception: object) -> None:
        _become(self._before.pop())

    def __call__(self, function: _Function) -> _Function:
        """Decorate a function, every call of which then runs in this environment."""
        if inspect.isclass(function) or not callable(function):
            raise TypeError(f"an environment decorates functions, but got {function!r}.")
        if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
            raise TypeError(f"{function.__name__} suspends itself, so an environment cannot hold for all of a call of "
                            f"it: use a with block inside of it.")

        @wraps(function)
        def within(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return within  # type: ignore[return-value]


class training_environment(environment):
    """The environment in which models are built for training: ``bm.environment(bm.TrainingMode(batch_size))``.

    Parameters are those of `environment`, with ``batch_size`` instead of the mode.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> with bm.training_environment(batch_size=8):
    ...     bm.mode
    TrainingMode(batch_size=8)
    """

    def __init__(self, dt: float | None = None, x64: bool | None = None, complex_: DTypeLike | None = None,
                 float_: DTypeLike | None = None, int_: DTypeLike | None = None, bool_: DTypeLike | None = None,
                 batch_size: int = 1) -> None:
        super().__init__(TrainingMode(batch_size), dt, x64, complex_, float_, int_, bool_)


class batching_environment(environment):
    """The environment in which models are built for batches: ``bm.environment(bm.BatchingMode(batch_size))``.

    Parameters are those of `environment`, with ``batch_size`` instead of the mode.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> with bm.batching_environment(batch_size=8):
    ...     bm.mode
    BatchingMode(batch_size=8)
    """

    def __init__(self, dt: float | None = None, x64: bool | None = None, complex_: DTypeLike | None = None,
                 float_: DTypeLike | None = None, int_: DTypeLike | None = None, bool_: DTypeLike | None = None,
                 batch_size: int = 1) -> None:
        super().__init__(BatchingMode(batch_size), dt, x64, complex_, float_, int_, bool_)


def get_mode() -> Mode:
    """The mode that models are built for."""
    return _mode


def set_mode(mode: Mode) -> None:
    """Set the mode that models are built for."""
    global _mode
    _mode = _checked_mode(mode)


def get_dt() -> float:
    """The time step of integration, in ms."""
    return _dt


def set_dt(dt: float) -> None:
    """Set the time step of integration, in ms."""
    global _dt
    _dt = checked_dt(dt)


def get_float() -> type[np.floating]:
    """The default type of real numbers."""
    return precision.default_dtype("f").type


def set_float(dtype: DTypeLike) -> None:
    """Set the default type of real numbers."""
    precision.set_default("f", dtype)


def get_int() -> type[np.integer]:
    """The default type of integers."""
    return precision.default_dtype("i").type


def set_int(dtype: DTypeLike) -> None:
    """Set the default type of integers."""
    precision.set_default("i", dtype)


def get_bool() -> type[np.bool_]:
    """The default type of truth values."""
    return precision.default_dtype("b").type


def set_bool(dtype: DTypeLike) -> None:
    """Set the default type of truth values."""
    precision.set_default("b", dtype)


def get_complex() -> type[np.complexfloating]:
    """The default type of complex numbers."""
    return precision.default_dtype("c").type


def set_complex(dtype: DTypeLike) -> None:
    """Set the default type of complex numbers."""
    precision.set_default("c", dtype)


dftype, ditype = get_float, get_int


def enable_x64() -> None:
    """Make 64-bit numbers the default.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.enable_x64()
    >>> bm.float_, bm.int_
    (<class 'numpy.float64'>, <class 'numpy.int64'>)
    >>> bm.disable_x64()
    """
    precision.set_x64(True)


def disable_x64() -> None:
    """Make 32-bit numbers the default; 64-bit data from outside is then narrowed."""
    precision.set_x64(False)


def get_platform() -> str:
    """The platform that the chosen backend computes on: 'cpu' or 'gpu'."""
    return "gpu" if str(settings.get("backend")).partition(":")[0] == "cuda" else "cpu"


def set_platform(platform: str) -> None:
    """Choose the platform: 'gpu' (or 'cuda') is the backend ``cuda``, 'cpu' any of the others.

    Parameters
    ----------
    platform : {'cpu', 'gpu', 'cuda'}
        'cpu' leaves the chosen backend as it is, unless it is ``cuda``: then the default one takes its place.

    Raises
    ------
    ValueError
        For any other platform.
    BackendError
        When there is no usable GPU; then nothing has changed.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.set_platform("cpu")
    >>> bm.get_platform()
    'cpu'
    """
    if _checked_platform(platform) != "cpu":
        set_backend("cuda")
    elif get_platform() != "cpu":
        set_backend(None)
        if get_platform() != "cpu":  # NBBRAIN_BACKEND says cuda
            set_backend("numba" if is_installed("numba") else "numpy")
        if get_platform() != "cpu":
            raise BackendError("set_platform('cpu') has no effect inside of a block that chooses the backend 'cuda'.")


def _checked_platform(platform: str) -> str:
    if platform not in ("cpu", "gpu", "cuda"):
        raise ValueError(f"platform must be 'cpu', 'gpu' or 'cuda', but got {platform!r}.")
    return platform


def set_host_device_count(n: int) -> None:
    """Set how many threads compiled loops use: the setting ``num_threads``; results do not depend on it."""
    settings.set(num_threads=n)


def enable_gpu_memory_preallocation() -> None:
    """Do nothing: memory is never allocated ahead of its use, so there is no preallocation to switch on."""


def disable_gpu_memory_preallocation() -> None:
    """Do nothing: memory is never allocated ahead of its use."""


def clear_buffer_memory(platform: str | None = None) -> None:
    """Collect garbage, which gives back the memory of arrays that nothing refers to; arrays in use stay valid.

    Parameters
    ----------
    platform : {'cpu', 'gpu', 'cuda'}, optional
        Accepted for compatibility.
    """
    if platform is not None:
        _checked_platform(platform)
    gc.collect()


following: dict[str, Callable[[], Any]] = {
    "dt": get_dt, "mode": get_mode, "float_": get_float, "int_": get_int, "bool_": get_bool, "complex_": get_complex,
}
"""Attributes of ``nbbrain.math`` that follow the environment."""
