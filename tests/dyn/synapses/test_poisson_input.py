"""Input from Poisson neurons: mean and variance on both ways of drawing, streams, errors."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import ModelBuildError
from tests.dyn.driving import LOOPED, over_time


@LOOPED
@pytest.mark.parametrize("num_input, freq", [(20, 100.), (4, 500.), (100, 300.), (1000, 20.), (50, 0.), (3, 1000.)],
                         ids=["few", "half", "normal", "many", "silent", "always"])
def test_mean_and_variance(num_input: int, freq: float, looped: bool) -> None:
    """The moments of the binomial distribution, within five standard errors."""
    weight, n = 0.5, 20000
    target = bm.Variable(bm.zeros(n))
    source = bp.synapses.PoissonInput(target, num_input, freq, weight, seed=7)

    def step(_: object) -> object:
        target.value = bm.zeros(n)
        source()
        return target + 0.

    rows = over_time(step, bm.zeros((2, 1)), looped, dt=1.).numpy()
    p = freq / 1000.
    mean, variance = num_input * p * weight, num_input * p * (1 - p) * weight ** 2
    if variance:
        assert np.all(rows[0] == rows[1]) == np.False_
    for row in rows:
        fourth = variance ** 2 * 2 + variance * weight ** 2  # of the order of what the variance of a variance needs
        assert abs(row.mean() - mean) <= 5 * np.sqrt(variance / n) + 1e-6
        assert abs(row.var() - variance) <= 5 * np.sqrt(fourth / n) + 1e-6


def test_both_ways_of_calling_are_one_stream() -> None:
    neurons = bp.neurons.LIF(50)
    onto = bp.synapses.PoissonInput(neurons.input, 80, 40., 2., seed=3)
    from nbbrain.dyn import experimental

    given = experimental.PoissonInput(50, 80, 40., 2., seed=3)
    bp.share.save(t=0., dt=0.5)
    for _ in range(3):
        onto()
        assert neurons.input.tolist() == given().tolist()
        neurons.clear_input()
    assert np.all(np.unique(given().numpy()) % 2 == 0)


def test_a_network_draws_before_the_neurons_run() -> None:
    neurons = bp.neurons.LIF(5)
    net = bp.Network(neurons=neurons, noise=bp.synapses.PoissonInput(neurons.input, 100, 1000., 1., seed=0))
    net(dict(t=0., dt=1.))
    assert np.all(neurons.V.numpy() > 0)
    net.reset_state()


def test_several_axes_and_batches() -> None:
    target = bm.Variable(bm.zeros((3, 4)), batch_axis=0)
    source = bp.synapses.PoissonInput(target, 100, 500., bm.asarray([0., 1., 2., 3.]), seed=1)
    source(dict(t=0., dt=0.1))
    assert not np.any(target.numpy()[:, 0]) and len(np.unique(target.numpy())) > 6
    assert repr(source) == f"PoissonInput(name={source.name}, mode=NonBatchingMode)"


def test_wrong_arguments() -> None:
    target = bm.Variable(bm.zeros(3))
    with pytest.raises(ModelBuildError, match="must be a Variable"):
        bp.synapses.PoissonInput(bm.zeros(3), 10, 10., 1.)
    with pytest.raises(ValueError, match="num_input"):
        bp.synapses.PoissonInput(target, 0, 10., 1.)
    with pytest.raises(ValueError, match="freq"):
        bp.synapses.PoissonInput(target, 10, -1., 1.)
    source = bp.synapses.PoissonInput(target, 10, 2000., 1.)
    with pytest.raises(ValueError, match="freq must not be above 1000 Hz, but it is 2000 Hz"):
        source(dict(t=0., dt=1.))
