"""A machine that runs PTX on the processor: what a GPU would be told, without a GPU.

Every thread is a coroutine (see translation.py), and one thread of the processor runs them by turns: each goes on until
it waits for others, at a barrier or after it has looked at memory that they change. So a program runs the same way every
time, and as unlike as can be to one whose threads go side by side: a thread that needs what others write, and does not wait
for them, finds nothing. Shared memory begins with anything but zeros.
"""
from __future__ import annotations

import ctypes
import struct
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from tests.backends.cuda.ptx.text import Function, parse, width
from tests.backends.cuda.ptx.translation import AT_BARRIER, FINISHED, RUNNABLE, TRAPPED, Translation

__all__ = ["Machine", "load"]

STATE = np.dtype([("coroutine", np.uint64), ("shared", np.uint64), *[(name, np.int32) for name in (
    "status", "thread", "threads", "block", "blocks", "unused")]])
"""What a thread has of its own."""
_LONGEST = 100_000
"""How often threads may look, one after the other, for what does not come."""


def _target() -> Any:
    """One for every module: it goes with the engine."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=0)


def load(ptx: str) -> Machine:
    """A machine with a module of PTX."""
    module = parse(ptx)
    translation = Translation(module, llvm.llvm_version_info[0])
    assembly = llvm.parse_assembly(translation.text())
    assembly.verify()
    target = _target()
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=0))  # programs run once
    builder.getModulePassManager().run(assembly, builder)
    engine = llvm.create_mcjit_compiler(assembly, target)
    engine.finalize_object()
    return Machine([each for each in module.functions.values() if each.is_kernel], translation.shared_bytes, engine)


@dataclass(frozen=True)
class Machine:
    """A module that is ready to run.

    Attributes
    ----------
    kernels : list of Function
        Its kernels.
    shared_bytes : int
        The shared memory of a block.
    engine : object
        LLVM's, which owns the code.
    """

    kernels: list[Function]
    shared_bytes: int
    engine: Any

    def launch(self, name: str | None, blocks: int, threads: int, *arguments: Any, together: bool = False,
               backward: bool = False) -> None:
        """Run a kernel, and wait for it.

        Parameters
        ----------
        name : str or None
            Its name; None is the only one.
        blocks, threads : int
            How many blocks of how many threads.
        *arguments : int, float or bool
            Its arguments.
        together : bool
            Whether all blocks run at the same time; else one after the other.
        backward : bool
            Whether the last block and the last thread have the first turn.
        """
        (kernel,) = [each for each in self.kernels if name in (None, each.name)]
        parameters = ctypes.create_string_buffer(_packed(kernel, arguments))
        numbers = np.arange(blocks)[::-1 if backward else 1]
        for group in numbers[None] if together else numbers[:, None]:
            memory = np.full((len(group), -(-self.shared_bytes // 64) * 64 + 64), 0x7f, np.uint8)
            states = np.zeros((len(group), threads), STATE)
            states["shared"] = (memory.ctypes.data + 63) // 64 * 64 + (np.arange(len(group)) * memory.shape[1])[:, None]
            states["thread"] = np.arange(threads)[::-1 if backward else 1]
            states["block"], states["threads"], states["blocks"] = group[:, None], threads, blocks
            self._run(kernel, parameters, states)

    def _run(self, kernel: Function, parameters: Any, states: np.ndarray) -> None:
        """Run blocks of threads by turns."""
        address = self.engine.get_function_address
        turn = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64, ctypes.c_int64)(address("turn"))
        status, unchanged = states["status"], 0
        while not (status == FINISHED).all():
            for block in states:
                turn(address(kernel.name), ctypes.addressof(parameters), block.ctypes.data, len(block), STATE.itemsize)
            if (status == TRAPPED).any():
                raise RuntimeError(f"{kernel.name}: a thread came to a trap")
            waiting = status == AT_BARRIER
            come = (waiting | (status == FINISHED)).all(axis=1)
            status[waiting & come[:, None]] = RUNNABLE
            unchanged = 0 if come.any() else unchanged + 1
            if unchanged > _LONGEST:
                raise RuntimeError(f"{kernel.name}: threads wait for ever")


def _packed(kernel: Function, arguments: tuple[Any, ...]) -> bytes:
    """Arguments as a kernel reads them."""
    content = b""
    for parameter, argument in zip(kernel.parameters, arguments, strict=True):
        content = content.ljust(-(-len(content) // parameter.align) * parameter.align, b"\0")
        if parameter.type[0] == "f":
            content += struct.pack("<f" if width(parameter.type) == 32 else "<d", argument)
        else:
            content += (int(argument) & (1 << 8 * parameter.size) - 1).to_bytes(parameter.size, "little")
    return content
