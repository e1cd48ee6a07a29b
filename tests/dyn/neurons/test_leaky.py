"""Variables that decay, and to which inputs are added at once or little by little: exact solutions."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import LOOPED, driven, over_time


@LOOPED
def test_leaky(looped: bool) -> None:
    bm.enable_x64()
    x = np.random.default_rng(0).random((50, 2))
    got = over_time(driven(bp.neurons.Leaky(2, tau=5.)), bm.asarray(x), looped)
    want = [sum(x[k] * np.exp(-(i - k) * 0.02) for k in range(i + 1)) for i in range(50)]
    np.testing.assert_allclose(got, want, rtol=1e-12)


@LOOPED
def test_integrator(looped: bool) -> None:
    bm.enable_x64()
    group = bp.neurons.Integrator(2, tau=bm.asarray([5., 20.]), x_initializer=bp.init.OneInit(3.))
    got = over_time(driven(group), bm.ones((50, 2)), looped)
    t = 0.1 * np.arange(1, 51)[:, None]
    np.testing.assert_allclose(got, 1. + 2. * np.exp(-t / np.array([5., 20.])), rtol=1e-12)


def test_collected_input() -> None:
    group = bp.neurons.Integrator(2, input_var=True)
    bp.share.save(t=0., dt=0.1)
    group(1.)
    assert group.input.tolist() == [1., 1.]
    group.clear_input()
    assert not np.any(group.input.numpy())
    for other in (bp.neurons.Integrator(2), bp.neurons.Leaky(2)):
        other(1.)
        assert not hasattr(other, "input")
        other.clear_input()


def test_nothing_comes_in() -> None:
    bp.share.save(t=0., dt=0.1)
    assert bp.neurons.Leaky(2)().tolist() == bp.neurons.Integrator(2)().tolist() == [0., 0.]


def test_wrong_parameter() -> None:
    with pytest.raises(ValueError, match=r"should be \(2,\), but we got \(3,\)"):
        bp.neurons.Leaky(2, tau=bm.ones(3))
