"""The driver: walks the instructions of a plan, turn by turn, for one tile of rows.

A plan is one row of integers: for every instruction the kernel's address, the number of its pointers and of its further
arguments; for every pointer its base, the bytes from slot to slot, the shift and the mask of the slot, and whether slots
count turns or rows of time; then the further arguments. So no code is generated for a plan beyond its kernels.
"""
from __future__ import annotations

from nbbrain.backends.numba.memory import call_kernel, row_pointer

__all__ = ["run_turns"]


def run_turns(code, length, reverse, arguments):  # type: ignore[no-untyped-def]
    """Run all turns; ``arguments`` is room for one instruction's arguments. Compiled by kernels.py."""
    row = row_pointer(arguments)
    for turn in range(length):
        time = length - 1 - turn if reverse else turn
        at = 0
        while at < code.shape[0]:
            kernel, pointers, numbers = code[at], code[at + 1], code[at + 2]
            at += 3
            for j in range(pointers):
                slot = turn if code[at + 4] else time
                arguments[j] = code[at] + ((slot + code[at + 2]) & code[at + 3]) * code[at + 1]
                at += 5
            for j in range(numbers):
                arguments[pointers + j] = code[at + j]
            at += numbers
            call_kernel(kernel, row)
