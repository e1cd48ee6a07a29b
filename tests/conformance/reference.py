"""A compiling backend that interprets: the same capture, adjoint and hoisting as the compiled ones, run by NumPy."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.backends.base import CompilingBackend
from nbbrain.program.interpret import interpret
from nbbrain.program.step import Step


class InterpretingBackend(CompilingBackend):
    """Runs every turn of a step through `interpret`."""

    name = "interpreting"
    description = "interprets programs, for tests"

    def run_step(self, step: Step, length: int, carried: tuple, per_step: tuple, constants: tuple,
                 reverse: bool) -> tuple[tuple, tuple, tuple]:
        """One turn after the other."""
        carried = tuple(carried)
        rows: list[Any] = [None] * length
        sums: list[Any] = [np.zeros(symbol.shape, symbol.dtype) for symbol in step.sums]
        for time in range(length)[::-1] if reverse else range(length):
            values = dict(zip(step.inputs, [*carried, *[x[time] for x in per_step], *constants], strict=True))
            interpret(step.body, values)
            carried = tuple([values[end] for _, end in step.carried])
            rows[time] = [values[symbol] for symbol in step.outputs]
            sums = [total + values[symbol] for total, symbol in zip(sums, step.sums, strict=True)]
        return carried, tuple([np.stack(column) for column in zip(*rows, strict=True)]), tuple(sums)
