"""Files that were damaged, or made to do harm, are refused before they are believed."""
from __future__ import annotations

import json
import os
import pickle
import sys
import zipfile

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import checkpoints
from nbbrain.checkpoints import CheckpointError, files, structure

TREE = {"w": np.arange(12.0).reshape(3, 4), "n": [np.arange(5)]}


class Harm:
    def __reduce__(self):
        return (os.system, ("touch harm",))


@pytest.fixture
def path(tmp_path):
    checkpoints.save_pytree(tmp_path / "a.npz", TREE, verbose=False)
    return tmp_path / "a.npz"


def refused(path, message=None, **options):
    target = bm.Variable(bm.zeros((3, 4)))
    with pytest.raises(CheckpointError, match=message):
        checkpoints.load_pytree(path, target={"w": target, "n": [np.zeros(5, int)]}, **options)
    assert not np.asarray(target).any()


def test_truncated_files(path):
    data = path.read_bytes()
    for length in [0, 1, 30, 31, *range(40, len(data), 53), len(data) - 1]:
        path.write_bytes(data[:length])
        refused(path)


def test_no_changed_byte_changes_an_array_silently(path):
    data = path.read_bytes()
    for place in range(0, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 0x21
        path.write_bytes(changed)
        try:
            loaded = checkpoints.load_pytree(path)
        except CheckpointError:
            continue
        assert np.array_equal(loaded["w"], TREE["w"]) and np.array_equal(loaded["n"][0], TREE["n"][0])


@pytest.mark.parametrize("change", [lambda data: data + b"more", lambda data: b"before" + data,
                                    lambda data: data[:-2] + b"\x04\x00more"])
def test_oversized_files(path, change):
    path.write_bytes(change(path.read_bytes()))
    refused(path)


def test_a_limit_of_the_size(path):
    refused(path, "more than max_bytes=100", max_bytes=100)
    with pytest.raises(CheckpointError, match="more than max_bytes=100"):
        checkpoints.load(path, max_bytes=100)


def test_pickles(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for protocol in (2, 4, 5):
        (tmp_path / "a.npz").write_bytes(pickle.dumps(Harm(), protocol))
        refused(tmp_path / "a.npz", "is a pickle")
    (tmp_path / "a.npz").write_bytes(pickle.dumps(Harm(), 0))
    refused(tmp_path / "a.npz", "no checkpoint")
    np.savez(tmp_path / "a.npz", **{"w": np.array([Harm()], dtype=object)})
    refused(tmp_path / "a.npz", "no checkpoint of nbbrain")
    rewrite(tmp_path / "a.npz", arrays=[np.array([Harm()], dtype=object)])
    refused(tmp_path / "a.npz", "as a pickle, which is not loaded")
    assert not (tmp_path / "harm").exists()


def rewrite(path, tree=None, arrays=(), compression=zipfile.ZIP_STORED, text=None, extra=()):
    """Write an archive by hand."""
    if tree is None:
        tree = {"array": "w", "dtype": "<f8", "shape": [1]}
    if text is None:
        text = json.dumps({"format": "nbbrain.checkpoint", "version": 1, "tree": tree})
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("structure.json", text)
        for i, array in enumerate(arrays):
            with archive.open(f"arrays/{i}.npy", "w") as member:
                np.lib.format.write_array(member, array)
        for name in extra:
            archive.writestr(name, "")


def test_what_is_written_by_hand_like_this_can_be_read(tmp_path):
    rewrite(tmp_path / "a", arrays=[np.ones(1)])
    assert checkpoints.load_pytree(tmp_path / "a").tolist() == [1.0]


@pytest.mark.parametrize("options, message", [
    ({"arrays": [np.ones(1)], "compression": zipfile.ZIP_DEFLATED}, "compressed"),
    ({"arrays": []}, "must hold 1 arrays, but it holds 0"),
    ({"arrays": [np.ones(1)] * 2}, "must hold 1 arrays, but it holds 2"),
    ({"arrays": [np.ones(1)], "extra": ["../../outside"]}, "must hold 1 arrays"),
    ({"arrays": [np.ones(2)]}, r"must have the shape \(1,\) and the dtype float64, but it has \(2,\)"),
    ({"arrays": [np.ones(1, np.float32)]}, "but it has .* float32"),
    ({"arrays": [np.ones((1, 1))]}, r"but it has \(1, 1\)"),
    ({"arrays": [np.asfortranarray(np.ones((2, 2)))], "tree": {"array": "w", "dtype": "<f8", "shape": [2, 2]}}, "must have"),
    ({"text": "{"}, "description of the structure is damaged"),
    ({"text": "[" * 10**5}, "description of the structure is damaged"),
    ({"text": "[]"}, "no checkpoint of nbbrain"),
    ({"text": '{"format": "nbbrain.checkpoint", "version": 2, "tree": {"value": 1}}'}, "has version 2, but"),
    ({"text": '{"format": "nbbrain.checkpoint", "version": 1}'}, "damaged at None"),
    ({"tree": {"class": "os.system", "state": {"value": "touch harm"}}}, "class 'os.system', which is not registered"),
    *[({"tree": tree}, "damaged at") for tree in (
        3, {}, {"list": 3}, {"dict": [["a"]]}, {"dict": [[None, {"value": 1}]]}, {"dict": [["a", {"value": 1}]] * 2},
        {"value": [1]}, {"float": "1.5"}, {"float": 3}, {"value": 1, "list": []}, {"tuple": [{"value": {}}]},
        {"array": "w", "dtype": "|O8", "shape": [1]}, {"array": "w", "dtype": "<f3", "shape": [1]},
        {"array": "w", "dtype": "<f8", "shape": [-1]}, {"array": "w", "dtype": "<f8", "shape": [True]},
        {"array": "w", "dtype": "<f8", "shape": [2**40, 2**40]}, {"array": "w", "dtype": "<f8", "shape": [1] * 33},
        {"list": [{"array": "w", "dtype": "<f8", "shape": [1]}] * 2})],
])
def test_archives_that_are_no_checkpoints(tmp_path, options, message):
    rewrite(tmp_path / "a", **options)
    with pytest.raises(CheckpointError, match=message):
        checkpoints.load_pytree(tmp_path / "a")


def test_a_header_that_promises_more_than_there_is_asks_for_no_memory(tmp_path):
    rewrite(tmp_path / "a", tree={"array": "w", "dtype": "<f8", "shape": [2**37]}, arrays=[np.ones(1)])
    data = (tmp_path / "a").read_bytes()
    fake, real = b"(137438953472,), }", b"(1,), }           "
    assert data.count(real) == 1
    with zipfile.ZipFile(tmp_path / "a") as archive:
        member = archive.read("arrays/0.npy").replace(real, fake)
    with zipfile.ZipFile(tmp_path / "b", "w") as archive:
        archive.writestr("structure.json", zipfile.ZipFile(tmp_path / "a").read("structure.json"))
        archive.writestr("arrays/0.npy", member)
    with pytest.raises(CheckpointError, match="it is truncated or oversized"):
        checkpoints.load_pytree(tmp_path / "b")


def test_the_description_has_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_LARGEST_STRUCTURE", 10)
    rewrite(tmp_path / "a", arrays=[np.ones(1)])
    with pytest.raises(CheckpointError, match="too large"):
        checkpoints.load_pytree(tmp_path / "a")


def test_deep_structures(tmp_path):
    deep = []
    for _ in range(100):
        deep = [deep]
    checkpoints.save_pytree(tmp_path / "a", deep, verbose=False)
    assert checkpoints.load_pytree(tmp_path / "a") == deep
    node = {"value": 1}
    for _ in range(10**5):
        node = {"list": [node]}
    with pytest.raises(CheckpointError, match="nested too deeply"):
        structure.expected_arrays(node)
    while "list" in node:  # one by one: taking it all apart at once would go as deep
        node = node["list"].pop()


def test_files_of_safetensors(tmp_path):
    numpy = pytest.importorskip("safetensors.numpy")
    path = tmp_path / "a.safetensors"
    checkpoints.save_pytree(path, TREE, verbose=False)
    data = path.read_bytes()
    for length in (0, 7, 40, len(data) - 1):
        path.write_bytes(data[:length])
        refused(path, "damaged or truncated")
    path.write_bytes(data + b"more")
    refused(path, "damaged or truncated")
    path.write_bytes(data[:-1] + b"?")
    refused(path, "checksum is wrong")
    numpy.save_file({"w": np.ones(1)}, path)
    refused(path, "no checkpoint of nbbrain")
    text = json.dumps({"format": "nbbrain.checkpoint", "version": 1, "tree": {"array": "w", "dtype": "<f8", "shape": [1]}})
    for arrays, message in (({"v": np.ones(1)}, r"must hold the arrays \['w'\]"), ({"w": np.ones(2)}, r"it has \(2,\)")):
        numpy.save_file(arrays, path, metadata={"structure": text, "crc32": ""})
        refused(path, message)
    path.write_bytes(pickle.dumps(Harm()))
    refused(path, "damaged or truncated")
    with pytest.raises(CheckpointError, match="safetensors cannot hold"):
        checkpoints.save_pytree(path, np.ones(1, np.complex128), verbose=False)


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_paths_out_of_the_folder(tmp_path):
    folder, outside = tmp_path / "folder", tmp_path / "outside.npz"
    folder.mkdir()
    checkpoints.save_pytree(outside, "secret", verbose=False)
    (folder / "checkpoint_1.npz").symlink_to(outside)
    for call in (lambda: checkpoints.load(folder), lambda: checkpoints.load(folder, 1),
                 lambda: checkpoints.save(folder, "new", 1, overwrite=True)):
        with pytest.raises(CheckpointError, match="leads out of its folder"):
            call()
    for prefix in ("../outside", "/etc/", "a/../../", "..\\"):
        with pytest.raises(CheckpointError, match="no plain name of a file"):
            checkpoints.load(folder, prefix=prefix)
        with pytest.raises(CheckpointError, match="no plain name of a file"):
            checkpoints.load(folder, 1, prefix=prefix)
    assert checkpoints.load_pytree(outside) == "secret"


def test_what_is_not_there(tmp_path):
    with pytest.raises(CheckpointError, match="there is no file"):
        checkpoints.load_pytree(tmp_path / "a")
    with pytest.raises(CheckpointError, match="has no checkpoint whose name begins with 'checkpoint_'"):
        checkpoints.load(tmp_path)
    with pytest.raises(NotImplementedError, match="gda_manager must be None"):
        checkpoints.load(tmp_path, gda_manager=1)
