"""Functions of a device: those that all programs share, and those of programs, of which Numba compiles equal ones once.

They are written in Python, as the processor's are (see sources.py and thread_kernels.py). What Numba lacks on a device, or
compiles badly there, is replaced here.
"""
from __future__ import annotations

import ast
import hashlib
import math
import re
from collections.abc import Callable, Collection
from functools import cache
from typing import Any

import numpy as np

from nbbrain.backends.cuda import toolkit
from nbbrain.backends.cuda.program_source import PROGRAM_NAME
from nbbrain.backends.numba.sources import library_text

__all__ = ["THREADS", "common_text", "device_kernels"]

THREADS = """
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
def truth_at(address):
    return load(pointer(address, bool_), 0, 0)
"""
"""Who a thread is, and where threads wait for one another.

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
_VALUE = re.compile(r"[cvx]\d+")
"""Names of values in nests (see emit.py)."""
_NARROW = {"int8", "int16", "uint8", "uint16", "uint32"}


class _ForDevice(ast.NodeTransformer):
    """Replaces what a device lacks by what it has: NumPy's functions, and the names of arrays in shared memory.

    Loops over ranges, all of which count up, become ``while`` loops: Numba's range begins with a division.
    """

    def __init__(self, functions: Collection[str]) -> None:
        self.functions, self.loops = functions, 0

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

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """``v0 // y`` and ``v0 % y`` become calls: values of nests may be floats, all else is whole numbers."""
        self.generic_visit(node)
        name = {ast.FloorDiv: "floor_quotient", ast.Mod: "floor_remainder"}.get(type(node.op))
        if name is None or not (isinstance(node.left, ast.Name) and _VALUE.fullmatch(node.left.id)):
            return node
        return ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], [])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """``shared_array(name, size, dtype)`` becomes ``cuda.shared.array(size, dtype)``, and ``f0(3)``, ``f0(int64(3))``.

        Numba would compile a function anew for every number that it knows. Narrow integers are made of whole numbers, whose
        upper bits are cut off: of floats, a device makes the nearest that there is.
        """
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "shared_array":
            node.func, node.args = ast.parse("cuda.shared.array", mode="eval").body, node.args[1:]
        elif isinstance(node.func, ast.Name) and node.func.id in _NARROW:
            node.args = [ast.Call(ast.Name("int64", ast.Load()), node.args, [])]
        elif isinstance(node.func, ast.Name) and node.func.id in self.functions:
            node.args = [ast.Call(ast.Name("int64", ast.Load()), [argument], []) if isinstance(argument, ast.Constant)
                         else argument for argument in node.args]
        return node


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
def common_text() -> str:
    """The functions that all programs share."""
    return "\n".join([_FUNCTIONS, _vector_math(), THREADS])


@cache
def _names() -> dict[str, Any]:
    """What functions of a device know; those of programs are added."""
    from nbbrain.backends.cuda import intrinsics

    cuda = toolkit.numba_cuda()
    types = {name: getattr(cuda.types, name) for name in (
        "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64")}
    names = {"cuda": cuda, "math": math, "np": np, "on_device": cuda.jit(device=True), "bool_": cuda.types.boolean, **types,
            **{name: getattr(intrinsics, name) for name in intrinsics.__all__}}
    tree = _ForDevice(()).visit(ast.parse(common_text()))
    exec(compile(ast.fix_missing_locations(tree), "<device>", "exec"), names)  # our own source
    return names


def device_kernels(source: str) -> list[Callable[..., None]]:
    """The kernels of a program's source, not compiled yet."""
    functions, kernels = _parts(source)
    own = {name: _function(name, text, functions) for name, text in functions.items()}
    names: dict[str, Any] = {**_names(), **own}
    for text in kernels.values():
        _define(text, functions, names)
    return [names[name] for name in kernels]


def _parts(source: str) -> tuple[dict[str, str], dict[str, str]]:
    """The texts of a program's functions, with what makes them, and of its kernels."""
    functions, kernels, maker = dict[str, str](), dict[str, str](), ""
    for node in ast.parse(source).body:
        text = ast.unparse(node)
        if isinstance(node, ast.Assign):  # f0 = product(float32)
            functions[ast.unparse(node.targets[0])] = f"{maker}\n{text}"
        elif isinstance(node, ast.FunctionDef) and node.name.startswith(PROGRAM_NAME):
            kernels[node.name] = text
        elif isinstance(node, ast.FunctionDef) and node.decorator_list:
            functions[node.name] = text
        else:
            maker = text
    return functions, kernels


def _function(name: str, text: str, called: Collection[str]) -> Any:
    """The function of a program, or the same one of another program; numbered names say nothing of what functions do."""
    if name.removeprefix("f").isdecimal():
        nameless = re.sub(rf"\b{name}\b", "f", text)
        text = re.sub(rf"\b{name}\b", name := f"f{hashlib.sha256(nameless.encode()).hexdigest()[:16]}", text)
    if name not in _names():
        _define(text, called, _names())
    return _names()[name]


def _define(text: str, called: Collection[str], names: dict[str, Any]) -> None:
    tree = ast.fix_missing_locations(_ForDevice(called).visit(ast.parse(text)))
    exec(compile(tree, "<device>", "exec"), names)  # our own source
