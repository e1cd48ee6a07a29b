"""Training of readouts while the model runs."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.algorithms import RLS, OnlineAlgorithm, online
from nbbrain.math.trees import tree_map
from nbbrain.runners.sequence import SequenceRunner
from nbbrain.train.readouts import checked_data, train_nodes
from nbbrain.train.trainer import DSTrainer

__all__ = ["ForceTrainer", "OnlineTrainer"]


class OnlineTrainer(DSTrainer):
    """Fits the layers in training mode after every step of the model, from what they received and should have given.

    Parameters
    ----------
    target : DynamicalSystem
        The model. Its nodes whose own mode is TrainingMode are fitted.
    fit_method : OnlineAlgorithm or str, optional
        The algorithm, or its registered name (``bp.algorithms.get_supported_online_methods()``); by default recursive least
        squares with ``alpha=1e-7``.
    **options
        Those of `DSTrainer`.

    Raises
    ------
    NoImplementationError
        For a node in training mode that cannot be fitted.
    ValueError
        For a model without nodes in training mode, and for a name of a method that is not registered.
    TypeError
        For a method that is no online algorithm.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> readout = bp.layers.Dense(2, 1, mode=bm.training_mode)
    >>> x = np.random.default_rng(0).normal(size=(1, 50, 2))
    >>> trainer = bp.OnlineTrainer(readout, fit_method=bp.algorithms.RLS(alpha=1e4), progress_bar=False)
    >>> _ = trainer.fit((x, x @ np.array([[1.], [-2.]])))
    >>> readout.W.round(2).tolist()
    [[1.0], [-2.0]]
    """

    def __init__(self, target: Any, fit_method: Any = None, **options: Any) -> None:
        super().__init__(target, **options)
        self.fit_method = _fit_method(fit_method)
        self.train_nodes = train_nodes(target)
        for name, node in self.train_nodes.items():
            node.offline_init(self.fit_method)  # so that it records what it receives
            self.fit_method.register_target(node.num_in + (node.b is not None), name)
        self._fitting = SequenceRunner(target, dt=self.dt, t0=self.runner.t0, jit=self.runner.jit,
                                       data_first_axis="B" if self.runner.batch_first else "T")
        self._fitting.drive, self._fitting.observe = self._take_targets, self._fit_nodes
        self._targets: dict[str, Any] = {}

    def _take_targets(self, rows: dict[str, Any]) -> None:
        self._targets = rows

    def _fit_nodes(self) -> dict[str, Any]:
        """Change the weights of every node by what it received in this step."""
        for name, node in self.train_nodes.items():
            features, output = node.fit_record["input"], node.fit_record["output"]
            node.fit_record = {}
            if node.b is not None:
                features = bm.concatenate([bm.ones((features.shape[0], 1), dtype=features.dtype), features], axis=-1)
            change = self.fit_method.call(self._targets[name], features, output, name)
            if node.b is not None:
                node.b.value = node.b + change[0]
                change = change[1:]
            node.W.value = node.W + change
        self._targets = {}
        return {}

    def fit(self, train_data: Any, reset_state: bool = False, shared_args: dict[str, Any] | None = None) -> Any:
        """Run the model over all data, and fit its trainable layers after every step.

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
            The outputs of the model, each before the change that followed it.
        """
        inputs, targets = checked_data(train_data, self.train_nodes, self.runner)
        if reset_state:
            self.reset_target(inputs)
            self.runner.reset()
        self._fitting.t0, self._fitting.i0 = self.runner.t0, self.runner.i0
        rows = tree_map(lambda x: x.swapaxes(0, 1), targets) if self.runner.batch_first else targets
        outputs, _ = self._fitting.run(inputs, {"fit": True, **(shared_args or {})}, advance=True, driven=rows)
        self.runner.t0, self.runner.i0 = self._fitting.t0, self._fitting.i0
        return outputs


class ForceTrainer(OnlineTrainer):
    """`OnlineTrainer` with recursive least squares, as FORCE learning has it (Sussillo & Abbott, 2009).

    Parameters
    ----------
    target : DynamicalSystem
        The model.
    alpha : float
        What P begins with; see `bp.algorithms.RLS`.
    **options
        Those of `DSTrainer`.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> bp.ForceTrainer(bp.layers.Dense(2, 1, mode=bm.training_mode), alpha=1., progress_bar=False).fit_method
    RLS(alpha=1.0)
    """

    def __init__(self, target: Any, alpha: float = 1.0, **options: Any) -> None:
        super().__init__(target, fit_method=RLS(alpha=alpha), **options)


def _fit_method(method: Any) -> OnlineAlgorithm:
    if method is None:
        return RLS(alpha=1e-7)
    if isinstance(method, str):
        return online.get(method)
    if not isinstance(method, OnlineAlgorithm):
        raise TypeError(f"fit_method must be an OnlineAlgorithm or the name of one, but got {method!r}.")
    return method
