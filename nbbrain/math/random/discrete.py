"""Discrete distributions that are functions of uniform numbers, so that they can be captured."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from autograd.tracer import isbox
from numpy.typing import DTypeLike

from nbbrain.math.array import Array
from nbbrain.math.lifting import raw, wrap
from nbbrain.math.random import bits
from nbbrain.math.random.stream import (
    Size,
    Stream,
    check_parameter,
    integers,
    nonnegative,
    number,
    positive,
    probability,
    shape_of_draw,
)
from nbbrain.operations import reductions
from nbbrain.operations.elementwise import (
    add,
    ceil,
    greater,
    greater_equal,
    log,
    log1p,
    maximum,
    negative,
    subtract,
    where,
)
from nbbrain.operations.operation import cast, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.random_bits import random_bits
from nbbrain.operations.shapes import expand_dims
from nbbrain.operations.symbolic import Symbolic

__all__ = ["DiscreteDraws"]

_LONGEST_TABLE = 256


def _scalar(x: Any) -> float | None:
    """The number that a parameter is, if it is one number that is known now."""
    return None if isinstance(x, Symbolic) or isbox(x) or shape_of(x) else float(x)


def _thresholds(probabilities: Callable[[int], float]) -> np.ndarray | None:
    """Cumulative probabilities in units of 2⁻³², up to where they round to 1; None where that takes too many.

    Parameters
    ----------
    probabilities : callable
        Gives the probability of the integers 0, 1, 2, ...
    """
    cumulative: list[int] = []
    total = 0.0
    for k in range(_LONGEST_TABLE):
        total += probabilities(k)
        threshold = round(total * 2**32)
        if threshold >= 2**32:
            return np.array(cumulative, np.uint32)
        cumulative.append(threshold)
    return None


def _poisson(rate: float) -> Callable[[int], float]:
    return lambda k: math.exp(k * math.log(rate) - rate - math.lgamma(k + 1)) if rate else float(k == 0)


def _binomial(n: int, p: float) -> Callable[[int], float]:
    if p in (0, 1):
        return lambda k: float(k == n * p)
    log_n, odds = math.lgamma(n + 1), (math.log(p), math.log1p(-p))
    return lambda k: 0.0 if k > n else math.exp(
        log_n - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * odds[0] + (n - k) * odds[1])


class DiscreteDraws(Stream):
    """Discrete distributions."""

    __slots__ = ()

    def bernoulli(self, p: Any = 0.5, size: Size = None, key: Any = None) -> Array:
        """Truth values that are true with a probability.

        Parameters
        ----------
        p : array-like
            The probability.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Returns
        -------
        Array of bool

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.bernoulli(0., size=3)
        Array(value=Array([False, False, False]), dtype=bool)
        """
        p = number(p)
        check_parameter("p", p, probability)
        return wrap(self._uniform(shape_of_draw(size, p), key) < p)

    def randint(self, low: Any, high: Any = None, size: Size = None, dtype: DTypeLike | None = None,
                key: Any = None) -> Array:
        """Integers from ``low`` to ``high - 1``, all with one probability up to a difference of 2⁻⁶⁴ times their count.

        Parameters
        ----------
        low : array-like of int
            The least integer; with ``high`` not given, the end, and the least one is 0.
        high : array-like of int, optional
            One more than the greatest integer; above ``low``.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        dtype : dtype-like, optional
            The dtype of the result; ``bm.int_`` by default.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.randint(5, 6, size=3)
        Array(value=Array([5, 5, 5]), dtype=int32)
        """
        low, high = (0, low) if high is None else (low, high)
        first, end = [integers(name, x) for name, x in (("low", low), ("high", high))]
        ordered = greater(end, first)
        if not isinstance(ordered, Symbolic) and not np.all(ordered):
            raise ValueError(f"randint: low must be below high, but got low={low!r} and high={high!r}.")
        word, = bits.integer_words(self._next_state(key), shape_of_draw(size, first, end))
        drawn = add(bits.bounded(word, subtract(end, first)), first)  # modulo 2⁶⁴, so that any range works
        return wrap(cast(drawn, dtype=default_dtype("i") if dtype is None else np.dtype(dtype)))

    def randint_like(self, input: Any, low: Any = 0, high: Any = None, dtype: DTypeLike | None = None,
                     key: Any = None) -> Array:
        """Integers as of `randint`, with the shape of an array.

        Parameters
        ----------
        input : array-like
            What has the shape.
        low, high, dtype, key
            As in `randint`; without ``high``, the maximum of the input is the end.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.randint_like(bm.Array([1., 2.]), 0, 10).shape
        (2,)
        """
        values = raw(input)
        if high is None:
            high = cast(reductions.max(values), dtype=np.dtype(np.int64))
        return self.randint(low, high, shape_of(values), dtype, key)

    def random_integers(self, low: Any, high: Any = None, size: Size = None, key: Any = None) -> Array:
        """Integers from ``low`` to ``high``, both included.

        Parameters
        ----------
        low : array-like of int
            The least integer; with ``high`` not given, the greatest one, and the least one is 1.
        high : array-like of int, optional
            The greatest integer.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.random_integers(7, 7)
        Array(value=Array(7), dtype=int32)
        """
        low, high = (1, low) if high is None else (low, high)
        return self.randint(low, integers("high", high) + 1, size, None, key)

    def geometric(self, p: Any, size: Size = None, key: Any = None) -> Array:
        """The number of trials up to the first success: integers from 1 on.

        Parameters
        ----------
        p : array-like
            The probability of a success, above 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.geometric(1., size=3)
        Array(value=Array([1, 1, 1]), dtype=int32)
        """
        p = number(p)
        check_parameter("p", p, probability)
        check_parameter("p", p, positive)
        waiting = self._exponential(shape_of_draw(size, p), key) / negative(log1p(negative(where(p < 1, p, 0.5))))
        trials = where(p < 1, maximum(ceil(waiting), 1.0), 1.0)
        return wrap(cast(trials, dtype=default_dtype("i")))

    def poisson(self, lam: Any = 1.0, size: Size = None, key: Any = None) -> Array:
        """Poisson numbers.

        Parameters
        ----------
        lam : array-like
            The mean, at least 0. One number is needed inside of compiled loops.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Notes
        -----
        For one mean (up to about 150), numbers are looked up in a table of cumulative probabilities with a resolution of
        2⁻³². Otherwise NumPy draws them, at once.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.poisson(3., size=4).dtype
        dtype('int32')
        """
        lam = number(lam)
        check_parameter("lam", lam, nonnegative)
        shape = shape_of_draw(size, lam)
        rate = _scalar(lam)
        table = None if rate is None else _thresholds(_poisson(rate))
        if table is not None:
            return self._look_up(table, shape, key)
        return wrap(self._by_numpy("poisson", lambda g, lam: g.poisson(lam, shape), (lam,), key, "i"))

    def binomial(self, n: Any, p: Any, size: Size = None, key: Any = None) -> Array:
        """The number of successes in n trials.

        Parameters
        ----------
        n : array-like of int
            The number of trials, at least 0. One number is needed inside of compiled loops.
        p : array-like
            The probability of a success. One number is needed inside of compiled loops.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Notes
        -----
        For one n and one p (with results up to 255), numbers are looked up in a table of cumulative probabilities with a
        resolution of 2⁻³². Otherwise NumPy draws them, at once.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.binomial(10, 1., size=3)
        Array(value=Array([10, 10, 10]), dtype=int32)
        """
        trials, p = integers("n", n), number(p)
        check_parameter("n", trials, nonnegative)
        check_parameter("p", p, probability)
        shape = shape_of_draw(size, trials, p)
        count, chance = _scalar(trials), _scalar(p)
        table = None if count is None or chance is None else _thresholds(_binomial(int(count), chance))
        if table is not None:
            return self._look_up(table, shape, key)
        return wrap(self._by_numpy("binomial", lambda g, n, p: g.binomial(n, p, shape), (trials, p), key, "i"))

    def _look_up(self, table: np.ndarray, shape: tuple[int, ...], key: Any) -> Array:
        """How many cumulative probabilities a random word reaches."""
        word = random_bits(self._next_state(key), shape=shape)
        if not len(table):
            return wrap(np.zeros(shape, default_dtype("i")))
        reached = reductions.sum(greater_equal(expand_dims(word, -1), table), axis=-1)
        return wrap(cast(reached, dtype=default_dtype("i")))

    def categorical(self, logits: Any, axis: int = -1, size: Size = None, key: Any = None) -> Array:
        """Classes, by the logarithms of their probabilities (Gumbel, 1954; Maddison, Tarlow & Minka, 2014).

        Parameters
        ----------
        logits : array-like
            Logarithms of probabilities, up to a constant that may differ from line to line.
        axis : int
            The axis of the classes.
        size : int or tuple of int, optional
            The shape; without it, that of the logits without the axis, which has to broadcast to it.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Returns
        -------
        Array of int
            Positions along the axis.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.categorical(bm.Array([0., 100.]), size=3)
        Array(value=Array([1, 1, 1]), dtype=int32)
        """
        logits = reductions.as_inexact(raw(logits))
        given = shape_of(logits)
        if not given:
            raise ValueError("categorical: logits need an axis of classes.")
        axis = axis % len(given)
        classes = given[axis]
        lines = given[:axis] + given[axis + 1:]
        shape = shape_of_draw(size, np.empty(lines, bool))
        from_end = len(lines) - axis  # how many axes of a line come after that of the classes
        at = len(shape) - from_end
        u = self._open_uniform((*shape[:at], classes, *shape[at:]), key)
        return wrap(reductions.argmax(logits - log(negative(log(u))), axis=at))
