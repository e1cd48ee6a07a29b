"""Lines in LLVM's language for the instructions of PTX: values, and the names of registers and variables.

Registers are memory of the coroutine that a kernel becomes. Addresses in all spaces are those of the processor, but for
those in shared memory, which count from the start of a block's memory.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from tests.backends.cuda.ptx.text import Statement, bits_of, width

__all__ = ["ROUNDING", "STATE", "Operation", "Place", "Writer", "kind_of", "short", "size_of"]

_NUMBER = re.compile(r"-?\d[\w.]*$")
STATE = {"%shared": (8, "i64"), "%tid.x": (20, "i32"), "%ntid.x": (24, "i32"), "%ctaid.x": (28, "i32"),
         "%nctaid.x": (32, "i32")}
"""What a kernel reads of a thread's state: names, with places and types."""
_SPECIAL = {**{name: name for name in list(STATE)[1:]}, "%laneid": "%laneid", "WARP_SZ": "32",
            **{f"%{name}id.{axis}": "0" for name in ("t", "cta") for axis in "yz"},
            **{f"%{name}.{axis}": "1" for name in ("ntid", "nctaid") for axis in "yz"}}
ROUNDING = {"rz": 0, "rp": 2, "rm": 3}
"""Ways to round that are not the processor's usual one, as LLVM numbers them."""


class Place(NamedTuple):
    """Where a name's memory is: a pointer of LLVM with the type of what lies there, or a number in shared memory."""

    pointer: str
    kind: str
    shared: bool = False


class Operation(NamedTuple):
    """An instruction, taken apart."""

    name: str
    modifiers: tuple[str, ...]
    types: tuple[str, ...]
    operands: list[str]
    statement: Statement

    @property
    def type(self) -> str:
        """The type of its operands."""
        return self.types[-1]

    @property
    def rounding(self) -> str | None:
        """The direction in which it rounds, if that is not the processor's usual one."""
        return next((each for each in self.modifiers if each in ROUNDING), None)


def kind_of(type_name: str) -> str:
    """LLVM's name of a type."""
    return {"f32": "float", "f64": "double"}.get(type_name, f"i{width(type_name)}")


def size_of(kind: str) -> int:
    """The bits of a type of LLVM."""
    return {"float": 32, "double": 64}.get(kind) or int(kind[1:])


def short(kind: str) -> str:
    """A type as it ends the names of LLVM's functions."""
    return {"float": "f32", "double": "f64"}.get(kind, kind)


class Writer:
    """Writes the lines of one kernel.

    Parameters
    ----------
    needed : dict of str to str
        Takes what LLVM has to know of the functions that are called, by their names.
    outer : callable
        Where a variable of the module is, by its name.
    """

    def __init__(self, needed: dict[str, str], outer: Callable[[str], Place | None]) -> None:
        self.needed, self.outer = needed, outer
        self.memory, self.lines = list[str](), list[str]()
        self.scopes: list[dict[str, Place]] = []
        self.count = 0
        self.ended = False  # whether control does not come to what follows
        self.carry = self.room("i8", 1)

    def let(self, text: str) -> str:
        """A new name for a value."""
        self.count += 1
        self.add(f"%v{self.count} = {text}")
        return f"%v{self.count}"

    def add(self, line: str) -> None:
        """One more line."""
        if self.ended:
            self.begin(self.label())
        self.lines.append("  " + line)

    def label(self) -> str:
        """A new label."""
        self.count += 1
        return f"l{self.count}"

    def begin(self, label: str) -> None:
        """What follows has a label."""
        if not self.ended:
            self.lines.append(f'  br label %"{label}"')
        self.lines.append(f'"{label}":')
        self.ended = False

    def go(self, text: str) -> None:
        """Control goes elsewhere."""
        self.add(text)
        self.ended = True

    def room(self, kind: str, align: int) -> Place:
        """Memory of the kernel's own."""
        self.count += 1
        self.memory.append(f"  %m{self.count} = alloca {kind}, align {align}")
        return Place(f"%m{self.count}", kind)

    def value_of(self, name: str, result: str, *arguments: str) -> str:
        """The value of a function of LLVM; arguments have their types before them."""
        kinds = ", ".join([argument.split(" ")[0] for argument in arguments])
        self.needed[name] = f"declare {result} @{name}({kinds})"
        return self.let(f"call {result} @{name}({', '.join(arguments)})")

    def rounded(self, name: str, direction: str, result: str, *arguments: str) -> str:
        """The value of a function, rounded in a direction: apart, so that nothing else is rounded like this."""
        kinds = [argument.split(" ")[0] for argument in arguments]
        suffix = ".".join(dict.fromkeys([short(result), short(kinds[0])]))
        own, inner = f"rounded.{name}.{suffix}", f"llvm.experimental.constrained.{name}.{suffix}"
        named = ", ".join([f"{kind} %a{i}" for i, kind in enumerate(kinds)])
        self.needed["llvm.set.rounding"] = "declare void @llvm.set.rounding(i32)"
        self.needed[own] = f"""
declare {result} @{inner}({", ".join(kinds)}, metadata, metadata)
define internal {result} @{own}(i32 %direction, {named}) noinline strictfp {{
  call void @llvm.set.rounding(i32 %direction) strictfp
  %r = call {result} @{inner}({named}, metadata !"round.dynamic", metadata !"fpexcept.strict") strictfp
  call void @llvm.set.rounding(i32 1) strictfp
  ret {result} %r
}}"""
        return self.let(f"call {result} @{own}(i32 {ROUNDING[direction]}, {', '.join(arguments)})")

    def find(self, name: str) -> Place | None:
        """Where a variable or a register is; registers are made when they are first named."""
        family = name.rstrip("0123456789") + "<"
        for scope in reversed(self.scopes):
            if name not in scope and family in scope:
                scope[name] = self.room(scope[family].kind, 8)
            if name in scope:
                return scope[name]
        return self.outer(name)

    def fit(self, value: str, kind: str, wanted: str, signed: bool = False) -> str:
        """The lower bits of a value as another type, or its bits with others before them."""
        if kind == wanted:
            return value
        if kind in ("float", "double"):
            return self.fit(self.let(f"bitcast {kind} {value} to i{size_of(kind)}"), f"i{size_of(kind)}", wanted)
        if wanted in ("float", "double"):
            return self.let(f"bitcast i{size_of(wanted)} {self.fit(value, kind, f'i{size_of(wanted)}')} to {wanted}")
        change = "trunc" if size_of(kind) > size_of(wanted) else "sext" if signed else "zext"
        return self.let(f"{change} {kind} {value} to {wanted}")

    def read(self, operand: str, type_name: str) -> str:
        """The value of an operand: a register, a number, or an address."""
        wanted = kind_of(type_name)
        if operand.startswith("!"):
            return self.let(f"xor i1 {self.read(operand[1:], type_name)}, 1")
        if _NUMBER.match(operand):
            bits = bits_of(operand, type_name)
            return f"bitcast (i{width(type_name)} {bits} to {wanted})" if type_name[0] == "f" else str(bits)
        if operand in _SPECIAL:
            return self.fit(_SPECIAL[operand], "i32", wanted)
        place = self.find(operand)
        if place is None:
            raise KeyError(operand)
        if place.kind:
            return self.fit(self.let(f"load {place.kind}, ptr {place.pointer}"), place.kind, wanted)
        address = place.pointer if place.shared else self.let(f"ptrtoint ptr {place.pointer} to i64")
        return self.fit(address, "i64", wanted)

    def write(self, register: str, value: str, type_name: str) -> None:
        """Change a register; one that is wider than the value gets its sign, or zeros, before it."""
        place = self.find(register)
        if register == "_":
            return
        if place is None:
            raise KeyError(register)
        value = self.fit(value, kind_of(type_name), place.kind, type_name[0] == "s")
        self.add(f"store {place.kind} {value}, ptr {place.pointer}")

    def pointer(self, operand: str, space: str) -> str:
        """The pointer of ``[base+offset]``."""
        base, _, offset = operand.strip("[] ").partition("+")
        place = self.find(base.strip())
        if place is not None and not place.kind and not place.shared:
            return self.let(f"getelementptr i8, ptr {place.pointer}, i64 {int(offset or '0', 0)}")
        address = self.let(f"add i64 {self.read(base.strip(), 'b64')}, {int(offset or '0', 0)}")
        if space == "shared":
            address = self.let(f"add i64 {address}, %shared")
        return self.let(f"inttoptr i64 {address} to ptr")
