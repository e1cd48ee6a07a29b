"""Covariance and correlation."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.operations.complex_numbers import imag, real
from nbbrain.operations.contraction import diagonal, matmul
from nbbrain.operations.elementwise import add, clip, conjugate, divide, is_complex, multiply, sqrt, subtract
from nbbrain.operations.operation import answer_for, dtype_of, known_value, shape_of
from nbbrain.operations.reductions import as_inexact, average, sum
from nbbrain.operations.shapes import atleast_2d, concatenate, expand_dims, squeeze, transpose

__all__ = ["corrcoef", "cov"]


def _variables(m: Any, rowvar: bool) -> Any:
    if len(shape_of(m)) > 2:
        raise ValueError(f"cov: a vector or a matrix is needed, but got shape {shape_of(m)}.")
    rows = atleast_2d(m)
    return rows if rowvar or len(shape_of(m)) < 2 else transpose(rows)


def _weights(fweights: Any, aweights: Any, size: int) -> Any:
    """How much every observation counts: how often it was made, times its importance."""
    for name, weights in (("fweights", fweights), ("aweights", aweights)):
        if weights is not None:
            values = known_value(weights, "cov")
            if values.shape != (size,) or np.any(values < 0):
                raise ValueError(f"cov: {name} must be {size} numbers that are not negative, but got {values.tolist()}.")
            if name == "fweights" and np.any(values != np.around(values)):
                raise TypeError(f"cov: fweights must be integers, but got {values.tolist()}.")
    given = [weights for weights in (fweights, aweights) if weights is not None]
    return None if not given else given[0] if len(given) == 1 else multiply(*given)


def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None,
        aweights: Any = None, *, dtype: Any = None) -> Any:
    """The covariance matrix of variables, which are the rows (or columns) of m, and of y.

    The denominator is n - ddof, with ddof 1 by default and 0 with ``bias``; ``fweights`` says how often every observation
    was made, ``aweights`` how important it is.
    """
    parts = [_variables(as_inexact(x, dtype), rowvar) for x in (m, y) if x is not None]
    x = concatenate(parts, axis=0)
    size = shape_of(x)[1]
    ddof = (0 if bias else 1) if ddof is None else ddof
    fweights, aweights = [None if w is None else as_inexact(w) for w in (fweights, aweights)]
    weights = _weights(fweights, aweights, size)
    if weights is None:
        number: Any = max(size - ddof, 0)
        deviation = subtract(x, average(x, axis=1, keepdims=True))
        weighted = deviation
    else:
        total = sum(weights)
        lost = divide(multiply(ddof, sum(multiply(weights, weights if aweights is None else aweights))), total)
        number = subtract(total, lost if aweights is not None else ddof)
        deviation = subtract(x, expand_dims(average(x, axis=1, weights=weights), 1))
        weighted = multiply(deviation, weights)
    return squeeze(divide(matmul(deviation, conjugate(transpose(weighted))), number))


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """Pearson's correlation coefficients of variables, which are the rows (or columns) of x, and of y."""
    c = cov(x, y, rowvar, dtype=dtype)
    if not shape_of(c):
        return divide(c, c)
    spread = sqrt(real(diagonal(c)))
    c = divide(divide(c, expand_dims(spread, 1)), expand_dims(spread, 0))
    if not is_complex(c):
        return clip(c, -1, 1)
    return add(clip(real(c), -1, 1), multiply(clip(imag(c), -1, 1), np.asarray(1j, dtype_of(c))))


answer_for({np.cov: cov, np.corrcoef: corrcoef})
