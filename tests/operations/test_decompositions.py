"""Derivatives of decompositions against differences: what the table of calls cannot say."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm

RNG = np.random.default_rng(4)


def slope(function, x, direction, step=1e-5):
    f = [float(function(bm.asarray(x + n * step * direction))) for n in (-2, -1, 1, 2)]
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * step)


def check(function, x):
    bm.enable_x64()
    gradient = np.asarray(bm.grad(function)(bm.asarray(x)))
    for unit in (1, 1j) if np.iscomplexobj(x) else (1,):
        direction = unit * RNG.normal(size=x.shape)
        along = np.real(np.sum(gradient * direction))
        np.testing.assert_allclose(along, slope(function, x, direction), rtol=1e-6, atol=1e-9)


def squared_projection(vectors):
    """Something of eigenvectors or singular vectors that does not depend on their signs or phases."""
    return bm.sum(bm.abs(vectors) ** 2 * np.sin(np.arange(np.prod(vectors.shape))).reshape(vectors.shape))


def symmetric(x):
    return x + bm.conj(bm.swapaxes(x, -1, -2))


STACK = RNG.normal(size=(2, 3, 3))
COMPLEX = RNG.normal(size=(3, 3)) + 1j * RNG.normal(size=(3, 3))


@pytest.mark.parametrize("x", [STACK[0], STACK, COMPLEX], ids=["one", "stack", "complex"])
@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("triangle", ["L", "U"])
def test_eigenvalues_and_eigenvectors_of_symmetric_matrices(x, part, triangle):
    def function(a):
        result = bm.linalg.eigh(symmetric(a), triangle)[part]
        return bm.sum(result * result) if part == 0 else squared_projection(result)

    check(function, x)


@pytest.mark.parametrize("x", [STACK[0], COMPLEX, RNG.normal(size=(4, 2)), RNG.normal(size=(2, 3, 4))],
                         ids=["square", "complex", "tall", "stack of wide"])
@pytest.mark.parametrize("part", [0, 1, 2])
def test_singular_values_and_vectors(x, part):
    def function(a):
        result = bm.linalg.svd(a, full_matrices=False)[part]
        return bm.sum(result ** 3) if part == 1 else squared_projection(result)

    check(function, x)
    check(lambda a: bm.sum(bm.linalg.svd(a, compute_uv=False) ** 3), x)


def test_equal_singular_values_have_a_gradient():
    gradient = bm.grad(lambda a: bm.linalg.norm(a, "nuc"))(bm.eye(3))
    np.testing.assert_allclose(np.asarray(gradient), np.eye(3), atol=1e-6)


def test_eigenvalues_of_general_matrices():
    rotation = np.array([[0.5, -1.0, 0.1], [1.2, 0.3, 0.0], [0.2, 0.1, 2.0]])
    check(lambda a: bm.sum(bm.abs(bm.linalg.eigvals(a)) ** 2), rotation)


def test_eigenvalues_are_complex_where_they_have_to_be():
    rotation = np.array([[0.0, -1.0], [1.0, 0.0]])
    assert bm.linalg.eigvals(bm.asarray(rotation, np.float32)).dtype == np.complex64
    assert bm.linalg.eigvals(bm.diag(bm.array([1.0, 2.0]))).dtype == np.float32


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (2, 4, 3)])
@pytest.mark.parametrize("part", [0, 1])
def test_triangular_factors(shape, part):
    weights = RNG.normal(size=(*shape[:-2], 3, 3) if part else shape)
    check(lambda a: bm.sum(bm.linalg.qr(a)[part] * weights), RNG.normal(size=shape))


def test_complete_factors():
    a = RNG.normal(size=(4, 2))
    q, r = bm.linalg.qr(a, "complete")
    assert (q.shape, r.shape) == ((4, 4), (4, 2))
    np.testing.assert_allclose(np.asarray(q @ r), a, atol=1e-6)
    assert len(bm.linalg.qr(a, "raw")) == 2


@pytest.mark.parametrize(("call", "message"), [
    (lambda x: bm.linalg.qr(x.T, "reduced")[0], "at least as many rows as columns"),
    (lambda x: bm.linalg.qr(x, "complete")[0], "qr with mode 'complete' has no derivative"),
    (lambda x: bm.linalg.svd(x)[2], "svd with full_matrices=True has no derivative"),
    (lambda x: bm.real(bm.linalg.pinv(x * (1 + 1j))), "pinv has no derivative for complex matrices"),
])
def test_what_has_no_derivative(call, message):
    with pytest.raises(NotImplementedError, match=message):
        bm.grad(lambda x: bm.sum(call(x)))(bm.asarray(RNG.normal(size=(4, 3))))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: bm.linalg.eigh(bm.ones((2, 3))), r"eigh: square matrices are needed, but got shape \(2, 3\)"),
    (lambda: bm.linalg.svd(bm.ones(2)), r"svd: matrices are needed, but got shape \(2,\)"),
    (lambda: bm.linalg.eigh(bm.eye(2), "X"), "UPLO must be 'L' or 'U'"),
    (lambda: bm.linalg.qr(bm.eye(2), "thin"), "mode must be"),
    (lambda: bm.linalg.norm(bm.ones((2, 2, 2)), axis=(0, 1, 2)), "one or two axes are needed"),
    (lambda: bm.linalg.norm(bm.eye(2), "max"), "is no order of a norm of matrices"),
    (lambda: bm.linalg.norm(bm.ones(2), "fro"), "is no order of a norm of vectors"),
    (lambda: bm.linalg.matrix_power(bm.ones((2, 3)), 2), "square matrices are needed"),
    (lambda: bm.linalg.multi_dot([bm.eye(2)]), "at least two arrays"),
])
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_names_of_parts():
    assert bm.linalg.eigh(bm.eye(2)).eigenvalues.tolist() == [1, 1]
    assert bm.linalg.svd(bm.eye(2)).S.tolist() == [1, 1]
    assert float(bm.linalg.slogdet(bm.eye(2)).logabsdet) == 0
    assert bm.linalg.qr(bm.eye(2)).R.shape == (2, 2)


def test_multi_dot_chooses_the_cheapest_order():
    from nbbrain.operations.linear_algebra import _best_splits

    assert _best_splits([10, 100, 5, 50])[0, 3] == 2  # (A B) C: 7,500 multiplications, A (B C): 75,000
    assert _best_splits([50, 5, 100, 10])[0, 3] == 1
