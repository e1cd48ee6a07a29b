"""The driver: walks the instructions of a plan, turn by turn, for one tile of rows.

A plan is one row of integers: for every instruction the kernel's address, the number of its pointers and of its further
arguments; for every pointer its base, the bytes from slot to slot, the shift and the mask of the slot, and whether slots
count turns or rows of time; then the further arguments. So no code is generated for a plan beyond its kernels.

Like every kernel it takes one row of integers: the address and the length of the plan, the number of turns, whether time
runs backward, and the address of room for one instruction's arguments.
"""
from __future__ import annotations

from numba import int64

from nbbrain.backends.numba.memory import call_kernel, pointer

__all__ = ["driver"]


def driver():  # type: ignore[no-untyped-def]
    """Run all turns of a plan."""
    def kernel(a):  # type: ignore[no-untyped-def]
        code, row = pointer(a, 0, int64), pointer(a, 4, int64)
        size, length, reverse = a[1], a[2], a[3]
        for turn in range(length):
            time = length - 1 - turn if reverse else turn
            at = 0
            while at < size:
                address, pointers, numbers = code[at], code[at + 1], code[at + 2]
                at += 3
                for j in range(pointers):
                    slot = turn if code[at + 4] else time
                    row[j] = code[at] + ((slot + code[at + 2]) & code[at + 3]) * code[at + 1]
                    at += 5
                for j in range(numbers):
                    row[pointers + j] = code[at + j]
                at += numbers
                call_kernel(address, row)

    return kernel
