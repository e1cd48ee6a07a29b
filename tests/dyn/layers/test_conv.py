"""Convolutional layers: against plain loops, one image without a batch, padding, masks, the cells made of them, errors."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import LOOPED

SPACE = {1: (7,), 2: (5, 6), 3: (3, 4, 3)}
EACH = pytest.mark.parametrize("dims", SPACE)


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def layer(dims: int, *args: Any, kind: str = "Conv", **options: Any) -> Any:
    return getattr(bp.layers, f"{kind}{dims}d")(*args, **options)


def valid(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The convolution without a border, one place after the other."""
    count = w.ndim - 2
    space = [n - k + 1 for n, k in zip(x.shape[1:-1], w.shape, strict=False)]
    y = np.zeros((x.shape[0], *space, w.shape[-1]))
    for place in np.ndindex(*space):
        part = x[(slice(None), *[slice(p, p + k) for p, k in zip(place, w.shape, strict=False)])]
        y[(slice(None), *place)] = np.tensordot(part, w, count + 1)
    return y


@EACH
def test_against_loops(dims: int) -> None:
    bm.enable_x64()
    kernel = (2, 3, 2)[:dims]
    w, b, x = normal(*kernel, 2, 3), normal(3, seed=1), normal(4, *SPACE[dims], 2, seed=2)
    conv = layer(dims, 2, 3, kernel, padding="VALID", w_initializer=w, b_initializer=b, mode=bm.training_mode)
    np.testing.assert_allclose(conv(x), valid(x, w) + b, rtol=1e-12)
    np.testing.assert_allclose(conv(x[0]), valid(x, w)[0] + b, rtol=1e-12)
    assert conv.b.shape == (*[1] * dims, 3)
    assert [type(p) for p in (conv.w, conv.b)] == [bm.TrainVar] * 2
    single = layer(dims, 2, 3, kernel, padding="VALID", w_initializer=w, b_initializer=None)
    assert single.b is None and not isinstance(single.w, bm.Variable)
    np.testing.assert_allclose(single(x[0]), valid(x, w)[0], rtol=1e-12)


@EACH
def test_paddings(dims: int) -> None:
    bm.enable_x64()
    x, w = normal(2, *SPACE[dims], 1), normal(*[3] * dims, 1, 2)
    same = [(0, 0), *[(1, 1)] * dims, (0, 0)]
    uneven = [(0, 0), *[(2, 1)] * dims, (0, 0)]
    for padding, border in (("SAME", same), ("same", same), (1, same), ((1,), same), (((1, 1),), same), ((2, 1), uneven),
                            ([(2, 1)] * dims, uneven)):
        y = layer(dims, 1, 2, 3, padding=padding, w_initializer=w)(x)
        np.testing.assert_allclose(y, valid(np.pad(x, border), w), rtol=1e-12, atol=1e-12)


def test_strides_and_dilations_leave_elements_out() -> None:
    bm.enable_x64()
    x, w = normal(2, 9, 8, 1), normal(2, 2, 1, 1)
    for options, rows in (({"stride": (2, 3)}, (2, 3)), ({"strides": 2}, (2, 2))):
        y = bp.layers.Conv2d(1, 1, 2, padding="VALID", w_initializer=w, **options)(x)
        np.testing.assert_allclose(y, valid(x, w)[:, ::rows[0], ::rows[1]], rtol=1e-12)
    wide = np.zeros((3, 4, 1, 1))
    wide[::2, ::3] = w
    y = bp.layers.Conv2d(1, 1, 2, padding="VALID", rhs_dilation=(2, 3), w_initializer=w)(x)
    np.testing.assert_allclose(y, valid(x, wide), rtol=1e-12)


def test_a_mask_takes_weights_out_for_good() -> None:
    mask = np.ones((3, 2, 4))
    mask[0] = 0.
    conv = bp.layers.Conv1d(2, 4, 3, mask=mask, mode=bm.training_mode)
    gradients = bm.grad(lambda: bm.sum(conv(bm.ones((1, 6, 2)))), grad_vars={"w": conv.w})()
    assert not np.any(gradients["w"][0]) and np.all(gradients["w"][1:] != 0)
    bp.layers.Conv1d(2, 4, 3, mask=np.ones((3, 1, 1)))


def test_other_names_and_texts() -> None:
    assert bp.layers.Conv1D is bp.layers.Conv1d and bp.layers.Conv2D is bp.layers.Conv2d
    assert bp.layers.Conv3D is bp.layers.Conv3d
    assert repr(bp.layers.Conv2d(1, 2, 3, name="eye")) == (
        "Conv2d(name=eye, in_channels=1, out_channels=2, kernel_size=(3, 3), mode=NonBatchingMode)")


@pytest.mark.parametrize("kind", ["Conv", "ConvTranspose"])
def test_wrong_arguments(kind: str) -> None:
    for options, message in (({"kernel_size": 0}, "kernel_size must be a positive integer"),
                             ({"kernel_size": (2, 2)}, "one for each of 1 axes"), ({"stride": 0}, "stride must be"),
                             ({"mask": np.ones((2, 2))}, r"mask must have the shape \(3, 2, 4\)"),
                             ({"w_initializer": np.ones((3, 4, 2))}, "but we got"),
                             ({"b_initializer": np.ones(3)}, r"should be \(1, 4\), but we got \(3,\)"),
                             ({"padding": "HALF"}, "'SAME', 'VALID' or numbers"), ({"padding": -1}, "not negative")):
        with pytest.raises(ValueError, match=message):
            layer(1, 2, 4, **{"kernel_size": 3, **options}, kind=kind)(bm.ones((1, 6, 2)))
    conv = layer(2, 3, 4, 3, kind=kind, name=f"small_{kind}")
    for shape in ((5, 5, 4), (5, 3), (1, 1, 5, 5, 3)):
        with pytest.raises(ValueError, match=rf"small_{kind}: expected input of shape \(batch, space, space, 3\)"):
            conv(bm.ones(shape))


def test_wrong_arguments_of_one_kind() -> None:
    with pytest.raises(ValueError, match="two names of one argument"):
        bp.layers.Conv1d(1, 1, 1, stride=1, strides=2)
    with pytest.raises(ValueError, match="cannot be divided into 2 groups"):
        bp.layers.Conv1d(4, 3, 1, groups=2)
    with pytest.raises(NotImplementedError, match="precision must be None"):
        bp.layers.ConvTranspose1d(1, 1, 1, precision="high")


@EACH
def test_transposed_layers(dims: int) -> None:
    bm.enable_x64()
    x, w, b = normal(2, *SPACE[dims], 2), normal(*[2] * dims, 2, 3, seed=1), normal(3, seed=2)
    wide = np.zeros((2, *[2 * n + 1 for n in SPACE[dims]], 2))
    wide[(slice(None), *[slice(1, None, 2)] * dims)] = x
    conv = layer(dims, 2, 3, 2, stride=2, w_initializer=w, b_initializer=b, kind="ConvTranspose", mode=bm.training_mode)
    np.testing.assert_allclose(conv(x), valid(wide, w) + b, rtol=1e-12)
    np.testing.assert_allclose(conv(x[1]), valid(wide, w)[1] + b, rtol=1e-12)
    assert len(conv.train_vars()) == 2


# Cells


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def cell(dims: int) -> Any:
    parts = iter([normal(*[3] * dims, 2, 12, seed=3), normal(*[3] * dims, 3, 12, seed=4)])
    build = getattr(bp.layers, f"Conv{dims}dLSTMCell")
    return build(SPACE[dims], 2, 3, 3, w_initializer=lambda shape: next(parts),
                 b_initializer=lambda shape: normal(*shape, seed=5), mode=bm.training_mode)


@LOOPED
@EACH
def test_cells_against_the_equations(dims: int, looped: bool) -> None:
    bm.enable_x64()
    lstm, border = cell(dims), [(0, 0), *[(1, 1)] * dims, (0, 0)]
    lstm.reset_state(4)
    x = normal(3, 4, *SPACE[dims], 2, seed=6)
    y = bm.for_loop(lstm, bm.asarray(x), jit=looped)
    h = c = np.zeros((4, *SPACE[dims], 3))
    for now, got in zip(x, y, strict=True):
        gates = [valid(np.pad(v, border), part.w.numpy()) + part.b.numpy()
                 for v, part in ((now, lstm.input_to_hidden), (h, lstm.hidden_to_hidden))]
        i, g, f, o = np.split(gates[0] + gates[1], 4, axis=-1)
        c = sigmoid(f + 1) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        np.testing.assert_allclose(got, h, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(lstm.h, h, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(lstm.c, c, rtol=1e-11, atol=1e-13)


def test_the_state_of_a_cell() -> None:
    lstm = bp.layers.Conv2dLSTMCell((5, 6), 1, 2, 3, stride=2, state_initializer=bp.init.Constant(0.3), train_state=True,
                                    mode=bm.training_mode)
    assert isinstance(lstm.h_to_train, bm.TrainVar) and lstm.c_to_train.shape == lstm.state_shape == (3, 3, 2)
    lstm.h_to_train.value = bm.full((3, 3, 2), 0.7)
    lstm.reset_state(4)
    assert lstm.h.shape == lstm.c.shape == (4, 3, 3, 2) and lstm.h.batch_axis == 0
    assert np.all(lstm.h.numpy() == np.float32(0.7)) and np.all(lstm.c.numpy() == np.float32(0.3))
    assert lstm(bm.ones((4, 5, 6, 1))).shape == (4, 3, 3, 2)
    lstm.reset_state()
    assert lstm.h.shape == (4, 3, 3, 2) and np.all(lstm.h.numpy() == np.float32(0.7))
    assert len(lstm.train_vars().unique()) == 6


def test_a_cell_without_batches() -> None:
    lstm = bp.layers.Conv1dLSTMCell(6, 2, 3, 3)
    assert lstm(bm.ones((6, 2))).shape == lstm.h.shape == (6, 3)
    with pytest.raises(ValueError, match="has no batches"):
        lstm.reset_state(3)


def test_wrong_arguments_of_cells() -> None:
    with pytest.raises(ValueError, match="sizes of 2 axes of space"):
        bp.layers.Conv2dLSTMCell(6, 2, 3, 3)
    lstm = bp.layers.Conv1dLSTMCell(6, 2, 3, 3, mode=bm.batching_mode, name="line")
    with pytest.raises(ValueError, match=r"line: expected .* \(1, 6, 2\), but got \(4, 6, 2\); call reset_state\(4\) first"):
        lstm(bm.ones((4, 6, 2)))
    with pytest.raises(ValueError, match=r"line: expected input of shape \(1, 6, 2\), but got \(1, 5, 2\)$"):
        lstm(bm.ones((1, 5, 2)))
