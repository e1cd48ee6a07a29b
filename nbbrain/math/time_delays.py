"""`TimeDelay`: the values that a variable had at times in the past, between the steps too."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbbrain.errors import MathError
from nbbrain.math.array import Array, as_value
from nbbrain.math.delays import LengthDelay
from nbbrain.math.differentiation import stop_gradient
from nbbrain.math.environment import get_dt
from nbbrain.math.lifting import wrap
from nbbrain.math.objects.base import BrainPyObject
from nbbrain.math.variables import Variable
from nbbrain.operations.elementwise import clip, floor, minimum
from nbbrain.operations.operation import cast, dtype_of

__all__ = ["NeuTimeDelay", "TimeDelay"]

_INT = np.dtype(np.int32)
_TOLERANCE = 1e-3  # of a step, for times that were rounded
_INTERPOLATIONS = ("linear_interp", "round")


class TimeDelay(BrainPyObject):
    """The values of a variable as a function of time.

    Parameters
    ----------
    delay_target : Variable or array
        The variable. What it holds now is its value at the time ``t0``.
    delay_len : float
        How far back values are kept (ms).
    before_t0 : number, array or callable, optional
        The values before ``t0``: one for all times, or a function of the time. Zeros by default.
    t0 : float
        The time now (ms).
    dt : float, optional
        The time between two values (ms); by default, that of the environment.
    name : str, optional
        The name.
    interp_method : {'linear_interp', 'round'}
        What lies between two values: the straight line through both, or the nearer one.

    Raises
    ------
    MathError
        For a length or time step that is none, and for truth values or integers that would have to be interpolated.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> x = bm.Variable(bm.zeros(1))
    >>> delay = bm.TimeDelay(x, delay_len=1., before_t0=lambda t: t, dt=0.5)
    >>> delay.update(bm.ones(1))
    >>> float(delay(0.5)[0]), float(delay(0.25)[0]), float(delay(-0.5)[0])
    (1.0, 0.5, -0.5)
    """

    def __init__(self, delay_target: Any, delay_len: float, before_t0: Any = None, t0: float = 0., dt: float | None = None,
                 name: str | None = None, interp_method: str = "linear_interp") -> None:
        super().__init__(name)
        if interp_method not in _INTERPOLATIONS:
            raise ValueError(f"interp_method must be one of {', '.join(map(repr, _INTERPOLATIONS))}, but got "
                             f"{interp_method!r}.")
        if interp_method == "linear_interp" and dtype_of(as_value(delay_target)).kind not in "fc":
            raise MathError(f"{self.name}: values of dtype {dtype_of(as_value(delay_target))} have nothing in between: use "
                            f"interp_method='round'.")
        self.interp_method = interp_method
        self.dt, self.delay_len = float(get_dt() if dt is None else dt), float(delay_len)
        if not (np.isfinite(self.delay_len) and self.delay_len >= 0 and np.isfinite(self.dt) and self.dt > 0):
            raise MathError(f"{self.name}: delay_len must be at least 0 ms and dt larger than that, but got delay_len="
                            f"{delay_len!r} and dt={dt!r}.")
        self.num_delay_step = int(np.ceil(self.delay_len / self.dt - _TOLERANCE)) + 1
        self.t0, self._before_t0 = float(t0), before_t0
        self.count = Variable(np.zeros((), _INT))
        self.values = LengthDelay(delay_target, self.num_delay_step - 1, self._before())

    @property
    def current_time(self) -> Array:
        """The time of the newest value (ms)."""
        return self.count * self.dt + self.t0

    def reset(self, delay_target: Any = None, t0: float | None = None, before_t0: Any = None) -> None:
        """Forget the values; parameters are those of the class, and None keeps what was given before."""
        self.t0 = self.t0 if t0 is None else float(t0)
        self._before_t0 = self._before_t0 if before_t0 is None else before_t0
        target = self.values.delay_target if delay_target is None else delay_target
        self.values.reset(target, initial_delay_data=self._before())
        self.count.value = np.zeros((), _INT)

    def _before(self) -> Any:
        """The values of the steps before ``t0``, newest first."""
        if not callable(self._before_t0):
            return self._before_t0
        before: Callable[[float], Any] = self._before_t0

        def rows(shape: tuple[int, ...]) -> np.ndarray:
            values = [np.asarray(as_value(before(self.t0 - i * self.dt))) for i in range(1, shape[0] + 1)]
            return np.stack([np.broadcast_to(value, shape[1:]) for value in values]) if values else np.zeros(shape)

        return rows

    def __call__(self, time: Any, indices: Any = ()) -> Array:
        """The value at a time.

        Parameters
        ----------
        time : float or array
            The time (ms): one number, or one for every element.
        indices : index or tuple of indices, optional
            Which elements.

        Raises
        ------
        MathError
            For a time whose value is not known yet, or not kept any more.
        """
        chosen = indices if isinstance(indices, tuple) else (indices,)
        age = as_value((self.current_time - time) / self.dt)
        last = self.num_delay_step - 1
        if isinstance(age, np.ndarray) and (np.any(age < -_TOLERANCE) or np.any(age > last + _TOLERANCE)):
            raise MathError(f"{self.name} knows the values from {float(self.current_time) - last * self.dt:g} to "
                            f"{float(self.current_time):g} ms, but got the time {time!r}.")
        age = clip(age, 0., float(last))
        steps = stop_gradient(age).value
        if self.interp_method == "round":
            return self.values(wrap(cast(floor(steps + 0.5), dtype=_INT)), *chosen)
        whole = floor(steps)
        weight = wrap(age - whole)
        newer = self.values(wrap(cast(whole, dtype=_INT)), *chosen)
        older = self.values(wrap(cast(minimum(whole + 1., float(last)), dtype=_INT)), *chosen)
        return newer * (1. - weight) + older * weight

    def update(self, value: Any = None) -> None:
        """Store the value at the next time; without one, the present value of the variable."""
        self.values.update(value)
        self.count += 1


NeuTimeDelay = TimeDelay
