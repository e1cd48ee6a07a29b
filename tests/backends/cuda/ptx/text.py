"""The text of a PTX module, taken apart: its variables, its functions, and the statements of these."""
from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Function", "Module", "Statement", "Variable", "bits_of", "operands_of", "parse", "statements_of", "variables_of",
           "width"]

_HEADER = re.compile(r"\.(?:version|target|address_size|file|section)[^\n]*")
_FUNCTION = re.compile(r"(?:\.(?:visible|weak|extern)\s+)*\.(entry|func)\s*(?:\(([^)]*)\))?\s*([\w$%]+)\s*"
                       r"\(([^)]*)\)[^;{]*([;{])")
_VARIABLE = re.compile(r"(?:\.(?:visible|weak|extern|common)\s+)*\.(global|const|shared)\s+([^;=]*)(?:=\s*([^;]*))?;")
_DECLARED = re.compile(r"(?:\.align\s+(\d+)\s+)?\.([a-z]+\d*)\s+(.*)", re.DOTALL)
_SOMETHING = re.compile(r"\S")
_LABEL = re.compile(r"[\w$%]+:(?!:)")


@dataclass(frozen=True)
class Variable:
    """A name for memory.

    Attributes
    ----------
    name : str
        Its name.
    type : str
        Of its elements, such as ``b8``.
    count : int
        How many elements there are.
    align : int
        What its address is a multiple of.
    content : bytes
        What it begins with; empty where it is zero.
    """

    name: str
    type: str
    count: int = 1
    align: int = 1
    content: bytes = b""

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.count * width(self.type) // 8


@dataclass(frozen=True)
class Function:
    """A kernel or a device function."""

    name: str
    is_kernel: bool
    results: list[Variable]
    parameters: list[Variable]
    body: str
    line: int


@dataclass
class Module:
    """All that a text declares, by name; variables by the space they lie in."""

    functions: dict[str, Function] = field(default_factory=dict)
    constants: dict[str, Variable] = field(default_factory=dict)
    shared: dict[str, Variable] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    """A label (``name:``), a brace, a declaration, or an instruction with the predicate that guards it."""

    text: str
    line: int

    def failure(self, why: str) -> NotImplementedError:
        """An error that names the line."""
        return NotImplementedError(f"line {self.line} of the PTX: {why}: {' '.join(self.text.split())}")


def width(type_name: str) -> int:
    """The bits of a type."""
    return 1 if type_name == "pred" else int(type_name[1:])


def parse(text: str) -> Module:
    """Take a module's text apart."""
    text = re.sub(r"/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)
    text = re.sub(r"//[^\n]*", "", text)
    module, place = Module(), 0
    while something := _SOMETHING.search(text, place):
        start = something.start()
        if found := _HEADER.match(text, start):
            place = found.end()
        elif found := _FUNCTION.match(text, start):
            end = _closing(text, found.end()) if found[5] == "{" else found.end()
            if found[5] == "{":
                module.functions[found[3]] = Function(
                    found[3], found[1] == "entry", _listed(found[2] or ""), _listed(found[4]),
                    text[found.end():end - 1], text.count("\n", 0, found.end()) + 1)
            place = end
        elif found := _VARIABLE.match(text, start):
            kept = module.shared if found[1] == "shared" else module.constants
            kept.update({variable.name: variable for variable in variables_of(found[2], found[3] or "")})
            place = found.end()
        else:
            raise Statement(text[start:start + 80], text.count("\n", 0, start) + 1).failure("not understood")
    return module


def _closing(text: str, place: int) -> int:
    """The place behind the brace that closes what was opened before a place."""
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        place += 1
    return place


def _listed(text: str) -> list[Variable]:
    """The parameters in parentheses."""
    return [variable for part in text.split(",") if part.strip() for variable in variables_of(part.replace(".param", "", 1))]


def variables_of(text: str, initial: str = "") -> list[Variable]:
    """The variables of a declaration without its space: ``.align 4 .b8 name[16]``, or ``.reg``'s ``.b32 a, b``."""
    found = _DECLARED.match(re.sub(r"\.(ptr|param)\b(\s*\.(global|shared|const|local)\b)?", "", text).strip())
    assert found is not None, text
    variables = []
    for declared in found[3].split(","):
        name, *sizes = [part.strip(" \t\n]") for part in declared.split("[")]
        count = 1
        for size in sizes:
            count *= int(size)
        content = b"".join([bits_of(number.strip(), found[2]).to_bytes(width(found[2]) // 8, "little")
                            for number in initial.strip("{} \n").split(",") if number.strip()])
        variables.append(Variable(name, found[2], count, int(found[1] or max(1, width(found[2]) // 8)), content))
    return variables


def bits_of(number: str, type_name: str) -> int:
    """The bits of a number as a type has them."""
    if number[:2].lower() in ("0f", "0d"):
        return int(number[2:], 16)
    if type_name[0] == "f":
        packed = struct.pack("<f" if type_name == "f32" else "<d", float(number))
        return int.from_bytes(packed, "little")
    return int(number.rstrip("U"), 0) & (1 << width(type_name)) - 1


def statements_of(function: Function) -> Iterator[Statement]:
    """What a function's body consists of, in order."""
    text, line, end = function.body, function.line, 0
    while found := _SOMETHING.search(text, end):
        place = found.start()
        line += text.count("\n", end, place)
        label = _LABEL.match(text, place)
        end = place + 1 if text[place] in "{}" else label.end() if label else text.index(";", place) + 1
        yield Statement(text[place:end].rstrip(";"), line)
        line += text.count("\n", place, end)


def operands_of(text: str) -> list[str]:
    """Operands between commas, of which braces and brackets keep theirs."""
    return [part.strip() for part in re.findall(r"(?:\{[^}]*\}|\[[^\]]*\]|[^,{\[])+", text) if part.strip()]
