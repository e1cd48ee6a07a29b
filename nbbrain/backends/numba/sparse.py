"""Kernels for products of a matrix in compressed sparse row form and vectors: by rows, or scattered from what is not zero.

Row r holds the elements ``indptr[r]`` to ``indptr[r + 1]``. Every kernel computes ``outer`` results, each from a vector of
its own.

By rows there are two ways. Both add up a row in the order of its elements, in one chain of fused multiply-adds, so both give
the same bits. The plain way picks one element of the vector after another from memory. The other needs AVX-512, and the
matrix laid out anew (see `lay_out`): lane i of a SIMD register adds up row i, and a window of the vector lies in two more
registers, from which one instruction picks an element for every lane.
"""
from __future__ import annotations

from functools import reduce

from nbbrain.backends.numba.assembly import Kernel, Pointer, Value, Variable

__all__ = ["gather", "lay_out", "pick_targets", "scatter", "windows_of"]

CHAINS = 4
"""Rows, or registers of rows, that are added up side by side, so that additions do not wait for one another."""
IN_USE = -128
"""Added to the place of an element; a register of places is read without its upper bits."""
ROUND = 64
"""Elements of a vector looked at together for those that are not zero."""


class _Operands:
    """What all products get: pointers, sizes and steps."""

    def __init__(self, k: Kernel, kind: str, vector_kind: str, pointers: int = 5) -> None:
        self.kernel, self.kind = k, kind
        self.vector, self.result = k.pointer(0, vector_kind), k.pointer(1, kind)
        self.data, self.columns, self.indptr = k.pointer(2, kind), k.pointer(3, "int32"), k.pointer(4, "int64")
        self.outer, self.rows, self.size = [k.argument(pointers + i) for i in range(3)]
        self.data_step, self.vector_outer, self.result_outer = [k.argument(pointers + i) for i in range(3, 6)]

    def value(self, place: Value) -> Value:
        """An element of the vector as a number of the result's kind; a truth value is 0 or 1."""
        return self.kernel.convert(self.vector.load(place), self.kind)


def gather(name: str, kind: str, vector_kind: str, each: bool, lanes: int) -> str:
    """result[r] = sum of data[e] * vector[column[e]] over the elements of row r, or of data[0] unless ``each`` has its own.

    With ``lanes``, it gets what `lay_out` makes too, and takes the plain way where the first count is negative.
    """
    k = Kernel(name)
    o = _Operands(k, kind, vector_kind, 8 if lanes else 5)
    if not lanes:
        _by_elements(o, each)
        return k.finish()
    counts = k.pointer(7, "int32")
    with k.either(counts.load(0) < 0) as (plain, laid_out):
        with plain:
            _by_elements(o, each)
        with laid_out:
            _by_windows(o, k.pointer(5, kind), k.pointer(6, "int8"), counts, lanes)
    return k.finish()


def _by_elements(o: _Operands, each: bool) -> None:
    """Some rows side by side as long as all have elements, then what is left of each; the last rows one by one."""
    k, whole = o.kernel, o.rows - o.rows % CHAINS
    with k.loop(0, o.outer) as b:
        for first, last, chains in ((0, whole, CHAINS), (whole, o.rows, 1)):
            with k.loop(first, last, chains) as r:
                starts = [o.indptr.load(r + c) for c in range(chains)]
                sizes = [o.indptr.load(r + c + 1) - starts[c] for c in range(chains)]
                sums = [Variable(k, k.number(0, o.kind)) for _ in range(chains)]

                def add(c: int, e: Value, b: Value = b, starts: list[Value] = starts, sums: list[Variable] = sums) -> None:
                    place = starts[c] + e
                    value = o.value(b * o.vector_outer + k.convert(o.columns.load(place), "int64"))
                    sums[c].set(k.multiply_add(o.data.load(place if each else 0), value, sums[c].get()))

                common = reduce(k.least, sizes)
                with k.loop(0, common, unrolled=False) as e:
                    for c in range(chains):
                        add(c, e)
                for c in range(chains):
                    with k.loop(common, sizes[c], unrolled=False) as e:
                        add(c, e)
                    o.result.store(b * o.result_outer + r + c, sums[c].get())


def _by_windows(o: _Operands, values: Pointer, places: Pointer, counts: Pointer, lanes: int) -> None:
    """Several registers of rows at once, window after window."""
    k = o.kernel
    with k.loop(0, o.outer) as b:
        base, slot, cell = b * o.vector_outer, Variable(k, k.number(0)), Variable(k, k.number(0))
        with k.loop(0, o.rows, CHAINS * lanes) as r:
            sums = [Variable(k, k.spread(k.number(0, o.kind), lanes)) for _ in range(CHAINS)]
            ahead = Variable(k, o.vector.load_lanes(base, lanes, o.size))
            with k.loop(0, o.size, lanes) as column:
                low, high = ahead.get(), o.vector.load_lanes(base + column + lanes, lanes, o.size - column - lanes)
                for c in range(CHAINS):
                    last = slot.get() + k.convert(counts.load(cell.get() + c), "int64")
                    with k.loop(slot.get(), last, unrolled=False) as s:
                        place, total = k.widen(places.load_lanes(s * lanes, lanes), 512 // lanes), sums[c].get()
                        added = k.multiply_add(values.load_lanes(s * lanes, lanes), k.pick(low, high, place), total)
                        sums[c].set(k.choose(place < 0, added, total))  # or 0 * infinity would count
                    slot.set(last)
                cell.set(cell.get() + CHAINS)
                ahead.set(high)
            for c in range(CHAINS):
                first = r + c * lanes
                o.result.store_lanes(b * o.result_outer + first, sums[c].get(), o.rows - first)


def windows_of(rows: int, size: int, lanes: int) -> tuple[int, int, int]:
    """The shape of the counts that `lay_out` makes."""
    return -(-rows // (CHAINS * lanes)), -(-size // lanes), CHAINS


def lay_out(name: str, kind: str, lanes: int) -> str:
    """A matrix for products by windows of the vector, each with ``2 * lanes`` elements, ``lanes`` after the one before.

    A window has so many slots for ``lanes`` rows as ``counts`` tells, by bands of rows, windows, and registers of a band. A
    slot holds for every row its next element, and the place of the element's column in the window, less 128; the place is 0
    where the row's next element, if there is one, lies behind the window. A window ends when no next element is in its
    first half, so rows with few elements there go ahead in the second half instead of leaving their lanes idle.

    What it tells is the number of slots, and whether all elements have a place, as they have where columns ascend in every
    row. It writes elements and places only where it is told to, so that it can first count.
    """
    k = Kernel(name)
    data, columns, indptr = k.pointer(0, kind), k.pointer(1, "int32"), k.pointer(2, "int64")
    values, places, counts, told = k.pointer(3, kind), k.pointer(4, "int8"), k.pointer(5, "int32"), k.pointer(6, "int64")
    rows, size, data_step, writes = [k.argument(i) for i in range(7, 11)]
    height = CHAINS * lanes
    upcoming, stops = k.room("int64", height, 7), k.room("int64", height, 8)
    slot, cell, fits, nearest = [Variable(k, k.number(first)) for first in (0, 0, 1, 0)]

    def place_of(i: Value, window: Value) -> Value:
        e = upcoming.load(i)
        there = e < stops.load(i)
        return k.choose(there, k.convert(columns.load(k.choose(there, e, 0)), "int64") - window, 2 * lanes)

    def nearest_place(first: Value, window: Value) -> Value:
        nearest.set(k.number(lanes))
        with k.loop(first, first + lanes) as i:
            nearest.set(k.least(nearest.get(), place_of(i, window)))
        return nearest.get()

    with k.loop(0, rows, height) as r:
        with k.loop(0, height) as i:
            upcoming.store(i, indptr.load(k.least(r + i, rows)))
            stops.store(i, indptr.load(k.least(r + i + 1, rows)))
        with k.loop(0, size, lanes) as window, k.loop(0, height, lanes) as first:
            before = slot.get()
            with k.loop_while(lambda: nearest_place(first, window) < lanes):
                fits.set(k.choose(nearest.get() >= 0, fits.get(), 0))
                with k.loop(first, first + lanes) as i:
                    place, e = place_of(i, window), upcoming.load(i)
                    taken = place < 2 * lanes
                    with k.when(writes.differs(0)):
                        to = slot.get() * lanes + i - first
                        places.store(to, k.convert(k.choose(taken, place + IN_USE, 0), "int8"))
                        values.store(to, k.choose(taken, data.load(k.choose(taken, e, 0) * data_step), 0))
                    upcoming.store(i, e + k.choose(taken, k.number(1), 0))
                slot.set(slot.get() + 1)
            counts.store(cell.get(), k.convert(slot.get() - before, "int32"))
            cell.set(cell.get() + 1)
    told.store(0, slot.get())
    told.store(1, fits.get())
    return k.finish()


def scatter(name: str, kind: str, vector_kind: str, lanes: int) -> str:
    """result[column[e]] += data[e] * vector[r] over the elements of every row r whose vector[r] is not zero."""
    k = Kernel(name)
    o = _Operands(k, kind, vector_kind)
    with k.loop(0, o.outer) as b:
        base, target = b * o.vector_outer, b * o.result_outer
        with k.loop(0, o.size) as j:
            o.result.store(target + j, k.number(0, kind))
        with k.loop(0, o.rows, ROUND) as first:
            bits = Variable(k, _bits(k, o.vector, base + first, o.rows - first, lanes))
            with k.loop_while(lambda bits=bits: bits.get().differs(0)):  # type: ignore[misc]
                r = first + k.trailing_zeros(bits.get())
                bits.set(bits.get() & (bits.get() - 1))
                value = o.value(base + r)
                with k.loop(o.indptr.load(r), o.indptr.load(r + 1)) as e:
                    at = target + k.convert(o.columns.load(e), "int64")
                    o.result.store(at, k.multiply_add(o.data.load(e * o.data_step), value, o.result.load(at)))
    return k.finish()


def _bits(k: Kernel, vector: Pointer, start: Value, left: Value, lanes: int) -> Value:
    """The elements that are not zero, as the bits of an integer."""
    bits = k.number(0)
    for first in range(0, ROUND, lanes):
        bits = bits | k.bits_of_nonzero(vector.load_lanes(start + first, lanes, left - first)).shifted(first)
    return bits


def pick_targets(name: str, kind: str) -> str:
    """The elements of a matrix whose columns are in a range, with columns counted from its beginning, in their order."""
    k = Kernel(name)
    data, columns, indptr = k.pointer(0, kind), k.pointer(1, "int32"), k.pointer(2, "int64")
    own_data, own_columns, own_indptr = k.pointer(3, kind), k.pointer(4, "int32"), k.pointer(5, "int64")
    rows, first, last, data_step = [k.argument(i) for i in range(6, 10)]
    filled = Variable(k, k.number(0))
    with k.loop(0, rows) as r:
        own_indptr.store(r, filled.get())
        with k.loop(indptr.load(r), indptr.load(r + 1)) as e:
            column = k.convert(columns.load(e), "int64")
            own_columns.store(filled.get(), k.convert(column - first, "int32"))  # kept only if the next line counts it
            with k.when(data_step.differs(0)):
                own_data.store(filled.get(), data.load(e))
            filled.set(filled.get() + k.choose((column >= first) & (column < last), k.number(1), 0))
    own_indptr.store(rows, filled.get())
    return k.finish()
