"""The Ornstein-Uhlenbeck process: its moments, its seeds, and its state."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend, base
from tests.dyn.driving import LOOPED, over_time


@LOOPED
def test_mean_variance_and_autocorrelation_of_the_long_run(looped: bool) -> None:
    bm.random.seed(2)
    noise = bp.neurons.OUProcess(20_000, mean=bm.asarray(1.5), sigma=0.4, tau=5.)
    assert np.all(noise.x.numpy() == 1.5)
    x = np.asarray(over_time(lambda _: noise(), np.zeros(40), looped, dt=1.))
    early, late = x[-6], x[-1]
    assert late.mean() == pytest.approx(1.5, abs=0.02)
    assert late.var() == pytest.approx(0.4 ** 2 * 5. / 2, rel=0.05)
    assert np.corrcoef(early, late)[0, 1] == pytest.approx(np.exp(-1.), abs=0.03)


@pytest.mark.parametrize("method", ["euler", "milstein", "srk1w1"])
def test_other_methods_agree_for_small_steps(method: str) -> None:
    bm.random.seed(2)
    noise = bp.neurons.OUProcess(5000, sigma=0.4, tau=5., method=method)
    x = np.asarray(over_time(lambda _: noise(), np.zeros(300), True, dt=0.1))
    assert x[-1].var() == pytest.approx(0.4, rel=0.1)


@pytest.mark.skipif(not base.is_installed("numba"), reason="Numba is not installed")
def test_compiled_against_the_reference() -> None:
    runs = []
    for which in ("numpy", "numba"):
        bm.random.seed(9)
        noise = bp.neurons.OUProcess((2, 3), keep_size=True, mode=bm.BatchingMode(4))
        with backend(which), settings.using(strict=True):
            runs.append(over_time(lambda _, noise=noise: noise(), np.zeros(10), True))
    assert runs[0].shape == (10, 4, 2, 3)
    np.testing.assert_allclose(*runs, rtol=1e-5, atol=1e-6)
    assert len(np.unique(runs[0][-1])) == 24


def test_state_and_batch() -> None:
    noise = bp.neurons.OUProcess(3, mean=2., mode=bm.BatchingMode(2))
    bp.share.save(t=0., dt=0.1)
    noise()
    noise.reset_state(5)
    assert noise.x.shape == (5, 3) and np.all(noise.x.numpy() == 2.)
    with pytest.raises(Exception, match="method must be one of euler, heun"):
        bp.neurons.OUProcess(3, method="rk4")
    with pytest.raises(ValueError, match="None"):
        bp.neurons.OUProcess(3, tau=None)
