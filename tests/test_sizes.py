"""Sizes are integers or sequences of integers, and nothing else."""
from __future__ import annotations

import numpy as np
import pytest

from nbbrain.sizes import size2num, to_size


@pytest.mark.parametrize("size, tuple_, number", [
    (3, (3,), 3), (np.int64(3), (3,), 3), ((2, 3), (2, 3), 6), ([2, np.int32(3)], (2, 3), 6), ((), (), 1), (0, (0,), 0),
])
def test_sizes(size, tuple_, number):
    assert to_size(size) == tuple_ and size2num(size) == number
    assert all(type(n) is int for n in to_size(size))


@pytest.mark.parametrize("size", [2.0, "3", None, True, (2, False), (2, 3.5), -1, (2, -1)])
def test_what_is_no_size(size):
    with pytest.raises(ValueError, match="a size must"):
        to_size(size)
