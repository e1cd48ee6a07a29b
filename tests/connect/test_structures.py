"""The conversions between forms of a connection agree with SciPy's and with each other."""
from __future__ import annotations

import numpy as np
import pytest

from nbbrain import connect
from nbbrain.errors import ConnectorError


@pytest.fixture(params=[(5, 7, 0.4), (3, 3, 1.0), (4, 2, 0.0)], ids=["sparse", "full", "empty"])
def matrix(request):
    pre, post, density = request.param
    return np.random.default_rng(1).random((pre, post)) < density


def test_round_trips_give_the_matrix_back(matrix):
    shape = matrix.shape
    assert np.array_equal(connect.coo2mat(connect.mat2coo(matrix), *shape), matrix)
    assert np.array_equal(connect.csr2mat(connect.mat2csr(matrix), *shape), matrix)
    assert np.array_equal(connect.coo2mat(connect.csr2coo(connect.mat2csr(matrix)), *shape), matrix)


def test_csr_and_csc_are_those_of_scipy(matrix):
    sparse = pytest.importorskip("scipy.sparse")
    for ours, theirs in ((connect.mat2csr(matrix), sparse.csr_array(matrix)),
                         (connect.mat2csc(matrix), sparse.csc_array(matrix)),
                         (connect.csr2csc(connect.mat2csr(matrix), matrix.shape[1]), sparse.csc_array(matrix))):
        indices, pointers = ours
        assert np.array_equal(indices, theirs.indices) and np.array_equal(pointers, theirs.indptr)
        assert indices.dtype == pointers.dtype == np.int32


def test_sorting_is_stable():
    indices, pointers = connect.coo2csr(([1, 0, 1, 1], [3, 2, 0, 3]), 2)
    assert indices.tolist() == [2, 3, 0, 3] and pointers.tolist() == [0, 1, 4]


def test_data_follows_its_synapse():
    pre_ids, post_ids, weights = [0, 0, 1], [2, 0, 1], [0.2, 0.0, 0.1]
    _, pointers, sorted_weights = connect.coo2csc((pre_ids, post_ids), 3, data=weights)
    assert sorted_weights.tolist() == [0.0, 0.1, 0.2] and pointers.tolist() == [0, 1, 2, 3]


def test_a_vector_is_no_matrix():
    with pytest.raises(ConnectorError, match=r"two axes.*\(3,\)"):
        connect.mat2coo([1, 0, 1])


def test_neurons_are_sorted_beyond_two_bytes():
    ids = np.array([70_000, 5, 65_536, 70_000, 65_541, 0], dtype=np.int32)
    indices, pointers = connect.coo2csr((ids, np.arange(6)), 70_001)
    assert indices.tolist() == [5, 1, 2, 4, 0, 3]
    assert np.array_equal(np.diff(pointers), np.bincount(ids, minlength=70_001))


def test_many_synapses_are_transposed_as_few_are(monkeypatch):
    pytest.importorskip("scipy.sparse")
    csr = connect.FixedProb(0.2, allow_multi_conn=True, seed=1)(60, 50).require("csr")
    few = connect.csr2csc(csr, 50)
    monkeypatch.setattr("nbbrain.connect.structures._MANY", 1)
    many = connect.csr2csc(csr, 50)
    assert all(np.array_equal(a, b) and a.dtype == b.dtype == np.int32 for a, b in zip(few, many, strict=True))
