"""The source of every kernel: text that Numba compiles by itself, or a function that leaves LLVM instructions behind.

Neither needs Numba to be named, which is what a warm start looks kernels up by.
"""
from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np

from nbbrain.backends.numba import machine_code
from nbbrain.backends.numba.emit import kernel_source, type_name
from nbbrain.program.plan.instructions import Batch, Computation, Nest, Product, Random, Sparse, Take

__all__ = ["HEADER", "KERNEL_NAME", "Assembled", "driver_source", "has_windows", "instruction_source", "lanes_of",
           "lay_out_source", "library_text", "made", "pack_source", "pick_source", "plain_source"]

KERNEL_NAME = "KERNEL"
"""Stands for the name of the compiled function, which holds the hash of all that is compiled."""

HEADER = """\
import math
import numpy as np
from numba import bool_, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64
from nbbrain.backends.numba.memory import choose, constant, largest, load, plus, pointer, smallest, store, times
from nbbrain.backends.numba.vector_math import *

"""


@dataclass(frozen=True)
class Assembled:
    """A kernel that a function of a module of this folder assembles (see assembly.py), and the arguments after its name."""

    module: str
    function: str
    arguments: tuple[object, ...] = ()

    def text(self, name: str) -> str:
        """LLVM's text of the kernel under a name."""
        module = import_module(f"nbbrain.backends.numba.{self.module}")
        made: str = getattr(module, self.function)(name, *self.arguments)
        return made

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"{self.module}.{self.function}{self.arguments}"

    def __str__(self) -> str:
        return f"{library_text('assembly')}\0{library_text(self.module)}\0{self.function}{self.arguments}"


def _file(name: str) -> Path:
    return Path(__file__).parent / f"{name}.py"


def library_text(name: str) -> str:
    """The text of a module of this folder."""
    return _file(name).read_text(encoding="utf-8")


@cache
def _factory(file: Path, name: str) -> str:
    """The source of a function that makes a kernel, with the kernel's name put in."""
    text = file.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            source = ast.get_source_segment(text, node)
            assert source is not None
            return source.replace("def kernel(a)", f"def {KERNEL_NAME}(a)").replace("return kernel", f"return {KERNEL_NAME}")
    raise LookupError(f"{file.name} has no function {name}")


def made(file: Path, name: str, *arguments: str) -> str:
    """The source of the kernel that a function in a file makes of arguments."""
    return f"{_factory(file, name)}\n\n{KERNEL_NAME} = {name}({', '.join(arguments)})\n"


def plain_source(instruction: Computation) -> str | None:
    """The source of the kernel that carries out an instruction, where it is Python's; None for an assembled one."""
    if isinstance(instruction, Nest):
        return kernel_source(instruction)
    if isinstance(instruction, Take):
        mode = {"get": 0, "set": 1, "add": 2}[instruction.kind]
        return made(_file("library"), "take", type_name(instruction.source.view.buffer.dtype),
                    type_name(instruction.indices.view.buffer.dtype), str(mode))
    if isinstance(instruction, Batch):
        types = [type_name(operand.view.buffer.dtype) for operand in instruction.operands]
        return made(_file("batch_kernels"), instruction.kind, *types, *instruction.options)
    if isinstance(instruction, Random):
        return made(_file("library"), "random_bits")
    if isinstance(instruction, Product) and (dtype := instruction.result.view.buffer.dtype).kind != "f":
        return made(_file("library"), "integer_product", type_name(dtype))
    return None


def driver_source() -> Assembled:
    """The source of the driver."""
    return Assembled("driver", "driver")


@cache
def pack_source(dtype: np.dtype) -> Assembled:
    """The source of the kernel that lays out the right side of a product in panels."""
    return Assembled("product", "pack", (dtype.name, lanes_of(dtype)))


@cache
def pick_source(dtype: np.dtype) -> Assembled:
    """The source of the kernel that picks the elements of a sparse matrix in a range of columns."""
    return Assembled("sparse", "pick_targets", (dtype.name,))


def lay_out_source(dtype: np.dtype) -> Assembled:
    """The source of the kernel that lays out a sparse matrix for products by windows."""
    return Assembled("sparse", "lay_out", (dtype.name, lanes_of(dtype)))


def has_windows(sparse: Sparse) -> bool:
    """Whether a sparse product may go by windows: by rows of a constant matrix, on a processor with AVX-512."""
    structure = (sparse.data, sparse.columns, sparse.indptr)
    kinds = [operand.view.buffer.dtype for operand in (sparse.vector, sparse.result)]
    return (not sparse.transpose and kinds[0] == kinds[1] and machine_code.vector_bytes() == 64
            and all(operand.view.buffer.role == "constant" for operand in structure))


@cache
def lanes_of(dtype: np.dtype) -> int:
    """How many elements of a dtype are in one vector."""
    return machine_code.vector_bytes() // dtype.itemsize


def instruction_source(instruction: Computation) -> str | Assembled:
    """The source of the kernel that carries out an instruction."""
    plain = plain_source(instruction)
    if plain is not None:
        return plain
    assert isinstance(instruction, (Product, Sparse))
    dtype = instruction.result.view.buffer.dtype
    if isinstance(instruction, Product):
        return Assembled("product", "product", (dtype.name, lanes_of(dtype)))
    vector = instruction.vector.view.buffer.dtype
    if not instruction.transpose:
        lanes = lanes_of(dtype) if has_windows(instruction) else 0
        return Assembled("sparse", "gather", (dtype.name, vector.name, instruction.data.view.shape != (1,), lanes))
    return Assembled("sparse", "scatter", (dtype.name, vector.name, lanes_of(vector)))
