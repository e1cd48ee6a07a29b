"""What must not matter: where a run is cut, which rows share a batch, how many threads there are, what is recorded."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from tests.conformance.test_models import INPUTS, SNN

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")

STEPS, ROWS, CELLS = 9, 20, 120


class Population:
    """One large unbatched network: leaky cells that excite and inhibit one another by spikes, with adaptation."""

    def __init__(self) -> None:
        rng = np.random.default_rng(4)
        self.w = bm.TrainVar(rng.normal(size=(CELLS, CELLS)) * (rng.random((CELLS, CELLS)) < 0.2))
        self.v, self.a = bm.Variable(rng.uniform(0, 1, CELLS)), bm.Variable(bm.zeros(CELLS))
        self.spikes = bm.Variable(bm.zeros(CELLS))

    def __call__(self, x: Any) -> Any:
        current = bm.dot(self.spikes, self.w) + x
        v = self.v * 0.9 + current * 0.3 - self.a
        self.spikes.value = bm.surrogate.sigmoid(v - 1.0)
        self.v.value = v - self.spikes
        self.a.value = self.a * 0.8 + self.spikes * 0.1
        return self.v * 1.0

    def vars(self) -> Any:
        return {"w": self.w, "v": self.v, "a": self.a, "spikes": self.spikes}

    def reset_state(self, rows: int) -> None:
        """It has no batch."""


class Spiking:
    """The page's spiking network, called as the others are."""

    def __init__(self) -> None:
        self.network = SNN()
        self.vars, self.reset_state = self.network.vars, self.network.reset_state

    def __call__(self, x: Any) -> Any:
        output = self.network({"t": 0.0, "dt": 1.0}, x)
        self.network.clear_input()
        return output


def lstm() -> Any:
    return bp.Sequential(bp.layers.LSTMCell(INPUTS, 8), bp.layers.Dense(8, 3))


BATCHED = {"spiking": Spiking, "lstm": lstm}
MODELS: dict[str, Callable[[], Any]] = {**BATCHED, "population": Population}


@dataclass
class Run:
    """What a run gives."""

    outputs: np.ndarray
    states: list[np.ndarray]
    gradients: list[np.ndarray]
    recorded: list[np.ndarray]

    def forward(self) -> list[np.ndarray]:
        """Outputs and states."""
        return [self.outputs, *self.states]


def inputs(name: str) -> np.ndarray:
    rng = np.random.default_rng(6)
    if name == "population":
        return rng.uniform(0, 1, (STEPS, CELLS))
    return (rng.random((STEPS, ROWS, INPUTS)) < 0.4) * 1.0


def run(name: str, x: np.ndarray, cuts: Sequence[int] = (), record: bool = False) -> Run:
    """Run a model over its input, in one loop or cut into several, and differentiate."""
    bm.random.seed(3)
    with bm.training_environment():
        model = MODELS[name]()
    variables = list({id(v): v for v in dict(model.vars()).values()}.values())
    states = [v for v in variables if not isinstance(v, (bm.TrainVar, bm.random.RandomState))]
    trained = [v for v in variables if isinstance(v, bm.TrainVar)]

    def turn(row: Any) -> Any:
        output = model(row)
        return (output, [state * 1.0 for state in states]) if record else (output, [])

    def loss() -> Any:
        model.reset_state(x.shape[1])
        parts = [bm.for_loop(turn, bm.asarray(part, dtype=bm.get_float())) for part in np.split(x, cuts)]
        outputs = bm.concatenate([output for output, _ in parts])
        recorded = [bm.concatenate(series) for series in zip(*[series for _, series in parts], strict=True)]
        return (outputs**2).sum() + outputs[-1].sum(), (outputs, recorded)

    with bp.backend("numba"):
        gradients, (outputs, recorded) = bm.grad(loss, grad_vars=trained, has_aux=True)()
    arrays = [[np.asarray(a) for a in group] for group in (states, gradients, recorded)]
    assert all(np.abs(g).max() > 0 for g in arrays[1])
    return Run(np.asarray(outputs), *arrays)


def same_bits(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> None:
    for x, y in zip(one, other, strict=True):
        assert x.dtype == y.dtype
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("cuts", [(4,), (1, 8)])
def test_a_run_in_parts_is_the_whole_run(name: str, cuts: tuple[int, ...]) -> None:
    """Bit for bit; gradients, which pass from loop to loop, are added up in another order."""
    whole, parts = run(name, inputs(name)), run(name, inputs(name), cuts)
    same_bits(parts.forward(), whole.forward())
    for x, y in zip(parts.gradients, whole.gradients, strict=True):
        np.testing.assert_allclose(x, y, rtol=0, atol=2e-6 * np.abs(y).max())


@pytest.mark.parametrize("name", BATCHED)
def test_a_batch_is_its_rows(name: str) -> None:
    """Row by row to rounding, and the gradient of the batch is the sum of theirs."""
    bm.enable_x64()
    x = inputs(name)
    whole, rows = run(name, x), [run(name, x[:, i:i + 1]) for i in range(ROWS)]
    np.testing.assert_allclose(np.concatenate([row.outputs for row in rows], axis=1), whole.outputs, rtol=1e-10, atol=1e-12)
    for i, gradient in enumerate(whole.gradients):
        total = np.sum([row.gradients[i] for row in rows], axis=0)
        np.testing.assert_allclose(total, gradient, rtol=0, atol=1e-10 * np.abs(gradient).max())


@pytest.mark.parametrize("name", BATCHED)
def test_the_order_of_rows_does_not_matter(name: str) -> None:
    x, order = inputs(name), np.random.default_rng(2).permutation(ROWS)
    bm.enable_x64()
    whole, permuted = run(name, x), run(name, x[:, order])
    np.testing.assert_allclose(permuted.outputs, whole.outputs[:, order], rtol=1e-10, atol=1e-12)


@pytest.mark.processor
@pytest.mark.parametrize("name", MODELS)
def test_any_number_of_threads_gives_the_same_bits(name: str) -> None:
    results = []
    for threads in (1, 2, 3, 8):
        with settings.using(num_threads=threads):
            results.append(run(name, inputs(name)))
    for other in results[1:]:
        same_bits([*other.forward(), *other.gradients], [*results[0].forward(), *results[0].gradients])


@pytest.mark.parametrize("name", MODELS)
def test_recording_changes_nothing(name: str) -> None:
    """What is recorded is what the states were; everything else is as without."""
    plain, recorded = run(name, inputs(name)), run(name, inputs(name), record=True)
    same_bits(recorded.forward(), plain.forward())
    same_bits(recorded.gradients, plain.gradients)
    same_bits([series[-1] for series in recorded.recorded], [state * 1 for state in recorded.states])
    assert recorded.recorded
