"""An operation: the single place that says what a computation is called, means, gives, and how it differentiates.

Every operation is an autograd primitive. Called on arrays it runs NumPy; called inside ``grad`` autograd records it;
called on symbols it becomes a node of the program that is being captured. Derivative rules are written once, in terms of
other operations, so that the same rule runs eagerly, twice differentiated, or captured.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from autograd.extend import defvjp_argnums, notrace_primitive, primitive
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.tracer import isbox

from nbbrain.operations.precision import default_dtype, dtype_of
from nbbrain.operations.symbolic import Abstract, Symbolic, active_scopes

__all__ = ["Arrays", "Kind", "Operation", "Promotion", "Rule", "answer_for", "array_arguments", "by_numpy", "cast",
           "fit_cotangent", "known_value", "named", "promote", "shape_of"]

Kind = Literal[
    "elementwise", "reduction", "view", "contraction", "indexing", "joining", "random", "along", "convolution", "sparse",
    "repeat", "other"
]
Promotion = Literal["numeric", "inexact", None]
Rule = Callable[..., Any]
Arrays = int | Literal["all", "sequence", "nested"]

for _scalar in (np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64):
    ArrayBox.register(_scalar)  # what NumPy returns for arrays without axes; autograd knows only the floating-point ones

by_numpy: dict[Any, Callable[..., Any]] = {}
"""The operation (or its front) that answers for a NumPy function, which is how NumPy's protocols find it."""

array_arguments: dict[Callable[..., Any], Arrays] = {}
"""Which positional arguments of a front are arrays: the first ones; all; the first, as a sequence of arrays; or all, as
nested lists of arrays."""

named: dict[str, Operation] = {}
"""All operations by name."""


def answer_for(fronts: dict[Any, Callable[..., Any]], *, arrays: Arrays = 1) -> None:
    """Let fronts answer for NumPy functions, and note which of their arguments are arrays."""
    by_numpy.update(fronts)
    array_arguments.update(dict.fromkeys(fronts.values(), arrays))


class Operation:
    """A computation on arrays.

    Parameters
    ----------
    name : str
        Its name in programs, error messages and the backends' tables.
    function : callable
        Its meaning: NumPy arrays and keyword parameters in, a NumPy array out.
    infer : callable, optional
        ``(*abstracts, **parameters) -> Abstract``: the result's shape and dtype. Without it the operation is not
        captured.
    kind : str
        How a compiled backend may treat it.
    promotion : {'numeric', 'inexact', None}
        'numeric': integer operands take the dtype of the floating-point ones. 'inexact': in addition, integers alone
        become floats.
    derivatives : sequence of callables or None
        One rule an operand, ``rule(g, result, *operands, **parameters) -> cotangent of the operand``; None where the
        operand has no derivative. Without rules the operation is not differentiable and stops gradients.
    """

    def __init__(self, name: str, function: Callable[..., Any], *, infer: Callable[..., Abstract] | None = None,
                 kind: Kind = "other", promotion: Promotion = None, derivatives: tuple[Rule | None, ...] = (),
                 variadic: bool = False) -> None:
        self.name = name
        self.function = function
        self.infer = infer
        self.kind = kind
        self.promotion = promotion
        self.differentiable = bool(derivatives)
        evaluate = self._evaluate
        if derivatives:
            self.primitive = primitive(evaluate)
            self._define_derivatives(derivatives, variadic)
        else:
            self.primitive = notrace_primitive(evaluate)
        if name in named:
            raise ValueError(f"operation {name!r} is defined twice")
        named[name] = self

    def __call__(self, *operands: Any, **parameters: Any) -> Any:
        """Compute, record or capture, by what the operands are."""
        if _are_plain(operands) and not active_scopes:
            return self.function(*operands, **parameters)
        if self.promotion is not None:
            operands = promote(operands, self.promotion)
        if active_scopes:
            operands = tuple([active_scopes[-1].lift(operand) for operand in operands])
        return self.primitive(*operands, **parameters)

    def __repr__(self) -> str:
        return f"Operation({self.name})"

    @property
    def _evaluate(self) -> Callable[..., Any]:
        def evaluate(*operands: Any, **parameters: Any) -> Any:
            for operand in operands:
                if isinstance(operand, Symbolic):
                    return operand.record(self, operands, parameters)
            return self.function(*operands, **parameters)

        evaluate.__name__ = evaluate.__qualname__ = self.name
        return evaluate

    def _define_derivatives(self, rules: tuple[Rule | None, ...], variadic: bool) -> None:
        def vjp_of_operand(argnum: int, result: Any, operands: tuple, parameters: dict[str, Any]) -> Any:
            operand = operands[argnum]
            rule = rules[0] if variadic else rules[argnum]
            if rule is None:
                return lambda g: _zeros_like(operand)
            if variadic:
                return lambda g: fit_cotangent(rule(g, result, argnum, *operands, **parameters), operand)
            return lambda g: fit_cotangent(rule(g, result, *operands, **parameters), operand)

        def vjps(argnums: tuple[int, ...], result: Any, operands: tuple, parameters: dict[str, Any]) -> Any:
            makers = [vjp_of_operand(argnum, result, operands, parameters) for argnum in argnums]
            return lambda g: tuple([vjp(g) for vjp in makers])

        defvjp_argnums(self.primitive, vjps)


def _are_plain(operands: tuple) -> bool:
    """Whether operands are floating-point arrays, and numbers beside them: nothing to record, lift or promote."""
    arrays = 0
    for operand in operands:
        if type(operand) is np.ndarray and operand.dtype.kind == "f":
            arrays += 1
        elif type(operand) is not float:
            return False
    return arrays > 0


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a raw value: array, symbol, autograd box or number."""
    return value.shape if hasattr(value, "shape") else np.shape(value)


def known_value(value: Any, use: str) -> np.ndarray:
    """The numbers behind a raw value, for a use whose result has a shape or an error that depends on them."""
    while isbox(value):
        value = value._value
    if isinstance(value, Symbolic):
        value.refuse(use)
    return np.asarray(value)


def promote(operands: tuple, promotion: Promotion) -> tuple:
    """Bring operands to one kind of number: an integer never widens a float (float32 with int32 is float32)."""
    dtypes = [dtype_of(operand) for operand in operands]
    arrays = {dtype for dtype in dtypes if isinstance(dtype, np.dtype)}
    kinds = {dtype.kind for dtype in arrays}
    if kinds <= {"f"} and arrays:
        return operands
    inexact = [dtype for dtype in arrays if dtype.kind in "fc"]
    if inexact:
        target = np.result_type(*inexact)
    elif complex in dtypes:
        target = default_dtype("c")
    elif float in dtypes or promotion == "inexact":
        target = default_dtype("f")
    else:
        return operands
    return tuple([_to_inexact(operand, dtype, target) for operand, dtype in zip(operands, dtypes, strict=True)])


def _to_inexact(operand: Any, dtype: Any, target: np.dtype) -> Any:
    if isinstance(dtype, np.dtype):
        return operand if dtype.kind in "fc" else cast(operand, dtype=target)
    return np.asarray(operand, dtype=target) if dtype in (bool, int) else operand


def fit_cotangent(g: Any, operand: Any) -> Any:
    """Give a cotangent the shape and the dtype of its operand: broadcasting sums back, promotion casts back."""
    from nbbrain.operations import reductions  # the sum is an operation itself

    shape = shape_of(operand)
    if shape_of(g) != shape:
        g = reductions.sum_to_shape(g, shape)
    dtype = dtype_of(operand)
    if isinstance(dtype, np.dtype) and dtype_of(g) != dtype and dtype.kind in "fc":
        g = cast(g, dtype=dtype)
    return g


def _zeros_like(value: Any) -> Any:
    dtype = dtype_of(value)
    return np.zeros(shape_of(value), dtype if isinstance(dtype, np.dtype) else default_dtype("f"))


def _cast(x: Any, *, dtype: np.dtype) -> Any:
    with np.errstate(invalid="ignore"):
        if np.iscomplexobj(x) and np.dtype(dtype).kind in "fiu":
            x = np.real(x)
        return np.asarray(x).astype(dtype)


cast = Operation("cast", _cast, infer=lambda x, *, dtype: Abstract(x.shape, np.dtype(dtype)), kind="elementwise",
                 derivatives=(lambda g, result, x, *, dtype: g,))
