"""Several threads and several processes at once: forked, spawned, from a pool, before and after first use.

Every program runs in a process of its own with a time limit, so that one that hangs fails.
"""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba")

ROOT = Path(__file__).parents[3]
LIMIT = 100
fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")

COMMON = '''
import hashlib, multiprocessing, os, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
import numpy as np
import nbbrain as bp
import nbbrain.math as bm

X = np.random.default_rng(1).normal(size=(4, 20, 3)).astype(np.float32)

def train(width):
    """Gradients, states and random numbers of a loop, as bytes; every width is a plan of its own."""
    w = bm.TrainVar(np.random.default_rng(width).normal(size=(3, width)).astype(np.float32))
    h = bm.Variable(np.zeros((20, width), np.float32))
    stream = bm.random.RandomState(width)

    def turn(i, x):
        bp.share.save(i=i, t=i * 1.0)
        h.value = bm.tanh(bm.dot(x, w) + h * 0.5) + stream.random(width) * bp.share["t"]
        return h

    def loss():
        out = bm.for_loop(turn, (bm.arange(4), X))
        return (out**2).mean(), out

    gradient, out = bm.grad(loss, grad_vars=w, has_aux=True)()
    return np.asarray(gradient).tobytes() + np.asarray(out).tobytes() + np.asarray(h).tobytes()

'''
PROCESSES = COMMON + '''
def many(barrier_of_threads):
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(train, [3, 4]))

if __name__ == "__main__":
    how, when = sys.argv[1:]
    want = [train(3), train(4)] if when == "after" else None
    with multiprocessing.get_context(how).Pool(3) as pool:
        found = pool.map(train, [3, 4, 3, 4, 3, 4], chunksize=1) + pool.apply(many, (None,))
    assert found == (want or [train(3), train(4)]) * 4
'''
THREADS = COMMON + '''
def together(jobs):
    """Run jobs in threads that start at once."""
    barrier = threading.Barrier(len(jobs))

    def run(job):
        barrier.wait(60)
        return train(job)

    sys.setswitchinterval(1e-4)
    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))

found = together({jobs})
sys.setswitchinterval(0.005)
assert found == [train(job) for job in {jobs}]
from nbbrain.backends.numba import compiler, kernels
assert len(compiler._kept) <= len(kernels._addresses)  # no kernel was compiled twice
'''


FORKED = COMMON + """
if __name__ == "__main__":
    compiling = threading.Thread(target=train, args=(9,))
    compiling.start()
    context = multiprocessing.get_context("fork")
    for _ in range(10):
        child = context.Process(target=train, args=(10,))
        child.start()
        child.join(60)
        assert child.exitcode == 0, child.exitcode
        if not compiling.is_alive():
            break
    compiling.join()
"""


def run(program: str, folder: Path, *arguments: str) -> None:
    """Run a program that compiles all by itself, and has to end well and in time."""
    path = folder / "program.py"
    path.write_text(program)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NBBRAIN_")}
    environment |= {"NBBRAIN_CACHE_DIR": str(folder / "cache"), "NBBRAIN_STRICT": "1", "NBBRAIN_BACKEND": "numba",
                    "NBBRAIN_NUM_THREADS": "2", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(path), *arguments], env=environment, capture_output=True, text=True,
                          timeout=LIMIT, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", [pytest.param("fork", marks=fork), "spawn"])
def test_a_pool_of_processes(how: str, when: str, tmp_path: Path) -> None:
    """Before or after the parent has compiled and run; in the children, from two threads at once too."""
    run(PROCESSES, tmp_path, how, when)


@pytest.mark.parametrize("jobs", ["[5] * 4", "[5, 6, 7, 8]"], ids=["the same loop", "different loops"])
def test_threads_at_once(jobs: str, tmp_path: Path) -> None:
    """Capture, gradients, compilation and shared arguments of one thread are not seen by another."""
    run(THREADS.format(jobs=jobs), tmp_path)


@fork
def test_a_fork_while_another_thread_compiles(tmp_path: Path) -> None:
    """The child finds no lock that a thread holds that is not there."""
    run(FORKED, tmp_path)
