"""Small worlds and scale-free networks have the statistics that their authors published."""
from __future__ import annotations

import math

import numpy as np
import pytest

import nbbrain as bp
from nbbrain.errors import ConnectorError


def clustering(matrix):
    """The mean over neurons of the part of pairs of neighbours that are neighbours of each other."""
    a = matrix.astype(np.float64)
    degree = a.sum(axis=1)
    pairs = degree * (degree - 1)
    return np.mean(np.divide(((a @ a) * a).sum(axis=1), pairs, out=np.zeros_like(pairs), where=pairs > 0))


def path_length(matrix):
    """The mean over pairs of neurons of the number of steps between them."""
    reached, ways, total = np.eye(len(matrix), dtype=bool), matrix.astype(np.float32), 0
    for steps in range(1, len(matrix)):
        new = (reached.astype(np.float32) @ ways > 0) & ~reached
        if not new.any():
            break
        total += steps * int(new.sum())
        reached |= new
    assert reached.all()
    return total / (len(matrix) * (len(matrix) - 1))


# ---------------------------------------------------------------------------------------------------------------------
# Watts & Strogatz (1998)
# ---------------------------------------------------------------------------------------------------------------------


def small_world(prob, number=500, neighbours=10, **arguments):
    return bp.conn.SmallWorld(neighbours, prob, seed=1, **arguments)(number).require("conn_mat")


def test_a_ring():
    ring = small_world(0.0)
    distance = abs(np.subtract.outer(range(500), range(500)))
    distance = np.minimum(distance, 500 - distance)
    assert np.array_equal(ring, (distance > 0) & (distance <= 5))
    assert clustering(ring) == pytest.approx(3 * (10 - 2) / (4 * (10 - 1)))
    assert path_length(ring) == pytest.approx(500 * (500 + 10 - 2) / (2 * 10 * 499), rel=0.01)


def test_few_moved_connections_shorten_paths_and_keep_clusters():
    ring, moved = small_world(0.0, 300), small_world(0.05, 300)
    assert path_length(moved) < 0.35 * path_length(ring)
    assert clustering(moved) > 0.8 * clustering(ring)


@pytest.mark.parametrize("prob", [0.05, 0.2, 0.5])
def test_clusters_decay_with_the_third_power(prob):
    """Barrat & Weigt (2000): both neighbours and what connects them stay with probability (1 - p)^3."""
    assert clustering(small_world(prob, 2000)) / clustering(small_world(0.0)) == pytest.approx((1 - prob) ** 3, abs=0.02)


def test_with_all_connections_moved_it_is_a_random_graph():
    matrix = small_world(1.0)
    assert clustering(matrix) == pytest.approx(10 / 500, rel=0.4)
    assert path_length(matrix) == pytest.approx(math.log(500) / math.log(10), rel=0.1)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("include_self", [False, True])
def test_moving_keeps_the_number_of_connections(directed, include_self):
    matrix = small_world(0.7, 40, 6, directed=directed, include_self=include_self)
    loops = int(np.diagonal(matrix).sum())
    assert matrix.sum() == 40 * 6 - (0 if directed else loops)  # a loop is one synapse in an undirected graph, an edge two
    assert (loops > 0) == include_self
    assert np.array_equal(matrix, matrix.T) != directed
    if directed:
        assert matrix.sum(axis=1).tolist() == [6] * 40
    elif not include_self:
        assert matrix.sum(axis=1).min() >= 3


def test_the_part_that_is_moved():
    ring, moved = small_world(0.0, 2000), small_world(0.3, 2000)
    stayed = (ring & moved).sum() / ring.sum()
    assert abs(stayed - 0.7) < 5 * math.sqrt(0.21 / 10_000) + 0.005


def test_an_odd_number_of_neighbours_and_small_populations():
    assert np.array_equal(small_world(0.0, 20, 5), small_world(0.0, 20, 4))
    assert small_world(0.5, 5, 4).sum() == 20  # complete: there is nowhere to move to
    assert not small_world(0.5, 3, 1).any()
    with pytest.raises(ConnectorError, match=r"num_neighbor is 5 and the population has the size \(5,\)"):
        small_world(0.5, 5, 5)
    with pytest.raises(ConnectorError, match=r"prob must be in \[0, 1\], but got 1.5"):
        small_world(1.5)
    assert repr(bp.conn.SmallWorld(4, 0.5)) == \
        "SmallWorld(num_neighbor=4, prob=0.5, directed=False, include_self=False, seed=None)"


# ---------------------------------------------------------------------------------------------------------------------
# Barabasi & Albert (1999), Holme & Kim (2002), Moshiri (2018)
# ---------------------------------------------------------------------------------------------------------------------

NUMBER = 20_000


def degrees(connector, number=NUMBER):
    return np.bincount(connector(number).require("pre_ids"), minlength=number)


@pytest.mark.parametrize("m", [1, 3])
def test_the_distribution_of_connections(m):
    """Dorogovtsev, Mendes & Samukhin (2000): p(k) = 2 m (m + 1) / (k (k + 1) (k + 2))."""
    k = degrees(bp.conn.ScaleFreeBA(m, seed=1))
    assert k.sum() == 2 * m * (NUMBER - m)
    for value in range(m, m + 5):
        p = 2 * m * (m + 1) / (value * (value + 1) * (value + 2))
        assert abs((k[m + 1:] == value).mean() - p) < 5 * math.sqrt(p * (1 - p) / NUMBER)


@pytest.mark.parametrize("connector", [bp.conn.ScaleFreeBA(5, seed=1), bp.conn.PowerLaw(5, 0.7, seed=1),
                                       bp.conn.ScaleFreeBADual(5, 4, 0.5, seed=1)], ids=repr)
def test_the_exponent_is_about_three(connector):
    """By maximum likelihood (Clauset, Shalizi & Newman, 2009), where the discrete distribution is nearly a power law."""
    k = degrees(connector)
    tail = k[k >= 20]
    assert 1 + tail.size / np.log(tail / 19.5).sum() == pytest.approx(2.95, abs=0.25)
    assert k.max() > 200


def test_old_neurons_have_the_most_connections():
    """Barabasi & Albert (1999): neuron i has m (t / i)^(1/2) connections at time t."""
    k = np.mean([degrees(bp.conn.ScaleFreeBA(4, seed=seed), 2000) for seed in range(20)], axis=0)
    for i in (100, 400, 1600):
        assert k[i - 40:i + 40].mean() == pytest.approx(4 * math.sqrt(2000 / i), rel=0.1)


@pytest.mark.parametrize("cls, arguments", [(bp.conn.ScaleFreeBA, (3,)), (bp.conn.PowerLaw, (3, 0.8)),
                                            (bp.conn.ScaleFreeBADual, (3, 3, 0.5))])
def test_new_neurons_connect_to_different_older_ones(cls, arguments):
    directed = cls(*arguments, directed=True, seed=1)(300).require("conn_mat")
    assert directed.sum(axis=1).tolist() == [0] * 3 + [3] * 297
    assert not np.triu(directed).any()
    assert np.array_equal(cls(*arguments, seed=1)(300).require("conn_mat"), directed | directed.T)


def test_two_numbers_of_connections():
    made = np.bincount(bp.conn.ScaleFreeBADual(2, 5, 0.3, directed=True, seed=1)(NUMBER).require("pre_ids"))[6:]
    assert set(made.tolist()) == {2, 5}
    assert abs((made == 2).mean() - 0.3) < 5 * math.sqrt(0.21 / NUMBER)


def test_triangles():
    """Holme & Kim (2002): clustering rises with p, and stays where preferential attachment has next to none."""
    none, some, many = [clustering(bp.conn.PowerLaw(3, p, seed=1)(1500).require("conn_mat")) for p in (0.0, 0.5, 1.0)]
    plain = clustering(bp.conn.ScaleFreeBA(3, seed=1)(1500).require("conn_mat"))
    assert none == pytest.approx(plain, abs=0.01) and none < 0.05
    assert 0.15 < some < 0.45 < many < 0.8


@pytest.mark.parametrize("call, message", [
    (lambda: bp.conn.ScaleFreeBA(0), "m must be an integer of at least 1, but got 0"),
    (lambda: bp.conn.ScaleFreeBA(5)(5), r"needs at least 6 neurons, but the population has the size \(5,\)"),
    (lambda: bp.conn.ScaleFreeBADual(1, 2, 1.5), r"p must be in \[0, 1\], but got 1.5"),
    (lambda: bp.conn.PowerLaw(2, -0.1), r"p must be in \[0, 1\], but got -0.1"),
])
def test_what_cannot_be_done_is_refused(call, message):
    with pytest.raises(ConnectorError, match=message):
        call()
