"""Every function of ``bm`` that NumPy has gives NumPy's result, in the dtypes of ``bm``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.math import (
    creation,
    dtypes,
    elementwise,
    facts,
    fft,
    linalg,
    manipulation,
    products,
    reductions,
    searching,
    text,
)
from nbbrain.operations.precision import canonical_dtype
from tests.math.surface import BINARY, CASES, UNARY, arguments, samples

RENAMED = {"product": np.prod, "sometrue": np.any, "alltrue": np.all, "cumproduct": np.cumprod, "round_": np.round,
           "row_stack": np.vstack, "trapz": np.trapezoid, "concat": np.concatenate, "msort": lambda a: np.sort(a, axis=0),
           "in1d": lambda *args, **kwargs: np.isin(*args, **kwargs).ravel()}


class Reference:
    """NumPy, with functions that it dropped under their old names."""

    def __getattr__(self, name: str) -> Any:
        return RENAMED[name] if name in RENAMED else getattr(np, name)


NUMPY: Any = Reference()
MODULES = (creation, dtypes, elementwise, facts, fft, linalg, manipulation, products, reductions, searching, text)
FLAT = [(name, i) for name, cases in CASES.items() for i in range(len(cases))]


def leaves(result: Any) -> list[Any]:
    """The arrays of a result, which may be a tuple or a list."""
    return [leaf for item in result for leaf in leaves(item)] if isinstance(result, (tuple, list)) else [result]


def values(case: Any, data: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The samples that a case takes; skips the test where there is none in this dtype."""
    names = arguments(case)
    if not set(names) <= set(data):
        pytest.skip("no such samples among integers")
    return [data[name] for name in names]


def check(result: Any, expected: Any, tolerance: float) -> None:
    """Compare shapes, dtypes (NumPy's, as ``bm`` stores them) and values."""
    got, wanted = leaves(result), leaves(expected)
    assert len(got) == len(wanted)
    for x, y in zip(got, wanted, strict=True):
        y = np.asarray(y)
        assert isinstance(x, bm.Array)
        assert x.shape == y.shape
        assert x.dtype == canonical_dtype(y.dtype)
        np.testing.assert_allclose(np.asarray(x), y, rtol=tolerance, atol=tolerance)


def run(name: str, i: int, dtype: Any, module: Any = bm, arrays: Any = bm.asarray) -> None:
    """Run one case on ``bm`` arrays and on NumPy's."""
    case = CASES[name][i]
    inputs = values(case, samples(dtype))
    with np.errstate(all="ignore"):
        try:
            expected = case(NUMPY, *inputs)
        except (TypeError, ValueError):
            pytest.skip("NumPy does not do this with integers")
        result = case(module, *[arrays(x) for x in inputs])
    if np.dtype(dtype) == np.float32:  # NumPy mixes int32 and float32 to float64, bm to float32
        tolerance = 2e-4 if name.startswith("linalg") else 2e-5
    else:
        tolerance = 1e-10 if np.dtype(dtype) == np.float64 else 1e-4
    check(result, expected, tolerance)


@pytest.mark.parametrize(("name", "i"), FLAT)
def test_float64(name, i):
    bm.enable_x64()
    run(name, i, np.float64)


@pytest.mark.parametrize(("name", "i"), FLAT)
def test_float32(name, i):
    run(name, i, np.float32)


@pytest.mark.parametrize(("name", "i"), FLAT)
def test_int32(name, i):
    run(name, i, np.int32)


@pytest.mark.parametrize(("name", "i"), [(name, i) for name, i in FLAT if arguments(CASES[name][i])])
def test_numpys_own_functions_on_arrays(name, i):
    """``np.median(x)`` of an Array is an Array with NumPy's result."""
    run(name, i, np.float32, module=NUMPY)


def layouts(x: np.ndarray) -> dict[str, np.ndarray]:
    """The numbers of an array in unusual layouts."""
    return {"reversed": x[::-1, ::-1], "strided": np.repeat(x, 2, axis=1)[:, ::2], "Fortran": np.asfortranarray(x),
            "no axes": x[1, 2], "empty": x[:0], "one": x[:1, :1], "broadcast": np.broadcast_to(x[:, :1], (3, 4))}


ELEMENTWISE = sorted({*UNARY[1], *BINARY})


@pytest.mark.parametrize("layout", list(layouts(np.zeros((3, 4)))))
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_layouts(name, layout):
    data = {key: layouts(x)[layout] if x.shape == (3, 4) else x for key, x in samples(np.float32).items()}
    case = CASES[name][0]
    inputs = [data[argument] for argument in arguments(case)]
    check(case(bm, *[bm.asarray(x) for x in inputs]), case(np, *[np.asarray(x) for x in inputs]), 1e-5)


@pytest.mark.parametrize("layout", ["reversed", "strided", "Fortran", "broadcast"])
@pytest.mark.parametrize("name", ["sum", "mean", "std", "max", "argmin", "cumsum", "median", "sort", "reshape", "transpose",
                                  "concatenate", "take", "diff", "pad", "tile", "linalg.norm", "fft.rfft"])
def test_layouts_of_other_functions(name, layout):
    data = {key: layouts(x)[layout] if x.shape == (3, 4) and x.dtype == np.float32 else x
            for key, x in samples(np.float32).items()}
    for case in CASES[name]:
        inputs = [data[argument] for argument in arguments(case)]
        check(case(bm, *[bm.asarray(x) for x in inputs]), case(np, *inputs), 1e-5)


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "any", "all", "cumsum", "sort", "diff", "concatenate", "nansum"])
def test_empty_arrays(name):
    call = {"concatenate": lambda m, x: m.concatenate([x, x])}.get(name, lambda m, x: getattr(m, name)(x, axis=1))
    x = np.zeros((3, 0), np.float32)
    if name == "mean":
        with np.errstate(invalid="ignore"):
            assert np.isnan(np.asarray(bm.mean(bm.asarray(x), axis=1))).all()
    else:
        check(call(bm, bm.asarray(x)), call(np, x), 1e-6)


def test_every_name_that_is_listed_exists():
    for module in MODULES:
        assert sorted(set(module.__all__)) == sorted(module.__all__), module.__name__
        for name in module.__all__:
            assert hasattr(module, name), f"{module.__name__}.{name}"
            if module not in (linalg, fft):
                assert getattr(bm, name) is getattr(module, name), f"nbbrain.math.{name}"


def test_every_function_is_in_the_table_or_tested_elsewhere():
    covered = {key.split()[0] for key in CASES}
    for prefix, module in (("linalg.", linalg), ("fft.", fft), ("", searching)):
        assert {prefix + name for name in module.__all__} <= covered


def test_functions_have_their_own_names_and_documentation():
    for module in MODULES:
        for name in module.__all__:
            function = getattr(module, name)
            if callable(function) and not isinstance(function, type):
                assert function.__doc__, name
                assert not function.__name__.startswith(("_", "<")), name


# ----------------------------------------------------------------------------------------------------------------
# Numbers, lists, NumPy arrays, and keywords
# ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("call", "dtype"), [
    (lambda: bm.sin(1.0), np.float32), (lambda: bm.sin(1), np.float32), (lambda: bm.sqrt(True), np.float32),
    (lambda: bm.add(1, 2), np.int32), (lambda: bm.add([1, 2], 0.5), np.float32),
    (lambda: bm.mean([1, 2]), np.float32), (lambda: bm.exp(bm.arange(3)), np.float32),
    (lambda: bm.median([1, 2]), np.float32),
    (lambda: bm.add(bm.arange(3), bm.zeros(3)), np.float32),
    (lambda: bm.concatenate([bm.arange(3), bm.zeros(3)]), np.float32),
    (lambda: bm.where(True, bm.arange(3), 0.5), np.float32), (lambda: bm.sum([True, True]), np.int32),
    (lambda: bm.sum(np.ones(3)), np.float32), (lambda: bm.argmax(bm.ones(3)), np.int32),
    (lambda: bm.maximum(np.ones(2), 1), np.float32),
    (lambda: bm.clip(bm.zeros(2), np.zeros(2), None), np.float32), (lambda: bm.searchsorted([1.0, 2.0], 1.5), np.int32),
    (lambda: bm.divide(1, 2), np.float32), (lambda: bm.linalg.inv(np.eye(2)), np.float32),
    (lambda: bm.fft.fft([1.0, 2.0]), np.complex64), (lambda: bm.bincount([0, 1]), np.int32),
    (lambda: bm.hanning(4), np.float32), (lambda: bm.interp(0.5, [0, 1], [0, 1]), np.float32),
    (lambda: bm.select([bm.zeros(2) > 0], [np.ones(2)]), np.float32), (lambda: bm.float_power(2, 3), np.float32),
])
def test_dtypes_without_x64(call, dtype):
    assert call().dtype == dtype


def test_an_explicit_dtype_is_kept():
    x = bm.array([1.0, 2.0], dtype=np.float64)
    assert (x * 2).dtype == bm.sin(x).dtype == bm.sort(x).dtype == bm.concatenate([x, x]).dtype == np.float64
    assert bm.sum(bm.zeros(2), dtype=np.float64).dtype == np.float64
    assert bm.cast(bm.zeros(2), np.float64).dtype == np.float64


def test_names_of_torch():
    x = bm.array([[1.0, 2.0], [3.0, 4.0]])
    assert bm.sum(x, dim=0, keepdim=True).tolist() == [[4.0, 6.0]]
    assert bm.std(x, dim=(0, 1)).shape == ()
    assert bm.argmax(x, dim=1).tolist() == [1, 1]
    assert bm.concatenate([x, x], dim=1).shape == (2, 4)
    assert x.mean(dim=1, keepdim=True).shape == (2, 1)


def test_out_is_given_the_result():
    out = bm.Variable(2)
    assert bm.sin(bm.array([1.0, 2.0]), out=out) is out
    np.testing.assert_allclose(np.asarray(out), np.sin([1.0, 2.0]), rtol=1e-6)
    total = bm.zeros(())
    assert bm.sum(bm.ones(3), out=total) is total
    assert float(total) == 3
    plain = np.zeros(2)
    assert bm.add(bm.ones(2), 1, out=plain) is plain
    assert plain.tolist() == [2, 2]
    integers = bm.zeros(2, dtype=np.int32)
    np.add(bm.ones(2), 1, out=integers)
    assert integers.dtype == np.int32
    with pytest.raises(ValueError, match=r"out has shape \(3,\), but the result has shape \(2,\)"):
        bm.sin(bm.zeros(2), out=bm.zeros(3))
    with pytest.raises(TypeError, match="out must be an array"):
        bm.sin(bm.zeros(2), out=[0.0, 0.0])


def test_unknown_keywords_are_refused():
    with pytest.raises(TypeError, match=r"sin does not take the keywords \['where'\]"):
        bm.sin(bm.zeros(2), where=[True, False])


def test_positions_of_what_is_differentiated_are_values():
    def loss(x: Any) -> Any:
        return bm.sum(x[bm.nonzero(x > 0)]) + bm.sum(x[bm.argsort(x)[-1:]])

    assert np.asarray(bm.grad(loss)(bm.array([-1.0, 2.0, 3.0]))).tolist() == [0.0, 1.0, 2.0]


def test_functions_without_a_derivative_say_so():
    with pytest.raises(NotImplementedError, match=r"bm\.roots has no derivative"):
        bm.grad(lambda x: bm.sum(bm.real(bm.roots(x))))(bm.array([1.0, 2.0, -1.0]))
    with pytest.raises(NotImplementedError, match="svd with full_matrices=True has no derivative"):
        bm.grad(lambda x: bm.sum(bm.linalg.svd(x)[0]))(bm.ones((2, 3)))
