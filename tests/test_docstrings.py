"""The examples in the docstrings run and print what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import nbbrain
from nbbrain.backends.base import is_installed

FOLDER = Path(nbbrain.__file__).parent
NEEDS = {  # optional packages, and the modules whose import or examples need them
    "numba": ("nbbrain.backends.numba", "nbbrain.backends.cuda", "nbbrain.explanation"),
    "numba_cuda": ("nbbrain.backends.cuda.intrinsics",),
    "tqdm": ("nbbrain.tools.progress",),
    "matplotlib": ("nbbrain.visualization",),
    "sklearn": ("nbbrain.sklearn",),
}
MISSING = tuple(name for package, names in NEEDS.items() if not is_installed(package) for name in names)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def modules() -> list[str]:
    """Name every module of nbbrain that can be imported here, without importing any."""
    found = (path for path in sorted(FOLDER.rglob("*.py")) if path.name != "__main__.py")
    files = [path.relative_to(FOLDER.parent) for path in found]
    names = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files]
    return [name for name in names if not name.startswith(MISSING)]


@pytest.mark.parametrize("name", modules())
def test_examples_of(name):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert failed == 0
