"""What ``python -m nbbrain info`` tells: versions, machine, backends, cache and settings."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata

import numpy as np

from nbbrain import cache, settings
from nbbrain.backends import get_backend, registered_backends
from nbbrain.errors import BackendError

__all__ = ["backends", "cache_folder", "chosen", "cpu_name", "machine", "report", "versions"]

_PACKAGES = ("nbbrain", "numpy", "autograd", "numba", "scipy", "llvmlite")


def report() -> str:
    """Return everything as text, one section after another."""
    sections = {
        "Versions": versions(),
        "Machine": machine(),
        "Backends": backends(),
        "Cache": cache_folder(),
        "Settings": chosen(),
    }
    width = max(len(name) for rows in sections.values() for name in rows) + 2
    blocks = [
        "\n".join([title, *(f"  {name:<{width}}{value}" for name, value in rows.items())])
        for title, rows in sections.items()
    ]
    return "\n\n".join(blocks)


def versions() -> dict[str, str]:
    """Return the version of Python and of every core package, without importing them."""
    return {"python": platform.python_version()} | {package: _version(package) for package in _PACKAGES}


def machine() -> dict[str, str]:
    """Return operating system, processor, threads, and the linear-algebra library that NumPy uses."""
    return {
        "platform": platform.platform(),
        "cpu": cpu_name(),
        "cores": f"{os.cpu_count()}, of which {settings.table['num_threads'].default()} for this process",
        "threads": str(settings.get("num_threads")),
        "blas": _blas(),
    }


def backends() -> dict[str, str]:
    """Return the chosen backend, and every registered one with what it runs on, or what it lacks."""
    rows = {
        name: _available(name) if reason is None else f"unavailable: {reason}"
        for name, reason in registered_backends().items()
    }
    try:
        rows["chosen"] = get_backend().name
    except BackendError as error:
        rows["chosen"] = f"none: {error}"
    return rows


def _available(name: str) -> str:
    device = get_backend(name).runs_on()
    return f"available ({device})" if device else "available"


def cache_folder() -> dict[str, str]:
    """Return where compiled code is kept, how much of it there is and how much there may be."""
    held = cache.usage()
    return {
        "folder": str(settings.get("cache_dir")),
        "size": f"{held.size / 1e6:.1f} MB in {held.files} files",
        "cap": f"{settings.get('cache_size')} MB (NBBRAIN_CACHE_SIZE)",
        "used": "yes" if settings.get("cache") else "no (NBBRAIN_CACHE=0)",
    }


def chosen() -> dict[str, str]:
    """Return every setting with its value and who decided it."""
    return {row.variable: f"{_text(row.value)} ({row.source})" for row in settings.describe()}


def cpu_name() -> str:
    """Return the processor's name as its maker writes it, where the operating system tells."""
    asking = {"Linux": _cpu_name_on_linux, "Darwin": _cpu_name_on_macos}
    return asking.get(platform.system(), platform.processor)() or platform.machine()


def _cpu_name_on_linux() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as lines:  # ARM processors have no such line
        return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _cpu_name_on_macos() -> str:
    command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _blas() -> str:
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    details = blas.get("openblas configuration")
    return f"{blas['name']} {blas['version']}" + (f" ({details})" if details else "")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
