"""Spike-timing-dependent plasticity gives BrainPy 2.8.2's weights (``plasticity.npz``) and the published window."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.dyn import later
from nbbrain.dyn.layers.connections import AllToAll, CSRLinear, JitFPHomoLinear, MaskedLinear, OneToOne
from nbbrain.dyn.layers.dense import Dense
from nbbrain.errors import ModelBuildError

REFERENCE = np.load(Path(__file__).with_name("plasticity.npz"))
W, MASK = REFERENCE["W"], REFERENCE["mask"]
KEYS = sorted({key.rpartition("|")[0] for key in REFERENCE.files if "|" in key})


@pytest.fixture(autouse=True)
def double():
    bm.enable_x64()
    yield
    bm.disable_x64()


def connections(kind: str):
    masked = bp.conn.MatConn(MASK)(4, 3)
    return {"AllToAll": lambda: AllToAll(4, 3, W), "MaskedLinear": lambda: MaskedLinear(masked, W),
            "CSRLinear": lambda: CSRLinear(masked, W[MASK]), "OneToOne": lambda: OneToOne(3, W[0])}[kind]()


def neurons(num: int, tau: float) -> later.Lif:
    return later.Lif(num, V_rest=0., V_reset=0., V_th=1., tau=tau, spk_reset="hard")


def over_time(projection, pre, post, inputs):
    """The weights, the potentials of post and what arrives, at the end of every step."""
    def step(i, to_pre, to_post):
        bp.share.save(i=i, t=i * 0.1, dt=0.1)
        current = projection()
        pre(to_pre)
        post(to_post)
        return projection.comm.weight.value, post.V.value, current

    with settings.using(strict=True):
        return [np.asarray(x) for x in bm.for_loop(step, (np.arange(len(inputs[0])), *inputs))]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.usefixtures("each_backend")
def test_weights_of_the_original(key):
    found = trained(key, None, REFERENCE["pre"])
    for name, values in zip("wVc", found, strict=True):
        np.testing.assert_allclose(values[9::10], REFERENCE[f"{key}|{name}"], rtol=1e-9, atol=1e-12)


def trained(key, delay, to_pre):
    kind, syn, _ = key.split("|")
    num = 3 if kind == "OneToOne" else 4
    pre, post = neurons(num, 2.), neurons(3, 3.)
    described = later.Expon.desc(3, tau=5.) if syn == "Expon" else later.NMDA.desc(num)
    bounds = {} if kind == "OneToOne" else {"W_min": 0., "W_max": 1.}
    projection = later.STDP_Song2000(pre, delay, described, connections(kind), later.COBA.desc(E=2.), post, A1=0.05, A2=0.03,
                                     **bounds)
    return over_time(projection, pre, post, (to_pre[:, :num] * 0.1, REFERENCE["post"] * 0.1))


@pytest.mark.usefixtures("each_backend")
def test_delayed_spikes_are_like_spikes_that_come_later():
    """A delay of 5 steps, of which 2 pass anyway, is the same as an input of the pre-synaptic neurons 3 steps later."""
    shifted = np.concatenate([np.zeros((3, 4)), REFERENCE["pre"][:-3]])
    for late, shift in zip(trained("CSRLinear|NMDA|", 0.5, REFERENCE["pre"]), trained("CSRLinear|NMDA|", None, shifted),
                           strict=True):
        np.testing.assert_allclose(late, shift, rtol=1e-12)


@pytest.mark.parametrize("lag", [-200, -50, 50, 200])
def test_the_learning_window(lag):
    """A pair of spikes changes the weight by A1 exp(-lag / tau_s), or by -A2 exp(lag / tau_t) (Song et al., 2000)."""
    pre, post = neurons(1, 1e-3), neurons(1, 1e-3)  # they fire in the step in which they get a current
    projection = later.STDP_Song2000(pre, None, later.Expon.desc(1, tau=5.), AllToAll(1, 1, np.full((1, 1), 0.5)),
                                     later.COBA.desc(E=0.), post, A1=0.1, A2=0.2)
    inputs = np.zeros((2, 600, 1))
    inputs[0, 300], inputs[1, 300 + lag] = 1e3, 1e3
    change = float(over_time(projection, pre, post, inputs)[0][-1, 0, 0]) - 0.5
    apart = abs(lag) * 0.1
    expected = 0.1 * np.exp(-apart / 16.8) if lag > 0 else -0.2 * np.exp(-apart / 33.7)
    assert change == pytest.approx(expected, rel=1e-9)


def test_dense_layers_learn():
    layer = Dense(2, 2, np.zeros((2, 2)))
    layer.make_plastic()
    layer.stdp_update(on_pre={"spike": bm.asarray([1., 0.]), "trace": bm.asarray([0.5, 2.])}, w_max=1.)
    np.testing.assert_array_equal(layer.W.numpy(), [[0.5, 1.], [0., 0.]])
    layer.stdp_update(on_post={"spike": bm.asarray([0., 1.]), "trace": bm.asarray([-3., 1.])}, w_min=-1.)
    np.testing.assert_array_equal(layer.W.numpy(), [[0.5, -1.], [0., 1.]])


def test_errors():
    pre, post = neurons(2, 5.), neurons(2, 5.)
    syn, out = later.Expon.desc(2, tau=5.), later.COBA.desc(E=0.)
    with pytest.raises(ValueError, match="one for every synapse"):
        later.STDP_Song2000(pre, None, syn, AllToAll(2, 2, 1.), out, post)
    with pytest.raises(ModelBuildError, match="comm must be a SupportSTDP"):
        later.STDP_Song2000(pre, None, syn, JitFPHomoLinear(2, 2, 0.5, 1., seed=1), out, post)
    with pytest.raises(ValueError, match="at most W_max"):
        later.STDP_Song2000(pre, None, syn, AllToAll(2, 2, np.ones((2, 2))), out, post, W_min=1., W_max=0.)
    with pytest.raises(ModelBuildError, match="neurons with spikes"):
        later.STDP_Song2000(pre, None, syn, AllToAll(2, 2, np.ones((2, 2))), out, later.Leaky(2))
