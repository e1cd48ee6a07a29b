"""Files of data sets: what is written in their formats is read, and what is not of their format is refused by name."""
from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest

from nbbrain import datasets
from nbbrain.backends.base import is_installed
from nbbrain.datasets import DataFileError
from nbbrain.errors import PackageMissingError

HDF5 = pytest.mark.skipif(not is_installed("h5py"), reason="h5py is not installed")
CODES = {"u1": 8, "i1": 9, ">i2": 11, ">i4": 12, ">f4": 13, ">f8": 14}


def idx(array, code="u1"):
    """An array as an IDX file."""
    head = bytes([0, 0, CODES[code], array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(code).tobytes()


@pytest.fixture
def images(tmp_path):
    """A folder with five images for training, and two for tests that are packed."""
    pixels = np.arange(5 * 4 * 3).reshape(5, 4, 3)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(pixels))
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(idx(np.array([3, 1, 4, 1, 5])))
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(pixels[:2])))
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.array([9, 2]))))
    return tmp_path


@pytest.mark.parametrize("code", CODES)
def test_arrays_of_all_kinds(code, tmp_path) -> None:
    array = np.arange(24).reshape(2, 3, 4).astype(code)
    (tmp_path / "a.idx").write_bytes(idx(array, code))
    made = datasets.read_idx(str(tmp_path / "a.idx"))
    np.testing.assert_array_equal(made, array)
    assert made.dtype == np.dtype(code).newbyteorder("=") and made.flags.writeable


def test_images_and_labels(images) -> None:
    train, test = datasets.mnist(images), datasets.mnist(images, split="test")
    np.testing.assert_array_equal(train.inputs, np.arange(60).reshape(5, 4, 3))
    assert train.inputs.dtype == np.uint8 and train.labels.dtype == np.int32
    assert train.labels.tolist() == [3, 1, 4, 1, 5] and test.labels.tolist() == [9, 2]
    np.testing.assert_array_equal(test.inputs, train.inputs[:2])
    assert datasets.latency_spikes(train.inputs, num_step=7).shape == (5, 7, 12)


@pytest.mark.parametrize(("content", "message"), [
    (b"", "must start with 0, 0, one of the codes 0x8"),
    (b"PK\x03\x04" + bytes(40), "but this one starts with 50 4b 03 04"),
    (bytes([0, 0, 8, 0]), "a number of axes from 1 to 8"),
    (bytes([0, 0, 8, 9]) + bytes(36), "a number of axes from 1 to 8"),
    (bytes([0, 0, 8, 3, 0, 0]), "the file ends within its first 16 bytes"),
    (idx(np.zeros((2, 3)))[:-1], r"shape \(2, 3\) must have 6 bytes after the first 12, but only 5 follow"),
    (idx(np.zeros((2, 3))) + b"\0", r"shape \(2, 3\) must have 6 bytes after the first 12, but more follow"),
    (bytes([0, 0, 8, 2]) + b"\xff" * 8, "bytes, but no more than 4294967296 are read"),
    (gzip.compress(idx(np.zeros((2, 3))), mtime=0)[:-6], "the file cannot be read"),
    (gzip.compress(idx(np.zeros(5000)), mtime=0)[:15] + b"xxxx", "the file cannot be read"),
    (gzip.compress(idx(np.zeros((2, 3))), mtime=0)[:-8] + bytes(8), "the file cannot be read: .*CRC"),
])
def test_foreign_idx_files(content, message, tmp_path) -> None:
    (tmp_path / "a.idx").write_bytes(content)
    with pytest.raises(DataFileError, match=rf"a\.idx: .*{message}"):
        datasets.read_idx(tmp_path / "a.idx")


def test_damaged_idx_files_are_read_or_refused(tmp_path) -> None:
    whole, read = idx(np.arange(6).reshape(2, 3), ">i2"), 0
    for place in range(len(whole)):
        for value in (0, 1, 9, 128, 255):
            (tmp_path / "a.idx").write_bytes(whole[:place] + bytes([value]) + whole[place + 1:])
            try:
                read += datasets.read_idx(tmp_path / "a.idx").size == 6
            except DataFileError as error:
                assert "a.idx" in str(error)
    assert read >= 5 * 12  # what is not in the head is data


def test_folders_of_images_that_are_incomplete(images, tmp_path) -> None:
    with pytest.raises(DataFileError, match=r"nowhere: there is no such folder. .* none are downloaded"):
        datasets.mnist(tmp_path / "nowhere")
    with pytest.raises(DataFileError, match=r"nothing: there is no such file"):
        datasets.read_idx(tmp_path / "nothing")
    with pytest.raises(DataFileError, match=r"this is no file"):
        datasets.read_idx(tmp_path)
    with pytest.raises(ValueError, match="split must be one of 'train', 'test', but got 'valid'"):
        datasets.mnist(images, split="valid")
    (images / "train-labels.idx1-ubyte").write_bytes(idx(np.array([3, 1])))
    with pytest.raises(DataFileError, match=r"train-labels.idx1-ubyte: expected a label for each of the 5 images in"):
        datasets.mnist(images)
    (images / "train-labels.idx1-ubyte").write_bytes(idx(np.array([[3, 1]])))
    with pytest.raises(DataFileError, match=r"expected an array of bytes with 1 axes, but it has uint8 of shape \(1, 2\)"):
        datasets.mnist(images)
    (images / "train-labels.idx1-ubyte").unlink()
    with pytest.raises(DataFileError, match=r"there must be one of train-labels-idx1-ubyte, train-labels.idx1-ubyte, "):
        datasets.mnist(images)


def spoken(path, times, units, labels, names=()):
    """A file of the Heidelberg data sets."""
    import h5py

    with h5py.File(path, "w") as file:
        for name, rows, dtype in (("times", times, np.float32), ("units", units, np.uint16)):
            data = file.create_dataset(dict(names).get(name, f"spikes/{name}"), (len(rows),), h5py.vlen_dtype(dtype))
            for i, row in enumerate(rows):
                data[i] = np.asarray(row, dtype=dtype)
        file.create_dataset("labels", data=np.asarray(labels))


TIMES, UNITS, LABELS = [[0., 0.5, 0.5, 1.39], [], [0.1, 2.]], [[0, 699, 699, 10], [], [350, 1]], [0, 19, 7]


@HDF5
def test_spoken_digits(tmp_path) -> None:
    spoken(tmp_path / "shd_train.h5", TIMES, UNITS, LABELS)
    made = datasets.shd(tmp_path, num_step=14, duration=1.4)
    assert made.inputs.shape == (3, 14, 700) and made.inputs.dtype == np.uint8 and made.labels.tolist() == LABELS
    assert sorted(zip(*[x.tolist() for x in np.nonzero(made.inputs)], strict=True)) == [
        (0, 0, 0), (0, 5, 699), (0, 13, 10), (2, 1, 350)]
    assert made.inputs[0, 5, 699] == 2
    coarse = datasets.shd(tmp_path, num_step=14, num_channel=7, samples=[2, 0], binary=True, dtype=np.float32)
    assert coarse.inputs.shape == (2, 14, 7) and coarse.labels.tolist() == [7, 0] and coarse.inputs.dtype == np.float32
    assert coarse.inputs[0, 1].tolist() == [0, 0, 0, 1, 0, 0, 0] and coarse.inputs[1, 5, 6] == 1
    assert datasets.shd(tmp_path, samples=slice(1, None)).labels.tolist() == [19, 7]
    spoken(tmp_path / "ssc_valid.h5", TIMES, UNITS, [34, 0, 1])
    assert datasets.ssc(tmp_path, split="valid", num_step=3).labels.tolist() == [34, 0, 1]


@HDF5
@pytest.mark.parametrize(("content", "message"), [
    (dict(labels=[0, 20, 1]), "labels must be integers from 0 to 19"),
    (dict(labels=[0., 1., 1.]), "labels must be integers from 0 to 19"),
    (dict(labels=[0, 1]), "spikes/times, spikes/units, labels must have one length, but have 3, 3 and 2"),
    (dict(units=[[0, 700, 1, 1], [], [1, 1]]), "sample 0: units must be integers from 0 to 699"),
    (dict(units=[[0, 1, 1], [], [1, 1]]), "sample 0 must have as many times as units, but has 4 and 3"),
    (dict(times=[[0., -1., 0., 0.], [], [1., 1.]]), "sample 0: times must be seconds of at least 0"),
    (dict(times=[[0., 0., 0., 0.], [], [1., np.inf]]), "sample 2: times must be seconds of at least 0"),
    (dict(names=dict(times="times")), "expected the data sets spikes/times, .* but spikes/times is none"),
])
def test_foreign_spoken_digits(content, message, tmp_path) -> None:
    given = {"times": TIMES, "units": UNITS, "labels": LABELS, "names": {}, **content}
    spoken(tmp_path / "shd_test.h5", given["times"], given["units"], given["labels"], given["names"])
    with pytest.raises(DataFileError, match=rf"shd_test.h5: .*{message}"):
        datasets.shd(tmp_path, split="test")


@HDF5
def test_files_that_are_no_hdf5(tmp_path) -> None:
    path = tmp_path / "shd_test.h5"
    path.write_bytes(b"no HDF5" * 100)
    with pytest.raises(DataFileError, match=r"shd_test.h5: this is no HDF5 file that can be read"):
        datasets.shd(tmp_path, split="test")
    spoken(path, TIMES * 300, UNITS * 300, LABELS * 300)
    whole = path.read_bytes()
    path.write_bytes(whole[:len(whole) // 2])
    with pytest.raises(DataFileError, match=r"shd_test.h5: this is no HDF5 file that can be read"):
        datasets.shd(tmp_path, split="test")
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="samples must be a slice or integers from 0 to 899, but got 3"):
        datasets.shd(tmp_path, split="test", samples=3)
    with pytest.raises(ValueError, match="samples must be a slice or integers from 0 to 899"):
        datasets.shd(tmp_path, split="test", samples=[900])
    with pytest.raises(ValueError, match="num_channel must be at most 700, but got 701"):
        datasets.shd(tmp_path, split="test", num_channel=701)
    with pytest.raises(DataFileError, match=r"there must be one of shd_train.h5 in this folder"):
        datasets.shd(tmp_path)


def test_without_h5py(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("nbbrain.checkpoints.files.find_spec", lambda name: None)
    (tmp_path / "shd_train.h5").write_bytes(b"")
    with pytest.raises(PackageMissingError, match="reading a HDF5 file needs the package h5py: pip install h5py"):
        datasets.shd(tmp_path)


def aer(times, columns, rows, polarities):
    """Events as a file of N-MNIST."""
    return b"".join([bytes([x, y]) + (p << 23 | t).to_bytes(3, "big")
                     for t, x, y, p in zip(times, columns, rows, polarities, strict=True)])


@pytest.fixture
def events(tmp_path):
    """A folder with two samples of every class for training, and one for tests."""
    for label in range(10):
        for split, number in (("Train", 2), ("Test", 1)):
            place = tmp_path / split / str(label)
            place.mkdir(parents=True)
            for i in range(number):
                (place / f"{i:05}.bin").write_bytes(aer([1000, 299_999, 300_000], [label, 33, 0], [i, 33, 0], [1, 0, 1]))
    return tmp_path


def test_events_of_a_file(tmp_path) -> None:
    rng = np.random.default_rng(0)
    table = rng.integers(2**23, size=50), rng.integers(34, size=50), rng.integers(34, size=50), rng.integers(2, size=50)
    (tmp_path / "a.bin").write_bytes(aer(*[column.tolist() for column in table]))
    for made, column in zip(datasets.read_aer(tmp_path / "a.bin"), table, strict=True):
        np.testing.assert_array_equal(made, column)
    (tmp_path / "a.bin").write_bytes(aer([5, 0, 6, 0, 7], [1, 0, 1, 0, 1], [2, 240, 2, 240, 2], [0] * 5))
    times, columns, _, _ = datasets.read_aer(tmp_path / "a.bin")  # the clock started anew twice
    assert times.tolist() == [5, 8192 + 6, 2 * 8192 + 7] and columns.tolist() == [1, 1, 1]
    (tmp_path / "a.bin").write_bytes(b"")
    assert datasets.read_aer(tmp_path / "a.bin")[0].size == 0


def test_digits_seen_by_a_camera(events) -> None:
    made = datasets.n_mnist(events, num_step=300)
    assert made.inputs.shape == (20, 300, 2312) and made.inputs.dtype == np.uint8
    assert made.labels.tolist() == [label for label in range(10) for _ in range(2)]
    frames = made.inputs.reshape(20, 300, 2, 34, 34)
    for i, label in enumerate(made.labels.tolist()):
        assert [x.tolist() for x in np.nonzero(frames[i])] == [[1, 299], [1, 0], [i % 2, 33], [label, 33]]
    few = datasets.n_mnist(events, split="test", num_step=10, duration=2000., dtype=np.float32)
    assert few.inputs.shape == (10, 10, 2312) and few.inputs.sum() == 30 and few.inputs.dtype == np.float32
    assert datasets.n_mnist(events, num_step=2, per_class=1).labels.tolist() == list(range(10))


def test_foreign_events(events, tmp_path) -> None:
    file = events / "Train" / "3" / "00001.bin"
    for content, message in ((b"\0" * 12, "expected events of 5 bytes, but the file has 12 bytes"),
                             (aer([1], [34], [0], [0]), "columns and rows must be from 0 to 33, but there are 34 and 0"),
                             (bytes(5_000_005), "expected at most 1000000 events of 5 bytes, but the file is longer")):
        file.write_bytes(content)
        with pytest.raises(DataFileError, match=rf"00001.bin: {message}"):
            datasets.n_mnist(events, num_step=2)
    file.unlink()
    (events / "Train" / "3" / "00000.bin").unlink()
    (events / "Train" / "3").rmdir()
    with pytest.raises(DataFileError, match=r"3: there is no such folder"):
        datasets.n_mnist(events, num_step=2)
    with pytest.raises(DataFileError, match=r"there must be one of Train, train in this folder"):
        datasets.n_mnist(events / "Test")
    for label in range(10):
        (tmp_path / "empty" / "test" / str(label)).mkdir(parents=True)
    with pytest.raises(DataFileError, match=r"there are no files \*.bin in the folders 0 to 9"):
        datasets.n_mnist(tmp_path / "empty", split="test")
