"""Products of matrices and tensors. ``matmul`` is the operation; ``dot``, ``tensordot`` and ``outer`` are forms of it."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbbrain.operations.operation import Operation, answer_for, shape_of
from nbbrain.operations.shapes import broadcast_to, expand_dims, reshape, same_dtype, squeeze, swapaxes, transpose
from nbbrain.operations.symbolic import Abstract

__all__ = ["dot", "einsum", "matmul", "outer", "tensordot"]


def _infer_matmul(x: Abstract, y: Abstract) -> Abstract:
    _check_inner(x.shape, y.shape, x.shape[-1], y.shape[-2])
    return Abstract((*np.broadcast_shapes(x.shape[:-2], y.shape[:-2]), x.shape[-2], y.shape[-1]), x.dtype)


def _check_inner(x: tuple, y: tuple, left: int, right: int) -> None:
    if left != right:
        raise ValueError(f"matrix product of shapes {x} and {y}: the inner sizes {left} and {right} differ.")


def _product(x: Any, y: Any) -> Any:
    if np.ndim(y) == 2 and np.ndim(x) > 2:  # one large product instead of many small ones
        return np.matmul(_flat(x), y).reshape(*x.shape[:-1], y.shape[-1])
    return np.matmul(x, y)


def _flat(x: Any) -> Any:
    return np.reshape(x, (int(np.prod(x.shape[:-1])), x.shape[-1]))


def _by_second(g: Any, x: Any, y: Any) -> Any:
    if len(shape_of(y)) == 2 and len(shape_of(x)) > 2:
        return _matmul_summed(x, g)
    return _matmul(swapaxes(x, -1, -2), g)


_matmul: Operation = Operation("matmul", _product, infer=_infer_matmul, kind="contraction", derivatives=(
    lambda g, z, x, y: _matmul(g, swapaxes(y, -1, -2)),
    lambda g, z, x, y: _by_second(g, x, y)))

_matmul_summed: Operation = Operation(
    "matmul_summed", lambda x, y: np.matmul(_flat(x).T, _flat(y)),
    infer=lambda x, y: Abstract((x.shape[-1], y.shape[-1]), x.dtype), kind="contraction", derivatives=(
        lambda g, z, x, y: _matmul(y, swapaxes(g, 0, 1)),
        lambda g, z, x, y: _matmul(x, g)))
"""The sum over all axes but the last of products of the elements of x and y along their last axes."""


def _operands(x: Any, y: Any) -> tuple[Any, Any]:
    x, y = same_dtype((x, y))
    return x, y


def matmul(x1: Any, x2: Any) -> Any:
    """The matrix product; leading axes broadcast, vectors act as a row (left) or a column (right)."""
    left, right = shape_of(x1), shape_of(x2)
    if not left or not right:
        raise ValueError("matmul: operands must have at least one axis; use * for numbers.")
    _check_inner(left, right, left[-1], right[-2] if len(right) > 1 else right[0])
    x, y = _operands(x1, x2)
    x = expand_dims(x, 0) if len(left) == 1 else x
    y = expand_dims(y, 1) if len(right) == 1 else y
    z = _matmul(x, y)
    gone = [axis for axis, one in ((-2, len(left) == 1), (-1, len(right) == 1)) if one]
    return squeeze(z, tuple(gone)) if gone else z


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The sum of products over pairs of axes."""
    left, right = shape_of(a), shape_of(b)
    if np.ndim(axes) == 0:
        pairs_a, pairs_b = list(range(len(left) - int(axes), len(left))), list(range(int(axes)))
    else:
        pairs_a, pairs_b = [[int(i) for i in np.atleast_1d(part)] for part in axes]
    pairs_a, pairs_b = [i % len(left) for i in pairs_a], [i % len(right) for i in pairs_b]
    if [left[i] for i in pairs_a] != [right[i] for i in pairs_b]:
        raise ValueError(f"tensordot of shapes {left} and {right}: the sizes of axes {pairs_a} and {pairs_b} differ.")
    free_a = [i for i in range(len(left)) if i not in pairs_a]
    free_b = [i for i in range(len(right)) if i not in pairs_b]
    inner = int(np.prod([left[i] for i in pairs_a], dtype=np.int64))
    x = reshape(transpose(a, free_a + pairs_a), (-1 if inner else int(np.prod([left[i] for i in free_a])), inner))
    y = reshape(transpose(b, pairs_b + free_b), (inner, -1 if inner else int(np.prod([right[i] for i in free_b]))))
    return reshape(matmul(x, y), (*[left[i] for i in free_a], *[right[i] for i in free_b]))


def dot(a: Any, b: Any, out: None = None) -> Any:
    """The dot product: over the last axis of a and the second-to-last (or only) axis of b."""
    left, right = shape_of(a), shape_of(b)
    if not left or not right:
        return a * b
    if len(left) == 1 or len(right) <= 2:
        if len(left) == 1 and len(right) > 2:
            return tensordot(a, b, axes=((0,), (len(right) - 2,)))
        return matmul(a, b)
    return tensordot(a, b, axes=((len(left) - 1,), (len(right) - 2,)))


def inner(a: Any, b: Any) -> Any:
    """The sum of products over the last axes."""
    if not shape_of(a) or not shape_of(b):
        return a * b
    return tensordot(a, b, axes=((-1,), (-1,)))


def outer(a: Any, b: Any, out: None = None) -> Any:
    """All products of elements of two flattened arrays."""
    x, y = _operands(a, b)
    return reshape(x, (-1, 1)) * reshape(y, (1, -1))


def vdot(a: Any, b: Any) -> Any:
    """The dot product of two flattened arrays, the first conjugated."""
    from nbbrain.operations.elementwise import conjugate

    return matmul(conjugate(reshape(a, (-1,))), reshape(b, (-1,)))


def kron(a: Any, b: Any) -> Any:
    """The Kronecker product."""
    left, right = shape_of(a), shape_of(b)
    ndim = max(len(left), len(right))
    left, right = (1,) * (ndim - len(left)) + tuple(left), (1,) * (ndim - len(right)) + tuple(right)
    x = reshape(a, tuple([n for size in left for n in (size, 1)]))
    y = reshape(b, tuple([n for size in right for n in (1, size)]))
    return reshape(x * y, tuple([n * m for n, m in zip(left, right, strict=True)]))


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None) -> Any:
    """The sum along a diagonal."""
    from nbbrain.operations.reductions import sum

    return sum(diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The elements of a diagonal, along a new last axis."""
    from nbbrain.operations.indexing import get_item
    from nbbrain.operations.shapes import moveaxis

    lines = moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = shape_of(lines)[-2:]
    i = np.arange(max(0, min(rows + min(offset, 0), columns - max(offset, 0))))
    return get_item(lines, (Ellipsis, i - min(offset, 0), i + max(offset, 0)))


# ----------------------------------------------------------------------------------------------------------------
# Einstein summation, brought down to products and sums
# ----------------------------------------------------------------------------------------------------------------


def _parse(subscripts: str, operands: Sequence[Any]) -> tuple[list[str], str]:
    """Subscripts of operands and of the result, with an ellipsis spelled out in upper-case letters not in use."""
    text = subscripts.replace(" ", "")
    left, _, right = text.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(operands):
        raise ValueError(f"einsum: {len(inputs)} operands in {subscripts!r}, but got {len(operands)}.")
    free = [c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in text]
    spare = max([len(shape_of(x)) - len(s.replace("...", "")) for s, x in zip(inputs, operands, strict=True)
                 if "..." in s], default=0)
    letters = "".join(free[:spare])
    inputs = [s.replace("...", letters[spare - (len(shape_of(x)) - len(s.replace("...", ""))):] if "..." in s else "")
              for s, x in zip(inputs, operands, strict=True)]
    if "->" in text:
        result = right.replace("...", letters)
    else:
        joined = "".join(inputs)
        result = letters + "".join(sorted(c for c in set(joined) if joined.count(c) == 1 and c not in letters))
    for s, x in zip(inputs, operands, strict=True):
        if len(s) != len(shape_of(x)):
            raise ValueError(f"einsum: subscripts {s!r} do not fit an operand of shape {shape_of(x)}.")
    return inputs, result


def _diagonalise(x: Any, letters: str) -> tuple[Any, str]:
    """Repeated letters of one operand become one axis."""
    for letter in dict.fromkeys(letters):
        while letters.count(letter) > 1:
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            x = diagonal(x, 0, first, second)
            letters = letters[:first] + letters[first + 1:second] + letters[second + 1:] + letter
    return x, letters


def _sum_out(x: Any, letters: str, keep: set[str]) -> tuple[Any, str]:
    from nbbrain.operations.reductions import sum

    axes = tuple([i for i, c in enumerate(letters) if c not in keep])
    return (sum(x, axis=axes), "".join(c for c in letters if c in keep)) if axes else (x, letters)


def _pair(x: Any, left: str, y: Any, right: str, keep: set[str]) -> tuple[Any, str]:
    """Contract two operands: shared letters kept are a batch, shared letters not kept are summed."""
    x, left = _sum_out(x, left, keep | set(right))
    y, right = _sum_out(y, right, keep | set(left))
    batch = [c for c in left if c in right and c in keep]
    summed = [c for c in left if c in right and c not in keep]
    free_x, free_y = [c for c in left if c not in right], [c for c in right if c not in left]
    sizes = {**dict(zip(right, shape_of(y), strict=True))}
    for c, n in zip(left, shape_of(x), strict=True):
        if c in sizes and 1 not in (n, sizes[c]) and sizes[c] != n:
            raise ValueError(f"einsum: axis {c!r} has sizes {n} and {sizes[c]}.")
        sizes[c] = max(n, sizes.get(c, 1))

    def arrange(value: Any, letters: str, order: list[str]) -> Any:
        value = transpose(value, [letters.index(c) for c in order])
        return broadcast_to(value, tuple([sizes[c] for c in order]))

    def size(letters: list[str]) -> int:
        return int(np.prod([sizes[c] for c in letters], dtype=np.int64))

    x = reshape(arrange(x, left, batch + free_x + summed), (size(batch), size(free_x), size(summed)))
    y = reshape(arrange(y, right, batch + summed + free_y), (size(batch), size(summed), size(free_y)))
    z = matmul(x[0], y[0])[None] if size(batch) == 1 else matmul(x, y)
    order = batch + free_x + free_y
    return reshape(z, tuple([sizes[c] for c in order])), "".join(order)


def _as_letters(arguments: Sequence[Any]) -> tuple[str, list[Any]]:
    """Subscripts as a string, from operands each of which is followed by its axes as integers, and perhaps the result's."""
    def letters(axes: Any) -> str:
        return "".join("..." if i is Ellipsis else chr(ord("a") + i) for i in [i if i is Ellipsis else int(i) for i in axes])

    pairs = len(arguments) // 2
    inputs = ",".join(letters(axes) for axes in arguments[1:2 * pairs:2])
    result = f"->{letters(arguments[-1])}" if len(arguments) % 2 else ""
    return inputs + result, list(arguments[:2 * pairs:2])


def einsum(subscripts: Any, *operands: Any, optimize: Any = False) -> Any:
    """Einstein summation, contracting operands from left to right.

    Subscripts come first as a string, or behind every operand (and at last those of the result) as lists of integers.
    """
    if not isinstance(subscripts, str):
        subscripts, operands = _as_letters((subscripts, *operands))  # type: ignore[assignment]
    values = same_dtype(operands)
    inputs, result = _parse(subscripts, values)
    pairs = [_diagonalise(x, letters) for x, letters in zip(values, inputs, strict=True)]
    x, letters = pairs[0]
    for position, (y, right) in enumerate(pairs[1:], start=1):
        later = set(result).union(*[rest for _, rest in pairs[position + 1:]])
        x, letters = _pair(x, letters, y, right, later)
    x, letters = _sum_out(x, letters, set(result))
    return transpose(x, [letters.index(c) for c in result]) if letters != result else x


answer_for({np.trace: trace, np.diagonal: diagonal})
answer_for({np.matmul: matmul, np.tensordot: tensordot, np.dot: dot, np.inner: inner, np.outer: outer, np.vdot: vdot,
            np.kron: kron}, arrays=2)
answer_for({np.einsum: einsum}, arrays="all")
