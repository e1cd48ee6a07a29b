"""`Step`: what happens in one turn of a loop, forward or adjoint alike."""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from textwrap import indent
from typing import Any

from nbbrain.program.symbol import Symbol, describe
from nbbrain.threads import made_once, one_at_a_time

__all__ = ["ByStructure", "Step", "ancestors"]


@dataclass(frozen=True, eq=False)
class Step:
    """One turn of a loop.

    Attributes
    ----------
    carried : tuple of (Symbol, Symbol)
        Values handed from turn to turn: at the beginning and at the end of the turn.
    per_step : tuple of Symbol
        Inputs that have another value in every turn.
    constants : tuple of Symbol
        Inputs that stay the same.
    outputs : tuple of Symbol
        Values that are kept of every turn.
    sums : tuple of Symbol
        Values that are added up over the turns.
    """

    carried: tuple[tuple[Symbol, Symbol], ...] = ()
    per_step: tuple[Symbol, ...] = ()
    constants: tuple[Symbol, ...] = ()
    outputs: tuple[Symbol, ...] = ()
    sums: tuple[Symbol, ...] = ()

    @property
    def inputs(self) -> tuple[Symbol, ...]:
        """All inputs: carried, per step, constant."""
        return (*[begin for begin, _ in self.carried], *self.per_step, *self.constants)

    @property
    def results(self) -> tuple[Symbol, ...]:
        """All results: carried, outputs, sums."""
        return (*[end for _, end in self.carried], *self.outputs, *self.sums)

    @made_once
    def body(self) -> tuple[Symbol, ...]:
        """The symbols to compute, in order; inputs are not among them, whatever computed them elsewhere."""
        return tuple(ancestors(self.results, self.inputs))

    @made_once
    def key(self) -> str:
        """A hash of the structure: steps with one key compute the same from inputs of the same shapes."""
        names: dict[Symbol, str] = {s: f"i{n}:{s.dtype}{s.shape}" for n, s in enumerate(self.inputs)}
        lines = [f"{len(self.carried)} {len(self.per_step)} {len(self.constants)}", *names.values()]
        for symbol in self.body:
            names[symbol] = f"v{len(names)}"
            lines.append(f"{names[symbol]}:{symbol.dtype}{symbol.shape}={symbol.operation.name if symbol.operation else ''}"
                         f"{symbol.value!r}{[names[x] for x in symbol.operands]}{sorted(symbol.parameters.items())}")
        lines.append(str([names[symbol] for symbol in self.results]))
        lines.append(f"{len(self.outputs)} {len(self.sums)}")
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def __str__(self) -> str:
        """The program as text, one line a symbol."""
        head = [f"{kind} {', '.join(map(repr, symbols))}" for kind, symbols in (
            ("carried", [b for b, _ in self.carried]), ("per step", self.per_step), ("constant", self.constants)) if symbols]
        body = [describe(symbol) for symbol in self.body if symbol.operation is not None]
        turns = {symbol.parameters["turn"]: None for symbol in self.body if "turn" in symbol.parameters}
        body += [f"{turn!r}:\n{indent(str(turn.step), '    ')}" for turn in turns]
        tail = [f"carry {begin!r} <- {end!r}" for begin, end in self.carried]
        tail += [f"output {symbol!r}" for symbol in self.outputs] + [f"sum {symbol!r}" for symbol in self.sums]
        return "\n".join([*head, *body, *tail])


def ancestors(results: Iterable[Symbol], stop: Iterable[Symbol] = ()) -> Iterator[Symbol]:
    """Everything results are computed from, themselves included, in computable order; ``stop`` is left out."""
    seen = set(stop)
    stack = list(results)
    found = []
    while stack:
        symbol = stack.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        found.append(symbol)
        stack.extend(symbol.operands)
    return iter(sorted(found, key=lambda symbol: symbol.number))


class ByStructure:
    """Results of a function of a step, shared by all steps of one structure; the oldest are forgotten."""

    def __init__(self, function: Callable[..., Any], size: int = 256) -> None:
        self.function, self.size = function, size
        self.known: dict[tuple, Any] = {}

    @one_at_a_time
    def __call__(self, step: Step, *rest: Any) -> Any:
        """The result for a step and further arguments, computed once."""
        key = (step.key, *rest)
        if key not in self.known:
            if len(self.known) >= self.size:
                self.known.pop(next(iter(self.known)))
            self.known[key] = self.function(step, *rest)
        return self.known[key]
