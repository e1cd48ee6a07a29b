"""Products with sparse matrices, against dense ones."""
from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import nbbrain.math as bm
from nbbrain.operations.sparse import event_csr_matvec
from nbbrain.program.capture import capture_step

ROWS, COLUMNS = 4, 6
DENSE = np.array([[0., 2., 0., 0., 1., 0.], [0., 0., 0., 0., 0., 0.], [3., 0., 0., 4., 0., 5.], [0., 0., 6., 0., 0., 0.]])
POINTERS = [0, 2, 2, 5, 6]
INDICES = [1, 4, 0, 3, 5, 2]
DATA = DENSE[DENSE != 0]


@pytest.fixture(autouse=True)
def double_precision() -> None:
    bm.enable_x64()


def vectors(length: int, lead: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(2).normal(size=(*lead, length))


@pytest.mark.parametrize("lead", [(), (3,), (2, 3)])
@pytest.mark.parametrize("data", [DATA, 0.5, np.array([0.5])], ids=["vector", "number", "one element"])
def test_products(data, lead: tuple[int, ...]) -> None:
    matrix = DENSE if np.size(data) > 1 else (DENSE != 0) * 0.5
    v = vectors(COLUMNS, lead)
    assert_allclose(bm.csr_matvec(data, INDICES, POINTERS, v, (ROWS, COLUMNS)), v @ matrix.T, rtol=1e-14, atol=1e-14)
    assert_allclose(bm.event_csr_matvec(data, INDICES, POINTERS, v, (ROWS, COLUMNS)), v @ matrix.T, rtol=1e-14, atol=1e-14)
    v = vectors(ROWS, lead)
    assert_allclose(bm.event_csr_matvec(data, INDICES, POINTERS, v, (ROWS, COLUMNS), transpose=True), v @ matrix,
                    rtol=1e-14, atol=1e-14)
    fired = v > 0
    result = bm.event_csr_matvec(data, INDICES, POINTERS, fired, (ROWS, COLUMNS), transpose=True)
    assert_allclose(result, fired @ matrix, rtol=1e-14, atol=1e-14)


def test_elements_of_one_place_add_up() -> None:
    assert bm.csr_matvec([1., 2.], [0, 0], [0, 2], [10.], (1, 1)).tolist() == [30.]


def test_a_matrix_with_one_element() -> None:
    assert bm.csr_matvec([3.], [1], [0, 0, 1], [10., 20.], (2, 2)).tolist() == [0., 60.]


def test_dtypes() -> None:
    bm.disable_x64()
    for data in (0.5, np.float32(0.5), DATA):
        for v in (np.ones(ROWS, bool), np.ones(ROWS, np.float32), np.ones(ROWS)):
            assert bm.event_csr_matvec(data, INDICES, POINTERS, v, (ROWS, COLUMNS), transpose=True).dtype == np.float32


@pytest.mark.parametrize("data", [DATA, np.array(0.5)], ids=["vector", "number"])
@pytest.mark.parametrize("looped", [False, True], ids=["eager", "loop"])
def test_gradients(data: np.ndarray, looped: bool) -> None:
    v = vectors(ROWS, (5, 2))
    c = np.random.default_rng(4).normal(size=(5, 2, COLUMNS))

    def loss(data, v):
        def product(row):
            return bm.event_csr_matvec(data, INDICES, POINTERS, row, (ROWS, COLUMNS), transpose=True)

        products = bm.for_loop(product, v, jit=looped)
        return bm.sum(products * c)

    by_data, by_v = bm.grad(loss, argnums=(0, 1))(bm.asarray(data), bm.asarray(v))
    pattern = DENSE != 0
    by_element = np.einsum("tbi,tbj->ij", v, c)[pattern]
    assert_allclose(by_data, by_element if data.ndim else by_element.sum(), rtol=1e-12)
    assert_allclose(by_v, c @ (DENSE if data.ndim else pattern * 0.5).T, rtol=1e-12)


def test_the_structure_must_be_known_before_a_loop_runs() -> None:
    with pytest.raises(TypeError, match="must be known before a loop runs"):
        capture_step(lambda i: [event_csr_matvec(0.5, i, np.array(POINTERS), np.ones(ROWS), (ROWS, COLUMNS), True)],
                     [((6,), np.dtype(np.int32))])


def test_shapes_that_do_not_fit() -> None:
    shape = (ROWS, COLUMNS)
    with pytest.raises(ValueError, match="needs a vector of 6 elements along its last axis, but got shape \\(4,\\)"):
        bm.csr_matvec(DATA, INDICES, POINTERS, np.ones(ROWS), shape)
    with pytest.raises(ValueError, match="needs a vector of 4 elements"):
        bm.event_csr_matvec(DATA, INDICES, POINTERS, np.ones(COLUMNS), shape, transpose=True)
    with pytest.raises(ValueError, match="one for each of the 6 elements, but got shape \\(5,\\)"):
        bm.csr_matvec(DATA[:5], INDICES, POINTERS, np.ones(COLUMNS), shape)
    with pytest.raises(ValueError, match="needs 5 row pointers"):
        bm.csr_matvec(DATA, INDICES, POINTERS[:4], np.ones(COLUMNS), shape)
    with pytest.raises(ValueError, match="which ends with 6, and indices of shape \\(5,\\)"):
        bm.csr_matvec(DATA, INDICES[:5], POINTERS, np.ones(COLUMNS), shape)
