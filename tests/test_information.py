"""The command line: what ``python -m nbbrain`` prints and returns."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from importlib import metadata

import numpy as np
import pytest

from nbbrain import cache, information, settings
from nbbrain.__main__ import main
from nbbrain.backends import get_backend, registered_backends

pytestmark = pytest.mark.usefixtures("plain_environment")


@pytest.fixture(autouse=True)
def chosen_by_the_test(tmp_path, plain_environment):
    """Keep the user's own cache out of the tests, and choose the backend that needs nothing."""
    settings.set(cache_dir=tmp_path / "cache", backend="numpy")


def test_info_prints_every_section(capsys):
    assert main(["info"]) == 0
    text = capsys.readouterr().out
    titles = re.findall(r"^\w.*$", text, re.MULTILINE)
    assert titles == ["Versions", "Machine", "Backends", "Cache", "Settings"]
    for row in (
        rf"python +{re.escape(platform.python_version())}",
        rf"numpy +{re.escape(np.__version__)}",
        r"NBBRAIN_BACKEND +numpy \(set\)",
        r"NBBRAIN_STRICT +0 \(default\)",
        r"size +0\.0 MB in 0 files",
        r"cap +256 MB \(NBBRAIN_CACHE_SIZE\)",
    ):
        assert re.search(rf"^  {row}$", text, re.MULTILINE), row


def test_versions_are_those_installed():
    assert information.versions()["autograd"] == metadata.version("autograd")
    assert set(information.versions()) == {"python", *information._PACKAGES}


def test_a_package_that_is_absent_is_reported(monkeypatch):
    installed = metadata.version

    def version(package: str) -> str:
        if package == "numba":
            raise metadata.PackageNotFoundError(package)
        return installed(package)

    monkeypatch.setattr(metadata, "version", version)
    assert information.versions()["numba"] == "not installed"


def test_machine_names_processor_threads_and_blas():
    settings.set(num_threads=7)
    rows = information.machine()
    assert rows["threads"] == "7"
    assert rows["cores"].startswith(f"{os.cpu_count()}, of which ")
    assert np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"] in rows["blas"]
    assert rows["cpu"]


@pytest.mark.skipif(not os.path.exists("/proc/cpuinfo"), reason="where Linux tells the processor's name")
def test_a_processor_without_a_name_is_reported_by_its_kind(monkeypatch):
    monkeypatch.setattr(information, "_cpu_name_on_linux", lambda: "")
    assert information.cpu_name() == platform.machine()


def test_backends_are_listed_with_what_they_lack():
    rows = information.backends()
    assert rows.pop("chosen") == "numpy"
    assert rows["numpy"] == "available"
    assert set(rows) == set(registered_backends())
    assert rows["cuda"].startswith("unavailable: ")


def test_a_backend_says_what_it_runs_on(monkeypatch):
    monkeypatch.setattr(type(get_backend("numpy")), "runs_on", lambda self: "an abacus")
    assert information.backends()["numpy"] == "available (an abacus)"


def test_info_reports_a_choice_that_does_not_work(capsys):
    settings.set(backend="torch")
    assert main(["info"]) == 0
    assert re.search(r"chosen +none: unknown backend 'torch'; the registered", capsys.readouterr().out)


def test_cache_is_shown_and_cleared(capsys):
    folder = cache.prepare()
    (folder / "kernel.nbc").write_bytes(bytes(2_500_000))
    assert main(["cache", "info"]) == 0
    assert "2.5 MB in 1 files" in capsys.readouterr().out
    assert main(["cache", "clear"]) == 0
    assert capsys.readouterr().out == f"Deleted 1 files (2.5 MB) from {folder}.\n"
    assert cache.usage() == (0, 0)


def test_a_cache_that_is_switched_off_is_reported():
    settings.set(cache=False)
    assert information.cache_folder()["used"] == "no (NBBRAIN_CACHE=0)"


def test_alone_it_prints_help(capsys):
    assert main([]) == 0
    text = capsys.readouterr().out
    assert text.startswith("usage: python -m nbbrain")
    assert "info" in text
    assert "cache" in text


def test_an_unknown_command_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["cache", "burn"])
    assert "invalid choice: 'burn'" in capsys.readouterr().err


def test_a_wrong_variable_is_an_error_on_the_command_line(tmp_path):
    environment = os.environ | {"NBBRAIN_DEBUG": "loud", "NBBRAIN_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "nbbrain", "info"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("error: the environment variable NBBRAIN_DEBUG must be 0 (nothing)")
