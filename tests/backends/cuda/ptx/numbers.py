"""The arithmetic of PTX in LLVM's language: to the last bit, where PTX says what that is.

Functions take what writes lines, and an instruction.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.backends.cuda.ptx.text import width
from tests.backends.cuda.ptx.writer import Operation, Writer, kind_of, short, size_of

__all__ = ["NUMBERS", "Known", "known"]

_ORDERED = {"eq": "oeq", "ne": "one", "lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "num": "ord", "nan": "uno",
            "equ": "ueq", "neu": "une", "ltu": "ult", "leu": "ule", "gtu": "ugt", "geu": "uge"}
_UNSIGNED = {"lo": "ult", "ls": "ule", "hi": "ugt", "hs": "uge"}
_WHOLE = {"rni": "roundeven", "rzi": "trunc", "rmi": "floor", "rpi": "ceil"}


class Known(NamedTuple):
    """How operations are carried out, and the modifiers that are understood."""

    method: Callable[[Any, Operation], None]
    modifiers: set[str]


def known(names: str, method: Callable[[Any, Operation], None], modifiers: str = "") -> dict[str, Known]:
    """Operations that are carried out in one way."""
    return {name: Known(method, set(modifiers.split())) for name in names.split()}


def _operands(k: Writer, operation: Operation) -> list[str]:
    """The values of the operands after the first one; subnormal ones are zero where the operation says so."""
    values = [k.read(operand, operation.type) for operand in operation.operands[1:]]
    return [_flushed(k, value, operation.type) for value in values] if "ftz" in operation.modifiers else values


def _flushed(k: Writer, value: str, t: str) -> str:
    """Zero, with the sign, for a subnormal number."""
    kind, smallest = kind_of(t), "0x3810000000000000" if t == "f32" else "0x0010000000000000"
    size = k.value_of(f"llvm.fabs.{t}", kind, f"{kind} {value}")
    zero = k.value_of(f"llvm.copysign.{t}", kind, f"{kind} 0.0", f"{kind} {value}")
    return k.let(f"select i1 {k.let(f'fcmp olt {kind} {size}, {smallest}')}, {kind} {zero}, {kind} {value}")


def _result(k: Writer, operation: Operation, value: str, t: str = "") -> None:
    """Write what an operation gives, after what its modifiers ask for."""
    t = t or operation.type
    if "sat" in operation.modifiers:  # between 0 and 1, and NaN is 0
        low = k.let(f"select i1 {k.let(f'fcmp ogt {kind_of(t)} {value}, 0.0')}, {kind_of(t)} {value}, {kind_of(t)} 0.0")
        value = k.let(f"select i1 {k.let(f'fcmp olt {kind_of(t)} {low}, 1.0')}, {kind_of(t)} {low}, {kind_of(t)} 1.0")
    if "ftz" in operation.modifiers:
        value = _flushed(k, value, t)
    k.write(operation.operands[0], value, t)


def arithmetic(k: Writer, operation: Operation) -> None:
    """Sums, differences and products, of floats in every direction of rounding."""
    name, t = operation.name, operation.type
    assert t[0] == "f" or not {"ftz", "sat"} & set(operation.modifiers)
    kind, values = kind_of(t), _operands(k, operation)
    direction = operation.rounding
    if t[0] == "f" and direction is not None:
        value = k.rounded(f"f{name}", direction, kind, *[f"{kind} {value}" for value in values])
    else:
        value = k.let(f"{'f' if t[0] == 'f' else ''}{name} {kind} {values[0]}, {values[1]}")
    _result(k, operation, value)


def fused(k: Writer, operation: Operation) -> None:
    """Rounded once."""
    kind, values = kind_of(operation.type), _operands(k, operation)
    assert operation.type[0] == "f"
    arguments = [f"{kind} {value}" for value in values]
    direction = operation.rounding
    _result(k, operation, k.value_of(f"llvm.fma.{operation.type}", kind, *arguments) if direction is None
                 else k.rounded("fma", direction, kind, *arguments))


def product(k: Writer, operation: Operation) -> None:
    """Products of whole numbers, and what is added to them; those of floats are `arithmetic`."""
    t = operation.type
    if t[0] == "f":
        return arithmetic(k, operation) if operation.name == "mul" else fused(k, operation)
    assert not {"ftz", "sat"} & set(operation.modifiers)
    part, kind = operation.modifiers[0], kind_of(t)
    wide, extend = f"i{2 * width(t)}", "sext" if t[0] == "s" else "zext"
    x, y = [k.read(operand, t) for operand in operation.operands[1:3]]
    value, result = "", t
    if part == "lo":
        value = k.let(f"mul {kind} {x}, {y}")
    else:
        value = k.let(f"mul {wide} {k.let(f'{extend} {kind} {x} to {wide}')}, "
                          f"{k.let(f'{extend} {kind} {y} to {wide}')}")
        if part == "wide":
            result = f"{t[0]}{2 * width(t)}"
        else:
            assert part == "hi"
            value = k.fit(k.let(f"lshr {wide} {value}, {width(t)}"), wide, kind)
    if operation.name != "mul":
        value = _carried(k, operation, "add", value, k.read(operation.operands[3], result), result)
    k.write(operation.operands[0], value, result)


def carrying(k: Writer, operation: Operation) -> None:
    """Sums and differences of whole numbers as parts of longer ones; those of floats are `arithmetic`."""
    if operation.type[0] == "f" or not ("cc" in operation.modifiers or operation.name[-1] == "c"):
        return arithmetic(k, operation)
    x, y = _operands(k, operation)
    k.write(operation.operands[0], _carried(k, operation, operation.name[:3], x, y, operation.type), operation.type)


def _carried(k: Writer, operation: Operation, name: str, x: str, y: str, t: str) -> str:
    """A sum or a difference, with what the part before carries, and noting what this one does."""
    kind, wide = kind_of(t), f"i{width(t) + 1}"
    total = k.let(f"{name} {wide} {k.let(f'zext {kind} {x} to {wide}')}, {k.let(f'zext {kind} {y} to {wide}')}")
    if operation.name[-1] == "c":
        carry = k.fit(k.let(f"load i8, ptr {k.carry.pointer}"), "i8", wide)
        total = k.let(f"{name} {wide} {total}, {carry}")
    if "cc" in operation.modifiers:
        over = k.let(f"and i8 {k.fit(k.let(f'lshr {wide} {total}, {width(t)}'), wide, 'i8')}, 1")
        k.add(f"store i8 {over}, ptr {k.carry.pointer}")
    return k.fit(total, wide, kind)


def quotient(k: Writer, operation: Operation) -> None:
    """Quotients and remainders; whole numbers by zero give what a device gives."""
    t, kind = operation.type, kind_of(operation.type)
    direction = operation.rounding
    x, y = _operands(k, operation)
    if t[0] == "f":
        _result(k, operation, k.let(f"fdiv {kind} {x}, {y}") if direction is None
                     else k.rounded("fdiv", direction, kind, f"{kind} {x}", f"{kind} {y}"))
        return
    zero, signed = k.let(f"icmp eq {kind} {y}, 0"), t[0] == "s"
    special = zero
    if signed:  # by -1 is a difference
        special = k.let(f"or i1 {zero}, {k.let(f'icmp eq {kind} {y}, -1')}")
    safe = k.let(f"select i1 {special}, {kind} 1, {kind} {y}")
    value = k.let(f"{'s' if signed else 'u'}{operation.name} {kind} {x}, {safe}")
    negative = k.let(f"sub {kind} 0, {x}") if operation.name == "div" else "0"
    by_one = k.let(f"select i1 {zero}, {kind} {'-1' if operation.name == 'div' else x}, {kind} {negative}")
    k.write(operation.operands[0], k.let(f"select i1 {special}, {kind} {by_one}, {kind} {value}"), t)


def extreme(k: Writer, operation: Operation) -> None:
    """Of two floats a number wins against NaN, if not said otherwise, and +0 is larger than -0."""
    t, kind = operation.type, kind_of(operation.type)
    x, y = _operands(k, operation)
    if t[0] != "f":
        k.write(operation.operands[0], k.value_of(
            f"llvm.{t[0]}{operation.name}.{kind}", kind, f"{kind} {x}", f"{kind} {y}"), t)
        return
    first = k.let(f"fcmp {'ogt' if operation.name == 'max' else 'olt'} {kind} {x}, {y}")
    negative = k.fit(y if operation.name == "max" else x, kind, f"i{width(t)}")
    alike = k.let(f"and i1 {k.let(f'fcmp oeq {kind} {x}, {y}')}, {k.let(f'icmp slt i{width(t)} {negative}, 0')}")
    missing = k.let(f"fcmp uno {kind} {'0.0'}, {x if 'NaN' in operation.modifiers else y}")
    chosen = k.let(f"or i1 {k.let(f'or i1 {first}, {alike}')}, {missing}")
    _result(k, operation, k.let(f"select i1 {chosen}, {kind} {x}, {kind} {y}"))


def sign(k: Writer, operation: Operation) -> None:
    """Absolute and negative values, and numbers with another sign."""
    t, kind, values = operation.type, kind_of(operation.type), _operands(k, operation)
    arguments = [f"{kind} {value}" for value in reversed(values)]  # the sign comes first in PTX
    if t[0] == "f":
        name = {"abs": f"llvm.fabs.{t}", "copysign": f"llvm.copysign.{t}"}.get(operation.name)
        _result(k, operation, k.let(f"fneg {kind} {values[0]}") if name is None else k.value_of(name, kind, *arguments))
    elif operation.name == "neg":
        k.write(operation.operands[0], k.let(f"sub {kind} 0, {values[0]}"), t)
    else:
        k.write(operation.operands[0], k.value_of(f"llvm.abs.{kind}", kind, *arguments, "i1 0"), t)


def logic(k: Writer, operation: Operation) -> None:
    """Bit by bit."""
    kind, (x, *more) = kind_of(operation.type), _operands(k, operation)
    name, y = ("xor", "-1") if operation.name == "not" else (operation.name, more[0])
    k.write(operation.operands[0], k.let(f"{name} {kind} {x}, {y}"), operation.type)


def shift(k: Writer, operation: Operation) -> None:
    """By at most all bits."""
    t, kind = operation.type, kind_of(operation.type)
    x, by = k.read(operation.operands[1], t), k.read(operation.operands[2], "b32")
    name = "shl" if operation.name == "shl" else "ashr" if t[0] == "s" else "lshr"
    most = width(t) - 1
    inside = k.let(f"icmp ule i32 {by}, {most}")
    count = k.let(f"select i1 {inside}, i32 {by}, i32 {most}")
    value = k.let(f"{name} {kind} {x}, {k.fit(count, 'i32', kind)}")
    if name != "ashr":
        value = k.let(f"select i1 {inside}, {kind} {value}, {kind} 0")
    k.write(operation.operands[0], value, t)


def bits(k: Writer, operation: Operation) -> None:
    """Bits that are counted or turned round."""
    t, kind = operation.type, kind_of(operation.type)
    name = {"clz": "ctlz", "popc": "ctpop", "brev": "bitreverse"}[operation.name]
    value = k.value_of(f"llvm.{name}.{kind}", kind, f"{kind} {k.read(operation.operands[1], t)}",
                       *(["i1 0"] if name == "ctlz" else []))
    result = t if operation.name == "brev" else "b32"
    k.write(operation.operands[0], k.fit(value, kind, kind_of(result)), result)


def insert(k: Writer, operation: Operation) -> None:
    """The lowest bits of one number in the middle of another one."""
    t, kind = operation.type, kind_of(operation.type)
    x, y = [k.read(operand, t) for operand in operation.operands[1:3]]
    start, length = [k.let(f"and i32 {k.read(operand, 'b32')}, 255") for operand in operation.operands[3:5]]
    mask = k.let(f"xor {kind} {_shifted(k, '-1', length, kind)}, -1")
    shifted, there = _shifted(k, k.let(f"and {kind} {x}, {mask}"), start, kind), _shifted(k, mask, start, kind)
    kept = k.let(f"and {kind} {y}, {k.let(f'xor {kind} {there}, -1')}")
    k.write(operation.operands[0], k.let(f"or {kind} {shifted}, {kept}"), t)


def _shifted(k: Writer, value: str, count: str, kind: str) -> str:
    """To the left, by at most all bits."""
    inside = k.let(f"icmp ult i32 {count}, {size_of(kind)}")
    safe = k.fit(k.let(f"select i1 {inside}, i32 {count}, i32 0"), "i32", kind)
    return k.let(f"select i1 {inside}, {kind} {k.let(f'shl {kind} {value}, {safe}')}, {kind} 0")


def compare(k: Writer, operation: Operation) -> None:
    """A predicate, and its opposite; both may be combined with another one."""
    t, kind, (how, *combined) = operation.type, kind_of(operation.type), [m for m in operation.modifiers if m != "ftz"]
    x, y = [k.read(operand, t) for operand in operation.operands[1:3]]
    if "ftz" in operation.modifiers:
        x, y = _flushed(k, x, t), _flushed(k, y, t)
    if t[0] == "f":
        value = k.let(f"fcmp {_ORDERED[how]} {kind} {x}, {y}")
    else:
        signed = "" if how in ("eq", "ne") else "s" if t[0] == "s" else "u"
        value = k.let(f"icmp {_UNSIGNED.get(how) or signed + how} {kind} {x}, {y}")
    for register, found in zip(operation.operands[0].split("|"), (value, ""), strict=False):
        found = found or k.let(f"xor i1 {value}, 1")
        for name in combined:
            found = k.let(f"{name} i1 {found}, {k.read(operation.operands[3], 'pred')}")
        k.write(register.strip(), found, "pred")


def select(k: Writer, operation: Operation) -> None:
    """One of two values."""
    kind, (target, x, y, predicate) = kind_of(operation.type), operation.operands
    values = [f"{kind} {k.read(operand, operation.type)}" for operand in (x, y)]
    k.write(target, k.let(f"select i1 {k.read(predicate, 'pred')}, {', '.join(values)}"), operation.type)


def test(k: Writer, operation: Operation) -> None:
    """What sort of number a float is."""
    kinds = {"finite": 0x1f8, "infinite": 0x204, "number": 0x3fc, "notanumber": 3, "normal": 0x108, "subnormal": 0x90}
    kind = kind_of(operation.type)
    k.write(operation.operands[0], k.value_of(
        f"llvm.is.fpclass.{operation.type}", "i1", f"{kind} {k.read(operation.operands[1], operation.type)}",
        f"i32 {kinds[operation.modifiers[0]]}"), "pred")


def function(k: Writer, operation: Operation) -> None:
    """Functions of one float, to the last bit also where a device is not as exact."""
    t, kind, (x,), name = operation.type, kind_of(operation.type), _operands(k, operation), operation.name
    direction = operation.rounding
    cut = t == "f64" and "approx" in operation.modifiers  # only the upper half of such floats counts
    x = k.let(f"fpext float {x} to double") if t == "f32" and name in ("rsqrt", "ex2", "lg2", "sin", "cos") else x
    wide = "double" if t == "f32" and name in ("rsqrt", "ex2", "lg2", "sin", "cos") else kind
    x = _upper(k, x) if cut else x
    if direction is not None:
        value = (k.rounded("sqrt", direction, kind, f"{kind} {x}") if name == "sqrt"
                 else k.rounded("fdiv", direction, kind, f"{kind} 1.0", f"{kind} {x}"))
    elif name == "rcp":
        value = k.let(f"fdiv {kind} 1.0, {x}")
    else:
        known = {"ex2": "exp2", "lg2": "log2", "rsqrt": "sqrt"}.get(name, name)
        value = k.value_of(f"llvm.{known}.{short(wide)}", wide, f"{wide} {x}")
        value = k.let(f"fdiv {wide} 1.0, {value}") if name == "rsqrt" else value
    value = k.let(f"fptrunc double {value} to float") if wide != kind else value
    _result(k, operation, _upper(k, value) if cut else value)


def _upper(k: Writer, value: str) -> str:
    """A float64 without the lower half of its bits."""
    return k.fit(k.let(f"and i64 {k.fit(value, 'double', 'i64')}, -4294967296"), "i64", "double")


def convert(k: Writer, operation: Operation) -> None:
    """Between types."""
    (target, source), (operand,) = operation.types, operation.operands[1:]
    (kind, wanted), x = (kind_of(source), kind_of(target)), k.read(operand, source)
    if "ftz" in operation.modifiers and source == "f32":
        x = _flushed(k, x, source)
    direction = operation.rounding
    whole = next((_WHOLE[each] for each in operation.modifiers if each in _WHOLE), None)
    if whole is not None:
        x = k.value_of(f"llvm.{whole}.{source}", kind, f"{kind} {x}")
    if source[0] != "f" and target[0] != "f":
        assert not operation.modifiers
        k.write(operation.operands[0], k.fit(x, kind, wanted, source[0] == "s"), target)
    elif target[0] != "f":
        assert whole is not None
        k.write(operation.operands[0], _as_integer(k, x, source, target), target)
    else:
        name = (f"{source[0].replace('b', 'u')}itofp" if source[0] != "f" else "" if source == target
                else "fpext" if source == "f32" else "fptrunc")
        value = x if not name else (k.let(f"{name} {kind} {x} to {wanted}") if direction is None
                                    else k.rounded(name, direction, wanted, f"{kind} {x}"))
        _result(k, operation, value, target)


def _as_integer(k: Writer, x: str, source: str, target: str) -> str:
    """The nearest integer that the type has; for NaN what a device gives."""
    kind, wanted = kind_of(source), kind_of(target)
    value = k.value_of(f"llvm.fpto{target[0]}i.sat.{wanted}.{source}", wanted, f"{kind} {x}")
    if source != "f64" and width(target) != 64:
        return value
    missing = k.let(f"fcmp uno {kind} {x}, 0.0")
    return k.let(f"select i1 {missing}, {wanted} {1 << width(target) - 1}, {wanted} {value}")


NUMBERS = {
    **known("add sub addc subc", carrying, "rn rz rm rp ftz sat cc"),
    **known("mul mad madc", product, "lo hi wide rn rz rm rp ftz sat cc"),
    **known("fma", fused, "rn rz rm rp ftz sat"),
    **known("div rem", quotient, "rn rz rm rp approx full ftz"),
    **known("min max", extreme, "NaN ftz"),
    **known("abs neg copysign", sign, "ftz"),
    **known("and or xor not", logic),
    **known("shl shr", shift),
    **known("clz popc brev", bits),
    **known("bfi", insert),
    **known("setp", compare, " ".join([*_ORDERED, *_UNSIGNED]) + " and or xor ftz"),
    **known("selp", select),
    **known("testp", test, "finite infinite number notanumber normal subnormal"),
    **known("rcp sqrt rsqrt ex2 lg2 sin cos", function, "approx rn rz rm rp ftz"),
    **known("cvt", convert, "rn rz rm rp ftz sat " + " ".join(_WHOLE)),
}
