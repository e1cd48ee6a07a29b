"""Models of the form of BrainPy 2.4.3 and later give BrainPy 2.8.2's numbers (``later_form.npz``), eager and compiled."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import backend, settings
from nbbrain.backends.base import is_installed
from nbbrain.dyn import later
from nbbrain.dyn.layers.connections import AllToAll
from nbbrain.dyn.model_functions import DynSysGroup, VarDelay, load_state, reset_state, save_state
from nbbrain.errors import ModelBuildError, ModelUseError

REFERENCE = np.load(Path(__file__).with_name("later_form.npz"))
WEIGHTS = np.array([[0.5, 1.], [2., 0.25]])
ARRIVING = np.array([[1, 0], [0, 1], [1, 1], [0, 0], [0, 0], [1, 0], [0, 0], [0, 0]], float)
START = {"Lif": 0., "ExpIF": -65., "AdExIF": -65., "QuaIF": -65., "AdQuaIF": -65., "Gif": -70., "Izhikevich": -70.,
         "HH": -65., "MorrisLecar": -60.}


@pytest.fixture(autouse=True)
def double():
    bm.enable_x64()
    yield
    bm.disable_x64()
    bp.share.clear_shargs()


def results(step, inputs):
    """What ``step(x)`` returns for each of the inputs."""
    def numbered(i, x):
        bp.share.save(i=i, t=i * 0.1, dt=0.1)
        return step(x)

    with settings.using(strict=True):
        return np.asarray(bm.for_loop(numbered, (np.arange(len(inputs)), inputs)))


def keys(start):
    return [key for key in REFERENCE.files if key.startswith(start)]


def target():
    return later.Lif(2, V_rest=0., V_reset=0., V_th=1e9)


def parts(kind, post):
    merged = kind.endswith("Mg")
    kinetics, output = (later.Expon.desc(2, tau=5.), later.COBA.desc(E=10.)) if merged else (later.Expon(2, tau=5.),
                                                                                            later.COBA(E=10.))
    given = {"comm": AllToAll(2, 2, weight=WEIGHTS), "post": post}
    if not kind.endswith("Delta"):
        given["out"] = later.COBA(E=10.) if "Pre" in kind else output
        if kind != "VanillaProj":
            given["syn"] = kinetics
    return given


@pytest.mark.parametrize("key", keys("FullProj"))
@pytest.mark.usefixtures("each_backend")
def test_full_projections(key):
    kind, delay = key.split("|")
    pre, post = later.Lif(2, V_rest=0., V_reset=0., V_th=1., spk_reset="hard"), target()
    projection = getattr(later, kind)(pre=pre, delay=None if delay == "None" else float(delay), **parts(kind, post))

    def step(x):
        projection()
        pre(x)
        post(0.)
        return post.V.value

    np.testing.assert_allclose(results(step, ARRIVING * 1000.), REFERENCE[key], rtol=1e-12)


@pytest.mark.parametrize("key", [*keys("HalfProj"), "VanillaProj"])
@pytest.mark.usefixtures("each_backend")
def test_projections_of_what_arrives(key):
    post = target()
    projection = getattr(later, key)(**parts(key, post))

    def step(x):
        projection(x)
        post(0.)
        return post.V.value

    np.testing.assert_allclose(results(step, ARRIVING), REFERENCE[key], rtol=1e-12)


@pytest.mark.parametrize("key", keys("kin|"))
@pytest.mark.usefixtures("each_backend")
def test_kinetics(key):
    kinetics = getattr(later, key.split("|")[1])(2)
    np.testing.assert_allclose(results(kinetics, ARRIVING), REFERENCE[key], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("key", [key for key in keys("neu|") if key.count("|") == 2])
@pytest.mark.usefixtures("each_backend")
def test_neurons(key):
    _, name, reset = key.split("|")
    model = name.removesuffix("LTC").removesuffix("Ref")
    given = {"V_initializer": bp.init.Constant(START[model])}
    if model not in ("HH", "MorrisLecar"):
        given["spk_reset"] = reset
    if "Ref" in name:
        given["tau_ref"] = 1.
    neurons = getattr(later, name)(2, **given)
    neurons.add_inp_fun("leak", lambda V: 0.1 * (0. - V))
    current = {"HH": 20., "MorrisLecar": 100.}.get(model, 120.)

    def step(x):
        spike = neurons(x)
        return bm.stack([bm.asarray(neurons.V), bm.asarray(spike) * 1.])

    found = results(step, np.tile([current, current * 0.7], (400, 1)))
    np.testing.assert_allclose(found[39::40], REFERENCE[key], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["IF", "IFLTC", "Leaky", "Integrator"])
@pytest.mark.usefixtures("each_backend")
def test_neurons_without_spikes(name):
    np.testing.assert_allclose(results(getattr(later, name)(2), ARRIVING), REFERENCE[f"neu|{name}"], rtol=1e-12)


class Balanced(DynSysGroup):
    """320 excitatory and 80 inhibitory neurons with conductance-based synapses (Vogels & Abbott, 2005)."""

    def __init__(self, merged):
        super().__init__()
        rng, num, first = np.random.RandomState(3), 400, 320
        weights = [(rng.rand(n, num) < 0.1) * w for n, w in ((first, 0.6), (num - first, 6.7))]
        V = rng.normal(-55., 2., num)
        cells = {"V_rest": -60., "V_th": -50., "V_reset": -60., "tau": 20., "tau_ref": 5.}
        self.E = later.LifRef(first, V_initializer=bm.asarray(V[:first]), **cells)
        self.I = later.LifRef(num - first, V_initializer=bm.asarray(V[first:]), **cells)

        def projection(pre, post, matrix, tau, reversal):
            comm = AllToAll(*matrix.shape, weight=bm.asarray(matrix))
            if merged:
                return later.FullProjAlignPostMg(pre, 0.2, comm, later.Expon.desc(post.num, tau=tau),
                                                 later.COBA.desc(E=reversal), post)
            return later.FullProjAlignPost(pre, 0.2, comm, later.Expon(post.num, tau=tau), later.COBA(E=reversal), post)

        self.E2E = projection(self.E, self.E, weights[0][:, :first], 5., 0.)
        self.E2I = projection(self.E, self.I, weights[0][:, first:], 5., 0.)
        self.I2E = projection(self.I, self.E, weights[1][:, :first], 10., -80.)
        self.I2I = projection(self.I, self.I, weights[1][:, first:], 10., -80.)

    def update(self, current):
        for part in (self.E2E, self.E2I, self.I2E, self.I2I):
            part()
        self.E(current)
        self.I(current)
        return bm.concatenate([self.E.V, self.I.V]), bm.concatenate([self.E.spike, self.I.spike])


@pytest.mark.heavy
@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.usefixtures("each_backend")
def test_a_balanced_network(merged):
    """1000 steps of a network have the spikes of the original; a reset, or a saved state, begins the same run again."""
    network = Balanced(merged)
    state = save_state(network)
    for restart in (lambda: reset_state(network), lambda: load_state(network, state), None):
        with settings.using(strict=True):
            V, spikes = bm.for_loop(lambda i: network.step_run(i, 20.), np.arange(1000))
        np.testing.assert_array_equal(np.asarray(spikes).sum(axis=1), REFERENCE[f"ei|count{int(merged)}"])
        np.testing.assert_allclose(np.asarray(V)[[99, 499, 999]], REFERENCE[f"ei|V{int(merged)}"], rtol=1e-9)
        if restart:
            restart()


def test_merged_projections_share_kinetics():
    """Two projections of the same description have one set of states, and add up."""
    post = target()
    both = [later.HalfProjAlignPostMg(**parts("Mg", post)) for _ in range(2)]
    assert both[0].refs["syn"] is both[1].refs["syn"]
    other = later.HalfProjAlignPostMg(AllToAll(2, 2, 1.), later.Expon.desc(2, tau=6.), later.COBA.desc(E=10.), post)
    assert other.refs["syn"] is not both[0].refs["syn"]


def test_projections_onto_neurons_with_an_input():
    """Neurons of the earlier form get the same current, in their variable ``input``."""
    found = []
    for post in (target(), bp.neurons.LIF(2, V_th=1e9)):
        projection = later.HalfProjAlignPost(**parts("HalfProjAlignPost", post))
        bp.share.save(t=0., dt=0.1)
        for x in ARRIVING:
            projection(bm.asarray(x))
            post(0.)
            post.clear_input()
        found.append(np.asarray(post.V))
    np.testing.assert_allclose(found[0], found[1])


@pytest.mark.skipif(not is_installed("numba"), reason="Numba is not installed")
def test_training_reaches_weights_through_a_projection():
    """In TrainingMode the weights of a projection are trainable, and compiled gradients are those of the reference."""
    gradients = []
    for name in ("numpy", "numba"):
        mode = bm.TrainingMode(1)
        post = later.Lif(2, V_rest=0., V_reset=0., V_th=1., mode=mode, spk_reset="soft")
        comm = AllToAll(2, 2, weight=bm.asarray(WEIGHTS * 20.), mode=mode)
        projection = later.HalfProjAlignPost(comm, later.Expon(2, tau=5., mode=mode), later.CUBA(), post)

        def loss(post=post, projection=projection):
            def step(i, x):
                bp.share.save(i=i, t=i * 0.1, dt=0.1)
                projection(x)
                return post()

            reset_state(post, 1)
            reset_state(projection, 1)
            return bm.sum(bm.for_loop(step, (np.arange(8), ARRIVING[:, None])) ** 2)

        with backend(name), settings.using(strict=True):
            gradients.append(np.asarray(bm.grad(loss, grad_vars=comm.weight)()))
    assert np.abs(gradients[0]).max() > 0.
    np.testing.assert_allclose(gradients[0], gradients[1], rtol=1e-9)


def test_errors_say_what_is_wrong():
    post = target()
    with pytest.raises(ValueError, match="at least 0"):
        later.FullProjDelta(post, -1., AllToAll(2, 2, 1.), post)
    with pytest.raises(ModelBuildError, match="must be a AlignPost"):
        later.HalfProjAlignPost(AllToAll(2, 2, 1.), later.NMDA(2), later.CUBA(), post)
    with pytest.raises(ModelUseError, match="before the post-synaptic"):
        later.COBA(E=0.)(1.)
    with pytest.raises(NotImplementedError, match="spk_dtype"):
        later.Lif(1, spk_dtype=bool)
    with pytest.raises(ValueError, match="already"):
        VarDelay(post.V, entries={"a": 1.}).register_entry("a", 2.)
