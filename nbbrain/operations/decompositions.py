"""Decompositions of matrices, with autograd's derivatives.

An operation has one result, so the parts of a decomposition are packed into one array, flattened one after the other, and
taken out of it by slices. None of them is captured: compiled loops do not decompose matrices.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import autograd.numpy.linalg as rules
import numpy as np
from autograd.core import primitive_vjps
from autograd.tracer import isbox

from nbbrain.operations.complex_numbers import real
from nbbrain.operations.contraction import matmul
from nbbrain.operations.diagonals import tril
from nbbrain.operations.elementwise import add, conjugate, is_complex, multiply, subtract
from nbbrain.operations.indexing import get_item
from nbbrain.operations.linear_algebra import solve
from nbbrain.operations.operation import Operation, answer_for, dtype_of, known_value, shape_of
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.shapes import expand_dims, reshape, swapaxes

__all__ = ["cholesky", "eig", "eigh", "eigvals", "eigvalsh", "pinv", "qr", "svd"]

Shape = tuple[int, ...]


class Eigen(NamedTuple):
    """Eigenvalues, and eigenvectors as the columns of matrices."""

    eigenvalues: Any
    eigenvectors: Any


class QR(NamedTuple):
    """An orthogonal and an upper triangular factor."""

    Q: Any
    R: Any


class SVD(NamedTuple):
    """Left singular vectors as columns, singular values, right singular vectors as rows."""

    U: Any
    S: Any
    Vh: Any


def _inherited(function: Any, **options: Any) -> Callable[..., Any]:
    """autograd's own rule for the first operand of one of its functions."""
    def rule(g: Any, z: Any, x: Any, **parameters: Any) -> Any:
        return primitive_vjps[function]((0,), z, (x,), {**parameters, **options})(g)[0]

    return rule


def _pack(parts: Sequence[np.ndarray], lead: int) -> np.ndarray:
    return np.concatenate([part.reshape(*part.shape[:lead], -1) for part in parts], axis=-1)


def _unpack(packed: Any, shapes: Sequence[Shape]) -> list[Any]:
    """The parts of a packed array, given their shapes without the axes of the stack."""
    lead, start, parts = shape_of(packed)[:-1], 0, []
    for shape in shapes:
        stop = start + int(np.prod(shape, dtype=np.int64))
        parts.append(reshape(get_item(packed, (Ellipsis, slice(start, stop))), (*lead, *shape)))
        start = stop
    return parts


def _decomposition(name: str, function: Callable[..., Any], rule: Callable[..., Any],
                   shapes_of: Callable[[int, int], Sequence[Shape]]) -> Callable[..., list[Any]]:
    """Define a decomposition: its parts of a stack of matrices, and its rule in terms of them.

    ``rule(g, parts, x, **parameters)`` is given the cotangents of the parts as a tuple.
    """
    def compute(x: np.ndarray, **parameters: Any) -> np.ndarray:
        return _pack(function(x, **parameters), x.ndim - 2)

    def of_packed(g: Any, z: Any, x: Any, **parameters: Any) -> Any:
        shapes = shapes_of(*shape_of(x)[-2:])
        return rule(tuple(_unpack(g, shapes)), tuple(_unpack(z, shapes)), x, **parameters)

    operation = Operation(name, compute, derivatives=(of_packed,))

    def parts_of(x: Any, **parameters: Any) -> list[Any]:
        return _unpack(operation(x, **parameters), shapes_of(*shape_of(x)[-2:]))

    return parts_of


def _matrices(a: Any, name: str, square: bool = True) -> Any:
    shape = shape_of(a)
    if len(shape) < 2 or (square and shape[-1] != shape[-2]):
        raise ValueError(f"{name}: {'square ' if square else ''}matrices are needed, but got shape {shape}.")
    return as_inexact(a)


# ----------------------------------------------------------------------------------------------------------------
# Eigenvalues
# ----------------------------------------------------------------------------------------------------------------
_eigh = _decomposition("eigh", np.linalg.eigh, _inherited(rules.eigh), lambda m, n: ((n,), (n, n)))
_eig = _decomposition("eig", np.linalg.eig, _inherited(rules.eig), lambda m, n: ((n,), (n, n)))


def eigh(a: Any, UPLO: str = "L") -> Eigen:
    """Eigenvalues in ascending order and eigenvectors of symmetric or Hermitian matrices, of which one triangle is read."""
    triangle = UPLO.upper()
    if triangle not in ("L", "U"):
        raise ValueError(f"eigh: UPLO must be 'L' or 'U', but got {UPLO!r}.")
    values, vectors = _eigh(_matrices(a, "eigh"), UPLO=triangle)
    return Eigen(real(values), vectors)


def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """Eigenvalues of symmetric or Hermitian matrices, in ascending order."""
    return eigh(a, UPLO).eigenvalues


def eig(a: Any) -> Eigen:
    """Eigenvalues and eigenvectors of square matrices; complex where they have to be."""
    return Eigen(*_eig(_matrices(a, "eig")))


def eigvals(a: Any) -> Any:
    """Eigenvalues of square matrices; complex where they have to be."""
    return eig(a).eigenvalues


# ----------------------------------------------------------------------------------------------------------------
# Singular values, pseudo-inverse, triangular factors
# ----------------------------------------------------------------------------------------------------------------
_thin_svd = _decomposition("svd", lambda x: np.linalg.svd(x, full_matrices=False),
                           _inherited(rules.svd, full_matrices=False),
                           lambda m, n: ((m, min(m, n)), (min(m, n),), (min(m, n), n)))


def _singular_values_rule(g: Any, z: Any, x: Any) -> Any:
    """A singular value changes by the real part of u^H dx v; degenerate ones do no harm, unlike to singular vectors."""
    u, _, vh = _thin_svd(x)
    return conjugate(matmul(multiply(u, expand_dims(g, -2)), vh))


_singular_values = Operation("singular_values", lambda x: np.linalg.svd(x, compute_uv=False),
                             derivatives=(_singular_values_rule,))
_cholesky = Operation("cholesky", np.linalg.cholesky, derivatives=(_inherited(rules.cholesky),))


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """The singular value decomposition a = U diag(S) Vh, or S alone.

    Singular vectors beyond the smaller size of the matrix (``full_matrices`` of one that is not square) have no derivative.
    """
    a = _matrices(a, "svd", square=False)
    rows, columns = shape_of(a)[-2:]
    if not compute_uv:
        return _singular_values(a)
    if full_matrices and rows != columns:
        return SVD(*np.linalg.svd(_without_derivative(a, "svd with full_matrices=True")))
    u, s, vh = _thin_svd(a)
    return SVD(u, real(s), vh)


def _without_derivative(a: Any, name: str) -> np.ndarray:
    if isbox(a):
        raise NotImplementedError(f"{name} has no derivative; use bm.stop_gradient on its argument if that is meant.")
    return known_value(a, name)


def _pinv_rule(g: Any, z: Any, x: Any, *, rcond: float) -> Any:
    if is_complex(x):
        raise NotImplementedError("pinv has no derivative for complex matrices.")
    return _inherited(rules.pinv)(g, z, x)


_pinv = Operation("pinv", lambda x, *, rcond: np.linalg.pinv(x, rcond=rcond), derivatives=(_pinv_rule,))


def pinv(a: Any, rcond: float | None = None, hermitian: bool = False) -> Any:
    """The pseudo-inverse (Moore-Penrose); singular values below ``rcond`` times the largest count as zero.

    The default of ``rcond`` is the larger size times the precision of the dtype.
    """
    a = _matrices(a, "pinv", square=False)
    cut = max(shape_of(a)[-2:]) * float(np.finfo(dtype_of(a)).eps) if rcond is None else float(rcond)
    return _pinv(a, rcond=cut)


def cholesky(a: Any, *, upper: bool = False) -> Any:
    """The lower triangular L of a = L L^T for positive definite matrices; with ``upper``, the upper triangular one."""
    a = _matrices(a, "cholesky")
    if upper:
        return conjugate(swapaxes(_cholesky(conjugate(swapaxes(a, -1, -2))), -1, -2))
    return _cholesky(a)


def _qr_rule(g: Any, parts: Any, x: Any) -> Any:
    """Roberts & Roberts (2020), "QR and LQ decomposition matrix backpropagation algorithms", eq. 3.3."""
    if is_complex(x) or shape_of(x)[-2] < shape_of(x)[-1]:
        raise NotImplementedError("qr has a derivative only for real matrices with at least as many rows as columns.")
    (gq, gr), (q, r) = g, parts
    m = subtract(matmul(r, _t(gr)), matmul(_t(gq), q))
    symmetric = add(tril(m), _t(tril(m, -1)))
    return _t(solve(r, _t(add(gq, matmul(q, symmetric)))))


def _t(x: Any) -> Any:
    return swapaxes(x, -1, -2)


_reduced_qr = _decomposition("qr", np.linalg.qr, _qr_rule, lambda m, n: ((m, min(m, n)), (min(m, n), n)))


def qr(a: Any, mode: str = "reduced") -> Any:
    """The factors of a = Q R; R alone with mode 'r'. Modes 'complete' and 'raw' have no derivative."""
    a = _matrices(a, "qr", square=False)
    if mode in ("complete", "raw"):
        decompose: Callable[..., Any] = np.linalg.qr
        parts = decompose(_without_derivative(a, f"qr with mode {mode!r}"), mode)
        return QR(*parts) if mode == "complete" else tuple(parts)
    if mode not in ("reduced", "r"):
        raise ValueError(f"qr: mode must be 'reduced', 'complete', 'r' or 'raw', but got {mode!r}.")
    q, r = _reduced_qr(a)
    return QR(q, r) if mode == "reduced" else r


answer_for({np.linalg.eigh: eigh, np.linalg.eigvalsh: eigvalsh, np.linalg.eig: eig, np.linalg.eigvals: eigvals,
            np.linalg.svd: svd, np.linalg.pinv: pinv, np.linalg.cholesky: cholesky, np.linalg.qr: qr})
