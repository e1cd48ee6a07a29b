"""Connectors connect whom they say, give consistent forms, and refuse what they cannot do."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.connect.structures import STRUCTURES
from nbbrain.errors import ConnectorError, NoImplementationError

GIVEN = np.array([[0, 1, 1], [0, 0, 0], [1, 0, 1], [1, 1, 1]], dtype=bool)
PRE, POST = [3, 0, 2, 3, 0, 2, 3], [2, 2, 0, 0, 1, 2, 1]
CONNECTORS = {
    "all": (lambda: bp.conn.All2All(), (4, 3)),
    "all_but_self": (lambda: bp.conn.All2All(include_self=False), (3, 3)),
    "one": (lambda: bp.conn.One2One(), ((2, 2), 4)),
    "probability": (lambda: bp.conn.FixedProb(0.5, seed=1), (6, 4)),
    "multiple": (lambda: bp.conn.FixedProb(0.9, allow_multi_conn=True, seed=1), (6, 4)),
    "number_of_pre": (lambda: bp.conn.FixedPreNum(2, seed=1), (6, 4)),
    "number_of_post": (lambda: bp.conn.FixedPostNum(3, include_self=False, seed=1), (4, 4)),
    "number_of_post_multiple": (lambda: bp.conn.FixedPostNum(7, allow_multi_conn=True, seed=1), (4, 5)),
    "total_number": (lambda: bp.conn.FixedTotalNum(9, seed=1), (6, 4)),
    "four": (lambda: bp.conn.GridFour(), ((3, 4), (3, 4))),
    "eight": (lambda: bp.conn.GridEight(include_self=True, periodic_boundary=True), ((3, 4), (3, 4))),
    "distance": (lambda: bp.conn.ProbDist(1.5, 0.8, seed=1), ((4, 3), (2, 3))),
    "gauss": (lambda: bp.conn.GaussianProb(1.0, seed=1), ((2, 3), (2, 3))),
    "small_world": (lambda: bp.conn.SmallWorld(4, 0.3, seed=1), (9, 9)),
    "small_world_directed": (lambda: bp.conn.SmallWorld(4, 0.3, directed=True, include_self=True, seed=1), (9, 9)),
    "scale_free": (lambda: bp.conn.ScaleFreeBA(2, seed=1), (9, 9)),
    "dual": (lambda: bp.conn.ScaleFreeBADual(2, 1, 0.5, directed=True, seed=1), (9, 9)),
    "power_law": (lambda: bp.conn.PowerLaw(2, 0.5, seed=1), (9, 9)),
    "matrix": (lambda: bp.conn.MatConn(GIVEN), (4, 3)),
    "pairs": (lambda: bp.conn.IJConn(PRE, POST), (4, 3)),
    "csr": (lambda: bp.conn.CSRConn([1, 2, 0, 2, 2, 0, 1], [0, 2, 2, 4, 7]), (4, 3)),
}


@pytest.fixture(params=CONNECTORS)
def connection(request):
    make, sizes = CONNECTORS[request.param]
    return make()(*sizes)


def test_all_forms_describe_one_connection(connection):
    pre_num, post_num = connection.pre_num, connection.post_num
    pre_ids, post_ids = connection.require("pre_ids", "post_ids")
    pairs = sorted(zip(pre_ids.tolist(), post_ids.tolist(), strict=True))
    assert np.array_equal(connection.require("conn_mat"), bp.conn.coo2mat((pre_ids, post_ids), pre_num, post_num))
    assert all(np.array_equal(a, b) for a, b in zip(connection.require("coo"), (pre_ids, post_ids), strict=True))

    indices, pointers = connection.require("csr")
    assert sorted((i, int(j)) for i in range(pre_num) for j in indices[pointers[i]:pointers[i + 1]]) == pairs
    pre_of, post_pointers = connection.require("csc")
    assert sorted((int(i), j) for j in range(post_num) for i in pre_of[post_pointers[j]:post_pointers[j + 1]]) == pairs

    synapses, starts = connection.require("post2syn")
    pre_of_synapse = bp.conn.csr2coo((indices, pointers))[0]
    assert np.array_equal(pre_of_synapse[synapses], pre_of) and np.array_equal(starts, post_pointers)
    assert all((indices[synapses[starts[j]:starts[j + 1]]] == j).all() for j in range(post_num))
    assert connection.require("pre2syn")[0].tolist() == list(range(len(pairs)))
    assert np.array_equal(connection.require("pre_slice"), np.stack([pointers[:-1], pointers[1:]], 1))
    assert np.array_equal(connection.require("post_slice"), np.stack([post_pointers[:-1], post_pointers[1:]], 1))


def test_indices_are_int32(connection):
    for name in STRUCTURES:
        given = connection.require(name)
        for array in given if isinstance(given, tuple) else (given,):
            assert array.dtype == (bool if name == "conn_mat" else np.int32)


def test_given_connections_are_the_matrix():
    for name in ("matrix", "pairs", "csr"):
        make, sizes = CONNECTORS[name]
        assert np.array_equal(make()(*sizes).require("conn_mat"), GIVEN), name
    assert np.array_equal(bp.conn.MatConn(bm.Array(GIVEN))(4, 3).require("conn_mat"), GIVEN)


def test_pairs_keep_their_order_and_synapses_are_numbered_in_csr_order():
    connection = bp.conn.IJConn([1, 0, 1], [0, 1, 1])(2, 2)
    assert connection.require("pre_ids").tolist() == [1, 0, 1]
    assert connection.require("csr")[0].tolist() == [1, 0, 1]
    assert connection.require("post2syn")[0].tolist() == [1, 0, 2]


def test_a_sparse_matrix_of_scipy_is_taken():
    sparse = pytest.importorskip("scipy.sparse")
    for form in ("csr", "csc", "coo"):
        matrix = sparse.coo_array(GIVEN.astype(float)).asformat(form)
        assert np.array_equal(bp.conn.SparseMatConn(matrix)(4, 3).require("conn_mat"), GIVEN)
    with pytest.raises(ConnectorError, match="MatConn takes a dense one"):
        bp.conn.SparseMatConn(GIVEN)
    with pytest.raises(ConnectorError, match=r"must have the shape \(3, 3\).*it has \(4, 3\)"):
        bp.conn.SparseMatConn(sparse.csr_array(GIVEN))(3, 3)


def test_stored_zeros_of_a_sparse_matrix_are_no_synapses():
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.csr_array((np.array([0.0, 2.0]), np.array([0, 1]), np.array([0, 2])), shape=(1, 2))
    assert bp.conn.SparseMatConn(matrix)(1, 2).require("post_ids").tolist() == [1]
    assert matrix.nnz == 2


# ---------------------------------------------------------------------------------------------------------------------
# Chance
# ---------------------------------------------------------------------------------------------------------------------


def test_a_draw_is_kept_until_the_connector_is_called_again():
    connector = bp.conn.FixedProb(0.5, seed=3)
    first = connector(20, 30).require("conn_mat").copy()
    assert np.array_equal(connector.require("conn_mat"), first)
    assert not np.array_equal(connector(20, 30).require("conn_mat"), first)
    assert np.array_equal(bp.conn.FixedProb(0.5, seed=3)(20, 30).require("conn_mat"), first)


def test_without_a_seed_the_global_generator_decides():
    bm.random.seed(5)
    first = bp.conn.FixedProb(0.5)(20, 30).require("conn_mat")
    second = bp.conn.FixedProb(0.5)(20, 30).require("conn_mat")
    bm.random.seed(5)
    assert np.array_equal(bp.conn.FixedProb(0.5)(20, 30).require("conn_mat"), first)
    assert not np.array_equal(first, second)


def test_partners_are_different_and_their_number_is_fixed():
    matrix = bp.conn.FixedProb(0.3, seed=1)(60, 50).require("conn_mat")
    indices, pointers = bp.conn.FixedProb(0.3, seed=1)(60, 50).require("csr")
    assert np.diff(pointers).tolist() == [15] * 60 == matrix.sum(1).tolist()
    assert all(np.all(np.diff(indices[pointers[i]:pointers[i + 1]]) > 0) for i in range(60))


def test_the_probability_is_right_where_the_number_is_not_whole():
    counts = np.diff(bp.conn.FixedProb(0.13, seed=1)(20000, 5).require("csr")[1])
    assert set(counts) == {0, 1}
    # the standard error of the mean of 20000 Bernoulli draws with p = 0.65 is 0.0034
    assert abs(counts.mean() - 0.65) < 4 * 0.0034


def test_each_pair_is_equally_likely():
    connector = bp.conn.FixedProb(0.25, include_self=False, seed=1)
    total = sum(connector(8, 8).require("conn_mat").astype(int) for _ in range(2000))
    assert (np.diagonal(total) == 0).all()
    others = total[~np.eye(8, dtype=bool)] / 2000
    assert abs(others - 0.25).max() < 5 * np.sqrt(0.25 * 0.75 / 2000)


def test_some_neurons_may_have_no_partners_and_some_several_synapses():
    counts = np.diff(bp.conn.FixedProb(0.5, pre_ratio=0.25, seed=1)(40, 10).require("csr")[1])
    assert sorted(counts.tolist()) == [0] * 30 + [5] * 10
    indices, _ = bp.conn.FixedProb(1.0, allow_multi_conn=True, seed=1)(1, 50).require("csr")
    assert indices.size == 50 and len(set(indices.tolist())) < 50


# ---------------------------------------------------------------------------------------------------------------------
# What users define, and what is refused
# ---------------------------------------------------------------------------------------------------------------------


def test_a_user_defines_one_form():
    class Ring(bp.conn.OneEndConnector):
        def build_coo(self):
            ids = np.arange(self.pre_num)
            return ids, (ids + 1) % self.pre_num

    class Rows(bp.conn.TwoEndConnector):
        def build_csr(self):
            return np.tile(np.arange(self.post_num), self.pre_num), np.arange(self.pre_num + 1) * self.post_num

    class Half(bp.conn.TwoEndConnector):
        def build_mat(self):
            return np.tri(self.pre_num, self.post_num)

    assert Ring()(3).require("conn_mat").tolist() == [[False, True, False], [False, False, True], [True, False, False]]
    assert Rows()(2, 3).require("conn_mat").all()
    assert np.array_equal(Half()(3, 3).require("conn_mat"), np.tri(3, dtype=bool))
    with pytest.raises(ConnectorError, match=r"with itself.*\(3,\) and \(4,\)"):
        Ring()(3, 4)
    with pytest.raises(NoImplementationError, match="must define build_coo, build_csr or build_mat"):
        bp.conn.TwoEndConnector()(2, 2).require("coo")


def test_sizes_may_be_given_at_once():
    connector = bp.conn.All2All(pre=(2, 2), post=3)
    assert (connector.pre_size, connector.post_size, connector.pre_num, connector.post_num) == ((2, 2), (3,), 4, 3)
    assert connector.require("conn_mat").shape == (4, 3)
    with pytest.raises(ConnectorError, match="both sizes"):
        bp.conn.All2All(pre=3)


def test_ready_made_connectors_are_never_changed():
    small, large = bp.conn.all2all(2, 3), bp.conn.all2all(4, 5)
    assert small.require("conn_mat").shape == (2, 3) and large.require("conn_mat").shape == (4, 5)
    assert bp.conn.all2all.pre_num is None and isinstance(bp.conn.all2all, bp.conn.All2All)
    assert small(3, 3) is small
    assert bp.conn.one2one(3, 3).require("post_ids").tolist() == [0, 1, 2]
    for ready, cls in ((bp.conn.grid_four, bp.conn.GridFour), (bp.conn.grid_eight, bp.conn.GridEight)):
        assert np.array_equal(ready((3, 3)).require("conn_mat"), cls()((3, 3)).require("conn_mat"))


def test_several_forms_come_in_the_order_asked_for():
    matrix, (indices, pointers) = bp.conn.One2One()(2, 2).requires("conn_mat", "pre2post")
    assert matrix.tolist() == [[True, False], [False, True]]
    assert indices.tolist() == [0, 1] and pointers.tolist() == [0, 1, 2]


@pytest.mark.parametrize("call, message", [
    (lambda: bp.conn.One2One()(3, 4), r"one size, but got \(3,\) and \(4,\)"),
    (lambda: bp.conn.All2All(include_self=False)(3, 4), r"one size, but got \(3,\) and \(4,\)"),
    (lambda: bp.conn.FixedProb(0.1, include_self=False)(3, 4), r"one size, but got \(3,\) and \(4,\)"),
    (lambda: bp.conn.FixedProb(1.5), r"prob must be in \[0, 1\], but got 1.5"),
    (lambda: bp.conn.FixedProb(0.5, pre_ratio=-1), r"pre_ratio must be in \[0, 1\], but got -1"),
    (lambda: bp.conn.MatConn(GIVEN)(3, 4), r"shape \(3, 4\).*it has \(4, 3\)"),
    (lambda: bp.conn.MatConn([1, 0]), r"two axes.*\(2,\)"),
    (lambda: bp.conn.IJConn([0], [1, 2]), "one length, but got 1 and 2"),
    (lambda: bp.conn.IJConn([0.5], [1]), "vector of integers"),
    (lambda: bp.conn.IJConn([-1], [1]), "not be negative"),
    (lambda: bp.conn.IJConn([3], [0])(3, 3), r"neuron 3, but the population of size \(3,\) ends with neuron 2"),
    (lambda: bp.conn.CSRConn([0, 1], [0, 1]), "rise from 0 to the number of indices, 2"),
    (lambda: bp.conn.CSRConn([0, 1], [0, 2])(2, 2), "inptr is for 1 pre-synaptic neurons"),
    (lambda: bp.conn.All2All()(3), "sizes of two populations"),
    (lambda: bp.conn.All2All().require("csr"), "call this All2All with their sizes before"),
    (lambda: bp.conn.All2All()(2, 2).require("crs"), "names among conn_mat, .* but got 'crs'"),
    (lambda: bp.conn.All2All()(2, 2).require(), "but got none"),
])
def test_what_cannot_be_done_is_refused(call, message):
    with pytest.raises(ConnectorError, match=message):
        call()


@pytest.mark.parametrize("connector, text", [
    (bp.conn.All2All(include_self=False), "All2All(include_self=False)"), (bp.conn.One2One(), "One2One"),
    (bp.conn.FixedProb(0.1, seed=1),
     "FixedProb(prob=0.1, pre_ratio=1.0, include_self=True, allow_multi_conn=False, seed=1)"),
])
def test_texts(connector, text):
    assert repr(connector) == text


def test_a_refused_call_leaves_the_connection_as_it_was():
    connector = bp.conn.One2One()(3, 3)
    with pytest.raises(ConnectorError):
        connector(3, 4)
    assert connector.post_num == 3 and connector.require("conn_mat").shape == (3, 3)


@pytest.mark.parametrize("size", [2.5, "3", (2, True), -1, (2, -1)])
def test_a_size_is_an_integer_or_several(size):
    with pytest.raises(ValueError, match="a size must"):
        bp.conn.All2All()(size, 3)
