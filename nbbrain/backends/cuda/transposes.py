"""Weights that products read along their columns, as those of gradients do, are transposed before the first turn.

Neighbouring threads then read neighbouring elements, which memory hands out together.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

from nbbrain.backends.cuda.block_products import turned
from nbbrain.program.plan import Plan
from nbbrain.program.plan.instructions import Instruction, Nest, Operand, Product, Store
from nbbrain.program.plan.layout import Buffer, View, contiguous_strides

__all__ = ["LaidOut", "laid_out"]

_WORTH = 1 << 12
"""Elements from which on it pays."""


@dataclass(frozen=True)
class LaidOut:
    """A plan, and what is done before its first turn.

    Attributes
    ----------
    plan : Plan
        Its products read transposed weights from scratch buffers of their own.
    before : tuple of Nest
        Fills these.
    """

    plan: Plan
    before: tuple[Nest, ...] = ()


def laid_out(plan: Plan) -> LaidOut:
    """The plan with its weights transposed where that pays."""
    buffers, before = list(plan.buffers), dict[Operand, tuple[Operand, Nest]]()

    def changed(instruction: Instruction) -> Instruction:
        if not isinstance(instruction, Product) or instruction.result.view.buffer.dtype.kind != "f":
            return instruction
        product = turned(instruction, plan.height)
        if not _pays(product):
            return product
        if product.y not in before:
            before[product.y] = _copied(product, len(buffers))
            buffers.append(before[product.y][0].view.buffer)
        return replace(product, y=before[product.y][0])

    instructions = tuple([changed(instruction) for instruction in plan.instructions])
    return LaidOut(replace(plan, buffers=tuple(buffers), instructions=instructions),
                   tuple([nest for _, nest in before.values()]))


def _pays(product: Product) -> bool:
    """Whether the right side is large, the same in all turns, and lies column by column."""
    _, k, n = product.sizes
    sizes_known = not k.rows and not n.rows and min(k.size, n.size) > 1
    along, across = product.y.strides
    return (product.y.view.buffer.role == "constant" and sizes_known and along == 1 and across > 1
            and k.size * n.size >= _WORTH)


def _copied(product: Product, number: int) -> tuple[Operand, Nest]:
    """The right side of a product row by row in a buffer of its own, and what copies it."""
    shape, dtype = tuple([size.size for size in product.sizes[1:]]), product.y.view.buffer.dtype
    strides = contiguous_strides(shape)
    buffer = Buffer(number, "scratch", -1, shape, dtype, private=False, slot=shape[0] * shape[1])
    copy = Operand(View(buffer, shape, strides), strides, 0)
    return copy, Nest(product.sizes[1:], (product.y,), (), (), (Store(("input", 0), copy),))
