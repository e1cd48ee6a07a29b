"""The sources of kernels, run by Python itself: the same text, with stand-ins for what only Numba can do."""
from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np

from nbbrain.backends.numba import interpreted, kernels
from nbbrain.backends.numba.interpreted import Pointer
from nbbrain.backends.numba.sources import KERNEL_NAME, Assembled

NAMES = {**interpreted.names(), "pointer": lambda arguments, position, kind: Pointer(arguments[position], kind),
         "constant": lambda arguments, position, kind: interpreted.constant(arguments[position], kind)}


def function_of(source: str) -> Callable[[Any], None]:
    """The kernel of a source; it takes a row of integers."""
    namespace = dict(NAMES)
    exec(compile(source.replace(KERNEL_NAME, "kernel_under_test"), "<kernel>", "exec"), namespace)
    return namespace["kernel_under_test"]


_kept: list[Any] = []


def kernel_address(source: str | Assembled) -> int:
    """The address of a kernel that Python runs; an assembled one is machine code from the start."""
    if isinstance(source, Assembled):
        return kernels.address_of(source)
    function = function_of(source)

    def run(address: int) -> None:
        with np.errstate(all="ignore"):
            function(Pointer(address, np.int64))

    _kept.append(ctypes.CFUNCTYPE(None, ctypes.c_void_p)(run))
    address = ctypes.cast(_kept[-1], ctypes.c_void_p).value
    assert address is not None
    return address
