"""Compiled kernels are kept as object files: found without Numba, noticed when damaged, written by many at once."""
from __future__ import annotations

import ctypes
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import cache, settings
from nbbrain.backends import backend as using_backend

pytest.importorskip("numba")

import llvmlite
import llvmlite.binding as llvm

from nbbrain.backends import kept_code
from nbbrain.backends.numba import backend, kernels, machine_code

ROOT = Path(__file__).parents[3]
PROGRAM = '''
"""Runs one loop of 20 rows, in two processes or more at once; prints the results' hash and whether Numba was imported."""
import hashlib, multiprocessing, sys
import numpy as np
import nbbrain.math as bm

def compute():
    h = bm.Variable(np.zeros((20, 2)))
    def turn(x):
        h.value = bm.tanh(x * 0.5 + h)
        return h
    return hashlib.sha256(np.asarray(bm.for_loop(turn, np.linspace(-1, 1, 160).reshape(4, 20, 2))).tobytes()).hexdigest()

def child(barrier, results):
    barrier.wait(60)
    results.put(compute())

if __name__ == "__main__":
    how, when, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    found = [compute()] if when == "after" else []
    if how != "alone":
        context = multiprocessing.get_context(how)
        barrier, results = context.Barrier(count), context.Queue()
        children = [context.Process(target=child, args=(barrier, results)) for _ in range(count)]
        for process in children:
            process.start()
        found += [results.get(timeout=60) for _ in children]
        for process in children:
            process.join(60)
        assert [process.exitcode for process in children] == [0] * count
    assert len(set(found)) == 1, found
    print(found[0], "numba" in sys.modules)
'''


def compute() -> np.ndarray:
    """A loop of one nest and the driver, which are two kernels."""
    h = bm.Variable(np.zeros((20, 2)))

    def turn(x: bm.Array) -> bm.Array:
        h.value = bm.tanh(x * 0.5 + h)
        return h

    with using_backend("numba"), settings.using(strict=True):
        return np.asarray(bm.for_loop(turn, np.linspace(-1, 1, 160).reshape(4, 20, 2)))


@pytest.fixture
def expected() -> np.ndarray:
    """What the loop gives, by the reference."""
    h, rows = np.zeros((20, 2), np.float32), []
    for x in np.linspace(-1, 1, 160).reshape(4, 20, 2).astype(np.float32):
        h = np.tanh(x * np.float32(0.5) + h)
        rows.append(h)
    return np.stack(rows)


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A function that forgets all that this process has compiled, as a new process has."""
    def forget_all() -> None:
        monkeypatch.setattr(kernels, "_addresses", {})
        monkeypatch.setattr(kept_code, "_refused", False)
        monkeypatch.setattr(backend._plan, "known", {})
        kernels.kernel_address.cache_clear()
        kernels.helper_function.cache_clear()
        kernels.driver_function.cache_clear()
        kernels._fingerprint.cache_clear()

    forget_all()
    yield forget_all
    forget_all()


@pytest.fixture
def folder(tmp_path: Path, forget: Callable[[], None]) -> Path:
    """A cache folder that is not there yet."""
    settings.set(cache_dir=tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def filled(folder: Path, tmp_path_factory: pytest.TempPathFactory, forget: Callable[[], None]) -> Path:
    """A cache folder with the two kernels."""
    original = tmp_path_factory.getbasetemp() / "kernels"
    if not original.exists():
        settings.set(cache_dir=original)
        compute()
        settings.set(cache_dir=folder)
        forget()
    shutil.copytree(original, folder)
    folder.chmod(0o700)
    return folder


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the kernels that were compiled."""
    names: list[str] = []
    original = kernels.compiled

    def noted(name: str, source: str) -> tuple[bytes | None, int]:
        names.append(name)
        return original(name, source)

    monkeypatch.setattr(kernels, "compiled", noted)
    return names


def objects(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def run_program(folder: Path, how: str, when: str, count: int = 2) -> tuple[str, bool]:
    """Run the program in a fresh process: the hash of its results, and whether it imported Numba."""
    path = folder.parent / "program.py"
    path.write_text(PROGRAM)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NBBRAIN_")}
    environment |= {"NBBRAIN_CACHE_DIR": str(folder), "NBBRAIN_STRICT": "1", "NBBRAIN_BACKEND": "numba",
                    "NBBRAIN_NUM_THREADS": "2", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(path), how, when, str(count)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    digest, numba = done.stdout.split()
    return digest, numba == "True"


def digest(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


# Files

def test_one_object_file_a_kernel(folder: Path, compiled: list[str], expected: np.ndarray) -> None:
    np.testing.assert_allclose(compute(), expected, atol=1e-6)
    assert [path.name for path in objects(folder)] == sorted(f"{name}.o" for name in compiled)
    assert len(compiled) == 2
    for path in objects(folder):
        content = path.read_bytes()
        assert content[:32] == hashlib.sha256(content[32:]).digest()


def test_kept_kernels_are_loaded_and_not_compiled(filled: Path, compiled: list[str], expected: np.ndarray) -> None:
    stamps = [path.stat().st_mtime_ns for path in objects(filled)]
    np.testing.assert_allclose(compute(), expected, atol=1e-6)
    assert not compiled
    assert [path.stat().st_mtime_ns for path in objects(filled)] == stamps


def test_a_fresh_process_finds_them_without_importing_numba(filled: Path) -> None:
    assert run_program(filled, "alone", "after") == (digest(compute()), False)


@pytest.mark.parametrize("damage", [
    lambda content: content[:-1] + bytes([content[-1] ^ 1]), lambda content: content[:100], lambda content: b"",
    lambda content: bytes(32) + content[32:]], ids=["a bit", "cut off", "empty", "hash"])
def test_a_damaged_file_is_noticed_and_made_again(filled: Path, compiled: list[str], expected: np.ndarray,
                                                   damage: Callable[[bytes], bytes]) -> None:
    victim = objects(filled)[0]
    victim.write_bytes(damage(victim.read_bytes()))
    np.testing.assert_allclose(compute(), expected, atol=1e-6)
    assert compiled == [victim.stem]
    content = victim.read_bytes()
    assert content[:32] == hashlib.sha256(content[32:]).digest()
    assert len(content) > 100


def test_without_a_cache_kernels_are_compiled_in_memory(folder: Path, compiled: list[str], expected: np.ndarray,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBBRAIN_CACHE", "0")
    settings.reload()
    np.testing.assert_allclose(compute(), expected, atol=1e-6)
    assert len(compiled) == 2
    assert not folder.exists()


def test_names_stand_for_all_that_code_depends_on(folder: Path, forget: Callable[[], None],
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    monkeypatch.setattr(kernels, "compiled", lambda name, source: (names.append(name), (None, 1))[1])
    kernels.address_of("first")
    kernels.address_of("second")
    for module, name, changed in ((machine_code, "host", lambda: "another processor"), (kernels, "HEADER", "import other\n"),
                                  (kept_code, "_numba_version", lambda: "99"), (llvmlite, "__version__", "99"),
                                  (np, "__version__", "99"), (sys, "version", "4.0"), (os, "environ", {"NUMBA_OPT": "0"}),
                                  (kernels, "library_text", lambda name: "")):
        forget()
        with monkeypatch.context() as patch:
            patch.setattr(module, name, changed)
            kernels.address_of("first")
    assert len(set(names)) == len(names) == 10
    kernels.address_of("first")
    assert len(names) == 10


# Where nothing can be kept

def test_a_folder_that_is_not_the_cache_is_left_alone_with_one_warning(folder: Path, expected: np.ndarray) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("important")
    with pytest.warns(RuntimeWarning, match="kernels are not kept: the folder .* is not a cache of nbbrain") as caught:
        np.testing.assert_allclose(compute(), expected, atol=1e-6)
    assert len(caught) == 1
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def test_a_full_disk_costs_one_warning(folder: Path, expected: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.warns(RuntimeWarning, match="not kept: .*No space left") as caught:
        np.testing.assert_allclose(compute(), expected, atol=1e-6)
    assert len(caught) == 1
    assert not list(folder.glob("*.o"))
    assert not list(folder.glob("*.tmp"))


IR = """
declare {type} @{name}({type})
define {type} @f({type} %x) {{
  %y = call {type} @{name}({type} %x)
  ret {type} %y
}}
"""


@pytest.mark.parametrize(("name", "kept"), [("cos", True), ("llvm.cos.f64", True), ("numba_cos", False), ("NRT_cos", False),
                                            ("nobody_has_this", False)])
def test_code_that_needs_numba_is_not_kept(name: str, kept: bool) -> None:
    assert (content_of(IR.format(name=name, type="double")) is not None) == kept


def content_of(assembly: str, code: bytes | None = None) -> bytes | None:
    """What is kept of a module with a function f, or the same with another object file."""
    module = llvm.parse_assembly(assembly)
    return machine_code.pack(module, "f", machine_code._target().emit_object(module) if code is None else code)


def test_what_is_kept_can_be_called() -> None:
    content = content_of(IR.format(name="llvm.cos.f64", type="double"))
    assert content is not None
    addresses = {machine_code.load(content) for _ in range(2)}
    for address in addresses:
        assert address is not None
        assert ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(address)(1.0) == pytest.approx(np.cos(1.0))


ELF = [lambda code: code[:20], lambda code: code[:64], lambda code: code[: len(code) // 2], lambda code: code[:-1],
       lambda code: code[:18] + b"\xf3\x00" + code[20:], lambda code: code[:16] + b"\x02" + code[17:],
       lambda code: code[:40] + b"\xff" * 8 + code[48:]]


@pytest.mark.parametrize("change", [lambda code: b"", lambda code: b"import os\n" * 100, lambda code: bytes(len(code)),
                                    *(ELF if sys.platform == "linux" else [])])
def test_what_is_no_object_file_for_this_processor_is_not_given_to_llvm(change: Callable[[bytes], bytes]) -> None:
    assembly = IR.format(name="cos", type="double")
    content = content_of(assembly, change(machine_code._target().emit_object(llvm.parse_assembly(assembly))))
    assert content is not None
    assert machine_code.load(content) is None


@pytest.mark.parametrize("change", [
    lambda content: content.replace(b"f\0cos\0", b"g\0cos\0"),
    lambda content: content.replace(b"f\0cos\0", b"f\0nobody_has_this\0"),
    lambda content: content.replace(b"f\0cos\0", b"f\0\xff\xfe\0"), lambda content: b"", lambda content: b"f"],
    ids=["no such function", "a missing function", "not text", "empty", "a name"])
def test_what_cannot_run_here_is_not_loaded(change: Callable[[bytes], bytes]) -> None:
    content = content_of(IR.format(name="cos", type="double"))
    assert content is not None
    assert machine_code.load(change(content)) is None


def test_a_whole_file_with_foreign_content_is_made_again(filled: Path, compiled: list[str], expected: np.ndarray) -> None:
    for path in objects(filled):
        cache.write(path.stem, b"import os\n" * 100)
    np.testing.assert_allclose(compute(), expected, atol=1e-6)
    assert sorted(compiled) == [path.stem for path in objects(filled)]


USES_NUMBA = """
import sys
import numpy as np
from nbbrain.backends.numba.compiler import compile_kernel
from nbbrain.backends.numba.sources import HEADER

content, address = compile_kernel("k", HEADER + "def KERNEL(a):\\n    pass\\n")
assert content and address
assert "scipy.linalg" not in sys.modules
import numba, numba.np.arraymath, numba.np.linalg
assert numba.np.arraymath._HAVE_BLAS
assert numba.np.arraymath.ensure_blas is numba.np.linalg.ensure_blas
assert numba.njit(lambda x: np.dot(x, x))(np.ones(3)) == 3.0
assert "scipy.linalg" in sys.modules
"""


def test_numba_does_not_import_what_kernels_do_not_need_and_works_for_others() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", USES_NUMBA], env=os.environ | {"PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# Several processes

fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")


@pytest.mark.parametrize(("how", "count"), [pytest.param("fork", 8, marks=fork), ("spawn", 2)])
def test_processes_that_write_at_once_do_not_collide(how: str, count: int, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    digest_of_children, _ = run_program(folder, how, "before", count)
    assert len(objects(folder)) == 2
    assert {path.suffix for path in objects(folder)} == {".o"}
    assert run_program(folder, "alone", "after") == (digest_of_children, False)


@fork
def test_a_child_that_is_forked_after_use_works(filled: Path) -> None:
    """Its parent has a pool of threads, which does not survive the fork."""
    assert run_program(filled, "fork", "after")[0] == digest(compute())


# Messages

def test_debug_levels(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings.set(debug=4)
    with caplog.at_level(logging.WARNING, "nbbrain"):
        compute()
    text = caplog.text
    assert text.count(" ready in ") == 2                       # 1: compile times, and what is needed: 5 x 20 x 2 floats
    assert "4 turns, needs 800 B (histories 800 B); given: 640 B" in text
    assert "3 operations recorded" in text                     # 2: what passes did, the program, and the plan
    assert "= tanh(" in text
    assert "20 rows in 2 tiles of 16" in text
    assert "def KERNEL(a):" in text                            # 3: the sources, with the lines of this file
    assert "# test_kernels.py:" in text
    assert "loop of 4 turns, 1 instructions, 2 tiles" in text  # 4: timings


def test_nothing_is_said_by_default(filled: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "nbbrain"), warnings.catch_warnings():
        warnings.simplefilter("error")
        compute()
    assert not caplog.records
