"""The cache folder: private, marked, never confused with another folder; its files whole, trusted, and not too many."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nbbrain import cache, settings

ROOT = Path(__file__).parents[1]
posix = pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Name a cache folder that is not made yet."""
    chosen = tmp_path / "cache" / "nbbrain"
    settings.set(cache_dir=chosen)
    return chosen


def test_nothing_is_made_before_it_is_needed(folder):
    assert cache.usage() == (0, 0)
    assert cache.clear() == (0, 0)
    assert not folder.exists()


@posix
def test_the_folder_is_private(folder):
    assert cache.prepare() == folder
    assert folder.stat().st_mode & 0o777 == 0o700


def test_files_are_counted_and_deleted(folder):
    cache.prepare()
    (folder / "kernels").mkdir()
    (folder / "kernels" / "a.py").write_bytes(b"12345")
    (folder / "b.py").write_bytes(b"678")
    assert cache.usage() == (2, 8)
    assert cache.prepare() == folder
    assert cache.clear() == (2, 8)
    assert cache.usage() == (0, 0)
    assert [path.name for path in folder.iterdir()] == [".nbbrain-cache"]
    assert cache.prepare() == folder


def test_an_empty_folder_is_taken(folder):
    folder.mkdir(parents=True, mode=0o700)
    cache.prepare()
    assert cache.usage() == (0, 0)


def test_a_folder_with_other_files_is_neither_used_nor_deleted(folder):
    folder.mkdir(parents=True, mode=0o700)
    (folder / "thesis.tex").write_text("years of work")
    for touch in (cache.prepare, cache.clear):
        with pytest.raises(cache.CacheError, match="holds files and is not a cache of nbbrain"):
            touch()
    assert os.listdir(folder) == ["thesis.tex"]
    assert cache.usage() == (0, 0)


@posix
def test_a_folder_that_others_can_write_to_is_not_used(folder):
    cache.prepare()
    folder.chmod(0o770)
    with pytest.raises(cache.CacheError, match="can be written to by others"):
        cache.prepare()


@posix
def test_a_folder_of_another_user_is_not_used(folder, monkeypatch):
    cache.prepare()
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(cache.CacheError, match=f"belongs to user {owner}"):
        cache.prepare()


def test_a_file_in_the_place_of_the_folder_is_an_error(folder):
    folder.parent.mkdir()
    folder.write_text("a file")
    for touch in (cache.prepare, cache.clear):
        with pytest.raises(cache.CacheError, match="cache folder"):
            touch()


@posix
def test_a_link_to_a_folder_of_ones_own_is_used_and_cleared(folder, tmp_path):
    (tmp_path / "large disk").mkdir(mode=0o700)
    folder.parent.mkdir()
    folder.symlink_to(tmp_path / "large disk")
    cache.write("a", b"code")
    assert cache.clear() == (1, 36)
    assert cache.read("a") is None
    cache.write("a", b"code")
    assert cache.read("a") == b"code"


@posix
def test_a_link_that_another_user_made_is_not_used(folder, tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir(mode=0o700)
    folder.parent.mkdir()
    folder.symlink_to(tmp_path / "mine")
    owned_by_another(monkeypatch, Path, "lstat")
    with pytest.raises(cache.CacheError, match="is a link that belongs to user"):
        cache.prepare()


# Files

def owned_by_another(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """Have a function that gives a status say that the file is another user's."""
    original = getattr(module, name)

    def status(*arguments: object) -> os.stat_result:
        found = list(original(*arguments))
        found[4] += 1
        return os.stat_result(found)

    monkeypatch.setattr(module, name, status)


def test_what_was_written_is_read(folder):
    assert cache.read("a") is None
    cache.write("a", b"code")
    cache.write("a", b"other code")
    cache.write("b", b"")
    assert cache.read("a") == b"other code"
    assert cache.read("b") == b""
    assert cache.usage().files == 2


@posix
def test_files_are_for_their_owner_alone(folder):
    cache.write("a", b"code")
    assert (folder / "a.o").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [lambda found: found[:-1], lambda found: found[:20], lambda found: b"",
                                    lambda found: found + b"x", lambda found: found[:-1] + bytes([found[-1] ^ 1])],
                         ids=["cut off", "cut off early", "empty", "longer", "a bit"])
def test_a_damaged_file_is_not_read(folder, damage):
    cache.write("a", b"code")
    (folder / "a.o").write_bytes(damage((folder / "a.o").read_bytes()))
    assert cache.read("a") is None
    cache.write("a", b"code")
    assert cache.read("a") == b"code"


@posix
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write_to_is_not_read_but_replaced(folder, mode):
    cache.write("a", b"code")
    (folder / "a.o").chmod(mode)
    assert cache.read("a") is None
    cache.write("a", b"code")
    assert cache.read("a") == b"code"


@posix
def test_a_file_of_another_user_is_not_read(folder, monkeypatch):
    cache.write("a", b"code")
    owned_by_another(monkeypatch, os, "fstat")
    assert cache.read("a") is None


@posix
def test_links_folders_and_pipes_are_not_read(folder, tmp_path):
    cache.write("a", b"code")
    (folder / "a.o").rename(tmp_path / "elsewhere")
    (folder / "a.o").symlink_to(tmp_path / "elsewhere")
    (folder / "b.o").mkdir()
    os.mkfifo(folder / "c.o")
    assert [cache.read(name) for name in "abc"] == [None, None, None]
    cache.write("a", b"new code")
    assert cache.read("a") == b"new code"
    assert (tmp_path / "elsewhere").read_bytes()[32:] == b"code"


@pytest.mark.parametrize("name", ["replace", "fdopen", "mkdir", "write"])
def test_a_full_or_read_only_disk_is_an_error_that_leaves_nothing(folder, monkeypatch, name):
    if name != "mkdir":
        cache.write("a", b"code")

    def fail(*arguments: object, **options: object) -> None:
        raise OSError(errno.EROFS if name == "mkdir" else errno.ENOSPC, "the disk")

    if name == "write":
        original = os.fdopen

        def fdopen(handle: int, mode: str) -> object:
            file = original(handle, mode)

            class Full:
                write = staticmethod(fail)
                __enter__ = lambda self: self  # noqa: E731
                __exit__ = lambda self, *error: file.close()  # noqa: E731

            return Full()

        monkeypatch.setattr(os, "fdopen", fdopen)
    else:
        monkeypatch.setattr(os, name, fail)
    with pytest.raises(cache.CacheError, match="the disk"):
        cache.write("b", b"code")
    monkeypatch.undo()
    settings.set(cache_dir=folder)
    assert cache.usage().files == (0 if name == "mkdir" else 1)


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_read_and_not_written_to(folder):
    cache.write("a", b"code")
    folder.chmod(0o500)
    assert cache.read("a") == b"code"
    with pytest.raises(cache.CacheError, match="cannot be written to"):
        cache.write("b", b"code")


def test_a_folder_that_is_cleared_while_a_file_is_written_is_no_error(folder, monkeypatch):
    replace = os.replace

    def cleared_before(source: str, target: str) -> None:
        cache.clear()
        replace(source, target)

    monkeypatch.setattr(os, "replace", cleared_before)
    cache.write("a", b"code")
    assert cache.read("a") is None


# Room

@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders whose files were counted."""
    seen: list[Path] = []
    original = cache._files
    monkeypatch.setattr(cache, "_files", lambda folder: (seen.append(folder), original(folder))[1])
    return seen


def age(path: Path, seconds: float) -> None:
    used = time.time() - seconds
    os.utime(path, (used, used))


def test_files_unused_for_longest_are_deleted_at_the_cap(folder):
    settings.set(cache_size=1)
    for number in range(9):
        cache.write(f"k{number}", bytes(100_000))
        age(folder / f"k{number}.o", 10 * 86400 - number)
    assert cache.read("k0") is not None  # which makes it the one used last
    (folder / "notes.txt").write_bytes(bytes(100))
    cache.write("k9", bytes(150_000))
    left = sorted(path.name for path in folder.glob("*.o"))
    assert left == ["k0.o", "k5.o", "k6.o", "k7.o", "k8.o", "k9.o"]
    assert sum(path.stat().st_size for path in folder.glob("*.o")) == 650_000 + 6 * 32  # at most 0.75 MB
    assert (folder / "notes.txt").exists()


def test_the_folder_is_looked_through_once_and_when_it_is_full(folder, scans):
    settings.set(cache_size=1)
    cache.read("k0")
    assert len(scans) == 0
    for number in range(9):
        cache.write(f"k{number}", bytes(100_000))
    assert len(scans) == 1
    cache.write("k9", bytes(150_000))
    assert len(scans) == 2


def test_what_a_killed_process_left_is_deleted_after_an_hour(folder):
    program = """if True:
        import os, signal
        from nbbrain import cache
        os.replace = lambda source, target: os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        cache.write("a", b"code")
    """
    environment = os.environ | {"NBBRAIN_CACHE_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode != 0
    (left,) = folder.glob("*.tmp")
    assert cache.read("a") is None
    cache._held.clear()  # as in a new process
    cache.write("b", b"code")
    assert left.exists()
    age(left, 3700)
    cache._held.clear()
    cache.write("a", b"code")
    assert not left.exists()
    assert cache.read("a") == b"code"


def test_the_last_use_is_noted_to_the_day(folder):
    cache.write("a", b"code")
    path = folder / "a.o"
    for hours, noted in ((20, False), (30, True)):
        age(path, hours * 3600)
        before = path.stat().st_mtime
        assert cache.read("a") == b"code"
        assert (path.stat().st_mtime > before) == noted


def test_a_last_use_that_cannot_be_noted_is_no_error(folder, monkeypatch):
    cache.write("a", b"code")
    age(folder / "a.o", 100_000)
    monkeypatch.setattr(os, "utime", raises(OSError(errno.EROFS, "Read-only file system")))
    assert cache.read("a") == b"code"


def raises(error: Exception) -> Callable[..., None]:
    def function(*arguments: object, **options: object) -> None:
        raise error

    return function
