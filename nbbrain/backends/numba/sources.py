"""The source of every kernel, as text that compiles by itself; made without importing Numba."""
from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from nbbrain.backends.numba.emit import kernel_source, type_name
from nbbrain.program.plan.instructions import Batch, Instruction, Nest, Product, Random, Take

__all__ = ["HEADER", "KERNEL_NAME", "driver_source", "instruction_source", "library_text"]

KERNEL_NAME = "KERNEL"
"""Stands for the name of the compiled function, which holds the hash of all that is compiled."""

HEADER = """\
import math
import numpy as np
from numba import bool_, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64
from nbbrain.backends.numba.memory import call_kernel, constant, load, pointer, store
from nbbrain.backends.numba.vector_math import *

"""


def library_text(name: str) -> str:
    """The text of a module of this folder."""
    return (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")


@cache
def _factory(module: str, name: str) -> str:
    """The source of a function that makes a kernel, with the kernel's name put in."""
    text = library_text(module)
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            source = ast.get_source_segment(text, node)
            assert source is not None
            return source.replace("def kernel(a)", f"def {KERNEL_NAME}(a)").replace("return kernel", f"return {KERNEL_NAME}")
    raise LookupError(f"{module}.py has no function {name}")


def _made(module: str, name: str, *arguments: str) -> str:
    return f"{_factory(module, name)}\n\n{KERNEL_NAME} = {name}({', '.join(arguments)})\n"


def driver_source() -> str:
    """The source of the driver."""
    return _made("driver", "driver")


def instruction_source(instruction: Instruction) -> str:
    """The source of the kernel that carries out an instruction."""
    if isinstance(instruction, Nest):
        return kernel_source(instruction)
    if isinstance(instruction, Product):
        return _made("library", "product", type_name(instruction.result.view.buffer.dtype))
    if isinstance(instruction, Take):
        mode = {"get": 0, "set": 1, "add": 2}[instruction.kind]
        return _made("library", "take", type_name(instruction.source.view.buffer.dtype),
                     type_name(instruction.indices.view.buffer.dtype), str(mode))
    if isinstance(instruction, Batch):
        types = [type_name(operand.view.buffer.dtype) for operand in instruction.operands]
        return _made("batch_kernels", instruction.kind, *types, *instruction.options)
    assert isinstance(instruction, Random)
    return _made("library", "random_bits")
