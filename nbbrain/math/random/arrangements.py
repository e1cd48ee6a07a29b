"""Random choices and orders of what is given, and random vectors and matrices."""
from __future__ import annotations

import operator
from typing import Any

import numpy as np

from nbbrain.math.array import Array
from nbbrain.math.lifting import host, raw, wrap
from nbbrain.math.random import bits
from nbbrain.math.random.stream import Size, Stream, number, shape_of_draw
from nbbrain.operations.contraction import matmul
from nbbrain.operations.indexing import take, take_along_axis
from nbbrain.operations.operation import cast, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.shapes import reshape, swapaxes

__all__ = ["Arrangements"]


class Arrangements(Stream):
    """Choices, permutations, and random vectors and matrices."""

    __slots__ = ()

    def choice(self, a: Any, size: Size = None, replace: bool = True, p: Any = None, key: Any = None) -> Array:
        """Elements of an array, or integers below a number.

        Parameters
        ----------
        a : array-like or int
            What is chosen from: the rows along the first axis, or 0 to a - 1.
        size : int or tuple of int, optional
            The shape of the choice; without it, one row.
        replace : bool
            Whether a row may be chosen several times. False is not available inside of compiled loops.
        p : array-like, optional
            The probabilities of the rows, which add up to 1; all are equal where it is not given. Not available inside of
            compiled loops.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> sorted(bm.random.choice(4, 4, replace=False).tolist())
        [0, 1, 2, 3]
        """
        rows = None if isinstance(a, (int, np.integer)) else raw(a)
        n = int(a) if rows is None else (shape_of(rows) or (0,))[0]
        if n < 1:
            raise ValueError(f"choice: a positive integer or an array with rows is needed, but got {a!r}.")
        shape = shape_of_draw(size)
        if replace and p is None:
            word, = bits.integer_words(self._next_state(key), shape)
            chosen = cast(bits.bounded(word, np.asarray(n)), dtype=default_dtype("i"))
        else:
            chosen = self._by_numpy("choice", lambda g, *p: g.choice(n, shape, replace, *[_chances(x, n) for x in p]),
                                    () if p is None else (number(p),), key, "i")
        return wrap(chosen if rows is None else take(rows, chosen, axis=0))

    def permutation(self, x: Any, axis: int = 0, independent: bool = False, key: Any = None) -> Array:
        """A random order of the rows of an array, or of the integers below a number; not inside of compiled loops.

        Parameters
        ----------
        x : array-like or int
            What is put in order; an integer stands for 0 to x - 1.
        axis : int
            The axis that is reordered.
        independent : bool
            Whether every line along the axis gets an order of its own.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> sorted(bm.random.permutation(4).tolist())
        [0, 1, 2, 3]
        """
        rows = np.arange(operator.index(x), dtype=default_dtype("i")) if isinstance(x, (int, np.integer)) else raw(x)
        shape = shape_of(rows)
        if not shape:
            raise ValueError(f"permutation: an integer or an array with axes is needed, but got {x!r}.")
        if independent:
            order = self._by_numpy("permutation", lambda g: np.argsort(g.random(shape), axis=axis), (), key, "i")
            return wrap(take_along_axis(rows, order, axis))
        order = self._by_numpy("permutation", lambda g: g.permutation(shape[axis]), (), key, "i")
        return wrap(take(rows, order, axis=axis))

    def shuffle(self, x: Array, axis: int = 0, key: Any = None) -> None:
        """Put the rows of an array in a random order, in place; not inside of compiled loops.

        Parameters
        ----------
        x : Array
            What is put in order.
        axis : int
            The axis that is reordered.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> x = bm.Array([1., 2., 3.])
        >>> bm.random.shuffle(x)
        >>> sorted(x.tolist())
        [1.0, 2.0, 3.0]
        """
        if not isinstance(x, Array):
            raise TypeError(f"shuffle changes an Array in place, but got {type(x).__name__}; use permutation.")
        x.value = self.permutation(x, axis, key=key)

    def multivariate_normal(self, mean: Any, cov: Any, size: Size = None, method: str = "cholesky",
                            key: Any = None) -> Array:
        """Normal vectors.

        Parameters
        ----------
        mean : array-like, shape (..., n)
            The mean.
        cov : array-like, shape (..., n, n)
            The covariance: symmetric and positive (semi-)definite. It is factorised at once, so its value has to be known.
        size : int or tuple of int, optional
            The shape without the axis of the vectors; without it, that of the parameters.
        method : {'cholesky', 'eigh', 'svd'}
            How the covariance is factorised; 'cholesky' needs a definite one.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Returns
        -------
        Array, shape (..., n)

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.multivariate_normal([0., 0.], [[1., 0.5], [0.5, 2.]], size=5).shape
        (5, 2)
        """
        mean, cov = number(mean), number(cov)
        if len(shape_of(mean)) < 1 or shape_of(cov)[-2:] != shape_of(mean)[-1:] * 2:
            raise ValueError(f"mean and cov must have shapes (..., n) and (..., n, n), but got {shape_of(mean)} and "
                             f"{shape_of(cov)}.")
        if method not in _FACTORS:
            raise ValueError(f"method must be one of {', '.join(_FACTORS)}, but got {method!r}.")
        factor = raw(host(_FACTORS[method])(cov))
        lines = np.broadcast_shapes(shape_of(mean)[:-1], shape_of(cov)[:-2])
        shape = shape_of_draw(size, np.empty(lines, bool))
        n = shape_of(mean)[-1]
        rows = reshape(self._normal((*shape, n), key), (*shape, 1, n))
        return wrap(mean + reshape(matmul(rows, swapaxes(factor, -1, -2)), (*shape, n)))

    def orthogonal(self, n: int, size: Size = None, key: Any = None) -> Array:
        """Orthogonal matrices, uniformly distributed (Mezzadri, 2007); not inside of compiled loops.

        Parameters
        ----------
        n : int
            The number of rows and columns.
        size : int or tuple of int, optional
            The shape without the axes of the matrices; without it, one matrix.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Returns
        -------
        Array, shape (..., n, n)

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> q = bm.random.orthogonal(3)
        >>> bool((abs(q @ q.T - bm.Array([[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]])) < 1e-5).all())
        True
        """
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
            raise ValueError(f"orthogonal: n must be a positive integer, but got {n!r}.")

        def draw(generator: np.random.Generator) -> Any:
            q, r = np.linalg.qr(generator.standard_normal((*shape, n, n)))
            diagonal = np.diagonal(r, axis1=-2, axis2=-1)  # its signs make the factorisation unique, hence q uniform
            return q * np.sign(diagonal)[..., None, :]

        shape = shape_of_draw(size)
        return wrap(self._by_numpy("orthogonal", draw, (), key))


def _chances(p: Any, n: int) -> np.ndarray:
    """Probabilities in double precision, brought to a sum of exactly 1."""
    chances = np.asarray(p, np.float64)
    if chances.shape != (n,) or not (chances >= 0).all() or not np.isclose(chances.sum(), 1, rtol=0, atol=1e-5):
        raise ValueError(f"p must be {n} probabilities that add up to 1, but got {p!r}.")
    return chances / chances.sum()


def _cholesky(cov: np.ndarray) -> np.ndarray:
    return np.linalg.cholesky(cov)


def _by_eigenvalues(cov: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(cov)
    return vectors * np.sqrt(np.maximum(values, 0))[..., None, :]


def _by_singular_values(cov: np.ndarray) -> np.ndarray:
    u, values, _ = np.linalg.svd(cov)
    return u * np.sqrt(values)[..., None, :]


_FACTORS = {"cholesky": _cholesky, "eigh": _by_eigenvalues, "svd": _by_singular_values}
