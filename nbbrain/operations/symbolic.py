"""The one thing operations know about capture: some operands are symbolic, and a capture may be under way."""
from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

from nbbrain.threads import Stack

if TYPE_CHECKING:
    from nbbrain.operations.operation import Operation

__all__ = ["Abstract", "CaptureScope", "Symbolic", "active_scopes"]


class Abstract(NamedTuple):
    """What is known of an array before it has values."""

    shape: tuple[int, ...]
    dtype: np.dtype


class Symbolic(ABC):
    """An array that stands for a value known only when the program runs."""

    shape: tuple[int, ...]
    dtype: np.dtype

    @abstractmethod
    def record(self, operation: Operation, operands: tuple, parameters: dict[str, Any]) -> Symbolic:
        """Append an operation, of which this symbol is one operand, to the program."""

    @abstractmethod
    def refuse(self, use: str) -> NoReturn:
        """Raise the error for something that needs the numbers behind the symbol."""


class CaptureScope(ABC):
    """A capture under way: it takes in values that come from outside of the captured step."""

    @abstractmethod
    def lift(self, value: Any) -> Any:
        """Make an outside value that is being differentiated an input of the program; leave others as they are."""


active_scopes: Stack[CaptureScope] = Stack()
"""The captures under way in this thread, innermost last."""
