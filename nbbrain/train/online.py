"""Training of readouts while the model runs."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.algorithms import RLS, OnlineAlgorithm, online
from nbbrain.check import is_integer
from nbbrain.dynsys.share import share
from nbbrain.math.trees import tree_map
from nbbrain.train.readouts import checked_data, train_nodes
from nbbrain.train.trainer import DSTrainer

__all__ = ["ForceTrainer", "OnlineTrainer"]


class OnlineTrainer(DSTrainer):
    """Fits the layers in training mode while the model runs, from what they received and should have given in a step.

    Parameters
    ----------
    target : DynamicalSystem
        The model. Its nodes whose own mode is TrainingMode are fitted.
    fit_method : OnlineAlgorithm or str, optional
        The algorithm, or its registered name (``bp.algorithms.get_supported_online_methods()``); by default recursive least
        squares with ``alpha=1e-7``.
    every : int
        Of how many steps one is learnt from, the last of them. Steps are counted on from one call to the next. In FORCE
        learning weights change at longer intervals than the network does (Sussillo & Abbott, 2009).
    **options
        Those of `DSTrainer`.

    Raises
    ------
    NoImplementationError
        For a node in training mode that cannot be fitted.
    ValueError
        For a model without nodes in training mode, for a name of a method that is not registered, and for ``every`` below 1.
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

    def __init__(self, target: Any, fit_method: Any = None, every: int = 1, **options: Any) -> None:
        super().__init__(target, **options)
        self.every = is_integer(every, "every", min_bound=1)
        self.fit_method = _fit_method(fit_method)
        self.train_nodes = train_nodes(target)
        for name, node in self.train_nodes.items():
            node.offline_init(self.fit_method)  # so that it records what it receives
            self.fit_method.register_target(node.num_in + (node.b is not None), name)
        self._fitting = self._new_runner(self._fit_nodes)
        self._fitting.drive = self._take_targets
        self._targets: dict[str, Any] = {}

    def _take_targets(self, rows: dict[str, Any]) -> None:
        self._targets = rows

    def _fit_nodes(self) -> dict[str, Any]:
        """Learn from this step, if it is its turn."""
        records = {name: node.fit_record for name, node in self.train_nodes.items()}
        for node in self.train_nodes.values():
            node.fit_record = {}
        if self.every == 1:
            self._learn(records)
        else:
            bm.cond((share.load("i") + 1) % self.every == 0, lambda: self._learn(records), lambda: None)
        self._targets = {}
        return {}

    def _learn(self, records: dict[str, dict[str, Any]]) -> None:
        """Change the weights of every node by what it received in this step."""
        for name, node in self.train_nodes.items():
            features, output = records[name]["input"], records[name]["output"]
            if node.b is not None:
                features = bm.concatenate([bm.ones((features.shape[0], 1), dtype=features.dtype), features], axis=-1)
            change = self.fit_method.call(self._targets[name], features, output, name)
            if node.b is not None:
                node.b.value = node.b + change[0]
                change = change[1:]
            node.W.value = node.W + change

    def fit(self, train_data: Any, reset_state: bool = False, shared_args: dict[str, Any] | None = None) -> Any:
        """Run the model over all data, and fit its trainable layers after every step, or every few of them.

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
        first = self.runner.t0
        rows = tree_map(lambda x: x.swapaxes(0, 1), targets) if self.runner.batch_first else targets
        outputs, recorded, _ = self._run(inputs, {"fit": True, **(shared_args or {})}, self._fitting, driven=rows)
        self._record(recorded, first, self.runner.length(inputs)[0])
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
        ``every``, and those of `DSTrainer`.

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
