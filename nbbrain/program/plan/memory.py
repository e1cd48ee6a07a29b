"""How much memory a plan needs."""
from __future__ import annotations

from nbbrain.program.plan.instructions import Plan
from nbbrain.program.plan.layout import Buffer

__all__ = ["buffer_bytes", "plan_bytes"]


def buffer_bytes(buffer: Buffer, length: int, tiles: int) -> int:
    """The bytes of a buffer for a number of turns and of tiles."""
    slots = {"carried": 2, "history": length + 1, "per_step": length, "output": length}.get(buffer.role, buffer.window)
    return buffer.size * buffer.dtype.itemsize * slots * (tiles if buffer.private else 1)


def plan_bytes(plan: Plan, length: int) -> dict[str, int]:
    """The bytes that a plan needs for a number of turns, by role.

    'per_step' and 'constant' are what it is given; it makes room for the others. Outputs include the values that are kept
    for a gradient. Copies of constants that a backend lays out anew are not counted.
    """
    found: dict[str, int] = {}
    for buffer in plan.buffers:
        found[buffer.role] = found.get(buffer.role, 0) + buffer_bytes(buffer, length, plan.tiles)
    return found
