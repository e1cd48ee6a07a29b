"""Layers without parameters."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm


def test_a_layer_is_what_has_an_update() -> None:
    class Double(bp.layers.Layer):
        def update(self, x):
            return 2 * x

    layer = Double(name="double_layer")
    assert (np.ones(2, np.float32) >> layer).tolist() == [2., 2.]
    layer.reset_state(3)
    assert repr(layer) == "Double(name=double_layer, mode=NonBatchingMode)"


def test_functions_as_layers() -> None:
    x = bm.asarray([-1., 0.5, 3.])
    assert bp.layers.Activation(bm.relu)(x).tolist() == [0., 0.5, 3.]
    assert bp.layers.FunAsLayer(bm.clip, a_min=0., a_max=1.)(x).tolist() == [0., 0.5, 1.]
    assert bp.layers.Identity(3, 4, anything=True)(x) is x
    for kind in (bp.layers.Activation, bp.layers.FunAsLayer):
        with pytest.raises(ValueError, match="fun"):
            kind("relu")


def test_flatten_keeps_the_batch() -> None:
    x = bm.asarray(np.arange(24.).reshape(2, 3, 4))
    assert bp.layers.Flatten()(x).tolist() == np.arange(24.).tolist()
    for mode in (bm.batching_mode, bm.training_mode):
        np.testing.assert_array_equal(bp.layers.Flatten(mode=mode)(x), np.arange(24.).reshape(2, 12))


def test_layers_in_sequence() -> None:
    with bm.training_environment():
        model = bp.Sequential(bp.layers.Dense(2, 3), bp.layers.Activation(bm.tanh), bp.layers.Dense(3, 1))
    first, last = model[0], model[2]
    x = np.array([[0.3, -0.2]], dtype=np.float32)
    expected = np.tanh(x @ first.W.numpy() + first.b.numpy()) @ last.W.numpy() + last.b.numpy()
    np.testing.assert_allclose(model(x), expected, rtol=1e-5)
    assert len(model.train_vars()) == 4
