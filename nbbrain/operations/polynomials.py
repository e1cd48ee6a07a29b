"""Polynomials as vectors of coefficients, the highest power first."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.operations.convolution import convolve
from nbbrain.operations.elementwise import add, divide, multiply, power, subtract
from nbbrain.operations.indexing import get_item
from nbbrain.operations.operation import answer_for, cast, dtype_of, known_value, promote, shape_of
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.shapes import atleast_1d, concatenate, expand_dims, reshape

__all__ = ["polyadd", "polyder", "polyint", "polymul", "polysub", "polyval", "vander"]


def polyval(p: Any, x: Any) -> Any:
    """The polynomial at x, by Horner's scheme."""
    p, x = promote((p, x), "numeric")
    result: Any = multiply(x, 0)
    for i in range(shape_of(p)[0]):
        result = add(multiply(result, x), get_item(p, i))
    return result


def _same_size(a1: Any, a2: Any) -> tuple[Any, Any]:
    """Two polynomials with as many coefficients, zeros in front."""
    a1, a2 = atleast_1d(*promote((a1, a2), "numeric"))
    size = max(shape_of(a1)[0], shape_of(a2)[0])
    first, second = [concatenate((np.zeros(size - shape_of(a)[0], dtype_of(a)), a)) for a in (a1, a2)]
    return first, second


def polyadd(a1: Any, a2: Any) -> Any:
    """The sum of two polynomials."""
    return add(*_same_size(a1, a2))


def polysub(a1: Any, a2: Any) -> Any:
    """The difference of two polynomials."""
    return subtract(*_same_size(a1, a2))


def _without_leading_zeros(p: Any) -> Any:
    p = atleast_1d(p)
    places = np.flatnonzero(known_value(p, "polymul"))
    return get_item(p, (slice(int(places[0]) if places.size else shape_of(p)[0] - 1, None),))


def polymul(a1: Any, a2: Any) -> Any:
    """The product of two polynomials, without leading zeros."""
    return convolve(_without_leading_zeros(a1), _without_leading_zeros(a2))


def polyder(p: Any, m: int = 1) -> Any:
    """The m-th derivative of a polynomial."""
    if m < 0:
        raise ValueError(f"polyder: the order must not be negative, but got {m}.")
    for _ in range(m):
        degree = shape_of(p)[0] - 1
        p = multiply(get_item(p, (slice(None, -1),)), np.arange(degree, 0, -1))
    return p


def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """The m-th integral of a polynomial; k are the constants, one for each integration, or one number for all."""
    if m < 0:
        raise ValueError(f"polyint: the order must not be negative, but got {m}.")
    p = as_inexact(atleast_1d(p))
    constants = cast(reshape(0 if k is None else k, (-1,)), dtype=dtype_of(p))
    if shape_of(constants)[0] not in (1, m):
        raise ValueError(f"polyint: 1 or {m} constants of integration are needed, but got {shape_of(constants)[0]}.")
    for i in range(m):
        powers = np.arange(shape_of(p)[0], 0, -1)
        constant = get_item(constants, (slice(i, i + 1) if shape_of(constants)[0] > 1 else slice(0, 1),))
        p = concatenate((divide(p, powers), constant))
    return p


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The matrix of the powers of a vector's elements, by default from the highest down to 0."""
    shape = shape_of(x)
    if len(shape) != 1:
        raise ValueError(f"vander: a vector is needed, but got shape {shape}.")
    powers = np.arange(shape[0] if N is None else N, dtype=np.int32)
    return power(expand_dims(x, 1), powers if increasing else powers[::-1])


answer_for({np.vander: vander, np.polyder: polyder, np.polyint: polyint})
answer_for({np.polyval: polyval, np.polyadd: polyadd, np.polysub: polysub, np.polymul: polymul}, arrays=2)
