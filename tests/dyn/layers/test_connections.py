"""Layers of connections against dense matrices, eager and compiled."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.dyn.layers import connections

RNG = np.random.default_rng(5)
X = (RNG.random((3, 4)) < 0.5).astype(np.float32)
pytestmark = pytest.mark.usefixtures("each_backend")


def looped(layer, x):
    with settings.using(strict=True):
        return np.asarray(bm.for_loop(layer, x))


@pytest.mark.parametrize("include_self", [True, False])
@pytest.mark.parametrize("weight", [2., RNG.random((4, 4))], ids=["one", "matrix"])
def test_all_to_all(include_self, weight):
    layer = connections.AllToAll(4, 4, weight, include_self=include_self)
    expected = X @ (np.broadcast_to(weight, (4, 4)) * (1 if include_self else 1 - np.eye(4)))
    for found in (layer(X), looped(layer, X)):
        np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-6)


@pytest.mark.parametrize("kind", ["MaskedLinear", "CSRLinear", "EventCSRLinear"])
@pytest.mark.parametrize("mode", [bm.NonBatchingMode(), bm.TrainingMode()], ids=["simulation", "training"])
def test_connectors(kind, mode):
    """Weights stand where the connector has synapses, and are trainable in TrainingMode."""
    conn = bp.conn.FixedProb(0.6, seed=3)(4, 5)
    mask = np.asarray(conn.require("conn_mat"))
    weight = RNG.random(mask.shape if kind == "MaskedLinear" else int(mask.sum()))
    matrix = np.zeros(mask.shape)
    matrix[mask > 0] = weight[mask > 0] if kind == "MaskedLinear" else weight
    layer = getattr(connections, kind)(conn, weight, mode=mode)
    assert isinstance(layer.weight, bm.TrainVar) == isinstance(mode, bm.TrainingMode)
    for found in (layer(X), looped(layer, X)):
        np.testing.assert_allclose(np.asarray(found), X @ matrix, rtol=1e-6)


def test_one_to_one():
    np.testing.assert_allclose(np.asarray(connections.OneToOne(4, 3.)(X)), 3. * X)


@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("event", ["", "Event"])
@pytest.mark.parametrize("kind, weights", [("Homo", (2.,)), ("Normal", (1., 0.1)), ("Uniform", (1., 2.))])
def test_random_connections_are_linear_and_fixed(kind, weights, event, transpose):
    """The layer is one matrix in all calls, of the asked-for density, whose elements have the asked-for mean."""
    layer = getattr(connections, f"{event}JitFP{kind}Linear")(60, 50, 0.2, *weights, seed=4, transpose=transpose)
    matrix = np.asarray(layer(np.eye(60, dtype=np.float32)))
    assert matrix.shape == (60, 50)
    assert abs((matrix != 0).mean() - 0.2) < 0.03
    mean = {"Homo": 2., "Normal": 1., "Uniform": 1.5}[kind]
    assert abs(matrix[matrix != 0].mean() - mean) < 0.05
    x = (RNG.random((2, 60)) < 0.5).astype(np.float32)
    for found in (layer(x), looped(layer, x)):
        np.testing.assert_allclose(np.asarray(found), x @ matrix, rtol=1e-5)


def test_errors():
    with pytest.raises(ValueError, match="as many"):
        connections.AllToAll(2, 3, 1., include_self=False)
    with pytest.raises(TypeError, match="connector"):
        connections.CSRLinear(np.eye(2), 1.)
    with pytest.raises(ValueError, match="pre= and post="):
        connections.CSRLinear(bp.conn.FixedProb(0.1), 1.)
    with pytest.raises(ValueError, match="probability"):
        connections.JitFPHomoLinear(2, 2, 1.5, 1.)
