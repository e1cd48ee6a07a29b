"""Online algorithms: a change of the weights of a linear readout after every step."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.errors import NoImplementationError

__all__ = ["LMS", "RLS", "OnlineAlgorithm", "get", "get_supported_online_methods", "register_online_method"]


class OnlineAlgorithm(bm.BrainPyObject):
    """Changes the weights of linear readouts step by step; a subclass defines `call`.

    Parameters
    ----------
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> class SignOfError(bp.algorithms.OnlineAlgorithm):
    ...     def call(self, target, input, output, identifier='readout'):
    ...         return 0.1 * input.T @ bm.sign(target - output)
    >>> SignOfError().call(bm.ones((1, 1)), bm.ones((1, 2)), bm.zeros((1, 1))).round(1).tolist()
    [[0.1...], [0.1...]]
    """

    def register_target(self, feature_in: int, identifier: str = "readout") -> None:
        """Make what is remembered of a readout.

        Parameters
        ----------
        feature_in : int
            The number of features that it gets, with the constant one of its bias.
        identifier : str
            Its name.
        """

    def call(self, target: Any, input: Any, output: Any, identifier: str = "readout") -> Any:
        """The change of the weights.

        Parameters
        ----------
        target : array, shape (batch, outputs)
            What the readout should have given.
        input : array, shape (batch, features)
            What it was given.
        output : array, shape (batch, outputs)
            What it gave.
        identifier : str
            Its name.

        Returns
        -------
        Array, shape (features, outputs)
        """
        raise NoImplementationError(f"{type(self).__name__} must define call(self, target, input, output, "
                                    f"identifier='readout').")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The same as `call`."""
        return self.call(*args, **kwargs)

    def __repr__(self) -> str:
        return type(self).__name__


class RLS(OnlineAlgorithm):
    r"""Recursive least squares: the weights are at all times those of a ridge regression on all that was seen.

    For every row h of the features, with error e (Haykin, 2002, "Adaptive filter theory", table 9.1; Sussillo & Abbott,
    2009, eq. 4 and 5):

    .. math:: k = P h, \quad P ← P - \frac{k k^T}{1 + h^T k}, \quad ΔW = -\frac{k\, e^T}{1 + h^T k}

    Rows of a batch are taken one after the other, each with the error that the changes before it leave.

    Parameters
    ----------
    alpha : float
        P begins as this number times the unit matrix; its inverse is the weight of the penalty of the regression.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        In `call`, for a readout that is not registered.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> rls = bp.algorithms.RLS(alpha=1.)
    >>> rls.register_target(2)
    >>> rls.call(bm.asarray([[1.]]), bm.asarray([[1., 0.]]), bm.asarray([[0.]])).tolist()
    [[0.5], [0.0]]
    """

    def __init__(self, alpha: float = 0.1, name: str | None = None) -> None:
        super().__init__(name)
        if not alpha > 0:
            raise ValueError(f"alpha must be positive, but got {alpha!r}.")
        self.alpha = alpha
        self.P = bm.VarDict()

    def register_target(self, feature_in: int, identifier: str = "readout") -> None:
        """Begin with P as a multiple of the unit matrix; see `OnlineAlgorithm`."""
        self.P[identifier] = bm.Variable(bm.eye(feature_in) * self.alpha)

    def call(self, target: Any, input: Any, output: Any, identifier: str = "readout") -> Any:
        """The change of the weights; see `OnlineAlgorithm`."""
        if identifier not in self.P:
            raise ValueError(f"the readout {identifier!r} is not registered: call register_target(feature_in, identifier) "
                             f"first.")
        P, features = self.P[identifier], bm.asarray(input)
        errors = bm.asarray(output) - bm.asarray(target)
        change: Any = 0.
        for row in range(features.shape[0]):
            h = features[row:row + 1]
            error = errors[row:row + 1] + (h @ change if row else 0.)
            k = h @ P
            gain = 1. / (1. + bm.sum(k * h))
            P.value = P - gain * (k.T @ k)
            change = change - gain * (k.T @ error)
        return change

    def __repr__(self) -> str:
        return f"RLS(alpha={self.alpha})"


class LMS(OnlineAlgorithm):
    r"""Least mean squares: a gradient step on the squared error of every step (Widrow & Hoff, 1960).

    .. math:: ΔW = -α \sum_b x_b\, e_b^T

    Parameters
    ----------
    alpha : float
        The learning rate.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.algorithms.LMS(alpha=0.5).call(bm.asarray([[1.]]), bm.asarray([[1., 2.]]), bm.asarray([[0.]])).tolist()
    [[0.5], [1.0]]
    """

    def __init__(self, alpha: float = 0.1, name: str | None = None) -> None:
        super().__init__(name)
        self.alpha = alpha

    def call(self, target: Any, input: Any, output: Any, identifier: str = "readout") -> Any:
        """The change of the weights; see `OnlineAlgorithm`."""
        return -self.alpha * (bm.asarray(input).T @ (bm.asarray(output) - bm.asarray(target)))

    def __repr__(self) -> str:
        return f"LMS(alpha={self.alpha})"


_methods: dict[str, type[OnlineAlgorithm]] = {"rls": RLS, "lms": LMS}


def get_supported_online_methods() -> tuple[str, ...]:
    """The names of the registered algorithms.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.algorithms.get_supported_online_methods()
    ('rls', 'lms')
    """
    return tuple(_methods)


def register_online_method(name: str, method: type[OnlineAlgorithm]) -> None:
    """Let trainers find an algorithm by name.

    Parameters
    ----------
    name : str
        A name that is not registered yet.
    method : type
        The class of the algorithm; every trainer makes one of its own.

    Raises
    ------
    ValueError
        When the name is registered, or the method is no class of online algorithms.
    """
    if name in _methods:
        raise ValueError(f"the online method {name!r} is registered already: {_methods[name]!r}.")
    if not (isinstance(method, type) and issubclass(method, OnlineAlgorithm)):
        raise ValueError(f"an online method must be a subclass of OnlineAlgorithm, but got {method!r}.")
    _methods[name] = method


def get(name: str) -> OnlineAlgorithm:
    """A new algorithm of a name.

    Raises
    ------
    ValueError
        For a name that is not registered.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.algorithms.online.get('rls')
    RLS(alpha=0.1)
    """
    if name not in _methods:
        raise ValueError(f"an online method must be one of {', '.join(_methods)}, but got {name!r}.")
    return _methods[name]()
