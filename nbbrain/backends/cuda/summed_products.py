r"""Products that a loop adds up over its turns, as one product after the loop.

The gradient of weights is a sum over turns of products of two matrices with the batch as rows,

.. math:: \sum_t X_t^T G_t = X^T G,

where X and G are those of all turns below one another. Inside of the loop every tile would keep a sum of its own, as large
as the weights; after it, X and G have rows enough for the whole device. The loop hands out what of them it does not read
anyway.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nbbrain.operations.contraction import matmul
from nbbrain.operations.operation import by_numpy, cast
from nbbrain.program.capture import capture_step
from nbbrain.program.step import Step
from nbbrain.program.symbol import Symbol

__all__ = ["SummedProducts", "without_summed_products"]


@dataclass(frozen=True)
class SummedProducts:
    """A step whose sums of products are taken after the loop.

    Attributes
    ----------
    step : Step
        The step without them; what they need and is not given is kept of every turn, behind the other outputs.
    sums : tuple of Symbol
        What is left to be computed.
    outputs : int
        How many outputs the original step has.
    factors : tuple of (Symbol, int)
        The matrices that these are made of, and where each is found: as an input per step, or as an output of the step,
        counted behind the inputs per step.
    places : tuple of int
        Where each of the original sums is found: among those of the step, or behind these among the others.
    """

    step: Step
    sums: tuple[Symbol, ...]
    outputs: int
    factors: tuple[tuple[Symbol, int], ...]
    places: tuple[int, ...]

    def stacked(self, per_step: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The factors of all turns below one another, as the only turn of `products`."""
        arrays = [*per_step, *outputs]
        return [arrays[place].reshape(1, -1, symbol.shape[-1]) for symbol, place in self.factors]

    def computed(self, stacked: Sequence[Any], product: Callable[[Any, Any, np.dtype], Any]) -> list[Any]:
        """The sums, of whatever matrices, by a function that multiplies the transpose of one with another one."""
        known = {symbol: matrix for (symbol, _), matrix in zip(self.factors, stacked, strict=True)}
        return [_computed(total, known, product) for total in self.sums]

    def products(self, length: int) -> Step:
        """The step that computes them all in one turn."""
        def product(left: Any, right: Any, dtype: np.dtype) -> Any:
            return matmul(by_numpy[np.transpose](cast(left, dtype=dtype)), cast(right, dtype=dtype))

        def function(*stacked: Any) -> list[Any]:
            return self.computed(stacked, product)

        shapes = [((length * symbol.size // symbol.shape[-1], symbol.shape[-1]), symbol.dtype) for symbol, _ in self.factors]
        step = capture_step(function, shapes).step
        return replace(step, outputs=(), sums=step.outputs)


def without_summed_products(step: Step, apart: Sequence[int]) -> SummedProducts | None:
    """Take sums of products out of a step; None where it has none.

    Parameters
    ----------
    step : Step
        The step.
    apart : sequence of int
        The inputs per step whose turns do not lie one behind the other, so that they cannot be read as one matrix.
    """
    moved, stay = [[total for total in step.sums if _is_moved(total) == which] for which in (True, False)]
    if not moved:
        return None
    factors = list(dict.fromkeys([factor for total in moved for factor in _factors(total)]))
    given = {symbol: i for i, symbol in enumerate(step.per_step) if i not in apart}
    kept = [factor for factor in factors if factor not in given]
    first = len(step.per_step) + len(step.outputs)
    found = {**given, **{factor: first + i for i, factor in enumerate(kept)}}
    left = iter(range(len(stay)))
    right = iter(range(len(stay), len(step.sums)))
    return SummedProducts(replace(step, outputs=(*step.outputs, *kept), sums=tuple(stay)), tuple(moved), len(step.outputs),
                          tuple([(factor, found[factor]) for factor in factors]),
                          tuple([next(right if _is_moved(total) else left) for total in step.sums]))


def _name(symbol: Symbol) -> str:
    return symbol.operation.name if symbol.operation else ""


def _is_moved(total: Symbol) -> bool:
    """Whether a sum is one of products of matrices over their rows, or a sum of such."""
    if _name(total) == "add":
        return all(_is_moved(operand) and operand.shape == total.shape for operand in total.operands)
    if total.dtype.kind != "f" or not all(operand.size for operand in total.operands):
        return False
    return _name(total) == "matmul_summed" or (_name(total) == "matmul" and total.ndim == 2
                                               and _name(total.operands[0]) == "transpose")


def _factors(total: Symbol) -> Iterator[Symbol]:
    """The matrices that a sum is made of; as truth values or integers where they were that before."""
    if _name(total) == "add":
        for operand in total.operands:
            yield from _factors(operand)
    else:
        yield from map(_narrow, _matrices(total))


def _matrices(product: Symbol) -> tuple[Symbol, Symbol]:
    """The two whose rows are multiplied with one another and added up."""
    left, right = product.operands
    return (left if _name(product) == "matmul_summed" else left.operands[0]), right


def _narrow(factor: Symbol) -> Symbol:
    """What a matrix was before it was cast to a wider type."""
    while factor.operation is cast and factor.operands[0].dtype.itemsize < factor.dtype.itemsize:
        factor = factor.operands[0]
    return factor


def _computed(total: Symbol, known: dict[Symbol, Any], product: Callable[[Any, Any, np.dtype], Any]) -> Any:
    if _name(total) == "add":
        one, other = [_computed(operand, known, product) for operand in total.operands]
        return one + other
    left, right = [known[_narrow(matrix)] for matrix in _matrices(total)]
    return product(left, right, total.dtype)
