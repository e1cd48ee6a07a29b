"""Back-propagation through time (Werbos, 1990, "Backpropagation through time: what it does and how to do it")."""
from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain import optimizers
from nbbrain.dynsys.share import share
from nbbrain.errors import NoLongerSupportError
from nbbrain.losses.names import loss_function
from nbbrain.math.trees import tree_map
from nbbrain.program.tracking import WriteLog, tracking
from nbbrain.train.batches import Batches
from nbbrain.train.callbacks import Callback, Callbacks, Fit
from nbbrain.train.checkpointing import checkpoint_callbacks
from nbbrain.train.firing_rates import WatchFiringRates, firing_rates, spiking_layers
from nbbrain.train.gradients import ClipGradients, MeanGradients, global_norm, norms
from nbbrain.train.guards import StopOnNonFinite
from nbbrain.train.history import History
from nbbrain.train.metrics import checked_metrics, numbers, value_and_metrics
from nbbrain.train.monitoring import AfterReport, LearningRate
from nbbrain.train.progress import ShowProgress
from nbbrain.train.report import HtmlReport
from nbbrain.train.trainer import DSTrainer

__all__ = ["BPFF", "BPTT"]


class BPTT(DSTrainer):
    """Trains the trainable variables of a model on sequences, by the gradient through all time steps.

    Parameters
    ----------
    target : DynamicalSystem
        The model, in training mode.
    loss_fun : callable or str
        ``loss_fun(outputs, targets)``, or a name in ``bp.losses``. It returns one number, or ``(number, dict of numbers)``
        with ``loss_has_aux``. With ``monitors`` it gets ``(outputs, recordings)`` in place of the outputs.
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
            raise NoLongerSupportError("BPTT does not shuffle data by itself: pass shuffle=True and seed=... to fit, or "
                                       "shuffle in the function that yields the batches.")
        self.loss_fun = loss_function(loss_fun)
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
        self.spiking_layers = spiking_layers(target)
        self._watching = self._new_runner(lambda: firing_rates(self.spiking_layers))  # its own, because captures are kept
        self._watched, self._rates = False, dict[str, float]()
        self._norms: list[float] = []
        self._metrics: dict[str, Callable[[Any, Any], Any]] = {}
        self.history = History()

    @property
    def train_losses(self) -> np.ndarray | None:
        """The reported training losses, or None before the first report."""
        return self._losses("fit")

    @property
    def test_losses(self) -> np.ndarray | None:
        """The reported test losses, or None before the first report."""
        return self._losses("test")

    def _losses(self, phase: str) -> np.ndarray | None:
        return self.history.get(phase, "loss", "report") if "loss" in self.history.reported[phase] else None

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
        return self.history.get(phase, metric, which)

    def _loss(self, inputs: Any, targets: Any, shared_args: dict[str, Any], reset_state: bool) -> tuple[Any, dict]:
        """The loss of one batch and further metrics."""
        if reset_state:
            self._reset(inputs)
        predictions = self._forward(inputs, shared_args) if self.loss_auto_run else inputs
        with share.saved(**{**shared_args, "dt": self.dt}):
            result = self.loss_fun(predictions, targets)
            loss, metrics = value_and_metrics(result) if self.loss_has_aux else (result, {})
            if self._metrics:
                plain = tree_map(bm.stop_gradient, predictions)
                metrics = metrics | {name: function(plain, targets) for name, function in self._metrics.items()}
        return loss, metrics

    def _reset(self, inputs: Any) -> None:
        self.reset_target(inputs)
        self.runner.reset()

    def _forward(self, inputs: Any, shared_args: dict[str, Any]) -> Any:
        """The outputs of the model for one batch; with monitors, ``(outputs, recordings)``."""
        watched = self._watched and bool(self.spiking_layers)
        outputs, recorded, rates = self._run(inputs, shared_args, self._watching if watched else None)
        if watched:
            self._rates = {name: float(bm.stop_gradient(rate).mean()) for name, rate in rates.items()}
        return outputs if self._monitors is None else (outputs, recorded)

    def fit(self, train_data: Any, test_data: Any = None, num_epoch: int = 100, num_report: int = -1,
            reset_state: bool = True, shared_args: dict[str, Any] | None = None,
            fun_after_report: Callable[[int, dict[str, float], str], None] | None = None,
            batch_size: int | None = None, *, shuffle: bool = False, seed: int | None = None, accumulate: int = 1,
            clip_norm: float | None = None, clip_value: float | None = None,
            metrics: Mapping[str, Callable[[Any, Any], Any]] | None = None, callbacks: Sequence[Callback] = (),
            guard: bool = True, checkpoint: Any = None, resume: bool = False, report: Any = None) -> None:
        """Train.

        Parameters
        ----------
        train_data : pair of arrays, callable or iterable
            A function that returns the batches of one epoch, or an iterable that gives them anew for every epoch (a list,
            a data loader). A batch is ``(inputs, targets)``, with inputs of shape (batch, time, ...). A pair of arrays is
            cut into batches of ``batch_size``. A function with a parameter ``epoch`` is told its number.
        test_data : pair of arrays, callable or iterable, optional
            Batches on which loss and metrics are measured after every epoch.
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
        shuffle : bool
            Whether the samples of a pair of arrays, or the batches of a list, come in another order in every epoch.
        seed : int, optional
            The seed of these orders, each a function of it and of the number of the epoch; by default drawn from
            ``bm.random``.
        accumulate : int
            The optimizer takes the mean of the gradients of so many batches; at the end of an epoch, of those that are left.
        clip_norm, clip_value : float, optional
            The largest norm of all gradients together, or the largest absolute value of their elements; see
            `bp.train.ClipGradients`.
        metrics : dict of callable, optional
            Further metrics by name, ``function(predictions, targets)``, which are averaged over batches like the loss.
        callbacks : sequence of Callback
            What else is done, such as `bp.train.EarlyStopping`.
        guard : bool
            Whether the training ends with a `bp.train.NonFiniteError` at the first NaN or infinity, before it reaches a
            variable, or in the loss of test data, and warns of spiking layers that are silent or saturated
            (`bp.train.WatchFiringRates`).
        checkpoint : path or Checkpoint, optional
            Where to save all that is needed to go on, after every epoch: a folder, a template such as
            ``'runs/net_{epoch}.npz'``, or a `bp.train.Checkpoint`.
        resume : bool
            Whether to go on where the latest checkpoint was saved; from the beginning where there is none. Losses and
            weights are bit for bit those of a training that was not interrupted, where data come in an order that depends
            on nothing but the epoch, as with ``shuffle=True``.
        report : path, optional
            The file of a page in HTML that shows the training; see `bp.train.HtmlReport`.
        """
        options = {"batch_size": batch_size, "shuffle": shuffle, "seed": seed, "accumulate": accumulate,
                   "clip_norm": clip_norm, "clip_value": clip_value, "num_report": num_report, "reset_state": reset_state}
        fit = Fit(self, Batches(train_data, batch_size, shuffle, seed),
                  None if test_data is None else Batches(test_data, batch_size), num_epoch, options)
        self._metrics = checked_metrics(metrics, self.loss_auto_run)
        self._mean = MeanGradients(accumulate)
        self._callbacks = Callbacks([
            LearningRate(), *([StopOnNonFinite(), WatchFiringRates()] if guard else []),
            ClipGradients(clip_norm, clip_value), *callbacks, *checkpoint_callbacks(checkpoint, resume),
            ShowProgress(self.progress_bar), AfterReport(fun_after_report),
            *([] if report is None else [HtmlReport(report)])])
        fit.callbacks = self._callbacks.items
        try:
            self._callbacks.tell("on_fit_start", fit)
            while fit.goes_on:
                self._epoch(fit, shared_args or {})
        except BaseException as error:
            fit.error = error
            raise
        finally:
            self._callbacks.tell_end(fit)

    def _epoch(self, fit: Fit, shared_args: dict[str, Any]) -> None:
        """Train on all batches once, then test."""
        began = started = time.perf_counter()
        num_report, counts, self._norms = fit.options["num_report"], self.history.counts(), []
        self.history.forget()
        fit.row = {"epoch": fit.epoch}
        self._callbacks.tell("on_epoch_start", fit)
        for inputs, targets in fit.training(fit.epoch):
            self._train_batch(fit, inputs, targets, {"fit": True, **shared_args})
            if num_report > 0 and fit.steps % num_report == 0:
                self._report(fit, f"Train {fit.steps} steps", started, "fit", fit.steps)
                started = time.perf_counter()
        self._update(fit)
        self.optimizer.lr.step_epoch()
        if num_report <= 0:
            self._report(fit, f"Train {fit.epoch} epoch", started, "fit", fit.epoch)
        if fit.testing is not None:
            self._test(fit, fit.testing, {**shared_args, "fit": False})
        fit.row |= self.history.means_since(counts)
        fit.row |= {"gradient_norm": float(np.mean(self._norms)), "seconds": time.perf_counter() - began}
        self.history.epochs.append(fit.row)
        self._callbacks.tell("on_epoch_end", fit)
        fit.epoch += 1

    def _train_batch(self, fit: Fit, inputs: Any, targets: Any, shared_args: dict[str, Any]) -> None:
        fit.inputs, fit.targets, fit.watch = inputs, targets, False
        self._callbacks.tell("on_batch_start", fit)
        self._watched, self._rates = fit.watch, {}
        with tracking(self._prepare(fit, shared_args)):
            fit.gradients, loss, metrics = self._gradient(*fit.arguments)
        self._watched, fit.rates = False, self._rates
        fit.metrics = numbers(loss, metrics)
        fit.loss, fit.norms = fit.metrics["loss"], norms(fit.gradients)
        self._callbacks.tell("on_gradients", fit)
        self.history.add("fit", fit.metrics)
        self._mean.add(fit.gradients)
        if self._mean.is_complete:
            self._update(fit)
        fit.steps += 1
        self._callbacks.tell("on_batch_end", fit)

    def _prepare(self, fit: Fit, shared_args: dict[str, Any]) -> WriteLog:
        """Make the arguments for the batch, and a log of what it writes, which can be taken back."""
        clock, changes = (self.runner.t0, self.runner.i0), WriteLog()

        def take_back() -> None:
            changes.restore()
            self.runner.t0, self.runner.i0 = clock

        fit.take_back, fit.arguments = take_back, (fit.inputs, fit.targets, shared_args, fit.options["reset_state"])
        return changes

    def _update(self, fit: Fit) -> None:
        """Let the optimizer take the gradients of the batches since it did so last, if there are any."""
        if not self._mean.held:
            return
        fit.gradients = self._mean.take()
        if self._mean.count > 1:
            fit.norms = norms(fit.gradients)
        self._norms.append(global_norm(fit.norms))
        self._callbacks.tell("on_update", fit)
        self.optimizer.update(fit.gradients)
        fit.updates += 1

    def _test(self, fit: Fit, batches: Batches, shared_args: dict[str, Any]) -> None:
        started = time.perf_counter()
        self.history.forget()
        for inputs, targets in batches(fit.epoch):
            fit.inputs, fit.targets = inputs, targets
            with tracking(self._prepare(fit, shared_args)):
                fit.metrics = numbers(*self._loss(*fit.arguments))
            fit.loss = fit.metrics["loss"]
            self._callbacks.tell("on_test_batch", fit)
            self.history.add("test", fit.metrics)
        self._report(fit, f"Test {fit.epoch} epoch", started, "test", fit.epoch)

    def _report(self, fit: Fit, head: str, started: float, phase: str, index: int) -> None:
        fit.phase, fit.index, fit.reported = phase, index, self.history.report(phase)
        values = ", ".join(f"{name} {value:.6g}" for name, value in fit.reported.items())
        fit.line = f"{head}, use {time.perf_counter() - started:.4f} s, {values}"
        self._callbacks.tell("on_report", fit)


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
        return _without_time(super()._forward(_with_time(inputs), shared_args))

    def _record(self, recorded: dict[str, Any], first: float, steps: int) -> None:
        super()._record(_without_time(recorded), first, steps)

    def predict(self, inputs: Any, reset_state: bool = True, shared_args: dict[str, Any] | None = None,
                eval_time: bool = False) -> Any:
        """The outputs of the model for inputs of shape (batch, ...); see `DSTrainer.predict`."""
        result = super().predict(_with_time(inputs), reset_state, shared_args, eval_time=True)
        outputs = _without_time(result[1])
        return (result[0], outputs) if eval_time else outputs


def _with_time(inputs: Any) -> Any:
    """Inputs of shape (batch, ...) as sequences of one step."""
    return tree_map(lambda x: bm.asarray(x)[:, None], inputs)


def _without_time(results: Any) -> Any:
    """Results of one step, of shape (batch, 1, ...), or (1, ...) without a batch, without the axis of time."""
    return tree_map(lambda x: x[:, 0] if x.shape[1:2] == (1,) else x[0], results)
