"""Facts about arrays, names of dtypes, and arrays as text and in files."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm


def test_shapes():
    x = bm.zeros((2, 3))
    assert (bm.shape(x), bm.ndim(x), bm.size(x), bm.size(x, 0), bm.size(x, (0, 1))) == ((2, 3), 2, 6, 2, 6)
    assert (bm.shape([[1, 2]]), bm.ndim(1.0), bm.size(3)) == ((1, 2), 0, 1)
    assert (np.shape(x), np.ndim(x), np.size(x)) == ((2, 3), 2, 6)
    assert bm.broadcast_shapes((2, 1), (3,)) == (2, 3)


def test_facts_need_no_values():
    def loss(x):
        assert (bm.shape(x), bm.ndim(x), bm.size(x), bm.iscomplexobj(x)) == ((2,), 1, 2, False)
        return bm.sum(x)

    bm.grad(loss)(bm.ones(2))
    bm.for_loop(lambda x: x * bm.size(x) * bm.ndim(x), bm.ones((3, 2)))


def test_kinds():
    assert bm.isscalar(1.0)
    assert not bm.isscalar(bm.array(1.0))
    assert bm.iterable([1])
    assert bm.iscomplexobj(bm.array([1j]))
    assert bm.isrealobj(bm.ones(1))
    assert bm.issubdtype(bm.float32, np.floating)
    assert bm.can_cast(bm.int32, bm.float64)
    assert not bm.can_cast(bm.zeros(2), bm.int32)


@pytest.mark.parametrize(("operands", "dtype"), [
    ((bm.int32, bm.float32), np.float32), ((bm.int64, bm.float16), np.float16), ((bm.float32, bm.complex64), np.complex64),
    ((bm.int8, bm.uint8), np.int16), ((bm.bool, bm.int32), np.int32),
])
def test_promotion(operands, dtype):
    assert bm.promote_types(*operands) == bm.result_type(*operands) == dtype
    assert (bm.zeros(1, dtype=operands[0]) + bm.zeros(1, dtype=operands[1])).dtype == dtype


def test_promotion_with_numbers():
    assert bm.result_type(bm.zeros(1), 1.5) == bm.result_type(1, 2.0) == np.float32
    assert bm.result_type(bm.arange(2), 1) == np.int32
    assert bm.common_type(bm.arange(2), bm.zeros(1, bm.float16)) is np.float16
    assert bm.common_type(bm.arange(2)) is np.float32


def test_names_of_dtypes():
    assert (bm.half, bm.float, bm.double) == (np.float16, np.float32, np.float64)
    assert (bm.short, bm.int, bm.long, bm.bool) == (np.int16, np.int32, np.int64, np.bool_)
    assert (bm.cfloat, bm.cdouble) == (np.complex64, np.complex128)
    assert bm.finfo(bm.float32).bits == bm.iinfo(bm.uint32).bits == bm.dtype(bm.int32).itemsize * 8
    assert (bm.pi, bm.e, bm.inf) == (np.pi, np.e, np.inf)
    assert np.isnan(bm.nan)


def test_text():
    x = bm.array([1.0, 2.5])
    assert bm.array2string(x, separator=",") == "[1. ,2.5]"
    assert bm.array_repr(x) == np.array_repr(np.asarray(x))
    assert bm.array_str(x) == "[1.  2.5]"
    with bm.printoptions(precision=1):
        assert bm.get_printoptions()["precision"] == 1
        assert "0.3" in repr(bm.array([1 / 3]))


def test_files(tmp_path):
    x, y = bm.array([1.0, 2.0]), bm.arange(3)
    bm.save(tmp_path / "x.npy", x)
    loaded = bm.load(tmp_path / "x.npy")
    assert isinstance(loaded, bm.Array)
    assert loaded.tolist() == [1, 2]
    for save in (bm.savez, bm.savez_compressed):
        save(tmp_path / "both.npz", x, y=y)
        with bm.load(tmp_path / "both.npz") as data:
            assert data["arr_0"].tolist() == [1, 2]
            assert data["y"].tolist() == [0, 1, 2]
    bm.savetxt(tmp_path / "x.txt", x)
    assert bm.loadtxt(tmp_path / "x.txt").tolist() == [1, 2]


def test_einsum_path():
    path, text = bm.einsum_path("ij,jk->ik", bm.ones((2, 3)), bm.ones((3, 4)))
    assert path == ["einsum_path", (0, 1)]
    assert "ij,jk->ik" in text
