"""Older names of layers."""
from __future__ import annotations

import warnings
from typing import Any

from nbbrain.dyn.layers.recurrent import GRUCell, LSTMCell, RNNCell

__all__ = ["GRU", "LSTM", "VanillaRNN"]


class _OlderName:
    """Warns that a class goes by another name, that of the class it derives from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kind = type(self)
        newer = kind.__mro__[kind.__mro__.index(_OlderName) + 1].__name__
        warnings.warn(f"layers.{kind.__name__} is deprecated: use layers.{newer}.", DeprecationWarning, stacklevel=2)
        super().__init__(*args, **kwargs)


class VanillaRNN(_OlderName, RNNCell):
    """An older name of `RNNCell`; a DeprecationWarning says so.

    Parameters
    ----------
    *args, **kwargs
        As for `RNNCell`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import warnings
    >>> with warnings.catch_warnings(action='ignore'):
    ...     bp.layers.VanillaRNN(2, 3)(bp.math.ones(2)).shape
    (3,)
    """


class GRU(_OlderName, GRUCell):
    """An older name of `GRUCell`; a DeprecationWarning says so.

    Parameters
    ----------
    *args, **kwargs
        As for `GRUCell`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import warnings
    >>> with warnings.catch_warnings(action='ignore'):
    ...     bp.layers.GRU(2, 3)(bp.math.ones(2)).shape
    (3,)
    """


class LSTM(_OlderName, LSTMCell):
    """An older name of `LSTMCell`; a DeprecationWarning says so.

    Parameters
    ----------
    *args, **kwargs
        As for `LSTMCell`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import warnings
    >>> with warnings.catch_warnings(action='ignore'):
    ...     bp.layers.LSTM(2, 3)(bp.math.ones(2)).shape
    (3,)
    """
