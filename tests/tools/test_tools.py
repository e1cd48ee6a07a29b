"""Tools for functions, their code and values do what they say."""
from __future__ import annotations

import threading
import time

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import tools
from nbbrain.errors import CodeError, PackageMissingError


def decorate(f):
    return f


@decorate
def several(x,
            y=1):
    """A function in several lines."""
    z = x + y
    if z:
        z = 2
    return z


def short(x): return x + 1


SINGLE = lambda x, y: x * (y + 1)  # noqa: E731
PAIR = (lambda x: x, lambda x: 2 * x)


def test_lines_become_a_function():
    scope = {"factor": 3}
    code, function = tools.code_lines_to_func(["y = factor * x", "return y"], "scaled", ["x", "unused=0"], scope)
    assert code == "def scaled(x, unused=0):\n    y = factor * x\n    return y"
    assert function(2) == 6 and scope["scaled"] is function and function.__name__ == "scaled"
    assert tools.code_lines_to_func([], "nothing", [], {})[1]() is None


def test_errors_of_made_functions_show_their_code():
    _, function = tools.code_lines_to_func(["return 1 / x"], "inverse", ["x"], {}, remind="x must not be 0")
    with pytest.raises(ZeroDivisionError) as caught:
        function(0)
    assert "[  2]     return 1 / x\nx must not be 0" in caught.value.__notes__[0]
    with pytest.raises(CodeError, match=r"inverse is no valid function: .*\n\[  1\] def inverse\(x\):\n"):
        tools.code_lines_to_func(["return ("], "inverse", ["x"], {})


def test_identifiers_and_numbers():
    assert tools.get_identifiers("a + b_1*np.exp(-c) if not d else 2*e5") == {"a", "b_1", "np.exp", "c", "d", "e5"}
    assert tools.get_identifiers("3-a1+.5*1.e-3*7", include_numbers=True) == {"3", "a1", ".5", "1.e-3", "7"}


def test_words_are_replaced_at_once():
    assert tools.word_replace("V/tau - Vth + g(v)", {"V": "x", "g": "gate"}) == "x/tau - Vth + gate(v)"
    assert tools.word_replace("a+b", {"a": "b", "b": "a"}) == "b+a"
    assert tools.word_replace("a.b + a", {"a": 1}, exclude_dot=False) == "1.b + 1"
    assert tools.word_replace("a.b + x.a + a", {"a": 1}) == "a.b + x.a + 1"
    assert tools.word_replace("a + x", {}) == "a + x" and tools.word_replace("a", {"a": r"\1"}) == r"\1"


def test_indentation():
    assert tools.indent("a\nb", 2, 1) == "  a\n  b" and tools.indent("a", tab="\t") == "\ta"
    assert tools.deindent("\ta\n\n\t  b") == "a\n\n  b"
    assert tools.deindent("first\n    a\n      b", docstring=True) == "first\na\n  b"
    assert tools.deindent("      a\n  b", num_tabs=1) == "  a\nb"
    assert tools.deindent("one", docstring=True) == "one" and tools.deindent("") == ""


def test_code_of_functions():
    assert tools.get_func_source(several).startswith("def several(x,\n")
    assert tools.get_main_code(several) == ('"""A function in several lines."""\nz = x + y\nif z:\n    z = 2\nreturn z')
    assert tools.get_main_code(short) == "return x + 1"
    assert tools.get_main_code(SINGLE) == "return x * (y + 1)"
    assert tools.get_main_code(SINGLE, "lambda x: {'a': x}['a']") == "return {'a': x}['a']"
    assert tools.get_main_code(None) == ""
    for function, message in ((3, "needed, but got int"), (len, "there is no source"), (PAIR[0], "cannot be found")):
        with pytest.raises(CodeError, match=message):
            tools.get_main_code(function)


def test_names_and_texts_of_functions():
    def f():
        """Text."""

    assert tools.change_func_name(f, "g") is f and f.__name__ == "g"
    assert tools.copy_doc(f)(lambda: 0).__doc__ == "Text."
    assert tools.is_lambda_function(SINGLE) and not tools.is_lambda_function(several) and not tools.is_lambda_function(3)
    assert tools.not_customized(f).not_customized is True
    assert tools.repr_object(several) == "several" and tools.repr_object(int) == "int" and tools.repr_object("a") == "'a'"
    assert tools.repr_context("a\nb\nc", "  ") == "a\n  b\n  c"


def test_timeout():
    @tools.timeout(0.05)
    def wait(seconds):
        """Text."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.001)
        return seconds

    assert wait(0.0) == 0.0 and wait.__doc__ == "Text."
    start = time.monotonic()
    with pytest.raises(TimeoutError, match=r"wait took longer than 0\.05 s"):
        wait(20)
    assert time.monotonic() - start < 10

    @tools.timeout(100)
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    errors = []

    def elsewhere():
        try:
            wait(0)
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "main thread only" in errors[0]


def test_replicate():
    assert tools.replicate("ab", 2, "x") == ("ab", "ab") and tools.replicate([3], 3, "x") == (3, 3, 3)
    assert tools.replicate((1, 2), 2, "x") == (1, 2)
    with pytest.raises(TypeError, match="strides must be one value, or a sequence of one or of 2, but got 3"):
        tools.replicate([1, 2, 3], 2, "strides")


def test_seeds():
    assert tools.format_seed(5) == 5
    bm.random.seed(1)
    first = [tools.format_seed() for _ in range(3)]
    bm.random.seed(1)
    assert [tools.format_seed() for _ in range(3)] == first and len(set(first)) == 3


def test_the_seed_of_numba():
    numba = pytest.importorskip("numba")
    draw = numba.njit(lambda: np.random.random())
    tools.numba_seed(3)
    first = draw()
    tools.numba_seed(None)
    assert draw() != first
    tools.numba_seed(3)
    assert draw() == first


def test_a_bar_of_progress(capsys, monkeypatch):
    pytest.importorskip("tqdm")
    progress = tools.init_progress_bar(10.0, 0.1, report=0.5, message="my run")
    for i in range(100):
        progress(i)
    assert "my run: 100%" in capsys.readouterr().err
    tools.init_progress_bar(1.0, 0.1).close()
    assert "Running a duration of 1.0:   0%" in capsys.readouterr().err
    with pytest.raises(ValueError, match="must be positive"):
        tools.init_progress_bar(0.0, 0.1)
    monkeypatch.setattr("nbbrain.tools.progress.find_spec", lambda name: None)
    with pytest.raises(PackageMissingError, match="pip install tqdm"):
        tools.init_progress_bar(1.0, 0.1)


def test_kinds_of_values_have_names():
    assert all(hasattr(bp.types, name) for name in ("Monitor", "Output", "PyTree", "Shape"))
