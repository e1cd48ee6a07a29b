"""The driver: walks the instructions of a plan, turn by turn, for one tile of rows.

A plan is one row of integers. For every instruction: the kernel's address, the number of its pointers and of its further
arguments, and its window less one; for every pointer its base, the bytes from slot to slot, the shift and the mask of its
slot, and whether slots count turns or rows of time; then the further arguments. So no code is generated for a plan beyond its
kernels. An instruction with a window runs in the last turn of every window, with the pointers of its first turn; the number
of turns is its last argument.

Like every kernel it takes one row of integers: the address and the length of the plan, the number of turns, whether time
runs backward, the address of room for one instruction's arguments, and where the cycles of every instruction are added up (0
where nobody asks).
"""
from __future__ import annotations

from nbbrain.backends.numba.assembly import Kernel, Pointer, Value, Variable

__all__ = ["driver"]


def driver(name: str) -> str:
    """LLVM's text of the driver."""
    k = Kernel(name)
    code, row, cycles = k.pointer(0, "int64"), k.pointer(4, "int64"), k.pointer(5, "int64")
    size, length, backward, timed = k.argument(1), k.argument(2), k.argument(3), k.argument(5)
    with k.loop(0, length) as turn:
        time = k.choose(backward.differs(0), length - 1 - turn, turn)
        at = Variable(k, k.number(0))
        with k.loop_while(lambda: at.get() < size):
            here = at.get()
            every = code.load(here + 3)
            inside = turn & every
            ready = inside.equals(every) | turn.equals(length - 1)
            at.set(here + 4 + code.load(here + 1) * 5 + code.load(here + 2))
            with k.when(ready):
                first = k.choose(backward.differs(0), time + inside, time - inside)
                _fill(k, code, row, here, turn - inside, first, inside + 1)
                with k.either(timed.differs(0)) as (yes, no):
                    with yes:
                        before = k.cycle()
                        k.call(code.load(here), row)
                        cycles.store(here, cycles.load(here) + k.cycle() - before)
                    with no:
                        k.call(code.load(here), row)
    return k.finish()


def _fill(k: Kernel, code: Pointer, row: Pointer, here: Value, turn: Value, time: Value, turns: Value) -> None:
    """The arguments of an instruction, from a turn on."""
    pointers, numbers = code.load(here + 1), code.load(here + 2)
    first = here + 4
    with k.loop(0, pointers) as j:
        place = first + j * 5
        slot = k.choose(code.load(place + 4).differs(0), turn, time)
        row.store(j, code.load(place) + ((slot + code.load(place + 2)) & code.load(place + 3)) * code.load(place + 1))
    rest = first + pointers * 5
    with k.loop(0, numbers) as j:
        row.store(pointers + j, code.load(rest + j))
    row.store(pointers + numbers, turns)
