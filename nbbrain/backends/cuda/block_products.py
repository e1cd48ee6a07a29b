"""Products of matrices by all threads of a block together.

*By tiles*: the block takes one square of the result after the other. Squares of both sides pass through shared memory, from
which every thread adds up four elements.

*By words*: one bit tells of every element of the left side whether it is zero; the bits of 32 neighbours make a word, and
words lie in shared memory. Every thread then reads of the left and the right side only what counts, which of spikes is
little; where all 32 count, it reads them as they come. Elements are added up in the order of k in either way.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from nbbrain.program.plan.instructions import Operand, Product

__all__ = ["DEVICE", "SIMULATION", "BlockForm", "Form", "form_of", "functions_text", "turned"]

Form = Literal["tiles", "words", "elements"]


@dataclass(frozen=True)
class BlockForm:
    """Sizes of what a block of threads does together, which are a part of the code.

    Attributes
    ----------
    rows : int
        Rows of a square that one pass of all threads covers; its side is four times that, and a thread has four elements.
    word : int
        Bits of a word.
    words : int
        Words that have room in shared memory.
    group : int
        How many threads at once combine what the others of a block have.
    """

    rows: int
    word: int
    words: int
    group: int

    @property
    def side(self) -> int:
        """The side of a square."""
        return 4 * self.rows

    @property
    def threads(self) -> int:
        """The threads of a block that goes by squares."""
        return self.side * self.rows


DEVICE = BlockForm(rows=8, word=32, words=1024, group=16)
SIMULATION = BlockForm(rows=1, word=4, words=16, group=2)
"""So small that the sizes of tests are enough for all forms."""


def turned(product: Product, height: int) -> Product:
    """The product, or its transpose if that has the smaller left side: one vector beside a matrix is the one to list."""
    m, _, n = product.sizes
    if (m.size * height if m.rows else m.size) <= (n.size * height if n.rows else n.size):
        return product
    x, y, result = [Operand(operand.view, operand.strides[::-1], operand.row_stride)
                    for operand in (product.y, product.x, product.result)]
    return replace(product, x=x, y=y, result=result, sizes=product.sizes[::-1])


def form_of(product: Product, height: int, block: BlockForm) -> Form:
    """How a product is taken: by tiles if it is large, by words if they have room, else every thread by itself."""
    m, k, n = [size.size * (height if size.rows else 1) for size in product.sizes]
    if min(m, n) >= block.side and k >= block.word // 4:
        return "tiles"
    fits = m * -(-k // block.word) <= block.words
    return "words" if product.window == 1 and k >= block.word and fits else "elements"


def functions_text(form: Form, dtype: str, block: BlockForm) -> str:
    """The source of the functions of a form; their names end in the dtype."""
    text = {"tiles": _TILES, "words": _WORDS}[form]
    numbers = {"SIDE": block.side, "ROWS": block.rows, "PADDED": block.side + 1, "WORD": block.word,
               "FULL": (1 << block.word) - 1}
    for name, number in numbers.items():
        text = text.replace(name, str(number))
    return text.replace("DTYPE", dtype)


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
_WORDS = """
@on_device
def words_of_DTYPE(thread, threads, x, words, m, k, xi, xk):
    px = pointer(x, DTYPE)
    across = (k + WORD - 1) // WORD
    for flat in range(thread, m * across, threads):
        i, first = flat // across, flat % across * WORD
        word = int64(0)
        for p in range(first, min(first + WORD, k)):
            if load(px, i * xi + p * xk, 0) != 0:
                word |= int64(1) << (p - first)
        words[flat] = word


@on_device
def product_by_words_DTYPE(thread, threads, words, x, y, z, m, k, n, accumulate, xi, xk, yk, yj, zi, zj):
    px, py, pz = pointer(x, DTYPE), pointer(y, DTYPE), pointer(z, DTYPE)
    across = (k + WORD - 1) // WORD
    for flat in range(thread, m * n, threads):
        i, j = flat // n, flat % n
        total = load(pz, i * zi + j * zj, 2) if accumulate else DTYPE(0)
        for number in range(across):
            word = words[i * across + number]
            left, right = i * xi + number * WORD * xk, j * yj + number * WORD * yk
            if word == FULL:
                for p in range(WORD):
                    total = DTYPE(total + load(px, left + p * xk, 0) * load(py, right + p * yk, 1))
            else:
                while word != 0:
                    p = cuda.ffs(word) - 1
                    total = DTYPE(total + load(px, left + p * xk, 0) * load(py, right + p * yk, 1))
                    word &= word - 1
        store(pz, i * zi + j * zj, total, 2)
"""
