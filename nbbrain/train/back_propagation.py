"""Back-propagation through time (Werbos, 1990, "Backpropagation through time: what it does and how to do it")."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain import losses, optimizers
from nbbrain.dynsys.share import share
from nbbrain.errors import NoLongerSupportError, UnsupportedError
from nbbrain.math.trees import tree_map
from nbbrain.train.history import History
from nbbrain.train.progress import Progress
from nbbrain.train.trainer import DSTrainer

__all__ = ["BPFF", "BPTT"]

Batch = tuple[Any, Any]


class BPTT(DSTrainer):
    """Trains the trainable variables of a model on sequences, by the gradient through all time steps.

    Parameters
    ----------
    target : DynamicalSystem
        The model, in training mode.
    loss_fun : callable or str
        ``loss_fun(outputs, targets)``, or a name in ``bp.losses``. It returns one number, or ``(number, dict of numbers)``
        with ``loss_has_aux``.
    optimizer : Optimizer, optional
        By default Adam with an exponentially decaying rate, 0.025 at first.
    loss_has_aux : bool
        Whether the loss returns further metrics.
    loss_auto_run : bool
        Whether the model is run before the loss. If not, ``loss_fun(inputs, targets)`` runs it itself.
    **options
        Those of `DSTrainer`.

    Notes
    -----
    During ``fit`` the model sees ``share['fit'] == True``, during ``predict`` and on test data False. States are reset
    before every batch, within what is differentiated, so initial states can be trained.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.Sequential(bp.layers.RNNCell(1, 8, activation='tanh'), bp.layers.Dense(8, 1))
    >>> x = np.random.default_rng(0).normal(size=(16, 10, 1))
    >>> trainer = bp.BPTT(net, 'mean_squared_error', bp.optim.Adam(0.01), progress_bar=False)
    >>> trainer.fit([(x, np.cumsum(x, axis=1))], num_epoch=2)  # doctest: +ELLIPSIS
    Train 0 epoch, use ... s, loss ...
    Train 1 epoch, use ... s, loss ...
    >>> trainer.train_losses.shape
    (2,)
    """

    def __init__(self, target: Any, loss_fun: Callable[..., Any] | str, optimizer: Any = None, loss_has_aux: bool = False,
                 loss_auto_run: bool = True, seed: int | None = None, shuffle_data: bool | None = None,
                 **options: Any) -> None:
        super().__init__(target, **options)
        if shuffle_data is not None or seed is not None:
            raise NoLongerSupportError("BPTT does not shuffle data: shuffle in the function that yields the batches.")
        self.loss_fun = _loss_function(loss_fun)
        self.loss_has_aux, self.loss_auto_run = loss_has_aux, loss_auto_run
        if optimizer is None:
            optimizer = optimizers.Adam(optimizers.ExponentialDecay(lr=0.025, decay_steps=1, decay_rate=0.99975))
        self.optimizer = optimizer
        self.train_vars = target.train_vars().unique()
        if not self.train_vars:
            raise ValueError(f"{target.name} has no trainable variables: build it inside of bm.training_environment().")
        if not optimizer.vars_to_train:
            optimizer.register_train_vars(self.train_vars)
        self._gradient = bm.grad(self._loss, grad_vars=dict(optimizer.vars_to_train), has_aux=True, return_value=True)
        self._history = History()

    @property
    def train_losses(self) -> np.ndarray | None:
        """The reported training losses, or None before the first report."""
        return self._losses("fit")

    @property
    def test_losses(self) -> np.ndarray | None:
        """The reported test losses, or None before the first report."""
        return self._losses("test")

    def _losses(self, phase: str) -> np.ndarray | None:
        return self._history.get(phase, "loss", "report") if "loss" in self._history.reported[phase] else None

    def get_hist_metric(self, phase: str = "fit", metric: str = "loss", which: str = "report") -> np.ndarray:
        """A metric over the reports of a phase, or over all its batches.

        Parameters
        ----------
        phase : {'fit', 'test'}
            Training or test data.
        metric : str
            'loss', or a name that the loss function returned.
        which : {'report', 'detailed'}
            The mean of every report, or the value of every batch.
        """
        return self._history.get(phase, metric, which)

    def _loss(self, inputs: Any, targets: Any, shared_args: dict[str, Any], reset_state: bool) -> tuple[Any, dict]:
        """The loss of one batch and further metrics."""
        if reset_state:
            self._reset(inputs)
        predictions = self._forward(inputs, shared_args) if self.loss_auto_run else inputs
        with share.saved(**{**shared_args, "dt": self.dt}):
            result = self.loss_fun(predictions, targets)
        return result if self.loss_has_aux else (result, {})

    def _reset(self, inputs: Any) -> None:
        self.reset_target(inputs)
        self.runner.reset()

    def _forward(self, inputs: Any, shared_args: dict[str, Any]) -> Any:
        """The outputs of the model for one batch."""
        return self.runner.run(inputs, shared_args, advance=True)[0]

    def fit(self, train_data: Any, test_data: Any = None, num_epoch: int = 100, num_report: int = -1,
            reset_state: bool = True, shared_args: dict[str, Any] | None = None,
            fun_after_report: Callable[[int, dict[str, float], str], None] | None = None,
            batch_size: int | None = None) -> None:
        """Train.

        Parameters
        ----------
        train_data : callable or iterable
            A function that returns the batches of one epoch, or an iterable that gives them anew for every epoch (a list,
            a data loader). A batch is ``(inputs, targets)``, with inputs of shape (batch, time, ...). A pair of arrays is
            cut into batches of ``batch_size``.
        test_data : callable or iterable, optional
            Batches on which the loss is measured after every epoch.
        num_epoch : int
            How often the training data are gone through.
        num_report : int
            Report after so many batches; after every epoch where it is not positive.
        reset_state : bool
            Whether states are reset before every batch.
        shared_args : dict, optional
            What the model can ``bp.share.load``; ``fit`` is True in training and False in testing.
        fun_after_report : callable, optional
            ``fun_after_report(index, metrics, phase)``.
        batch_size : int, optional
            For a pair of arrays.
        """
        progress = Progress(num_epoch, self.progress_bar)
        fitting = {"fit": True, **(shared_args or {})}
        testing = {**(shared_args or {}), "fit": False}
        steps = 0
        try:
            for epoch in range(num_epoch):
                started = time.perf_counter()
                self._history.forget()
                for inputs, targets in _batches(train_data, batch_size, epoch):
                    self._train_batch(inputs, targets, fitting, reset_state)
                    steps += 1
                    if num_report > 0 and steps % num_report == 0:
                        self._report(progress, f"Train {steps} steps", started, "fit", steps, fun_after_report)
                        started = time.perf_counter()
                self.optimizer.lr.step_epoch()
                if num_report <= 0:
                    self._report(progress, f"Train {epoch} epoch", started, "fit", epoch, fun_after_report)
                if test_data is not None:
                    self._test(test_data, batch_size, epoch, testing, reset_state, progress, fun_after_report)
                progress.advance()
        finally:
            progress.close()

    def _train_batch(self, inputs: Any, targets: Any, shared_args: dict[str, Any], reset_state: bool) -> None:
        gradients, loss, metrics = self._gradient(inputs, targets, shared_args, reset_state)
        self._history.add("fit", _numbers(loss, metrics))
        self.optimizer.update(gradients)

    def _test(self, data: Any, batch_size: int | None, epoch: int, shared_args: dict[str, Any], reset_state: bool,
              progress: Progress, fun_after_report: Callable[..., None] | None) -> None:
        started = time.perf_counter()
        self._history.forget()
        for inputs, targets in _batches(data, batch_size, epoch):
            self._history.add("test", _numbers(*self._loss(inputs, targets, shared_args, reset_state)))
        self._report(progress, f"Test {epoch} epoch", started, "test", epoch, fun_after_report)

    def _report(self, progress: Progress, head: str, started: float, phase: str, index: int,
                fun_after_report: Callable[..., None] | None) -> None:
        metrics = self._history.report(phase)
        values = ", ".join(f"{name} {value:.6g}" for name, value in metrics.items())
        progress.report(f"{head}, use {time.perf_counter() - started:.4f} s, {values}", metrics)
        if fun_after_report is not None:
            fun_after_report(index, metrics, phase)


class BPFF(BPTT):
    """Trains the trainable variables of a model without time, such as a feed-forward network, by back-propagation.

    Parameters
    ----------
    target : DynamicalSystem
        The model, in training mode. It is called once for every batch.
    loss_fun, optimizer, loss_has_aux, loss_auto_run, **options
        As of `BPTT`.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.Sequential(bp.layers.Dense(2, 8), bm.tanh, bp.layers.Dense(8, 1))
    >>> x = np.random.default_rng(0).normal(size=(64, 2))
    >>> trainer = bp.BPFF(net, 'mean_squared_error', bp.optim.Adam(0.02), progress_bar=False)
    >>> trainer.fit([(x, x[:, :1] * x[:, 1:])], num_epoch=1)  # doctest: +ELLIPSIS
    Train 0 epoch, use ... s, loss ...
    >>> trainer.predict(x).shape
    (64, 1)
    """

    def _reset(self, inputs: Any) -> None:
        super()._reset(_with_time(inputs))

    def _forward(self, inputs: Any, shared_args: dict[str, Any]) -> Any:
        """The outputs of the model for one batch, which is one step of a sequence."""
        return tree_map(lambda x: x[:, 0], super()._forward(_with_time(inputs), shared_args))

    def predict(self, inputs: Any, reset_state: bool = True, shared_args: dict[str, Any] | None = None,
                eval_time: bool = False) -> Any:
        """The outputs of the model for inputs of shape (batch, ...); see `DSTrainer.predict`."""
        result = super().predict(_with_time(inputs), reset_state, shared_args, eval_time=True)
        outputs = tree_map(lambda x: x[:, 0], result[1])
        return (result[0], outputs) if eval_time else outputs


def _with_time(inputs: Any) -> Any:
    """Inputs of shape (batch, ...) as sequences of one step."""
    return tree_map(lambda x: bm.asarray(x)[:, None], inputs)


def _loss_function(loss: Callable[..., Any] | str) -> Callable[..., Any]:
    if callable(loss):
        return loss
    if loss not in losses.__all__:
        raise ValueError(f"loss_fun must be a function or one of {', '.join(losses.__all__)}, but got {loss!r}.")
    return getattr(losses, loss)


def _numbers(loss: Any, metrics: dict[str, Any]) -> dict[str, float]:
    if not isinstance(metrics, dict):
        raise TypeError(f"with loss_has_aux=True the loss must return (number, dict), but the second is a "
                        f"{type(metrics).__name__}.")
    return {"loss": float(loss), **{name: float(value) for name, value in metrics.items()}}


def _is_pair_of_arrays(data: Any) -> bool:
    return isinstance(data, (tuple, list)) and len(data) == 2 and all(hasattr(item, "shape") for item in data)


def _batches(data: Any, batch_size: int | None, epoch: int) -> Iterator[Batch]:
    """The batches of one epoch; an error where there are none, as with a generator that an earlier epoch has used up."""
    source: Iterable[Any] = data() if callable(data) else data
    if _is_pair_of_arrays(source):
        source = _cut(source, batch_size)
    elif isinstance(source, (tuple, list)):
        source = [_pair(batch) for batch in source]  # all are looked at before one is used
    count = 0
    for batch in source:
        count += 1
        yield _pair(batch)
    if not count:
        raise ValueError(f"there were no batches in epoch {epoch}. A generator gives its batches only once: pass the "
                         f"function that makes it, or a list.")


def _pair(batch: Any) -> Batch:
    if not (isinstance(batch, (tuple, list)) and len(batch) == 2):
        raise UnsupportedError(f"a batch must be a pair (inputs, targets), but got {type(batch).__name__}.")
    return batch[0], batch[1]


def _cut(pair: Any, batch_size: int | None) -> Iterator[Batch]:
    inputs, targets = pair
    if batch_size is None:
        raise UnsupportedError("a pair of arrays needs batch_size; otherwise pass batches, as a list of (inputs, targets) "
                               "or a function that yields them.")
    if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
        raise ValueError(f"batch_size must be an integer of at least 1, but got {batch_size!r}.")
    if len(inputs) != len(targets):
        raise ValueError(f"inputs and targets must have one number of samples, but got {len(inputs)} and {len(targets)}.")
    for start in range(0, len(inputs), batch_size):
        yield inputs[start:start + batch_size], targets[start:start + batch_size]
