"""The driver: walks the instructions of a plan, turn by turn, for one tile of rows.

A plan is one row of integers. For every instruction: the kernel's address, the number of its pointers and of its further
arguments, and its window less one; for every pointer its base, the bytes from slot to slot, the shift and the mask of its
slot, whether slots count turns or rows of time; then the further arguments. So no code is generated for a plan beyond its
kernels. An instruction with a window runs in the last turn of every window, with the pointers of its first turn; the number
of turns is its last argument. An instruction without an address is a barrier for the members of a team; or, where it has a
pointer, a jump: where the truth value there equals its first argument, so many integers are skipped as its second one says.

Like every kernel it takes one row of integers: the address and the length of the plan, the number of turns, whether time
runs backward, the address of room for one instruction's arguments, where the cycles of every instruction are added up (0
where nobody asks), a counter that the members of a team share, their number, and a function that lets others run (or 0).
"""
from __future__ import annotations

from nbbrain.backends.numba.assembly import Kernel, Pointer, Value, Variable

__all__ = ["driver"]


def driver(name: str) -> str:
    """LLVM's text of the driver."""
    k = Kernel(name)
    code, row, cycles, counter = [k.pointer(i, "int64") for i in (0, 4, 5, 6)]
    size, length, backward, timed = k.argument(1), k.argument(2), k.argument(3), k.argument(5)
    met = Variable(k, k.number(0))
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
                        _carry_out(k, code, here, row, counter, met, at)
                        cycles.store(here, cycles.load(here) + k.cycle() - before)
                    with no:
                        _carry_out(k, code, here, row, counter, met, at)
    return k.finish()


SPINS = 2000
"""How often a member looks whether the others have come before it lets other threads run."""


def _carry_out(k: Kernel, code: Pointer, here: Value, row: Pointer, counter: Pointer, met: Variable, at: Variable) -> None:
    address = code.load(here)
    with k.either(address.differs(0)) as (kernel, other):
        with kernel:
            k.call(address, row)
        with other, k.either(code.load(here + 1).differs(0)) as (jump, barrier):
            with jump:
                condition = k.convert(k.pointer_to(row.load(0), "bool").load(0), "int64")
                with k.when(condition.equals(row.load(1))):
                    at.set(at.get() + row.load(2))
            with barrier:
                _meet(k, row, counter, met)


def _meet(k: Kernel, row: Pointer, counter: Pointer, met: Variable) -> None:
    """Wait for the other members of the team."""
    met.set(met.get() + k.argument(7))
    counter.add_atomically(0, 1)
    spins = Variable(k, k.number(0))
    with k.loop_while(lambda: counter.load_atomically(0) < met.get()):
        spins.set(spins.get() + 1)
        with k.when((spins.get() >= SPINS) & k.argument(8).differs(0)):
            k.call(k.argument(8), row)


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
