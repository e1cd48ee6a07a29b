"""Time series of dynamical systems: what all of them have in common."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

import nbbrain.math as bm
from nbbrain.check import is_integer
from nbbrain.dot_dict import DotDict
from nbbrain.inputs.steps import step_of, time_step
from nbbrain.integrators import IntegratorRunner, odeint

__all__ = ["Delay", "first_values", "iterated", "series", "solved"]

_DOUBLE = np.float64


def first_values(inits: Any, default: Mapping[str, float]) -> dict[str, np.ndarray]:
    """The first values of variables by name, as vectors of one length.

    Raises
    ------
    ValueError
        When they are no dict with these names, or their shapes do not suit each other.
    """
    given = dict(default) if inits is None else inits
    names = ", ".join(default)
    if not isinstance(given, Mapping) or set(given) != set(default):
        raise ValueError(f"inits must be a dict with the values of {names}, but got {inits!r}.")
    arrays = {name: np.atleast_1d(np.asarray(given[name], dtype=_DOUBLE)) for name in default}
    if len({array.shape for array in arrays.values()}) > 1:
        raise ValueError(f"inits must have one shape for {names}, but got {[x.shape for x in arrays.values()]}.")
    return {name: array.ravel() for name, array in arrays.items()}


def solved(equation: Callable[..., Any], inits: Mapping[str, np.ndarray], duration: float, dt: float, method: str,
           numpy_mon: bool, delay: Delay | None = None) -> DotDict:
    """The solution of an ordinary or a delay differential equation at the ends of all steps, in double precision.

    Parameters
    ----------
    equation : callable
        ``f(x, y, ..., t)``, which returns the derivatives of the variables before ``t``; with a delay, a function that makes
        it from ``past(t)``, the value of the delayed variable at the time t.
    inits : mapping of str to arrays of one shape
        The variables at time 0, by name.
    duration, dt : float
        How long, and the time step.
    method : str
        One of ``bp.ode.get_supported_methods()``.
    numpy_mon : bool
        Whether arrays are NumPy's.
    delay : Delay, optional
        The past of a variable.

    Returns
    -------
    DotDict
        ``ts``, the times of shape (steps,), and all variables by name, of shape (steps, n); with a delay, also
        ``<name>_tau``, the past value at these times.

    Raises
    ------
    ValueError
        When there is no step, a delay is shorter than one, or the solution leaves the range of numbers.
    """
    step = time_step(dt)
    steps = step_of(duration, step)
    if steps < 1:
        raise ValueError(f"duration must be at least one step of {step}, but got {duration!r}.")
    with bm.environment(x64=True), np.errstate(over="ignore", invalid="ignore"):  # `series` finds what went too far
        records: dict[str, Any] = {name: name for name in inits}
        pasts = {}
        if delay is not None:
            tau, past = delay.tau, delay.start(inits[delay.name], step)
            equation, pasts = equation(past), {delay.name: past}
            records[f"{delay.name}_tau"] = lambda t, dt: past(t + dt - tau)
        integral = odeint(equation, method=method, dt=step, state_delays=pasts)
        runner = IntegratorRunner(integral, inits=inits, monitors=records, dt=step, progress_bar=False)
        runner.run((steps + 0.5) * step)  # half a step more, so that rounding does not cost one
        made = {name: np.asarray(runner.mon[name]) for name in records}
    return series(step * np.arange(1, steps + 1), made, numpy_mon)


class Delay(NamedTuple):
    """The past of a variable: its name, how long ago, and its values before time 0."""

    name: str
    tau: float
    before: Callable[[int], np.ndarray]
    """Makes the values of a number of steps, shape (steps, n), the newest first."""

    def start(self, now: np.ndarray, dt: float) -> bm.TimeDelay:
        """What the past is read from; values between steps lie on a straight line.

        Raises
        ------
        ValueError
            For a delay that is shorter than a step.
        """
        if not self.tau >= dt:
            raise ValueError(f"tau must be at least one step of {dt}, but got {self.tau!r}.")
        rows = self.before(int(np.ceil(self.tau / dt)) + 1)
        return bm.TimeDelay(bm.asarray(now), self.tau, before_t0=lambda t: rows[round(-t / dt) - 1], dt=dt)


def iterated(step: Callable[..., tuple[Any, ...]], inits: Mapping[str, np.ndarray], num_step: int,
             numpy_mon: bool) -> DotDict:
    """The values of a map after every one of a number of steps, in double precision.

    Returns
    -------
    DotDict
        ``ts``, the number of steps made, of shape (num_step,), and all variables by name, of shape (num_step, n).
    """
    count = is_integer(num_step, "num_step", min_bound=1)
    values = tuple(inits.values())
    made = [np.empty((count, *value.shape)) for value in values]
    with np.errstate(over="ignore", invalid="ignore"):  # `series` finds what went too far
        for i in range(count):
            values = step(*values)
            for record, value in zip(made, values, strict=True):
                record[i] = value
    return series(np.arange(1., count + 1), dict(zip(inits, made, strict=True)), numpy_mon)


def series(ts: np.ndarray, made: Mapping[str, np.ndarray], numpy_mon: bool) -> DotDict:
    """Times and values as arrays of the environment's precision; an error where the values are none."""
    with np.errstate(over="ignore"):
        arrays = {name: np.asarray(values, dtype=bm.float_) for name, values in {"ts": ts, **made}.items()}
    wrong = [name for name, values in arrays.items() if not np.isfinite(values).all()]
    if wrong:
        raise ValueError(f"the series of {', '.join(wrong)} left the range of numbers: choose a smaller time step, other "
                         f"parameters or other first values.")
    return DotDict(arrays if numpy_mon else {name: bm.asarray(values) for name, values in arrays.items()})
