"""Synapses that know a connection only give what those between groups give."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.dyn import experimental
from nbbrain.errors import ModelBuildError, ModelUseError
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED, over_time

PRE, POST = 5, 4
MASK = np.random.default_rng(3).random((PRE, POST)) < 0.5
MATRIX = np.random.default_rng(1).normal(size=(PRE, POST))
KINDS = pytest.mark.parametrize("kind", ["Exponential", "DualExponential", "Alpha"])


def spikes_of(*shape: int) -> bm.Array:
    return bm.asarray((np.random.default_rng(5).random(shape) < 0.3).astype(float))


@KINDS
@LOOPED
@pytest.mark.parametrize("stp", [None, "STD", "STP"])
@pytest.mark.parametrize("output", [None, "CUBA", "COBA"])
def test_the_same_as_between_groups(kind: str, output: str | None, stp: str | None, looped: bool) -> None:
    bm.enable_x64()
    def some() -> Any:
        return bp.conn.MatConn(MASK)

    for conn, comp_method, g_max in ((bp.conn.All2All, "dense", MATRIX), (some, "sparse", MATRIX[MASK]),
                                     (some, "dense", MATRIX)):
        pre, post = bp.neurons.InputGroup(PRE), bp.neurons.LIF(POST, V_initializer=bp.init.Constant(-60.))
        outputs = {"CUBA": bp.synouts.CUBA(None), "COBA": bp.synouts.COBA(E=-3., target_var=None)}
        between = getattr(bp.synapses, kind)(pre, post, conn(), comp_method=comp_method, g_max=bm.asarray(g_max),
                                             output=outputs.get(output), stp=stp and getattr(bp.synplast, stp)(U=0.3))
        out = {"CUBA": experimental.CUBA, "COBA": lambda: experimental.COBA(E=-3.)}[output]() if output else None
        alone = getattr(experimental, kind)(conn()(PRE, POST), out, stp and getattr(experimental, stp)(PRE, U=0.3),
                                            comp_method=comp_method, g_max=bm.asarray(g_max))

        def step(x: Any, between: Any = between, alone: Any = alone, post: Any = post) -> Any:
            return between(x), alone(x, post.V)

        for _ in range(2):
            want, got = over_time(step, spikes_of(15, PRE), looped)
            assert np.any(want.numpy() != 0)
            np.testing.assert_allclose(got, want, rtol=1e-13, atol=1e-15)
            alone.reset_state()
            between.reset_state()


@KINDS
@LOOPED
def test_gradients_and_batches(kind: str, looped: bool) -> None:
    bm.enable_x64()
    with bm.training_environment():
        synapse = getattr(experimental, kind)(bp.conn.All2All(PRE, POST), experimental.COBA(E=2.), experimental.STP(PRE),
                                              g_max=bm.asarray(MATRIX))
    assert isinstance(synapse.g_max, bm.TrainVar)

    def loss() -> Any:
        synapse.reset_state(3)
        return bm.sum(over_time(lambda x: synapse(x, bm.ones(POST)), spikes_of(6, 3, PRE), looped, dt=0.5) ** 2)

    check_gradients(loss, {"g_max": synapse.g_max})
    assert synapse.g.shape == (3, POST if kind == "Exponential" else PRE) and synapse.stp.u.shape == (3, PRE)


def test_in_a_model_as_the_tutorial_writes_it() -> None:
    """Delayed spikes and potentials are handed over by the model."""
    class Net(bp.DynamicalSystemNS):
        def __init__(self) -> None:
            super().__init__()
            self.N = bp.neurons.LIF(20, V_th=1., V_reset=0., tau=5.)
            self.E = experimental.Exponential(bp.conn.FixedProb(0.5, seed=1)(20, 20), experimental.COBA(E=5.), g_max=0.1)

        def update(self, x: Any) -> Any:
            self.N(x + self.E(self.N.spike, self.N.V))
            spikes = self.N.spike + 0.
            self.N.clear_input()
            return spikes

    courses = []
    for looped in (False, True):
        net = Net()
        courses.append(over_time(net, bm.asarray(np.full((50, 20), 3., np.float32)), looped).numpy())
    assert 0 < courses[0].mean() < 1 and np.array_equal(*courses)


def test_wrong_arguments() -> None:
    with pytest.raises(ModelBuildError, match="knows the sizes"):
        experimental.Exponential(bp.conn.All2All())
    with pytest.raises(ModelBuildError, match="out must be a SynOutNS"):
        experimental.Alpha(bp.conn.All2All(2, 2), out=bp.synouts.CUBA())
    with pytest.raises(ModelBuildError, match="stp must be a SynSTPNS"):
        experimental.DualExponential(bp.conn.All2All(2, 2), stp=bp.synplast.STD())
    with pytest.raises(ValueError, match="comp_method"):
        experimental.Exponential(bp.conn.All2All(2, 2), comp_method="csr")
    bp.share.save(t=0., dt=0.1)
    with pytest.raises(ModelUseError, match="needs the post-synaptic potential"):
        experimental.Exponential(bp.conn.All2All(2, 2), experimental.COBA())(bm.ones(2))
    with pytest.raises(ValueError, match=r"expected input of shape \(..., 2\), but got \(3,\)"):
        experimental.Exponential(bp.conn.All2All(2, 2))(bm.ones(3))
