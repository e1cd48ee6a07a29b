"""``bp.types``: names of kinds of values, for annotations."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from nbbrain.math.array import Array
from nbbrain.math.variables import Parameter
from nbbrain.tools import DotDict

__all__ = ["Array", "ArrayType", "DotDict", "Initializer", "Monitor", "Output", "Parameter", "PyTree", "Shape"]

ArrayType: TypeAlias = Array | np.ndarray
"""An array of this library or of NumPy."""

Shape: TypeAlias = int | Sequence[int]
"""A size: one number, or one along each axis."""

Initializer: TypeAlias = Callable[..., Any] | Array | np.ndarray | float
"""What gives a parameter its first value."""

PyTree: TypeAlias = Any
"""Nested tuples, lists and dicts of arrays."""

Output: TypeAlias = PyTree
"""What a model returns, step by step or for all steps."""

Monitor: TypeAlias = Mapping[str, Any]
"""Recordings by name."""
