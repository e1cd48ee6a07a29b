"""The registry of backends: how one is found, chosen, refused, and added by another package."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import subprocess
import sys
import types
from pathlib import Path

import pytest

from nbbrain import settings
from nbbrain.backends import (
    Backend,
    CompilingBackend,
    available_backends,
    backend,
    base,
    get_backend,
    registered_backends,
    set_backend,
)
from nbbrain.backends.cuda import toolkit
from nbbrain.errors import BackendError, BackendNotice, SettingError

pytestmark = pytest.mark.usefixtures("plain_environment", "empty_registry")


class Compiling(CompilingBackend):
    """Stands in for a backend with a compiler."""

    name = "numba"
    description = "a stand-in"

    def run_step(self, step, length, carried, per_step, constants, reverse):
        raise NotImplementedError


@pytest.fixture
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every test load backends itself, and give back what was loaded before."""
    monkeypatch.setattr(base, "_loaded", {})
    monkeypatch.setattr(base, "_usable", {})
    monkeypatch.setattr(base, "_noticed", False)


@pytest.fixture
def stand_in_for_numba(monkeypatch: pytest.MonkeyPatch) -> Backend:
    """Put a backend in the place of numba, as if Numba were installed."""
    found = Compiling()
    monkeypatch.setitem(base._loaders, "numba", lambda: found)
    monkeypatch.setattr(base, "is_installed", lambda module: True)
    return found


def add_package(folder: Path, monkeypatch: pytest.MonkeyPatch, entries: str, code: str) -> None:
    """Install a package that registers backends, as pip would leave it behind."""
    metadata = folder / "other-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[nbbrain.backends]\n{entries}\n")
    (folder / "other_backends.py").write_text("from nbbrain.backends import Backend\n" + code)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "other_backends", raising=False)


def test_numpy_is_the_eager_reference():
    numpy = get_backend("numpy")
    assert (numpy.name, numpy.compiles, numpy.unavailable_reason()) == ("numpy", False, None)
    assert get_backend("numpy") is numpy


def test_an_unknown_name_is_refused_with_the_registered_ones():
    with pytest.raises(BackendError, match="backend 'torch'; the registered ones are numpy, numba, cuda"):
        get_backend("torch")


def test_what_is_not_a_name_is_refused():
    with pytest.raises(SettingError, match="backend must be the name of a registered backend"):
        get_backend(3)


def test_numba_is_the_default_where_it_is_installed(stand_in_for_numba):
    assert get_backend() is stand_in_for_numba


def test_without_numba_the_default_is_numpy_with_one_notice(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.warns(BackendNotice, match="Numba is not installed") as notices:
        assert get_backend().name == "numpy"
    assert len(notices) == 1
    assert get_backend().name == "numpy"  # a second notice would be an error here


def test_without_numba_choosing_numpy_gives_no_notice(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with backend("numpy"):
        assert get_backend().name == "numpy"


def test_argument_block_setter_environment_decide_in_this_order(monkeypatch, stand_in_for_numba):
    monkeypatch.setenv("NBBRAIN_BACKEND", "numpy")
    settings.reload()
    assert get_backend().name == "numpy"
    set_backend("numba")
    assert get_backend().name == "numba"
    with backend("numpy") as inside:
        assert get_backend() is inside
        assert get_backend("numba") is stand_in_for_numba
    assert get_backend().name == "numba"
    set_backend(None)
    assert get_backend().name == "numpy"


def test_a_wrong_name_in_the_environment_is_refused_when_a_backend_is_needed(monkeypatch):
    monkeypatch.setenv("NBBRAIN_BACKEND", "nmpy")
    settings.reload()
    with pytest.raises(BackendError, match="unknown backend 'nmpy'"):
        get_backend()


def test_a_refused_choice_leaves_the_former_one():
    set_backend("numpy")
    with pytest.raises(BackendError):
        set_backend("torch")
    with pytest.raises(BackendError), backend("torch"):
        pass
    assert get_backend().name == "numpy"


def test_a_block_decorates_a_function(stand_in_for_numba):
    @backend("numpy")
    def seen() -> str:
        return get_backend().name

    assert (seen(), seen(), get_backend().name) == ("numpy", "numpy", "numba")


def test_a_compiling_backend_has_to_run_steps():
    with pytest.raises(TypeError, match="run_step"):
        type("Half", (CompilingBackend,), {"name": "half", "description": ""})()


def test_an_unavailable_backend_is_refused_until_it_works(monkeypatch):
    reasons = ["no licence."]
    other = type("Other", (Backend,), {"unavailable_reason": lambda self: reasons[0] if reasons else None})()
    monkeypatch.setitem(base._loaders, "other", lambda: other)
    with pytest.raises(BackendError, match="the backend 'other' does not work here: no licence"):
        get_backend("other")
    assert registered_backends()["other"] == "no licence."
    assert "other" not in available_backends()
    reasons.clear()
    assert get_backend("other") is other
    assert "other" in available_backends()


def test_another_package_adds_a_backend(tmp_path, monkeypatch):
    code = "class Mine(Backend):\n    name = 'mine'\n    description = 'mine'\nbackend = Mine()\n"
    add_package(tmp_path, monkeypatch, "mine = other_backends:backend", code)
    assert get_backend("numpy").name == "numpy"
    assert "other_backends" not in sys.modules  # not loaded before someone asks for it
    with backend("mine"):
        assert get_backend().description == "mine"
    assert list(registered_backends())[-1] == "mine"


def test_another_package_cannot_take_over_a_built_in_name(tmp_path, monkeypatch):
    add_package(tmp_path, monkeypatch, "numpy = other_backends:backend", "backend = None\n")
    assert registered_backends()["numpy"] is None
    assert type(get_backend("numpy")).__module__ == "nbbrain.backends.numpy"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import no_such_module_here\n", "'mine' cannot be loaded: ModuleNotFoundError: .*no_such"),
        ("raise OSError('no library')\n", "'mine' cannot be loaded: OSError: no library"),
        ("other = 1\n", "'mine' cannot be loaded: AttributeError"),
        ("backend = Backend\n", "registered as 'mine' is no instance of Backend: <class"),
    ],
)
def test_a_broken_package_is_refused_and_does_not_break_the_listing(tmp_path, monkeypatch, code, message):
    add_package(tmp_path, monkeypatch, "mine = other_backends:backend", code)
    with pytest.raises(BackendError, match=message):
        get_backend("mine")
    assert registered_backends()["mine"] is not None
    assert "numpy" in available_backends()


def empty_module(name: str) -> types.ModuleType:
    """A module that counts as installed and has nothing in it."""
    return importlib.util.module_from_spec(importlib.machinery.ModuleSpec(name, loader=None))


def test_a_backend_may_have_variants(monkeypatch, stand_in_for_numba):
    with pytest.raises(BackendError, match="the backend 'numba' has no variants, but got 'numba:2'"):
        get_backend("numba:2")
    monkeypatch.setattr(Compiling, "variant", lambda self, option: Compiling() if option == "3" else self, raising=False)
    assert get_backend("numba:3") is get_backend("numba:3") is not get_backend("numba")
    with pytest.raises(BackendError, match="unknown backend 'torch'"):
        get_backend("torch:1")


def test_devices_are_chosen_by_their_number(monkeypatch):
    monkeypatch.setattr(toolkit, "missing", lambda index: None)
    assert [get_backend(name).device for name in ("cuda", "cuda:0", "cuda:2")] == [0, 0, 2]
    with pytest.raises(BackendError, match="the number of a device, such as 'cuda:1', but got 'cuda:first'"):
        get_backend("cuda:first")


def test_cuda_says_which_package_is_missing(monkeypatch):
    for missing, name in (("numba", "Numba"), ("numba_cuda", "numba-cuda")):
        monkeypatch.setattr(toolkit, "is_installed", lambda module, missing=missing: module != missing)
        with pytest.raises(BackendError, match=f"'cuda' does not work here: {name} is not installed"):
            get_backend("cuda")


def no_driver():
    raise RuntimeError("Error at driver init:\n  no device (100)")


def no_compiler(name):
    raise RuntimeError(f"cannot find {name}")


@pytest.mark.parametrize(
    ("devices", "find", "name", "reason"),
    [
        (no_driver, str, "cuda", "can be used: Error at driver init: no device"),
        (tuple, str, "cuda", "shows no device"),
        (lambda: ("a device",), no_compiler, "cuda", "can be used: cannot find nvvm"),
        (lambda: ("a device",), str, "cuda:1", "shows 1 device, counted from 0"),
    ],
)
def test_cuda_says_what_stands_in_the_way(monkeypatch, devices, find, name, reason):
    core, finder = empty_module("cuda.core"), empty_module("cuda.pathfinder")
    core.Device = types.SimpleNamespace(get_all_devices=devices)
    finder.load_nvidia_dynamic_lib = find
    modules = {"cuda.core": core, "cuda.pathfinder": finder}
    monkeypatch.setattr(toolkit, "is_simulated", lambda: False)
    monkeypatch.setattr(toolkit, "_core", lambda: core)
    monkeypatch.setattr(toolkit, "import_module", modules.get)
    monkeypatch.setattr(toolkit, "is_installed", lambda module: True)
    with pytest.raises(BackendError, match=reason):
        get_backend(name)
    assert ("cuda" in available_backends()) == (name != "cuda")


def test_cuda_without_nvidias_bindings_passes_on_what_is_missing(monkeypatch):
    monkeypatch.setattr(toolkit, "is_simulated", lambda: False)
    monkeypatch.setitem(sys.modules, "cuda.core", None)
    toolkit._core.cache_clear()
    monkeypatch.setattr(toolkit, "is_installed", lambda module: True)
    assert "cuda.core" in registered_backends()["cuda"]


def test_choosing_numpy_imports_neither_numba_nor_scipy():
    script = (
        "import sys; from nbbrain.backends import get_backend; get_backend('numpy'); "
        "print([name for name in ('numba', 'scipy', 'llvmlite') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr) == ("[]", "")
