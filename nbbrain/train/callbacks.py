"""What is done beside the training itself: callbacks, and what they see."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbbrain.train.batches import Batches
    from nbbrain.train.history import History

__all__ = ["Callback", "Callbacks", "Fit"]


class Fit:
    """A training under way: what callbacks see, and how they stop it.

    Attributes
    ----------
    trainer : DSTrainer
        The trainer.
    options : dict
        The arguments of ``fit``.
    training, testing : Batches
        The data; ``testing`` is None without test data.
    num_epoch : int
        How many epochs there are to be.
    epoch : int
        The number of the epoch, from 0.
    steps, updates : int
        The numbers of batches, and of changes by the optimizer, in all epochs so far.
    inputs, targets : array or nested structure
        The last batch, of training or of test data.
    loss : float
        Its loss.
    metrics : dict of float
        Its loss and metrics.
    gradients : dict of array
        The gradients, by the names of the optimizer's variables: in `Callback.on_gradients` those of the last batch, in
        `Callback.on_update` those that the optimizer is about to take. A callback may replace them.
    norms : dict of float
        Their norms, before anything replaces them.
    watch : bool
        Set in `Callback.on_batch_start` to have the firing rates of this batch measured.
    rates : dict of float
        The spikes per step and neuron of every spiking layer in the last batch, if they were measured.
    row : dict of float
        What the history tells of this epoch; callbacks may add to it.
    phase, index : str, int
        Of the last report: 'fit' or 'test', and its number.
    reported, line : dict of float, str
        The means of the last report, and its text.
    callbacks : list of Callback
        All callbacks in their order, those of the trainer among them.
    arguments : tuple
        With what the gradients of the last batch were computed.
    stopped : str or None
        Why the training ends after this epoch, if it does.
    error : BaseException or None
        What ended it, in `Callback.on_fit_end`.
    """

    def __init__(self, trainer: Any, training: Batches, testing: Batches | None, num_epoch: int,
                 options: dict[str, Any]) -> None:
        self.trainer, self.training, self.testing = trainer, training, testing
        self.num_epoch, self.options = num_epoch, options
        self.epoch = self.steps = self.updates = 0
        self.inputs: Any = None
        self.targets: Any = None
        self.loss = float("nan")
        self.metrics: dict[str, float] = {}
        self.gradients: dict[str, Any] = {}
        self.norms: dict[str, float] = {}
        self.watch = False
        self.rates: dict[str, float] = {}
        self.row: dict[str, float] = {}
        self.phase, self.index = "fit", 0
        self.reported: dict[str, float] = {}
        self.callbacks: list[Callback] = []
        self.line = ""
        self.arguments: tuple[Any, ...] = ()
        self.stopped: str | None = None
        self.error: BaseException | None = None
        self.take_back: Callable[[], None] = lambda: None
        """Gives all variables the values that they had before the last batch."""

    @property
    def history(self) -> History:
        """What was measured so far."""
        return self.trainer.history

    @property
    def goes_on(self) -> bool:
        """Whether there is another epoch."""
        return self.epoch < self.num_epoch and self.stopped is None

    def stop(self, reason: str) -> None:
        """End the training after this epoch."""
        self.stopped = reason


class Callback:
    """Something that is done at certain moments of a training. A subclass defines the moments that it needs.

    Each method is given the `Fit` under way.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> class Patience(bp.train.Callback):
    ...     def on_epoch_end(self, fit):
    ...         if fit.row['loss'] < 1.:
    ...             fit.stop('it is good enough')
    >>> with bm.training_environment():
    ...     net = bp.layers.Dense(1, 1, W_initializer=bp.init.OneInit())
    >>> x = np.ones((4, 1), np.float32)
    >>> trainer = bp.BPFF(net, 'mean_squared_error', bp.optim.SGD(0.1), progress_bar=False)
    >>> trainer.fit([(x, x)], callbacks=[Patience()])  # doctest: +ELLIPSIS
    Train 0 epoch, use ... s, loss 0
    Training ends after epoch 0: it is good enough.
    """

    def on_fit_start(self, fit: Fit) -> None:
        """Before the first epoch."""

    def on_epoch_start(self, fit: Fit) -> None:
        """Before the first batch of an epoch."""

    def on_batch_start(self, fit: Fit) -> None:
        """Before a batch is trained; ``fit.inputs`` and ``fit.targets`` are known."""

    def on_gradients(self, fit: Fit) -> None:
        """When the loss and the gradients of a batch are known."""

    def on_update(self, fit: Fit) -> None:
        """Before the optimizer changes the variables by ``fit.gradients``."""

    def on_batch_end(self, fit: Fit) -> None:
        """After a batch."""

    def on_test_batch(self, fit: Fit) -> None:
        """When the loss of a batch of test data is known."""

    def on_report(self, fit: Fit) -> None:
        """When means of losses and metrics are reported, of the phase ``fit.phase``."""

    def on_epoch_end(self, fit: Fit) -> None:
        """After an epoch and the test that follows it; ``fit.row`` holds what was measured."""

    def on_fit_end(self, fit: Fit) -> None:
        """At the end, whatever it is; ``fit.error`` is the exception, if there is one."""

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint has to keep, so that a training that is resumed goes on as if nothing had been."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` gave."""


class Callbacks:
    """Several callbacks, in their order.

    Raises
    ------
    TypeError
        For what is no callback.
    """

    def __init__(self, callbacks: Iterable[Callback]) -> None:
        self.items = list(callbacks)
        for item in self.items:
            if not isinstance(item, Callback):
                raise TypeError(f"callbacks must be instances of bp.train.Callback, but got {item!r}.")
        self._defined: dict[str, list[Callable[[Fit], None]]] = {}

    def tell(self, moment: str, fit: Fit) -> None:
        """Call the method of a moment, of those that define it."""
        if moment not in self._defined:
            self._defined[moment] = [getattr(item, moment) for item in self.items
                                     if getattr(type(item), moment) is not getattr(Callback, moment)]
        for method in self._defined[moment]:
            method(fit)

    def tell_end(self, fit: Fit) -> None:
        """Call `Callback.on_fit_end` of all, whatever goes wrong in one of them."""
        with ExitStack() as stack:
            for item in reversed(self.items):
                stack.callback(item.on_fit_end, fit)
