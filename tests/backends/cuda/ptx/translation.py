"""PTX as text for LLVM: every kernel becomes a coroutine, which goes to sleep wherever a thread waits for others.

A kernel takes the address of the thread's state (see `machine.STATE`) and that of its parameters. Device functions are
translated where they are called.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.backends.cuda.ptx.numbers import NUMBERS, known
from tests.backends.cuda.ptx.text import (
    Function,
    Module,
    Statement,
    Variable,
    operands_of,
    statements_of,
    variables_of,
    width,
)
from tests.backends.cuda.ptx.writer import STATE, Operation, Place, Writer, kind_of

__all__ = ["AT_BARRIER", "FINISHED", "RUNNABLE", "TRAPPED", "Translation"]

RUNNABLE, AT_BARRIER, FINISHED, TRAPPED = 1, 2, 3, 4
"""What a thread waits for; 0 is one that has not begun."""

_TYPE = re.compile(r"[busf](8|16|32|64)$|pred$")
_INSTRUCTION = re.compile(r"(?:@(!?[\w$%]+)\s+)?([a-z0-9]+)((?:[.:]+\w+)*)\s*(.*)", re.DOTALL)
_CALL = re.compile(r"(?:\(([^)]*)\)\s*,)?\s*([\w$%]+)\s*(?:,\s*\((.*)\))?\s*$", re.DOTALL)
_CHANGES = {"add", "exch", "cas", "min", "max", "and", "or", "xor"}
_SPACES = ("global", "shared", "local", "param", "const")
_COROUTINE = """
declare token @llvm.coro.id(i32, ptr, ptr, ptr)
declare i64 @llvm.coro.size.i64()
declare ptr @llvm.coro.begin(token, ptr)
declare i8 @llvm.coro.suspend(token, i1)
declare {end} @llvm.coro.end(ptr, i1, token)
declare ptr @llvm.coro.free(token, ptr)
declare void @llvm.coro.resume(ptr)
declare ptr @malloc(i64)
declare void @free(ptr)
"""
_BEGIN = """  %status = getelementptr i8, ptr %state, i64 16
  %id = call token @llvm.coro.id(i32 0, ptr null, ptr null, ptr null)
  %size = call i64 @llvm.coro.size.i64()
  %enough = add i64 %size, 64
  %memory = call ptr @malloc(i64 %enough)
  %coroutine = call noalias ptr @llvm.coro.begin(token %id, ptr %memory)
  store ptr %coroutine, ptr %state
  %laneid = and i32 %tid.x, 31
  br label %begin
begin:"""
"""How a coroutine begins; LLVM may count its memory a byte too short."""
_END = """finished:
  store i32 {finished}, ptr %status
  br label %cleanup
trapped:
  store i32 {trapped}, ptr %status
  br label %cleanup
cleanup:
  %own = call ptr @llvm.coro.free(token %id, ptr %coroutine)
  call void @free(ptr %own)
  br label %asleep
asleep:
  call {end} @llvm.coro.end(ptr %coroutine, i1 false, token none)
  ret ptr %coroutine
}}"""
_TURN = """
define void @turn(ptr %kernel, ptr %parameters, ptr %states, i64 %count, i64 %size) {{
entry:
  br label %test
test:
  %i = phi i64 [0, %entry], [%next, %after]
  %more = icmp ult i64 %i, %count
  br i1 %more, label %body, label %end
body:
  %offset = mul i64 %i, %size
  %state = getelementptr i8, ptr %states, i64 %offset
  %place = getelementptr i8, ptr %state, i64 16
  %status = load i32, ptr %place
  switch i32 %status, label %after [i32 0, label %start
                                    i32 {runnable}, label %resume]
start:
  %started = call ptr %kernel(ptr %state, ptr %parameters)
  br label %after
resume:
  %handle = load ptr, ptr %state
  call void @llvm.coro.resume(ptr %handle)
  br label %after
after:
  %next = add i64 %i, 1
  br label %test
end:
  ret void
}}"""
"""Lets all threads of a block go on that can."""


@dataclass
class Translation:
    """A module in LLVM's language.

    Attributes
    ----------
    module : Module
        The module.
    version : int
        Of LLVM.
    shared_bytes : int
        The shared memory of a block.
    """

    module: Module
    version: int
    shared_bytes: int = 0
    needed: dict[str, str] = field(default_factory=dict)
    _shared: dict[str, Place] = field(default_factory=dict)

    def text(self) -> str:
        """All kernels, and `turn`, which lets the threads of a block go on."""
        end = "void" if self.version >= 22 else "i1"
        for variable in self.module.shared.values():
            self.in_shared_memory(variable)
        kernels = [_Kernel(self, function).text(end) for function in self.module.functions.values() if function.is_kernel]
        constants = [_global(variable) for variable in self.module.constants.values()]
        return "\n".join([_COROUTINE.format(end=end), *self.needed.values(), *constants, *kernels,
                          _TURN.format(runnable=RUNNABLE)])

    def in_shared_memory(self, variable: Variable) -> Place:
        """Room for a variable, the same wherever the function is called that declares it."""
        if variable.name not in self._shared:
            start = -(-self.shared_bytes // variable.align) * variable.align
            self.shared_bytes = start + variable.size
            self._shared[variable.name] = Place(str(start), "", shared=True)
        return self._shared[variable.name]

    def place(self, name: str) -> Place | None:
        """Where a variable of the module is."""
        return self._shared.get(name) or (Place(f'@"{name}"', "") if name in self.module.constants else None)


def _global(variable: Variable) -> str:
    content = "".join([f"\\{byte:02x}" for byte in variable.content.ljust(variable.size, b"\0")])
    return f'@"{variable.name}" = internal global [{variable.size} x i8] c"{content}", align {variable.align}'


class _Kernel(Writer):
    """Translates one kernel."""

    def __init__(self, translation: Translation, function: Function) -> None:
        super().__init__(translation.needed, translation.place)
        self.translation, self.function = translation, function
        self._calls: list[str] = []

    def text(self, end: str) -> str:
        """The coroutine."""
        parameters, offset = {}, 0
        for variable in self.function.parameters:
            offset = -(-offset // variable.align) * variable.align
            parameters[variable.name] = Place(self.let(f"getelementptr i8, ptr %parameters, i64 {offset}"), "")
            offset += variable.size
        self._body(self.function, parameters, "finished")
        state = [line for name, (offset, kind) in STATE.items() for line in (
            f"  {name}.place = getelementptr i8, ptr %state, i64 {offset}", f"  {name} = load {kind}, ptr {name}.place")]
        return "\n".join([f'define ptr @"{self.function.name}"(ptr %state, ptr %parameters) presplitcoroutine {{', "entry:",
                          *state, *self.memory, _BEGIN, *self.lines,
                          _END.format(finished=FINISHED, trapped=TRAPPED, end=end)])

    def _body(self, function: Function, names: dict[str, Place], end: str) -> None:
        """A function's statements, with what its parameters name; returning, it goes to a label."""
        if function.name in self._calls:
            raise NotImplementedError(f"the device function {function.name} calls itself")
        before, self.scopes = self.scopes, [names, {}]
        self._calls.append(function.name)
        self.count += 1
        prefix = f"{self.count}."
        for statement in statements_of(function):
            try:
                self._statement(statement, prefix, end)
            except (AssertionError, IndexError, KeyError, ValueError) as error:
                raise statement.failure(f"not understood ({error!r})") from error
        if not self.ended:
            self.go(f'br label %"{end}"')
        self._calls.pop()
        self.scopes = before

    def _statement(self, statement: Statement, prefix: str, end: str) -> None:
        text = statement.text
        if text == "{":
            self.scopes.append({})
        elif text == "}":
            self.scopes.pop()
        elif text.endswith(":"):
            self.begin(prefix + text[:-1])
        elif text.startswith("."):
            self._declared(text)
        else:
            found = _INSTRUCTION.match(text)
            assert found is not None
            parts = re.findall(r"[\w]+", found[3])
            operation = Operation(found[2], tuple([part for part in parts if not _TYPE.match(part)]),
                                   tuple([part for part in parts if _TYPE.match(part)]), operands_of(found[4]), statement)
            with self._only_if(found[1]):
                self._carried_out(operation, prefix, end)

    @contextmanager
    def _only_if(self, predicate: str | None) -> Iterator[None]:
        """What is carried out where a predicate is true."""
        if predicate is None:
            yield
            return
        then, after = self.label(), self.label()
        self.go(f'br i1 {self.read(predicate, "pred")}, label %"{then}", label %"{after}"')
        self.begin(then)
        yield
        self.begin(after)

    def _declared(self, text: str) -> None:
        space, rest = text[1:].split(None, 1)
        if space in ("pragma", "loc"):
            return
        for variable in variables_of(rest):
            if space == "reg":
                family = re.match(r"(.*)<\d+>$", variable.name)
                name = family[1] + "<" if family else variable.name
                kind = "i8" if variable.type == "pred" else kind_of(variable.type)
                self.scopes[-1][name] = Place("", kind) if family else self.room(kind, 8)
            elif space == "shared":
                self.scopes[-1][variable.name] = self.translation.in_shared_memory(variable)
            else:
                assert space in ("local", "param")
                room = self.room(f"[{variable.size} x i8]", max(8, variable.align))
                self.scopes[-1][variable.name] = Place(room.pointer, "")

    def _carried_out(self, operation: Operation, prefix: str, end: str) -> None:
        name = operation.name
        if name == "bra":
            self.go(f'br label %"{prefix}{operation.operands[0]}"')
        elif name == "ret":
            self.go(f'br label %"{end}"')
        elif name in ("exit", "trap"):
            self.go(f"br label %{'finished' if name == 'exit' else 'trapped'}")
        else:
            found = _OPERATIONS.get(name)
            if found is None or not set(operation.modifiers) <= found.modifiers:
                raise operation.statement.failure("not supported")
            found.method(self, operation)

    def _sleep(self, status: int) -> None:
        """Let other threads go on."""
        self.add(f"store i32 {status}, ptr %status")
        signal, after = self.let("call i8 @llvm.coro.suspend(token none, i1 false)"), self.label()
        self.go(f'switch i8 {signal}, label %asleep [i8 0, label %"{after}" i8 1, label %cleanup]')
        self.begin(after)

    def barrier(self, operation: Operation) -> None:
        """All threads of the block wait for one another."""
        assert operation.operands == ["0"] and operation.modifiers in (("sync",), ("sync", "aligned"))
        self._sleep(AT_BARRIER)

    def fence(self, operation: Operation) -> None:
        """Threads take turns, so memory is in order as it is."""
        self.add("fence seq_cst")

    def call(self, operation: Operation) -> None:
        """A device function, translated here."""
        instruction = _INSTRUCTION.match(operation.statement.text)
        assert instruction is not None
        found = _CALL.match(instruction[4])
        assert found is not None
        function = self.translation.module.functions.get(found[2])
        if function is None:
            raise operation.statement.failure("the function is not in the module")
        given = [name for part in (found[1], found[3]) for name in operands_of(part or "")]
        places = [self.find(name) for name in given]
        end = self.label()
        names = [variable.name for variable in (*function.results, *function.parameters)]
        self._body(function, {name: place for name, place in zip(names, places, strict=True) if place is not None}, end)
        self.begin(end)

    def _elements(self, operand: str) -> list[str]:
        return operands_of(operand.strip("{}")) if operand.startswith("{") else [operand]

    def _space(self, operation: Operation) -> str:
        return next((each for each in operation.modifiers if each in _SPACES), "")

    def load(self, operation: Operation) -> None:
        """Also of several elements that lie side by side. What other threads may write meanwhile, they can."""
        kind, size = kind_of(operation.type), width(operation.type) // 8
        pointer = self.pointer(operation.operands[1], self._space(operation))
        shared = {"volatile", "acquire", "relaxed"} & set(operation.modifiers)
        if shared:
            self._sleep(RUNNABLE)
        registers, load = self._elements(operation.operands[0]), f"load {'volatile ' if shared else ''}{kind}"
        values = [self.let(f"{load}, ptr {self._beside(pointer, i * size)}, align {size}") for i in range(len(registers))]
        for register, value in zip(registers, values, strict=True):
            self.write(register, value, operation.type)

    def store(self, operation: Operation) -> None:
        """Also of several elements that lie side by side."""
        kind, size = kind_of(operation.type), width(operation.type) // 8
        pointer = self.pointer(operation.operands[0], self._space(operation))
        shared = {"volatile", "release", "relaxed"} & set(operation.modifiers)
        for i, operand in enumerate(self._elements(operation.operands[1])):
            value = self.read(operand, operation.type)
            place = self._beside(pointer, i * size)
            self.add(f"store {'volatile ' if shared else ''}{kind} {value}, ptr {place}, align {size}")

    def _beside(self, pointer: str, offset: int) -> str:
        return self.let(f"getelementptr i8, ptr {pointer}, i64 {offset}") if offset else pointer

    def atomic(self, operation: Operation) -> None:
        """What was there before, with ``atom``; threads take turns, so nobody comes in between, but may afterwards."""
        (kind, t), gives = (kind_of(operation.type), operation.type), operation.name == "atom"
        target, address, x, *more = operation.operands if gives else ["_", *operation.operands]
        pointer, value = self.pointer(address, self._space(operation)), self.read(x, t)
        before = self.let(f"load {kind}, ptr {pointer}")
        (change,) = set(operation.modifiers) & _CHANGES
        if change == "cas":
            equal = self.let(f"icmp eq {kind} {before}, {value}")
            after = self.let(f"select i1 {equal}, {kind} {self.read(more[0], t)}, {kind} {before}")
        elif change in ("min", "max"):
            after = self.value_of(f"llvm.{t[0]}{change}.{kind}", kind, f"{kind} {before}", f"{kind} {value}")
        elif change == "exch":
            after = value
        else:
            after = self.let(f"{'f' if t[0] == 'f' else ''}{change} {kind} {before}, {value}")
        self.add(f"store {kind} {after}, ptr {pointer}")
        self.write(target, before, t)
        self._sleep(RUNNABLE)

    def address(self, operation: Operation) -> None:
        """Between addresses of a space and those of all."""
        value = self.read(operation.operands[1], operation.type)
        if "shared" in operation.modifiers:
            value = self.let(f"{'sub' if 'to' in operation.modifiers else 'add'} i64 {value}, %shared")
        self.write(operation.operands[0], value, operation.type)

    def move(self, operation: Operation) -> None:
        """Copy; with braces, put together or take apart."""
        (target, source), t = operation.operands, operation.type
        parts = self._elements(target if target.startswith("{") else source)
        part, whole = f"b{width(t) // len(parts)}", kind_of(t)
        if target.startswith("{"):
            value = self.read(source, t)
            for i, register in enumerate(parts):
                shifted = self.let(f"lshr {whole} {value}, {i * width(part)}")
                self.write(register, self.fit(shifted, whole, kind_of(part)), part)
        elif source.startswith("{"):
            total = "0"
            for i, register in enumerate(parts):
                wide = self.fit(self.read(register, part), kind_of(part), whole)
                total = self.let(f"or {whole} {total}, {self.let(f'shl {whole} {wide}, {i * width(part)}')}")
            self.write(target, total, t)
        else:
            self.write(target, self.read(source, t), t)


_MEMORY = " ".join(_SPACES) + " volatile relaxed gpu cta sys v2 v4 wb cs wt"
_OPERATIONS = {
    **NUMBERS,
    **known("bar barrier", _Kernel.barrier, "sync aligned"),
    **known("call", _Kernel.call, "uni"),
    **known("membar fence", _Kernel.fence, "cta gl sys gpu sc acq_rel proxy"),
    **known("ld", _Kernel.load, _MEMORY + " acquire nc ca cg"),
    **known("st", _Kernel.store, _MEMORY + " release"),
    **known("atom red", _Kernel.atomic, "global shared relaxed acquire release acq_rel gpu cta sys " + " ".join(_CHANGES)),
    **known("cvta", _Kernel.address, "to global shared local const param"),
    **known("mov", _Kernel.move),
}
