"""The compiler: from the source of a kernel to machine code, by Numba."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import Any

from numba import cfunc
from numba.core.registry import cpu_target
from numba.np import linalg

from nbbrain.backends.numba import machine_code
from nbbrain.backends.numba.memory import kernel_signature
from nbbrain.backends.numba.passes import KernelCompiler
from nbbrain.backends.numba.sources import KERNEL_NAME

__all__ = ["compile_kernel"]

_kept: list[Any] = []
"""Compiled functions own their code, so they live as long as the process."""


@contextmanager
def _without_looking_for_blas() -> Iterator[None]:
    """Have Numba believe in SciPy's BLAS where SciPy is installed.

    Numba imports scipy.linalg only to see that it is there, which takes longer than to compile a kernel; code that
    calls BLAS, which kernels do not, checks again when it is compiled.
    """
    original = linalg.ensure_blas

    def ensure_blas() -> None:
        if find_spec("scipy") is None:
            raise ImportError

    linalg.ensure_blas = ensure_blas
    try:
        yield
    finally:
        linalg.ensure_blas = original


@cache
def _load_numba() -> None:
    """Import the rest of Numba, which it leaves until something is compiled."""
    with _without_looking_for_blas():
        import numba.np.arraymath as arraymath
    arraymath.ensure_blas = linalg.ensure_blas
    cpu_target.target_context.refresh()


def compile_kernel(name: str, source: str) -> tuple[bytes | None, int]:
    """Compile the function of a source.

    Returns
    -------
    content : bytes or None
        What to keep (see machine_code.py), or None where its code works only while Numba is loaded.
    address : int
        Where the function is.
    """
    _load_numba()
    namespace: dict[str, Any] = {}
    exec(compile(source.replace(KERNEL_NAME, name), f"<{name}>", "exec"), namespace)  # our own source
    function: Any = cfunc  # what follows is not in Numba's own types
    compiled = function(kernel_signature, pipeline_class=KernelCompiler, error_model="numpy",
                        no_rewrites=True)(namespace[name])  # rewrites are for arrays
    _kept.append(compiled)
    library = compiled._library  # it keeps the object file for a cache like this one
    return machine_code.pack(library._final_module, compiled.native_name, library._get_compiled_object()), compiled.address
