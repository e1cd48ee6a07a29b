"""`IntegratorRunner`: solves an equation over a duration, and records."""
from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dot_dict import DotDict
from nbbrain.errors import RunningError
from nbbrain.integrators.adaptive_rk import AdaptiveRKIntegrator
from nbbrain.integrators.integrator import Integrator

__all__ = ["IntegratorRunner"]


class IntegratorRunner(bm.BrainPyObject):
    """Runs an integrator over a duration, as one loop that the backend compiles.

    Parameters
    ----------
    target : Integrator
        What `nbbrain.odeint`, `nbbrain.sdeint` or `nbbrain.fdeint` returned.
    inits : dict or sequence of arrays, optional
        The first values of the variables, by name or in their order; zero where none is given, in the shape of the others. A
        number is an array of shape (1,).
    dt : float, optional
        The time step in ms; that of the target where none is given.
    monitors : sequence of str, or dict, optional
        What is recorded after every step: names of variables; or, by names of records, names of variables or functions
        ``f(t, dt)``.
    dyn_vars
        Accepted for compatibility: variables need not be declared.
    jit : bool or dict
        Whether the backend may compile the loop; a dict tells it under the key 'predict'.
    numpy_mon_after_run : bool
        Whether records are NumPy arrays; else they are arrays of nbbrain.
    progress_bar : bool
        Accepted for compatibility: a run is one loop, which does not tell how far it is.
    args : dict, optional
        Parameters of the equation, by name, that are the same in all steps.
    dyn_args : dict, optional
        Parameters of the equation, by name, as arrays with one row for every step of a run.
    fun_monitors : dict, optional
        More functions ``f(t, dt)`` to record, by names of records.

    Attributes
    ----------
    variables : VarDict
        The variables of the equation, by name.
    mon : DotDict
        The records of the last run: arrays whose first axis is time, and ``ts``, the times (ms) of the ends of steps.

    Raises
    ------
    TypeError
        When the target is no integrator.
    RunningError
        When it is an adaptive one; for a name that is unknown; and for a parameter without a value.

    Examples
    --------
    >>> import nbbrain as bp
    >>> decay = bp.odeint(lambda x, t, tau: -x / tau, method='exp_auto', dt=0.5)
    >>> runner = bp.integrators.IntegratorRunner(decay, inits=[1.], monitors=['x'], args={'tau': 10.})
    >>> runner.run(10.)
    >>> runner.mon.ts[-1], runner.mon.x.shape
    (np.float32(10.0), (20, 1))
    >>> print(f"{runner.mon.x[-1, 0]:.4f}")
    0.3679
    """

    def __init__(self, target: Integrator, inits: Any = None, dt: float | None = None, monitors: Any = None,
                 dyn_vars: Any = None, jit: bool | Mapping[str, bool] = True, numpy_mon_after_run: bool = True,
                 progress_bar: bool = True, args: Mapping[str, Any] | None = None,
                 dyn_args: Mapping[str, Any] | None = None,
                 fun_monitors: Mapping[str, Callable[[Any, Any], Any]] | None = None) -> None:
        super().__init__()
        if not isinstance(target, Integrator):
            raise TypeError(f"{self.name}: target must be an integrator, but got {target!r} of type "
                            f"{type(target).__name__}.")
        if isinstance(target, AdaptiveRKIntegrator) and target.adaptive:
            raise RunningError(f"{self.name}: a run has one time step, so its integrator must not be adaptive.")
        self.target = target
        self.dt = float(target.dt if dt is None else dt)
        self.jit = bool(jit.get("predict", True) if isinstance(jit, Mapping) else jit)
        self.numpy_mon_after_run = bool(numpy_mon_after_run)
        self.variables = bm.VarDict(self._first_values(inits))
        self._args = self._parameters("args", args)
        self._dyn_args = {name: bm.asarray(x) for name, x in self._parameters("dyn_args", dyn_args).items()}
        missing = [name for name, parameter in target.__signature__.parameters.items()
                   if parameter.default is parameter.empty and name != "t"
                   and name not in (*target.variables, *self._args, *self._dyn_args)]
        if missing:
            raise RunningError(f"{self.name}: args or dyn_args must give {', '.join(missing)}.")
        self._records = {**self._functions(monitors), **self._functions(fun_monitors)}
        self.mon = DotDict()
        self._start_t = 0.

    def run(self, duration: float, start_t: float | None = None, eval_time: bool = False) -> float | None:
        """Solve the equation over ``int(duration / dt)`` steps.

        Parameters
        ----------
        duration : float
            How long (ms).
        start_t : float, optional
            The time at which it starts (ms); without it, the end of the last run, or 0.
        eval_time : bool
            Whether to measure how long the run takes.

        Returns
        -------
        float or None
            How long the run took, in seconds, if that was asked for.

        Raises
        ------
        RunningError
            When ``dyn_args`` have another number of rows than there are steps.
        """
        began = time.perf_counter()
        steps = int(duration / self.dt)
        wrong = {name: len(x) for name, x in self._dyn_args.items() if len(x) != steps}
        if wrong:
            raise RunningError(f"{self.name}: a run of {duration} ms has {steps} steps, but the rows of dyn_args are "
                               f"{wrong}.")
        start = self._start_t if start_t is None else float(start_t)
        times = start + np.arange(steps) * self.dt
        if steps:
            records = bm.for_loop(self._turn, (bm.asarray(times), self._dyn_args), jit=self.jit)
            self.mon = DotDict({name: np.asarray(x) if self.numpy_mon_after_run else x for name, x in records.items()})
            ends = bm.asarray(times + self.dt)
            self.mon["ts"] = np.asarray(ends) if self.numpy_mon_after_run else ends
        self._start_t = start + steps * self.dt
        return time.perf_counter() - began if eval_time else None

    def _turn(self, t: Any, row: dict[str, Any]) -> dict[str, Any]:
        results = self.target(**{name: variable.value for name, variable in self.variables.items()}, t=t, dt=self.dt,
                              **self._args, **row)
        news = results if isinstance(results, tuple) else (results,)
        for name, new in zip(self.target.variables, news, strict=True):
            self.variables[name].value = new
        return {name: record(t, self.dt) for name, record in self._records.items()}

    def _first_values(self, inits: Any) -> dict[str, bm.Variable]:
        names = self.target.variables
        given = {} if inits is None else dict(inits) if isinstance(inits, Mapping) else None
        if given is None:
            values = inits if isinstance(inits, (list, tuple)) else [inits]
            if len(values) != len(names):
                raise RunningError(f"{self.name}: inits must have one value for each of {', '.join(names)}, but got "
                                   f"{inits!r}.")
            given = dict(zip(names, values, strict=True))
        self._known("inits", given, names)
        arrays = {name: bm.atleast_1d(bm.asarray(x, dtype=bm.float_)) for name, x in given.items()}
        shape = np.broadcast_shapes((1,), *[x.shape for x in arrays.values()])
        return {name: bm.Variable(arrays[name] if name in arrays else bm.zeros(shape)) for name in names}

    def _parameters(self, what: str, given: Mapping[str, Any] | None) -> dict[str, Any]:
        given = {} if given is None else dict(given)
        self._known(what, given, self.target.parameters[1:])
        return given

    def _known(self, what: str, given: Any, names: Any) -> None:
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise RunningError(f"{self.name}: {what} may give {', '.join(names) or 'nothing'}, but got "
                               f"{', '.join(unknown)}.")

    def _functions(self, monitors: Any) -> dict[str, Callable[[Any, Any], Any]]:
        """What is recorded, as functions of t and dt."""
        if monitors is None:
            return {}
        if isinstance(monitors, str):
            raise TypeError(f"{self.name}: monitors must be a sequence of names or a dict, but got {monitors!r}.")
        given = dict(monitors) if isinstance(monitors, Mapping) else {name: name for name in monitors}
        self._known("monitors", [x for x in given.values() if not callable(x)], self.target.variables)
        return {name: x if callable(x) else self._reader(x) for name, x in given.items()}

    def _reader(self, name: str) -> Callable[[Any, Any], Any]:
        return lambda t, dt: self.variables[name].value
