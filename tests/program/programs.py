"""Captured functions, and their steps run by the interpreter."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nbbrain.program.capture import CapturedStep, capture_step
from nbbrain.program.interpret import interpret
from nbbrain.program.step import Step
from nbbrain.program.symbol import Symbol

FLOAT = np.dtype(np.float64)


def capture(function: Callable[..., Any], *arrays: Any) -> CapturedStep:
    """The step of a function of raw values, captured for inputs like the arrays."""
    def listed(*values: Any) -> list[Any]:
        results = function(*values)
        return list(results) if isinstance(results, (tuple, list)) else [results]

    return capture_step(listed, [(np.shape(x), np.asarray(x).dtype) for x in arrays])


def run(step: Step, inputs: Sequence[Any]) -> list[np.ndarray]:
    """The results of one turn: carried values, outputs, sums."""
    values = interpret(step.body, dict(zip(step.inputs, inputs, strict=True)))
    return [np.asarray(values[symbol]) for symbol in step.results]


def operations(step: Step) -> list[str]:
    """The names of the operations of a step, in order."""
    return [symbol.operation.name for symbol in step.body if symbol.operation is not None]


def names(symbols: Sequence[Symbol]) -> list[str]:
    """What computes symbols; for inputs, their names."""
    return [symbol.operation.name if symbol.operation is not None else symbol.name for symbol in symbols]
