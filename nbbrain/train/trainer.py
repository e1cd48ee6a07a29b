"""What all trainers are: a model, run over time."""
from __future__ import annotations

import time
from functools import partial
from typing import Any

import nbbrain.math as bm
from nbbrain.errors import NoLongerSupportError
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

    Raises
    ------
    NoLongerSupportError
        For a model without a batch axis.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.layers.RNNCell(3, 4)
    >>> bp.DSTrainer(net, progress_bar=False).predict(bm.ones((2, 5, 3)), reset_state=True).shape
    (2, 5, 4)
    """

    def __init__(self, target: Any, *, dt: float | None = None, t0: float = 0.0, jit: bool = True,
                 remat: bool | int | str = False, progress_bar: bool = True, data_first_axis: str | None = None) -> None:
        if not isinstance(target.mode, bm.BatchingMode):
            raise NoLongerSupportError(f"a trainer needs a model in BatchingMode or TrainingMode, but the mode of "
                                       f"{target.name} is {target.mode}. Build it inside of bm.training_environment().")
        self.target = target
        self.progress_bar = progress_bar
        self._new_runner = partial(SequenceRunner, target, dt=dt, t0=t0, data_first_axis=data_first_axis, jit=jit,
                                   remat=remat)
        self.runner = self._new_runner()

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
        outputs, _ = self.runner.run(inputs, {"fit": False, **(shared_args or {})}, advance=True)
        return (time.perf_counter() - started, outputs) if eval_time else outputs

    def reset_target(self, inputs: Any) -> None:
        """Give the states of the model their initial values, for the batch size of inputs."""
        _, batch = self.runner.length(inputs)
        self.target.reset_state(batch)
