"""Settings: what is allowed, who decides, and when the environment is read."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nbbrain import settings
from nbbrain.errors import NBBrainError, SettingError

pytestmark = pytest.mark.usefixtures("plain_environment")

ROOT = Path(__file__).parents[1]


def test_defaults_hold_where_nobody_chose():
    values = {row.name: row.value for row in settings.describe()}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert values.pop("cache_dir").name == "nbbrain"
    assert values.pop("memory") >= 1
    assert values == {"backend": None, "num_threads": cores, "cache": True, "cache_size": 256, "strict": False, "debug": 0}
    assert {row.source for row in settings.describe()} == {"default"}


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"XDG_CACHE_HOME": "/var/xdg"}, "/var/xdg/nbbrain"),
        ("linux", {"HOME": "/home/ann"}, "/home/ann/.cache/nbbrain"),
        ("darwin", {"HOME": "/Users/ann"}, "/Users/ann/Library/Caches/nbbrain"),
        ("win32", {"LOCALAPPDATA": "/c/ann/Local"}, "/c/ann/Local/nbbrain"),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="the paths are written as POSIX writes them")
def test_the_default_cache_folder_is_the_users_own(monkeypatch, platform, environment, folder):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert settings.get("cache_dir") == Path(folder)


def test_argument_block_setter_environment_default_decide_in_this_order(monkeypatch):
    assert settings.get("debug") == 0
    monkeypatch.setenv("NBBRAIN_DEBUG", "1")
    settings.reload()
    assert settings.get("debug") == 1
    settings.set(debug=2)
    assert settings.get("debug") == 2
    with settings.using(debug=3):
        assert settings.get("debug") == 3
        assert settings.get("debug", 4) == 4
        with settings.using(debug=0):
            assert settings.get("debug") == 0
        assert settings.get("debug") == 3
    assert settings.get("debug") == 2
    settings.set(debug=None)
    assert settings.get("debug") == 1


def test_describe_names_who_decided(monkeypatch):
    monkeypatch.setenv("NBBRAIN_CACHE", "0")
    settings.reload()
    settings.set(debug=1)
    with settings.using(strict=True):
        sources = {row.name: row.source for row in settings.describe()}
    assert (sources["cache"], sources["debug"], sources["strict"]) == ("environment", "set", "using")


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("NBBRAIN_BACKEND", "numpy", "numpy"),
        ("NBBRAIN_NUM_THREADS", "3", 3),
        ("NBBRAIN_CACHE", "0", False),
        ("NBBRAIN_CACHE", "1", True),
        ("NBBRAIN_CACHE_SIZE", "1", 1),
        ("NBBRAIN_STRICT", " 1 ", True),
        ("NBBRAIN_DEBUG", "4", 4),
        ("NBBRAIN_CACHE_DIR", "/var/kernels", Path("/var/kernels").absolute()),
        ("NBBRAIN_CACHE_DIR", "kernels", Path.cwd() / "kernels"),
        ("NBBRAIN_CACHE_DIR", "~/kernels", Path.home() / "kernels"),
        ("NBBRAIN_DEBUG", "", 0),
    ],
)
def test_text_of_the_environment_becomes_a_value(monkeypatch, variable, text, value):
    monkeypatch.setenv(variable, text)
    settings.reload()
    assert settings.get(variable.removeprefix("NBBRAIN_").lower()) == value


@pytest.mark.parametrize(
    ("variable", "text", "allowed"),
    [
        ("NBBRAIN_BACKEND", "  ", "name of a registered backend"),
        ("NBBRAIN_NUM_THREADS", "0", "at least 1"),
        ("NBBRAIN_NUM_THREADS", "two", "at least 1"),
        ("NBBRAIN_NUM_THREADS", "1.5", "at least 1"),
        ("NBBRAIN_CACHE", "yes", "0 or 1"),
        ("NBBRAIN_CACHE", "2", "0 or 1"),
        ("NBBRAIN_STRICT", "true", "0 or 1"),
        ("NBBRAIN_DEBUG", "5", "4 (and timings)"),
        ("NBBRAIN_DEBUG", "-1", "0 (nothing)"),
        ("NBBRAIN_CACHE_DIR", " ", "path of a folder"),
        ("NBBRAIN_CACHE_DIR", "~no-such-user-here/cache", "path of a folder"),
    ],
)
def test_a_wrong_variable_is_named_with_its_value_and_the_allowed_ones(monkeypatch, variable, text, allowed):
    monkeypatch.setenv(variable, text)
    settings.reload()
    with pytest.raises(SettingError) as caught:
        settings.get("backend")
    for part in (variable, repr(text), allowed):
        assert part in str(caught.value)


def test_a_wrong_variable_stays_an_error_until_it_is_mended(monkeypatch):
    monkeypatch.setenv("NBBRAIN_DEBUG", "loud")
    settings.reload()
    for _ in range(2):
        with pytest.raises(SettingError):
            settings.get("debug")
    monkeypatch.setenv("NBBRAIN_DEBUG", "1")
    assert settings.get("debug") == 1


def test_the_environment_is_read_once(monkeypatch):
    monkeypatch.setenv("NBBRAIN_DEBUG", "1")
    settings.reload()
    assert settings.get("debug") == 1
    monkeypatch.setenv("NBBRAIN_DEBUG", "2")
    assert settings.get("debug") == 1
    settings.reload()
    assert settings.get("debug") == 2


def test_import_neither_reads_nor_writes_the_environment(tmp_path):
    script = (
        "import os; before = dict(os.environ); import nbbrain.settings as s; "
        "assert dict(os.environ) == before; os.environ['NBBRAIN_DEBUG'] = '2'; print(s.get('debug'))"
    )
    environment = os.environ | {"NBBRAIN_DEBUG": "wrong", "NBBRAIN_CACHE_DIR": str(tmp_path / "cache")}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr, list(tmp_path.iterdir())) == ("2", "", [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_threads", 0),
        ("num_threads", True),
        ("num_threads", 2.0),
        ("backend", 3),
        ("cache", 1.0),
        ("strict", "yes"),
        ("debug", 5),
        ("cache_dir", 7),
        ("cache_size", 0),
        ("memory", 0),
        ("cache_dir", b"bytes"),
    ],
)
def test_a_wrong_value_is_refused_by_every_way_to_choose(name, value):
    before = settings.get(name)
    with pytest.raises(SettingError, match=rf"^{name} must be .*, but got "):
        settings.set(**{name: value})
    with pytest.raises(SettingError, match=rf"^{name} must be "), settings.using(**{name: value}):
        pass
    with pytest.raises(SettingError, match=rf"^{name} must be "):
        settings.get(name, value)
    assert settings.get(name) == before


def test_setting_errors_are_value_errors_of_nbbrain():
    assert issubclass(SettingError, ValueError)
    assert issubclass(SettingError, NBBrainError)


def test_an_unknown_name_is_refused_with_the_known_ones():
    for choose in (lambda: settings.get("thread"), lambda: settings.set(thread=2)):
        with pytest.raises(SettingError, match="unknown setting 'thread'; the settings are backend, num"):
            choose()


def test_set_changes_nothing_when_one_value_is_wrong():
    settings.set(debug=1)
    with pytest.raises(SettingError):
        settings.set(debug=2, num_threads=0)
    with pytest.raises(SettingError):
        settings.set(debug=None, num_threads=0)
    assert settings.get("debug") == 1


def test_a_block_ends_with_an_error_inside_it():
    with pytest.raises(RuntimeError, match="inside"), settings.using(debug=3):
        raise RuntimeError("inside")
    assert settings.get("debug") == 0


def test_none_leaves_a_block_as_it_was():
    with settings.using(debug=3), settings.using(debug=None, strict=True):
        assert (settings.get("debug"), settings.get("strict")) == (3, True)


def test_a_block_decorates_a_function():
    @settings.using(debug=2)
    def seen() -> int:
        return settings.get("debug")

    assert (seen(), seen(), settings.get("debug")) == (2, 2, 0)


def test_a_block_of_one_thread_is_not_seen_by_another():
    seen = []
    with settings.using(debug=4):
        other = threading.Thread(target=lambda: seen.append(settings.get("debug")))
        other.start()
        other.join()
    assert seen == [0]


def test_the_documentation_lists_every_variable_as_the_table_has_it():
    page = (ROOT / "docs" / "environment.md").read_text(encoding="utf-8").splitlines()
    rows = {line.split(" | ")[0]: line for line in page if line.startswith("| `NBBRAIN_")}
    assert set(rows) == {f"| `{setting.variable}`" for setting in settings.table.values()}
    for setting in settings.table.values():
        assert setting.default_text in rows[f"| `{setting.variable}`"].replace("`", "")
        assert setting.meaning in rows[f"| `{setting.variable}`"]
