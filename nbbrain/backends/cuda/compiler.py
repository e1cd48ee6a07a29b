"""The compiler: from the Python functions of kernels to machine code for a device, by numba-cuda and NVIDIA's linker.

Neither needs a driver. Code is kept in the cache folder, as the processor's is, so a warm start imports no compiler.
"""
from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import version

from nbbrain.backends.cuda.toolkit import numba_cuda
from nbbrain.backends.kept_code import compiler_versions, keep, kept

__all__ = ["SIGNATURE", "kernel_codes", "machine_code", "parallel_text"]

SIGNATURE = "void(int64, int64, int64, int64, int64)"
"""Kernels take whole numbers alone."""
_TOGETHER = 1024
"""Threads for whose registers a multiprocessor has room at least: while some wait for memory, others go on."""


def kernel_codes(source: str, kernels: int, threads: int, capability: tuple[int, int],
                 functions: Callable[[], list[Callable[..., None]]]) -> Iterator[tuple[bytes, str]]:
    """The machine code and the name of every kernel of a program.

    Parameters
    ----------
    source : str
        All that determines the kernels, beside the versions of compilers.
    kernels : int
        How many there are.
    threads : int
        The threads of a block.
    capability : tuple of int
        The compute capability of the device.
    functions : callable
        Gives the kernels, for those that are not kept.
    """
    made: list[Callable[..., None]] = []
    key = hashlib.sha256("\0".join([source, str(threads), str(capability), _versions()]).encode()).hexdigest()[:32]
    for number in range(kernels):
        content = kept(f"nbb_cuda_{key}_{number}")
        if content is None:
            made = made or functions()
            code, name = machine_code(parallel_text(made[number], threads, capability), capability)
            keep(f"nbb_cuda_{key}_{number}", name.encode() + b"\0" + code)
        else:
            first, _, code = content.partition(b"\0")
            name = first.decode()
        yield code, name


@cache
def _versions() -> str:
    return "\0".join([version("numba-cuda"), SIGNATURE, *compiler_versions()])


def parallel_text(function: Callable[..., None], threads: int, capability: tuple[int, int]) -> str:
    """A kernel in NVIDIA's assembly language for parallel threads, PTX; it leaves room for others on a multiprocessor."""
    bounds = threads, max(1, _TOGETHER // threads)
    text, _ = numba_cuda().compile(function, SIGNATURE, device=False, abi="numba", cc=capability, output="ptx",
                                   launch_bounds=bounds)
    return str(text)


def machine_code(text: str, capability: tuple[int, int]) -> tuple[bytes, str]:
    """The machine code of a kernel in PTX, and its name."""
    core = import_module("cuda.core")
    major, minor = capability
    program = core.Program(text, "ptx", core.ProgramOptions(arch=f"sm_{major}{minor}"))
    found = re.search(r"\.entry\s+([^\s(]+)", text)
    assert found is not None
    return bytes(program.compile("cubin").code), found[1]
