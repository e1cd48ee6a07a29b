"""Training of readouts by regression, all data at once."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.algorithms import RidgeRegression, offline
from nbbrain.errors import NoImplementationError
from nbbrain.math.array import as_value
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
        self.train_nodes = _train_nodes(target)
        for node in self.train_nodes.values():
            node.offline_init(self.fit_method)
        self.runner.observe = self._observe

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
        inputs, targets = self._data(train_data)
        if reset_state:
            self.reset_target(inputs)
            self.runner.reset()
        outputs, records = self.runner.run(inputs, {"fit": True, **(shared_args or {})}, advance=True)
        for name, node in self.train_nodes.items():
            node.offline_fit(targets[name], records[name])
        return outputs

    def _data(self, train_data: Any) -> tuple[Any, dict[str, Any]]:
        """Inputs, and the targets of every layer, checked before anything runs."""
        if not (isinstance(train_data, (tuple, list)) and len(train_data) == 2):
            raise ValueError("train_data must be a pair (inputs, targets).")
        inputs, targets = train_data
        if not isinstance(targets, dict):
            if len(self.train_nodes) != 1:
                raise ValueError(f"there are {len(self.train_nodes)} layers to fit, so targets must be a dict with the keys "
                                 f"{sorted(self.train_nodes)}.")
            targets = dict.fromkeys(self.train_nodes, targets)
        if set(targets) != set(self.train_nodes):
            raise ValueError(f"targets must have the keys {sorted(self.train_nodes)}, but got {sorted(targets)}.")
        length, batch = self.runner.length(inputs)
        arrays = {name: bm.Array(as_value(target)) for name, target in targets.items()}
        want = (batch, length) if self.runner.batch_first else (length, batch)
        for name, array in arrays.items():
            features = getattr(self.train_nodes[name], "num_out", "features")
            if array.ndim != 3 or array.shape[:2] != want or features not in ("features", array.shape[2]):
                raise ValueError(f"the targets of {name} must have shape ({want[0]}, {want[1]}, {features}), but got "
                                 f"{array.shape}.")
        return inputs, arrays


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


def _train_nodes(target: Any) -> dict[str, Any]:
    """The nodes that are to be fitted, by name."""
    nodes = {node.name: node for node in target.nodes().unique().values()
             if isinstance(getattr(node, "mode", None), bm.TrainingMode)}
    for name, node in nodes.items():
        if not hasattr(node, "offline_fit"):
            raise NoImplementationError(f"{name} is in training mode and has no method offline_fit: build it with "
                                        f"mode=bm.batching_mode if it is not to be fitted.")
    if not nodes:
        raise ValueError(f"{target.name} has no node in training mode, so there is nothing to fit.")
    return nodes
