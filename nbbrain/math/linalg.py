"""``bm.linalg``: linear algebra.

Results have the dtype of the matrices. All but `lstsq`, `matrix_rank` and parts that are not unique are differentiable;
none is captured by compiled loops.
"""
from __future__ import annotations

import numpy as np

from nbbrain.math.lifting import host, lift
from nbbrain.operations import decompositions, linear_algebra, norms

__all__ = [
    "cholesky", "cond", "det", "eig", "eigh", "eigvals", "eigvalsh", "inv", "lstsq", "matrix_power", "matrix_rank",
    "multi_dot", "norm", "pinv", "qr", "slogdet", "solve", "svd", "tensorinv", "tensorsolve",
]

inv = lift(linear_algebra.inv)
det = lift(linear_algebra.det)
slogdet = lift(linear_algebra.slogdet)
solve = lift(linear_algebra.solve)
matrix_power = lift(linear_algebra.matrix_power)
multi_dot = lift(linear_algebra.multi_dot)
tensorinv = lift(linear_algebra.tensorinv)
tensorsolve = lift(linear_algebra.tensorsolve)

cholesky = lift(decompositions.cholesky)
eig = lift(decompositions.eig)
eigh = lift(decompositions.eigh)
eigvals = lift(decompositions.eigvals)
eigvalsh = lift(decompositions.eigvalsh)
pinv = lift(decompositions.pinv)
qr = lift(decompositions.qr)
svd = lift(decompositions.svd)

norm = lift(norms.norm)
cond = lift(norms.cond)
lstsq = host(np.linalg.lstsq, arrays=2)
matrix_rank = host(np.linalg.matrix_rank, discrete=True)
