"""Checkpoints give back what was saved, keep the last ones, and survive interruptions."""
from __future__ import annotations

import os
import sys
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import checkpoints
from nbbrain.checkpoints import CheckpointError, files, structure

FORMATS = ["npz", "safetensors"]


def need(name):
    if name == "safetensors":
        pytest.importorskip("safetensors")
    return name


@pytest.fixture(params=FORMATS)
def format(request):
    return need(request.param)


def make():
    """A model, an optimizer, and a step of training."""
    with bm.training_environment():
        model = bp.layers.Dense(3, 2, name="layer")
    optimizer = bp.optim.Adam(0.1, model.train_vars().unique())
    gradient = bm.grad(lambda x: bm.sum(model(x) ** 2), grad_vars=model.train_vars().unique())

    def step():
        optimizer.update(gradient(bm.asarray([[1.0, 2.0, 3.0]])))

    return model, optimizer, step


TREE = {
    "model": {"": {"w": np.arange(6.0).reshape(2, 3)}, "layer/a": {"b": np.array([True, False])},
              "layer": {"a/b": np.zeros(0)}},
    "items": [1, 2.5, "text", None, True, (np.int32(3), float("inf"))],
    3: bp.tools.DotDict(a=np.float32(0.1), b=np.zeros((2, 0, 3), np.uint8)), "empty": {}, "none": [],
    "ordered": OrderedDict(b=1, a=np.ones(2)),
    "big": 2**80, "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)), "negative zero": -0.0,
}


def same(a, b):
    if isinstance(b, (np.ndarray, np.generic)):
        return isinstance(a, np.ndarray) and a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(b, dict):
        return type(a) is type(b) and list(a) == list(b) and all(same(a[key], b[key]) for key in b)
    if isinstance(b, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and repr(a) == repr(b)


def test_structures_come_back_as_they_were(tmp_path, format):
    path = tmp_path / f"tree.{format}"
    checkpoints.save_pytree(path, TREE, verbose=False)
    loaded = checkpoints.load_pytree(path)
    assert same(loaded, TREE)
    loaded["model"][""]["w"][0] = 1.0  # arrays can be written to
    assert os.listdir(tmp_path) == [path.name]


def test_special_arrays(tmp_path):
    tree = {"nan": float("nan"), "complex": np.array([1 + 2j]), "big endian": np.arange(3, dtype=">i2"), "bm": bm.ones(2)}
    checkpoints.save_pytree(tmp_path / "a", tree, verbose=False)
    loaded = checkpoints.load_pytree(tmp_path / "a")
    assert np.isnan(loaded["nan"]) and loaded["complex"][0] == 1 + 2j and loaded["big endian"].tolist() == [0, 1, 2]
    assert loaded["bm"].dtype == np.float32


def test_training_goes_on_exactly_as_it_would_have(tmp_path, format):
    model, optimizer, step = make()
    step(), step()
    checkpoints.save(tmp_path, {"model": model.state_dict(), "optimizer": optimizer}, step=2, format=format)
    step(), step()
    expected = np.asarray(model.W).copy()
    model.W.value = model.W * 0
    saved = checkpoints.load(tmp_path, target={"model": model, "optimizer": optimizer})
    assert saved["model"] is model
    step(), step()
    assert np.array_equal(model.W, expected)
    model.load_state_dict(checkpoints.load(tmp_path)["model"])
    assert not np.array_equal(model.W, expected)


def test_variables_and_arrays_of_a_target_take_over_values(tmp_path):
    weights = bm.Variable(bm.ones(2))
    checkpoints.save(tmp_path, {"w": weights, "a": [np.arange(2)], "n": 5}, 0)
    weights.value = bm.zeros(2)
    loaded = checkpoints.load(tmp_path, target={"w": weights, "a": [np.zeros(2, int)], "n": 0})
    assert weights.tolist() == [1.0, 1.0] and loaded["w"] is weights and loaded["n"] == 5
    assert loaded["a"][0].tolist() == [0, 1]


@pytest.mark.parametrize("change, message", [
    ({"w": np.zeros(3, np.float32)}, r"w needs an array of shape \(2,\)"),
    ({"w": np.zeros(2, int)}, "dtype float32, but the checkpoint has .* int64"),
    ({"w": 1.0}, "w needs an array, but the checkpoint has float"),
    ({"more": 1}, r"needs the keys \['w', 'model', 'l'\]"),
    ({"l": [1, 2]}, "l needs 1 items"),
    ({"l": {}}, "l needs 1 items"),
    ({"model": 3}, "model needs the state of a model"),
    ({"model": {"": {"W": np.zeros((3, 3), np.float32), "b": np.ones(2, np.float32)}}}, "model: .*nothing was changed"),
])
def test_what_does_not_fit_its_target_changes_nothing(tmp_path, change, message):
    model, _, _ = make()
    weights = bm.Variable(bm.ones(2))
    good = {"w": np.zeros(2, np.float32), "model": model.state_dict(), "l": [1]}
    good["model"][""]["W"] = good["model"][""]["W"] + 1
    checkpoints.save(tmp_path, {**good, **change}, 1)
    before = np.asarray(model.W).copy()
    with pytest.raises(CheckpointError, match=message):
        checkpoints.load(tmp_path, target={"w": weights, "model": model, "l": [0]})
    assert np.array_equal(model.W, before) and weights.tolist() == [1.0, 1.0]


def test_objects_that_fitted_are_set_back_when_a_later_one_does_not(tmp_path):
    first, second = make()[0], make()[0]
    states = [first.state_dict(), second.state_dict()]
    states[0][""]["W"], states[1][""] = states[0][""]["W"] + 1, {}
    checkpoints.save(tmp_path, states, 1)
    before = np.asarray(first.W).copy()
    with pytest.raises(CheckpointError, match=r"1: .*nothing was changed"):
        checkpoints.load(tmp_path, target=[first, second])
    assert np.array_equal(first.W, before)


# Numbered checkpoints


def steps(folder):
    return sorted(float(name.name.removeprefix("checkpoint_").rsplit(".", 1)[0]) for name in folder.iterdir())


def test_the_last_ones_are_kept(tmp_path):
    for step in (1, 2, 10, 9.5, 20):
        if step != 9.5:
            checkpoints.save(tmp_path, {"step": step}, step, keep=2)
    assert steps(tmp_path) == [10, 20] and checkpoints.load(tmp_path)["step"] == 20
    assert checkpoints.load(tmp_path, 10)["step"] == 10
    with pytest.raises(CheckpointError, match=r"no checkpoint of step 5, but of \[10, 20\]"):
        checkpoints.load(tmp_path, 5)


def test_one_every_n_steps_is_kept(tmp_path):
    for step in range(10):
        checkpoints.save(tmp_path, step, step, keep=2, keep_every_n_steps=3)
    assert steps(tmp_path) == [0, 3, 6, 8, 9]


def test_prefixes_do_not_disturb_each_other(tmp_path):
    (tmp_path / "a_note.npz").write_text("no checkpoint")
    for step in range(2):
        checkpoints.save(tmp_path, step, step, prefix="a_"), checkpoints.save(tmp_path, 10 + step, step, prefix="a_b")
    assert checkpoints.load(tmp_path, prefix="a_") == 1 and checkpoints.load(tmp_path, prefix="a_b") == 11
    assert len(list(tmp_path.iterdir())) == 3


def test_a_step_is_replaced_only_on_demand(tmp_path):
    for step in (1, 2, 3):
        checkpoints.save(tmp_path, step, step, keep=5)
    with pytest.raises(CheckpointError, match="step 2 or later already"):
        checkpoints.save(tmp_path, "new", 2, keep=5)
    checkpoints.save(tmp_path, "new", 2, keep=5, overwrite=True)
    assert steps(tmp_path) == [1, 2] and checkpoints.load(tmp_path) == "new"


def test_fractions_of_steps_and_negative_ones(tmp_path):
    for step in (-1, 0.25, 1e-7 + 1, 1e20):
        checkpoints.save(tmp_path, step, step, keep=9)
    assert checkpoints.load(tmp_path) == 1e20 and checkpoints.load(tmp_path, 0.25) == 0.25
    assert checkpoints.load(tmp_path, -1) == -1


def test_a_file_instead_of_a_folder(tmp_path):
    assert checkpoints.load(checkpoints.save(tmp_path / "new" / "folder", 5, 1)) == 5


def test_an_interruption_leaves_the_old_file(tmp_path, monkeypatch):
    checkpoints.save_pytree(tmp_path / "a.npz", "old", verbose=False)

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        checkpoints.save_pytree(tmp_path / "a.npz", "new", verbose=False)
    assert checkpoints.load_pytree(tmp_path / "a.npz") == "old" and os.listdir(tmp_path) == ["a.npz"]


def test_files_are_synchronised_before_they_are_renamed(tmp_path, monkeypatch):
    calls = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(files.os, name, lambda *args, real=real, name=name: (calls.append(name), real(*args))[1])
    checkpoints.save_pytree(tmp_path / "a.npz", 1, verbose=False)
    assert calls[:2] == ["fsync", "replace"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_checkpoint_has_the_permissions_of_any_new_file(tmp_path):
    checkpoints.save_pytree(tmp_path / "a.npz", 1, verbose=False)
    (tmp_path / "b").write_text("")
    assert (tmp_path / "a.npz").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_existing_files_are_replaced_only_on_demand(tmp_path, capsys):
    checkpoints.save_pytree(tmp_path / "a.npz", 1)
    assert "a.npz" in capsys.readouterr().out
    with pytest.raises(CheckpointError, match="exists already"):
        checkpoints.save_pytree(tmp_path / "a.npz", 2, overwrite=False)


# In the background


def test_what_is_saved_in_the_background_is_what_it_was_at_that_time(tmp_path):
    array = np.zeros(1000)
    with checkpoints.AsyncManager() as manager:
        for step in range(5):
            array[:] = step
            checkpoints.save(tmp_path, {"a": array}, step, keep=5, async_manager=manager)
            array[:] = -1
        checkpoints.save_pytree(tmp_path / "b", array, async_manager=manager, verbose=False)
    assert [checkpoints.load(tmp_path, step)["a"].max() for step in range(5)] == [0, 1, 2, 3, 4]
    assert checkpoints.load_pytree(tmp_path / "b").max() == -1


def test_errors_of_the_background_are_raised_by_what_comes_next(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(files.os, "fsync", fail)
    manager = checkpoints.AsyncManager()
    checkpoints.save(tmp_path, 1, 1, async_manager=manager)
    with pytest.raises(OSError, match="no space left"):
        manager.close()
    with pytest.raises(ValueError, match="max_workers must be at least 1"):
        checkpoints.AsyncManager(0)


# What can be saved


class Point(NamedTuple):
    x: int
    y: int


def test_classes_have_to_be_registered(tmp_path, monkeypatch):
    monkeypatch.setattr(structure, "_classes", dict(structure._classes))
    with pytest.raises(CheckpointError, match=r"points/0: .*but got Point"):
        checkpoints.save_pytree(tmp_path / "a", {"points": [Point(1, 2)]}, verbose=False)
    checkpoints.register_class(Point, tuple, lambda state: Point(*state), name="my.Point")
    checkpoints.save_pytree(tmp_path / "a", {"points": [Point(1, 2)]}, verbose=False)
    assert checkpoints.load_pytree(tmp_path / "a") == {"points": [Point(1, 2)]}
    with pytest.raises(CheckpointError, match=r"the name 'my\.Point' is that of"):
        checkpoints.register_class(int, str, int, name="my.Point")
    del structure._classes["my.Point"]
    with pytest.raises(CheckpointError, match=r"class 'my\.Point', which is not registered here"):
        checkpoints.load_pytree(tmp_path / "a")


@pytest.mark.parametrize("target, message", [
    ({"a": [object()]}, "a/0: .*but got object"), ({"f": np.array(["x"])}, "f: arrays must hold numbers"),
    ({"f": np.array([None])}, "f: arrays must hold numbers"), ({(1, 2): 3}, "keys must be text or integers"),
    (b"bytes", "the target: .*but got bytes"),
])
def test_what_cannot_be_saved_is_refused_and_leaves_no_file(tmp_path, target, message):
    with pytest.raises(CheckpointError, match=message):
        checkpoints.save(tmp_path, target, 1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("options, message", [
    ({"prefix": "../x_"}, "no plain name of a file"), ({"prefix": "a/b_"}, "no plain name of a file"),
    ({"step": float("nan")}, "step must be a finite number"), ({"step": "1"}, "step must be a finite number"),
    ({"keep": 0}, "keep must be at least 1"), ({"keep_every_n_steps": 0}, "keep_every_n_steps must be at least 1"),
    ({"format": "pickle"}, "format must be one of npz, safetensors"),
])
def test_arguments_that_make_no_sense_are_refused(tmp_path, options, message):
    with pytest.raises(CheckpointError, match=message):
        checkpoints.save(**{"ckpt_dir": tmp_path / "folder", "target": 1, "step": 1} | options)
    assert not list(tmp_path.iterdir())


def test_without_safetensors_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    with pytest.raises(bp.errors.PackageMissingError, match="pip install safetensors"):
        checkpoints.save(tmp_path, 1, 1, format="safetensors")
    (tmp_path / "a.safetensors").write_bytes(b"")
    with pytest.raises(bp.errors.PackageMissingError, match="pip install safetensors"):
        checkpoints.load_pytree(tmp_path / "a.safetensors")
