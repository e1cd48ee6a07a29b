"""Products of matrices by all threads of a block together.

*By tiles*: the block takes one square of the result after the other. Squares of both sides pass through shared memory, from
which every thread adds up four elements.

*By lists*: the block lists in shared memory what of every row of the left side is not zero, which of spikes is little. Every
thread then goes through the list of its row, and reads of the right side only what counts, several elements at once, because
memory takes long to answer. A left side that has no room is listed part by part. Elements are added up in the order of k in
either way.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from nbbrain.program.plan.instructions import Operand, Product

__all__ = ["DEVICE", "SIMULATION", "BlockForm", "Form", "form_of", "functions_text", "listed_at_once", "shared_lists",
           "turned"]

Form = Literal["tiles", "lists", "elements"]


@dataclass(frozen=True)
class BlockForm:
    """Sizes of what a block of threads does together, which are a part of the code.

    Attributes
    ----------
    rows : int
        Rows of a square that one pass of all threads covers; its side is four times that, and a thread has four elements.
    group : int
        How many threads at once combine what the others of a block have; how many elements one of them lists.
    room : int
        Elements that have room in lists.
    at_once : int
        Elements of a list that are read before they are used.
    threads : int
        The threads of a block at most; as many as a square takes where products go by squares.
    """

    rows: int
    group: int
    room: int
    at_once: int
    threads: int

    @property
    def side(self) -> int:
        """The side of a square."""
        return 4 * self.rows


DEVICE = BlockForm(rows=8, group=16, room=1024, at_once=8, threads=256)
SIMULATION = BlockForm(rows=1, group=2, room=32, at_once=2, threads=4)
"""So small that the sizes of tests are enough for all forms."""


def turned(product: Product, height: int) -> Product:
    """The product, or its transpose if that has the smaller left side: one vector beside a matrix is the one to list."""
    m, _, n = product.sizes
    if m.turns(height) <= n.turns(height):
        return product
    x, y, result = [Operand(operand.view, operand.strides[::-1], operand.row_stride)
                    for operand in (product.y, product.x, product.result)]
    return replace(product, x=x, y=y, result=result, sizes=product.sizes[::-1])


def form_of(product: Product, height: int, block: BlockForm) -> Form:
    """How a product is taken: by tiles if it is large, by lists if they have room, else every thread by itself."""
    m, k, n = [size.turns(height) for size in product.sizes]
    if min(m, n) >= block.side and k >= block.side // 4:
        return "tiles"
    return "lists" if product.window == 1 and k >= 2 * block.group and m * 2 * block.group <= block.room else "elements"


def listed_at_once(product: Product, height: int, block: BlockForm) -> int | None:
    """How many elements of every row have room in lists; None where all have."""
    m, k, _ = [size.turns(height) for size in product.sizes]
    return None if m * k <= block.room else block.room // m


def shared_lists(dtype: str, block: BlockForm) -> dict[str, str]:
    """The arrays in shared memory that lists are made of, by their names."""
    arrays = {"counts": "int32", "places": "int32", f"values_{dtype}": dtype}
    return {name: f"shared_array('{name}', {block.room}, {kind})" for name, kind in arrays.items()}


def functions_text(form: Form, dtype: str, block: BlockForm) -> str:
    """The source of the functions of a form; their names end in the dtype."""
    text = _TILES if form == "tiles" else _LISTS.replace("SEVERAL", _several(block.at_once))
    numbers = {"SIDE": block.side, "ROWS": block.rows, "PADDED": block.side + 1, "GROUP": block.group,
               "AT_ONCE": block.at_once}
    for name, number in numbers.items():
        text = text.replace(name, str(number))
    return text.replace("DTYPE", dtype)


def _several(count: int) -> str:
    """Read several elements, then add up their products."""
    reads = [f"w{i} = load(py, column + places[at + {i}] * yk, 1)" for i in range(count)]
    return "\n            ".join([*reads, *[f"total = DTYPE(total + values[at + {i}] * w{i})" for i in range(count)]])


_TILES = """
@on_device
def product_by_tiles_DTYPE(thread, block, blocks, x, y, z, m, k, n, accumulate, xi, xk, yk, yj, zi, zj, xt, yt, turns):
    left = shared_array("left", SIDE * PADDED, DTYPE)
    right = shared_array("right", SIDE * SIDE, DTYPE)
    px, py, pz = pointer(x, DTYPE), pointer(y, DTYPE), pointer(z, DTYPE)
    zero = DTYPE(0)
    i, j = thread // SIDE, thread % SIDE
    across = (n + SIDE - 1) // SIDE
    rows_first = abs(xi) < abs(xk)  # neighbouring threads read neighbouring elements
    for square in range(block, (m + SIDE - 1) // SIDE * across, blocks):
        top, column = square // across * SIDE, square % across * SIDE + j
        t0 = t1 = t2 = t3 = zero
        if accumulate and column < n:
            place = (top + i) * zi + column * zj
            t0 = load(pz, place, 2) if top + i < m else zero
            t1 = load(pz, place + ROWS * zi, 2) if top + i + ROWS < m else zero
            t2 = load(pz, place + 2 * ROWS * zi, 2) if top + i + 2 * ROWS < m else zero
            t3 = load(pz, place + 3 * ROWS * zi, 2) if top + i + 3 * ROWS < m else zero
        for turn in range(turns):
            for first in range(0, k, SIDE):
                block_barrier()  # all have read the squares before
                for q in range(4):
                    r, c = (j, i + q * ROWS) if rows_first else (i + q * ROWS, j)
                    inside = top + r < m and first + c < k
                    left[r * PADDED + c] = load(px, (top + r) * xi + (first + c) * xk + turn * xt, 0) if inside else zero
                    p = i + q * ROWS
                    inside = first + p < k and column < n
                    right[p * SIDE + j] = load(py, (first + p) * yk + column * yj + turn * yt, 1) if inside else zero
                block_barrier()
                for p in range(SIDE):
                    w = right[p * SIDE + j]
                    t0 = DTYPE(t0 + left[i * PADDED + p] * w)
                    t1 = DTYPE(t1 + left[(i + ROWS) * PADDED + p] * w)
                    t2 = DTYPE(t2 + left[(i + 2 * ROWS) * PADDED + p] * w)
                    t3 = DTYPE(t3 + left[(i + 3 * ROWS) * PADDED + p] * w)
        if column < n:
            place = (top + i) * zi + column * zj
            if top + i < m:
                store(pz, place, t0, 2)
            if top + i + ROWS < m:
                store(pz, place + ROWS * zi, t1, 2)
            if top + i + 2 * ROWS < m:
                store(pz, place + 2 * ROWS * zi, t2, 2)
            if top + i + 3 * ROWS < m:
                store(pz, place + 3 * ROWS * zi, t3, 2)
"""
_LISTS = """
@on_device
def lists_of_DTYPE(own, own_threads, x, counts, places, values, m, k, xi, xk):
    px = pointer(x, DTYPE)
    across = (k + GROUP - 1) // GROUP
    for flat in range(own, m * across, own_threads):
        i, first = flat // across, flat % across * GROUP
        count = 0
        for p in range(first, min(first + GROUP, k)):
            if load(px, i * xi + p * xk, 0) != 0:
                count += 1
        counts[m + flat] = count
    block_barrier()
    for flat in range(own, m * across, own_threads):
        i, first = flat // across, flat % across * GROUP
        at = i * k
        for other in range(i * across, flat):
            at += counts[m + other]
        for p in range(first, min(first + GROUP, k)):
            value = load(px, i * xi + p * xk, 0)
            if value != 0:
                places[at] = p
                values[at] = value
                at += 1
        if first + GROUP >= k:
            counts[i] = at - i * k


@on_device
def product_by_lists_DTYPE(thread, threads, counts, places, values, y, z, m, k, n, accumulate, yk, yj, zi, zj):
    py, pz = pointer(y, DTYPE), pointer(z, DTYPE)
    for flat in range(thread, m * n, threads):
        i, j = flat // n, flat % n
        total = load(pz, i * zi + j * zj, 2) if accumulate else DTYPE(0)
        column, at = j * yj, i * k
        end = at + counts[i]
        while at + AT_ONCE <= end:
            SEVERAL
            at += AT_ONCE
        while at < end:
            total = DTYPE(total + values[at] * load(py, column + places[at] * yk, 1))
            at += 1
        store(pz, i * zi + j * zj, total, 2)
"""
