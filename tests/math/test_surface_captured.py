"""Captured, the functions of ``bm`` compute what they compute eagerly; those that cannot be captured say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import CaptureError
from nbbrain.math.lifting import raw, wrap
from nbbrain.program.capture import capture_step
from nbbrain.program.interpret import interpret
from tests.math.surface import CASES, NOT_CAPTURED, arguments, samples

DATA = samples(np.float32)
ALL = [(name, i) for name, cases in CASES.items() for i, case in enumerate(cases) if arguments(case)]


def leaves(result: Any) -> list[Any]:
    """The arrays of a result, which may be a tuple or a list."""
    return [leaf for item in result for leaf in leaves(item)] if isinstance(result, (tuple, list)) else [result]


def captured(name: str, i: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The results of a case from its program, and computed eagerly."""
    case = CASES[name][i]
    inputs = [DATA[argument] for argument in arguments(case)]

    def run(*values: Any) -> list[Any]:
        return [raw(leaf) for leaf in leaves(case(bm, *[wrap(value) for value in values]))]

    with np.errstate(all="ignore"):
        eager = run(*inputs)
        capture = capture_step(run, [(x.shape, x.dtype) for x in inputs])
        step = capture.step
        symbols = [*step.per_step, *step.constants]
        values = interpret(step.body, dict(zip(symbols, [*inputs, *capture.constants], strict=True)))
    return [np.asarray(values[symbol]) for symbol in step.outputs], eager


@pytest.mark.parametrize(("name", "i"), [case for case in ALL if case[0] not in NOT_CAPTURED])
def test_captured_like_eager(name, i):
    results, eager = captured(name, i)
    assert len(results) == len(eager)
    for x, y in zip(results, eager, strict=True):
        assert x.shape == np.shape(y)
        assert x.dtype == y.dtype
        np.testing.assert_allclose(x, y, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", sorted(name for name in NOT_CAPTURED if arguments(CASES[name][0])))
def test_refused_in_a_capture(name):
    with pytest.raises(CaptureError):
        captured(name, 0)
