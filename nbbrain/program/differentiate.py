"""The adjoint of a step: autograd run over symbols."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from autograd.tracer import isbox

from nbbrain.operations.operation import cast
from nbbrain.program.interpret import interpret
from nbbrain.program.step import Step, ancestors
from nbbrain.program.symbol import Program, Symbol
from nbbrain.program.tape import trace

__all__ = ["Adjoint", "differentiate", "spiking_states"]


@dataclass(frozen=True)
class Adjoint:
    """The two steps of a differentiated loop.

    Attributes
    ----------
    forward : Step
        The step, with residuals as further outputs.
    backward : Step
        Runs over the turns in reverse. Carried: cotangents of the carried values. Per step: cotangents of the outputs, the
        residuals, the inputs of the turn. Constants: cotangents of the sums, constants of the step, ``arrays``. Outputs:
        cotangents of the inputs of the turn. Sums: cotangents of the constants.
    residuals : tuple of Symbol
        Values of the forward step that are kept for the backward step.
    read : tuple of Symbol
        The values that the backward step reads; spikes among them are kept as truth values.
    wanted : tuple of int
        The inputs of the forward step that the results of the backward step are cotangents of, in order.
    arrays : tuple of arrays
        Further constants of the backward step, which the rules of derivatives have brought in.
    tally : tuple of int
        How many operations the rules recorded; of them simplified; of them shared with what was there.
    """

    forward: Step
    backward: Step
    residuals: tuple[Symbol, ...]
    read: tuple[Symbol, ...]
    wanted: tuple[int, ...]
    arrays: tuple[np.ndarray, ...]
    tally: tuple[int, int, int] = (0, 0, 0)

    @property
    def recomputed(self) -> tuple[Symbol, ...]:
        """What the backward step computes again rather than reads."""
        forward = set(self.forward.body)
        return tuple([s for s in self.backward.body if s in forward and s.operation is not None])


def is_real(symbol: Symbol) -> bool:
    """Whether a value has a cotangent."""
    return symbol.dtype.kind == "f"


def spiking_states(step: Step) -> tuple[int, ...]:
    """The carried values that are spikes, 0 or 1, at the end of every turn."""
    return tuple([i for i, (_, end) in enumerate(step.carried) if is_real(end) and _truth_of(end) is not None])


def differentiate(step: Step, wanted: tuple[int, ...], used: tuple[int, ...] | None = None,
                  spikes: tuple[int, ...] = ()) -> Adjoint:
    """The adjoint of a step.

    Parameters
    ----------
    step : Step
        The step.
    wanted : tuple of int
        The inputs (carried, per step, constant) whose cotangents are asked for.
    used : tuple of int, optional
        The outputs that have a cotangent; all by default.
    spikes : tuple of int
        The carried values that are 0 or 1 at the beginning of every turn, which one byte can keep.
    """
    program = step.results[0].program
    seeded = [s for i, s in enumerate(step.outputs) if is_real(s) and (used is None or i in used)]
    carried = [pair for pair in step.carried if is_real(pair[0])]
    n = len(step.carried)
    asked = [(i, s) for i, s in enumerate(step.inputs) if i >= n and i in wanted and is_real(s)]
    seeds_carried = [program.input(end.shape, end.dtype, f"d_state{i}") for i, (_, end) in enumerate(carried)]
    seeds_outputs = [program.input(symbol.shape, symbol.dtype, f"d_output{i}") for i, symbol in enumerate(seeded)]
    summed = [symbol for symbol in step.sums if is_real(symbol)]
    seeds_sums = [program.input(symbol.shape, symbol.dtype, f"d_sum{i}") for i, symbol in enumerate(summed)]
    watched = [*[begin for begin, _ in carried], *[symbol for _, symbol in asked]]

    with trace() as tape:
        values: dict[Symbol, Any] = {symbol: symbol for symbol in step.inputs}
        values.update({symbol: tape.watch(symbol) for symbol in watched})
        values.update({symbol: symbol for symbol in step.body if symbol.operation is None})
        interpret([symbol for symbol in step.body if symbol.operation is not None], values)
        results = [values[symbol] for symbol in (*[end for _, end in carried], *seeded, *summed)]
    seeds = [*seeds_carried, *seeds_outputs, *seeds_sums]
    written = {value._node: symbol.location for symbol, value in values.items() if isbox(value)}
    before = program.tally
    try:
        pulled = tape.pull_back(results, seeds, lambda node: setattr(program, "location", written.get(node, "")))
    finally:
        program.location = ""
    recorded, simplified, shared = [now - then for now, then in zip(program.tally, before, strict=True)]
    cotangents = [_as_symbol(program, symbol, g) for symbol, g in zip(watched, pulled, strict=True)]
    given = {*seeds, *step.per_step, *step.constants}
    read = (_residuals(cotangents, {*step.body, *step.inputs}, given) if used is None
            else differentiate(step, wanted, None, spikes).read)
    residuals, stand_ins = _stored(program, read, {step.carried[i][0] for i in spikes})
    cotangents = _rebuilt(cotangents, {*given, *read}, stand_ins)

    d_carried = tuple(zip(seeds_carried, cotangents[:len(carried)], strict=True))
    positions = dict(zip([i for i, _ in asked], cotangents[len(carried):], strict=True))
    d_per_step = {i: g for i, g in positions.items() if i < n + len(step.per_step)}
    d_constants = {i: g for i, g in positions.items() if i >= n + len(step.per_step)}
    known = {symbol: value for value, symbol in program.captured.values()}
    kept = [stand_ins[symbol].operands[0] if symbol in stand_ins else symbol for symbol in read]
    brought = [symbol for symbol in ancestors(cotangents, {*given, *kept}) if symbol in known]
    backward = Step(carried=d_carried, per_step=(*seeds_outputs, *kept, *step.per_step),
                    constants=(*seeds_sums, *step.constants, *brought), outputs=tuple(d_per_step.values()),
                    sums=tuple(d_constants.values()))
    forward = Step(step.carried, step.per_step, step.constants, (*step.outputs, *residuals), step.sums)
    order = [i for i, pair in enumerate(step.carried) if is_real(pair[0])]
    return Adjoint(forward, backward, residuals, read, (*order, *d_per_step, *d_constants),
                   tuple([known[symbol] for symbol in brought]), (recorded, simplified, shared))


def _as_symbol(program: Program, symbol: Symbol, cotangent: Any) -> Symbol:
    if cotangent is None:
        return program.constant(0.0, symbol.shape, symbol.dtype)
    return program.symbol(cotangent if isinstance(cotangent, Symbol) else np.asarray(cotangent, symbol.dtype))


def _truth_of(symbol: Symbol) -> Symbol | None:
    """The truth value that a number of 0 or 1 was made of."""
    operation = symbol.operation
    if operation is None or operation.name not in ("spike", "cast"):
        return None
    truth = symbol.operands[0]
    return truth if truth.dtype.kind == "b" and truth.shape == symbol.shape else None


def _stored(program: Program, read: tuple[Symbol, ...],
            spikes: set[Symbol]) -> tuple[tuple[Symbol, ...], dict[Symbol, Symbol]]:
    """What is kept of the values that are read, and how those are found again that are kept in another form."""
    residuals: list[Symbol] = []
    stand_ins: dict[Symbol, Symbol] = {}
    for symbol in read:
        truth = program.apply(cast, (symbol,), {"dtype": np.dtype(bool)}) if symbol in spikes else _truth_of(symbol)
        residuals.append(symbol if truth is None else truth)
        if truth is not None:
            kept = program.input(truth.shape, truth.dtype, f"kept{len(stand_ins)}")
            stand_ins[symbol] = program.apply(cast, (kept,), {"dtype": symbol.dtype})
    return tuple(residuals), stand_ins


def _rebuilt(results: list[Symbol], known: set[Symbol], stand_ins: dict[Symbol, Symbol]) -> list[Symbol]:
    """Results computed from stand-ins in the place of some symbols."""
    if not stand_ins:
        return results
    body = list(ancestors(results, known))
    values: dict[Symbol, Any] = {s: s for s in (*known, *body) if s in known or s.operation is None} | stand_ins
    interpret([symbol for symbol in body if symbol.operation is not None], values)
    return [values[symbol] for symbol in results]


_CHEAP_STEPS = 4
_COSTLY = {"exp", "logistic", "exp2", "expm1", "log", "log2", "log10", "log1p", "tanh", "sin", "cos", "tan", "power", "sqrt"}


def _is_cheap(symbol: Symbol) -> bool:
    operation = symbol.operation
    return symbol.is_view or (operation is not None and operation.kind == "elementwise" and operation.name not in _COSTLY)


def _residuals(results: list[Symbol], forward: set[Symbol], given: set[Symbol]) -> tuple[Symbol, ...]:
    """Forward values that the backward step reads; what follows cheaply from other residuals is computed again."""
    needed: set[Symbol] = set()
    backward = [s for s in ancestors(results, forward | given)]
    for symbol in (*backward, *results):
        needed.update(x for x in ((symbol,) if symbol in forward else symbol.operands)
                      if x in forward and x not in given and not x.is_constant)

    def follows(symbol: Symbol, depth: int) -> bool:
        """Whether a value is at hand, or a few cheap operations away from what is."""
        if symbol in needed or symbol in given or symbol.is_constant:
            return True
        return depth > 0 and _is_cheap(symbol) and all(follows(x, depth - 1) for x in symbol.operands)

    for symbol in sorted(needed, key=lambda s: -s.number):
        needed.discard(symbol)
        if not follows(symbol, _CHEAP_STEPS):
            needed.add(symbol)
    return tuple(sorted(needed, key=lambda s: s.number))
