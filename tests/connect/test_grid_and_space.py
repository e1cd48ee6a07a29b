"""Neurons on grids are connected with whom lies where it should: against loops over all pairs."""
from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import nbbrain as bp
from nbbrain.errors import ConnectorError


def by_loop(size, near, periodic):
    """Pairs by what ``near`` says of the distances along all axes."""
    places = list(np.ndindex(*size))
    matrix = np.zeros((len(places),) * 2, dtype=bool)
    for (i, a), (j, b) in itertools.product(enumerate(places), repeat=2):
        apart = [min(abs(p - q), n - abs(p - q)) if periodic else abs(p - q) for p, q, n in zip(a, b, size, strict=True)]
        matrix[i, j] = near(apart)
    return matrix


RULES = [
    (bp.conn.GridFour, {}, lambda apart: sum(apart) <= 1),
    (bp.conn.GridEight, {}, lambda apart: max(apart) <= 1),
    (bp.conn.GridN, {"N": 1}, lambda apart: max(apart) <= 1),
    (bp.conn.GridN, {"N": 2}, lambda apart: max(apart) <= 2),
]


@pytest.mark.parametrize("cls, arguments, near", RULES)
@pytest.mark.parametrize("size", [(7,), (4, 5), (2, 3), (1, 4), (3, 2, 5)])
@pytest.mark.parametrize("periodic, include_self", [(False, False), (False, True), (True, False), (True, True)])
def test_grids(cls, arguments, near, size, periodic, include_self):
    connection = cls(**arguments, include_self=include_self, periodic_boundary=periodic)(size)
    expected = by_loop(size, lambda apart: near(apart) and (include_self or any(apart)), periodic)
    assert np.array_equal(connection.require("conn_mat"), expected)
    assert connection.require("pre_ids").size == expected.sum()  # nobody twice


def test_grids_connect_a_population_with_itself():
    with pytest.raises(ConnectorError, match=r"with itself.*\(2, 3\) and \(3, 2\)"):
        bp.conn.GridFour()((2, 3), (3, 2))
    with pytest.raises(ConnectorError, match="N must be an integer of at least 1, but got 0"):
        bp.conn.GridN(0)
    assert repr(bp.conn.GridN(2)) == "GridN(N=2, include_self=False, periodic_boundary=False)"
    assert repr(bp.conn.GridFour()) == "GridFour(include_self=False, periodic_boundary=False)"


# ---------------------------------------------------------------------------------------------------------------------
# Chance that depends on the distance
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pre, post, dist", [((9,), (9,), 2), ((5, 4), (5, 4), 1.5), ((3,), (8,), 2.5), ((8,), (3,), 1),
                                             ((4, 3), (7, 2), 2), ((2, 2, 2), (2, 2, 2), 1)])
@pytest.mark.parametrize("include_self", [False, True])
def test_all_pairs_within_the_distance(pre, post, dist, include_self):
    expected = np.zeros((math.prod(pre), math.prod(post)), dtype=bool)
    for (i, a), (j, b) in itertools.product(enumerate(np.ndindex(*pre)), enumerate(np.ndindex(*post))):
        apart = math.dist([p * m / n for p, n, m in zip(a, pre, post, strict=True)], b)
        expected[i, j] = apart <= dist + 1e-9 and (include_self or apart > 1e-9)
    connection = bp.conn.ProbDist(dist, include_self=include_self)(pre, post)
    assert np.array_equal(connection.require("conn_mat"), expected)


def test_pairs_within_the_distance_have_the_probability():
    connector = bp.conn.ProbDist(1, 0.3, seed=1)
    total = sum(connector(6, 6).require("conn_mat").astype(int) for _ in range(600)) / 600
    near = abs(np.subtract.outer(range(6), range(6))) <= 1
    assert abs(total[near] - 0.3).max() < 5 * np.sqrt(0.21 / 600) and not total[~near].any()


def test_a_part_of_the_neurons_has_partners():
    matrix = bp.conn.ProbDist(20, pre_ratio=0.25, seed=1)(16, 16).require("conn_mat")
    assert sorted(matrix.sum(axis=1).tolist()) == [0] * 12 + [16] * 4


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("size", [(8,), (3, 4)])
def test_the_probability_falls_off_as_a_gaussian(size, periodic):
    connector = bp.conn.GaussianProb(1.5, periodic_boundary=periodic, seed=1)
    total = sum(connector(size).require("conn_mat").astype(int) for _ in range(800)) / 800
    weights = np.asarray(bp.init.GaussianDecay(1.5, 1.0, min_w=0.0, periodic_boundary=periodic)(size), np.float64)
    assert abs(total - weights).max() < 5 * np.sqrt(0.25 / 800)
    alone = bp.conn.GaussianProb(1.5, include_self=False, periodic_boundary=periodic, seed=1)(size).require("conn_mat")
    assert not np.diagonal(alone).any() and alone.any()


def test_many_pairs_are_drawn_in_parts(monkeypatch):
    whole = [bp.conn.ProbDist(3, 0.5, seed=1)(30, 30), bp.conn.GaussianProb(2.0, include_self=False, seed=1)(30)]
    monkeypatch.setattr("nbbrain.connect.spatial._AT_ONCE", 90)
    parts = [bp.conn.ProbDist(3, 0.5, seed=1)(30, 30), bp.conn.GaussianProb(2.0, include_self=False, seed=1)(30)]
    for one, other in zip(whole, parts, strict=True):
        assert np.array_equal(one.require("conn_mat"), other.require("conn_mat"))


@pytest.mark.parametrize("call, message", [
    (lambda: bp.conn.ProbDist(-1), "dist must be a number of at least 0, but got -1"),
    (lambda: bp.conn.ProbDist(1, 2.0), r"prob must be in \[0, 1\], but got 2.0"),
    (lambda: bp.conn.ProbDist(1)((2, 3), 6), r"as many axes, but got the sizes \(2, 3\) and \(6,\)"),
    (lambda: bp.conn.GaussianProb(0.0), "sigma must be positive, but got 0.0"),
])
def test_what_cannot_be_done_is_refused(call, message):
    with pytest.raises(ConnectorError, match=message):
        call()


def test_texts():
    assert repr(bp.conn.ProbDist(2)) == "ProbDist(dist=2, prob=1.0, pre_ratio=1.0, seed=None, include_self=True)"
    assert repr(bp.conn.GaussianProb(2.0)) == \
        "GaussianProb(sigma=2.0, include_self=True, periodic_boundary=False, seed=None)"
