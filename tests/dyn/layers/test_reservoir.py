"""Reservoirs: against the equations in NumPy, connections, spectral radius, noise, training, errors."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import LOOPED

COMP_TYPES = pytest.mark.parametrize("comp_type", ["dense", "sparse"])


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


WIN, WREC, BIAS = normal(3, 8), normal(8, 8, seed=1), normal(8, seed=2)


def reservoir(**options: Any) -> Any:
    given = {"Win_initializer": WIN, "Wrec_initializer": WREC, "b_initializer": BIAS, "in_connectivity": 1.,
             "rec_connectivity": 1., "mode": bm.batching_mode}
    return bp.layers.Reservoir(3, 8, **{**given, **options})


@LOOPED
@COMP_TYPES
@pytest.mark.parametrize("activation_type", ["internal", "external"])
def test_against_the_equations(activation_type: str, comp_type: str, looped: bool) -> None:
    bm.enable_x64()
    layer = reservoir(activation_type=activation_type, comp_type=comp_type, leaky_rate=0.4)
    layer.reset_state(5)
    x = normal(6, 5, 3, seed=3)
    y = bm.for_loop(layer, bm.asarray(x), jit=looped)
    s = np.zeros((5, 8))
    for now, got in zip(x, y, strict=True):
        h = now @ WIN + s @ WREC + BIAS
        s = 0.6 * s + 0.4 * np.tanh(h) if activation_type == "internal" else np.tanh(0.6 * s + 0.4 * h)
        np.testing.assert_allclose(got, s, rtol=1e-11)
    np.testing.assert_allclose(layer.state, s, rtol=1e-11)
    layer.reset_state()
    assert layer.state.shape == (5, 8) and not np.any(layer.state.numpy())


def test_without_batches_and_without_a_bias() -> None:
    bm.enable_x64()
    layer, x = reservoir(b_initializer=None, activation="relu", mode=bm.nonbatching_mode), normal(3, seed=3)
    assert layer.bias is None
    np.testing.assert_allclose(layer(x), 0.3 * np.maximum(x @ WIN, 0.), rtol=1e-12)


def test_connections_are_drawn() -> None:
    build = [bp.layers.Reservoir(50, 200, seed=7, in_connectivity=0.2, rec_connectivity=0.1, comp_type=comp_type,
                                 Win_initializer=np.ones((50, 200)), Wrec_initializer=normal(200, 200, seed=4))
             for comp_type in ("dense", "sparse")]
    dense, sparse = build
    assert np.mean(dense.Win.numpy() != 0) == pytest.approx(0.2, abs=0.01)
    assert np.mean(dense.Wrec.numpy() != 0) == pytest.approx(0.1, abs=0.005)
    np.testing.assert_array_equal(sparse.Wrec, dense.Wrec.numpy()[dense.Wrec.numpy() != 0])
    x = bm.asarray(normal(4, 50, seed=5))
    for row in x:
        np.testing.assert_allclose(dense(row), sparse(row), rtol=1e-4, atol=1e-5)
    other = bp.layers.Reservoir(50, 200, seed=8, Win_initializer=np.ones((50, 200)), in_connectivity=0.2)
    assert np.any((other.Win.numpy() != 0) != (dense.Win.numpy() != 0))
    assert not np.any(bp.layers.Reservoir(3, 4, in_connectivity=0.).Win.numpy())


@COMP_TYPES
def test_the_spectral_radius_is_that_of_the_connections_that_exist(comp_type: str) -> None:
    bm.enable_x64()
    layer = reservoir(spectral_radius=1.3, rec_connectivity=0.5, comp_type=comp_type, seed=3)
    matrix = np.stack([bm.asarray(layer._rec.product(row, layer.Wrec)).numpy() for row in np.eye(8)])
    assert 0 < np.sum(matrix == 0) < 64
    assert np.abs(np.linalg.eigvals(matrix)).max() == pytest.approx(1.3, rel=1e-12)
    ratio = matrix[matrix != 0] / WREC[matrix != 0]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)


def test_noise() -> None:
    """Of the input, it arrives through the weights; of the units, as it is, with mean 0."""
    bm.enable_x64()
    zero = {"Win_initializer": np.zeros((3, 8)), "Wrec_initializer": np.zeros((8, 8)), "b_initializer": None,
            "leaky_rate": 1., "activation": lambda h: h, "seed": 1}
    x = bm.zeros((4000, 3))

    def states(**options: Any) -> np.ndarray:
        layer = reservoir(**{**zero, **options})
        layer.reset_state(4000)
        return layer(x).numpy()

    assert not np.any(states(noise_in=0.5))
    drawn = states(noise_rec=0.5)
    assert (drawn.mean(), drawn.std()) == (pytest.approx(0., abs=0.01), pytest.approx(0.5, rel=0.02))
    drawn = states(noise_rec=0.5, noise_type="uniform")
    assert (drawn.min(), drawn.max()) == (pytest.approx(-0.5, abs=0.01), pytest.approx(0.5, abs=0.01))
    assert drawn.mean() == pytest.approx(0., abs=0.01)
    np.testing.assert_array_equal(states(noise_rec=0.5, noise_type=bm.ones), np.full((4000, 8), 0.5))
    through = states(noise_in=0.5, Win_initializer=WIN)
    np.testing.assert_allclose(np.cov(through.T), 0.25 * WIN.T @ WIN, atol=0.1)
    np.testing.assert_array_equal(states(noise_rec=0.5), states(noise_rec=0.5))


@COMP_TYPES
def test_training_makes_no_connections(comp_type: str) -> None:
    bm.enable_x64()
    layer = reservoir(mode=bm.training_mode, rec_connectivity=0.5, in_connectivity=0.5, comp_type=comp_type, seed=3)
    assert len(layer.train_vars()) == 3
    x = bm.asarray(normal(4, 1, 3, seed=4))

    def effect() -> np.ndarray:
        return np.stack([np.asarray(layer._rec.product(bm.asarray(row), layer.Wrec)) for row in np.eye(8)])

    before = effect()
    gradients = bm.grad(lambda: bm.sum(bm.for_loop(layer, x) ** 2), grad_vars={"W": layer.Wrec})()
    layer.Wrec.value = layer.Wrec - 0.1 * gradients["W"]
    after = effect()
    assert np.any(after != before)
    np.testing.assert_array_equal(after == 0, before == 0)


def test_wrong_arguments() -> None:
    for options, message in (({"leaky_rate": 1.5}, "leaky_rate must be in"), ({"in_connectivity": -0.1}, "in_connectivity"),
                             ({"rec_connectivity": "half"}, "rec_connectivity"), ({"noise_in": -1.}, "must not be negative"),
                             ({"comp_type": "jit"}, "comp_type must be one of 'dense', 'sparse'"),
                             ({"activation_type": "both"}, "activation_type must be one of"),
                             ({"noise_type": "pink"}, "noise_type must be one of"),
                             ({"activation": "sine"}, "activation must"),
                             ({"spectral_radius": -1.}, "spectral_radius"), ({"Win_initializer": WREC}, "but we got"),
                             ({"spectral_radius": 1., "Wrec_initializer": np.zeros((8, 8))}, "eigenvalues are all 0")):
        with pytest.raises(ValueError, match=message):
            reservoir(**options)
    with pytest.raises(ValueError, match="input_shape must be a positive integer"):
        bp.layers.Reservoir(0, 8)
    assert bp.layers.Reservoir((None, 3), 8).num_in == 3
    layer = reservoir(name="pond")
    with pytest.raises(ValueError, match=r"pond: expected input of shape \(\.\.\., 3\), but got \(1, 4\)"):
        layer(bm.ones((1, 4)))
    with pytest.raises(ValueError, match=r"pond: expected .* \(1, 3\), .* but got \(2, 3\); call reset_state\(2\) first"):
        layer(bm.ones((2, 3)))
