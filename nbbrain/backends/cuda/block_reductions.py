"""Nests that reduce many elements to few, by all threads of a block together.

Threads share the elements of one result, combine what they have in shared memory, and the first one writes it. Where the
whole grid shares a population, blocks take *parts* of the elements, whose results the first part combines after a barrier:

.. code-block:: python

    for i in range(n):                              for part in range(block, parts, blocks):
        v0 = load(p0, i) * c0            ->             t0 = float32(0)
        store(p1, i, v0)                                for flat in range(part * size + own, ..., own_threads):
        store(p2, 0, load(p2, 0) + v0)                      v0 = load(p0, flat) * c0
                                                            store(p1, flat, v0)
                                                            t0 = t0 + v0
                                                        t0 = sum_of_block(own, own_threads, totals, t0)

Parts have the same size wherever a program runs, so its results do not depend on how many blocks run at once.
"""
from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from nbbrain.backends.cuda.block_products import BlockForm
from nbbrain.backends.cuda.thread_kernels import BY_BLOCKS, arguments_named, loops_pulled_out, part_of, places
from nbbrain.backends.numba.emit import combined, kernel_source, loop_name, type_name, value_name
from nbbrain.backends.numba.sources import KERNEL_NAME
from nbbrain.program.plan.instructions import Mode, Nest, Store

__all__ = ["Reduction", "block_functions", "combine_text", "reduce_text", "reduction_of", "shared_totals"]

_FIRST_KEPT = 1000
"""The number of the pointer to kept parts: more than nests have."""
_BLOCKS = 512
"""Blocks of a grid at least, about."""


@dataclass(frozen=True)
class Reduction:
    """How a nest is reduced by blocks.

    Attributes
    ----------
    nest : Nest
        The nest.
    free : tuple of int
        The loops along which there are several results.
    reduced : tuple of int
        Those over the elements of each result.
    part : int
        The elements of a part.
    parts : int
        All parts of all results of all stores that combine, for each of which there is room; 0 where one block takes all
        parts of a result.
    """

    nest: Nest
    free: tuple[int, ...]
    reduced: tuple[int, ...]
    part: int
    parts: int


def reduction_of(nest: Nest, height: int, in_parts: bool, form: BlockForm) -> Reduction | None:
    """How blocks reduce a nest, the whole grid in parts; None where it reduces nothing, or threads do it alone as well."""
    combining = [store for store in nest.stores if store.mode != "set"]
    sizes = [dimension.turns(height) for dimension in nest.dimensions]
    axes = [axis for axis, size in enumerate(sizes) if size > 1]
    kept = {tuple([axis for axis in axes if store.operand.strides[axis]]) for store in combining}
    if len(kept) != 1:
        return None
    free = kept.pop()
    reduced = tuple([axis for axis in axes if axis not in free])
    every = all(_apart(store, axes if store.mode == "set" else free, sizes) for store in nest.stores)
    if not every or not reduced:
        return None
    results, elements = math.prod([sizes[axis] for axis in free]), math.prod([sizes[axis] for axis in reduced])
    threads, levels = form.threads, 2 * form.group
    part, blocks = part_of(elements, threads), _BLOCKS if in_parts else 1
    parts = -(-elements // part) if in_parts else 1
    together = -(-results * parts // blocks) * (-(-elements // (threads * parts)) + levels)
    if together >= elements * -(-results // (threads * blocks)):
        return None
    return Reduction(nest, free, reduced, part, results * parts * len(combining) if in_parts else 0)


def _apart(store: Store, axes: tuple[int, ...] | list[int], sizes: list[int]) -> bool:
    """Whether a store has an element of its own for all indices along axes."""
    reach = 0
    for stride, size in sorted([(abs(store.operand.strides[axis]), sizes[axis]) for axis in axes]):
        if stride <= reach:
            return False
        reach += stride * (size - 1)
    return True


def _identity(mode: Mode, dtype: np.dtype) -> str:
    """What a reduction begins with."""
    if mode in ("sum", "prod"):
        return f"{type_name(dtype)}({int(mode == 'prod')})"
    if dtype.kind == "b":
        return str(mode in ("all", "min"))
    if dtype.kind == "f":
        return f"{type_name(dtype)}({'-' if mode == 'max' else ''}1e999)"  # infinity
    limits = np.iinfo(dtype)
    return f"{type_name(dtype)}({limits.min if mode == 'max' else limits.max})"


_BLOCK = """
@on_device
def MODE_of_block_DTYPE(own, own_threads, parts, value):
    block_barrier()
    parts[own] = value
    block_barrier()
    if own < GROUP:
        for other in range(own + GROUP, own_threads, GROUP):
            value = COMBINED
        parts[own] = value
    block_barrier()
    value = parts[0]
    for other in range(1, min(GROUP, own_threads)):
        value = COMBINED
    return value
"""


def shared_totals(reduction: Reduction, form: BlockForm) -> dict[str, str]:
    """The arrays in shared memory that these use, by their names: one for every dtype."""
    return {_totals_name(store.operand.view.buffer.dtype):
            f"shared_array('totals', {form.threads}, {type_name(store.operand.view.buffer.dtype)})"
            for store in reduction.nest.stores if store.mode != "set"}


def _totals_name(dtype: np.dtype) -> str:
    return f"totals_{type_name(dtype)}"


def block_functions(reduction: Reduction, form: BlockForm) -> dict[tuple[str, tuple[str, ...]], str]:
    """The functions that combine what the threads of a block have, by mode and dtype."""
    found: dict[tuple[str, tuple[str, ...]], str] = {}
    for store in reduction.nest.stores:
        if store.mode != "set":
            dtype = type_name(store.operand.view.buffer.dtype)
            text = _BLOCK.replace("COMBINED", combined(store.mode, dtype, "value", "parts[other]", in_any_order=True))
            for name, word in {"MODE": store.mode, "DTYPE": dtype, "GROUP": form.group}.items():
                text = text.replace(name, str(word))
            found[store.mode, (dtype,)] = text
    return found


@dataclass(frozen=True)
class _Result:
    """A store that combines: what threads have so far has the name ``total``, and belongs at an index of a pointer."""

    number: int
    mode: Mode
    dtype: np.dtype
    pointer: str
    index: str
    scope: str

    @property
    def total(self) -> str:
        """The name of what a thread has."""
        return f"t{self.number}"

    @property
    def shared(self) -> str:
        """The name of the array in shared memory."""
        return _totals_name(self.dtype)

    def with_value(self, value: str, before: str | None = None) -> str:
        """What a thread has, or what was there before, combined with a value."""
        return combined(self.mode, type_name(self.dtype), before or self.total, value, in_any_order=True)

    def identity(self) -> str:
        """What it begins with."""
        return _identity(self.mode, self.dtype)


@dataclass(frozen=True)
class _Written:
    """The parts of a nest's function: what comes first, the element's statements, and how results are stored."""

    first: list[str]
    element: list[str]
    addresses: list[str]
    results: tuple[_Result, ...]
    sizes: list[str]
    arguments: int

    def loop(self, axes: tuple[int, ...]) -> str:
        """How many turns loops have together."""
        return " * ".join([f"({self.sizes[axis]})" for axis in axes]) or "1"

    def names(self, axes: tuple[int, ...], flat: str) -> list[str]:
        """The indices of loops."""
        return places([loop_name(axis, len(self.sizes)) for axis in axes], [self.sizes[axis] for axis in axes], flat)

    def function(self, body: list[str]) -> str:
        """The function with a body."""
        totals = dict.fromkeys([result.shared for result in self.results])
        names = ", ".join([*BY_BLOCKS, "kept", *totals, *[f"a{i}" for i in range(self.arguments)]])
        return "\n    ".join([f"@on_device\ndef {KERNEL_NAME}({names}):", *self.first, *body, ""])


@cache
def _written(nest: Nest) -> _Written:
    """The parts of a nest's function, from its source for the processor."""
    tree = ast.parse(kernel_source(nest))
    kernel, count = arguments_named(tree)
    depth = len(nest.dimensions)
    loop = next(i for i, statement in enumerate(kernel.body) if isinstance(statement, ast.For))
    inside, sizes = loops_pulled_out(kernel.body[loop:], [loop_name(axis, depth) for axis in range(depth)])
    unit = [f"{loop_name(axis, depth)} = 0" for axis in range(depth)]  # of loops with one turn
    element, results = inside[:-len(nest.stores)], list[_Result]()
    texts = [ast.unparse(statement) for statement in element]
    for number, (store, statement) in enumerate(zip(nest.stores, inside[-len(nest.stores):], strict=True)):
        if store.mode == "set":
            texts.append(ast.unparse(statement))
            continue
        assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        pointer, index, _, scope = [ast.unparse(argument) for argument in statement.value.args]
        results.append(_Result(number, store.mode, store.operand.view.buffer.dtype, pointer, index, scope))
        texts.append(f"{results[-1].total} = {results[-1].with_value(value_name(store.reference))}")
    bases = [text for text in texts if re.match(r"b\d+ = ", text)]
    first = [ast.unparse(statement) for statement in kernel.body[:loop]] + unit
    return _Written(first, texts, bases, tuple(results), [ast.unparse(size) for _, size in sizes], count)


def _totals(written: _Written) -> list[str]:
    """What the threads of a block have, combined."""
    return [f"{result.total} = {result.mode}_of_block_{type_name(result.dtype)}(own, own_threads, {result.shared}, "
            f"{result.total})" for result in written.results]


def _stored(written: _Written) -> list[str]:
    """The first thread combines results with what is there."""
    lines = ["if own == 0:", *["    " + line for line in written.addresses]]
    for result in written.results:
        value = result.with_value(result.total, before=f"load({result.pointer}, {result.index}, {result.scope})")
        lines.append(f"    store({result.pointer}, {result.index}, {value}, {result.scope})")
    return lines


def _kept(written: _Written, place: str) -> list[tuple[_Result, str, int]]:
    """Where a part of every result is kept: its pointer, and the number of that."""
    room = len(written.results)
    return [(result, f"pointer(kept + (({place}) * {room} + {i}) * 8, {type_name(result.dtype)})", _FIRST_KEPT + i)
            for i, result in enumerate(written.results)]


def _identities(written: _Written) -> list[str]:
    return [f"{result.total} = {result.identity()}" for result in written.results]


def reduce_text(reduction: Reduction) -> tuple[str, int]:
    """The function in which blocks reduce a nest, or its parts, and how many arguments of the nest it takes.

    It has the name KERNEL, and takes what tells a thread who it is, the address where parts are kept, and `shared_totals`.
    """
    written, part = _written(reduction.nest), reduction.part
    loop = [f"for flat in range(begin + own, min(begin + {part}, elements), own_threads):",
            *_indented([*written.names(reduction.reduced, "flat"), *written.element])]
    if reduction.parts:
        loop = [f"begin = square % parts * {part}", *loop]
        end = ["if own == 0:", *[f"    store({pointer}, 0, {result.total}, {scope})"
                                 for result, pointer, scope in _kept(written, "square")]]
    else:
        loop, end = [f"for begin in range(0, elements, {part}):", *_indented(loop)], _stored(written)
    body = [f"elements = {written.loop(reduction.reduced)}",
            f"parts = {f'(elements + {part - 1}) // {part}' if reduction.parts else 1}",
            f"for square in range(block, ({written.loop(reduction.free)}) * parts, blocks):",
            *_indented([*written.names(reduction.free, "square // parts"), *_identities(written), *loop,
                        *_totals(written), *end])]
    return written.function(body), written.arguments


def combine_text(reduction: Reduction) -> tuple[str, int]:
    """The function in which blocks combine parts; it is like that of `reduce_text`."""
    written = _written(reduction.nest)
    loads = [f"{result.total} = {result.with_value(f'load({pointer}, 0, {scope})')}"
             for result, pointer, scope in _kept(written, "square * parts + flat")]
    body = [f"elements = {written.loop(reduction.reduced)}",
            f"parts = (elements + {reduction.part - 1}) // {reduction.part}",
            f"for square in range(block, {written.loop(reduction.free)}, blocks):",
            *_indented([*written.names(reduction.free, "square"), *_identities(written),
                        "for flat in range(own, parts, own_threads):", *_indented(loads),
                        *_totals(written), *_stored(written)])]
    return written.function(body), written.arguments


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for text in lines for line in text.splitlines()]
