"""All models that follow equations: compiled against the reference, gradients, state, batches, and bad arguments."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import driven, over_time
from tests.dyn.neurons.models import ALL, CROSSING, RESETTING, SILENT, SPIKING, Model, trainable

SIZE, STEPS = 3, 60


def states(neurons: Any) -> list[str]:
    return sorted(key.split(".")[1] for key in neurons.vars().unique() if not isinstance(neurons.vars()[key], bm.TrainVar))


def recorded(model: Model, mode: bm.Mode, backend: str, **options: Any) -> dict[str, np.ndarray]:
    """All states over time; in TrainingMode also gradients by a weight and by a parameter."""
    batch = () if mode == bm.nonbatching_mode else (4,)
    inputs = bm.asarray(np.random.default_rng(1).random((STEPS, *batch, SIZE)) * model.strength)
    w, p = bm.TrainVar(bm.ones(SIZE)), trainable(model, SIZE)
    neurons = model.build(SIZE, mode=mode, **{model.parameter: p}, **options)
    names = states(neurons)

    def run() -> Any:
        neurons.reset_state(*batch)
        return over_time(lambda row: driven(neurons, *names)(row * w), inputs, True, dt=model.dt)

    def loss() -> Any:
        history = dict(zip(names, run(), strict=True))
        return bm.sum(history.get("spike", 0.)) + bm.mean(history[model.potential])

    with bp.backend(backend), settings.using(strict=True):
        found = dict(zip(names, run(), strict=True))
        if mode == bm.training_mode:
            found.update({f"gradient by {name}": g for name, g in bm.grad(loss, grad_vars={"w": w, "p": p})().items()})
    return {name: np.asarray(array) for name, array in found.items()}


@pytest.mark.parametrize("mode", [bm.nonbatching_mode, bm.training_mode], ids=["simulation", "training"])
@pytest.mark.parametrize("name", ALL)
def test_compiled_agrees_with_reference(name: str, mode: bm.Mode) -> None:
    pytest.importorskip("numba")
    bm.enable_x64()
    options = {"tau_ref": 0.55} if name in RESETTING else {}
    reference, compiled = (recorded(ALL[name], mode, backend, **options) for backend in ("numpy", "numba"))
    assert set(reference) == set(compiled)
    for key, want in reference.items():
        assert compiled[key].dtype == want.dtype
        assert np.all(np.isfinite(want)), key
        scale = 1e-9 * np.abs(want).max()
        np.testing.assert_allclose(compiled[key], want, rtol=1e-7, atol=scale, err_msg=key)
    if name in SPIKING:
        assert 0 < reference["spike"].mean() < 0.9
        assert reference["spike"].dtype == (np.float64 if mode == bm.training_mode else bool)
    assert all(np.any(g != 0) for key, g in reference.items() if key.startswith("gradient"))


@pytest.mark.parametrize("name", ALL)
def test_single_precision_stays_single(name: str) -> None:
    found = recorded(ALL[name], bm.training_mode, "numpy")
    assert {array.dtype for key, array in found.items() if key != "refractory"} == {np.dtype(np.float32)}
    assert all(np.all(np.isfinite(array)) for array in found.values())


@pytest.mark.parametrize("name", ALL)
def test_training_does_not_change_what_neurons_do(name: str) -> None:
    bm.enable_x64()
    trained, simulated = (recorded(ALL[name], mode, "numpy") for mode in (bm.training_mode, bm.batching_mode))
    for key, want in simulated.items():
        np.testing.assert_allclose(trained[key], want, rtol=1e-6, atol=1e-8, err_msg=key)


@pytest.mark.parametrize("name", ALL)
def test_gradients_by_parameters_are_derivatives_where_nobody_fires(name: str) -> None:
    bm.enable_x64()
    model = ALL[name]
    p = trainable(model, 2)
    options = {"V_th": 1e4} if name in SPIKING and name not in ("FHN", "GIF") else {}
    options |= {"FHN": {"Vth": 1e4}, "GIF": {"Vth_initializer": bp.init.OneInit(1e4)}}.get(name, {})
    neurons = model.build(2, mode=bm.training_mode, **{model.parameter: p}, **options)
    neurons.reset_state(2)
    inputs = bm.asarray(np.random.default_rng(2).random((4, 2, 2)) * model.strength * 0.1)

    def loss() -> Any:
        neurons.reset_state()
        return bm.sum(over_time(driven(neurons, model.potential), inputs, False, dt=model.dt)[0] ** 2)

    if name in ("AdExIF", "ALIFBellec2020"):  # their parameters act by spikes only
        assert not np.any(bm.grad(loss, grad_vars=p)().numpy())
    elif name != "GIF":  # the threshold's speed does not reach the potential
        check_gradients(loss, {"p": p}, rtol=1e-5)


@pytest.mark.parametrize("name", ALL)
def test_states_have_a_batch_and_a_reset(name: str) -> None:
    neurons = ALL[name].build((2, 3), keep_size=True, mode=bm.TrainingMode(5))
    before = {key: np.asarray(value) for key, value in neurons.vars().items()}
    assert {variable.shape for variable in neurons.vars().values()} == {(5, 2, 3)}
    bp.share.save(t=0., dt=0.1)
    neurons(ALL[name].strength)
    neurons.reset_state()
    after = {key: np.asarray(value) for key, value in neurons.vars().items()}
    for key, want in before.items():
        if not (name == "MorrisLecar" and key.endswith("V")):
            np.testing.assert_array_equal(after[key], want, err_msg=key)
    neurons.reset_state(4)
    assert {variable.shape for variable in neurons.vars().values()} == {(4, 2, 3)}


@pytest.mark.parametrize("name", [*SPIKING, "LeakyIntegrator"])
def test_an_input_of_another_batch_is_an_error(name: str) -> None:
    neurons = SPIKING.get(name, ALL[name]).build(2, mode=bm.training_mode)
    bp.share.save(t=0., dt=0.1)
    with pytest.raises(ValueError, match=r"reset_state\(3\) first"):
        neurons(bm.ones((3, 2)))


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("Leaky", "LIF_SFA_Bellec2020")])
def test_noise_follows_the_seed(name: str) -> None:
    def final(seed: int) -> np.ndarray:
        bm.random.seed(seed)
        neurons = ALL[name].build(20, noise=0.01)
        bp.DSRunner(neurons, dt=0.05, progress_bar=False).run(0.5)
        return getattr(neurons, neurons.integral.variables[0]).numpy()

    first = final(1)
    assert np.isfinite(first).all()
    assert np.unique(first).size > 1
    np.testing.assert_array_equal(final(1), first)
    assert not np.array_equal(final(2), first)


@pytest.mark.parametrize("name", SPIKING)
def test_wrong_arguments(name: str) -> None:
    with pytest.raises(ValueError, match="spike_fun"):
        SPIKING[name].build(2, spike_fun=None)
    with pytest.raises(ValueError, match=r"should be \(2,\), but we got \(3,\)"):
        SPIKING[name].build(2, **{SPIKING[name].parameter: bm.ones(3)})


def test_every_model_is_here() -> None:
    others = {"InputGroup", "OutputGroup", "SpikeTimeGroup", "PoissonGroup", "OUProcess", "FractionalNeuron",
              "FractionalFHR", "FractionalIzhikevich"}
    assert set(ALL) == set(bp.neurons.__all__) - others
    assert not set(RESETTING) & set(CROSSING) and not set(SPIKING) & set(SILENT)
