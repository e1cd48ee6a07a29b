"""Values of neurons and synapses, forms of sparse matrices, and matrices that a seed determines: against dense ones."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm

RNG = np.random.default_rng(0)
PRE, POST = 5, 4
MASK = RNG.random((PRE, POST)) < 0.5
PRE_IDS, POST_IDS = np.nonzero(MASK)
VALUES = RNG.uniform(0.5, 2., PRE).astype(np.float32)
WEIGHTS = RNG.uniform(0.5, 2., len(PRE_IDS)).astype(np.float32)
FIRED = np.array([True, False, True, True, False])
REDUCTIONS: dict[str, tuple[Callable[[np.ndarray], Any], float]] = {
    "sum": (np.sum, 0.), "prod": (np.prod, 1.), "max": (np.max, -np.inf),
    "min": (np.min, np.inf), "mean": (np.mean, 0.)}


@pytest.mark.parametrize("name", REDUCTIONS)
def test_what_neurons_receive(name: str, each_backend: str) -> None:
    reduce, nothing = REDUCTIONS[name]
    want = [reduce(VALUES[MASK[:, j]]) if MASK[:, j].any() else nothing for j in range(POST)]
    pre2post, syn2post = getattr(bm, f"pre2post_{name}"), getattr(bm, f"syn2post_{name}")
    np.testing.assert_allclose(pre2post(VALUES, POST, POST_IDS, PRE_IDS), want, rtol=1e-6)
    np.testing.assert_allclose(syn2post(bm.pre2syn(VALUES, PRE_IDS), POST_IDS, POST), want, rtol=1e-6)
    np.testing.assert_allclose(bm.for_loop(lambda v: pre2post(v, POST, POST_IDS, PRE_IDS), np.stack([VALUES] * 2))[1], want,
                               rtol=1e-6)
    with pytest.raises(ValueError, match=f"pre2post_{name} needs pre_ids"):
        pre2post(VALUES, POST, POST_IDS)


def test_one_value_for_all() -> None:
    np.testing.assert_array_equal(bm.pre2post_sum(2., POST, POST_IDS), 2. * MASK.sum(axis=0))
    np.testing.assert_array_equal(bm.pre2syn(3., PRE_IDS), np.full(len(PRE_IDS), 3.))


def test_softmax_over_the_synapses_of_a_neuron() -> None:
    found = np.asarray(bm.syn2post_softmax(WEIGHTS, POST_IDS, POST))
    powers = np.exp(WEIGHTS)
    np.testing.assert_allclose(found, powers / np.bincount(POST_IDS, powers, POST)[POST_IDS], rtol=1e-5)


def test_events(each_backend: str) -> None:
    indices, indptr = bm.coo_to_csr(PRE_IDS, POST_IDS, num_row=PRE)
    dense = np.zeros((PRE, POST), np.float32)
    dense[PRE_IDS, POST_IDS] = WEIGHTS
    np.testing.assert_allclose(bm.pre2post_event_sum(FIRED, (indices, indptr), POST, WEIGHTS), FIRED @ dense, rtol=1e-6)
    np.testing.assert_allclose(bm.pre2post_coo_event_sum(FIRED, PRE_IDS, POST_IDS, POST, WEIGHTS), FIRED @ dense, rtol=1e-6)
    factors = np.where(MASK & FIRED[:, None], np.where(MASK, dense, 1), 1).prod(axis=0)
    np.testing.assert_allclose(bm.pre2post_event_prod(FIRED, (indices, indptr), POST, WEIGHTS), factors, rtol=1e-6)


def test_forms_of_sparse_matrices() -> None:
    order = RNG.permutation(len(PRE_IDS))
    indices, indptr = bm.coo_to_csr(PRE_IDS[order], POST_IDS[order], num_row=PRE)
    rows, columns = bm.csr_to_coo(indices, indptr)
    np.testing.assert_array_equal(bm.csr_to_dense(1., indices, indptr, shape=(PRE, POST)), MASK)
    assert {*zip(rows.tolist(), columns.tolist(), strict=True)} == {*zip(PRE_IDS.tolist(), POST_IDS.tolist(), strict=True)}
    sparse = {"data": WEIGHTS, "index": (PRE_IDS, POST_IDS), "shape": (PRE, POST)}
    dense, x = np.zeros((PRE, POST), np.float32), RNG.normal(size=(POST, 3)).astype(np.float32)
    dense[PRE_IDS, POST_IDS] = WEIGHTS
    np.testing.assert_allclose(bm.sparse_matmul(sparse, x), dense @ x, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(bm.sparse_matmul(x[:, :3].T[:, :POST] @ np.eye(POST, PRE, dtype=np.float32), sparse),
                               x.T @ np.eye(POST, PRE) @ dense, rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match="must be sparse"):
        bm.sparse_matmul(x, x)


def test_a_seed_determines_a_matrix(each_backend: str) -> None:
    shape, ones = (300, 400), np.eye(400, dtype=np.float32)
    matrix = np.asarray(bm.matmat_prob_conn_normal_weight(ones, 2., 0.5, 0.1, shape, seed=3))
    elements = matrix[matrix != 0]
    assert elements.size == pytest.approx(12000, abs=4 * np.sqrt(12000 * 0.9))
    assert elements.mean() == pytest.approx(2., abs=0.02) and elements.std() == pytest.approx(0.5, abs=0.02)
    x, y = RNG.normal(size=400).astype(np.float32), RNG.random(300) < 0.2
    np.testing.assert_allclose(bm.matvec_prob_conn_normal_weight(x, 2., 0.5, 0.1, shape, seed=3), matrix @ x, rtol=1e-3,
                               atol=1e-3)
    back = bm.event_matvec_prob_conn_normal_weight(y, 2., 0.5, 0.1, shape, seed=3, transpose=True)
    np.testing.assert_allclose(back, y @ matrix, rtol=1e-3, atol=1e-3)
    uniform = np.asarray(bm.matmat_prob_conn_uniform_weight(ones, 1., 3., 0.1, shape, seed=3))
    assert uniform[uniform != 0].min() >= 1. and uniform.max() < 3. and ((uniform != 0) == (matrix != 0)).all()
    gradient = bm.grad(lambda w: bm.sum(bm.matvec_prob_conn_homo_weight(x, w, 0.1, shape, seed=3)))(bm.asarray(0.7))
    assert float(gradient) == pytest.approx(float(((matrix != 0) @ x).sum()), rel=1e-3)
    with pytest.raises(ValueError, match="conn_prob must be a probability"):
        bm.matvec_prob_conn_homo_weight(x, 1., 2., shape)


def test_without_a_seed_matrices_differ() -> None:
    bm.random.seed(5)
    first, second = [np.asarray(bm.matvec_prob_conn_homo_weight(np.ones(50), 1., 0.3, (50, 50))) for _ in range(2)]
    bm.random.seed(5)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(bm.matvec_prob_conn_homo_weight(np.ones(50), 1., 0.3, (50, 50)), first)
