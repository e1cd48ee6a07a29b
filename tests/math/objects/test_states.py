"""Saving and loading: what a model has comes back, and what does not fit changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import MathError


class Layer(bm.BrainPyObject):
    def __init__(self, n):
        super().__init__()
        self.W = bm.TrainVar(np.random.default_rng(n).normal(size=(n, 2)))
        self.count = bm.Variable(np.zeros((), np.int32))
        self.state = bm.Variable(np.zeros((1, n), np.float32), batch_axis=0)


class Model(bm.BrainPyObject):
    def __init__(self):
        super().__init__()
        self.first, self.second = Layer(2), Layer(3)
        self.shared = self.first
        self.scale = bm.Variable(np.full(1, 7.0, np.float32))
        self.part = bm.VariableView(self.second.state, (slice(None), slice(0, 1)))


def changed():
    model = Model()
    model.first.W += 1.0
    model.second.count.value = np.asarray(5, np.int32)
    model.second.state.value = np.ones((4, 3), np.float32)
    return model


def same(a, b):
    return a.keys() == b.keys() and all(
        a[path].keys() == b[path].keys() and all(np.array_equal(a[path][key], b[path][key]) for key in a[path]) for path in a
    )


def test_states_are_keyed_by_place_not_by_name():
    assert {path: list(state) for path, state in Model().state_dict().items()} == {
        "": ["scale"],
        "first": ["W", "count", "state"],
        "second": ["W", "count", "state"],
    }


def test_a_model_takes_over_the_states_of_another():
    source, target = changed(), Model()
    assert target.load_state_dict(source.state_dict()) == ([], [])
    assert same(source.state_dict(), target.state_dict())
    assert target.second.state.batch_size == 4


def test_states_are_copies_in_both_directions():
    source, target = changed(), Model()
    states = source.state_dict()
    states[""]["scale"][:] = -1.0
    assert float(source.scale[0]) == 7.0
    target.load_state_dict(states)
    states[""]["scale"][:] = -2.0
    assert float(target.scale[0]) == -1.0


def test_states_go_through_a_file(tmp_path):
    source, target = changed(), Model()
    source.save_states(tmp_path / "model.npz")
    target.load_states(str(tmp_path / "model.npz"))
    assert same(source.state_dict(), target.state_dict())
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]


def wrong_shape(states):
    states["second"]["W"] = np.zeros((3, 3))


def wrong_dtype(states):
    states["second"]["count"] = np.zeros((), np.float32)


def missing_variable(states):
    del states["second"]["W"]


def missing_part(states):
    del states["second"]


def unknown_variable(states):
    states["second"]["extra"] = np.zeros(1)


def unknown_part(states):
    states["third"] = {"extra": np.zeros(1)}


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (wrong_shape, r"second: .*\n.*W: The shape of the original data is \(3, 2\), while we got \(3, 3\)"),
        (wrong_dtype, "count: The dtype"),
        (missing_variable, "missing keys: second.W"),
        (missing_part, "missing keys: second.W, second.count, second.state"),
        (unknown_variable, "unexpected keys: second.extra"),
        (unknown_part, "unexpected keys: third.extra"),
    ],
)
def test_states_that_do_not_fit_change_nothing(spoil, text):
    target = Model()
    before, states = target.state_dict(), changed().state_dict()
    spoil(states)
    with pytest.raises(MathError, match=text):
        target.load_state_dict(states)
    assert same(before, target.state_dict())


def test_what_is_no_state_at_all():
    with pytest.raises(MathError, match="dict of dicts"):
        Model().load_state_dict({"W": np.zeros(3)})


def test_not_strict_takes_what_fits_and_warns():
    source, target = changed(), Model()
    states = source.state_dict()
    missing_variable(states)
    unknown_part(states)
    with pytest.warns(UserWarning, match=r"missing keys: second\.W; unexpected keys: third\.extra"):
        result = target.load_state_dict(states, strict=False)
    assert result == (["second.W"], ["third.extra"])
    assert int(target.second.count) == 5
    assert target.load_state_dict(states, strict=False, warn=False) == result
    wrong_shape(states)
    with pytest.raises(MathError):
        target.load_state_dict(states, strict=False)


def test_a_class_may_keep_more_than_its_variables(tmp_path):
    class Counter(bm.BrainPyObject):
        def __init__(self):
            super().__init__()
            self.n = 0

        def __save_state__(self):
            return {"n": np.asarray(self.n)}

        def __load_state__(self, state):
            if "n" in state:
                self.n = int(state["n"])
            return [key for key in ("n",) if key not in state], [key for key in state if key != "n"]

    a, b = bm.BrainPyObject(), bm.BrainPyObject()
    a.counter, b.counter = Counter(), Counter()
    a.counter.n = 3
    a.save_states(tmp_path / "a.npz")
    b.load_states(tmp_path / "a.npz")
    assert b.counter.n == 3
    a.counter.n = object()
    with pytest.raises(MathError, match="no array of numbers"):
        a.save_states(tmp_path / "a.npz")
    b.load_states(tmp_path / "a.npz")


def test_a_file_has_the_name_of_its_format(tmp_path):
    with pytest.raises(MathError, match=r"must end in \.npz"):
        Model().save_states(tmp_path / "model.h5")
    with pytest.raises(MathError, match=r"must end in \.npz"):
        Model().load_states(tmp_path / "model.pkl")


def test_a_file_that_holds_code_is_refused(tmp_path):
    np.savez(tmp_path / "bad.npz", scale=np.array([object()]))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        Model().load_states(tmp_path / "bad.npz")
