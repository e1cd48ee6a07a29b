"""Online trainers: they end where regression on all data does; what they return, and what they refuse."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm

pytestmark = pytest.mark.usefixtures("each_backend")

RNG = np.random.default_rng(1)
X = RNG.normal(size=(3, 40, 5))
TARGETS = np.random.default_rng(2).normal(size=(3, 40, 2))


class Echo(bp.DynamicalSystemNS):
    """A leaky integrator of the input, and a readout."""

    def __init__(self, bias: bool = True) -> None:
        super().__init__(mode=bm.batching_mode)
        self.r = bp.neurons.LeakyIntegrator(5, tau=2., mode=bm.batching_mode)
        self.o = bp.layers.Dense(5, 2, W_initializer=bp.init.ZeroInit(), b_initializer=bp.init.ZeroInit() if bias else None,
                                 mode=bm.training_mode)

    def update(self, x: Any) -> Any:
        return x >> self.r >> self.o


@pytest.mark.parametrize("bias", [False, True])
def test_recursive_least_squares_ends_where_ridge_regression_does(bias: bool) -> None:
    targets = RNG.normal(size=(3, 40, 2))
    with bm.environment(x64=True):
        online, offline = Echo(bias), Echo(bias)
        trainer = bp.OnlineTrainer(online, fit_method=bp.algorithms.RLS(alpha=10.), progress_bar=False)
        outputs = trainer.fit((X, targets), reset_state=True)
        bp.RidgeTrainer(offline, alpha=0.1, progress_bar=False).fit((X, targets), reset_state=True)
        np.testing.assert_allclose(online.o.W, offline.o.W, rtol=1e-6)
        if bias:
            np.testing.assert_allclose(online.o.b, offline.o.b, rtol=1e-6)
    assert outputs.shape == (3, 40, 2) and (np.asarray(outputs)[:, 0] == 0).all()  # before the first change


def test_force_learning_of_a_sine() -> None:
    """Of waves of other frequencies, and two of its own with other phases."""
    times = np.arange(400) * 0.1
    rng = np.random.default_rng(3)
    frequencies = np.concatenate([[1., 1.], rng.uniform(1.5, 3., 28)])
    reservoir = np.sin(times[:, None] * frequencies + rng.uniform(0., 6., 30))[None]
    readout = bp.layers.Dense(30, 1, W_initializer=bp.init.ZeroInit(), b_initializer=None, mode=bm.training_mode)
    trainer = bp.ForceTrainer(readout, alpha=1., progress_bar=False)
    target = np.sin(times)[None, :, None]
    errors = np.abs(np.asarray(trainer.fit((reservoir, target))) - target)[0, :, 0]
    assert errors[:20].max() > 0.1 and errors[-100:].max() < 0.02


def by_hand(every: int, alpha: float = 2.) -> tuple[Any, Any, Any]:
    """Recursive least squares from every n-th step, in NumPy: outputs, weights, and P."""
    W, P, state, outputs = np.zeros((5, 2)), alpha * np.eye(5), np.zeros((3, 5)), []
    keep = np.exp(-1. / 2.)
    for step in range(X.shape[1]):
        state = state * keep + (1 - keep) * X[:, step]
        outputs.append(state @ W)
        if (step + 1) % every == 0:
            for h, target in zip(state, TARGETS[:, step], strict=True):
                k = P @ h / (1. + h @ P @ h)
                P = P - np.outer(k, h @ P)
                W = W + np.outer(k, target - h @ W)
    return np.stack(outputs, axis=1), W, P


@pytest.mark.parametrize("every", [1, 2, 7])
def test_learning_from_every_nth_step(every: int) -> None:
    with bm.environment(x64=True):
        model = Echo(bias=False)
        method = bp.algorithms.RLS(alpha=2.)
        options = {} if every == 1 else {"every": every}
        trainer = bp.OnlineTrainer(model, method, dt=1., progress_bar=False, **options)
        outputs = [trainer.fit((X[:, part], TARGETS[:, part]), reset_state=part.start == 0)
                   for part in (slice(0, 15), slice(15, 40))]  # steps are counted on from one call to the next
        expected, W, P = by_hand(every)
        np.testing.assert_allclose(np.concatenate(outputs, axis=1), expected, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(model.o.W, W, rtol=1e-9)
        np.testing.assert_allclose(method.P[model.o.name], P, rtol=1e-9, atol=1e-14)


def test_targets_by_name_and_time_first() -> None:
    class Two(bp.DynamicalSystemNS):
        def __init__(self) -> None:
            super().__init__(mode=bm.batching_mode)
            self.a, self.b = [bp.layers.Dense(5, n, mode=bm.training_mode, name=f"two_{n}") for n in (1, 2)]

        def update(self, x: Any) -> Any:
            return self.a(x), self.b(x)

    model = Two()
    trainer = bp.OnlineTrainer(model, "lms", data_first_axis="T", progress_bar=False)
    before = np.asarray(model.a.W)
    trainer.fit((X.swapaxes(0, 1), {"two_1": np.ones((40, 3, 1)), "two_2": np.zeros((40, 3, 2))}))
    assert not np.array_equal(before, model.a.W) and np.isfinite(np.asarray(model.b.W)).all()
    with pytest.raises(ValueError, match="targets must be a dict"):
        trainer.fit((X.swapaxes(0, 1), np.ones((40, 3, 1))))


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to fit"):
        bp.OnlineTrainer(bp.neurons.LIF(2, mode=bm.batching_mode))
    with pytest.raises(ValueError, match="one of rls, lms"):
        bp.OnlineTrainer(Echo(), "ridge")
    with pytest.raises(TypeError, match="must be an OnlineAlgorithm"):
        bp.OnlineTrainer(Echo(), bp.algorithms.RidgeRegression())
    with pytest.raises(ValueError, match="every"):
        bp.ForceTrainer(Echo(), every=0)
