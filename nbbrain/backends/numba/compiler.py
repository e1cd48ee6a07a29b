"""The compiler: from the source of a kernel to machine code, by Numba."""
from __future__ import annotations

from typing import Any

from numba import cfunc

from nbbrain.backends.numba import machine_code
from nbbrain.backends.numba.memory import kernel_signature
from nbbrain.backends.numba.sources import KERNEL_NAME

__all__ = ["compile_kernel"]

_kept: list[Any] = []
"""Compiled functions own their code, so they live as long as the process."""


def compile_kernel(name: str, source: str) -> tuple[bytes | None, int]:
    """Compile the function of a source.

    Returns
    -------
    code : bytes or None
        An object file with the function under the name, or None where its code works only while Numba is loaded.
    address : int
        Where the function is.
    """
    namespace: dict[str, Any] = {}
    exec(compile(source.replace(KERNEL_NAME, name), f"<{name}>", "exec"), namespace)  # our own source
    compiled = cfunc(kernel_signature, error_model="numpy")(namespace[name])
    _kept.append(compiled)
    assert compiled.address is not None
    return machine_code.emit(compiled.inspect_llvm().replace(compiled.native_name, name)), compiled.address
