"""An echo state network as a regressor."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.check import is_float, is_integer, is_string
from nbbrain.dyn.layers import Reservoir
from nbbrain.initialize import Normal, Uniform
from nbbrain.sklearn.base import values
from nbbrain.sklearn.readout import ReadoutRegressor

__all__ = ["ESNRegressor"]


class ESNRegressor(ReadoutRegressor):
    r"""An echo state network: a random reservoir, and a linear readout fitted by ridge regression (Jaeger, 2001).

    .. math::

        s_t &= (1 - a) s_{t-1} + a f(x_t W_{in} + s_{t-1} W_{rec} + b) \\
        \hat y_t &= [x_t, s_t] W_{out} + c

    A two-dimensional X is one sequence: its rows are steps in their order, one after another, so a prediction depends on
    the rows before it. Rows must not be shuffled, neither by ``train_test_split`` (``shuffle=False``) nor in a
    cross-validation (use ``TimeSeriesSplit``). Of many sequences X has the shape (sequences, steps, features), and y
    (sequences, steps) or (sequences, steps, outputs); a cross-validation then leaves out whole sequences.

    Parameters
    ----------
    n_units : int
        The number of units of the reservoir.
    leaky_rate : float
        The leaking rate a, in [0, 1].
    spectral_radius : float
        The largest modulus of an eigenvalue of the recurrent weights.
    input_scaling : float
        Weights of the input are uniform between this and its negative.
    bias_scaling : float
        The same for the bias b.
    in_connectivity, rec_connectivity : float
        The share of weights of the input, and of the units, that exist.
    activation : str
        The name of f in ``bm.activations``.
    input_to_readout : bool
        Whether the readout gets the input, too.
    alpha : float
        The weight of the squared readout weights in what is minimised. The shift c is not penalised.
    washout : int, optional
        How many steps at the beginning of every sequence the fit leaves out, because states still depend on where they
        began; None for none. Predictions are made for all steps.
    initial_state : {'zero', 'last'}
        Where `predict` begins: with states of zero, or with those at the end of the data that were fitted, for data that
        follow them. A prediction never changes where the next one begins.
    random_state : int, RandomState or None
        Where random weights come from.

    Attributes
    ----------
    coef_ : array, shape (features,) or (outputs, features)
        The weights of the readout: of the input (with ``input_to_readout``), then of the units.
    intercept_ : float or array, shape (outputs,)
        The shift c.
    washout_ : int
        How many steps were left out, by `fit` and, where predictions begin with states of zero, by `score`.
    parameters_ : dict of arrays
        The weights 'Win', of shape (n_features_in_, n_units), and 'Wrec', (n_units, n_units), and the 'bias'.
    n_features_in_ : int
        The number of input features.
    feature_names_in_ : array of str
        Their names, where X was a table.
    dtype_ : dtype
        In which states are computed; the readout is fitted in 64 bits.

    Raises
    ------
    ValueError
        In `fit` and `predict`, when data do not fit or a parameter is out of range.

    See Also
    --------
    nbbrain.layers.Reservoir : The reservoir alone.

    Notes
    -----
    The readout reads the input beside the states, as Lukoševičius (2012, "A practical guide to applying echo state
    networks") advises. scikit-learn has no tag for samples whose order counts; the only one with which it does not expect
    that every row is predicted by itself is ``non_deterministic``, so it is set. Nothing is random but the weights, which
    ``random_state`` fixes.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp
    >>> wave = np.sin(0.2 * np.arange(601))[:, None]
    >>> X, y = wave[:-1], wave[1:, 0]
    >>> esn = bp.sklearn.ESNRegressor(n_units=50, washout=50, initial_state='last', random_state=0)
    >>> bool(np.abs(esn.fit(X[:400], y[:400]).predict(X[400:]) - y[400:]).max() < 1e-3)
    True
    """

    def __init__(self, n_units: int = 100, *, leaky_rate: float = 0.3, spectral_radius: float = 0.9,
                 input_scaling: float = 1.0, bias_scaling: float = 0.0, in_connectivity: float = 1.0,
                 rec_connectivity: float = 0.1, activation: str = "tanh", input_to_readout: bool = True,
                 alpha: float = 1e-6, washout: int | None = None, initial_state: str = "zero",
                 random_state: Any = None) -> None:
        self.n_units = n_units
        self.leaky_rate = leaky_rate
        self.spectral_radius = spectral_radius
        self.input_scaling = input_scaling
        self.bias_scaling = bias_scaling
        self.in_connectivity = in_connectivity
        self.rec_connectivity = rec_connectivity
        self.activation = activation
        self.input_to_readout = input_to_readout
        self.alpha = alpha
        self.washout = washout
        self.initial_state = initial_state
        self.random_state = random_state

    def _structure(self, num_in: int, num_out: int) -> dict[str, Any]:
        return {"num_in": num_in, "n_units": is_integer(self.n_units, "n_units", 1),
                "leaky_rate": float(is_float(self.leaky_rate, "leaky_rate", 0., 1.)),
                "activation": is_string(self.activation, "activation"), "input_to_readout": bool(self.input_to_readout)}

    @staticmethod
    def _network(*, num_in: int, n_units: int, leaky_rate: float, activation: str, input_to_readout: bool,
                 **random: Any) -> Reservoir:
        """A reservoir all of whose weights exist, unless ``random`` says otherwise: those that do not are zeros."""
        kind = _WithInput if input_to_readout else Reservoir
        return kind(num_in, n_units, leaky_rate, activation, **{"in_connectivity": 1., "rec_connectivity": 1., **random})

    def _drawn(self, structure: dict[str, Any]) -> dict[str, np.ndarray]:
        reach = {name: is_float(getattr(self, name), name, 0.) for name in ("input_scaling", "bias_scaling")}
        reservoir = self._network(
            **structure, Win_initializer=_between(reach["input_scaling"]), b_initializer=_between(reach["bias_scaling"]),
            Wrec_initializer=Normal(), spectral_radius=is_float(self.spectral_radius, "spectral_radius", 0.),
            in_connectivity=is_float(self.in_connectivity, "in_connectivity", 0., 1.),
            rec_connectivity=is_float(self.rec_connectivity, "rec_connectivity", 0., 1.))
        return values(dict(reservoir.train_vars("relative")))


class _WithInput(Reservoir):
    """A reservoir that returns its input and its state, side by side."""

    def update(self, x: Any) -> Any:
        return bm.concatenate([x, super().update(x)], axis=-1)


def _between(scale: float) -> Any:
    """An initializer of numbers between a number and its negative."""
    return Uniform(-scale, scale) if scale else bm.zeros
