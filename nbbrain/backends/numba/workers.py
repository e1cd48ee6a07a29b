"""Threads: how many, the pool that keeps them, and teams whose members wait for one another."""
from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from threading import Lock

from nbbrain import settings
from nbbrain.threads import one_at_a_time

__all__ = ["run_all", "run_team", "thread_count", "yield_address"]

_pools: dict[int, ThreadPoolExecutor] = {}
_team = Lock()


def thread_count() -> int:
    """How many threads run tiles: the setting, or the processors this process may use."""
    wanted = settings.get("num_threads")
    if wanted:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@one_at_a_time
def _pool(workers: int) -> ThreadPoolExecutor:
    if workers not in _pools:
        _pools[workers] = ThreadPoolExecutor(workers, thread_name_prefix="nbbrain")
    return _pools[workers]


def run_all(task: Callable[[int], None], count: int) -> None:
    """Run a task for 0, 1, ..., each in the thread that is free first; this one works too."""
    left = iter(range(count))  # the interpreter hands out one number at a time

    def work() -> None:
        for i in left:
            task(i)

    others = [_pool(thread_count()).submit(work) for _ in range(min(thread_count(), count) - 1)]
    try:
        work()
    finally:
        wait(others)
    for other in others:
        other.result()


def run_team(members: Sequence[Callable[[], None]]) -> None:
    """Run all members at the same time: the first in this thread, the others in threads of their own.

    There is one team at a time, so that no member waits for a thread that waits for it.
    """
    with _team:
        others = [_pool(len(members)).submit(member) for member in members[1:]]
        members[0]()
        for other in others:
            other.result()


@cache
def yield_address() -> int:
    """The address of the C function that lets other threads run; 0 where there is none."""
    try:
        library = ctypes.CDLL(None) if os.name == "posix" else ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
        function = library.sched_yield if os.name == "posix" else library.SwitchToThread
    except (AttributeError, OSError):
        return 0
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def _forget() -> None:
    """Threads do not survive a fork, and a team's lock may have been held by one of them."""
    global _team
    _pools.clear()
    _team = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
