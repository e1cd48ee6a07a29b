"""Training of readouts by regression, all data at once."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbbrain.algorithms import RidgeRegression, offline
from nbbrain.train.readouts import checked_data, train_nodes
from nbbrain.train.trainer import DSTrainer

__all__ = ["OfflineTrainer", "RidgeTrainer"]


class OfflineTrainer(DSTrainer):
    """Fits the layers in training mode by regression from what they receive to their targets.

    Parameters
    ----------
    target : DynamicalSystem
        The model. Its nodes whose own mode is TrainingMode are fitted.
    fit_method : OfflineAlgorithm, str or callable, optional
        The regression: an algorithm, its registered name (``bp.algorithms.get_supported_offline_methods()``), or a function
        ``fit_method(targets, inputs, outputs) -> weights``. By default ridge regression.
    **options
        Those of `DSTrainer`.

    Raises
    ------
    NoImplementationError
        For a node in training mode that cannot be fitted.
    ValueError
        For a model without nodes in training mode, and for a name of a method that is not registered.
    """

    def __init__(self, target: Any, fit_method: Any = None, **options: Any) -> None:
        super().__init__(target, **options)
        self.fit_method = _fit_method(fit_method)
        self.train_nodes = train_nodes(target)
        for node in self.train_nodes.values():
            node.offline_init(self.fit_method)
        self.runner = self._new_runner(self._observe)

    def _observe(self) -> dict[str, Any]:
        """What the fitted layers receive in a step; nothing where ``fit`` is not shared as true."""
        records = {name: node.fit_record for name, node in self.train_nodes.items()}
        for node in self.train_nodes.values():
            node.fit_record = {}  # values of one step, which mean nothing after it
        return records

    def fit(self, train_data: Any, reset_state: bool = False, shared_args: dict[str, Any] | None = None) -> Any:
        """Run the model over all data, then fit its trainable layers.

        Parameters
        ----------
        train_data : pair (inputs, targets)
            Arrays of shape (batch, time, features). With several layers to fit, targets are a dict by name.
        reset_state : bool
            Whether the model starts from its initial states.
        shared_args : dict, optional
            What the model can ``bp.share.load``; ``fit`` is True.

        Returns
        -------
        array, shape (batch, time, ...)
            The outputs of the model as it was before.
        """
        inputs, targets = checked_data(train_data, self.train_nodes, self.runner)
        if reset_state:
            self.reset_target(inputs)
            self.runner.reset()
        first = self.runner.t0
        outputs, recorded, records = self._run(inputs, {"fit": True, **(shared_args or {})})
        self._record(recorded, first, self.runner.length(inputs)[0])
        for name, node in self.train_nodes.items():
            node.offline_fit(targets[name], records[name])
        return outputs


class RidgeTrainer(OfflineTrainer):
    """`OfflineTrainer` with ridge regression (Hoerl & Kennard, 1970).

    Parameters
    ----------
    target : DynamicalSystem
        The model.
    alpha : float
        The weight of the squared weights in what is minimised.
    **options
        Those of `DSTrainer`.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> class Readout(bp.DynamicalSystemNS):
    ...     def __init__(self):
    ...         super().__init__(mode=bm.batching_mode)
    ...         self.o = bp.layers.Dense(2, 1, mode=bm.training_mode)
    ...     def update(self, x):
    ...         return x >> self.o
    >>> x = np.random.default_rng(0).normal(size=(1, 50, 2))
    >>> trainer = bp.RidgeTrainer(Readout(), alpha=1e-6, progress_bar=False)
    >>> _ = trainer.fit((x, x @ np.array([[1.], [-2.]])))
    >>> bool(abs(trainer.predict(x) - x @ np.array([[1.], [-2.]])).max() < 1e-3)
    True
    """

    def __init__(self, target: Any, alpha: float = 1e-7, **options: Any) -> None:
        super().__init__(target, fit_method=RidgeRegression(alpha=alpha), **options)


def _fit_method(method: Any) -> Callable[..., Any]:
    if method is None:
        return RidgeRegression()
    if isinstance(method, str):
        return offline.get(method)
    if not callable(method):
        raise TypeError(f"fit_method must be an OfflineAlgorithm, the name of one or a function, but got {method!r}.")
    return method
