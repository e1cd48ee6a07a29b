"""A stream of random numbers: a variable that holds a seed and the number of the next draw."""
from __future__ import annotations

import operator
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from autograd.tracer import isbox

from nbbrain.math.array import Array
from nbbrain.math.lifting import host, raw, wrap
from nbbrain.math.random import bits
from nbbrain.math.random.bits import Word
from nbbrain.math.variables import Variable
from nbbrain.operations.operation import cast, dtype_of, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.random_bits import random_bits
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.shapes import broadcast_to, concatenate
from nbbrain.operations.symbolic import Symbolic

__all__ = ["Size", "Stream", "check_parameter", "integers", "nonnegative", "number", "positive", "probability",
           "shape_of_draw"]

Size = int | tuple[int, ...] | list[int] | None
_WORD = np.dtype(np.uint32)


def first_state(seed_or_key: Any) -> Any:
    """The raw state (key low, key high, draw low, draw high) at the beginning of a stream.

    Parameters
    ----------
    seed_or_key : int, array of uint32 of shape (2,) or (4,), or None
        A seed, a key (of `Stream.split_key`), a state, or None for entropy of the operating system.
    """
    if seed_or_key is None:
        seed_or_key = int.from_bytes(os.urandom(8), "little")
    if isinstance(seed_or_key, (int, np.integer)) and not isinstance(seed_or_key, (bool, np.bool_)):
        seed = int(seed_or_key)
        if not 0 <= seed < 2**64:
            raise ValueError(f"a seed must be an integer from 0 to 2**64 - 1, but got {seed}.")
        return np.array([seed & 0xFFFFFFFF, seed >> 32, 0, 0], _WORD)
    key = raw(seed_or_key)
    shape, dtype = shape_of(key), np.dtype(dtype_of(key))
    if shape == () and not isinstance(key, Symbolic) and dtype.kind in "iu":
        return first_state(int(key))
    if dtype != _WORD or shape not in ((2,), (4,)):
        raise ValueError(f"a key must be a seed or an array of uint32 of shape (2,) or (4,), but got {seed_or_key!r}.")
    return key if shape == (4,) else concatenate([key, np.zeros(2, _WORD)])


def shape_of_draw(size: Size, *parameters: Any) -> tuple[int, ...]:
    """The shape of a draw: the size, to which the parameters must broadcast, or the shape of the parameters."""
    common = np.broadcast_shapes(*[shape_of(parameter) for parameter in parameters])
    if size is None:
        return common
    try:
        shape = tuple([operator.index(n) for n in (size if np.ndim(size) else (size,))])  # type: ignore[union-attr, arg-type]
    except TypeError:
        shape = (-1,)
    if any(n < 0 for n in shape):
        raise ValueError(f"size must be a non-negative integer or a tuple of them, but got {size!r}.")
    if len(common) > len(shape) or np.any([n not in (1, m) for n, m in zip(common[::-1], shape[::-1], strict=False)]):
        raise ValueError(f"parameters of shape {common} do not broadcast to size {shape}.")
    return shape


def number(parameter: Any, default: float | None = None) -> Any:
    """The raw value of a parameter, or its default; integer arrays become floats."""
    value = raw(default if parameter is None and default is not None else parameter)
    return as_inexact(value) if isinstance(dtype_of(value), np.dtype) and dtype_of(value).kind in "biu" else value


def integers(name: str, x: Any) -> Any:
    """Integers as 64-bit ones; floats are a TypeError, unless they are whole numbers that are known now."""
    value = raw(x)
    dtype = np.dtype(dtype_of(value))
    if dtype.kind == "f" and not isinstance(value, Symbolic) and not isbox(value) and np.all(np.mod(value, 1) == 0):
        dtype = np.dtype(np.int64)
    if dtype.kind not in "iu":
        raise TypeError(f"{name} must be an integer or an array of integers, but got {x!r}.")
    return cast(np.asarray(value) if isinstance(value, (int, float)) else value, dtype=np.dtype(np.int64))


def nonnegative(x: np.ndarray) -> Any:
    """Whether elements are at least 0."""
    return x >= 0


def positive(x: np.ndarray) -> Any:
    """Whether elements are above 0."""
    return x > 0


def probability(x: np.ndarray) -> Any:
    """Whether elements are between 0 and 1."""
    return (x >= 0) & (x <= 1)


_TEXTS: dict[Callable[[np.ndarray], Any], str] = {
    nonnegative: "non-negative", positive: "positive", probability: "between 0 and 1"}


def check_parameter(name: str, value: Any, holds: Callable[[np.ndarray], Any]) -> None:
    """Raise a ValueError for a parameter that is out of range; one whose value is not known yet passes."""
    while isbox(value):
        value = value._value
    if not isinstance(value, Symbolic) and not np.all(holds(np.asarray(value))):
        raise ValueError(f"{name} must be {_TEXTS[holds]}, but got {value!r}.")


class Stream(Variable):
    """The state of a stream, and what distributions are made from.

    Parameters
    ----------
    seed_or_key : int or array, optional
        A seed from 0 to 2⁶⁴ - 1, a key of `split_key`, or a state. Without it, entropy of the operating system.
    seed : int, optional
        The same as ``seed_or_key``, by its older name.
    """

    __slots__ = ()

    def __init__(self, seed_or_key: Any = None, seed: int | None = None) -> None:
        if seed is not None and seed_or_key is not None:
            raise ValueError("give seed_or_key or seed, not both.")
        super().__init__(first_state(seed_or_key if seed is None else seed))

    def seed(self, seed: Any = None) -> None:
        """Start the stream of a seed.

        Parameters
        ----------
        seed : int or array, optional
            As for `RandomState`. Without it, entropy of the operating system.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> stream = bm.random.RandomState(1)
        >>> first = stream.random(3)
        >>> stream.seed(1)
        >>> bool((stream.random(3) == first).all())
        True
        """
        self.value = first_state(seed)

    def split_key(self) -> Array:
        """A key of a stream that is independent of this one.

        Returns
        -------
        Array of uint32, shape (2,)
            What `RandomState` and the argument ``key`` of every distribution take.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> key = bm.random.RandomState(1).split_key()
        >>> bool(bm.random.random(key=key) == bm.random.random(key=key))
        True
        """
        return wrap(random_bits(self._next_state(None), shape=(2,)))

    def split_keys(self, n: int) -> Array:
        """Keys of n streams that are independent of this one and of each other, of shape (n, 2)."""
        return wrap(random_bits(self._next_state(None), shape=(operator.index(n), 2)))

    def _next_state(self, key: Any) -> Any:
        """The state to draw from: that of a key, or this one's, which then moves on."""
        if key is not None:
            return first_state(key)
        state = self.value
        self.value = bits.advance(state)
        return state

    def _words(self, shape: tuple[int, ...], key: Any, count: int = 1) -> list[Word]:
        return bits.words(self._next_state(key), shape, count)

    def _uniform(self, shape: tuple[int, ...], key: Any) -> Any:
        return bits.uniform(*self._words(shape, key))

    def _open_uniform(self, shape: tuple[int, ...], key: Any) -> Any:
        return bits.open_uniform(*self._words(shape, key))

    def _exponential(self, shape: tuple[int, ...], key: Any) -> Any:
        return bits.exponential(*self._words(shape, key))

    def _normal(self, shape: tuple[int, ...], key: Any) -> Any:
        return bits.normal(*self._words(shape, key, 2))

    def _by_numpy(self, name: str, draw: Callable[..., Any], parameters: tuple[Any, ...], key: Any, kind: str = "f") -> Any:
        """A draw by NumPy's generator, which runs at once: neither captured nor differentiated.

        The generator is Philox with the key and the number of the draw as its key, so that draws are as independent of
        each other, and as reproducible, as the others.
        """
        def function(state: np.ndarray, *parameters: Any) -> Any:
            key = sum(int(word) << 32 * i for i, word in enumerate(state))
            return np.asarray(draw(np.random.Generator(np.random.Philox(key=key)), *parameters))

        function.__name__ = f"random.{name}"
        state = self.value if key is None else first_state(key)
        result = host(function, arrays=0, keep_dtype=True)(state, *parameters)
        if key is None:
            self.value = bits.advance(state)
        return cast(raw(result), dtype=default_dtype(kind))

    def clone(self) -> Any:
        """A stream that is independent of this one, which moves on by one draw."""
        return type(self)(self.split_key())

    def __reduce__(self) -> Any:
        return type(self), (np.asarray(self),)

    def __copy__(self) -> Any:
        return type(self)(np.asarray(self))

    def __deepcopy__(self, memo: dict) -> Any:
        return type(self)(np.asarray(self))

    def __repr__(self) -> str:
        value = self.value
        words = value.tolist() if isinstance(value, np.ndarray) else value
        return f"{type(self).__name__}(key=({words}, dtype=uint32))"


def spread(x: Any, shape: tuple[int, ...]) -> Any:
    """x with the shape of a draw."""
    return x if shape_of(x) == shape else broadcast_to(x, shape)
