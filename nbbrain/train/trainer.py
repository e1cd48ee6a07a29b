"""What all trainers are: a model, run over time."""
from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dot_dict import DotDict
from nbbrain.dynsys.share import share
from nbbrain.errors import NoLongerSupportError
from nbbrain.runners.monitors import Monitors
from nbbrain.runners.sequence import SequenceRunner

__all__ = ["DSTrainer"]


class DSTrainer:
    """A model in a batching or training mode, run over time.

    Parameters
    ----------
    target : DynamicalSystem
        The model.
    dt : float, optional
        The time step (ms).
    t0 : float
        The time of the first step (ms).
    jit : bool
        False runs step by step on the reference, where ``print`` works.
    remat : bool, int or 'auto'
        Less memory for gradients at the price of one more run forward, as in ``bm.for_loop``.
    progress_bar : bool
        Whether long work shows a progress bar.
    data_first_axis : {'B', 'T'}
        Whether the first axis of data is the batch (the default) or time.
    monitors : sequence or dict, optional
        What is recorded in every step, as in `bp.DSRunner`: names of variables (``'r.V'``), in a dict also variables,
        ``(variable, index)``, or functions of the shared arguments.

    Attributes
    ----------
    mon : DotDict
        The recordings of the last ``predict``, as NumPy arrays by name, shape (batch, time, ...), and ``ts``, the times at
        the end of steps (ms).

    Raises
    ------
    NoLongerSupportError
        For a model without a batch axis.
    RunningError
        For monitors of another form, and for names of variables that the model does not have.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.layers.RNNCell(3, 4)
    >>> trainer = bp.DSTrainer(net, monitors=['state'], progress_bar=False)
    >>> trainer.predict(bm.ones((2, 5, 3)), reset_state=True).shape
    (2, 5, 4)
    >>> trainer.mon.state.shape, trainer.mon.ts.round(1).tolist()
    ((2, 5, 4), [0.1, 0.2, 0.3, 0.4, 0.5])
    """

    def __init__(self, target: Any, *, dt: float | None = None, t0: float = 0.0, jit: bool = True,
                 remat: bool | int | str = False, progress_bar: bool = True, data_first_axis: str | None = None,
                 monitors: Any = None) -> None:
        if not isinstance(target.mode, bm.BatchingMode):
            raise NoLongerSupportError(f"a trainer needs a model in BatchingMode or TrainingMode, but the mode of "
                                       f"{target.name} is {target.mode}. Build it inside of bm.training_environment().")
        self.target = target
        self.progress_bar = progress_bar
        self.mon = DotDict()
        self._monitors = None if monitors is None else Monitors(target, monitors)
        self._make_runner = partial(SequenceRunner, dt=dt, t0=t0, data_first_axis=data_first_axis, jit=jit, remat=remat)
        self.runner = self._new_runner()

    def _new_runner(self, observe: Callable[[], Any] = dict, target: Any = None) -> SequenceRunner:
        """A runner of the target, or of another system, which keeps of every step what is monitored and ``observe``."""
        runner = self._make_runner(self.target if target is None else target)
        monitors = self._monitors
        runner.observe = observe if monitors is None else lambda: (monitors.read(share.get_shargs()), observe())
        return runner

    def _run(self, inputs: Any, shared_args: dict[str, Any], runner: SequenceRunner | None = None,
             driven: Any = ()) -> tuple[Any, dict[str, Any], Any]:
        """Go on from the present time: outputs, what was monitored, and what else the runner observes."""
        main = self.runner
        other = main if runner is None else runner
        other.t0, other.i0, other.jit = main.t0, main.i0, main.jit
        outputs, found = other.run(inputs, shared_args, advance=True, driven=driven)
        main.t0, main.i0 = other.t0, other.i0
        recorded, found = ({}, found) if self._monitors is None else found
        return outputs, recorded, found

    def _record(self, recorded: dict[str, Any], first: float, steps: int) -> None:
        """Show as ``mon`` what was monitored in so many steps from a time on."""
        if self._monitors is not None:
            self.mon = DotDict({name: np.asarray(array) for name, array in recorded.items()},
                               ts=first + np.arange(1, steps + 1) * self.dt)

    @property
    def dt(self) -> float:
        """The time step (ms)."""
        return self.runner.dt

    def reset_state(self) -> None:
        """Begin at the first time again; the states of the model are left alone."""
        self.runner.reset()

    def predict(self, inputs: Any, reset_state: bool = False, shared_args: dict[str, Any] | None = None,
                eval_time: bool = False) -> Any:
        """The outputs of the model for inputs.

        Parameters
        ----------
        inputs : array or nested structure, shape (batch, time, ...)
            The input of every step.
        reset_state : bool
            Whether the model starts from its initial states, with the batch size of the inputs.
        shared_args : dict, optional
            What the model can ``bp.share.load``; ``fit`` is False unless given.
        eval_time : bool
            Whether to return ``(seconds, outputs)``.

        Returns
        -------
        array, shape (batch, time, ...)
        """
        started = time.perf_counter()
        if reset_state:
            self.reset_target(inputs)
            self.runner.reset()
        first = self.runner.t0
        outputs, recorded, _ = self._run(inputs, {"fit": False, **(shared_args or {})})
        self._record(recorded, first, self.runner.length(inputs)[0])
        return (time.perf_counter() - started, outputs) if eval_time else outputs

    def reset_target(self, inputs: Any) -> None:
        """Give the states of the model their initial values, for the batch size of inputs."""
        _, batch = self.runner.length(inputs)
        self.target.reset_state(batch)
