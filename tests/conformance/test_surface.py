"""``bm``'s NumPy surface in compiled loops: values and gradients are those of the reference, or there is an error."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.backends import backend
from nbbrain.errors import CaptureError
from tests.math.surface import CASES, DISCRETE, NOT_CAPTURED, NOT_DIFFERENTIATED, arguments, samples

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")

DATA = samples(np.float64)


def is_complex(name: str, i: int) -> bool:
    """Whether a case takes complex numbers, which are not compiled."""
    return "z" in arguments(CASES[name][i])


ALL = [(name, i) for name, cases in CASES.items() for i, case in enumerate(cases) if arguments(case)]
COMPILED = [(name, i) for name, i in ALL if name not in NOT_CAPTURED and not is_complex(name, i)]
REFUSED = [(name, 0) for name in sorted(NOT_CAPTURED) if arguments(CASES[name][0])]
REFUSED += [(name, i) for name, i in ALL if name not in NOT_CAPTURED and is_complex(name, i)]


def leaves(result: Any) -> list[Any]:
    """The arrays of a result, which may be a tuple or a list."""
    return [leaf for item in result for leaf in leaves(item)] if isinstance(result, (tuple, list)) else [result]


def rows(name: str) -> np.ndarray:
    """A sample for each of two turns."""
    x = DATA[name]
    return np.stack([x, 0.95 * x if x.dtype.kind == "f" else x])


def run(name: str, i: int, which: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The results of a case in a loop, and the gradients by what it takes of floating-point numbers."""
    case = CASES[name][i]
    inputs = [bm.asarray(rows(argument)) for argument in arguments(case)]
    by = [k for k, x in enumerate(inputs) if x.dtype.kind == "f"]
    if name in DISCRETE | NOT_DIFFERENTIATED:
        by = []

    def loss(*real: Any) -> Any:
        given = list(inputs)
        for k, x in zip(by, real, strict=True):
            given[k] = x
        results = bm.for_loop(lambda *values: leaves(case(bm, *values)), given)
        total: Any = 0.0
        for position, leaf in enumerate(results):
            if leaf.dtype.kind == "f":
                weights = np.random.default_rng(position).uniform(0.5, 1.5, leaf.shape)
                total = total + bm.sum(leaf * bm.asarray(weights, dtype=leaf.dtype))
        return total, results

    with backend(which), np.errstate(all="ignore"):
        if not by:
            return [np.asarray(leaf) for leaf in loss()[1]], []
        gradients, results = bm.grad(loss, argnums=tuple(range(len(by))), has_aux=True)(*[inputs[k] for k in by])
        return [np.asarray(leaf) for leaf in results], [np.asarray(g) for g in gradients]


@pytest.mark.parametrize(("name", "i"), COMPILED)
def test_compiled_like_eager(name: str, i: int) -> None:
    bm.enable_x64()
    reference, compiled = run(name, i, "numpy"), run(name, i, "numba")
    for wanted, got in zip(reference, compiled, strict=True):
        for x, y in zip(wanted, got, strict=True):
            assert x.dtype == y.dtype
            np.testing.assert_allclose(y, x, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("name", "i"), REFUSED)
def test_refused_with_an_error(name: str, i: int) -> None:
    with pytest.raises(CaptureError) as caught:
        run(name, i, "numba")
    assert caught.value.operation


def test_the_page_lists_what_is_refused() -> None:
    """docs/compiled.md names every function that is not compiled, and no other."""
    page = (Path(__file__).parents[2] / "docs" / "compiled.md").read_text(encoding="utf-8")
    section = page.split("## Functions that are not compiled")[1].split("Dtypes:")[0]
    listed = set(re.findall(r"`([a-z0-9_.]+)`", re.sub(r"\(.*?\)", "", section, flags=re.DOTALL)))
    partly = {"linalg.matrix_power", "linalg.norm"}
    assert listed - partly == {name for name in NOT_CAPTURED if " " not in name and arguments(CASES[name][0])}
