"""Gradients against central differences."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain.math as bm


def check_gradients(loss: Callable[[], Any], variables: dict[str, bm.Variable], rtol: float = 1e-6) -> None:
    """Compare the gradients of a loss with central differences, element by element, in float64."""
    gradients = bm.grad(loss, grad_vars=variables)()
    for name, variable in variables.items():
        value = variable.numpy().copy()
        expected = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            step = 1e-5 * max(1., abs(value[index]))
            ends = []
            for sign in (1., -1.):
                moved = value.copy()
                moved[index] += sign * step
                variable.value = moved
                ends.append(float(loss()))
            expected[index] = (ends[0] - ends[1]) / (2 * step)
        variable.value = value
        got = gradients[name].numpy()
        assert got.dtype == np.float64
        assert np.any(expected != 0), f"{name}: the loss does not depend on it"
        np.testing.assert_allclose(got, expected, rtol=rtol, atol=rtol * np.abs(expected).max(), err_msg=name)
