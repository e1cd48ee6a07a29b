"""The name of the backend for NVIDIA GPUs. This version has none: choosing it says what is missing."""

from __future__ import annotations

from nbbrain.backends.base import Backend, is_installed

__all__ = ["CUDABackend", "backend"]


class CUDABackend(Backend):
    """Says what stands in the way of running on an NVIDIA GPU, from the outside in."""

    name = "cuda"
    description = "NVIDIA GPUs (not in this version)"

    def unavailable_reason(self) -> str:
        """Return the first thing that is missing: a package, a driver or device, the backend itself."""
        for module, package in (("numba", "Numba"), ("numba_cuda", "numba-cuda")):
            if not is_installed(module):
                return f"{package} is not installed (pip install 'nbbrain[cuda]')."
        return _missing_device() or "a device is there, but this version of nbbrain has no CUDA backend yet."


def _missing_device() -> str | None:
    try:
        from numba import cuda
    except ImportError as error:  # numba-cuda without NVIDIA's bindings
        return str(error)
    if cuda.is_available():
        return None
    failure = cuda.cuda_error()
    if failure is None:
        return "the CUDA driver works, but numba-cuda does not find CUDA's compiler library NVVM."
    return f"no CUDA driver or device can be used: {' '.join(str(failure).split())}"


backend = CUDABackend()
