"""Loads and stores through addresses, for kernels that get all arguments as one row of integers.

Every pointer of a kernel has an alias scope of its own: two pointers never reach the same element (a plan writes only to
memory that the same instruction does not read through another pointer), and telling LLVM so lets it vectorise loops over
many arrays without checks at run time.
"""
from __future__ import annotations

from functools import lru_cache

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

__all__ = ["SCOPES", "choose", "constant", "kernel_signature", "largest", "load", "plus", "pointer", "smallest", "store",
           "times"]

SCOPES = 32
"""The number of different alias scopes; pointers beyond share them, which is safe."""

kernel_signature = types.void(types.CPointer(types.int64))


@lru_cache(maxsize=1)
def _all_scopes(module):  # type: ignore[no-untyped-def]
    """The scopes of a module."""
    domain = module.add_metadata(["nbbrain"])
    return [module.add_metadata([f"nbbrain{i}", domain]) for i in range(SCOPES)]


@lru_cache(maxsize=SCOPES)
def _scopes(module, mine):  # type: ignore[no-untyped-def]
    """The scope of the pointers of a number, and the scopes of all others."""
    scopes = _all_scopes(module)
    return module.add_metadata([scopes[mine]]), module.add_metadata([s for i, s in enumerate(scopes) if i != mine])


def _mark(builder, instruction, number):  # type: ignore[no-untyped-def]
    """Attach the scope of a pointer, and the scopes of all others as those it does not alias."""
    own, others = _scopes(builder.module, number % SCOPES)
    instruction.set_metadata("alias.scope", own)
    instruction.set_metadata("noalias", others)
    return instruction


@intrinsic
def pointer(typing_context, arguments, position, dtype):  # type: ignore[no-untyped-def]
    """The pointer whose address is one of the arguments."""
    target = types.CPointer(dtype.dtype)

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        address = builder.load(builder.gep(args[0], [args[1]]))
        return builder.inttoptr(address, context.get_value_type(target))

    return target(arguments, types.int64, dtype), generate


@intrinsic
def constant(typing_context, arguments, position, dtype):  # type: ignore[no-untyped-def]
    """A number among the arguments: floats are kept as the bits of a float64, others as integers."""
    wanted = dtype.dtype

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        bits = builder.load(builder.gep(args[0], [args[1]]))
        if isinstance(wanted, types.Float):
            return context.cast(builder, builder.bitcast(bits, ir.DoubleType()), types.float64, wanted)
        return context.cast(builder, bits, types.int64, wanted)

    return wanted(arguments, types.int64, dtype), generate


@intrinsic
def choose(typing_context, condition, yes, no):  # type: ignore[no-untyped-def]
    """One of two numbers, both of which are computed: a branch would keep a loop from becoming vector code."""
    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        chosen = context.cast(builder, args[0], condition, types.boolean)
        return builder.select(chosen, args[1], context.cast(builder, args[2], no, yes))

    return yes(condition, yes, no), generate


def _reduction(generate):  # type: ignore[no-untyped-def]
    """A function of two floats with which a loop may reduce many of them in any order, and so several at once."""
    def reduced(typing_context, x, y):  # type: ignore[no-untyped-def]
        return x(x, x), lambda context, builder, signature, args: generate(builder, *args)

    return intrinsic(reduced)


plus = _reduction(lambda builder, x, y: builder.fadd(x, y, flags=("reassoc",)))
times = _reduction(lambda builder, x, y: builder.fmul(x, y, flags=("reassoc",)))


def _called(name):  # type: ignore[no-untyped-def]
    return lambda builder, x, y: builder.call(builder.module.declare_intrinsic(
        name, [x.type], ir.FunctionType(x.type, [x.type, x.type])), [x, y])


largest, smallest = _reduction(_called("llvm.maximum")), _reduction(_called("llvm.minimum"))  # NaN where one is


@intrinsic(prefer_literal=True)
def load(typing_context, address, index, number):  # type: ignore[no-untyped-def]
    """The element at an index of a pointer with a number."""
    scope = number.literal_value

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        place = builder.gep(args[0], [args[1]])
        data = _mark(builder, builder.load(place), scope)
        return context.data_model_manager[signature.return_type].from_data(builder, data)

    return address.dtype(address, types.int64, number), generate


@intrinsic(prefer_literal=True)
def store(typing_context, address, index, value, number):  # type: ignore[no-untyped-def]
    """Write an element at an index of a pointer with a number."""
    scope = number.literal_value

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        place = builder.gep(args[0], [args[1]])
        data = context.data_model_manager[signature.args[2]].as_data(builder, args[2])
        _mark(builder, builder.store(data, place), scope)
        return context.get_dummy_value()

    return types.void(address, types.int64, address.dtype, number), generate
