"""Nonlinear vector autoregression as a regressor."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

import nbbrain.math as bm
from nbbrain.check import is_integer
from nbbrain.dyn.layers import NVAR
from nbbrain.sklearn.readout import ReadoutRegressor

__all__ = ["NVARRegressor"]


class NVARRegressor(ReadoutRegressor):
    r"""Ridge regression on the last inputs and on products of them (Gauthier et al., 2021).

    .. math:: \hat y_t = [x_t, x_{t-k}, \dots, x_{t-(d-1)k}, \text{their products}] W_{out} + c

    for a delay d and a stride k. As for `ESNRegressor`, a two-dimensional X is one sequence whose rows are steps in their
    order, so rows must not be shuffled, and of many sequences X has the shape (sequences, steps, features). The paper,
    "Next generation reservoir computing", shows that such features do what a reservoir does.

    Parameters
    ----------
    delay : int
        How many inputs a prediction knows, d.
    order : int, sequence of int or None
        How many elements the products have, 2 or more; None for no products.
    stride : int
        The number of steps between these inputs, k.
    alpha, initial_state
        As for `ESNRegressor`; the state is what the last inputs were, and zeros stand for those before the first.
    washout : int, optional
        How many steps at the beginning of every sequence the fit leaves out; None for those that lack inputs before them,
        which are ``(delay - 1) * stride``.
    random_state : int, RandomState or None
        Not used, since nothing is random; here for a uniform interface.

    Attributes
    ----------
    coef_ : array, shape (features,) or (outputs, features)
        The weights of the readout.
    intercept_ : float or array, shape (outputs,)
        The shift c.
    washout_ : int
        How many steps were left out, by `fit` and, where predictions begin with states of zero, by `score`.
    feature_names_ : list of str
        What every weight is for, as ``'x0(t) x0(t-1)'``.
    n_features_in_ : int
        The number of input features.
    feature_names_in_ : array of str
        Their names, where X was a table.
    dtype_ : dtype
        In which products are computed; the readout is fitted in 64 bits.

    Raises
    ------
    ValueError
        In `fit` and `predict`, when data do not fit or a parameter is out of range.

    See Also
    --------
    nbbrain.layers.NVAR : The features alone.

    Examples
    --------
    The logistic map is found exactly:

    >>> import numpy as np
    >>> import nbbrain as bp
    >>> x = [0.3]
    >>> for _ in range(50):
    ...     x.append(3.9 * x[-1] * (1. - x[-1]))
    >>> X, y = np.array(x)[:-1, None], np.array(x)[1:]
    >>> nvar = bp.sklearn.NVARRegressor(delay=1, alpha=0.).fit(X, y)
    >>> {name: round(float(weight), 3) for name, weight in zip(nvar.feature_names_, nvar.coef_)}
    {'x0(t)': 3.9, 'x0(t)^2': -3.9}
    """

    feature_names_: list[str]

    def __init__(self, delay: int = 2, *, order: int | Sequence[int] | None = 2, stride: int = 1, alpha: float = 1e-6,
                 washout: int | None = None, initial_state: str = "zero", random_state: Any = None) -> None:
        self.delay = delay
        self.order = order
        self.stride = stride
        self.alpha = alpha
        self.washout = washout
        self.initial_state = initial_state
        self.random_state = random_state

    def _default_washout(self) -> int:
        return (is_integer(self.delay, "delay", 1) - 1) * is_integer(self.stride, "stride", 1)

    def _structure(self, num_in: int, num_out: int) -> dict[str, Any]:
        several = isinstance(self.order, (list, tuple, np.ndarray))
        return {"num_in": num_in, "delay": is_integer(self.delay, "delay", 1),
                "order": tuple(self.order) if several else self.order,  # type: ignore[arg-type]
                "stride": is_integer(self.stride, "stride", 1)}

    @staticmethod
    def _network(**structure: Any) -> NVAR:
        return NVAR(**structure, mode=bm.batching_mode)

    def fit(self, X: Any, y: Any) -> Self:
        """Fit the readout to the targets; see `ESNRegressor.fit`."""
        super().fit(X, y)
        with self._running() as runner:
            self.feature_names_ = runner.target.get_feature_names()
        return self
