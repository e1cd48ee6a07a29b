"""The meaning of a program: its operations, one after the other, on whatever values are given."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from nbbrain.program.symbol import Symbol

__all__ = ["interpret"]


def interpret(body: Iterable[Symbol], values: dict[Symbol, Any]) -> dict[Symbol, Any]:
    """Compute symbols from the values of their operands; values may be arrays, boxes or symbols."""
    for symbol in body:
        if symbol.operation is None:
            values[symbol] = np.full(symbol.shape, symbol.value, symbol.dtype)
        else:
            operands = [values[operand] for operand in symbol.operands]
            values[symbol] = symbol.operation.primitive(*operands, **symbol.parameters)
    return values
