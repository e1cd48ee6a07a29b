"""A small language for kernels whose speed depends on which values stay in registers.

Python code runs once and leaves LLVM instructions behind: operators on `Value` emit arithmetic, ``with kernel.loop(...)``
emits a loop, Python's own loops unroll. There is no type inference in between, so such a kernel is ready in a fraction of
the time that Numba needs for the same one.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from llvmlite import ir

__all__ = ["Kernel", "Pointer", "Value", "Variable"]

_I1, _I32, _I64 = ir.IntType(1), ir.IntType(32), ir.IntType(64)
_TYPES: dict[str, ir.Type] = {"float32": ir.FloatType(), "float64": ir.DoubleType(), "bool": ir.IntType(8)} | {
    f"{sign}int{bits}": ir.IntType(bits) for sign in ("", "u") for bits in (8, 16, 32, 64)}
_SCOPES = 16
"""Pointers of different numbers never reach the same element."""


@lru_cache(maxsize=_SCOPES)
def _scopes(module: ir.Module, number: int) -> tuple[ir.Value, ir.Value]:
    """The scope of the pointers of a number, and the scopes of all others."""
    domain = module.add_metadata(["nbbrain"])
    scopes = [module.add_metadata([f"nbbrain{i}", domain]) for i in range(_SCOPES)]
    return module.add_metadata([scopes[number]]), module.add_metadata([s for i, s in enumerate(scopes) if i != number])


class Value:
    """A number or a vector in a register."""

    def __init__(self, kernel: Kernel, value: ir.Value) -> None:
        self.kernel, self.value = kernel, value

    @property
    def is_integer(self) -> bool:
        """Whether it is an integer, or a vector of them."""
        return isinstance(getattr(self.value.type, "element", self.value.type), ir.IntType)

    def _with(self, other: Any, integer: str, real: str) -> Value:
        method = getattr(self.kernel.builder, integer if self.is_integer else real)
        return Value(self.kernel, method(self.value, self.kernel.like(other, self.value.type)))

    def __add__(self, other: Any) -> Value:
        return self._with(other, "add", "fadd")

    def __sub__(self, other: Any) -> Value:
        return self._with(other, "sub", "fsub")

    def __rsub__(self, other: Any) -> Value:
        return Value(self.kernel, self.kernel.like(other, self.value.type)) - self

    def __mul__(self, other: Any) -> Value:
        return self._with(other, "mul", "fmul")

    def __floordiv__(self, other: Any) -> Value:
        return self._with(other, "sdiv", "fdiv")

    def __mod__(self, other: Any) -> Value:
        return self._with(other, "srem", "frem")

    def __and__(self, other: Any) -> Value:
        return self._with(other, "and_", "and_")

    def __or__(self, other: Any) -> Value:
        return self._with(other, "or_", "or_")

    def shifted(self, bits: int) -> Value:
        """The integer moved so many bits up."""
        return Value(self.kernel, self.kernel.builder.shl(self.value, self.kernel.like(bits, self.value.type)))

    def _compare(self, sign: str, other: Any) -> Value:
        builder = self.kernel.builder
        method = builder.icmp_signed if self.is_integer else builder.fcmp_unordered
        return Value(self.kernel, method(sign, self.value, self.kernel.like(other, self.value.type)))

    def __lt__(self, other: Any) -> Value:
        return self._compare("<", other)

    def __ge__(self, other: Any) -> Value:
        return self._compare(">=", other)

    def equals(self, other: Any) -> Value:
        """Whether it equals another."""
        return self._compare("==", other)

    def differs(self, other: Any) -> Value:
        """Whether it differs from another; NaN does from all."""
        return self._compare("!=", other)

    __radd__, __rmul__ = __add__, __mul__


class Variable:
    """A place for a value that changes; LLVM turns it into a register."""

    def __init__(self, kernel: Kernel, first: Value) -> None:
        self.kernel = kernel
        with kernel.builder.goto_entry_block():
            self.place = kernel.builder.alloca(first.value.type)
        self.set(first)

    def get(self) -> Value:
        """The value by now."""
        return Value(self.kernel, self.kernel.builder.load(self.place))

    def set(self, value: Value) -> None:
        """Give it another value."""
        self.kernel.builder.store(value.value, self.place)


class Pointer:
    """Elements of a dtype in memory; ``scope`` tells it from pointers that reach other elements."""

    def __init__(self, kernel: Kernel, address: ir.Value, kind: str, scope: int) -> None:
        self.kernel, self.address, self.kind, self.scope = kernel, address, kind, scope
        self.align = max(1, (1 if kind == "bool" else int(_TYPES[kind].get_abi_size(_LAYOUT))))

    def _mark(self, instruction: ir.Instruction) -> ir.Instruction:
        own, others = _scopes(self.kernel.module, self.scope)
        instruction.set_metadata("alias.scope", own)
        instruction.set_metadata("noalias", others)
        return instruction

    def _place(self, index: Any, kind: ir.Type | None = None) -> ir.Value:
        builder = self.kernel.builder
        place = builder.gep(self.address, [self.kernel.like(index, _I64)])
        return place if kind is None else builder.bitcast(place, kind.as_pointer())

    def load(self, index: Any) -> Value:
        """The element at an index."""
        return Value(self.kernel, self._mark(self.kernel.builder.load(self._place(index), align=self.align)))

    def store(self, index: Any, value: Value) -> None:
        """Write the element at an index."""
        self._mark(self.kernel.builder.store(value.value, self._place(index), align=self.align))

    def chosen(self, condition: Value, other: Pointer) -> Pointer:
        """The pointer where a condition holds, else another one."""
        address = self.kernel.builder.select(condition.value, self.address, other.address)
        return Pointer(self.kernel, address, self.kind, self.scope)

    def add_atomically(self, index: Any, value: Any) -> None:
        """Add to an element that other threads change too."""
        self.kernel.builder.atomic_rmw("add", self._place(index), self.kernel.like(value, _TYPES[self.kind]), "seq_cst")

    def load_atomically(self, index: Any) -> Value:
        """An element that other threads change."""
        return Value(self.kernel, self.kernel.builder.load_atomic(self._place(index), "seq_cst", self.align))

    def prefetch(self, index: Any) -> None:
        """Ask for an element that will be read soon."""
        builder, byte = self.kernel.builder, ir.IntType(8).as_pointer()
        function = self.kernel.function("llvm.prefetch.p0", ir.VoidType(), [byte, _I32, _I32, _I32])
        builder.call(function, [builder.bitcast(self._place(index), byte), _I32(0), _I32(2), _I32(1)])

    def load_lanes(self, index: Any, lanes: int, count: Any = None) -> Value:
        """Neighbouring elements; those from ``count`` on are zero and not read."""
        builder, kind = self.kernel.builder, ir.VectorType(_TYPES[self.kind], lanes)
        place = self._place(index, kind)
        if count is None:
            return Value(self.kernel, self._mark(builder.load(place, align=self.align)))
        masked = self.kernel.function(f"llvm.masked.load.{_suffix(kind)}.p0", kind,
                                      [kind.as_pointer(), _I32, ir.VectorType(_I1, lanes), kind])
        return Value(self.kernel, self._mark(builder.call(masked, [
            place, _I32(self.align), self.kernel.below(count, lanes), ir.Constant(kind, None)])))

    def store_lanes(self, index: Any, value: Value, count: Any = None) -> None:
        """Write neighbouring elements, those below ``count`` only."""
        builder, kind = self.kernel.builder, value.value.type
        place = self._place(index, kind)
        if count is None:
            self._mark(builder.store(value.value, place, align=self.align))
            return
        masked = self.kernel.function(f"llvm.masked.store.{_suffix(kind)}.p0", ir.VoidType(),
                                      [kind, kind.as_pointer(), _I32, ir.VectorType(_I1, kind.count)])
        self._mark(builder.call(masked, [value.value, place, _I32(self.align), self.kernel.below(count, kind.count)]))


class Kernel:
    """A function under construction that takes one row of integers, as all kernels do."""

    def __init__(self, name: str) -> None:
        self.module = ir.Module(name)
        signature = ir.FunctionType(ir.VoidType(), [_I64.as_pointer()])
        self.main = ir.Function(self.module, signature, name)
        self.builder = ir.IRBuilder(self.main.append_basic_block("entry"))

    def finish(self) -> str:
        """The text of the finished function."""
        self.builder.ret_void()
        return str(self.module)

    def like(self, value: Any, kind: ir.Type) -> ir.Value:
        """An operand as LLVM's value of a type."""
        if isinstance(value, Value):
            return value.value
        if isinstance(value, ir.Value):
            return value
        scalar = ir.Constant(getattr(kind, "element", kind), value)
        return ir.Constant(kind, [scalar] * kind.count) if isinstance(kind, ir.VectorType) else scalar

    def function(self, name: str, result: ir.Type, operands: list[ir.Type]) -> ir.Value:
        """A function from elsewhere, such as LLVM's intrinsics."""
        return self.module.globals.get(name) or ir.Function(self.module, ir.FunctionType(result, operands), name)

    def argument(self, position: int) -> Value:
        """One of the integers."""
        return Value(self, self.builder.load(self.builder.gep(self.main.args[0], [_I64(position)])))

    def pointer(self, position: int, kind: str) -> Pointer:
        """The pointer whose address is one of the integers."""
        return self.pointer_to(self.argument(position), kind, position)

    def pointer_to(self, address: Value, kind: str, scope: int = _SCOPES - 1) -> Pointer:
        """The pointer of an address."""
        return Pointer(self, self.builder.inttoptr(address.value, _TYPES[kind].as_pointer()), kind, scope)

    def room(self, kind: str, count: int, scope: int) -> Pointer:
        """Memory that lasts as long as the call."""
        with self.builder.goto_entry_block():
            memory = self.builder.alloca(ir.ArrayType(_TYPES[kind], count))
            memory.align = 64
        return Pointer(self, self.builder.bitcast(memory, _TYPES[kind].as_pointer()), kind, scope)

    def number(self, value: float, kind: str = "int64") -> Value:
        """A constant."""
        return Value(self, ir.Constant(_TYPES[kind], value))

    def spread(self, value: Value, lanes: int) -> Value:
        """A vector of one number."""
        kind = ir.VectorType(value.value.type, lanes)
        first = self.builder.insert_element(ir.Constant(kind, ir.Undefined), value.value, _I32(0))
        order = ir.Constant(ir.VectorType(_I32, lanes), [0] * lanes)
        return Value(self, self.builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), order))

    def below(self, count: Any, lanes: int) -> ir.Value:
        """The lanes whose number is below a count."""
        limit = self.spread(self.convert(Value(self, self.like(count, _I64)), "int32"), lanes)
        return self.builder.icmp_signed("<", ir.Constant(ir.VectorType(_I32, lanes), list(range(lanes))), limit.value)

    def multiply_add(self, x: Value, y: Value, z: Value) -> Value:
        """x * y + z, rounded once."""
        kind = z.value.type
        return Value(self, self.builder.call(self.function(f"llvm.fma.{_suffix(kind)}", kind, [kind] * 3),
                                             [x.value, y.value, z.value]))

    def least(self, x: Value, y: Value) -> Value:
        """The smaller of two numbers."""
        return self.choose(x < y, x, y)

    def widen(self, x: Value, bits: int) -> Value:
        """A vector of integers as one of so many bits each."""
        return Value(self, self.builder.sext(x.value, ir.VectorType(ir.IntType(bits), x.value.type.count)))

    def pick(self, low: Value, high: Value, places: Value) -> Value:
        """The elements at places in two vectors of 64 bytes, one behind the other; it needs AVX-512."""
        kind = low.value.type
        suffix = "ps" if isinstance(kind.element, ir.FloatType) else "pd"
        function = self.function(f"llvm.x86.avx512.vpermi2var.{suffix}.512", kind, [kind, places.value.type, kind])
        return Value(self, self.builder.call(function, [low.value, places.value, high.value]))

    def bits_of_nonzero(self, x: Value) -> Value:
        """The lanes that are not zero, as the bits of an integer."""
        bits = self.builder.bitcast(x.differs(0).value, ir.IntType(x.value.type.count))
        return Value(self, bits if x.value.type.count == 64 else self.builder.zext(bits, _I64))

    def trailing_zeros(self, x: Value) -> Value:
        """The number of zero bits below the lowest bit that is set."""
        return Value(self, self.builder.cttz(x.value, _I1(0)))

    def count_ones(self, x: Value) -> Value:
        """The number of bits that are set."""
        return Value(self, self.builder.ctpop(x.value))

    def convert(self, x: Value, kind: str) -> Value:
        """A number in another dtype."""
        target, source = _TYPES[kind], x.value.type
        if target == source:
            return x
        if not isinstance(target, ir.IntType):
            if isinstance(source, ir.IntType):
                if source.width == 8:  # a truth value
                    return Value(self, self.builder.uitofp(x.value, target))
                return Value(self, self.builder.sitofp(x.value, target))
            method = self.builder.fpext if kind == "float64" else self.builder.fptrunc
            return Value(self, method(x.value, target))
        method = self.builder.trunc if target.width < source.width else self.builder.sext
        return Value(self, method(x.value, target))

    def choose(self, condition: Value, yes: Any, no: Any) -> Value:
        """One of two numbers."""
        kind = (yes if isinstance(yes, Value) else no).value.type
        return Value(self, self.builder.select(condition.value, self.like(yes, kind), self.like(no, kind)))

    @contextmanager
    def loop(self, start: Any, stop: Any, step: Any = 1, unrolled: bool = True) -> Iterator[Value]:
        """Repeat for start, start + step, ... below stop; LLVM may unroll it, which slows down loops of few turns."""
        builder = self.builder
        first, last, by = [self.like(x, _I64) for x in (start, stop, step)]
        before = builder.block
        head, body, after = [builder.append_basic_block(part) for part in ("for", "turn", "done")]
        builder.branch(head)
        builder.position_at_end(head)
        index = builder.phi(_I64)
        index.add_incoming(first, before)
        builder.cbranch(builder.icmp_signed("<", index, last), body, after)
        builder.position_at_end(body)
        yield Value(self, index)
        index.add_incoming(builder.add(index, by, flags=["nsw"]), builder.block)
        again = builder.branch(head)
        if not unrolled:
            again.set_metadata("llvm.loop", self._as_it_is())
        builder.position_at_end(after)

    def _as_it_is(self) -> ir.Value:
        """What tells LLVM not to unroll a loop; a loop's description begins with itself."""
        disable = self.module.add_metadata(["llvm.loop.unroll.disable"])
        description = self.module.add_metadata([disable, _I64(len(self.module.metadata))])  # a new one for every loop
        description.operands = (description, disable)
        return description

    @contextmanager
    def loop_while(self, condition: Callable[[], Value]) -> Iterator[None]:
        """Repeat while a condition holds."""
        builder = self.builder
        head, body, after = [builder.append_basic_block(part) for part in ("while", "turn", "done")]
        builder.branch(head)
        builder.position_at_end(head)
        builder.cbranch(condition().value, body, after)
        builder.position_at_end(body)
        yield
        builder.branch(head)
        builder.position_at_end(after)

    def call(self, address: Value, row: Pointer) -> None:
        """Run the kernel at an address with a row of arguments."""
        kernel = ir.FunctionType(ir.VoidType(), [_I64.as_pointer()]).as_pointer()
        self.builder.call(self.builder.inttoptr(address.value, kernel), [row.address])

    def cycle(self) -> Value:
        """The processor's counter of cycles."""
        return Value(self, self.builder.call(self.function("llvm.readcyclecounter", _I64, []), []))

    @contextmanager
    def when(self, condition: Value) -> Iterator[None]:
        """Run only where a condition holds."""
        with self.builder.if_then(condition.value):
            yield

    def either(self, condition: Value) -> Any:
        """Two branches: ``with kernel.either(c) as (yes, no): with yes: ...``."""
        return self.builder.if_else(condition.value)


def _suffix(kind: ir.Type) -> str:
    """A type as it stands in the names of intrinsics."""
    if isinstance(kind, ir.VectorType):
        return f"v{kind.count}{_suffix(kind.element)}"
    return {"float": "f32", "double": "f64"}.get(str(kind), str(kind))


def _layout() -> Any:
    import llvmlite.binding as llvm

    return llvm.create_target_data("e-m:e-i64:64-f80:128-n8:16:32:64-S128")


_LAYOUT = _layout()
