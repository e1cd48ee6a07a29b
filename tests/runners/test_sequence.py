"""A model run over time: what it is told, the order of axes, where time goes on, what is refused."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.runners.sequence import SequenceRunner
from tests.train.models import Clock, Shared, Sum

pytestmark = pytest.mark.usefixtures("each_backend")
X = np.random.default_rng(0).normal(size=(3, 5, 2)).astype(np.float32)


class Function(bp.DynamicalSystemNS):
    """A model that is a function of its inputs."""

    def __init__(self, function, **options):
        super().__init__(mode=bm.batching_mode, **options)
        self.function = function

    def reset_state(self, batch_size=None):
        """There is no state."""

    def update(self, *inputs):
        return self.function(*inputs)


def run(function, inputs, **options):
    """The outputs of a function that is a model."""
    return SequenceRunner(Function(function), **options).run(inputs)[0]


@pytest.mark.parametrize("jit", [True, False])
@pytest.mark.parametrize("first", ["B", "T", None])
def test_outputs_have_the_order_of_the_inputs(first, jit):
    model = Sum(w=2., mode=bm.batching_mode)
    model.reset_state(3)
    x = X if first != "T" else X.swapaxes(0, 1)
    outputs, observed = SequenceRunner(model, data_first_axis=first, jit=jit).run(x)
    time = 0 if first == "T" else 1
    np.testing.assert_allclose(outputs, 2 * np.cumsum(x, axis=time), rtol=1e-5)
    assert outputs.dtype == np.float32 and observed == {}
    np.testing.assert_allclose(model.total, 2 * X.sum(axis=1), rtol=1e-5)  # the state is that after the last step


def test_without_batches_time_is_the_first_axis():
    class Count(bp.DynamicalSystemNS):
        def __init__(self):
            super().__init__()
            self.n = bm.Variable(bm.zeros(2))

        def update(self, x):
            self.n.value = self.n + x
            return self.n.value

    outputs, _ = SequenceRunner(Count()).run(X[0])
    np.testing.assert_allclose(outputs, np.cumsum(X[0], axis=0), rtol=1e-5)


def test_time_and_number_of_a_step():
    runner = SequenceRunner(Clock(mode=bm.batching_mode), dt=0.5, t0=10.)
    told, _ = runner.run(X)
    np.testing.assert_array_equal(told, np.broadcast_to([[10 + 0.5 * i, i, 0.5] for i in range(5)], (3, 5, 3)))
    bm.set_dt(0.25)
    np.testing.assert_array_equal(runner.run(X)[0], told)  # dt is that of the runner; a run does not move its beginning,
    assert SequenceRunner(Clock(mode=bm.batching_mode)).run(X)[0][0, 1].tolist() == [0.25, 1., 0.25]


def test_the_next_run_goes_on_where_one_ended_if_asked_for():
    runner = SequenceRunner(Clock(mode=bm.batching_mode), dt=1.)
    runner.run(X, advance=True)
    assert (runner.t0, runner.i0) == (5., 5)
    told, _ = runner.run(X[:, :2], advance=True)
    assert told[0].tolist() == [[5., 5., 1.], [6., 6., 1.]]
    runner.reset()
    assert runner.run(X)[0][0, 0].tolist() == [0., 0., 1.]


def test_nothing_stays_shared_after_a_run():
    bp.share.save(t=77.)
    SequenceRunner(Shared(mode=bm.batching_mode)).run(X, {"gain": 2.})
    assert "gain" not in bp.share and bp.share.load("t") == 77.


def test_shared_arguments_reach_the_model_in_every_run():
    runner = SequenceRunner(Shared(mode=bm.batching_mode))
    x = np.ones((1, 2, 3000), np.float32)
    for gain in (2., -1., np.arange(3000.), np.where(np.arange(3000) == 1500, 7., np.arange(3000.))):
        expected = np.broadcast_to(gain, x.shape)  # the two long arrays print the same text
        np.testing.assert_array_equal(runner.run(x, {"gain": gain})[0], expected)


def test_what_a_run_itself_shares_cannot_be_set():
    told, _ = SequenceRunner(Clock(mode=bm.batching_mode), dt=1.).run(X, {"t": 9., "i": 9, "dt": 9.})
    assert told[0, 1].tolist() == [1., 1., 1.]


def test_several_inputs_are_several_arguments():
    outputs = run(lambda a, b: a - b[:, None], (X, X[..., 0]))
    np.testing.assert_array_equal(outputs, X - X[..., :1])


def test_a_dict_of_inputs_is_one_argument():
    outputs = run(lambda x: x["a"] + x["b"], {"a": X, "b": 2 * X})
    np.testing.assert_array_equal(outputs, 3 * X)
    assert "a" not in bp.share


def test_several_outputs():
    outputs = run(lambda x: {"twice": 2 * x, "sum": (x.sum(axis=-1),)}, X)
    np.testing.assert_array_equal(outputs["twice"], 2 * X)
    np.testing.assert_allclose(outputs["sum"][0], X.sum(axis=-1), rtol=1e-5)


def test_outputs_without_rows_keep_time_first():
    matrix = bm.asarray(np.arange(8.).reshape(4, 2))
    total, weights = run(lambda x: (x.sum(), matrix * 1.), X)
    np.testing.assert_allclose(total, X.sum(axis=(0, 2)), rtol=1e-4)
    np.testing.assert_array_equal(weights, np.broadcast_to(matrix, (5, 4, 2)))


def test_inputs_are_cleared_after_every_step():
    class Inputs(bp.DynamicalSystemNS):
        def __init__(self):
            super().__init__(mode=bm.batching_mode)
            self.input = bm.Variable(bm.zeros((3, 2)), batch_axis=0)

        def update(self, x):
            self.input += x
            return self.input.value

        def clear_input(self):
            self.input.value = bm.zeros_like(self.input)

    np.testing.assert_array_equal(SequenceRunner(Inputs()).run(X)[0], X)


def test_what_is_observed_is_seen_before_inputs_are_cleared():
    model = Sum(mode=bm.batching_mode)
    model.reset_state(3)
    runner = SequenceRunner(model)
    runner.observe = lambda: {"total": model.total.value}
    outputs, observed = runner.run(X)
    np.testing.assert_array_equal(observed["total"], outputs)


@pytest.mark.parametrize("inputs, message", [
    (X[0, 0], r"must have axes \(batch, time, \.\.\.\), but got shapes \[\(2,\)\]"),
    ((X, X[:, :4]), r"the same first axes, but got shapes \[\(3, 5, 2\), \(3, 4, 2\)\]"),
    (X[:, :0], r"at least one time step, but got shapes \[\(3, 0, 2\)\]"),
    ((), r"but got shapes \[\]"),
])
def test_inputs_that_are_refused(inputs, message):
    model = Sum(mode=bm.batching_mode)
    model.total.value = bm.asarray([[3., 4.]])
    runner = SequenceRunner(model)
    with pytest.raises(ValueError, match=message):
        runner.run(inputs, advance=True)
    assert (runner.t0, runner.i0) == (0., 0) and model.total.tolist() == [[3., 4.]]


def test_the_first_axis_is_the_batch_or_time():
    with pytest.raises(ValueError, match="data_first_axis must be 'B' or 'T', but got 'X'"):
        SequenceRunner(Sum(), data_first_axis="X")
