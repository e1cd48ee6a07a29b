"""What Python needs to run the sources of kernels by itself: stand-ins for what only a compiler can do.

Addresses are real ones, so everything around the kernels (plans, buffers, tiles) is as it is for compiled ones.
"""
from __future__ import annotations

import ast
import ctypes
import math as python_math
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from nbbrain.backends.numba.sources import library_text

__all__ = ["Pointer", "constant", "load", "names", "store"]

_TYPES = {f"{np.dtype(kind).name}{'_' if kind is np.bool_ else ''}": kind for kind in (
    np.bool_, np.float32, np.float64, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)}
_NUMPY_NAMES = {"atan": "arctan", "atan2": "arctan2", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
                "asin": "arcsin", "acos": "arccos"}
_math = SimpleNamespace(**{name: getattr(np, _NUMPY_NAMES.get(name, name), getattr(python_math, name))
                           for name in dir(python_math) if not name.startswith("_")})
"""Stand-in for `math`, which raises errors where compiled code gives NaN and infinities, and computes in float64 only."""


_REACH = 1 << 40
"""Bytes before and behind an address that are within reach of its pointer."""


class Pointer:
    """An address, and the type of the elements there."""

    def __init__(self, address: int, kind: type[np.generic]) -> None:
        memory: Any = (ctypes.c_char * (2 * _REACH)).from_address(int(address) - _REACH)
        self.kind, self.elements = kind, np.frombuffer(memory, kind)
        self.middle = _REACH // self.elements.itemsize

    def __getitem__(self, index: int) -> int:
        return int(self.elements[self.middle + int(index)])

    def __setitem__(self, index: int, value: int) -> None:
        self.elements[self.middle + int(index)] = value


def load(p: Pointer, index: int, number: int) -> Any:
    """The element at an index of a pointer with a number."""
    return p.elements[p.middle + int(index)]


def store(p: Pointer, index: int, value: Any, number: int) -> None:
    """Write an element; sources say by themselves where a value is to be narrowed."""
    assert np.can_cast(np.asarray(value).dtype, p.kind, "same_kind"), (value, p.kind)
    p.elements[p.middle + int(index)] = value


def constant(bits: int, kind: type[np.generic]) -> Any:
    """A number: floats are kept as the bits of a float64, others as integers."""
    whole = np.int64(bits)
    return kind(whole.view(np.float64)) if issubclass(kind, np.floating) else whole.astype(kind)


def _choose(condition: Any, yes: Any, no: Any) -> Any:
    """One of two numbers."""
    return yes if condition else no


def _vector_math() -> dict[str, Callable[..., Any]]:
    """The functions of `vector_math`, without their decorators."""
    given = {"math": _math, "np": np, "choose": _choose, "float32_of_bits": lambda bits: np.int32(bits).view(np.float32),
             "float64_of_bits": lambda bits: np.int64(bits).view(np.float64),
             "bits_of_float32": lambda x: np.float32(x).view(np.int32),
             "bits_of_float64": lambda x: np.float64(x).view(np.int64)}
    body: list[ast.stmt] = []
    for node in ast.parse(library_text("vector_math")).body:
        if isinstance(node, ast.FunctionDef) and node.name not in given:
            node.decorator_list = []
            body.append(node)
        elif isinstance(node, ast.Assign) and any(isinstance(target, ast.Tuple) for target in node.targets):
            body.append(node)
    namespace: dict[str, Any] = dict(given)
    exec(compile(ast.Module(body, []), "<vector_math>", "exec"), namespace)  # our own source
    return {name: namespace[name] for name in namespace if name not in given}


@cache
def names() -> dict[str, Any]:
    """The names that sources use, apart from how they get at their arguments."""
    return {"math": _math, "np": np, **_TYPES, "load": load, "store": store, "plus": np.add, "times": np.multiply,
            "largest": np.maximum, "smallest": np.minimum, "choose": _choose, **_vector_math()}
