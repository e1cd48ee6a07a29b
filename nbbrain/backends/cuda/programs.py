"""Sources of programs made into kernels that can be launched."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nbbrain.backends.cuda import toolkit
from nbbrain.backends.cuda.compiler import kernel_codes
from nbbrain.backends.cuda.device_functions import THREADS, common_text, device_kernels
from nbbrain.backends.cuda.program_source import PROGRAM_NAME
from nbbrain.backends.numba import interpreted

__all__ = ["launchable", "program_functions", "simulated_names"]


def simulated_names() -> dict[str, Any]:
    """What kernels know that run in Python."""
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

    names = {**interpreted.names(), "cuda": toolkit.numba_cuda(), "begin_thread": begin_thread, "add_one": add_one,
            "latest": latest, "shared_array": shared_array, "pointer": interpreted.Pointer, "constant": interpreted.constant,
            "on_device": lambda function: function}
    exec(compile(THREADS, "<threads>", "exec"), names)  # our own source
    return names


def program_functions(source: str) -> list[Callable[..., None]]:
    """The kernels of a program's source, not compiled yet."""
    if not toolkit.is_simulated():
        return device_kernels(source)
    names = simulated_names()
    exec(compile(source, "<program>", "exec"), names)  # our own source
    return [function for name, function in names.items() if name.startswith(PROGRAM_NAME)]


def launchable(source: str, threads: int, capability: tuple[int, int]) -> list[Any]:
    """The kernels of a program's source, compiled for devices of a compute capability and blocks of so many threads."""
    if toolkit.is_simulated():
        return [toolkit.numba_cuda().jit(function) for function in program_functions(source)]
    determined = "\0".join([common_text(), source, *[(Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
                                                     for name in ("device_functions", "intrinsics", "compiler")]])
    kernels = source.count(f"def {PROGRAM_NAME}")
    codes = kernel_codes(determined, kernels, threads, capability, lambda: program_functions(source))
    return [toolkit.loaded(code, name) for code, name in codes]
