"""The models of the page, compiled against the reference: outputs, states, and gradients by every trainable variable."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")

BATCH, STEPS, INPUTS = 10, 12, 6


class SNN(bp.Network):
    """The page's spiking network."""

    def __init__(self) -> None:
        super().__init__()
        self.i = bp.neurons.InputGroup(INPUTS)
        self.r = bp.neurons.LIF(8, tau=10, V_reset=0, V_rest=0, V_th=1.0)
        self.o = bp.neurons.LeakyIntegrator(3, tau=5)
        self.i2r = bp.synapses.Exponential(self.i, self.r, bp.conn.All2All(), output=bp.synouts.CUBA(), tau=10.0,
                                           g_max=bp.init.KaimingNormal(scale=20.0))
        self.r2o = bp.synapses.Exponential(self.r, self.o, bp.conn.All2All(), output=bp.synouts.CUBA(), tau=10.0,
                                           g_max=bp.init.KaimingNormal(scale=20.0))

    def update(self, shared: dict, spikes: Any) -> Any:
        self.i2r(shared, spikes)
        self.r2o(shared)
        self.r(shared)
        self.o(shared)
        return self.o.V.value


def cells() -> Any:
    """All recurrent cells, dropout and dense layers in a row."""
    return bp.Sequential(bp.layers.LSTMCell(INPUTS, 8), bp.layers.Dropout(0.8, seed=1), bp.layers.GRUCell(8, 7),
                         bp.layers.RNNCell(7, 5, activation="tanh", train_state=True), bp.layers.Dense(5, 3))


def features() -> Any:
    """The page's reservoir of next generation, with a trainable readout."""
    class NGRC(bp.DynamicalSystemNS):
        def __init__(self) -> None:
            super().__init__(mode=bm.batching_mode)
            self.r = bp.layers.NVAR(INPUTS, delay=2, order=2, stride=3, mode=bm.batching_mode)
            self.o = bp.layers.Dense(self.r.num_out, 3, mode=bm.training_mode)

        def update(self, x: Any) -> Any:
            return x >> self.r >> self.o

    return NGRC()


def run(build: Callable[[], Any], backend: str) -> dict[str, np.ndarray]:
    """Everything a model gives for one batch, by name."""
    bm.random.seed(3)
    with bm.training_environment():
        model = build()
    spikes = np.random.default_rng(5).random((STEPS, BATCH, INPUTS)) < 0.4
    inputs = bm.asarray(spikes, dtype=bm.get_float())

    def step(i: Any, x: Any) -> Any:
        bp.share.save(t=i * 1.0, dt=1.0, i=i, fit=True)
        output = model({"t": i * 1.0, "dt": 1.0, "i": i, "fit": True}, x)
        model.clear_input()
        return output

    def loss() -> tuple[Any, Any]:
        model.reset_state(BATCH)
        outputs = bm.for_loop(step, (bm.arange(STEPS), inputs))
        return (outputs**2).mean() + outputs.max(axis=0).sum() * 0.01, outputs

    with bp.backend(backend):
        variables = dict(model.train_vars().unique())
        gradients, value, outputs = bm.grad(loss, grad_vars=variables, has_aux=True, return_value=True)()
    names = {name: f"gradient {i}" for i, name in enumerate(sorted(gradients))}
    found = {"loss": value, "outputs": outputs, **{names[name]: g for name, g in gradients.items()}}
    found.update({f"state {i}": v for i, v in enumerate(model.vars().unique().values())})
    return {name: np.asarray(array) for name, array in found.items()}


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-9), ("float32", 1e-4)])
@pytest.mark.parametrize("build", [SNN, cells, features], ids=["spiking", "recurrent", "reservoir"])
def test_compiled_agrees_with_reference(build: Callable[[], Any], dtype: str, tolerance: float) -> None:
    if dtype == "float64":
        bm.enable_x64()
    reference, compiled = run(build, "numpy"), run(build, "numba")
    assert set(reference) == set(compiled)
    for name, want in reference.items():
        got = compiled[name]
        assert got.dtype == want.dtype
        if want.dtype.kind == "f":
            assert want.dtype == dtype
        scale = max(float(np.abs(want).max()), 1e-3) if want.size else 1.0
        np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance * scale, err_msg=name)
    assert all(np.abs(g).max() > 0 for name, g in reference.items() if name.startswith("gradient"))
