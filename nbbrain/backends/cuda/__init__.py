"""The backend for NVIDIA GPUs: the plans of the Numba backend, each as one kernel that runs all turns.

A block of threads runs a tile of rows through the whole sequence; one large population is shared by the whole grid. Kernels
are made of the same sources as the CPU's (see thread_kernels.py), so there is one definition of every operation.
"""
from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from nbbrain.backends.cuda import toolkit
from nbbrain.backends.plan_backend import PlanBackend
from nbbrain.backends.plan_runner import PlanRunner
from nbbrain.errors import BackendError
from nbbrain.program.step import Step

__all__ = ["CUDABackend", "backend"]


class CUDABackend(PlanBackend):
    """Compiles for an NVIDIA GPU.

    Parameters
    ----------
    device : int
        Which of the devices that CUDA sees.
    """

    name = "cuda"
    description = "compiled loops on an NVIDIA GPU"

    def __init__(self, device: int = 0) -> None:
        super().__init__()
        self.device = device

    def unavailable_reason(self) -> str | None:
        """Return the first thing that is missing: a package, a driver, a device."""
        return toolkit.missing(self.device)

    def runs_on(self) -> str:
        """Return the name of the device, and what it is run by."""
        return toolkit.description(self.device)

    def placed(self, array: np.ndarray) -> np.ndarray:
        """See `Backend.placed`."""
        from nbbrain.backends.cuda import memory

        if array.dtype.kind not in "biuf" or memory.is_reachable(array):
            return array
        with toolkit.on_device(self.device):
            return memory.reachable(array)

    def device_interface(self, array: np.ndarray) -> dict[str, Any]:
        """See `Backend.device_interface`."""
        from nbbrain.backends.cuda import memory

        if not memory.is_reachable(array):
            raise AttributeError("this array lies in the memory of the processor; what loops return lies in the GPU's.")
        pointer = (array.ctypes.data, not array.flags.writeable)
        return {"version": 3, "shape": array.shape, "typestr": array.dtype.str, "strides": array.strides, "data": pointer}

    def variant(self, option: str) -> CUDABackend:
        """``cuda:1`` is the second device."""
        if not option.isdecimal():
            raise BackendError("the backend 'cuda' takes the number of a device, such as 'cuda:1', but got "
                               f"'cuda:{option}'.")
        return CUDABackend(int(option))

    def make_runner(self, step: Step, row_steps: tuple[tuple[int, int], ...]) -> PlanRunner:
        """See `PlanBackend.make_runner`."""
        from nbbrain.backends.cuda.execute import runner_of
        from nbbrain.backends.numba.execute import check_step

        check_step(step)
        return runner_of(step, row_steps)

    def _device(self) -> AbstractContextManager[Any]:
        context: AbstractContextManager[Any] = toolkit.on_device(self.device)
        return context

    def run_part(self, step: Step, length: int, carried: tuple, per_step: tuple, constants: tuple, reverse: bool,
                 sums: Any) -> tuple[tuple, tuple, Any]:
        """See `PlanBackend.run_part`; what comes from the processor is placed first."""
        per_step = tuple([self.placed(np.asarray(array)) for array in per_step])
        return super().run_part(step, length, carried, per_step, constants, reverse, sums)


backend = CUDABackend()
