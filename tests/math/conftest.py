"""Both ways to run: eagerly, and captured; what is captured is interpreted, so nothing needs a compiler."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nbbrain import settings
from nbbrain.backends import backend, base
from tests.conformance.reference import InterpretingBackend


@pytest.fixture
def interpreting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Capture loops and compiled functions, and interpret them; what cannot be captured is an error."""
    made = InterpretingBackend()
    monkeypatch.setitem(base._loaded, made.name, made)
    monkeypatch.setitem(base._loaders, made.name, InterpretingBackend)
    with backend(made.name), settings.using(strict=True):
        yield


@pytest.fixture(params=["eager", "captured"])
def either_way(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run the test eagerly, and run it captured."""
    if request.param == "eager":
        with backend("numpy"):
            yield request.param
    else:
        request.getfixturevalue("interpreting")
        yield request.param
