"""The machine that runs PTX on the processor, with PTX written by hand."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.backends.cuda.ptx import machine as ptx_machine


def run(body: str, *arrays: np.ndarray, blocks: int = 1, threads: int = 1, module: str = "", **options: Any) -> None:
    """Run a kernel whose parameters ``p0, p1, ...`` are the addresses of arrays, which are in ``%a0, %a1, ...``."""
    parameters = ", ".join([f".param .u64 p{i}" for i in range(len(arrays))])
    read = "\n".join([f"ld.param.u64 %a{i}, [p{i}];" for i in range(len(arrays))])
    text = f""".version 8.0
.target sm_90
.address_size 64
{module}
.visible .entry kernel({parameters})
{{
    .reg .pred %p<9>; .reg .b16 %h<9>; .reg .b32 %r<20>; .reg .b64 %rd<20>, %a<9>; .reg .f32 %f<20>; .reg .f64 %d<20>;
    {read}
    mov.u32 %r0, %tid.x;
    {body}
    ret;
}}"""
    ptx_machine.load(text).launch(None, blocks, threads, *[array.ctypes.data for array in arrays], **options)


def results(lines: str, dtype: str, *values: Any, store: str = "") -> np.ndarray:
    """What a thread for every value gets of it: lines change the first register of a type into the second one."""
    x = np.array(values, dtype)
    register = {"f": "%f" if x.itemsize == 4 else "%d"}.get(x.dtype.kind, "%r" if x.itemsize == 4 else "%rd")
    kind, out = f"{'f' if x.dtype.kind == 'f' else 'b'}{8 * x.itemsize}", np.zeros_like(x)
    run(f"""mul.wide.u32 %rd10, %r0, {x.itemsize};
        add.s64 %rd11, %a0, %rd10; add.s64 %rd12, %a1, %rd10;
        ld.global.{kind} {register}1, [%rd11]; {lines} st.global.{kind} [%rd12], {register}2;""", x, out, threads=len(x))
    return out


def test_loops_predicates_and_arguments() -> None:
    """Sums of i**2 below a number, for every thread of several blocks; odd threads write nothing."""
    out = np.full(12, -1, np.int32)
    run("""mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mad.lo.s32 %r3, %r1, %r2, %r0;
        mov.u32 %r4, 0; mov.u32 %r5, 0;
      $again:
        setp.ge.s32 %p1, %r4, %r3; @%p1 bra $done;
        mad.lo.s32 %r5, %r4, %r4, %r5; add.s32 %r4, %r4, 1; bra.uni $again;
      $done:
        and.b32 %r6, %r0, 1; setp.eq.s32 %p2, %r6, 0;
        mul.wide.s32 %rd1, %r3, 4; add.s64 %rd2, %a0, %rd1;
        @%p2 st.global.u32 [%rd2], %r5;""", out, blocks=3, threads=4)
    np.testing.assert_array_equal(out, [sum(i * i for i in range(n)) if n % 2 == 0 else -1 for n in range(12)])
    kernel = """.entry k(.param .u8 a, .param .f64 b, .param .s32 c, .param .u64 p) {
        .reg .b16 %h; .reg .f64 %d<4>; .reg .b32 %r; .reg .b64 %q;
        ld.param.u8 %h, [a]; ld.param.f64 %d0, [b]; ld.param.s32 %r, [c]; ld.param.u64 %q, [p];
        cvt.rn.f64.u16 %d1, %h; cvt.rn.f64.s32 %d2, %r; add.f64 %d1, %d1, %d0; add.f64 %d1, %d1, %d2;
        st.f64 [%q], %d1; ret; }"""
    total = np.zeros(1)
    ptx_machine.load(kernel).launch("k", 1, 1, True, 0.5, -7, total.ctypes.data)
    assert total[0] == -5.5


REVERSED = """mul.wide.u32 %rd1, %r0, 4; mov.u64 %rd2, part; add.s64 %rd3, %rd2, %rd1; st.shared.u32 [%rd3], %r0;
    {wait}
    mov.u32 %r1, 63; sub.s32 %r2, %r1, %r0; mul.wide.u32 %rd4, %r2, 4; cvta.shared.u64 %rd5, %rd2; add.s64 %rd6, %rd5, %rd4;
    ld.u32 %r3, [%rd6];
    add.s64 %rd7, %a0, %rd1; st.global.u32 [%rd7], %r3;"""


@pytest.mark.parametrize("backward", [False, True])
def test_threads_wait_for_one_another_at_a_barrier(backward: bool) -> None:
    """They exchange numbers in shared memory; without the barrier, half of them find nothing."""
    shared = ".shared .align 4 .b8 part[256];"
    out, without = np.zeros(64, np.int32), np.zeros(64, np.int32)
    run(REVERSED.format(wait="bar.sync 0;"), out, threads=64, module=shared, backward=backward)
    np.testing.assert_array_equal(out, np.arange(64)[::-1])
    run(REVERSED.format(wait=""), without, threads=64, module=shared, backward=backward)
    assert (without == 0x7f7f7f7f).sum() == 32


@pytest.mark.parametrize("backward", [False, True])
def test_blocks_of_a_grid_wait_for_one_another(backward: bool) -> None:
    """By a counter of arrivals; each of them then reads what the next one wrote. Apart, the first one waits for ever."""
    counter, values, out = np.zeros(1, np.int64), np.zeros(3, np.int32), np.zeros(3, np.int32)
    body = """mov.u32 %r1, %ctaid.x; mul.wide.u32 %rd1, %r1, 4; add.s64 %rd2, %a1, %rd1; add.s32 %r2, %r1, 10;
        setp.ne.s32 %p1, %r0, 0; @%p1 bra $wait;
        st.global.u32 [%rd2], %r2; membar.gl; atom.global.add.u64 %rd3, [%a0], 1;
      $look:
        ld.acquire.gpu.b64 %rd4, [%a0]; setp.lt.s64 %p2, %rd4, 3; @%p2 bra $look;
      $wait:
        bar.sync 0;
        add.s32 %r3, %r1, 1; rem.u32 %r4, %r3, 3; mul.wide.u32 %rd5, %r4, 4; add.s64 %rd6, %a1, %rd5;
        ld.global.u32 %r5, [%rd6]; add.s64 %rd7, %a2, %rd1; @!%p1 st.global.u32 [%rd7], %r5;"""
    run(body, counter, values, out, blocks=3, threads=5, together=True, backward=backward)
    np.testing.assert_array_equal(out, [11, 12, 10])
    with pytest.MonkeyPatch.context() as patch, pytest.raises(RuntimeError, match="wait for ever"):
        patch.setattr(ptx_machine, "_LONGEST", 100)
        counter[:] = 0
        run(body, counter, values, out, blocks=3, threads=5, backward=backward)


def test_a_product_is_rounded_before_a_sum_but_not_within_fma() -> None:
    x = np.float32(1 + 2**-12)
    apart, fused = x * x - np.float32(1 + 2**-11), np.float32(2.0**-24)
    assert apart == 0
    assert results("mul.f32 %f3, %f1, %f1; sub.f32 %f2, %f3, 0f3F801000;", "float32", x)[0] == apart
    assert results("fma.rn.f32 %f2, %f1, %f1, 0fBF801000;", "float32", x)[0] == fused


def test_rounding() -> None:
    x = [0.5, 1.5, -2.5, -0.3, 2.7]
    for how, function in (("rni", np.rint), ("rzi", np.trunc), ("rmi", np.floor), ("rpi", np.ceil)):
        np.testing.assert_array_equal(results(f"cvt.{how}.f32.f32 %f2, %f1;", "float32", *x), function(np.float32(x)))
        np.testing.assert_array_equal(
            results(f"cvt.{how}.s32.f64 %r1, %d1; cvt.rn.f64.s32 %d2, %r1;", "float64", *x), function(x))
    third = {how: results(f"rcp.{how}.f64 %d2, %d1;", "float64", 3.0)[0] for how in ("rn", "rz", "rm", "rp")}
    assert third["rz"] == third["rm"] == third["rn"] == 1 / 3 and third["rp"] == np.nextafter(1 / 3, 1)
    tiny = {how: results(f"add.{how}.f32 %f2, %f1, 0fB0000000;", "float32", 1.0)[0] for how in ("rn", "rz", "rm", "rp")}
    below = np.nextafter(np.float32(1), np.float32(0))
    assert (tiny["rn"], tiny["rz"], tiny["rm"], tiny["rp"]) == (1, below, below, 1)
    narrow = {how: results(f"cvt.{how}.f32.f64 %f1, %d1; cvt.f64.f32 %d2, %f1;", "float64", 0.1)[0] for how in ("rn", "rm")}
    assert narrow["rn"] == np.float32(0.1) > narrow["rm"] == np.nextafter(np.float32(0.1), np.float32(0))


def test_conversions_end_at_the_limits_of_a_type() -> None:
    big, nan = 1e20, np.nan
    narrow = results("cvt.rzi.s32.f32 %r2, %f1; mov.b32 %f2, %r2;", "float32", big, -big, nan)
    np.testing.assert_array_equal(narrow.view(np.int32), [2**31 - 1, -2**31, 0])
    wide = results("cvt.rzi.s64.f64 %rd2, %d1; mov.b64 %d2, %rd2;", "float64", big, nan)
    np.testing.assert_array_equal(wide.view(np.int64), [2**63 - 1, -2**63])
    np.testing.assert_array_equal(results("cvt.sat.f32.f32 %f2, %f1;", "float32", -3, 0.25, 7, nan), [0, 0.25, 1, 0])
    signed = results("cvt.s8.s32 %h1, %r1; cvt.s32.s16 %r2, %h1;", "int32", 200, 127, -129)
    np.testing.assert_array_equal(signed, [-56, 127, 127])


def test_shifts_by_more_than_all_bits() -> None:
    for line, want in (("shl.b32 %r2, %r1, 40;", [0, 0]), ("shr.u32 %r2, %r1, 32;", [0, 0]),
                       ("shr.s32 %r2, %r1, 99;", [-1, 0]), ("shl.b32 %r2, %r1, 31;", [0, -2**31])):
        np.testing.assert_array_equal(results(line, "int32", -2, 3), want)
    np.testing.assert_array_equal(results("shl.b64 %rd2, %rd1, 64;", "int64", -2), [0])


def test_bits() -> None:
    np.testing.assert_array_equal(results("clz.b32 %r2, %r1;", "int32", 0, 1, -1), [32, 31, 0])
    np.testing.assert_array_equal(
        results("popc.b32 %r3, %r1; brev.b32 %r4, %r3; shr.u32 %r2, %r4, 26;", "int32", 7, -1), [48, 1])
    np.testing.assert_array_equal(results("bfi.b32 %r2, %r1, 0xff00, 4, 8;", "int32", 0x1ab), [0xfab0])
    np.testing.assert_array_equal(
        results("mov.b64 {%r1, %r2}, %rd1; mov.b64 %rd2, {%r2, %r1};", "int64", 5 << 32 | 9), [9 << 32 | 5])


def test_whole_numbers() -> None:
    x = [7, -7, -2**31]
    np.testing.assert_array_equal(results("div.s32 %r2, %r1, -1;", "int32", *x), [-7, 7, -2**31])
    np.testing.assert_array_equal(results("rem.s32 %r2, %r1, 3;", "int32", *x), [1, -1, -2])
    np.testing.assert_array_equal(results("div.u32 %r2, %r1, 2;", "int32", -2), [2**31 - 1])
    np.testing.assert_array_equal(results("rem.s32 %r3, %r1, 0; sub.s32 %r2, %r3, %r1;", "int32", *x), [0, 0, 0])
    np.testing.assert_array_equal(results("mul.hi.s32 %r2, %r1, 1073741824;", "int32", *x), [1, -2, -2**29])
    np.testing.assert_array_equal(results("mul.hi.u64 %rd2, %rd1, 4;", "int64", -1), [3])
    longer = """mov.b64 {%r1, %r2}, %rd1; add.cc.u32 %r3, %r1, %r1; addc.u32 %r4, %r2, %r2; mov.b64 %rd3, {%r3, %r4};
        mov.u64 %rd4, 1; mov.b64 {%r5, %r6}, %rd4; sub.cc.u32 %r7, %r3, %r5; subc.u32 %r8, %r4, %r6;
        mov.b64 %rd2, {%r7, %r8};"""
    values = [0x80000000, 0x1ffffffff, -1, 0]
    np.testing.assert_array_equal(results(longer, "int64", *values), [2 * x - 1 for x in values])
    product = "mov.u32 %r2, -1; mad.lo.cc.u32 %r3, %r2, %r2, %r2; madc.hi.u32 %r4, %r2, %r2, 0; mov.b64 %rd2, {%r3, %r4};"
    assert results(product, "int64", 0).view(np.uint64)[0] == (2**32 - 1) ** 2 + 2**32 - 1


def test_comparisons_and_nan() -> None:
    nan = np.nan
    for how, want in (("lt", [1, 0, 0]), ("ltu", [1, 0, 1]), ("ne", [1, 0, 0]), ("neu", [1, 0, 1]), ("num", [1, 1, 0]),
                      ("nan", [0, 0, 1]), ("ge", [0, 1, 0])):
        line = f"setp.{how}.f32 %p1|%p2, %f1, 0f40000000; selp.f32 %f2, 0f3F800000, 0f00000000, %p1;"
        np.testing.assert_array_equal(results(line, "float32", 1, 2, nan), want)
    line = """setp.gt.f32 %p1, %f1, 0f00000000; setp.lt.and.f32 %p2|%p3, %f1, 0f40000000, !%p1;
        selp.f32 %f2, %f1, 0f41100000, %p2;"""
    np.testing.assert_array_equal(results(line, "float32", 1, -1, 3), [9, -1, 9])
    np.testing.assert_array_equal(results("setp.lo.u32 %p1, %r1, 5; selp.b32 %r2, 1, 0, %p1;", "int32", -1, 4), [0, 1])
    np.testing.assert_array_equal(results("max.f32 %f2, %f1, 0f3F800000;", "float32", nan, 0.5, 2), [1, 1, 2])
    np.testing.assert_array_equal(results("min.NaN.f32 %f2, %f1, 0f3F800000;", "float32", nan, 0.5, 2), [nan, 0.5, 1])
    assert not np.signbit(results("max.f32 %f2, %f1, 0f00000000;", "float32", -0.0))[0]
    assert np.signbit(results("min.f32 %f2, %f1, 0f80000000;", "float32", 0.0))[0]
    np.testing.assert_array_equal(results("copysign.f32 %f2, %f1, 0f40000000;", "float32", -5, 5), [-2, 2])
    line = "testp.finite.f32 %p1, %f1; selp.f32 %f2, %f1, 0f00000000, %p1;"
    np.testing.assert_array_equal(results(line, "float32", nan, 3), [0, 3])


def test_functions_of_floats() -> None:
    x = np.float32([0.3, 2.0, 5.5])
    exact = x.astype(float)
    for line, want in (("sqrt.rn.f32", np.sqrt(x)), ("rsqrt.approx.f32", 1 / np.sqrt(exact)), ("rcp.rn.f32", 1 / x),
                       ("ex2.approx.f32", np.exp2(exact)), ("lg2.approx.f32", np.log2(exact)),
                       ("sin.approx.f32", np.sin(exact)), ("cos.approx.f32", np.cos(exact))):
        np.testing.assert_array_equal(results(f"{line} %f2, %f1;", "float32", *x), np.float32(want))
    subnormal = np.float32(1e-40)
    assert results("ex2.approx.ftz.f32 %f2, 0fC3020000;", "float32", 0)[0] == 0
    assert results("ex2.approx.f32 %f2, 0fC3020000;", "float32", 0)[0] == 2.0**-130
    assert results("add.f32 %f2, %f1, %f1;", "float32", subnormal)[0] == 2 * subnormal
    assert results("add.ftz.f32 %f2, %f1, %f1;", "float32", subnormal)[0] == 0
    rough = results("rcp.approx.ftz.f64 %d2, %d1;", "float64", 3.0)
    assert rough.view(np.uint64)[0] & 0xffffffff == 0 and abs(rough[0] * 3 - 1) < 1e-5


def test_device_functions() -> None:
    """Also one that waits at a barrier, and one that calls another one, with memory of its own."""
    module = """.func (.param .b32 result) twice(.param .b32 x) {
        .reg .b32 %r<3>; ld.param.u32 %r1, [x]; { .reg .b32 %r1; mov.u32 %r1, 99; }
        add.s32 %r2, %r1, %r1; st.param.b32 [result], %r2; ret; }
      .func (.param .b32 result) apart(.param .b32 x, .param .align 8 .b8 pair[16]) {
        .local .align 8 .b8 depot[16]; .reg .b32 %r<6>; .reg .b64 %rd<4>; .reg .pred %p<2>;
        ld.param.u32 %r1, [x]; ld.param.v2.u64 {%rd1, %rd2}, [pair]; mov.u64 %rd3, depot; st.local.u64 [%rd3+8], %rd2;
        setp.gt.s32 %p1, %r1, 1; @%p1 ret;
        { .param .b32 p; st.param.b32 [p], %r1; .param .b32 r; call.uni (r), twice, (p); ld.param.b32 %r2, [r]; }
        ld.local.u32 %r3, [%rd3+8]; add.s32 %r4, %r2, %r3; st.param.b32 [result], %r4; ret; }
      .func wait() { bar.sync 0; ret; }
      .global .align 4 .u32 table[3] = {5, 0x10, 7};"""
    out = np.zeros(4, np.int64)
    run("""{ .param .b32 a; .param .align 8 .b8 b[16]; .param .b32 c; st.param.b32 [a], %r0; mov.u64 %rd1, 100;
        mov.u64 %rd2, table; ld.global.u32 %r2, [%rd2+4]; st.param.v2.u64 [b], {%rd1, %rd1}; st.param.b32 [c], %r2;
        call (c), apart, (a, b); ld.param.b32 %r1, [c]; }
        call wait;
        mul.wide.u32 %rd5, %r0, 8; add.s64 %rd6, %a0, %rd5; cvt.u64.u32 %rd7, %r1; st.global.u64 [%rd6], %rd7;""",
        out, threads=4, module=module)
    assert out[0] == 100 and out[1] == 102


def test_atomic_operations() -> None:
    total, most, old = np.zeros(1, np.float32), np.zeros(1, np.int32), np.full(1, 3, np.int64)
    run("""cvt.rn.f32.u32 %f1, %r0; red.global.add.f32 [%a0], %f1; atom.global.max.s32 %r1, [%a1], %r0;
        atom.global.cas.b64 %rd1, [%a2], 3, 8;""", total, most, old, threads=5, blocks=2)
    assert (total[0], most[0], old[0]) == (20, 4, 8)


@pytest.mark.parametrize("line", [
    "shfl.sync.bfly.b32 %r1, %r0, 1, 31, -1;", "add.strange.s32 %r1, %r0, 1;", "mov.u32 %r1, unknown;", "bar.sync 1;",
    "add.s32 %r1, %r0;", "add.sat.s32 %r1, %r0, 1;"])
def test_what_is_not_supported_is_said_with_its_line(line: str) -> None:
    with pytest.raises(NotImplementedError, match=r"line 10 of the PTX: .*" + line.split()[0]):
        run(line)


def test_a_trap_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="kernel: a thread came to a trap"):
        run("setp.eq.s32 %p1, %r0, 2; @%p1 trap;", threads=3)
