"""Products, convolutions, polynomials, and functions of neighbouring elements."""
from __future__ import annotations

import numpy as np

from nbbrain.math.lifting import host, lift
from nbbrain.operations import contraction, convolution, differences, polynomials

__all__ = [
    "convolve", "correlate", "cross", "diff", "dot", "ediff1d", "einsum", "einsum_path", "gradient", "inner", "interp",
    "kron", "matmul", "outer", "poly", "polyadd", "polyder", "polydiv", "polyfit", "polyint", "polymul", "polysub",
    "polyval", "roots", "tensordot", "trace", "trapezoid", "trapz", "unwrap", "vdot",
]

dot = lift(contraction.dot)
matmul = lift(contraction.matmul)
inner = lift(contraction.inner)
outer = lift(contraction.outer)
vdot = lift(contraction.vdot)
kron = lift(contraction.kron)
tensordot = lift(contraction.tensordot)
einsum = lift(contraction.einsum)
einsum_path = host(np.einsum_path, arrays="all")
trace = lift(contraction.trace)

convolve = lift(convolution.convolve)
correlate = lift(convolution.correlate)

polyval = lift(polynomials.polyval)
polyadd = lift(polynomials.polyadd)
polysub = lift(polynomials.polysub)
polymul = lift(polynomials.polymul)
polyder = lift(polynomials.polyder)
polyint = lift(polynomials.polyint)
polydiv = host(np.polydiv, arrays=2)
polyfit = host(np.polyfit, arrays=2)
poly = host(np.poly)
roots = host(np.roots)

diff = lift(differences.diff)
ediff1d = lift(differences.ediff1d)
gradient = lift(differences.gradient)
cross = lift(differences.cross)
interp = lift(differences.interp)
trapezoid = trapz = lift(differences.trapezoid)
unwrap = lift(differences.unwrap)
