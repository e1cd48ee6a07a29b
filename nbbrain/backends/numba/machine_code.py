"""Machine code: from LLVM's text to an object file, and from an object file to an address.

This is what lets a warm start go without Numba: kernels call nothing but the C library, so their object files load by
llvmlite alone, in a fraction of a millisecond.

What is kept of a kernel is the name of its function, the names of the functions it calls, and its object file. LLVM trusts
an object file blindly, and a process dies of one that is none, so `load` looks at all that can be seen from outside first.
"""
from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import Any

import llvmlite.binding as llvm

__all__ = ["assemble", "host", "load", "pack", "vector_bytes"]


@cache
def _target() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    triple = llvm.get_process_triple() + ("-elf" if os.name == "nt" else "")  # the format LLVM's loader knows best
    return llvm.Target.from_triple(triple).create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3, reloc="pic",
        codemodel="default")


def host() -> str:
    """The processor that code is made for."""
    return f"{llvm.get_process_triple()} {llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"


@cache
def vector_bytes() -> int:
    """The size of the processor's vectors."""
    features = llvm.get_host_cpu_features()
    return 64 if features.get("avx512f") else 32 if features.get("avx") else 16


def assemble(assembly: str, name: str) -> bytes:
    """What to keep of a kernel in LLVM's text, after LLVM's optimisations."""
    module = llvm.parse_assembly(assembly)
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_unrolling = False  # loops are unrolled by hand where it pays
    builder = llvm.create_pass_builder(_target(), options)
    builder.getModulePassManager().run(module, builder)
    content = pack(module, name, _target().emit_object(module))
    assert content is not None
    return content


def pack(module: Any, name: str, code: bytes) -> bytes | None:
    """What to keep of a module with the function of a name and its object file; None where it needs Numba's functions."""
    called = [function.name for function in module.functions
              if function.is_declaration and not function.name.startswith("llvm.")]
    return b"\0".join([name.encode(), ",".join(called).encode(), code]) if _are_here(called) else None


def load(content: bytes) -> int | None:
    """The address of the function in what `pack` gave; None where this process cannot run it."""
    name, _, rest = content.partition(b"\0")
    called, _, code = rest.partition(b"\0")
    try:
        if not (_is_object(code) and _are_here(filter(None, called.decode().split(",")))):
            return None
        engine = _engine()
        engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code))
        engine.finalize_object()
        return engine.get_function_address(name.decode()) or None
    except UnicodeDecodeError:
        return None


def _are_here(names: Iterable[str]) -> bool:
    """Whether a process has functions also while Numba is not loaded."""
    return not any(name.startswith(("numba_", "NRT_")) or not llvm.address_of_symbol(name) for name in names)


@cache
def _engine() -> Any:
    """It owns the memory of loaded code, so it lives as long as the process."""
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())


@cache
def _empty_object() -> bytes:
    code: bytes = _target().emit_object(llvm.parse_assembly(""))
    return code


def _is_object(code: bytes) -> bool:
    """Whether this begins like an object file for this processor, and is as long as it says."""
    elf = _empty_object().startswith(b"\x7fELF")
    alike = 20 if elf else 16  # bytes that tell the format, the processor and that it is an object file
    if len(code) < 64 or code[:alike] != _empty_object()[:alike]:
        return False
    if not elf or code[4] != 2:  # the positions below are those of 64-bit ELF
        return True
    order: Any = "little" if code[5] == 1 else "big"
    sections, size, count = (int.from_bytes(code[a:b], order) for a, b in ((40, 48), (58, 60), (60, 62)))
    return sections + size * count <= len(code)
