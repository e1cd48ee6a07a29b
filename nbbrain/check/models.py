"""Checks of the parts that a model is built from: modes, initializers, connectors."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from autograd.tracer import isbox

from nbbrain.math.array import Array
from nbbrain.operations.symbolic import Symbolic

__all__ = ["is_connector", "is_initializer", "is_instance", "is_subclass"]


def is_subclass(instance: Any, supported_types: type | Iterable[type], name: str = "") -> bool:
    """Raise an error where a model does not support a mode.

    Parameters
    ----------
    instance : Mode
        The mode.
    supported_types : type or iterable of type
        The classes of modes that are supported. A class supports the classes that it derives from as well: what supports
        `TrainingMode` supports `BatchingMode`.
    name : str
        The name of the model, for the error.

    Returns
    -------
    bool
        True.

    Raises
    ------
    NotImplementedError
        When the mode is not supported.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> bp.check.is_subclass(bm.batching_mode, (bm.TrainingMode, bm.NonBatchingMode))
    True
    >>> bp.check.is_subclass(bm.training_mode, (bm.BatchingMode, bm.NonBatchingMode), 'NVAR')
    Traceback (most recent call last):
        ...
    NotImplementedError: NVAR does not support TrainingMode(batch_size=1). We only support BatchingMode, NonBatchingMode.
    """
    types = _types(supported_types)
    if not any(issubclass(kind, type(instance)) for kind in types):
        raise NotImplementedError(f"{name} does not support {instance}. We only support {_names(types)}. ")
    return True


def is_instance(instance: Any, supported_types: type | Iterable[type], name: str = "") -> bool:
    """Raise a NotImplementedError where a value is of none of several classes; return True where it is of one.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_instance(1., (int, float))
    True
    """
    types = _types(supported_types)
    if not isinstance(instance, types):
        raise NotImplementedError(f"{name} does not support {instance!r}. We only support {_names(types)}. ")
    return True


def _types(supported: type | Iterable[type]) -> tuple[type, ...]:
    types = (supported,) if isinstance(supported, type) else tuple(supported)
    if not types or not all(isinstance(kind, type) for kind in types):
        raise TypeError(f"supported_types must be classes, but got {supported!r}.")
    return types


def _names(types: tuple[type, ...]) -> str:
    return ", ".join([kind.__name__ for kind in types])


def is_initializer(initializer: Any, name: str | None = None, allow_none: bool = False) -> Any:
    """Return what can initialize a parameter: an Initializer or other callable, an array, nested lists, or a number.

    Parameters
    ----------
    initializer : callable or array-like
        What is checked.
    name : str, optional
        The name of the argument, for the error.
    allow_none : bool
        Whether None is allowed.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_initializer([1., 2.])
    [1.0, 2.0]
    """
    if (initializer is None and allow_none) or callable(initializer) or _is_numeric(initializer):
        return initializer
    raise ValueError(f"{name or 'An initializer'} should be an instance of brainpy.init.Initializer, tensor or callable "
                     f"function. While we got {type(initializer)}")


def _is_numeric(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_numeric(item) for item in value)
    return isinstance(value, (bool, int, float, complex, np.generic, np.ndarray, Array, Symbolic)) or isbox(value)


def is_connector(connector: Any, name: str | None = None, allow_none: bool = False) -> Any:
    """Return what can say who is connected to whom: a Connector or a matrix.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> import numpy as np, nbbrain as bp
    >>> bp.check.is_connector(np.eye(2)).shape
    (2, 2)
    """
    from nbbrain.connect import Connector

    if (connector is None and allow_none) or isinstance(connector, (Connector, np.ndarray, Array)):
        return connector
    raise ValueError(f"{name or 'A connector'} should be a Connector or a matrix, but got {connector!r} of type "
                     f"{type(connector).__name__}.")
