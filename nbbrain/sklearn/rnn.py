"""A recurrent network as a classifier."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbbrain.check import is_string
from nbbrain.dyn.layers import Dense, GRUCell, LSTMCell, RNNCell
from nbbrain.dynsys import Sequential
from nbbrain.sklearn.classifier import SequenceClassifier

__all__ = ["RNNClassifier"]

_CELLS: dict[str, Any] = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}


class RNNClassifier(SequenceClassifier):
    r"""A recurrent network that reads sequences, trained by back-propagation through time (Werbos, 1990).

    .. math:: P(k) \propto \exp(h_T W_{out} + c)_k

    for the last state :math:`h_T` of the last hidden layer. A sample is a sequence: X has the shape (samples, steps,
    features). Of a two-dimensional X every row is a sequence, too: of one feature a step, or of a single step.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int
        The numbers of units of the hidden layers.
    cell : {'gru', 'lstm', 'rnn'}
        What a hidden layer consists of: gated recurrent units (Cho et al., 2014), long short-term memory (Hochreiter &
        Schmidhuber, 1997), or units of a plain recurrent network (Elman, 1990) with tanh.
    columns : {'steps', 'features'}
        What the columns of a two-dimensional X are: the steps of a sequence of one feature, or the features of one step.
    learning_rate, max_iter, batch_size, tol, n_iter_no_change, random_state, verbose
        As for `SNNClassifier`.

    Attributes
    ----------
    classes_ : array
        The classes.
    n_iter_ : int
        The number of epochs.
    loss_curve_ : list of float
        The mean loss of every epoch.
    loss_ : float
        The last of them.
    parameters_ : dict of arrays
        The weights: '0.Wi', '0.Wh' and '0.b' of the first layer, and so on.
    n_features_in_ : int
        The number of features, which is the size of the last axis of X.
    feature_names_in_ : array of str
        Their names, where X was a table.
    dtype_ : dtype
        In which the network is computed.

    Raises
    ------
    ValueError
        In `fit` and `predict`, when data do not fit or a parameter is out of range.

    Notes
    -----
    Features should be about 1 in size, as ``sklearn.preprocessing.StandardScaler`` makes them. Sequences of other lengths
    than the fitted ones can be predicted, with X of three axes.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 12, 2))
    >>> y = np.where(X[:, :, 0].sum(axis=1) > 0, 'up', 'down')
    >>> rnn = bp.sklearn.RNNClassifier(hidden_layer_sizes=8, max_iter=20, learning_rate=0.03, random_state=0)
    >>> bool(rnn.fit(X, y).score(X, y) > 0.9)
    True
    """

    def __init__(self, hidden_layer_sizes: int | Sequence[int] = (32,), *, cell: str = "gru", columns: str = "steps",
                 learning_rate: float = 0.02, max_iter: int = 50, batch_size: int = 64, tol: float = 1e-4,
                 n_iter_no_change: int = 10, random_state: Any = None, verbose: bool = False) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.cell = cell
        self.columns = columns
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state
        self.verbose = verbose

    def _structure(self, num_in: int, num_out: int) -> dict[str, Any]:
        return {"num_in": num_in, "num_out": num_out, "sizes": self._sizes(), "cell": is_string(self.cell, "cell", _CELLS)}

    @staticmethod
    def _network(*, num_in: int, num_out: int, sizes: tuple[int, ...], cell: str) -> Sequential:
        layers: list[Any] = []
        for size in sizes:
            layers.append(_CELLS[cell](num_in, size, activation="tanh"))
            num_in = size
        return Sequential(*layers, Dense(num_in, num_out))

    def _sequences(self, X: np.ndarray) -> np.ndarray:
        if X.ndim == 3:
            return X
        return X[:, :, None] if is_string(self.columns, "columns", ("steps", "features")) == "steps" else X[:, None]

    def _logits(self, outputs: Any) -> Any:
        return outputs[:, -1]
