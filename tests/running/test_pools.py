"""Functions run in other processes, with all their arguments, and their errors come back."""
from __future__ import annotations

import itertools
import operator
import os
import time

import pytest

from nbbrain import running


def process_of(x):
    return x, os.getpid()


def wait(seconds):
    time.sleep(seconds)
    return seconds


def add_line(path, number, lock):
    """Read a file and write it again with one number more: without the lock, numbers would be lost."""
    for _ in range(20):
        with lock:
            text = path.read_text()
            time.sleep(0.001)
            path.write_text(f"{text}{number}\n")
    return number


def test_calls_run_in_other_processes_and_results_keep_their_order():
    results = running.process_pool(process_of, [(i,) for i in range(6)], num_process=2)
    assert [x for x, _ in results] == list(range(6))
    assert os.getpid() not in {process for _, process in results}


def test_parameters_are_positional_named_or_single():
    assert running.process_pool(dict, [{"a": 1}, [[("b", 2)]]], num_process=1) == [{"a": 1}, {"b": 2}]
    assert running.process_pool(abs, [-1, -2], num_process=1) == [1, 2]
    assert running.process_pool(abs, [], num_process=1) == []


def test_the_lock_is_shared(tmp_path):
    path = tmp_path / "lines"
    path.write_text("")
    jobs = [(path, 1), {"path": path, "number": 2}]
    assert running.process_pool_lock(add_line, jobs, num_process=2) == [1, 2]
    assert sorted(path.read_text().split()) == ["1"] * 20 + ["2"] * 20


def test_ordered_and_unordered_results():
    times = [[0.6, 0.0, 0.1]]
    assert running.cpu_ordered_parallel(wait, times, 2, disable=True) == times[0]
    assert sorted(running.cpu_unordered_parallel(wait, {"seconds": times[0]}, 2, disable=True)) == [0.0, 0.1, 0.6]


def test_several_arguments_and_endless_ones():
    assert running.cpu_ordered_parallel(operator.sub, [[5, 6, 7], itertools.count()], 1, disable=True) == [5, 5, 5]
    endless = [itertools.count(), itertools.count()]
    assert running.cpu_ordered_parallel(operator.add, endless, 1, num_task=3, disable=True) == [0, 2, 4]


def test_progress_is_shown(capsys):
    pytest.importorskip("tqdm")
    running.cpu_unordered_parallel(abs, [[-1, -2]], 1, desc="calls")
    assert "calls: 100%" in capsys.readouterr().err


def test_an_error_of_a_call_comes_back():
    with pytest.raises(ZeroDivisionError):
        running.process_pool(operator.truediv, [(1, 1), (1, 0)], num_process=1)


@pytest.mark.parametrize("call, error, message", [
    (lambda: running.process_pool(abs, [1], 0), ValueError, "num_process must be a positive integer, but got 0"),
    (lambda: running.process_pool(abs, [1], 1, start_method="x"), ValueError, "start_method must be one of .*spawn"),
    (lambda: running.cpu_ordered_parallel(abs, [[1], [1, 2]]), ValueError, r"one length, but have \[1, 2\]"),
    (lambda: running.cpu_ordered_parallel(abs, 3), TypeError, "arguments must be a sequence or a dict"),
    (lambda: running.cpu_ordered_parallel(abs, [itertools.count()]), ValueError, "num_task is needed"),
])
def test_what_makes_no_sense_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
