"""The leaky integrator: its exact solution, its gradients, and its state."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED, driven, over_time


@LOOPED
def test_the_solution_for_a_constant_input(looped: bool) -> None:
    bm.enable_x64()
    tau = np.array([5., 10., 50.])
    neurons = bp.neurons.LeakyIntegrator(3, tau=bm.asarray(tau), R=2., V_rest=-1., V_initializer=bp.init.Constant(0.3))
    out = over_time(driven(neurons), bm.ones((40, 3)) * 1.5, looped)
    t = 0.1 * np.arange(1, 41)[:, None]
    np.testing.assert_allclose(out, 2. + (0.3 - 2.) * np.exp(-t / tau), rtol=1e-13)


@LOOPED
@pytest.mark.parametrize("method", ["exp_auto", "rk4"])
def test_gradients_by_parameters_and_weights(looped: bool, method: str) -> None:
    bm.enable_x64()
    rng = np.random.default_rng(1)
    tau, R = bm.TrainVar(bm.asarray([5., 9.])), bm.TrainVar(bm.asarray([1., 2.]))
    w = bm.TrainVar(bm.asarray(rng.normal(size=(3, 2))))
    neurons = bp.neurons.LeakyIntegrator(2, tau=tau, R=R, method=method, mode=bm.training_mode)
    assert neurons.tau is tau
    inputs = bm.asarray(rng.normal(size=(6, 4, 3)))

    def loss():
        neurons.reset_state(4)
        return bm.sum(over_time(driven(neurons), inputs @ w, looped, dt=0.5) ** 2)

    check_gradients(loss, {"tau": tau, "R": R, "w": w})


def test_input_is_collected_until_it_is_cleared() -> None:
    neurons = bp.neurons.LeakyIntegrator(2)
    bp.share.save(t=0., dt=0.1)
    neurons(1.)
    neurons(bm.asarray([1., 3.]))
    assert neurons.input.tolist() == [2., 4.]
    neurons.clear_input()
    assert neurons.input.tolist() == [0., 0.]


def test_without_collected_input() -> None:
    neurons = bp.neurons.LeakyIntegrator(2, input_var=False)
    assert not hasattr(neurons, "input")
    bp.share.save(t=0., dt=0.1)
    neurons(1.)
    np.testing.assert_allclose(neurons.V, -np.expm1(-0.01), rtol=1e-6)
    neurons()
    np.testing.assert_allclose(neurons.V, -np.expm1(-0.01) * np.exp(-0.01), rtol=1e-6)


def test_state_and_batch() -> None:
    neurons = bp.neurons.LeakyIntegrator((2, 3), keep_size=True, mode=bm.TrainingMode(5),
                                         V_initializer=bp.init.Constant(2.))
    assert neurons.V.shape == neurons.input.shape == (5, 2, 3)
    neurons.reset_state(4)
    assert neurons.V.shape == neurons.input.shape == (4, 2, 3)
    assert np.all(neurons.V.numpy() == 2.)
    neurons.reset_state()
    assert neurons.V.shape == (4, 2, 3)
    with pytest.raises(ValueError, match="batch_size must be a positive integer, but got 0"):
        neurons.reset_state(0)


def test_a_batch_where_the_mode_has_none() -> None:
    neurons = bp.neurons.LeakyIntegrator(2, name="unbatched")
    with pytest.raises(ValueError, match=r"unbatched is in NonBatchingMode and .* was reset with batch_size=4"):
        neurons.reset_state(4)
    assert neurons.V.shape == (2,)


def test_an_input_that_does_not_fit_changes_nothing() -> None:
    neurons = bp.neurons.LeakyIntegrator(2, mode=bm.training_mode, name="readout")
    bp.share.save(t=0., dt=0.1)
    with pytest.raises(ValueError, match=r"readout: .* \(1, 2\) into one of shape \(3, 2\)\..* reset_state\(3\) first"):
        neurons(bm.ones((3, 2)))
    with pytest.raises(ValueError):
        neurons(bm.ones(3))
    assert np.all(neurons.input.numpy() == 0.) and np.all(neurons.V.numpy() == 0.)
    without = bp.neurons.LeakyIntegrator(2, mode=bm.training_mode, input_var=False)
    with pytest.raises(ValueError, match=r"reset_state\(3\) first"):
        without(bm.ones((3, 2)))


def test_noise_has_the_variance_of_an_ornstein_uhlenbeck_process() -> None:
    """sigma^2 tau / 2, for any step, since the method is exact for linear equations."""
    bm.random.seed(3)
    neurons = bp.neurons.LeakyIntegrator(20_000, tau=5., noise=0.5)
    runner = bp.DSRunner(neurons, dt=0.5, progress_bar=False)
    runner.run(40.)
    assert neurons.V.numpy().std() == pytest.approx(np.sqrt(0.5**2 * 5. / 2), rel=0.02)
    assert neurons.V.numpy().mean() == pytest.approx(0., abs=0.02)


def test_time_must_be_shared() -> None:
    with pytest.raises(KeyError, match="t"):
        bp.neurons.LeakyIntegrator(2)(1.)


def test_wrong_parameters() -> None:
    with pytest.raises(ValueError, match=r"should be \(2,\), but we got \(3,\)"):
        bp.neurons.LeakyIntegrator(2, tau=bm.ones(3))
    with pytest.raises(ValueError, match="V_initializer"):
        bp.neurons.LeakyIntegrator(2, V_initializer="zero")
    with pytest.raises(Exception, match="method must be one of"):
        bp.neurons.LeakyIntegrator(2, method="exact")
