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
