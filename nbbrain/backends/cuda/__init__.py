"""The backend for NVIDIA GPUs: the plans of the Numba backend, each as one kernel that runs all turns.

A block of threads runs a tile of rows through the whole sequence; one large population is shared by the whole grid. Kernels
are made of the same sources as the CPU's (see thread_kernels.py), so there is one definition of every operation.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain import settings
from nbbrain.backends.base import CompilingBackend
from nbbrain.backends.cuda import toolkit
from nbbrain.backends.numba import row_steps
from nbbrain.errors import BackendError
from nbbrain.program.observation import log
from nbbrain.program.plan.instructions import Product
from nbbrain.program.step import ByStructure, Step

__all__ = ["CUDABackend", "backend"]


class CUDABackend(CompilingBackend):
    """Compiles for an NVIDIA GPU.

    Parameters
    ----------
    device : int
        Which of the devices that CUDA sees.
    """

    name = "cuda"
    description = "compiled loops on an NVIDIA GPU"

    def __init__(self, device: int = 0) -> None:
        self.device = device
        self._plan = ByStructure(_device_plan)

    def unavailable_reason(self) -> str | None:
        """Return the first thing that is missing: a package, a driver, a device."""
        return toolkit.missing()

    def placed(self, array: np.ndarray) -> np.ndarray:
        """See `Backend.placed`."""
        from nbbrain.backends.cuda import memory

        if array.dtype.kind not in "biuf":
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

    def check(self, step: Step) -> None:
        """Make the plan of a step, which fails for operations that are not known."""
        self._plan(step)

    def run_step(self, step: Step, length: int, carried: tuple, per_step: tuple, constants: tuple,
                 reverse: bool) -> tuple[tuple, tuple, tuple]:
        """Run a step; see `CompilingBackend.run_step`."""
        results = self.run_part(step, length, carried, per_step, constants, reverse, None)
        return *results[:2], self.sum_up(step, results[2])

    def run_part(self, step: Step, length: int, carried: tuple, per_step: tuple, constants: tuple, reverse: bool,
                 sums: Any) -> tuple[tuple, tuple, Any]:
        """See `CompilingBackend.run_part`; sums are kept by tiles, so that they are added up in one order."""
        per_step = tuple([self.placed(np.asarray(array)) for array in per_step])
        steps = row_steps(per_step)
        with toolkit.on_device(self.device):
            plan = self._plan(step, steps) if steps else self._plan(step)
            return plan.run(length, reverse, carried, per_step, constants, {} if sums is None else sums)

    def sum_up(self, step: Step, sums: Any) -> tuple:
        """See `CompilingBackend.sum_up`."""
        with toolkit.on_device(self.device):
            return tuple(self._plan(step).sum_up(sums))

    def turns_at_once(self, step: Step) -> int:
        """See `CompilingBackend.turns_at_once`."""
        return max([i.window for i in self._plan(step).plan.instructions if isinstance(i, Product)], default=1)


def _device_plan(step: Step, steps: tuple[tuple[int, int], ...] = ()) -> Any:
    """The plan of a step, ready to be compiled and run."""
    from nbbrain.backends.cuda.execute import DevicePlan, plan_of
    from nbbrain.backends.numba.execute import check_step

    check_step(step)
    plan = plan_of(step, steps)
    if settings.get("debug") >= 2:
        log.warning("program %s\n%s\n%s", step.key[:12], step, plan)
    return DevicePlan(plan, step)


backend = CUDABackend()
