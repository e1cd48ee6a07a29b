"""Recurrent cells: against the equations in NumPy, gradients, the trained first state, errors."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED

CELLS = {"RNNCell": (1, 1), "GRUCell": (3, 1), "LSTMCell": (4, 2)}  # gates, vectors in the state
EACH = pytest.mark.parametrize("name", CELLS)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_hand(name: str, x, state, Wi, Wh, b, f=np.tanh):
    """Output and state after one step."""
    n = Wh.shape[0]
    if name == "RNNCell":
        h = f(x @ Wi + state @ Wh + b)
        return h, h
    if name == "GRUCell":
        z, r = [sigmoid(x @ Wi[:, k] + state @ Wh[:, k] + b[k]) for k in (slice(0, n), slice(n, 2 * n))]
        k = slice(2 * n, 3 * n)
        h = (1 - z) * state + z * f(x @ Wi[:, k] + (r * state) @ Wh[:, k] + b[k])
        return h, h
    h, c = state[..., :n], state[..., n:]
    i, g, forget, o = np.split(x @ Wi + h @ Wh + b, 4, axis=-1)
    c = sigmoid(forget + 1) * c + sigmoid(i) * f(g)
    h = sigmoid(o) * f(c)
    return h, np.concatenate([h, c], axis=-1)


def parameters(name: str, num_in: int = 3, num_out: int = 2):
    rng = np.random.default_rng(5)
    width = CELLS[name][0] * num_out
    return rng.normal(size=(num_in, width)), rng.normal(size=(num_out, width)), rng.normal(size=width)


def cell(kind: str, num_in: int = 3, num_out: int = 2, **options):
    Wi, Wh, b = parameters(kind, num_in, num_out)
    options = {"activation": "tanh", "b_initializer": b, **options}
    return getattr(bp.layers, kind)(num_in, num_out, Wi_initializer=Wi, Wh_initializer=Wh, **options)


@LOOPED
@pytest.mark.parametrize("batch", [None, 4])
@EACH
def test_against_the_equations(name: str, batch: int | None, looped: bool) -> None:
    bm.enable_x64()
    layer = cell(name, mode=bm.nonbatching_mode if batch is None else bm.BatchingMode(batch))
    x = np.random.default_rng(6).normal(size=(6, *(() if batch is None else (batch,)), 3))
    y = bm.for_loop(layer, bm.asarray(x), jit=looped)
    state = np.zeros((*x.shape[1:-1], 2 * CELLS[name][1]))
    for now, got in zip(x, y, strict=True):
        h, state = by_hand(name, now, state, *parameters(name))
        np.testing.assert_allclose(got, h, rtol=1e-12)
    np.testing.assert_allclose(layer.state, state, rtol=1e-12)


@EACH
def test_activations_and_no_bias(name: str) -> None:
    bm.enable_x64()
    x, (Wi, Wh, b) = np.random.default_rng(7).normal(size=3), parameters(name)
    for activation in ("relu", bm.relu):
        layer = cell(name, activation=activation, b_initializer=None)
        assert layer.b is None
        h, _ = by_hand(name, x, np.zeros(2 * CELLS[name][1]), Wi, Wh, 0 * b, lambda v: np.maximum(v, 0.))
        np.testing.assert_allclose(layer(x), h, rtol=1e-12)


@LOOPED
@EACH
def test_gradients_with_a_trained_first_state(name: str, looped: bool) -> None:
    bm.enable_x64()
    first = np.random.default_rng(8).normal(size=2 * CELLS[name][1])
    layer = cell(name, train_state=True, state_initializer=bm.asarray(first), mode=bm.training_mode)
    x = bm.TrainVar(bm.asarray(np.random.default_rng(9).normal(size=(5, 2, 3))))
    c = bm.asarray(np.random.default_rng(10).normal(size=(5, 2, 2)))

    def loss():
        layer.reset_state(2)
        return bm.sum(bm.for_loop(layer, x, jit=looped) * c)

    check_gradients(loss, {"Wi": layer.Wi, "Wh": layer.Wh, "b": layer.b, "state2train": layer.state2train, "x": x})


@EACH
def test_a_reset_fills_the_state(name: str) -> None:
    width = 2 * CELLS[name][1]
    layer = cell(name, state_initializer=bp.init.Constant(0.3), mode=bm.TrainingMode(5))
    assert layer.state.shape == (5, width) and np.all(layer.state.numpy() == np.float32(0.3))
    layer.reset_state(4)
    assert layer.state.shape == (4, width) and layer.state.batch_axis == 0
    layer(bm.ones((4, 3)))
    layer.reset_state()
    assert layer.state.shape == (4, width) and np.all(layer.state.numpy() == np.float32(0.3))
    assert not hasattr(layer, "state2train")


@EACH
def test_the_trained_first_state_survives_resets(name: str) -> None:
    width = 2 * CELLS[name][1]
    layer = cell(name, train_state=True, state_initializer=bp.init.Constant(0.3), mode=bm.training_mode)
    assert isinstance(layer.state2train, bm.TrainVar) and layer.state2train.shape == (width,)
    assert np.all(layer.state.numpy() == np.float32(0.3))
    layer.state2train.value = bm.arange(float(width))
    layer.reset_state(3)
    assert layer.state.tolist() == [list(range(width))] * 3
    assert layer.state2train.tolist() == list(range(width))


def test_the_first_state_is_kept_but_not_trained_in_other_modes() -> None:
    layer = cell("RNNCell", train_state=True, mode=bm.batching_mode)
    assert type(layer.state2train) is bm.Array and len(layer.train_vars()) == 0
    layer.reset_state(3)
    assert layer.state.shape == (3, 2)


@EACH
def test_parameters_are_trained_in_training_mode_only(name: str) -> None:
    assert len(cell(name, mode=bm.training_mode).train_vars()) == 3
    assert len(cell(name, mode=bm.batching_mode).train_vars()) == len(cell(name).train_vars()) == 0


def test_the_two_halves_of_the_state_of_an_lstm() -> None:
    layer = cell("LSTMCell", mode=bm.batching_mode)
    layer.reset_state(3)
    layer.h = bm.ones((3, 2))
    layer.c = 2.
    assert layer.state.tolist() == [[1., 1., 2., 2.]] * 3
    assert layer.h.tolist() == [[1., 1.]] * 3 and layer.c.tolist() == [[2., 2.]] * 3


@EACH
def test_inputs_that_do_not_fit(name: str) -> None:
    layer = cell(name, name=f"small_{name}", mode=bm.batching_mode)
    with pytest.raises(ValueError, match=rf"^small_{name}: expected input of shape \(\.\.\., 3\), but got \(1, 4\)$"):
        layer(bm.ones((1, 4)))
    with pytest.raises(ValueError, match=rf"small_{name}: expected .* \(1, 3\), .* but got \(5, 3\); call reset_state\(5\)"):
        layer(bm.ones((5, 3)))
    with pytest.raises(ValueError, match=r"but got \(3,\)$"):
        layer(bm.ones(3))
    assert layer.state.shape[0] == 1 and not np.any(layer.state.numpy())


@EACH
def test_wrong_arguments(name: str) -> None:
    with pytest.raises(ValueError, match="num_in must be a positive integer"):
        getattr(bp.layers, name)(3.5, 2)
    with pytest.raises(ValueError, match=r"activation must be a function or one of .*tanh.* but got 'sine'"):
        cell(name, activation="sine")
    with pytest.raises(ValueError, match="state_initializer"):
        cell(name, state_initializer="zero")
    with pytest.raises(ValueError, match="but we got"):
        getattr(bp.layers, name)(3, 2, Wi_initializer=bm.ones((2, 2)))
    with pytest.raises(ValueError, match="has no batches"):
        cell(name).reset_state(3)


def test_the_text_is_that_of_any_layer() -> None:
    assert repr(bp.layers.LSTMCell(2, 3, name="deep")) == "LSTMCell(name=deep, mode=NonBatchingMode)"
