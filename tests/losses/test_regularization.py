"""Penalties are what loops over neurons say, have the gradients of central differences, and act in training."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import get_backend

RNG = np.random.default_rng(0)
X = RNG.random((3, 8, 4))
PENALTIES = {
    "rates": lambda x, **options: bp.losses.firing_rate_penalty(x, lower=700., upper=1000., dt=0.5, **options),
    "lower rates": lambda x, **options: bp.losses.firing_rate_penalty(x, lower=1000., dt=0.5, power=1., **options),
    "upper rates": lambda x, **options: bp.losses.firing_rate_penalty(x, upper=900., dt=0.5, power=3., **options),
    "activity, L1": lambda x, **options: bp.losses.activity_l1(x - 0.7, **options),
    "activity, L2": bp.losses.activity_l2,
}
WEIGHTS = {"weights, L1": lambda x: bp.losses.weight_l1(x - 0.5), "weights, L2": bp.losses.weight_l2}


def by_loops(name, x):
    """The penalty of every neuron; 8 steps of 0.5 ms are 4 ms."""
    counts = [sum(x[b, t, n] for t in range(8)) for b in range(x.shape[0]) for n in range(x.shape[2])]
    if "rates" in name:
        lower, upper, power = {"rates": (700, 1000, 2), "lower rates": (1000, 1e9, 1), "upper rates": (-1e9, 900, 3)}[name]
        return [max(n / 0.004 - upper, 0) ** power + max(lower - n / 0.004, 0) ** power for n in counts]
    return [abs(n - 8 * 0.7) if name == "activity, L1" else n**2 for n in counts]


@pytest.mark.parametrize("name", PENALTIES)
def test_values(name):
    with bm.environment(x64=True):
        penalty, expected = PENALTIES[name], np.mean(by_loops(name, X))
        assert 0 < float(penalty(X)) == pytest.approx(expected, rel=1e-12)
        assert float(penalty(X.transpose(1, 0, 2), time_axis=0)) == pytest.approx(expected, rel=1e-12)
        mean = X.mean(0, keepdims=True)
        assert float(penalty(X, axis=0)) == pytest.approx(np.mean(by_loops(name, mean)), rel=1e-12)
        mean = X.mean((0, 2), keepdims=True)
        assert float(penalty(X, axis=(0, -1))) == pytest.approx(np.mean(by_loops(name, mean)), rel=1e-12, abs=1e-12)


def test_layers_add_up_and_spikes_may_be_truth_values():
    fired, layers = X > 0.5, {"hidden": X, "out": [X, X]}
    for penalty in (bp.losses.activity_l1, bp.losses.activity_l2):
        assert float(penalty(layers)) == pytest.approx(3 * float(penalty(X)), rel=1e-6)
        assert float(penalty(fired)) == pytest.approx(float(penalty(fired.astype(float))), rel=1e-6)
    weights = {"w": X, "b": X[0]}
    assert float(bp.losses.weight_l1(weights)) == pytest.approx(X.sum() + X[0].sum(), rel=1e-6)
    assert float(bp.losses.weight_l2(weights)) == pytest.approx((X**2).sum() + (X[0]**2).sum(), rel=1e-6)


@pytest.mark.parametrize("name", [*PENALTIES, *WEIGHTS])
def test_gradients_are_those_of_central_differences(name):
    penalty = (PENALTIES | WEIGHTS)[name]
    with bm.environment(x64=True):
        gradient, h = np.asarray(bm.grad(penalty)(bm.asarray(X))), 1e-6
        for index in np.ndindex(2, 8, 2):
            step = np.zeros_like(X)
            step[index] = h
            slope = (float(penalty(X + step)) - float(penalty(X - step))) / (2 * h)
            assert gradient[index] == pytest.approx(slope, rel=1e-5, abs=1e-8)


@pytest.mark.usefixtures("each_backend")
def test_inside_of_loops():
    rows = bm.asarray(np.stack([X, X[::-1] ** 2]))
    with settings.using(strict=True):
        looped = bm.for_loop(lambda x: [penalty(x) for penalty in (PENALTIES | WEIGHTS).values()], rows)
    for name, values in zip(PENALTIES | WEIGHTS, looped, strict=True):
        assert np.allclose(values, [float((PENALTIES | WEIGHTS)[name](row)) for row in rows], rtol=1e-4)


@pytest.mark.filterwarnings("ignore:the spiking layer")  # it is silent, which this is about
def test_training_with_a_penalty_wakes_silent_neurons():
    if not get_backend().compiles:
        pytest.skip("it takes many steps")
    rng = np.random.default_rng(1)
    inputs = (rng.random((4, 40, 10)) < 0.2).astype(np.float32)
    with bm.training_environment():
        net = bp.Sequential(bp.layers.Dense(10, 6, W_initializer=bm.asarray(rng.normal(0., 0.1, (10, 6)))),
                            bp.neurons.LIF(6, tau=10., V_th=1., V_reset=0., V_rest=0.,
                                           spike_fun=lambda x: bm.surrogate.inv_square_grad(x, alpha=10.)))

    def loss(spikes, targets):
        return 1e-3 * bp.losses.firing_rate_penalty(spikes, lower=20., upper=80.)

    trainer = bp.BPTT(net, loss, bp.optim.Adam(0.03), dt=1., progress_bar=False)
    assert bool((bp.measure.firing_rates(trainer.predict(inputs, reset_state=True), dt=1., axis=0) == 0.).all())
    trainer.fit([(inputs, np.zeros(4))], num_epoch=60)
    rates = np.asarray(bp.measure.firing_rates(trainer.predict(inputs, reset_state=True), dt=1., axis=0))
    assert ((rates > 10) & (rates < 90)).all()


@pytest.mark.parametrize("call, message", [
    (lambda: bp.losses.firing_rate_penalty(X), "needs lower, upper or both"),
    (lambda: bp.losses.firing_rate_penalty(X, lower=2., upper=1.), "lower must not be above upper, but got 2.0 and 1.0"),
    (lambda: bp.losses.firing_rate_penalty(X, lower=2., power=0.5), "power must be a number of at least 1, but got 0.5"),
    (lambda: bp.losses.activity_l1(X, time_axis=5), "must be axes of"),
    (lambda: bp.losses.activity_l2({}), "at least one array"),
    (lambda: bp.losses.weight_l1([]), "at least one array"),
])
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
