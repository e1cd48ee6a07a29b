"""Kernels for products of a matrix in compressed sparse row form and vectors: by rows, or scattered from what is not zero.

Row r holds the elements ``indptr[r]`` to ``indptr[r + 1]``. Every kernel computes ``outer`` results, each from a vector of
its own.
"""
from __future__ import annotations

from nbbrain.backends.numba.assembly import Kernel, Pointer, Value, Variable

__all__ = ["gather", "pick_targets", "scatter"]

CHAINS = 4
"""Sums that a row is added up in, so that additions do not wait for one another."""
ROUND = 64
"""Elements of a vector looked at together for those that are not zero."""


class _Operands:
    """What both kernels get: pointers, sizes and steps."""

    def __init__(self, k: Kernel, kind: str, vector_kind: str) -> None:
        self.kernel, self.kind = k, kind
        self.vector, self.result = k.pointer(0, vector_kind), k.pointer(1, kind)
        self.data, self.columns, self.indptr = k.pointer(2, kind), k.pointer(3, "int32"), k.pointer(4, "int64")
        self.outer, self.rows, self.size = [k.argument(i) for i in range(5, 8)]
        self.data_step, self.vector_outer, self.result_outer = [k.argument(i) for i in range(8, 11)]

    def value(self, place: Value) -> Value:
        """An element of the vector as a number of the result's kind; a truth value is 0 or 1."""
        return self.kernel.convert(self.vector.load(place), self.kind)


def gather(name: str, kind: str, vector_kind: str) -> str:
    """result[r] = sum of data[e] * vector[column[e]] over the elements of row r."""
    k = Kernel(name)
    o = _Operands(k, kind, vector_kind)
    with k.loop(0, o.outer) as b, k.loop(0, o.rows) as r:
        start, stop, base = o.indptr.load(r), o.indptr.load(r + 1), b * o.vector_outer
        sums = [Variable(k, k.number(0, kind)) for _ in range(CHAINS)]

        def add(e: Value, total: Variable, base: Value = base) -> None:
            at = base + k.convert(o.columns.load(e), "int64")
            total.set(k.multiply_add(o.data.load(e * o.data_step), o.value(at), total.get()))

        whole = stop - (stop - start) % CHAINS
        with k.loop(start, whole, CHAINS) as e:
            for c in range(CHAINS):
                add(e + c, sums[c])
        with k.loop(whole, stop) as e:
            add(e, sums[0])
        total = sums[0].get() + sums[1].get() + (sums[2].get() + sums[3].get())
        o.result.store(b * o.result_outer + r, total)
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
