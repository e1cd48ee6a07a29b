"""Trainers are tested on both backends, where it matters."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from nbbrain.backends import backend
from nbbrain.backends.base import is_installed

COMPILED = pytest.param("numba", marks=pytest.mark.skipif(not is_installed("numba"), reason="Numba is not installed"))


@pytest.fixture(params=["numpy", COMPILED])
def each_backend(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run the test on the reference and on the compiled backend."""
    with backend(request.param):
        yield request.param
