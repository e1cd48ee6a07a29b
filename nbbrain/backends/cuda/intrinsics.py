"""What kernels on a GPU need beside Python's operators: memory by its address, bits, choices without a branch, rounding."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.cuda import types
from numba.cuda.extending import intrinsic, overload  # type: ignore[attr-defined]

__all__ = ["add_one", "bits_of_float32", "bits_of_float64", "choose", "constant", "float32_of_bits", "float64_of_bits",
           "floor_quotient", "floor_remainder", "latest", "load", "np_ceil", "np_floor", "np_rint", "np_trunc", "pointer",
           "store"]

_GLOBAL = 1
"""The number of the address space."""


@intrinsic
def pointer(typing_context, address, dtype):  # type: ignore[no-untyped-def]
    """The pointer to an address."""
    target = types.CPointer(dtype.dtype)

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.inttoptr(args[0], context.get_value_type(target))

    return target(types.int64, dtype), generate


def _element(context, builder, pointer, address, index):  # type: ignore[no-untyped-def]
    """The pointer to an element; kernels have only pointers to the device's global memory."""
    kind = context.data_model_manager[pointer.dtype].get_data_type()
    size = ir.Constant(ir.IntType(64), getattr(pointer.dtype, "bitwidth", 8) // 8)  # a truth value takes a byte
    place = builder.add(builder.ptrtoint(address, ir.IntType(64)), builder.mul(index, size))
    return builder.inttoptr(place, kind.as_pointer(_GLOBAL))


@intrinsic
def load(typing_context, address, index, number):  # type: ignore[no-untyped-def]
    """The element at an index of a pointer with a number."""
    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        data = builder.load(_element(context, builder, address, args[0], args[1]))
        return context.data_model_manager[signature.return_type].from_data(builder, data)

    return address.dtype(address, types.int64, number), generate


@intrinsic
def store(typing_context, address, index, value, number):  # type: ignore[no-untyped-def]
    """Write an element at an index of a pointer with a number."""
    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        data = context.data_model_manager[signature.args[2]].as_data(builder, args[2])
        builder.store(data, _element(context, builder, address, args[0], args[1]))
        return context.get_dummy_value()

    return types.void(address, types.int64, address.dtype, number), generate


@intrinsic
def add_one(typing_context, address):  # type: ignore[no-untyped-def]
    """Add one to the whole number at an address, whichever threads do so meanwhile, and give what was there before."""
    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        place = builder.inttoptr(args[0], ir.IntType(64).as_pointer())
        return builder.atomic_rmw("add", place, ir.Constant(ir.IntType(64), 1), "monotonic")

    return types.int64(types.int64), generate


@intrinsic
def latest(typing_context, address):  # type: ignore[no-untyped-def]
    """The whole number at an address, as any thread of the device has written it last."""
    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        kind = ir.FunctionType(ir.IntType(64), [ir.IntType(64)])
        return builder.asm(kind, "ld.acquire.gpu.b64 $0, [$1];", "=l,l,~{memory}", args, True)

    return types.int64(types.int64), generate


@intrinsic
def constant(typing_context, bits, dtype):  # type: ignore[no-untyped-def]
    """A number: floats are kept as the bits of a float64, others as integers."""
    wanted = dtype.dtype

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        if isinstance(wanted, types.Float):
            return context.cast(builder, builder.bitcast(args[0], ir.DoubleType()), types.float64, wanted)
        return context.cast(builder, args[0], types.int64, wanted)

    return wanted(types.int64, dtype), generate


@intrinsic
def choose(typing_context, condition, yes, no):  # type: ignore[no-untyped-def]
    """One of two numbers, both of which are computed."""
    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        chosen = context.cast(builder, args[0], condition, types.boolean)
        return builder.select(chosen, args[1], context.cast(builder, args[2], no, yes))

    return yes(condition, yes, no), generate


def _bits(source: str, target: str, to: ir.Type) -> Any:
    """The bits of a number as another one."""
    def convert(typing_context, x):  # type: ignore[no-untyped-def]
        signature = getattr(types, target)(getattr(types, source))
        return signature, lambda context, builder, signature, args: builder.bitcast(args[0], to)

    return intrinsic(convert)


float32_of_bits = _bits("int32", "float32", ir.FloatType())
float64_of_bits = _bits("int64", "float64", ir.DoubleType())
bits_of_float32 = _bits("float32", "int32", ir.IntType(32))
bits_of_float64 = _bits("float64", "int64", ir.IntType(64))


def _rounded(name: str) -> Callable[..., Any]:
    """A function of CUDA's library that rounds floats to whole ones; integers stay as they are."""
    def function(typing_context, x):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
            if not isinstance(x, types.Float):
                return args[0]
            kind = context.get_value_type(x)
            full_name = f"__nv_{name}{'f' if x.bitwidth == 32 else ''}"
            known = builder.module.globals.get(full_name)
            return builder.call(known or ir.Function(builder.module, ir.FunctionType(kind, [kind]), full_name), args)

        return x(x), generate

    found: Callable[..., Any] = intrinsic(function)
    return found


np_floor, np_ceil, np_trunc, np_rint = [_rounded(name) for name in ("floor", "ceil", "trunc", "rint")]


def floor_quotient(x, y):  # type: ignore[no-untyped-def]
    """The quotient rounded down, as NumPy gives it; a device's own of floats is NaN by infinity, and off if it is large."""


def floor_remainder(x, y):  # type: ignore[no-untyped-def]
    """What is left of x after `floor_quotient`, with the sign of y."""


@overload(floor_quotient)
def _quotient(x, y):  # type: ignore[no-untyped-def]
    def of_floats(x, y):  # type: ignore[no-untyped-def]
        rest = math.fmod(x, y)
        whole = (x - rest) / y
        if rest != 0 and (rest < 0) != (y < 0):
            whole -= type(x)(1)
        down = type(x)(math.floor(whole))
        if whole - down > type(x)(0.5):
            down += type(x)(1)
        return down if y != 0 and whole != 0 else math.copysign(type(x)(0), x / y) if y != 0 else x / y

    return of_floats if isinstance(x, types.Float) else lambda x, y: x // y


@overload(floor_remainder)
def _remainder(x, y):  # type: ignore[no-untyped-def]
    def of_floats(x, y):  # type: ignore[no-untyped-def]
        rest = math.fmod(x, y)
        if rest == 0:
            return math.copysign(type(x)(0), y)
        return rest + y if (rest < 0) != (y < 0) else rest

    return of_floats if isinstance(x, types.Float) else lambda x, y: x % y
