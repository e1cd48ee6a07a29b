"""The dense layer: values, parameters, gradients, and the fit from all data at once."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.derivatives import check_gradients


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 5, 3)])
@pytest.mark.parametrize("mode", [bm.nonbatching_mode, bm.batching_mode, bm.training_mode])
def test_values(shape: tuple[int, ...], mode) -> None:
    rng = np.random.default_rng(0)
    W, b, x = [rng.normal(size=size).astype(np.float32) for size in ((3, 4), (4,), shape)]
    np.testing.assert_allclose(bp.layers.Dense(3, 4, W, b, mode=mode)(x), x @ W + b, rtol=1e-5)
    np.testing.assert_allclose(bp.layers.Dense(3, 4, W, None, mode=mode)(x), x @ W, rtol=1e-5)


def test_parameters() -> None:
    assert bp.layers.Linear is bp.layers.Dense
    given = bm.ones((3, 4))
    assert bp.layers.Dense(3, 4, W_initializer=given).W is given
    own = bm.TrainVar(bm.ones((3, 4)))
    assert bp.layers.Dense(3, 4, W_initializer=own).W is own
    fixed = bm.Parameter(bm.ones((3, 4)))
    layer = bp.layers.Dense(3, 4, W_initializer=fixed, b_initializer=[1, 2, 3, 4], mode=bm.training_mode)
    assert layer.W is fixed and list(layer.train_vars()) == [f"{layer.name}.b"]
    assert layer.b.dtype == np.float32
    bm.random.seed(1)
    spread = bp.layers.Dense(1000, 1000).W.numpy().std()  # Xavier: variance 2 / (fan in + fan out)
    assert spread == pytest.approx(1000 ** -0.5, rel=0.02)


def test_gradients() -> None:
    bm.enable_x64()
    rng = np.random.default_rng(1)
    layer = bp.layers.Dense(3, 2, W_initializer=rng.normal(size=(3, 2)), b_initializer=rng.normal(size=2),
                            mode=bm.training_mode)
    x = bm.TrainVar(bm.asarray(rng.normal(size=(4, 3))))
    check_gradients(lambda: bm.sum(bm.tanh(layer(x)) ** 2), {"W": layer.W, "b": layer.b, "x": x})


def test_wrong_arguments() -> None:
    layer = bp.layers.Dense(3, 4, name="narrow")
    for x, shape in ((np.ones((5, 2)), r"\(5, 2\)"), (1., r"\(\)")):
        with pytest.raises(ValueError, match=rf"^narrow: expected input of shape \(\.\.\., 3\), but got {shape}$"):
            layer(x)
    for size in (None, 2.5, 0, -1, True):
        with pytest.raises(ValueError, match="num_in must be a positive integer"):
            bp.layers.Dense(size, 4)
        with pytest.raises(ValueError, match="num_out must be a positive integer"):
            bp.layers.Dense(4, size)
    with pytest.raises(ValueError, match=r"should be \(3, 4\), but we got \(4, 3\)"):
        bp.layers.Dense(3, 4, W_initializer=bm.ones((4, 3)))
    with pytest.raises(ValueError, match=r"shape \(3, 4\) is needed, but got the number 0.5"):
        bp.layers.Dense(3, 4, W_initializer=0.5)
    with pytest.raises(ValueError, match="needed, but got None"):
        bp.layers.Dense(3, 4, W_initializer=None)


def least_squares(targets, inputs, outputs):
    X, Y = np.asarray(inputs).reshape(-1, inputs.shape[-1]), np.asarray(targets).reshape(-1, targets.shape[-1])
    return bm.asarray(np.linalg.lstsq(X, Y, rcond=None)[0])


@pytest.mark.parametrize("bias", [False, True])
def test_the_fit_from_all_data(bias: bool) -> None:
    bm.enable_x64()
    rng = np.random.default_rng(2)
    W, b = rng.normal(size=(3, 2)), rng.normal(size=2) * bias
    x = rng.normal(size=(2, 20, 3))
    layer = bp.layers.Dense(3, 2, b_initializer=bp.init.ZeroInit() if bias else None, mode=bm.training_mode)
    with pytest.raises(ValueError, match="call offline_init"):
        layer.offline_fit(x @ W, {"input": x, "output": x @ W})

    layer.offline_init(least_squares)
    layer(x)  # outside of a trainer nothing is shared
    assert layer.fit_record == {}
    bp.share.save(fit=True)
    y = layer(x)
    np.testing.assert_array_equal(layer.fit_record["input"], x)
    np.testing.assert_array_equal(layer.fit_record["output"], y)
    layer.offline_fit(x @ W + b, layer.fit_record)
    np.testing.assert_allclose(layer.W, W, rtol=1e-10)
    if bias:
        np.testing.assert_allclose(layer.b, b, rtol=1e-10)

    before = layer.W.numpy().copy()
    with pytest.raises(ValueError, match=r"need targets of shape \(\.\.\., 2\)"):
        layer.offline_fit(x @ W[:, :1], layer.fit_record)
    layer.offline_init(lambda targets, inputs, outputs: bm.ones((7, 2)))
    with pytest.raises(ValueError, match=r"must return weights of shape"):
        layer.offline_fit(x @ W, {"input": x, "output": x @ W})
    np.testing.assert_array_equal(layer.W, before)


def test_nothing_is_recorded_without_a_method() -> None:
    layer = bp.layers.Dense(3, 2)
    layer(bm.ones(3))  # `fit` need not be shared either
    assert layer.fit_record == {}
