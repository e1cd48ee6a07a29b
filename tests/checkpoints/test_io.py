"""Variables by name go through every format, and files that do not fit change nothing."""
from __future__ import annotations

import os
import pickle

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.checkpoints import CheckpointError, files, io

SAVE = {
    "npz": (io.save_as_npz, io.load_by_npz), "h5": (io.save_as_h5, io.load_by_h5), "hdf5": (io.save_as_h5, io.load_by_h5),
    "mat": (io.save_as_mat, io.load_by_mat),
    "pkl": (io.save_as_pkl, lambda *args, **options: io.load_by_pkl(*args, **options, allow_pickle=True)),
}
NEED = {"h5": "h5py", "hdf5": "h5py", "mat": "scipy"}


class Model(bp.DynamicalSystemNS):
    def __init__(self):
        super().__init__(name="model")
        self.a, self.b = bm.Variable(bm.arange(3.0)), bm.Variable(bm.ones((2, 1, 2)))
        self.n, self.flag = bm.Variable(bm.asarray(4)), bm.Variable(bm.asarray([True, False]))
        self.shared = self.a


@pytest.fixture(params=SAVE)
def kind(request):
    if request.param in NEED:
        pytest.importorskip(NEED[request.param])
    return request.param


def values(model):
    return {name: np.asarray(variable).tolist() for name, variable in model.vars().items()}


def test_variables_come_back(tmp_path, kind):
    model, (save, load), path = Model(), SAVE[kind], tmp_path / f"a.{kind}"
    before = values(model)
    save(path, model.vars())
    assert os.listdir(tmp_path) == [f"a.{kind}"] and path.suffix in io.SUPPORTED_FORMATS
    model.a.value, model.b.value, model.n.value = model.a + 1, model.b * 0, bm.asarray(0)
    assert load(path, model) is None and values(model) == before
    model.a.value = model.a + 1
    save(path, model.vars().unique())  # each once is enough
    model.a.value = model.a + 1
    load(path, model)
    assert model.a.tolist() == [1.0, 2.0, 3.0]


def test_the_names_can_be_printed(tmp_path, kind, capsys):
    model, (save, load) = Model(), SAVE[kind]
    save(tmp_path / f"a.{kind}", model.vars())
    load(tmp_path / f"a.{kind}", model, verbose=True)
    assert "model.flag" in capsys.readouterr().out


@pytest.mark.parametrize("change, message", [
    ({"model.more": np.ones(1)}, r"the model lacks \['model.more'\]"), ({"model.b": None}, r"it lacks \['model.b'\]"),
    ({"model.b": np.ones(7)}, "model.b: The shape"),
])
def test_what_does_not_fit_changes_nothing(tmp_path, kind, change, message):
    model, (save, load) = Model(), SAVE[kind]
    arrays = {name: np.asarray(variable) for name, variable in model.vars().items()} | change
    save(tmp_path / f"a.{kind}", {name: array for name, array in arrays.items() if array is not None})
    model.a.value = model.a + 1
    before = values(model)
    with pytest.raises(CheckpointError, match=message):
        load(tmp_path / f"a.{kind}", model)
    assert values(model) == before


def test_damaged_files_are_refused(tmp_path, kind):
    model, (save, load), path = Model(), SAVE[kind], tmp_path / f"a.{kind}"
    save(path, model.vars())
    data = path.read_bytes()
    for length in (0, 3, len(data) // 3):
        path.write_bytes(data[:length])
        with pytest.raises(CheckpointError):
            load(path, model)


def test_names_and_values_are_checked(tmp_path, kind):
    save, load = SAVE[kind]
    with pytest.raises(CheckpointError, match="must end in"):
        save(tmp_path / "a.txt", {})
    with pytest.raises(CheckpointError, match="must be a dict of arrays"):
        save(tmp_path / f"a.{kind}", [1])
    with pytest.raises(CheckpointError, match="must be arrays of numbers"):
        save(tmp_path / f"a.{kind}", {"a": "text"})
    with pytest.raises(CheckpointError, match="there is no file"):
        load(tmp_path / f"a.{kind}", Model())
    save(tmp_path / f"a.{kind}", {"a": 1.0})
    with pytest.raises(TypeError, match="target must be a BrainPyObject"):
        load(tmp_path / f"a.{kind}", {})


def test_compressed_files(tmp_path):
    model = Model()
    model.b.value = bm.zeros((2, 1, 2))
    io.save_as_npz(tmp_path / "a.npz", model.vars(), compressed=True)
    model.b.value = bm.ones((2, 1, 2))
    io.load_by_npz(tmp_path / "a.npz", model)
    assert not np.asarray(model.b).any()
    with pytest.raises(CheckpointError, match="named 'file'"):
        io.save_as_npz(tmp_path / "a.npz", {"file": 1.0})


def test_pickles_are_loaded_only_on_demand(tmp_path):
    class Harm:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "harm"),))

    (tmp_path / "a.pkl").write_bytes(pickle.dumps(Harm()))
    for allow in (False, 1):
        with pytest.raises(CheckpointError, match="say allow_pickle=True"):
            io.load_by_pkl(tmp_path / "a.pkl", Model(), allow_pickle=allow)
    np.savez(tmp_path / "b.npz", a=np.array([Harm()], dtype=object))
    with pytest.raises(CheckpointError, match="pickles"):
        io.load_by_npz(tmp_path / "b.npz", Model())
    assert not (tmp_path / "harm").exists()
    (tmp_path / "a.pkl").write_bytes(pickle.dumps([1]))
    with pytest.raises(CheckpointError, match="no dict of arrays"):
        io.load_by_pkl(tmp_path / "a.pkl", Model(), allow_pickle=True)


def test_lists_of_shared_names_in_files_of_brainpy_are_skipped(tmp_path):
    model = Model()
    arrays = {name: np.asarray(variable) for name, variable in model.vars().unique().items()}
    np.savez(tmp_path / "a.npz", **arrays, **{io.DUPLICATE_KEY: ["model.shared"], io.DUPLICATE_TARGET: ["model.a"]})
    io.load_by_npz(tmp_path / "a.npz", model)


@pytest.mark.parametrize("kind, package", [("h5", "h5py"), ("mat", "scipy")])
def test_packages_that_are_missing_are_named(tmp_path, monkeypatch, kind, package):
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    (tmp_path / f"a.{kind}").write_bytes(b"")
    for call in (lambda: SAVE[kind][0](tmp_path / f"b.{kind}", {}), lambda: SAVE[kind][1](tmp_path / f"a.{kind}", Model())):
        with pytest.raises(bp.errors.PackageMissingError, match=f"pip install {package}"):
            call()
