"""The loop: one autograd primitive that runs a captured step over time, and whose derivative runs the adjoint step.

Everything that is compiled enters here: `for_loop`, `scan`, `jit`, runners and trainers.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from autograd.extend import defvjp_argnums, primitive
from autograd.tracer import isbox

from nbbrain import settings
from nbbrain.errors import UnsupportedOperationError
from nbbrain.operations.operation import dtype_of, shape_of
from nbbrain.program.capture import CapturedStep, present
from nbbrain.program.checkpoints import Remat, part_length, pull_back, run_forward
from nbbrain.program.differentiate import Adjoint, differentiate, spiking_states
from nbbrain.program.interpret import interpret
from nbbrain.program.listing import adjoint_listing, residuals_listing
from nbbrain.program.observation import log, observers
from nbbrain.program.step import ByStructure, Step
from nbbrain.program.symbol import Symbol
from nbbrain.program.tape import Bundle, pick
from nbbrain.program.tracking import trackers, write_cell

if TYPE_CHECKING:
    from nbbrain.backends.base import CompilingBackend

__all__ = ["differentiated_twice", "run_captured"]


def _differentiated(step: Step, *arguments: Any) -> Adjoint:
    found = differentiate(step, *arguments)
    if settings.get("debug") >= 2:
        log.warning("%s\n%s", residuals_listing(found), adjoint_listing(found))
    return found


adjoint: Callable[..., Adjoint] = ByStructure(_differentiated)


@dataclass(frozen=True, eq=False)
class LoopCall:
    """What a call of the loop primitive runs.

    ``wanted`` lists the arguments whose cotangents may be asked for; empty when nothing is differentiated. ``turns`` is the
    length of the parts whose residuals are computed again; 0 where residuals are kept. ``spikes`` lists the carried values
    that are 0 or 1 in every turn.
    """

    backend: CompilingBackend
    step: Step
    length: int
    reverse: bool
    wanted: tuple[int, ...] = ()
    turns: int = 0
    spikes: tuple[int, ...] = ()

    @property
    def executed(self) -> Step:
        """The step that runs: with residuals among its outputs where they are kept."""
        return adjoint(self.step, self.wanted, None, self.spikes).forward if self.wanted and not self.turns else self.step


@primitive
def loop(call: LoopCall, *arrays: Any) -> Bundle:
    """Carried values at the end, outputs of all turns, sums over the turns; or, in parts, the states before them last."""
    step = call.executed
    n, m = len(step.carried), len(step.per_step)
    if call.turns:
        carried, outputs, sums, states = run_forward(call.backend, step, call.length, call.reverse, call.turns, arrays[:n],
                                                     arrays[n:n + m], arrays[n + m:])
        return Bundle([*carried, *outputs, *sums, states])
    now, rows, totals = call.backend.run_step(step, call.length, arrays[:n], arrays[n:n + m], arrays[n + m:],
                                                   call.reverse)
    return Bundle([*now, *rows, *totals])


def _loop_vjp(argnums: tuple[int, ...], results: Bundle, arguments: tuple, parameters: dict) -> Callable[[Bundle], tuple]:
    """Run the adjoint step over the turns in the other direction."""
    call, *arrays = arguments
    step = call.step
    n, k, m = len(step.carried), len(step.outputs), len(step.per_step)
    end = len(results) - len(step.sums) - bool(call.turns)
    residuals, per_step, constants = results[n + k:end], arrays[n:n + m], arrays[n + m:]

    def vjp(g: Bundle) -> tuple:
        used = tuple([i for i in range(k) if g[n + i] is not None])
        plan = adjoint(step, call.wanted, None if len(used) == k else used, call.spikes)
        carried = _cotangents(g[:n], [begin for begin, _ in step.carried], _as_if_zeros)
        outputs = [g[n + i] for i in used if step.outputs[i].dtype.kind == "f"]
        sums = _cotangents(g[end:end + len(step.sums)], step.sums, np.zeros)
        if call.turns:
            found = pull_back(call.backend, plan, call.length, call.reverse, call.turns, results[-1],
                              (carried, outputs, sums), per_step, constants)
        else:
            given = [*carried, *outputs, *residuals, *per_step, *sums, *constants, *plan.arrays]
            found = _run(LoopCall(call.backend, plan.backward, call.length, not call.reverse,
                                  _boxed(given, plan.backward)), given)
        by_argument = dict(zip(plan.wanted, found, strict=True))
        return tuple([by_argument.get(argnum - 1) for argnum in argnums])

    return vjp


defvjp_argnums(loop, _loop_vjp)


def _as_if_zeros(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Zeros for those who copy them, without memory of their own."""
    return np.broadcast_to(np.zeros((), dtype), shape)


def _cotangents(given: Sequence[Any], symbols: Sequence[Symbol], zeros: Callable[..., np.ndarray]) -> list[Any]:
    """Those of the values that have one, zeros where nobody used the value."""
    return [zeros(symbol.shape, symbol.dtype) if g is None else g
            for g, symbol in zip(given, symbols, strict=True) if symbol.dtype.kind == "f"]


def _boxed(values: Sequence[Any], step: Step) -> tuple[int, ...]:
    """The arguments that are being differentiated."""
    return tuple([i for i, (value, symbol) in enumerate(zip(values, step.inputs, strict=True))
                  if isbox(value) and symbol.dtype.kind == "f"])


def _run(call: LoopCall, arrays: Sequence[Any]) -> list[Any]:
    """Run the loop; its results without residuals."""
    step, count = call.step, len(call.executed.results)
    results = loop(call, *arrays)
    size = count + bool(call.turns)
    found = [pick(results, i, size) for i in range(count)] if isbox(results) else list(results)[:count]
    before = len(step.carried) + len(step.outputs)
    return found[:before] + found[count - len(step.sums):]


def differentiated_twice(values: Sequence[Any]) -> bool:
    """Whether values are on more than one tape, which the loop primitive does not follow."""
    levels = {value._trace for value in values if isbox(value)}
    return len(levels) > 1 or any(isbox(value) and isbox(value._value) for value in values)


def _is_binary(value: Any) -> bool:
    """Whether all elements are 0 or 1."""
    while isbox(value):
        value = value._value
    return bool(((value == 0) | (value == 1)).all())


def prepare(backend: CompilingBackend, captured: CapturedStep, per_step: Sequence[Any], length: int,
            reverse: bool, remat: Remat) -> tuple[LoopCall, list[Any]]:
    """The call of the primitive for a captured step; it fails here, before anything runs, if the backend cannot run it."""
    plan = captured.hoisted
    if observers:
        observers[-1].captures.append(captured)
    constants = [present(value) for value in captured.constants]
    values = interpret(plan.prologue, dict(zip(plan.original.constants, constants, strict=True)))
    arguments = [*[present(cell) for cell in captured.carried], *per_step, *[values[symbol] for symbol in plan.constants]]
    wanted = _boxed(arguments, plan.step)
    spikes = tuple([i for i in spiking_states(plan.step) if _is_binary(arguments[i])]) if wanted else ()
    call = LoopCall(backend, plan.step, length, reverse, wanted, spikes=spikes)
    try:
        backend.check(call.executed)
        if call.wanted:
            both = adjoint(call.step, call.wanted, None, call.spikes)
            backend.check(both.backward)
            call = replace(call, turns=part_length(remat, length, both, backend.turns_at_once(both.backward)))
    except UnsupportedOperationError:
        backend.check(call.step)  # adjoints are shared by equal steps; this one knows its own lines
        raise
    return call, arguments


def run_captured(backend: CompilingBackend, captured: CapturedStep, per_step: Sequence[Any], length: int,
                 reverse: bool = False, remat: Remat = False) -> list[Any]:
    """Run a captured step over time and update the variables it writes.

    Returns
    -------
    list
        The outputs, with a leading axis of time.
    """
    call, arguments = prepare(backend, captured, per_step, length, reverse, remat)
    count = len(captured.carried)
    results = _run(call, arguments)
    for cell, end in zip(captured.carried, results[:count], strict=True):
        write_cell(cell, end, len(trackers) - 1)
    return results[count:]


def avals(values: Sequence[Any]) -> list[tuple[tuple[int, ...], np.dtype]]:
    """Shapes and dtypes of one turn's inputs."""
    return [(shape_of(value)[1:], dtype_of(value)) for value in values]
