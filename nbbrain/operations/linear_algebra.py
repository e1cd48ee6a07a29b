"""Linear algebra on stacks of matrices: solutions, inverses, determinants and powers.

Derivatives follow Giles (2008), "An extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation"; decompositions are in `decompositions`.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from nbbrain.operations.contraction import matmul
from nbbrain.operations.elementwise import multiply, negative
from nbbrain.operations.indexing import get_item
from nbbrain.operations.operation import Operation, answer_for, dtype_of, shape_of
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.shapes import broadcast_to, expand_dims, reshape, same_dtype, squeeze, swapaxes, transpose

__all__ = ["det", "inv", "matrix_power", "multi_dot", "slogdet", "solve", "tensorinv", "tensorsolve"]


def _t(x: Any) -> Any:
    return swapaxes(x, -1, -2)


def _on_matrices(g: Any) -> Any:
    """One number a matrix, with axes for the matrix."""
    return reshape(g, (*shape_of(g), 1, 1))


_inv: Operation = Operation("inv", np.linalg.inv, derivatives=(
    lambda g, z, x: negative(matmul(matmul(_t(z), g), _t(z))),))
_solve: Operation = Operation("solve", np.linalg.solve, derivatives=(
    lambda g, z, a, b: negative(matmul(_solve(_t(a), g), _t(z))),
    lambda g, z, a, b: _solve(_t(a), g)))
_det: Operation = Operation("det", lambda x: np.asarray(np.linalg.det(x)), derivatives=(
    lambda g, z, x: multiply(_on_matrices(multiply(g, z)), _t(_inv(x))),))
_sign_of_det = Operation("signdet", lambda x: np.asarray(np.linalg.slogdet(x)[0]))
_log_det: Operation = Operation("logabsdet", lambda x: np.asarray(np.linalg.slogdet(x)[1]), derivatives=(
    lambda g, z, x: multiply(_on_matrices(g), _t(_inv(x))),))


def inv(a: Any) -> Any:
    """The inverse of a matrix."""
    return _inv(as_inexact(a))


def det(a: Any) -> Any:
    """The determinant of a matrix."""
    return _det(as_inexact(a))


class SignAndLogarithm(NamedTuple):
    """The sign of a determinant, and the logarithm of its absolute value."""

    sign: Any
    logabsdet: Any


def slogdet(a: Any) -> SignAndLogarithm:
    """The sign and the logarithm of the absolute value of a determinant."""
    a = as_inexact(a)
    return SignAndLogarithm(_sign_of_det(a), _log_det(a))


def solve(a: Any, b: Any) -> Any:
    """The solution x of a x = b, for a vector or the columns of a matrix b."""
    a, b = same_dtype((as_inexact(a), as_inexact(b)))
    if len(shape_of(b)) == 1:
        return get_item(_solve(a, expand_dims(b, 1)), (Ellipsis, 0))
    return _solve(a, b)


def matrix_power(a: Any, n: int) -> Any:
    """The product of a square matrix with itself; of its inverse for negative n."""
    shape = shape_of(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"matrix_power: square matrices are needed, but got shape {shape}.")
    if n == 0:
        return broadcast_to(np.eye(shape[-1], dtype=dtype_of(a)), shape)
    base, result = (inv(a), None) if n < 0 else (a, None)
    for bit in reversed(f"{abs(n):b}"):
        if bit == "1":
            result = base if result is None else matmul(result, base)
        base = matmul(base, base)
    return result


def multi_dot(arrays: Sequence[Any], out: None = None) -> Any:
    """The product of matrices (vectors at the ends), in the order that needs the fewest multiplications."""
    values = same_dtype(list(arrays))
    if len(values) < 2:
        raise ValueError(f"multi_dot: at least two arrays are needed, but got {len(values)}.")
    sizes = [shape_of(value) for value in values]
    if len(sizes[0]) == 1:
        values[0] = expand_dims(values[0], 0)
    if len(sizes[-1]) == 1:
        values[-1] = expand_dims(values[-1], 1)
    result = _product(values, 0, len(values), _best_splits([*[shape_of(v)[0] for v in values], shape_of(values[-1])[1]]))
    gone = [axis for axis, vector in ((0, len(sizes[0]) == 1), (1, len(sizes[-1]) == 1)) if vector]
    return squeeze(result, tuple(gone)) if gone else result


def _best_splits(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to split the product of matrices i to j, by dynamic programming (Cormen et al., "Algorithms", ch. 15.2)."""
    n = len(sizes) - 1
    cost = {(i, i + 1): 0 for i in range(n)}
    splits = {}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length
            cost[i, j], splits[i, j] = min((cost[i, k] + cost[k, j] + sizes[i] * sizes[k] * sizes[j], k)
                                           for k in range(i + 1, j))
    return splits


def _product(values: list[Any], i: int, j: int, splits: dict[tuple[int, int], int]) -> Any:
    if j - i == 1:
        return values[i]
    k = splits[i, j]
    return matmul(_product(values, i, k, splits), _product(values, k, j, splits))


def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """The solution x of tensordot(a, x, x.ndim) = b."""
    if axes is not None:
        moved = normalize_axis_tuple(axes, len(shape_of(a)))
        a = transpose(a, [*[i for i in range(len(shape_of(a))) if i not in moved], *moved])
    rest = shape_of(a)[len(shape_of(b)):]
    size = int(np.prod(rest, dtype=np.int64))
    return reshape(solve(reshape(a, (-1, size)), reshape(b, (-1,))), rest)


def tensorinv(a: Any, ind: int = 2) -> Any:
    """The inverse of a tensor as a map of its last axes to its first ``ind`` ones."""
    if ind <= 0:
        raise ValueError(f"tensorinv: ind must be positive, but got {ind}.")
    shape = shape_of(a)
    size = int(np.prod(shape[ind:], dtype=np.int64))
    return reshape(inv(reshape(a, (size, -1))), (*shape[ind:], *shape[:ind]))


answer_for({np.linalg.inv: inv, np.linalg.det: det, np.linalg.slogdet: slogdet, np.linalg.matrix_power: matrix_power,
            np.linalg.tensorinv: tensorinv})
answer_for({np.linalg.solve: solve, np.linalg.tensorsolve: tensorsolve}, arrays=2)
answer_for({np.linalg.multi_dot: multi_dot}, arrays="sequence")
