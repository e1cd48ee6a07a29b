"""The examples that read data from files run on small files of the same form; without, they say what to download."""
from __future__ import annotations

import gzip
import json
import runpy
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def images(folder, rng):
    """Four files as of Fashion-MNIST, with small images of which two rows are bright: which ones is the class."""
    for prefix, count in (("train", 60), ("t10k", 20)):
        labels = np.arange(count, dtype=np.uint8) % 10
        pixels = rng.integers(0, 60, (count, 12, 4), dtype=np.uint8)
        pixels[np.arange(count), labels] = pixels[np.arange(count), labels + 1] = 255
        for name, array in ((f"{prefix}-images-idx3-ubyte.gz", pixels), (f"{prefix}-labels-idx1-ubyte.gz", labels)):
            head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
            (folder / name).write_bytes(gzip.compress(head + array.tobytes()))


def words(folder, rng):
    """Two files as of the Heidelberg digits: a word is spikes of some units."""
    h5py = pytest.importorskip("h5py")
    for name, count in (("shd_train.h5", 40), ("shd_test.h5", 20)):
        labels = np.arange(count) % 20
        with h5py.File(folder / name, "w") as file:
            file["labels"] = labels.astype(np.uint16)
            times = file.create_dataset("spikes/times", (count,), h5py.vlen_dtype(np.float16))
            units = file.create_dataset("spikes/units", (count,), h5py.vlen_dtype(np.uint16))
            for i, label in enumerate(labels):
                times[i] = np.sort(rng.random(50)).astype(np.float16)
                units[i] = (rng.integers(0, 35, 50) + 35 * label).astype(np.uint16)


def run(name, folder, monkeypatch):
    """The example's results."""
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.setattr(sys, "argv", [name, "--data", str(folder), "--epochs", "1", "--output", str(folder / "results")])
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    assert (folder / "results" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    return json.loads((folder / "results" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore:the spiking layer")  # with so few spikes and so little training, it is silent
@pytest.mark.parametrize(("name", "make"), [("fashion_mnist", images), ("heidelberg_digits", words)],
                         ids=["fashion_mnist", "heidelberg_digits"])
def test_small_files(name, make, monkeypatch, tmp_path):
    pytest.importorskip("matplotlib")
    make(tmp_path, np.random.default_rng(0))
    found = run(name, tmp_path, monkeypatch)
    assert found["task"].startswith("20 ") and found["seconds"] > 0
    assert len(found["figures"]) == 2 and all(0 <= figure["values"][0] <= 1 for figure in found["figures"])


@pytest.mark.parametrize(("name", "site"), [("fashion_mnist", "github.com/zalandoresearch/fashion-mnist"),
                                            ("heidelberg_digits", "zenkelab.org/datasets")])
def test_without_files(name, site, monkeypatch, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("h5py")
    with pytest.raises(SystemExit) as stopped:
        run(name, tmp_path, monkeypatch)
    assert str(tmp_path) in str(stopped.value) and site in str(stopped.value)
