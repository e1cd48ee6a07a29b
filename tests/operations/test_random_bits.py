"""Random bits: the known answers of Random123, and that a word depends on seed, draw and place alone."""

from __future__ import annotations

import numpy as np
import pytest

from nbbrain.operations.random_bits import philox, random_bits

KNOWN = [  # kat_vectors of Random123 1.14: counter, key, result of philox4x32 with 10 rounds
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def integers(text):
    return tuple(int(word, 16) for word in text.split())


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN)
def test_known_answers(counter, key, result):
    assert tuple(int(word) for word in philox(integers(counter), integers(key))) == integers(result)


def test_words_follow_from_key_draw_and_place():
    state = np.array([3, 4, 5, 6], np.uint32)
    bits = random_bits(state, shape=(2, 5))
    assert (bits.shape, bits.dtype) == ((2, 5), np.uint32)
    for place in range(10):
        expected = philox((place // 4, 0, 5, 6), (3, 4))[place % 4]
        assert bits.reshape(-1)[place] == expected


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3,), (4,), (2, 0, 3)])
def test_any_shape(shape):
    bits = random_bits(np.zeros(4, np.uint32), shape=shape)
    assert (bits.shape, bits.dtype) == (shape, np.uint32)


def test_a_shorter_draw_is_the_beginning_of_a_longer_one():
    state = np.array([1, 2, 3, 4], np.uint32)
    np.testing.assert_array_equal(random_bits(state, shape=(7,)), random_bits(state, shape=(100,))[:7])
