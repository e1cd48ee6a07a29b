"""The runner of models: inputs, time steps, recordings."""
from __future__ import annotations

import time
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dot_dict import DotDict
from nbbrain.dynsys import DynamicalSystem
from nbbrain.dynsys.share import share
from nbbrain.errors import RunningError
from nbbrain.math.trees import flatten, tree_map
from nbbrain.runners.inputs import Inputs
from nbbrain.runners.monitors import Monitors
from nbbrain.runners.progress import parts_of, shown
from nbbrain.runners.sequence import SequenceRunner

__all__ = ["DSRunner"]


class DSRunner:
    """Runs a model over time, gives it inputs, and records what it does.

    Parameters
    ----------
    target : DynamicalSystem
        The model.
    inputs : tuple, list of tuples, or callable
        What is put into variables before every step: ``(variable or its name, value[, kind[, operation]])``. The kind is
        'fix' (one value for all steps, the default), 'iter' (an array with a row for every step) or 'func' (a function of
        the shared arguments ``t``, ``dt``, ``i``, ``fit``); the operation is '+' (the default), '-', '*', '/' or '='. They
        are carried out kind by kind, and among one kind first '=', then '+', '-', '*' and '/'. Or one function of the
        shared arguments that writes to variables itself.
    monitors : sequence or dict, optional
        What is recorded at the end of every step, before inputs are cleared: names of variables (``'E.V'``), in a dict also
        variables, ``(variable, index)``, or functions of the shared arguments, whose ``t`` is the end of the step then.
    numpy_mon_after_run : bool
        Whether recordings are NumPy arrays.
    jit : bool
        False runs step by step on the reference, where ``print`` works.
    dyn_vars : None
        Accepted for compatibility: variables are found.
    memory_efficient : bool
        Accepted for compatibility.
    dt : float, optional
        The time step (ms); ``bm.get_dt()`` by default.
    t0 : float
        The time of the first step (ms).
    progress_bar : bool
        Whether a long run shows how far it is.
    data_first_axis : {'B', 'T'}, optional
        Whether the first axis of inputs, outputs and recordings is the batch or time; the batch for models with one.
    fun_inputs : callable, optional
        Another function of the shared arguments that writes inputs.
    fun_monitors : dict of callables, optional
        Further monitors.

    Attributes
    ----------
    mon : DotDict
        The recordings of the last run by name, shape (time, ...), and ``ts``, the times at the end of steps (ms).
    t0, i0 : float, int
        Where the next run begins.

    Raises
    ------
    RunningError
        For inputs or monitors of another form, and for names of variables that the model does not have.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.LIF(2)
    >>> runner = bp.DSRunner(neurons, inputs=('input', 25.), monitors=['V', 'spike'], dt=0.1, progress_bar=False)
    >>> spikes = runner.run(100.)
    >>> runner.mon.V.shape, int(runner.mon.spike.sum())
    ((1000, 2), 10)
    """

    def __init__(self, target: DynamicalSystem, inputs: Any = (), monitors: Any = None, numpy_mon_after_run: bool = True,
                 jit: bool = True, dyn_vars: Any = None, memory_efficient: bool = False, dt: float | None = None,
                 t0: float = 0.0, progress_bar: bool = True, data_first_axis: str | None = None, fun_inputs: Any = None,
                 fun_monitors: Any = None) -> None:
        if not isinstance(target, DynamicalSystem):
            raise RunningError(f"target must be a DynamicalSystem, but got {target!r}.")
        self.target = target
        self.numpy_mon_after_run, self.progress_bar = bool(numpy_mon_after_run), bool(progress_bar)
        self.mon = DotDict()
        self._inputs, self._more = Inputs(target, inputs), Inputs(target, fun_inputs or ())
        self._monitors, self._others = Monitors(target, monitors), Monitors(target, fun_monitors)
        self._sequence = SequenceRunner(target, dt=dt, t0=t0, data_first_axis=data_first_axis, jit=jit)
        self._sequence.drive, self._sequence.observe = self._drive, self._observe

    @property
    def dt(self) -> float:
        """The time step (ms)."""
        return self._sequence.dt

    @property
    def t0(self) -> float:
        """The time at which the next run begins (ms)."""
        return self._sequence.t0

    @property
    def i0(self) -> int:
        """The number of the step at which the next run begins."""
        return self._sequence.i0

    def reset_state(self) -> None:
        """Begin at the first time again; the states of the model are left alone."""
        self._sequence.reset()

    def _drive(self, rows: Any) -> None:
        shared = share.get_shargs()
        self._inputs.write(shared, rows)
        self._more.write(shared, ())

    def _observe(self) -> dict[str, Any]:
        shared = share.get_shargs()
        return {**self._monitors.read(shared), **self._others.read(shared)}

    def run(self, duration: float | None = None, inputs: Any = None, reset_state: bool = False,
            shared_args: dict[str, Any] | None = None, eval_time: bool = False) -> Any:
        """Run the model for some time, or over inputs.

        Parameters
        ----------
        duration : float, optional
            How long (ms): ``int(duration / dt)`` steps. Needed where there are no ``inputs``.
        inputs : array or nested structure, shape (time, ...) or (batch, time, ...), optional
            What the model's ``update`` gets in every step.
        reset_state : bool
            Whether the model begins with its initial states, and time at ``t0``.
        shared_args : dict, optional
            What the model can ``bp.share.load``; ``fit`` is False unless given.
        eval_time : bool
            Whether to return ``(seconds, outputs)``.

        Returns
        -------
        array, nested structure or None
            What the model returned, with an axis of time; None where it returns nothing.
        """
        started = time.perf_counter()
        steps, batch = self._length(duration, inputs)
        if reset_state:
            self.target.reset_state(*(() if batch is None else (batch,)))
            self.reset_state()
        first, shared = self.t0, {"fit": False, **(shared_args or {})}
        outputs, recorded = self._run_parts(inputs, steps, shared)
        self._sequence.t0 = first + (steps * self.dt if duration is None else duration)
        self._record(recorded, first + np.arange(1, steps + 1) * self.dt)
        return (time.perf_counter() - started, outputs) if eval_time else outputs

    predict = run
    __call__ = run

    def _length(self, duration: float | None, inputs: Any) -> tuple[int, int | None]:
        """The numbers of steps and of batch rows."""
        rows = self._inputs.length()
        if inputs is not None:
            steps, batch = self._sequence.length(inputs)
        elif duration is None:
            raise RunningError("a run needs a duration (ms), or inputs.")
        else:
            steps, batch = int(duration / self.dt), None
        if rows is not None and rows < steps:
            raise RunningError(f"an input of kind 'iter' has rows for {rows} steps, but the run has {steps}.")
        return steps, batch

    def _run_parts(self, inputs: Any, steps: int, shared: dict[str, Any]) -> tuple[Any, Any]:
        """Run in so many parts as progress is shown for, and join what they give."""
        axis = 1 if self._sequence.batch_first else 0
        done = []
        for start, stop in shown(parts_of(steps, self.progress_bar), steps, self.progress_bar):
            place = (*[slice(None)] * axis, slice(start, stop))
            part = () if inputs is None else tree_map(lambda x, place=place: bm.asarray(x)[place], inputs)
            rows = tuple([array[start:stop] for array in self._inputs.rows])
            done.append(self._sequence.run(part, shared, advance=True, steps=stop - start if inputs is None else None,
                                           driven=rows))
        if len(done) == 1:
            return done[0]
        leaves = [flatten(each)[0] for each in done]
        joined = iter([bm.concatenate([bm.asarray(leaf) for leaf in column], axis=axis)
                       for column in zip(*leaves, strict=True)])
        return tree_map(lambda leaf: next(joined), done[0])

    def _record(self, recorded: dict[str, Any], times: np.ndarray) -> None:
        ready = np.asarray if self.numpy_mon_after_run else bm.asarray
        self.mon = DotDict({name: ready(array) for name, array in recorded.items()}, ts=ready(times))
