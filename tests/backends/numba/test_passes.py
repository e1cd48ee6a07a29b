"""What is left out of a compile leaves no trace in the machine code."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

import llvmlite.binding as llvm
from numba.core.compiler import Compiler

import nbbrain.math as bm
from nbbrain.backends.numba import compiler, emit, passes
from nbbrain.backends.numba.sources import HEADER, plain_source
from nbbrain.math.lifting import raw, wrap
from nbbrain.program.capture import capture_step
from nbbrain.program.plan import make_plan
from nbbrain.program.plan.instructions import computations


def sources_of(body: Callable[..., tuple[Any, ...]], *inputs: tuple[tuple[int, ...], str]) -> list[str]:
    """The sources of the kernels of a step that Numba compiles."""
    step = capture_step(lambda *symbols: [raw(result) for result in body(*map(wrap, symbols))],
                        [(shape, np.dtype(dtype)) for shape, dtype in inputs]).step
    found = [plain_source(item) for item in computations(make_plan(step).instructions)]
    return list(dict.fromkeys(source for source in found if source))


def machine_code_of(source: str) -> list[bytes]:
    """The parts of the object file that the processor runs; its names hold numbers that Numba counts up."""
    content, _ = compiler.compile_kernel("a_name", HEADER + source)
    assert content is not None
    _, _, code = content.split(b"\0", 2)
    return [section.data() for section in llvm.object_file.ObjectFileRef.from_data(code).sections() if section.is_text()]


def many_kinds(x: Any, i: Any) -> tuple[Any, ...]:
    order = bm.argsort(x, axis=1)
    return (bm.tanh(x) / (1 + bm.exp(-x)), (x ** 3).sum(axis=0), x.max(axis=1), bm.where(i > 1, i // 2, -i), i % 3, order,
            bm.take(x, i[0], axis=1), bm.cumsum(i, axis=1), bm.random.RandomState(1).uniform(size=(3,)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numba_does_not_need_the_passes_that_are_left_out(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = sources_of(many_kinds, ((4, 5), dtype), ((4, 5), "int32"))
    assert len(sources) >= 6
    few = [machine_code_of(source) for source in sources]
    monkeypatch.setattr(compiler, "KernelCompiler", Compiler)
    assert few == [machine_code_of(source) for source in sources]


def test_the_passes_that_are_left_out_exist() -> None:
    assert all(hasattr(passes.compiler, name) for name in passes._NOT_IN_KERNELS)


def floats_kept(x: Any, y: Any) -> tuple[Any, ...]:
    least = bm.minimum(bm.fmin(x, y), -x + y * x - y / x)
    return (bm.maximum(bm.fmax(x, y), bm.where(x > y, bm.square(x), bm.sqrt(bm.abs(y)))), bm.fabs(least), bm.positive(x),
            bm.stop_gradient(least) * bm.conjugate(y), bm.surrogate.sigmoid(x), (x > 0).astype(x.dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_floats_are_of_their_width_without_conversions(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = [((7,), dtype)] * 2
    plain = sources_of(floats_kept, *inputs)
    monkeypatch.setattr(emit, "_KEEP_FLOATS", set())
    converted = sources_of(floats_kept, *inputs)
    assert plain != converted
    assert [machine_code_of(source) for source in plain] == [machine_code_of(source) for source in converted]
