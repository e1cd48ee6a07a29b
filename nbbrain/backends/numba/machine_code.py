"""Machine code: from LLVM's text to an object file, and from an object file to an address.

This is what lets a warm start go without Numba: kernels call nothing but the C library, so their object files load by
llvmlite alone, in a few milliseconds.
"""
from __future__ import annotations

import os
from functools import cache
from typing import Any

import llvmlite.binding as llvm

__all__ = ["emit", "host", "load", "missing_symbols", "optimise", "vector_bytes"]

_engines: list[Any] = []
"""Engines own the memory of loaded code, so they live as long as the process."""


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


def optimise(assembly: str) -> str:
    """LLVM assembly after LLVM's optimisations."""
    module = llvm.parse_assembly(assembly)
    builder = llvm.create_pass_builder(_target(), llvm.create_pipeline_tuning_options(speed_level=2))
    builder.getModulePassManager().run(module, builder)
    return str(module)


def missing_symbols(module: Any) -> list[str]:
    """Functions that a module calls and that a process has only while Numba is loaded."""
    names = [function.name for function in module.functions if function.is_declaration]
    return [name for name in names if name.startswith(("numba_", "NRT_"))
            or not (name.startswith("llvm.") or llvm.address_of_symbol(name))]


def emit(assembly: str) -> bytes | None:
    """The object file of LLVM assembly; None where it needs functions of Numba's own."""
    module = llvm.parse_assembly(assembly)
    return None if missing_symbols(module) else _target().emit_object(module)


def load(code: bytes, name: str) -> int:
    """The address of a function of an object file."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())
    engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    return engine.get_function_address(name)
