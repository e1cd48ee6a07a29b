"""The public face: names, the version, and that importing is quick and needs neither Numba nor SciPy."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version

import pytest

import nbbrain as bp
import nbbrain.math as bm


def test_every_public_name_is_there():
    assert [name for name in bp.__all__ if not hasattr(bp, name)] == []
    assert bp.Base is bp.BrainPyObject is bm.BrainPyObject
    assert bp.math is bm
    assert bp.types.DotDict is bp.tools.DotDict
    assert bp.tools.clear_name_cache is bm.clear_name_cache
    assert issubclass(bp.errors.UniqueNameError, bp.errors.BrainPyError)


def test_the_version():
    assert bp.__version__ == version("nbbrain")
    with pytest.raises(AttributeError, match="no attribute 'something'"):
        _ = bp.something


def test_a_dict_with_attributes():
    items = bp.types.DotDict(a=1)
    items.b = 2
    assert (items.a, items["b"], items) == (1, 2, {"a": 1, "b": 2})
    del items.a
    with pytest.raises(AttributeError, match="a"):
        _ = items.a
    with pytest.raises(AttributeError):
        del items.a
    assert type(items.copy()) is bp.types.DotDict


def test_importing_needs_neither_numba_nor_scipy():
    code = "import sys, nbbrain; print([name for name in ('numba', 'scipy', 'jax', 'torch') if name in sys.modules])"
    environment = {**os.environ, "NBBRAIN_BACKEND": "numpy"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert result.stdout.strip() == "[]"
