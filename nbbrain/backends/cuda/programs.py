"""Sources of programs made into kernels that can be launched."""
from __future__ import annotations

import ast
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nbbrain.backends.cuda import toolkit
from nbbrain.backends.cuda.compiler import kernel_codes
from nbbrain.backends.cuda.program_source import PROGRAM_NAME
from nbbrain.backends.numba import interpreted
from nbbrain.backends.numba.sources import library_text

__all__ = ["launchable", "program_functions"]

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
def grid_barrier(arrived, blocks):
    cuda.syncthreads()
    if cuda.threadIdx.x == 0:
        cuda.threadfence()
        last = (add_one(arrived) // blocks + 1) * blocks
        while latest(arrived) < last:
            pass
        cuda.threadfence()
    cuda.syncthreads()

@on_device
def address_at(table, number):
    return load(pointer(table, int64), number, 0)

@on_device
def truth_at(address):
    return load(pointer(address, bool_), 0, 0)
"""
"""Who a thread is, where threads wait for one another, and where buffers are.

Blocks of a grid that runs as a whole count how often one of them has come to a barrier; the last of a round lets all go on.
"""

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
    """Replaces what a device lacks by what it has: NumPy's functions, and the names of arrays in shared memory.

    Loops over ranges, all of which count up, become ``while`` loops: Numba's range begins with a division.
    """

    def __init__(self) -> None:
        self.loops = 0

    def visit_For(self, node: ast.For) -> list[ast.stmt]:
        """``for i in range(a, b, c)`` becomes ``while``, with a counter of its own."""
        self.generic_visit(node)
        assert isinstance(node.iter, ast.Call) and isinstance(node.target, ast.Name)
        bounds = [ast.unparse(each) for each in node.iter.args]
        begin, end = bounds[:2] if len(bounds) > 1 else ("0", bounds[0])
        step = bounds[2] if len(bounds) > 2 else "1"
        number = self.loops
        self.loops += 1
        lines = [f"next{number}, end{number}, step{number} = int64({begin}), int64({end}), int64({step})",
                 f"while next{number} < end{number}:", f"    {node.target.id} = next{number}",
                 f"    next{number} += step{number}"]
        first, loop = ast.parse("\n".join(lines)).body
        assert isinstance(loop, ast.While)
        loop.body += node.body
        return [first, loop]

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

    cuda = toolkit.numba_cuda()
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

    def add_one(address: int) -> int:
        """What was there before; one block comes at a time."""
        place = interpreted.Pointer(address, np.int64)
        before = interpreted.load(place, 0, 0)
        interpreted.store(place, 0, before + 1, 0)
        return int(before)

    def latest(address: int) -> int:
        return int(interpreted.load(interpreted.Pointer(address, np.int64), 0, 0))

    return {**interpreted.names(), "cuda": toolkit.numba_cuda(), "begin_thread": begin_thread, "add_one": add_one,
            "latest": latest, "shared_array": shared_array, "pointer": interpreted.Pointer, "constant": interpreted.constant,
            "on_device": lambda function: function}


def _text(source: str) -> str:
    """A program's source with the functions that it calls."""
    if toolkit.is_simulated():
        return _THREADS + source
    return "\n".join([_FUNCTIONS, _vector_math(), _THREADS, source])


def program_functions(source: str) -> list[Callable[..., None]]:
    """The kernels of a program's source, not compiled yet."""
    tree = ast.parse(_text(source))
    if toolkit.is_simulated():
        names = _simulated_names()
    else:
        tree, names = ast.fix_missing_locations(_ForDevice().visit(tree)), dict(_device_names())
    exec(compile(tree, "<program>", "exec"), names)  # our own source
    return [function for name, function in names.items() if name.startswith(PROGRAM_NAME)]


def launchable(source: str, threads: int) -> list[Any]:
    """The kernels of a program's source, compiled for the current device and blocks of so many threads."""
    if toolkit.is_simulated():
        return [toolkit.numba_cuda().jit(function) for function in program_functions(source)]
    determined = "\0".join([_text(source), *[(Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
                                             for name in ("programs", "intrinsics", "compiler")]])
    kernels = source.count(f"def {PROGRAM_NAME}")
    codes = kernel_codes(determined, kernels, threads, toolkit.architecture(), lambda: program_functions(source))
    return [toolkit.loaded(code, name) for code, name in codes]
