"""What every test starts from: nothing chosen by an earlier test."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from nbbrain import settings
from nbbrain.backends import base
from nbbrain.dynsys.share import share
from nbbrain.math.environment import environment

COMPILED = pytest.param("numba", marks=pytest.mark.skipif(not base.is_installed("numba"), reason="Numba is not installed"))


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled kernels in the build folder, not among the user's."""
    os.environ.setdefault("NBBRAIN_CACHE_DIR", str(config.rootpath / "build" / "kernels"))
    if other := os.environ.get("NBBRAIN_TEST_BACKEND"):  # what the tests say of the backend 'numba' is to hold for it
        base._loaders["numba"] = base._loaders[other]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what a GPU, a simulated one, or the reference alone is not asked to do."""
    leave_out = {"processor"} if os.environ.get("NBBRAIN_TEST_BACKEND") else set()
    leave_out |= {"heavy"} if os.environ.get("NUMBA_ENABLE_CUDASIM") or not base.is_installed("numba") else set()
    for item in items:
        for name in leave_out & {marker.name for marker in item.iter_markers()}:
            item.add_marker(pytest.mark.skip(reason=f"{name}: see pyproject.toml"))


@pytest.fixture(autouse=True)
def settings_restored() -> Iterator[None]:
    """Take back what the test chose, and read the environment anew in the next one."""
    yield
    settings.set(**dict.fromkeys(settings.table))
    settings.reload()


@pytest.fixture(autouse=True)
def environment_restored() -> Iterator[None]:
    """Restore mode, time step and default dtypes after every test."""
    with environment():
        yield


@pytest.fixture(autouse=True)
def nothing_shared() -> Iterator[None]:
    """Forget the arguments that the test shared between models."""
    yield
    share.clear_shargs()


@pytest.fixture(autouse=True)
def figures_closed() -> Iterator[None]:
    """Close what the test has drawn, if it has."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(params=["numpy", COMPILED])
def each_backend(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run the test on the reference and on the compiled backend."""
    with base.backend(request.param):
        yield request.param


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the NBBRAIN_* variables that the suite itself may have been started with."""
    for setting in settings.table.values():
        monkeypatch.delenv(setting.variable, raising=False)
    settings.reload()
