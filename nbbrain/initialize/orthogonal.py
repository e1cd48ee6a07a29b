"""Random orthogonal matrices."""
from __future__ import annotations

import math

import numpy as np
from numpy.typing import DTypeLike

import nbbrain.math as bm
from nbbrain.initialize.base import RandomInitializer, as_array
from nbbrain.sizes import Size, to_size

__all__ = ["DeltaOrthogonal", "Orthogonal"]


class Orthogonal(RandomInitializer):
    """Orthogonal columns of one length, or orthogonal rows where there are fewer rows than columns.

    The matrix is the orthogonal factor Q of a normally distributed matrix, Q R, with the signs that make the diagonal
    of R positive: so all orthogonal matrices are equally likely (Saxe, McClelland & Ganguli, 2014, "Exact solutions to
    the nonlinear dynamics of learning in deep linear neural networks"; Mezzadri, 2007, "How to generate random matrices
    from the classical compact groups").

    Parameters
    ----------
    scale : float
        The length of rows and columns.
    axis : int
        The axis that is one side of the matrix; all others together are the other side.
    seed : int, optional
        Makes the numbers reproducible; by default they come from ``bm.random.DEFAULT``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import numpy as np
    >>> w = np.asarray(bp.init.Orthogonal(scale=2., seed=1)((5, 3)))
    >>> np.allclose(w.T @ w, 4 * np.eye(3), atol=1e-5)
    True
    """

    def __init__(self, scale: float = 1.0, axis: int = -1, seed: int | None = None) -> None:
        super().__init__(seed)
        self.scale, self.axis = scale, axis

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Draw an array with at least two axes."""
        size = to_size(shape)
        if len(size) < 2:
            raise ValueError(f"{type(self).__name__} needs an array with at least two axes, but got the size {size}.")
        rest = list(size)
        side = rest.pop(self.axis)
        matrix = self._columns(side, math.prod(rest)) * self.scale
        return as_array(np.moveaxis(matrix.reshape(side, *rest), 0, self.axis), dtype)

    def _columns(self, rows: int, columns: int) -> np.ndarray:
        """A matrix of orthonormal columns, or rows where these are fewer."""
        long, short = max(rows, columns), min(rows, columns)
        normal = np.asarray(self.rng.normal(loc=0.0, scale=1.0, size=(long, short)), np.float64)
        q, r = np.linalg.qr(normal)
        q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
        return q if rows >= columns else q.T

    def __repr__(self) -> str:
        return f"{type(self).__name__}(scale={self.scale}, axis={self.axis})"


class DeltaOrthogonal(Orthogonal):
    """A convolution kernel that is zero but for an orthogonal matrix at its centre, ``(*kernel, inputs, outputs)``.

    Xiao et al., 2018, "Dynamical isometry and a mean field theory of CNNs".

    Parameters
    ----------
    scale : float
        The length of rows.
    axis : int
        See `Orthogonal`.
    seed : int, optional
        Makes the numbers reproducible; by default they come from ``bm.random.DEFAULT``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import numpy as np
    >>> w = np.asarray(bp.init.DeltaOrthogonal(seed=1)((3, 2, 4)))
    >>> np.allclose(w[1] @ w[1].T, np.eye(2), atol=1e-6), float(abs(w[[0, 2]]).max())
    (True, 0.0)
    """

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Draw a kernel of one, two or three axes; it must not have more inputs than outputs."""
        size = to_size(shape)
        if not 3 <= len(size) <= 5:
            raise ValueError(f"DeltaOrthogonal needs a size (*kernel, inputs, outputs) of 3 to 5 axes, but got {size}.")
        if size[-2] > size[-1]:
            raise ValueError(f"DeltaOrthogonal needs as many outputs as inputs or more, but got {size[-2]} inputs and "
                             f"{size[-1]} outputs.")
        kernel = np.zeros(size)
        kernel[tuple([(n - 1) // 2 for n in size[:-2]])] = np.asarray(super().__call__(size[-2:]))
        return as_array(kernel, dtype)
