"""The table of operations that every backend is held to: what they are sampled from, and how exact they have to be.

A row is one computation on one or more arrays. Errors are counted in units in the last place (ULP) of ``magnitude``, which
is the result where a row says nothing else; for a sum it is the sum of absolute values. To add an operation, add a row;
rows of element-wise operations are made of the compiled backend's own table, and need a line here only where they are
special.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.backends.numba.emit import EXPRESSIONS
from nbbrain.math.lifting import raw, wrap
from nbbrain.operations import named
from nbbrain.operations.operation import Operation

__all__ = ["ELEMENTWISE", "FLOATS", "OTHERS", "ROWS", "SPECIAL_VALUES", "Row", "arity", "cases", "sample"]

FLOATS = ("float32", "float64")
ALL = ("float32", "float64", "int32", "uint32", "bool")
NUMBERS = ("float32", "float64", "int32")
Shapes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Row:
    """A computation, and what is asked of it.

    Attributes
    ----------
    name : str
        Its name.
    function : callable
        Takes arrays of ``bm`` and returns one.
    shapes : tuple of tuples of shapes
        The shapes of the operands, in every form in which they are tried.
    dtypes : tuple of str
        The dtypes of operands it is defined for.
    sampler : callable
        ``(dtype, shapes) -> operands``, the same every time.
    ulp : float
        The error that is allowed; 0 asks for the same bits.
    magnitude : callable or None
        ``(*operands) -> array``: what the error is measured by.
    differentiable : bool
        Whether floating-point operands have gradients.
    kinks : tuple of tuples of numbers
        Operands at which there is no derivative, and where all backends must give the same one by convention.
    """

    name: str
    function: Callable[..., Any]
    shapes: tuple[Shapes, ...]
    dtypes: tuple[str, ...]
    sampler: Callable[[str, Shapes], list[np.ndarray]]
    ulp: float = 0
    magnitude: Callable[..., Any] | None = None
    differentiable: bool = True
    kinks: tuple[tuple[float, ...], ...] = ()


# Element-wise operations

NOT_IN_CASES = {"where", "cast", "spike", "ldexp"}
"""Operations that are no functions of arrays alone; they have rows of their own below."""

POSITIVE = {"log", "log2", "log10", "log1p", "sqrt", "power", "float_power"}
DOMAIN = {"arccosh": (1.1, 4.0), "arcsin": (-0.9, 0.9), "arccos": (-0.9, 0.9), "arctanh": (-0.9, 0.9)}
ULP = {
    "exp": 3, "tanh": 3, "expm1": 3, "exp2": 3, "log": 2, "log2": 3, "log10": 3, "log1p": 3, "logaddexp": 4, "logaddexp2": 4,
    "sin": 2, "cos": 2, "tan": 4, "arcsin": 3, "arccos": 3, "arctan": 3, "arctan2": 3, "sinh": 3, "cosh": 3, "arcsinh": 3,
    "arccosh": 3, "arctanh": 3, "deg2rad": 2, "rad2deg": 2, "cbrt": 3, "hypot": 3, "power": 3, "logistic": 4,
}
"""What is not here is exact: it gives the bits that NumPy gives."""

MAGNITUDES: dict[str, Callable[..., Any]] = dict.fromkeys(
    ("logaddexp", "logaddexp2"), lambda x, y: np.maximum(np.maximum(np.abs(x), np.abs(y)), 1.0))
"""Where errors are not those of the result: near a zero that is a difference of larger numbers."""

KINKS: dict[str, tuple[tuple[float, ...], ...]] = {
    "absolute": ((0.0,), (-0.0,)), "fabs": ((0.0,),), "sign": ((0.0,),), "sqrt": ((0.0,),), "cbrt": ((0.0,),),
    "maximum": ((1.0, 1.0), (0.0, -0.0)), "minimum": ((1.0, 1.0), (-0.0, 0.0)), "fmax": ((1.0, 1.0),), "fmin": ((1.0, 1.0),),
    "floor": ((1.0,), (0.0,)), "ceil": ((1.0,),), "trunc": ((0.0,), (-1.0,)), "rint": ((0.5,), (1.5,)),
    "hypot": ((0.0, 0.0),), "power": ((0.0, 2.0), (0.0, 1.0), (0.0, 0.0), (2.0, 0.0)), "copysign": ((1.0, 0.0), (0.0, -1.0)),
    "heaviside": ((0.0, 0.5),), "remainder": ((4.0, 2.0), (-4.0, 2.0)), "fmod": ((4.0, 2.0),), "arctan2": ((0.0, -1.0),),
}
SPECIAL_VALUES = (np.inf, -np.inf, np.nan, 0.0, -0.0, 1.0, -1.0, 2.5, 88.0, -88.0, -100.0, -103.0, 709.0, -740.0, 1e4, -1e4)
"""What every element-wise operation is tried on, with the largest, smallest normal and some denormal numbers of a dtype."""


def elementwise() -> list[str]:
    """Names of the element-wise operations that are compiled."""
    return [name for name in EXPRESSIONS if name not in NOT_IN_CASES]


def arity(operation: Operation) -> int:
    """The number of operands."""
    return operation.function.nin if isinstance(operation.function, np.ufunc) else 1


def sample(name: str, dtype: str, count: int, shapes: Shapes | None = None) -> list[np.ndarray]:
    """Operands in an operation's domain, the same every time."""
    rng = np.random.default_rng(sum(map(ord, name)))
    sizes = ((5, 7),) * count if shapes is None else shapes
    if dtype.startswith(("int", "uint")):
        low = 0 if dtype.startswith("uint") or name in ("left_shift", "right_shift", "power") else -9
        operands = [np.asarray(rng.integers(low, 9, size)).astype(dtype) for size in sizes]
        if name in ("floor_divide", "remainder", "fmod"):
            operands[1] = np.abs(operands[1]) + 1
        if name == "reciprocal":  # of an integer zero: undefined
            operands[0][operands[0] == 0] = 3
        if name in ("left_shift", "right_shift", "power"):
            operands[1] = operands[1] % 4
        return [np.asarray(x).astype(dtype) for x in operands]
    if dtype == "bool":
        return [np.asarray(rng.random(size) < 0.5) for size in sizes]
    low, high = DOMAIN.get(name, (0.1, 4.0) if name in POSITIVE else (-4.0, 4.0))
    return [np.asarray(rng.uniform(low, high, size)).astype(dtype) for size in sizes]


def _dtypes(operation: Operation) -> tuple[str, ...]:
    """The dtypes an operation is defined for, and compiled."""
    if not isinstance(operation.function, np.ufunc):
        return FLOATS
    found = []
    for dtype in ALL:
        if operation.promotion == "inexact" and dtype[0] != "f":
            continue
        try:
            resolved = operation.function.resolve_dtypes((*[np.dtype(dtype)] * arity(operation), None))
        except TypeError:
            continue
        if np.dtype(np.float16) not in resolved:  # half precision is not compiled
            found.append(dtype)
    return tuple(found)


def cases() -> list[tuple[str, str]]:
    """Element-wise operations of NumPy and the dtypes they are defined for."""
    return [(name, dtype) for name in elementwise() if isinstance(named[name].function, np.ufunc)
            for dtype in _dtypes(named[name])]


FORMS: dict[int, tuple[Shapes, ...]] = {
    1: (((7,),), ((0,),), ((2, 0, 3),), ((),), ((1,),), ((1, 1),), ((2, 3, 4),)),
    2: (((7,), (7,)), ((0,), (0,)), ((2, 0), (1,)), ((), ()), ((1,), ()), ((3, 1), (4,)), ((2, 3, 4), (3, 1)),
        ((), (3, 2)), ((1, 1), (1,))),
}
"""Shapes of operands: plain, empty, without axes, of one element, broadcast."""


def _elementwise_row(name: str) -> Row:
    operation, count = named[name], arity(named[name])
    return Row(name, lambda *arrays: wrap(operation(*[raw(x) for x in arrays])), FORMS[count], _dtypes(operation),
               lambda dtype, shapes: sample(name, dtype, count, shapes), ULP.get(name, 0),
               MAGNITUDES.get(name), operation.differentiable, KINKS.get(name, ()))


ELEMENTWISE = {name: _elementwise_row(name) for name in elementwise()}


# Everything else

def plain(dtype: str, shapes: Shapes) -> list[np.ndarray]:
    """Numbers of moderate size; integers so small that no sum or product of a row overflows."""
    rng = np.random.default_rng(5)
    if dtype == "bool":
        return [np.asarray(rng.random(shape) < 0.5) for shape in shapes]
    if dtype[0] == "f":
        return [np.asarray(rng.uniform(-2.0, 2.0, shape)).astype(dtype) for shape in shapes]
    return [np.asarray(rng.integers(0 if dtype[0] == "u" else -3, 4, shape)).astype(dtype) for shape in shapes]


def _row(name: str, function: Callable[..., Any], *shapes: Shapes, dtypes: tuple[str, ...] = ALL, **details: Any) -> Row:
    return Row(name, function, shapes, dtypes, details.pop("sampler", plain), **details)


MATRICES: tuple[Shapes, ...] = (((3, 4),), ((1, 1),), ((3, 1),), ((2, 3, 4),))
EMPTY: tuple[Shapes, ...] = (((0, 4),), ((3, 0),))


def _reductions() -> list[Row]:
    rows = []
    for axis in (None, 0, -1, (0, 1)):
        for keepdims in (False, True):
            given = {"axis": axis, "keepdims": keepdims}
            of = f" over {axis}{', kept' if keepdims else ''}"
            rows += [
                _row("sum" + of, lambda x, g=given: bm.sum(x, **g), *MATRICES, *EMPTY, ulp=8,
                     magnitude=lambda x, g=given: np.abs(x).sum(**g)),
                _row("mean" + of, lambda x, g=given: bm.mean(x, **g), *MATRICES, dtypes=FLOATS, ulp=8,
                     magnitude=lambda x, g=given: np.abs(x).sum(**g)),
                _row("prod" + of, lambda x, g=given: bm.prod(x, **g), *MATRICES, *EMPTY, ulp=24),
                _row("max" + of, lambda x, g=given: bm.max(x, **g), *MATRICES),
                _row("min" + of, lambda x, g=given: bm.min(x, **g), *MATRICES),
                _row("any" + of, lambda x, g=given: bm.any(x, **g), *MATRICES, *EMPTY, differentiable=False),
                _row("all" + of, lambda x, g=given: bm.all(x, **g), *MATRICES, *EMPTY, differentiable=False),
            ]
    return rows


def _product_magnitude(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.abs(x) @ np.abs(y)


def _written(x: Any, y: Any) -> Any:
    new = x * 1
    new[:, 1:3] = y
    return new


def _written_at(x: Any, y: Any) -> Any:
    new = x * 1
    new[np.array([2, 0])] = y
    return new


_KINDS = {"int8": np.int8, "int32": np.int32, "int64": np.int64, "uint8": np.uint8, "float32": np.float32,
          "float64": np.float64, "bool": np.bool_}

OTHERS = {row.name: row for row in (
    *_reductions(),
    _row("reshape", lambda x: x.reshape(2, -1), ((4, 3),), ((2,),)),
    _row("reshape of a transpose", lambda x: x.T.reshape(-1), ((4, 3),), ((1, 1),), ((0, 3),)),
    _row("transpose", lambda x: bm.transpose(x, (2, 0, 1)), ((2, 3, 4),), ((1, 2, 1),), ((2, 0, 1),)),
    _row("flip", lambda x: bm.flip(x, 0), ((4, 3),), ((1,),), ((0,),)),
    _row("broadcast", lambda x: bm.broadcast_to(x, (2, 3, 4)), ((4,),), ((3, 1),), ((),)),
    _row("strided", lambda x: x[::-1, ::2] + x[:, 1::2], ((3, 4),), ((1, 2),)),
    _row("diagonal form", lambda x: x.T * x[0, 0] + x[1:2].T, ((3, 4),), dtypes=NUMBERS),
    _row("new axes", lambda x: x[:, None] * x[None], ((3,),), ((1,),), ((0,),)),
    _row("concatenate", lambda x, y: bm.concatenate([x, y, x], axis=1), ((2, 3), (2, 1)), ((1, 0), (1, 2))),
    _row("stack", lambda x, y: bm.stack([x, y], axis=-1), ((2, 3), (2, 3)), ((), ())),
    _row("split", lambda x: bm.split(x, 2, axis=-1)[1], ((2, 4),), ((2, 2),)),
    _row("where", lambda x, y: bm.where(x > y, x, y), ((3, 4), (4,)), ((), ()), ((0,), (1,)), dtypes=NUMBERS),
    _row("where by truth value", lambda x, y: bm.where(x, y, ~y), ((3, 4), (4,)), dtypes=("bool",)),
    _row("clip", lambda x: bm.clip(x, -1, 1), ((3, 4),), ((),), ((0,),), dtypes=NUMBERS, kinks=((1.0,), (-1.0,))),
    *[_row(f"cast to {name}", lambda x, kind=kind: x.astype(kind), ((3, 4),), ((),), ((0,),))
      for name, kind in _KINDS.items()],
    _row("spike", bm.surrogate.sigmoid, ((3, 4),), ((),), ((0,),), dtypes=FLOATS, kinks=((0.0,),)),
    _row("matrix product", bm.matmul, ((3, 4), (4, 5)), ((1, 1), (1, 1)), ((3, 1), (1, 4)), ((2, 9), (9, 1)), dtypes=FLOATS,
         ulp=8, magnitude=_product_magnitude),
    _row("matrix product of transposes", lambda x, y: bm.matmul(x.T, y.T), ((4, 3), (5, 4)), ((1, 2), (3, 1)), dtypes=FLOATS,
         ulp=8, magnitude=lambda x, y: _product_magnitude(x.T, y.T)),
    _row("matrix product of strided ones", lambda x, y: bm.matmul(x[:, ::2], y[::-1]), ((3, 8), (4, 5)), dtypes=FLOATS,
         ulp=8, magnitude=lambda x, y: _product_magnitude(x[:, ::2], y[::-1])),
    _row("vector times matrix", bm.dot, ((4,), (4, 5)), ((1,), (1, 1)), dtypes=FLOATS, ulp=8, magnitude=_product_magnitude),
    _row("matrix times vector", bm.dot, ((4, 5), (5,)), dtypes=FLOATS, ulp=8, magnitude=_product_magnitude),
    _row("inner product", bm.dot, ((6,), (6,)), ((1,), (1,)), dtypes=FLOATS, ulp=8, magnitude=_product_magnitude),
    _row("pick rows", lambda x: x[np.array([2, 0, -1, 0])], ((3, 4),), ((3,),), ((3, 0),)),
    _row("pick columns", lambda x: x[:, np.array([[1, 0], [-1, 1]])], ((3, 4),), ((0, 2),)),
    _row("pick by two arrays", lambda x: x[np.array([0, 2]), np.array([1, -1])], ((3, 4),), ((3, 2, 2),)),
    _row("take", lambda x: bm.take(x, np.array([1, 1, 0]), axis=1), ((3, 4),)),
    _row("write a part", _written, ((3, 4), (3, 2)), ((3, 4), (1,)), dtypes=NUMBERS),
    _row("write at an index", _written_at, ((3, 4), (2, 4)), ((3,), ()), dtypes=NUMBERS),
    _row("softmax", lambda x: bm.softmax(x, axis=-1), ((3, 4),), ((1,),), dtypes=FLOATS, ulp=8),
    _row("log_softmax", lambda x: bm.log_softmax(x, axis=-1), ((3, 4),), ((1,),), dtypes=FLOATS, ulp=16,
         magnitude=lambda x: np.full(x.shape, 4.0)),
    _row("sigmoid", bm.sigmoid, ((3, 4),), ((),), dtypes=FLOATS, ulp=4),
    _row("variance", lambda x: bm.var(x, axis=0), ((5, 3),), ((1, 2),), dtypes=FLOATS, ulp=16,
         magnitude=lambda x: (x**2).max(axis=0)),
)}

ROWS = {**ELEMENTWISE, **OTHERS}
