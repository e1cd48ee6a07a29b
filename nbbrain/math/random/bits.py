"""From random 32-bit words to numbers, by operations on raw values alone, so that it can be captured.

A number of the default float dtype takes one word in 32 bits and two in 64 bits; such a group of words is a `Word`.
"""
from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from nbbrain.operations.elementwise import cos, equal, left_shift, log, multiply, negative, right_shift, sqrt, where
from nbbrain.operations.operation import cast
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.random_bits import random_bits

__all__ = ["Word", "advance", "bounded", "exponential", "integer_words", "normal", "open_uniform", "uniform", "words"]

_NEXT_LOW = np.array([0, 0, 1, 0], np.uint32)
_NEXT_HIGH = np.array([0, 0, 0, 1], np.uint32)
_LOW_32 = np.uint64(0xFFFFFFFF)


class Word(NamedTuple):
    """Random bits for one number: the upper 32, and the lower 32 where more than 32 are needed."""

    high: Any
    low: Any = None


def advance(state: Any) -> Any:
    """The state of the next draw: the 64-bit number of the draw, in the last two words, plus one."""
    following = state + _NEXT_LOW
    return where(equal(following[2:3], 0), following + _NEXT_HIGH, following)


def _split(bits: Any, count: int) -> list[Any]:
    return [bits] if count == 1 else [bits[..., i] for i in range(count)]


def words(state: Any, shape: tuple[int, ...], count: int = 1) -> list[Word]:
    """``count`` words for every element of a shape, for numbers of the default float dtype."""
    if default_dtype("f").itemsize < 8:
        return [Word(bits) for bits in _split(_random(state, shape, count), count)]
    return integer_words(state, shape, count)


def integer_words(state: Any, shape: tuple[int, ...], count: int = 1) -> list[Word]:
    """``count`` words of 64 bits for every element of a shape."""
    parts = _split(_random(state, shape, 2 * count), 2 * count)
    return [Word(parts[2 * i], parts[2 * i + 1]) for i in range(count)]


def _random(state: Any, shape: tuple[int, ...], count: int) -> Any:
    # Words of one element are neighbours, so that rows of a batch can be drawn apart from each other.
    return random_bits(state, shape=shape if count == 1 else (*shape, count))


def _fraction(word: Word, bits: int) -> Any:
    """The integer of the top bits, as a float of the default dtype."""
    dtype = default_dtype("f")
    if word.low is None:
        return cast(right_shift(word.high, np.uint32(32 - bits)), dtype=dtype)
    low = cast(right_shift(word.low, np.uint32(64 - bits)), dtype=dtype)
    return cast(word.high, dtype=dtype) * 2.0 ** (bits - 32) + low


def _precision() -> int:
    """The bits of the significand of the default float dtype."""
    return int(np.finfo(default_dtype("f")).nmant) + 1


def uniform(word: Word) -> Any:
    """Uniform on [0, 1): multiples of 2⁻²⁴ in float32, of 2⁻⁵³ in float64."""
    bits = _precision()
    return _fraction(word, bits) * 2.0**-bits


def open_uniform(word: Word) -> Any:
    """Uniform on (0, 1), symmetric: odd multiples of 2⁻²⁴ in float32, of 2⁻⁵³ in float64."""
    bits = _precision() - 1
    return (_fraction(word, bits) + 0.5) * 2.0**-bits


def exponential(word: Word) -> Any:
    """Exponential with mean 1: ``-log(u)`` with u in (0, 1], close to 0 as fine as the word allows."""
    if word.low is None and default_dtype("f").itemsize == 4:
        return negative(log(cast(word.high, dtype=default_dtype("f")) * 2.0**-32 + 2.0**-33))
    return negative(log(open_uniform(word)))


def normal(first: Word, second: Word) -> Any:
    """Standard normal (Box & Muller, 1958)."""
    return sqrt(2 * exponential(first)) * cos((2 * math.pi) * uniform(second))


def bounded(word: Word, span: Any) -> Any:
    """Integers from 0 to ``span - 1``: the upper half of the product of 64 random bits and the span, as int64.

    The probabilities of two integers differ by at most ``span`` 2⁻⁶⁴ (Lemire, 2019, "Fast random integer generation in an
    interval", section 4, without its rejection). A span of 0 stands for 2⁶⁴.
    """
    u1, u0 = cast(word.high, dtype=np.dtype(np.uint64)), cast(word.low, dtype=np.dtype(np.uint64))
    span = cast(span, dtype=np.dtype(np.uint64))
    s1, s0 = right_shift(span, np.uint64(32)), span & _LOW_32
    cross = right_shift(multiply(u0, s0), np.uint64(32)) + (multiply(u0, s1) & _LOW_32)
    middle = multiply(u1, s0) + cross  # below 2⁶⁴: (2³² - 1)² + 2 (2³² - 1) = 2⁶⁴ - 1
    upper = multiply(u1, s1) + right_shift(multiply(u0, s1), np.uint64(32)) + right_shift(middle, np.uint64(32))
    whole = left_shift(u1, np.uint64(32)) + u0
    return cast(where(equal(span, 0), whole, upper), dtype=np.dtype(np.int64))
