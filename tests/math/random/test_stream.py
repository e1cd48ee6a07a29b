"""Streams: seeds, keys, the number of the draw, and what a stream is as a variable."""

from __future__ import annotations

import copy
import inspect
import pickle

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import CaptureError
from nbbrain.math.random import RandomState
from nbbrain.math.random.bits import Word, advance, bounded, exponential, open_uniform, uniform, words
from nbbrain.operations.random_bits import random_bits


def state(stream):
    return np.asarray(stream).tolist()


def test_a_seed_gives_a_stream():
    np.testing.assert_array_equal(RandomState(3).random(5), RandomState(3).random(5))
    assert not np.array_equal(RandomState(3).random(5), RandomState(4).random(5))
    np.testing.assert_array_equal(RandomState(seed=3).random(5), RandomState(3).random(5))


def test_the_numbers_of_a_seed_do_not_change():
    np.testing.assert_allclose(RandomState(0).random(4), np.array([0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]) / 2**32,
                               atol=2.0**-24)  # the first words of Philox for key 0 and counter 0, rounded down


def test_a_seed_has_64_bits():
    assert state(RandomState(2**64 - 1)) == [2**32 - 1, 2**32 - 1, 0, 0]
    assert state(RandomState(np.int64(5))) == [5, 0, 0, 0]
    for wrong in (-1, 2**64):
        with pytest.raises(ValueError, match="a seed must be an integer from 0 to"):
            RandomState(wrong)
    for wrong in ("1", 1.5, [1, 2], np.zeros(3, np.uint32), True):
        with pytest.raises((ValueError, TypeError)):
            RandomState(wrong)
    with pytest.raises(ValueError, match="not both"):
        RandomState(1, seed=1)


def test_without_a_seed_streams_differ():
    assert state(RandomState()) != state(RandomState())


def test_every_draw_moves_on_by_one():
    stream = RandomState(1)
    for number, draw in enumerate([lambda: stream.random(3), lambda: stream.normal(size=(100, 100)), stream.split_key,
                                   lambda: stream.gamma(2.0), lambda: stream.permutation(10), lambda: stream.poisson(3.0)]):
        assert state(stream) == [1, 0, number, 0]
        draw()


def test_the_number_of_the_draw_has_64_bits():
    assert advance(np.array([9, 8, 2**32 - 1, 5], np.uint32)).tolist() == [9, 8, 0, 6]
    assert advance(np.array([9, 8, 2**32 - 2, 5], np.uint32)).tolist() == [9, 8, 2**32 - 1, 5]


def test_consecutive_draws_do_not_overlap():
    stream = RandomState(1)
    drawn = np.concatenate([np.asarray(random_bits(stream._next_state(None), shape=(4096,))) for _ in range(16)])
    pairs = drawn[:-1].astype(np.uint64) << np.uint64(32) | drawn[1:]
    assert len(np.unique(pairs)) == len(pairs)


def test_a_key_draws_without_moving_the_stream():
    stream = RandomState(1)
    key = stream.split_key()
    assert (key.shape, key.dtype) == ((2,), np.uint32)
    before = state(stream)
    np.testing.assert_array_equal(stream.normal(size=3, key=key), RandomState(key).normal(size=3))
    np.testing.assert_array_equal(stream.gamma(2.0, size=3, key=7), RandomState(7).gamma(2.0, size=3))
    np.testing.assert_array_equal(stream.permutation(9, key=7), RandomState(7).permutation(9))
    assert state(stream) == before


def test_split_keys_differ():
    keys = np.asarray(RandomState(1).split_keys(50))
    assert keys.shape == (50, 2)
    assert len(np.unique(keys, axis=0)) == 50


def test_seed_starts_again():
    stream = RandomState(1)
    first = stream.random(3)
    stream.seed(1)
    np.testing.assert_array_equal(stream.random(3), first)
    bm.random.seed(5)
    expected = bm.random.random(3)
    np.testing.assert_array_equal(RandomState(5).random(3), expected)


def test_default_rng():
    assert bm.random.default_rng(clone=False) is bm.random.DEFAULT
    first, second = bm.random.default_rng(), bm.random.default_rng()
    assert state(first)[:2] != state(second)[:2]
    assert state(bm.random.default_rng(8)) == [8, 0, 0, 0]


def test_a_stream_is_a_variable():
    stream = RandomState(1)
    stream.random(2)
    assert isinstance(stream, bm.Variable)
    assert repr(stream) == "RandomState(key=([1, 0, 1, 0], dtype=uint32))"
    for again in (copy.copy(stream), copy.deepcopy(stream), pickle.loads(pickle.dumps(stream))):
        assert type(again) is RandomState
        assert again is not stream
        np.testing.assert_array_equal(again.random(3), RandomState(np.asarray(stream)).random(3))
    assert state(stream) == [1, 0, 1, 0]


def test_a_saved_value_resumes_the_stream():
    stream = RandomState(1)
    saved = np.asarray(stream).copy()
    first = stream.normal(size=3)
    stream.value = saved
    np.testing.assert_array_equal(stream.normal(size=3), first)


def test_all_functions_are_there_with_the_signatures_of_brainpy():
    expected = {
        "normal": ["loc", "scale", "size", "key"], "uniform": ["low", "high", "size", "key"], "random": ["size", "key"],
        "truncated_normal": ["lower", "upper", "size", "scale", "key"], "gamma": ["shape", "scale", "size", "key"],
        "choice": ["a", "size", "replace", "p", "key"], "permutation": ["x", "axis", "independent", "key"],
        "categorical": ["logits", "axis", "size", "key"], "randint": ["low", "high", "size", "dtype", "key"],
        "multivariate_normal": ["mean", "cov", "size", "method", "key"], "bernoulli": ["p", "size", "key"],
        "rand_like": ["input", "dtype", "key"], "default_rng": ["seed_or_key", "clone"], "split_key": [],
    }
    for name, parameters in expected.items():
        assert list(inspect.signature(getattr(bm.random, name)).parameters) == parameters
    assert len(bm.random.__all__) == 63
    assert bm.random.Generator is RandomState
    for name in bm.random.__all__:
        assert getattr(bm.random, name).__doc__


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_words_stay_inside_of_the_interval(dtype):
    with bm.environment(float_=dtype):
        for bits in (0, 2**32 - 1):
            word = Word(np.array([bits], np.uint32), np.array([bits], np.uint32) if dtype is np.float64 else None)
            assert uniform(word).dtype == open_uniform(word).dtype == exponential(word).dtype == dtype
            assert 0 <= uniform(word)[0] < 1
            assert 0 < open_uniform(word)[0] < 1
            assert 0 <= exponential(word)[0] < 40
        assert uniform(Word(*[np.zeros(1, np.uint32)] * 2))[0] == 0


def test_half_precision():
    with bm.environment(float_=np.float16):
        x = np.asarray(RandomState(1).random(10_000))
        assert x.dtype == np.float16
        assert x.max() < 1
        assert np.isfinite(np.asarray(RandomState(1).normal(size=10_000))).all()


def test_double_precision_uses_53_bits():
    bm.enable_x64()
    word, = words(np.zeros(4, np.uint32), (1,))
    assert uniform(word)[0] == ((0x6627E8D5 << 32 | 0xE169C58D) >> 11) / 2**53


@pytest.mark.parametrize("span", [1, 2, 3, 10, 2**31, 2**32, 2**40 + 1, 2**63, 2**64 - 1])
def test_bounded_integers_are_the_exact_product(span):
    rng = np.random.default_rng(0)
    high, low = rng.integers(0, 2**32, (2, 100), np.uint32)
    high[:2], low[:2] = (0, 2**32 - 1), (0, 2**32 - 1)
    got = bounded(Word(high, low), np.array(span, np.uint64)).astype(np.uint64)
    expected = [((int(upper) << 32 | int(lower)) * span) >> 64 for upper, lower in zip(high, low, strict=True)]
    assert got.tolist() == expected


def test_a_span_of_zero_is_the_whole_range():
    word = Word(np.array([7], np.uint32), np.array([9], np.uint32))
    assert bounded(word, np.array(0)).tolist() == [7 << 32 | 9]


def test_what_numpy_draws_is_refused_inside_of_captured_loops(monkeypatch):
    from nbbrain import settings
    from nbbrain.backends import backend, base
    from tests.conformance.reference import InterpretingBackend

    monkeypatch.setitem(base._loaded, "interpreting", InterpretingBackend())
    monkeypatch.setitem(base._loaders, "interpreting", InterpretingBackend)
    stream = RandomState(1)
    with backend("interpreting"), settings.using(strict=True):
        for draw in (lambda i: stream.gamma(2.0, size=3), lambda i: stream.permutation(3)):
            with pytest.raises(CaptureError, match=r"random\.(gamma|permutation)"):
                bm.for_loop(draw, bm.arange(3))
    assert state(stream) == [1, 0, 0, 0]


def test_what_numpy_draws_has_no_gradient():
    with pytest.raises(NotImplementedError, match=r"random\.gamma has no derivative"):
        bm.grad(lambda a: bm.random.gamma(a))(2.0)
