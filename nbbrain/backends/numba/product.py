"""The kernel for matrix products: z (m, n) = or += x (m, k) @ y (k, n), the latter perhaps for several turns at once.

Three ways, chosen by what x holds when the kernel runs. Where most of x is zero (spikes), the places of its other elements
are listed, and rows of y are added to a row of z that stays in registers (x stored by rows), or a row of y stays in
registers and is added to rows of z (x stored by columns, as in the gradient of a weight). Else a block of z stays in
registers while k passes, with panels of y whose elements lie one after the other (Goto & van de Geijn, 2008, "Anatomy of
high-performance matrix multiplication").
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nbbrain.backends.numba.assembly import Kernel, Pointer, Value, Variable

__all__ = ["VECTORS", "pack", "product"]

BLOCK = 8
"""Rows of z in registers."""
VECTORS = 2
"""Vectors of every one of these rows; a panel of y has as many columns."""
PASS = 4
"""Vectors of a row in registers where x is sparse."""
DEPTH = 128
"""Rows of a panel that stay in the first cache."""
WORDS = 4096
"""Words of 64 bits that say which elements of a part of x are not zero."""
INNER = 64 * WORDS // 8
"""Elements of a row (or column) of x in such a part."""
SPARSE = 4
"""A part of x is sparse where less than one in so many of its elements is not zero."""
ROUND = 64
"""Elements that share a word."""
AT_ONCE = 4
"""Places of a word listed without a branch."""


@dataclass(frozen=True)
class _Part:
    """Rows and columns of x, from a first one up to a last one; as they lie in memory, outer and inner.

    Where x is stored by columns, outer ones are numbered through all turns.
    """

    outer: tuple[Value, Value]
    inner: tuple[Value, Value]


class _Product:
    """The operands and sizes of the kernel under construction."""

    def __init__(self, name: str, kind: str, lanes: int) -> None:
        k = self.kernel = Kernel(name)
        self.kind, self.lanes, self.width = kind, lanes, VECTORS * lanes
        self.x, self.y, self.z, self.panels = [k.pointer(i, kind) for i in range(4)]
        self.m, self.k, self.n, self.accumulate, self.packed = [k.argument(i) for i in range(4, 9)]
        self.xi, self.xk, self.yk, self.yj, self.zi, self.zj = [k.argument(i) for i in range(9, 15)]
        self.ahead, self.xt, self.yt, self.turns = [k.argument(i) for i in range(15, 19)]
        self.zero = k.number(0, kind)
        self.words, self.places = k.room("int64", WORDS, 4), k.room("int32", INNER + AT_ONCE, 5)
        self.own, self.offsets = k.room(kind, DEPTH * self.width, 3), k.room("int64", DEPTH, 6)

    def text(self) -> str:
        """LLVM's text of the kernel."""
        k = self.kernel
        by_rows = self.xk.equals(1) & self.turns.equals(1) & self.yj.equals(1) & self.zj.equals(1)
        self.fresh = self.accumulate.equals(0) & by_rows  # the first part overwrites what is there
        empty = self.accumulate.equals(0) & (by_rows.equals(0) | self.k.equals(0))
        with k.when(empty), k.loop(0, self.m) as i, k.loop(0, self.n) as j:
            self.z.store(i * self.zi + j * self.zj, self.zero)
        with k.either(self.zj.equals(1)) as (rows, scattered):
            with rows, k.either(self.yj.equals(1) & (by_rows | self.xi.equals(1))) as (readable, other):
                with readable:
                    self._by_parts(by_rows)
                with other:
                    self._dense((k.number(0), self.m), (k.number(0), self.k * self.turns))
            with scattered:
                self._element_by_element()
        return k.finish()

    def _by_parts(self, by_rows: Value) -> None:
        """Every part of x in the way that suits it."""
        k = self.kernel
        outer, inner = k.choose(by_rows, self.m, self.k * self.turns), k.choose(by_rows, self.k, self.m)
        for_one = (k.choose(inner < INNER, inner, INNER) + ROUND - 1) // ROUND
        height = k.number(WORDS) // k.choose(for_one < 1, 1, for_one)
        with k.loop(0, inner, INNER) as i0, k.loop(0, outer, height) as o0:
            part = _Part((o0, k.choose(o0 + height < outer, o0 + height, outer)),
                         (i0, k.choose(i0 + INNER < inner, i0 + INNER, inner)))
            filled, size = self._mark_words(part, by_rows, for_one), (part.outer[1] - o0) * (part.inner[1] - i0)
            with k.either((filled * SPARSE < size) | (self.m < BLOCK // 2)) as (sparse, dense):
                with sparse, k.either(by_rows) as (yes, no):
                    with yes:
                        self._gather(part, for_one)
                    with no:
                        self._update(part, for_one)
                with dense:
                    self._dense(*[(k.choose(by_rows, a[0], b[0]), k.choose(by_rows, a[1], b[1]))
                                  for a, b in ((part.outer, part.inner), (part.inner, part.outer))])

    def _element_by_element(self) -> None:
        """Any strides, seldom used: the plan lays results out by rows."""
        k = self.kernel
        with k.loop(0, self.m) as i, k.loop(0, self.k * self.turns) as p:
            turn = p // self.k
            w = self.x.load(i * self.xi + turn * self.xt + (p - turn * self.k) * self.xk)
            row = turn * self.yt + (p - turn * self.k) * self.yk
            with k.loop(0, self.n) as j:
                at = i * self.zi + j * self.zj
                self.z.store(at, k.multiply_add(w, self.y.load(row + j * self.yj), self.z.load(at)))

    @contextmanager
    def _walk(self, first: Value, last: Value) -> Iterator[tuple[Value, Value, Value]]:
        """All turns' columns of x and rows of y, one after the other: their number, and where both begin."""
        k, turn = self.kernel, first // self.k
        x_base, y_base = Variable(k, turn * self.xt), Variable(k, turn * self.yt)
        p = Variable(k, first - turn * self.k)
        with k.loop(first, last) as q:
            yield q, x_base.get() + p.get() * self.xk, y_base.get() + p.get() * self.yk
            wraps = (p.get() + 1).equals(self.k)
            p.set(k.choose(wraps, 0, p.get() + 1))
            x_base.set(x_base.get() + k.choose(wraps, self.xt, 0))
            y_base.set(y_base.get() + k.choose(wraps, self.yt, 0))

    # Sparse x

    def _mark_words(self, part: _Part, by_rows: Value, for_one: Value) -> Value:
        """Set a bit for everything in a part of x that is not zero, and count the bits."""
        k, total = self.kernel, Variable(self.kernel, self.kernel.number(0))
        with self._walk(*part.outer) as (o, column, _):
            start = k.choose(by_rows, o * self.xi, column)
            with k.loop(*part.inner, ROUND) as c:
                left, bits = part.inner[1] - c, k.number(0)
                for v in range(ROUND // self.lanes):
                    lanes = self.x.load_lanes(start + c + v * self.lanes, self.lanes, left - v * self.lanes)
                    bits = bits | k.bits_of_nonzero(lanes).shifted(v * self.lanes)
                with k.when(self.ahead.differs(0) & by_rows):
                    for line in range(0, ROUND, 16):
                        self.x.prefetch(start + c + self.ahead + line)
                self.words.store((o - part.outer[0]) * for_one + (c - part.inner[0]) // ROUND, bits)
                total.set(total.get() + k.count_ones(bits))
        return total.get()

    def _listed(self, row: Value, part: _Part, for_one: Value) -> Value:
        """List the places of a row's bits; their number."""
        k, filled = self.kernel, Variable(self.kernel, self.kernel.number(0))
        with k.loop(*part.inner, ROUND) as c:
            bits = Variable(k, self.words.load((row - part.outer[0]) * for_one + (c - part.inner[0]) // ROUND))
            count, at = k.count_ones(bits.get()), Variable(k, filled.get())

            def list_one(c: Value = c, bits: Variable = bits, at: Variable = at) -> None:
                self.places.store(at.get(), k.convert(c + k.trailing_zeros(bits.get()), "int32"))
                at.set(at.get() + 1)
                bits.set(bits.get() & (bits.get() - 1))

            with k.when(count.differs(0)):
                for _ in range(AT_ONCE):  # without asking whether there are so many, which costs more than to list too many
                    list_one()
                with k.loop_while(lambda bits=bits: bits.get().differs(0)):  # type: ignore[misc]
                    list_one()
            filled.set(filled.get() + count)
        return filled.get()

    def _passes(self, body: Callable[[Value, list[Value | None]], None]) -> None:
        """Columns in passes of whole vectors; then what is left, in one pass of several vectors or of one."""
        k, width = self.kernel, PASS * self.lanes
        rest = self.n % width
        with k.loop(0, self.n - rest, width) as j:
            body(j, [None] * PASS)
        with k.either(rest < self.lanes + 1) as (little, more):
            with little, k.when(rest.differs(0)):
                body(self.n - rest, [rest])
            with more:
                body(self.n - rest, [rest - v * self.lanes for v in range(PASS)])

    def _gather(self, part: _Part, for_one: Value) -> None:
        """Rows of y added to a row of z in registers; from panels where there are some, whose vectors are aligned."""
        k, lanes = self.kernel, self.lanes
        packed = self.packed.differs(0)
        source = self.panels.chosen(packed, self.y)
        step, panel = k.choose(packed, self.width, self.yk), k.choose(packed, self.k * self.width, self.width)
        with k.loop(*part.outer) as i:
            filled = self._listed(i, part, for_one)

            def one_pass(j: Value, counts: list[Value | None]) -> None:
                row, start = i * self.zi + j, k.choose(packed, j * self.k, j)
                fresh = self.fresh & part.inner[0].equals(0)
                before = [self.z.load_lanes(row + v * lanes, lanes, c) for v, c in enumerate(counts)]
                sums = [Variable(k, k.choose(fresh, k.spread(self.zero, lanes), z)) for z in before]
                with k.loop(0, filled) as e:
                    p = k.convert(self.places.load(e), "int64")
                    w = k.spread(self.x.load(i * self.xi + p), lanes)
                    for v, c in enumerate(counts):
                        at = start + p * step + panel * (v // VECTORS) + v % VECTORS * lanes
                        y = source.load_lanes(at, lanes, c)
                        sums[v].set(k.multiply_add(w, y, sums[v].get()))
                for v, c in enumerate(counts):
                    self.z.store_lanes(row + v * lanes, sums[v].get(), c)

            self._passes(one_pass)

    def _update(self, part: _Part, for_one: Value) -> None:
        """A row of y in registers added to rows of z."""
        k, lanes = self.kernel, self.lanes
        with self._walk(*part.outer) as (p, column, row):
            filled = self._listed(p, part, for_one)
            lines = Variable(k, column + part.inner[0] + self.ahead)

            def one_pass(j: Value, counts: list[Value | None]) -> None:
                rows = [self.y.load_lanes(row + j + v * lanes, lanes, c) for v, c in enumerate(counts)]
                with k.loop(0, filled) as e:
                    i = k.convert(self.places.load(e), "int64")
                    self.x.prefetch(lines.get())
                    lines.set(lines.get() + 16)
                    w, at = k.spread(self.x.load(column + i), lanes), i * self.zi + j
                    for v, c in enumerate(counts):
                        z = self.z.load_lanes(at + v * lanes, lanes, c)
                        self.z.store_lanes(at + v * lanes, k.multiply_add(w, rows[v], z), c)

            self._passes(one_pass)

    # Dense x

    def _dense(self, rows: tuple[Value, Value], depths: tuple[Value, Value]) -> None:
        """Rows and a range of k by blocks."""
        k = self.kernel
        with k.loop(*depths, DEPTH) as first:
            depth = k.choose(depths[1] - first < DEPTH, depths[1] - first, DEPTH)
            with self._walk(first, first + depth) as (p, column, _):
                self.offsets.store(p - first, column)
            fresh = self.fresh & first.equals(0)
            with k.loop(0, self.n, self.width) as j:
                missing = self.packed.equals(0)
                with k.when(missing), self._walk(first, first + depth) as (p, _, row):
                    self._copy_row(p - first, row, j)
                panel = self.own.chosen(missing, self.panels)
                self._panel(rows, panel, k.choose(missing, k.number(0), j * self.k + first * self.width), depth, j, fresh)

    def _panel(self, rows: tuple[Value, Value], panel: Pointer, start: Value, depth: Value, j: Value, fresh: Value) -> None:
        """A panel's share of z; of the last panel perhaps one vector only."""
        k = self.kernel
        with k.either(self.n - j < self.lanes + 1) as (narrow, wide):
            with narrow:
                self._blocks(rows, panel, start, depth, j, fresh, 1)
            with wide:
                self._blocks(rows, panel, start, depth, j, fresh, VECTORS)

    def _copy_row(self, p: Value, row: Value, j: Value) -> None:
        """Columns j to j + width of a row of y, as a row of the panel."""
        k, lanes = self.kernel, self.lanes
        with k.either(self.yj.equals(1)) as (neighbours, scattered):
            with neighbours:
                for v in range(VECTORS):
                    y = self.y.load_lanes(row + j + v * lanes, lanes, self.n - j - v * lanes)
                    self.own.store_lanes(p * self.width + v * lanes, y)
            with scattered:
                copy_row(k, self.y, row + j * self.yj, self.yj, self.own, p * self.width, self.width, self.n - j)

    def _blocks(self, span: tuple[Value, Value], panel: Pointer, start: Value, depth: Value, j: Value, fresh: Value,
                vectors: int) -> None:
        """So many vectors of every row of z."""
        k, lanes = self.kernel, self.lanes
        with k.loop(*span, BLOCK) as i:
            rows = [k.choose(i + r < span[1], i + r, span[1] - 1) for r in range(BLOCK)]
            starts = [row * self.xi for row in rows]
            with k.when(self.xk.differs(1)):  # such a z is large, and comes from slow memory
                for row in rows:
                    for v in range(vectors):
                        self.z.prefetch(row * self.zi + j + v * lanes)
            sums = [[Variable(k, k.spread(self.zero, lanes)) for _ in range(vectors)] for _ in range(BLOCK)]
            with k.loop(0, depth) as p:
                y = [panel.load_lanes(start + p * self.width + v * lanes, lanes) for v in range(vectors)]
                offset = self.offsets.load(p)
                for r in range(BLOCK):
                    w = k.spread(self.x.load(starts[r] + offset), lanes)
                    for v in range(vectors):
                        sums[r][v].set(k.multiply_add(w, y[v], sums[r][v].get()))
            for r in range(BLOCK):
                with k.when(i + r < span[1]):
                    for v in range(vectors):
                        at, count = (i + r) * self.zi + j + v * lanes, self.n - j - v * lanes
                        before = k.choose(fresh, k.spread(self.zero, lanes), self.z.load_lanes(at, lanes, count))
                        self.z.store_lanes(at, before + sums[r][v].get(), count)


def copy_row(k: Kernel, source: Pointer, start: Value, step: Value, target: Pointer, to: Value, width: int,
             count: Value) -> None:
    """Copy elements one after the other, with zeros from ``count`` on."""
    with k.loop(0, width) as c, k.either(c < count) as (inside, beyond):
        with inside:
            target.store(to + c, source.load(start + c * step))
        with beyond:
            target.store(to + c, k.number(0, target.kind))


def product(name: str, kind: str, lanes: int) -> str:
    """LLVM's text of the kernel for a dtype."""
    return _Product(name, kind, lanes).text()


def pack(name: str, kind: str, lanes: int) -> str:
    """LLVM's text of the kernel that lays out y (k, n) in panels, each with so many columns of all rows."""
    k, width = Kernel(name), VECTORS * lanes
    y, panels = k.pointer(0, kind), k.pointer(1, kind)
    depth, n, yk, yj = [k.argument(i) for i in range(2, 6)]
    with k.loop(0, n, width) as j, k.loop(0, depth) as p:
        copy_row(k, y, p * yk + j * yj, yj, panels, j * depth + p * width, width, n - j)
    return k.finish()
