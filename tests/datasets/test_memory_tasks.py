"""Adding and copying: answers computed once more, and the errors of those who remember nothing."""
from __future__ import annotations

import numpy as np
import pytest

from nbbrain import datasets


def test_adding() -> None:
    made = datasets.adding_problem(5000, num_step=31, seed=1)
    numbers, marks = made.inputs[..., 0].astype(float), made.inputs[..., 1]
    for i in range(20):
        first, second = [t for t in range(31) if marks[i, t]]
        assert first < 15 <= second
        np.testing.assert_allclose(made.targets[i, :, 0], numbers[i, first] + numbers[i, second], rtol=1e-6)
        assert made.info["marked"][i].tolist() == [first, second]
    assert np.all(marks.sum(axis=1) == 2) and numbers.min() >= 0 and numbers.max() < 1
    assert np.all(marks.sum(axis=0) > 0)  # every step can be marked
    np.testing.assert_array_equal(made.mask, np.tile(np.arange(31) == 30, (5000, 1)))
    assert ((made.targets[:, -1, 0] - 1.)**2).mean() == pytest.approx(1 / 6, rel=0.05)


def test_copying() -> None:
    made = datasets.copy_memory(50, delay=20, length=5, num_symbol=4, seed=2)
    assert made.inputs.shape == (50, 30, 6) and np.all(made.inputs.sum(axis=-1) == 1)
    for given, answer in zip(made.inputs.argmax(axis=-1).tolist(), made.targets.tolist(), strict=True):
        assert all(1 <= symbol <= 4 for symbol in given[:5])
        assert given[5:] == [0] * 19 + [5] + [0] * 5
        assert answer == [0] * 25 + given[:5]
    assert made.mask.all()
    assert set(made.info["symbols"].ravel().tolist()) == {1, 2, 3, 4}
    np.testing.assert_array_equal(made.info["symbols"], made.targets[:, -5:])


@pytest.mark.parametrize(("make", "message"), [
    (lambda: datasets.adding_problem(3, num_step=1), "num_step must be an integer of at least 2, but got 1"),
    (lambda: datasets.copy_memory(3, delay=0), "delay must be an integer of at least 1, but got 0"),
    (lambda: datasets.copy_memory(3, num_symbol=1), "num_symbol must be an integer of at least 2, but got 1"),
    (lambda: datasets.copy_memory(2.5), "num_sample must be an integer of at least 1, but got 2.5"),
])
def test_wrong_arguments(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()
