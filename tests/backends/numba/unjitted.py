"""The sources of kernels, run by Python itself: the same text, with stand-ins for what only Numba can do.

Addresses are real ones, so everything around the kernels (plans, buffers, tiles) is the library's own.
"""
from __future__ import annotations

import ast
import ctypes
import math as python_math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from nbbrain.backends.numba import kernels
from nbbrain.backends.numba.sources import KERNEL_NAME, Assembled, library_text

ITEMS = {f"{np.dtype(kind).name}{'_' if kind is np.bool_ else ''}": kind for kind in (
    np.bool_, np.float32, np.float64, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)}

_NUMPY_NAMES = {"atan": "arctan", "atan2": "arctan2", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
                "asin": "arcsin", "acos": "arccos"}
math = SimpleNamespace(**{name: getattr(np, _NUMPY_NAMES.get(name, name), getattr(python_math, name))
                          for name in dir(python_math) if not name.startswith("_")})
"""Stand-in for `math`, which raises errors where compiled code gives NaN and infinities, and computes in float64 only."""


class Pointer:
    """An address, and the type of the elements there."""

    def __init__(self, address: int, kind: type[np.generic]) -> None:
        self.address, self.kind, self.size = address, kind, np.dtype(kind).itemsize

    def element(self, index: int) -> np.ndarray:
        """The memory of one element, as an array without axes."""
        memory = (ctypes.c_char * self.size).from_address(self.address + int(index) * self.size)
        return np.frombuffer(memory, self.kind).reshape(())

    def __getitem__(self, index: int) -> int:
        return int(self.element(index))

    def __setitem__(self, index: int, value: int) -> None:
        self.element(index)[...] = value


def pointer(arguments: Any, position: int, kind: type[np.generic]) -> Pointer:
    """Stand-in for `memory.pointer`."""
    return Pointer(arguments[position], kind)


def load(p: Pointer, index: int, number: int) -> Any:
    """Stand-in for `memory.load`."""
    return p.element(index)[()]


def store(p: Pointer, index: int, value: Any, number: int) -> None:
    """Stand-in for `memory.store`; sources say by themselves where a value is to be narrowed."""
    assert np.can_cast(np.asarray(value).dtype, p.kind, "same_kind"), (value, p.kind)
    p.element(index)[...] = value


def constant(arguments: Any, position: int, kind: type[np.generic]) -> Any:
    """Stand-in for `memory.constant`."""
    bits = np.int64(arguments[position])
    return kind(bits.view(np.float64)) if issubclass(kind, np.floating) else bits.astype(kind)


def functions_of(module: str, names: dict[str, Any]) -> dict[str, Any]:
    """The functions of a module of the backend, without their decorators, in a namespace of names."""
    tree = ast.parse(library_text(module))
    body: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name not in names:
            node.decorator_list = []
            body.append(node)
        elif isinstance(node, ast.Assign) and any(isinstance(t, ast.Tuple) for t in node.targets):
            body.append(node)
    namespace = dict(names)
    exec(compile(ast.Module(body, []), f"<{module}>", "exec"), namespace)
    return namespace


def vector_math() -> dict[str, Callable[[Any], Any]]:
    """The functions of `vector_math`, un-jitted."""
    names = {"math": math, "np": np, "float32_of_bits": lambda bits: np.int32(bits).view(np.float32),
             "float64_of_bits": lambda bits: np.int64(bits).view(np.float64),
             "bits_of_float32": lambda x: np.float32(x).view(np.int32),
             "bits_of_float64": lambda x: np.float64(x).view(np.int64)}
    return {name: function for name, function in functions_of("vector_math", names).items() if name not in names}


NAMES = {"math": math, "np": np, **ITEMS, "pointer": pointer, "load": load, "store": store, "constant": constant,
         "choose": lambda condition, yes, no: yes if condition else no,
         **vector_math()}


def function_of(source: str) -> Callable[[Any], None]:
    """The kernel of a source; it takes a row of integers."""
    namespace = dict(NAMES)
    exec(compile(source.replace(KERNEL_NAME, "kernel_under_test"), "<kernel>", "exec"), namespace)
    return namespace["kernel_under_test"]


_kept: list[Any] = []


def kernel_address(source: str | Assembled) -> int:
    """The address of a kernel that Python runs; an assembled one is machine code from the start."""
    if isinstance(source, Assembled):
        return kernels.address_of(source)
    function = function_of(source)

    def run(address: int) -> None:
        with np.errstate(all="ignore"):
            function(Pointer(address, np.int64))

    _kept.append(ctypes.CFUNCTYPE(None, ctypes.c_void_p)(run))
    address = ctypes.cast(_kept[-1], ctypes.c_void_p).value
    assert address is not None
    return address
