"""`Symbol`: a value that a program computes, and `Program`: the interned list of them.

Two symbols with the same operation, operands and parameters are one symbol, which removes common subexpressions and lets
the adjoint share nodes with the forward program.
"""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.tracer import isbox
from numpy.lib.mixins import NDArrayOperatorsMixin

from nbbrain.errors import CaptureError, UnsupportedOperationError
from nbbrain.operations.elementwise import ufunc_dtypes
from nbbrain.operations.operation import Operation, by_numpy, cast
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.symbolic import Abstract, Symbolic
from nbbrain.program.listing import listing
from nbbrain.program.simplify import simplify

__all__ = ["Program", "Symbol", "user_location"]

_LIBRARY = str(Path(__file__).resolve().parent.parent)
_INSTEAD = {
    "if": "bm.where for a choice by element, bm.cond or bm.ifelse for a choice of branches",
    "int": "integer arrays as indices, or a number known before the loop",
    "index": "a slice with numbers known before the loop, or bm.take with an integer array",
}


def user_location() -> str:
    """``file:line`` of the innermost frame outside of this library and its engine."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not (name.startswith(_LIBRARY) or "/autograd/" in name or "/numpy/" in name or name.startswith("<")):
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return "<unknown>"


class Symbol(NDArrayOperatorsMixin, Symbolic):
    """A value of a program, with NumPy's interface: what is called on it is recorded.

    Attributes
    ----------
    program : Program
        The program it belongs to.
    operation : Operation or None
        What computes it; None for inputs and constants.
    operands : tuple of Symbol
        What it is computed from.
    parameters : dict
        The operation's static parameters.
    value : scalar or None
        The value of a constant, which fills the shape.
    """

    __slots__ = ("dtype", "location", "name", "number", "operands", "operation", "parameters", "program", "shape", "value")
    __array_priority__ = 50.0

    def __init__(self, program: Program, operation: Operation | None, operands: tuple[Symbol, ...],
                 parameters: dict[str, Any], abstract: Abstract, *, name: str = "", value: Any = None) -> None:
        self.program, self.operation, self.operands, self.parameters = program, operation, operands, parameters
        self.shape, self.dtype = tuple(abstract.shape), np.dtype(abstract.dtype)
        self.name, self.value = name, value
        self.number = len(program.symbols)
        self.location = program.location or user_location()
        program.symbols.append(self)

    __hash__ = object.__hash__

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def T(self) -> Any:
        """The array with its axes reversed."""
        return by_numpy[np.transpose](self)

    @property
    def is_view(self) -> bool:
        """Whether the value is another one's elements, read in another way."""
        return self.operation is not None and (self.operation.kind == "view" or (
            self.operation.name == "get_item" and len(self.operands) == 1))

    @property
    def is_product(self) -> bool:
        """Whether the value is the product of two matrices."""
        return self.operation is not None and self.operation.name == "matmul" and self.ndim == 2

    @property
    def is_sum_of_products(self) -> bool:
        """Whether the value is the sum of two products of matrices, the second of which can be added to the first."""
        return (self.operation is not None and self.operation.name == "add" and self.operands[0] is not self.operands[1]
                and all(x.is_product and x.shape == self.shape for x in self.operands))

    @property
    def is_constant(self) -> bool:
        """Whether every element has one value that is known."""
        return self.value is not None

    def record(self, operation: Operation, operands: tuple, parameters: dict[str, Any]) -> Symbol:
        """Append an operation to the program."""
        return self.program.apply(operation, operands, parameters)

    def refuse(self, use: str) -> NoReturn:
        """Raise the error for something that needs the numbers behind the symbol."""
        raise CaptureError(f"{use!r} needs the value of an array that is known only when the compiled loop runs",
                           operation=use, location=user_location(),
                           hint=f"use {_INSTEAD.get(use, 'functions of nbbrain.math, or the numpy backend')}.")

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """The elements in another dtype."""
        return cast(self, dtype=np.dtype(dtype))

    def __getitem__(self, index: Any) -> Any:
        from nbbrain.operations.indexing import get_item

        return get_item(self, index)

    def __bool__(self) -> bool:
        return bool(self.value) if self.is_constant and self.size == 1 else self.refuse("if")

    def __len__(self) -> int:
        return self.shape[0]

    def __float__(self) -> float:
        self.refuse("float")

    def __int__(self) -> int:
        self.refuse("int")

    def __index__(self) -> int:
        self.refuse("index")

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        self.refuse("numpy.asarray")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(isbox(x) for x in inputs):
            return NotImplemented
        if method != "__call__" or kwargs or ufunc not in by_numpy:
            self._unsupported(f"{ufunc.__name__}.{method}" if method != "__call__" else ufunc.__name__)
        return by_numpy[ufunc](*inputs)

    def __array_function__(self, function: Callable, types: Any, args: Any, kwargs: Any) -> Any:
        if function in _FACTS:
            return _FACTS[function](*args, **kwargs)
        if function not in by_numpy:
            self._unsupported(function.__name__)
        return by_numpy[function](*args, **kwargs)

    def _unsupported(self, name: str) -> NoReturn:
        raise UnsupportedOperationError(f"the operation {name!r} cannot be captured", operation=name,
                                        location=user_location(), hint="run this part on the numpy backend.")

    def __repr__(self) -> str:
        if self.is_constant:
            return f"{self.value}"
        return f"{self.name or '%' + str(self.number)}:{self.dtype}{list(self.shape)}"


def _abstract_result_type(*values: Any) -> np.dtype:
    return np.result_type(*[value.dtype if isinstance(value, Symbol) else value for value in values])


_FACTS: dict[Any, Callable[..., Any]] = {
    np.shape: lambda a: a.shape, np.ndim: lambda a: a.ndim, np.size: lambda a: a.size,
    np.iscomplexobj: lambda a: a.dtype.kind == "c", np.result_type: _abstract_result_type,
}


class Program:
    """Symbols in the order in which they can be computed."""

    def __init__(self) -> None:
        self.symbols: list[Symbol] = []
        self.captured: dict[int, tuple[Any, Symbol]] = {}
        self.location = ""
        """Where the user wrote what is recorded now, where that is not the line that runs."""
        self.tally = (0, 0, 0)
        """Operations recorded; of them replaced by simpler ones; of them found among those that were there."""
        self._interned: dict[Any, Symbol] = {}

    def input(self, shape: Iterable[int], dtype: Any, name: str) -> Symbol:
        """A new input."""
        return Symbol(self, None, (), {}, Abstract(tuple(shape), np.dtype(dtype)), name=name)

    def constant(self, value: Any, shape: tuple[int, ...] = (), dtype: Any = None) -> Symbol:
        """One number, filling a shape."""
        number = np.asarray(value, dtype)[()]
        key = ("constant", number.dtype, number.tobytes(), shape)
        if key not in self._interned:
            self._interned[key] = Symbol(self, None, (), {}, Abstract(shape, number.dtype), value=number)
        return self._interned[key]

    def symbol(self, value: Any, dtype: Any = None) -> Symbol:
        """The symbol of an operand: itself, a constant, or an input for an array that comes from outside."""
        if isinstance(value, Symbol):
            if value.program is not self:
                raise CaptureError("a value of one captured loop was used in another", operation="loop",
                                   location=user_location(), hint="return it from the loop that computes it.")
            return value
        if not isinstance(value, np.ndarray):
            kind = {bool: "b", int: "i", float: "f", complex: "c"}.get(type(value), "f")
            return self.constant(value, (), default_dtype(kind) if dtype is None else dtype)
        if value.size == 1 or _is_uniform(value):
            return self.constant(value.flat[0], value.shape, value.dtype)
        if id(value) not in self.captured:
            self.captured[id(value)] = (value, self.input(value.shape, value.dtype, f"array{len(self.captured)}"))
        return self.captured[id(value)][1]

    def apply(self, operation: Operation, operands: tuple, parameters: dict[str, Any]) -> Symbol:
        """The symbol of an operation on operands."""
        if operation.infer is None:
            raise UnsupportedOperationError(f"the operation {operation.name!r} cannot be captured",
                                            operation=operation.name, location=user_location(),
                                            hint="run this part on the numpy backend.")
        recorded, simplified, shared = self.tally  # what rules record in between does not count
        symbols = self._in_loop_dtypes(operation, operands)
        simpler = simplify(self, operation, symbols, parameters)
        if simpler is not None:
            self.tally = recorded + 1, simplified + 1, shared
            return simpler
        key = (operation.name, tuple([s.number for s in symbols]), tuple(sorted(parameters.items())))
        self.tally = recorded + 1, simplified, shared + (key in self._interned)
        if key not in self._interned:
            try:
                abstract = operation.infer(*[Abstract(s.shape, s.dtype) for s in symbols], **parameters)
            except TypeError as error:
                raise UnsupportedOperationError(f"the operation {operation.name!r} cannot be captured: {error}",
                                                operation=operation.name, location=user_location()) from error
            self._interned[key] = Symbol(self, operation, symbols, parameters, abstract)
        return self._interned[key]

    def _in_loop_dtypes(self, operation: Operation, operands: tuple) -> tuple[Symbol, ...]:
        """Operands as symbols, in the dtypes NumPy would compute in: compiled code promotes nothing by itself."""
        dtypes: list[Any] = [getattr(x, "dtype", None) or type(x) for x in operands]
        wanted: list[Any] = [None] * len(operands)
        if isinstance(operation.function, np.ufunc):
            wanted = list(ufunc_dtypes(operation.function, *dtypes))
        elif operation.name == "where":
            common = ufunc_dtypes(np.add, *dtypes[1:])[-1]
            known = any(isinstance(dtype, np.dtype) for dtype in dtypes[1:])
            wanted = [np.dtype(bool), *[common if known else default_dtype(common.kind)] * 2]
        symbols = [self.symbol(x, dtype) for x, dtype in zip(operands, wanted, strict=False)]
        return tuple([s if dtype is None or s.dtype == dtype else self.apply(cast, (s,), {"dtype": dtype})
                      for s, dtype in zip(symbols, wanted, strict=False)])

    def __str__(self) -> str:
        return listing(symbol for symbol in self.symbols if symbol.operation is not None)


def _is_uniform(array: np.ndarray) -> bool:
    """Whether all elements are equal; NaN counts as different, and so do zeros of different sign."""
    if array.size == 0 or not (array == array.flat[0]).all():
        return False
    first = array.flat[0]
    return bool(first) or array.tobytes() == first.tobytes() * array.size


ArrayBox.register(Symbol)
