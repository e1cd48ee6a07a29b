"""Sources of programs made into kernels that can be launched."""
from __future__ import annotations

import ast
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from nbbrain.backends.cuda.program_source import PROGRAM_NAME
from nbbrain.backends.cuda.toolkit import is_simulated, numba_cuda
from nbbrain.backends.numba import interpreted
from nbbrain.backends.numba.sources import library_text

__all__ = ["SIGNATURE", "launchable", "program_functions"]

SIGNATURE = "void(int64[::1], int64, int64, int64, boolean)"

_THREADS = """
@on_device
def block_threads():
    begin_thread()
    return int64(cuda.threadIdx.x), int64(cuda.blockDim.x), int64(cuda.blockIdx.x)

@on_device
def grid_threads():
    begin_thread()
    return int64(cuda.grid(1)), int64(cuda.gridsize(1)), int64(0)

@on_device
def block_place(alone):
    if alone:
        return int64(cuda.threadIdx.x), int64(cuda.blockDim.x), int64(0), int64(1)
    return int64(cuda.threadIdx.x), int64(cuda.blockDim.x), int64(cuda.blockIdx.x), int64(cuda.gridDim.x)

@on_device
def block_barrier():
    cuda.syncthreads()

@on_device
def grid_barrier():
    cuda.cg.this_grid().sync()

@on_device
def truth_at(address):
    return load(pointer(address, bool_), 0, 0)
"""
"""Who a thread is, and where threads wait for one another."""

_FUNCTIONS = """
@on_device
def begin_thread():
    pass

@on_device
def plus(x, y):
    return x + type(x)(y)

@on_device
def times(x, y):
    return x * type(x)(y)

@on_device
def largest(x, y):
    return choose((x >= y) | (x != x), x, type(x)(y))

@on_device
def smallest(x, y):
    return choose((x <= y) | (x != x), x, type(x)(y))

@on_device
def np_signbit(x):
    return math.copysign(type(x)(1.0), x) < type(x)(0.0)

@on_device
def np_deg2rad(x):
    return x * type(x)(0.017453292519943295)

@on_device
def np_rad2deg(x):
    return x * type(x)(57.29577951308232)
"""
_NAMES = {"log": "math.log", "log2": "math.log2", "log10": "math.log10", "log1p": "math.log1p", "arcsin": "math.asin",
          "arccos": "math.acos", "arccosh": "math.acosh", "arctanh": "math.atanh", "fmod": "math.fmod",
          **{name: f"np_{name}" for name in ("floor", "ceil", "trunc", "rint", "signbit", "deg2rad", "rad2deg")}}


class _ForDevice(ast.NodeTransformer):
    """Replaces what a device lacks by what it has: NumPy's functions, and the names of arrays in shared memory."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """``np.log`` becomes ``math.log``."""
        if isinstance(node.value, ast.Name) and node.value.id == "np" and node.attr in _NAMES:
            return ast.parse(_NAMES[node.attr], mode="eval").body
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """``shared_array(name, size, dtype)`` becomes ``cuda.shared.array(size, dtype)``."""
        if isinstance(node.func, ast.Name) and node.func.id == "shared_array":
            node.func, node.args = ast.parse("cuda.shared.array", mode="eval").body, node.args[1:]
        return self.generic_visit(node)


@cache
def _vector_math() -> str:
    """The functions of vector_math as functions of a device."""
    body: list[ast.stmt] = []
    for node in ast.parse(library_text("vector_math")).body:
        if isinstance(node, ast.FunctionDef) and "njit" in ast.unparse(node.decorator_list[0]):
            node.decorator_list = [ast.Name("on_device", ast.Load())]
            body.append(node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):  # F, I = ...
            body.append(node)
    return ast.unparse(ast.fix_missing_locations(ast.Module(body, [])))


@cache
def _device_names() -> dict[str, Any]:
    from nbbrain.backends.cuda import intrinsics

    cuda = numba_cuda()
    types = {name: getattr(cuda.types, name) for name in (
        "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64")}
    return {"cuda": cuda, "math": math, "np": np, "on_device": cuda.jit(device=True), "bool_": cuda.types.boolean, **types,
            **{name: getattr(intrinsics, name) for name in intrinsics.__all__}}


def _simulated_names() -> dict[str, Any]:
    def begin_thread() -> None:
        np.seterr(all="ignore")  # of this thread; compiled code does not warn either

    memory: dict[tuple[str, int, type], np.ndarray] = {}

    def shared_array(name: str, size: int, dtype: type) -> np.ndarray:
        """The same for all threads; blocks, which run one after the other, know nothing of what others left there."""
        return memory.setdefault((name, size, dtype), np.empty(size, dtype))

    return {**interpreted.names(), "cuda": numba_cuda(), "begin_thread": begin_thread, "shared_array": shared_array,
            "pointer": interpreted.Pointer, "constant": interpreted.constant, "on_device": lambda function: function}


def program_functions(source: str) -> list[Callable[..., None]]:
    """The kernels of a program's source, not compiled yet."""
    if is_simulated():
        tree, names = ast.parse(_THREADS + source), _simulated_names()
    else:
        tree = ast.parse("\n".join([_FUNCTIONS, _vector_math(), _THREADS, source]))
        tree, names = ast.fix_missing_locations(_ForDevice().visit(tree)), dict(_device_names())
    exec(compile(tree, "<program>", "exec"), names)  # our own source
    return [function for name, function in names.items() if name.startswith(PROGRAM_NAME)]


def launchable(source: str) -> list[Any]:
    """The kernels of a program's source, compiled for the current device."""
    return [numba_cuda().jit(SIGNATURE)(function) for function in program_functions(source)]
