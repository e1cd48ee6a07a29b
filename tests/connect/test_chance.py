"""Partners are drawn fairly, quickly, and without much memory; numbers of synapses are what was asked for."""
from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest

import nbbrain as bp
from nbbrain.connect.chance import draw_distinct, draw_partners, draw_subset
from nbbrain.errors import ConnectorError


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_every_subset_is_equally_likely(count):
    rows, subsets = 30_000, list(itertools.combinations(range(5), count))
    drawn = draw_distinct(np.random.default_rng(1), rows, count, 5)
    found, times = np.unique(drawn, axis=0, return_counts=True)
    assert found.tolist() == [list(subset) for subset in subsets]
    p = 1 / len(subsets)
    assert abs(times / rows - p).max() < 5 * np.sqrt(p * (1 - p) / rows)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_every_subset_of_one_draw_is_equally_likely(count):
    generator, times = np.random.default_rng(1), 6000
    drawn = np.stack([draw_subset(generator, count, 5) for _ in range(times)])
    found, counts = np.unique(drawn, axis=0, return_counts=True)
    p = 1 / len(list(itertools.combinations(range(5), count)))
    assert len(found) == round(1 / p) and abs(counts / times - p).max() < 5 * np.sqrt(p * (1 - p) / times)


@pytest.mark.parametrize("count, number", [(0, 4), (4, 4), (0, 0), (1, 1), (30, 60), (31, 60), (1, 2**40)])
def test_draws_at_the_limits(count, number):
    drawn = draw_distinct(np.random.default_rng(1), 3, count, number)
    assert drawn.shape == (3, count) and np.all(np.diff(drawn, axis=1) > 0)
    one = draw_subset(np.random.default_rng(1), count, number)
    assert one.shape == (count,) and np.all(np.diff(one) > 0)
    for values in (drawn, one):
        assert not values.size or (values.min() >= 0 and values.max() < number)


def test_who_draws_one_partner_less_loses_any_of_them():
    counts = np.array([2, 1] * 10_000)
    partners, had = draw_partners(np.random.default_rng(1), counts, 4)
    assert np.array_equal(had, counts)
    single = partners.reshape(-1, 3)[:, 2]
    assert abs(np.bincount(single, minlength=4) / 10_000 - 0.25).max() < 5 * np.sqrt(0.25 * 0.75 / 10_000)


def test_a_large_connection_needs_little_more_memory_than_it_has():
    connector = bp.conn.FixedProb(0.02, seed=1)(20_000, 20_000)
    tracemalloc.start()
    try:
        indices, pointers = connector.require("csr")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert indices.size == 20_000 * 400 and pointers[-1] == indices.size
    assert peak < 1.5 * (indices.nbytes + pointers.nbytes)


# ---------------------------------------------------------------------------------------------------------------------
# Numbers of synapses
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("include_self", [False, True])
@pytest.mark.parametrize("num, expected", [(5, 5), (0.25, 5), (0, 0), (19, 19)])
def test_every_neuron_has_the_number_of_partners(num, expected, include_self):
    expected = int(0.25 * (20 if include_self else 19)) if num == 0.25 else expected
    pre = bp.conn.FixedPreNum(num, include_self=include_self, seed=1)(20, 20).require("conn_mat")
    post = bp.conn.FixedPostNum(num, include_self=include_self, seed=1)(20, 20).require("conn_mat")
    assert pre.sum(axis=0).tolist() == post.sum(axis=1).tolist() == [expected] * 20
    if not include_self:
        assert not np.diagonal(pre).any() and not np.diagonal(post).any()


@pytest.mark.parametrize("cls", [bp.conn.FixedPreNum, bp.conn.FixedPostNum])
def test_every_partner_but_oneself_is_equally_likely(cls):
    connector = cls(3, include_self=False, seed=1)
    total = sum(connector(7, 7).require("conn_mat").astype(int) for _ in range(600)) / 600
    assert (np.diagonal(total) == 0).all()
    assert abs(total[~np.eye(7, dtype=bool)] - 0.5).max() < 5 * np.sqrt(0.25 / 600)


def test_partners_may_be_drawn_several_times():
    indices, pointers = bp.conn.FixedPostNum(50, allow_multi_conn=True, seed=1)(3, 10).require("csr")
    assert np.diff(pointers).tolist() == [50] * 3 and indices.max() == 9
    assert bp.conn.FixedTotalNum(50, allow_multi_conn=True, seed=1)(3, 10).require("pre_ids").size == 50


@pytest.mark.parametrize("num, expected", [(17, 17), (0.5, 60), (0, 0), (120, 120), (100, 100)])
def test_the_total_number_of_synapses(num, expected):
    pre_ids, post_ids = bp.conn.FixedTotalNum(num, seed=1)(10, 12).require("coo")
    assert len(set(zip(pre_ids.tolist(), post_ids.tolist(), strict=True))) == pre_ids.size == expected


def test_every_pair_is_equally_likely_in_a_total_number():
    connector = bp.conn.FixedTotalNum(6, seed=1)
    total = sum(connector(3, 5).require("conn_mat").astype(int) for _ in range(600)) / 600
    assert abs(total - 0.4).max() < 5 * np.sqrt(0.24 / 600)


@pytest.mark.parametrize("call, message", [
    (lambda: bp.conn.FixedPreNum(5)(4, 9), "FixedPreNum cannot draw 5 of 4 neurons"),
    (lambda: bp.conn.FixedPostNum(4, include_self=False)(4, 4), "FixedPostNum cannot draw 4 of 3 neurons"),
    (lambda: bp.conn.FixedPostNum(4, include_self=False)(4, 5), r"one size, but got \(4,\) and \(5,\)"),
    (lambda: bp.conn.FixedPostNum(4, allow_multi_conn=True)(4, 0), "cannot draw 4 of 0 neurons"),
    (lambda: bp.conn.FixedTotalNum(13)(3, 4), "cannot draw 13 of 12 pairs"),
    (lambda: bp.conn.FixedPreNum(-1), "num must be an integer of at least 0, but got -1"),
    (lambda: bp.conn.FixedPreNum("3"), "num must be an integer of at least 0, but got '3'"),
    (lambda: bp.conn.FixedPostNum(1.5), r"num must be in \[0, 1\], but got 1.5"),
])
def test_impossible_numbers_are_refused(call, message):
    with pytest.raises(ConnectorError, match=message):
        call()


def test_texts():
    assert repr(bp.conn.FixedPreNum(3, seed=1)) == \
        "FixedPreNum(num=3, include_self=True, allow_multi_conn=False, seed=1)"
    assert repr(bp.conn.FixedTotalNum(0.5)) == "FixedTotalNum(num=0.5, seed=None, allow_multi_conn=False)"
