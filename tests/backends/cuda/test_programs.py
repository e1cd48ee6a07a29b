"""Programs for a GPU: their text, and that they compile for real devices, which needs CUDA's compiler but no driver."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.math.lifting import raw, wrap
from nbbrain.operations.precision import set_x64
from nbbrain.program.capture import capture_step

pytest.importorskip("numba")

from nbbrain.backends.cuda.block_products import DEVICE
from nbbrain.backends.cuda.execute import plan_of
from nbbrain.backends.cuda.program_source import Sharing, program_source
from tests.backends.cuda import on_processor

F32, F64 = np.dtype(np.float32), np.dtype(np.float64)


def source_of(body: Callable[..., Any], *inputs: tuple[tuple[int, ...], np.dtype], sharing: Sharing = "block") -> str:
    """The source of the program of a step."""
    def function(*values: Any) -> list[Any]:
        result = body(*[wrap(value) for value in values])
        return [raw(each) for each in (result if isinstance(result, (list, tuple)) else [result])]

    return program_source(plan_of(capture_step(function, inputs).step), sharing, DEVICE)


def test_what_depends_on_another_value_waits_for_it() -> None:
    weights = bm.asarray(np.arange(20.0, dtype=np.float32).reshape(5, 4))
    text = source_of(lambda x: bm.tanh(x @ weights), ((8, 5), F32))
    body = text[text.index("for turn in range"):]
    assert body.count("block_barrier()") == 2  # between product and tanh, and before the next turn
    assert "grid_barrier(arrived, blocks)" in source_of(lambda x: bm.tanh(x @ weights), ((8, 5), F32), sharing="grid")
    phases = source_of(lambda x: bm.tanh(x @ weights), ((8, 5), F32), sharing="phases")
    assert phases.count("def PROGRAM") == 2 and "barrier(" not in phases


def test_instructions_of_one_form_share_a_function() -> None:
    text = source_of(lambda x, y: (bm.exp(x).sum(axis=1), bm.exp(y).sum(axis=1)), ((8, 5), F32), ((8, 5), F32))
    assert text.count("def f") * 2 <= text.count("(own, own_threads, block, blocks, b")


@pytest.fixture
def compiler() -> Callable[[str], str]:
    """PTX of a source, of which there is machine code for a device with compute capability 9.0, without a driver."""
    if (reason := on_processor.missing()) is not None:
        pytest.skip(reason)
    return lambda source: "\n".join(on_processor.texts(source, DEVICE.threads))


def test_a_loop_and_its_gradient(compiler: Callable[[str], str]) -> None:
    with bm.training_environment():
        cell = bp.layers.LSTMCell(3, 4)
    cell.reset_state(8)
    text = compiler(source_of(cell, ((8, 3), F32)))
    assert ".visible .entry" in text and "bar.sync" in text and ".target sm_90" in text


def test_one_population_on_the_whole_grid(compiler: Callable[[str], str]) -> None:
    """Blocks wait for one another by counting arrivals; neurons that stand alone do not wait at all."""
    weights = bm.asarray(np.zeros((100, 100), np.float32))
    text = compiler(source_of(lambda x: bm.tanh(bm.sin(x) @ weights), ((100,), F32), sharing="grid"))
    assert "atom.global.add" in text and "ld.acquire.gpu" in text
    lif = bp.neurons.LIF(1000)
    bp.share.save(t=0., dt=0.1, i=0)
    assert "barrier(" not in (alone := source_of(lif, ((1000,), F32), sharing="grid")) and ".entry" in compiler(alone)


@pytest.mark.parametrize("dtype", [F32, F64])
def test_products_by_a_block(dtype: np.dtype, compiler: Callable[[str], str]) -> None:
    """By tiles and by lists: both lie in shared memory."""
    set_x64(dtype == F64)
    weights = bm.asarray(np.zeros((100, 60), dtype))
    text = source_of(lambda x: (bm.tanh(x @ weights), x.T @ x), ((40, 100), dtype), sharing="phases")
    assert "product_by_tiles" in text and ".shared" in compiler(text)
    vector = source_of(lambda x: bm.tanh(x @ weights), ((100,), dtype))
    assert "product_by_lists" in vector and ".shared" in compiler(vector)
