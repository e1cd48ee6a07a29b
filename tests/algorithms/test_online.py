"""Online algorithms: recursive least squares against regression on all that was seen, least mean squares as a gradient."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(30, 4)), RNG.normal(size=(4, 2))
Y = X @ W + 0.1 * RNG.normal(size=(30, 2))


@pytest.fixture(autouse=True)
def double_precision() -> Any:
    with bm.environment(x64=True):
        yield


@pytest.mark.parametrize("batch", [1, 2, 5, 30])
def test_rls_is_ridge_regression_on_all_that_was_seen(batch: int, each_backend: str) -> None:
    """Whatever the size of batches, and inside of a loop too."""
    rls = bp.algorithms.RLS(alpha=0.5)
    rls.register_target(4, "readout")
    weights = bm.Variable(np.zeros((4, 2)))

    def step(x: Any, y: Any) -> None:
        weights.value = weights + rls.call(y, x, x @ weights, "readout")

    bm.for_loop(step, (X.reshape(-1, batch, 4), Y.reshape(-1, batch, 2)))
    want = np.linalg.solve(X.T @ X + 2. * np.eye(4), X.T @ Y)
    np.testing.assert_allclose(weights, want, rtol=1e-9)
    np.testing.assert_allclose(rls.P["readout"], np.linalg.inv(X.T @ X + 2. * np.eye(4)), rtol=1e-9)


def test_lms_is_a_gradient_step() -> None:
    change = bp.algorithms.LMS(alpha=0.01)(Y, X, X @ np.ones((4, 2)))
    gradient = bm.grad(lambda w: 0.5 * bm.sum((bm.asarray(X) @ w - Y) ** 2))(bm.ones((4, 2)))
    np.testing.assert_allclose(change, -0.01 * gradient, rtol=1e-9)


def test_methods_are_registered_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bp.algorithms.online, "_methods", dict(bp.algorithms.online._methods))

    class Still(bp.algorithms.OnlineAlgorithm):
        def call(self, target: Any, input: Any, output: Any, identifier: str = "") -> Any:
            return 0. * (input.T @ target)

    bp.algorithms.register_online_method("still", Still)
    assert isinstance(bp.algorithms.online.get("still"), Still)
    with pytest.raises(ValueError, match="registered already"):
        bp.algorithms.register_online_method("still", Still)
    with pytest.raises(ValueError, match="subclass of OnlineAlgorithm"):
        bp.algorithms.register_online_method("other", Still())
    with pytest.raises(ValueError, match="one of rls, lms, still, but got 'adam'"):
        bp.algorithms.online.get("adam")


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="alpha must be positive"):
        bp.algorithms.RLS(alpha=0.)
    with pytest.raises(ValueError, match="the readout 'a' is not registered"):
        bp.algorithms.RLS().call(Y, X, Y, "a")
