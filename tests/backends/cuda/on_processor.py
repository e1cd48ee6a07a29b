"""The backend for GPUs with its programs compiled as for a GPU, and run by a machine on the processor (machine.py).

Plans, their memory and their launches are the backend's own; what it asks of the device (toolkit.py) is answered here.
"""
from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nbbrain.backends.base import is_installed
from nbbrain.backends.cuda import CUDABackend, toolkit
from nbbrain.backends.pool import Pool
from nbbrain.program.step import Step
from tests.backends.cuda.ptx import machine as ptx_machine

__all__ = ["CAPABILITY", "BackendOnProcessor", "machines", "missing", "texts"]

CAPABILITY = (9, 0)
"""The device that programs are compiled for."""
_MARGIN = 1 << 12
"""Bytes before and behind every piece of memory."""


@cache
def missing() -> str | None:
    """What stands in the way."""
    if toolkit.is_simulated() or not is_installed("numba_cuda"):
        return "numba-cuda is not installed, or simulated"
    try:
        machines("def PROGRAM0(table, begin, end, length, backward):\n    pass", 32)
    except Exception as error:
        if "nvvm" not in str(error).lower():
            raise
        return f"CUDA's compiler is not installed: {error}"
    return None


def texts(source: str, threads: int, capability: tuple[int, int] = CAPABILITY) -> list[str]:
    """PTX of a program's kernels, for blocks of so many threads; there is machine code for a device, too."""
    from nbbrain.backends.cuda.compiler import machine_code, parallel_text
    from nbbrain.backends.cuda.programs import program_functions

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.import_module("numba.cuda.dispatcher"), "get_current_device",
                      lambda: SimpleNamespace(compute_capability=capability))
        found = [parallel_text(function, threads, capability) for function in program_functions(source)]
    for text in found:
        code, name = machine_code(text, capability)
        assert code.startswith(b"\x7fELF") and name.encode() in code
    return found


@cache
def machines(source: str, threads: int, capability: tuple[int, int] = CAPABILITY) -> list[ptx_machine.Machine]:
    """Its kernels, ready to run."""
    return [ptx_machine.load(text) for text in texts(source, threads, capability)]


class BackendOnProcessor(CUDABackend):
    """Registered under its name, it is used like any backend.

    Attributes
    ----------
    blocks : int
        How many blocks can wait for one another; 0 where none can.
    backward : bool
        Whether the last thread of the last block has the first turn.
    launched : list of (bool, int, int)
        Of every launch, whether blocks ran at the same time, how many there were, and how many threads they had.
    """

    name = "cuda on the processor"
    description = "runs programs for a GPU on the processor, for tests"

    def __init__(self) -> None:
        super().__init__()
        self.blocks, self.backward = 3, False
        self.launched: list[tuple[bool, int, int]] = []
        self._memories: list[np.ndarray] = []
        self._pool = Pool(self._allocate)

    def unavailable_reason(self) -> str | None:
        """See `missing`."""
        return missing()

    def placed(self, array: np.ndarray) -> np.ndarray:
        """All memory can be reached."""
        return array

    def run_part(self, *arguments: Any) -> tuple[tuple, tuple, Any]:
        """See `PlanBackend.run_part`."""
        with self._answering():
            return super().run_part(*arguments)

    def sum_up(self, step: Step, sums: Any) -> tuple:
        """See `PlanBackend.sum_up`."""
        with self._answering():
            return super().sum_up(step, sums)

    def _allocate(self, size: int) -> np.ndarray:
        """Memory that begins with anything but zeros, with margins that no program may write to."""
        self._memories.append(np.full(size + 2 * _MARGIN, 0x7f, np.uint8))
        return self._memories[-1][_MARGIN:-_MARGIN]

    def _launch(self, machine: ptx_machine.Machine, blocks: int, threads: int, together: bool, *arguments: int) -> None:
        self.launched.append((together, blocks, threads))
        machine.launch(None, blocks, threads, *arguments, together=together, backward=self.backward)
        for memory in self._memories:
            assert (memory[:_MARGIN] == 0x7f).all() and (memory[-_MARGIN:] == 0x7f).all(), "written beside an array"

    def _copy(self, target: np.ndarray, source: np.ndarray) -> None:
        target[...] = source

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """What the backend asks of a device is answered here."""
        from nbbrain.backends.cuda import blas, launches, memory

        answers = {"on_device": lambda index: nullcontext(), "architecture": lambda: CAPABILITY, "launch": self._launch,
                   "wait": lambda: None, "waits_as_a_whole": lambda: self.blocks > 0,
                   "most_blocks": lambda kernel, threads: self.blocks, "free_bytes": lambda: (1 << 40, 1 << 40),
                   "fetch": lambda array: None, "copy": self._copy, "fill_with_zeros": lambda array: array.fill(0)}
        with pytest.MonkeyPatch.context() as patch:
            for name, answer in answers.items():
                patch.setattr(toolkit, name, answer)
            patch.setattr(memory, "_pool", self._pool)
            patch.setattr(blas, "is_there", lambda: False)
            patch.setattr(launches, "_compiled", machines)
            yield
