"""The cache folder: private, marked, and never confused with another folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbbrain import cache, settings

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
    assert not folder.exists()
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
    owner = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(cache.CacheError, match=f"belongs to user {owner}"):
        cache.prepare()


def test_a_file_in_the_place_of_the_folder_is_an_error(folder):
    folder.parent.mkdir()
    folder.write_text("a file")
    for touch in (cache.prepare, cache.clear):
        with pytest.raises(cache.CacheError, match="cache folder"):
            touch()
