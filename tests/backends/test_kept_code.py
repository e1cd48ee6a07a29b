"""What compiled code is kept by. That it is kept, tests/backends/numba/test_kernels.py shows."""
from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("numba")

import numba

from nbbrain.backends import kept_code


def test_the_version_of_numba_is_found_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert f'"{numba.__version__}"' in kept_code._numba_version()
    monkeypatch.setattr(Path, "is_file", lambda path: False)
    assert kept_code._numba_version() == numba.__version__


def test_variables_that_tell_numba_how_to_compile_count(monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept_code.compiler_versions()
    monkeypatch.setenv("NUMBA_OPT", "1")
    assert kept_code.compiler_versions() != before
