"""Threads: how many, the pool that keeps them, and teams whose members wait for one another."""
from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from functools import cache
from queue import SimpleQueue
from threading import Lock, Thread

from nbbrain import settings
from nbbrain.threads import one_at_a_time

__all__ = ["run_all", "run_team", "thread_count", "yield_address"]

Answers = SimpleQueue[BaseException | None]
_tasks: SimpleQueue[tuple[Callable[[], None], Answers]] = SimpleQueue()
_threads: list[Thread] = []
_team = Lock()


def thread_count() -> int:
    """How many threads run tiles: the setting, or the processors this process may use."""
    wanted = settings.get("num_threads")
    if wanted:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _serve(tasks: SimpleQueue[tuple[Callable[[], None], Answers]]) -> None:
    """What a thread of the pool does all its life."""
    while True:
        task, answers = tasks.get()
        error: BaseException | None = None
        try:
            task()
        except BaseException as raised:  # it belongs to whoever waits
            error = raised
        del task  # and what it holds
        answers.put(error)


@one_at_a_time
def _start(count: int) -> None:
    """Have so many threads in the pool."""
    while len(_threads) < count:
        _threads.append(Thread(target=_serve, args=(_tasks,), name=f"nbbrain-{len(_threads)}", daemon=True))
        _threads[-1].start()


def _run_beside(work: Callable[[], None], others: Sequence[Callable[[], None]]) -> None:
    """Run something in this thread, others in threads of the pool, and wait for all; raise the first of their errors."""
    if len(_threads) < len(others):
        _start(len(others))
    answers: Answers = SimpleQueue()
    for other in others:
        _tasks.put((other, answers))
    try:
        work()
    finally:
        errors = [answers.get() for _ in others]
    for error in errors:
        if error is not None:
            raise error


def run_all(task: Callable[[int], None], count: int) -> None:
    """Run a task for 0, 1, ..., each in the thread that is free first; this one works too."""
    left = iter(range(count))  # the interpreter hands out one number at a time

    def work() -> None:
        for i in left:
            task(i)

    _run_beside(work, [work] * (min(thread_count(), count) - 1))


def run_team(members: Sequence[Callable[[], None]]) -> None:
    """Run all members at the same time: the first in this thread, the others in threads of their own.

    There is one team at a time, so that no member waits for a thread that waits for it.
    """
    with _team:
        _run_beside(members[0], members[1:])


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
    global _tasks, _team
    _threads.clear()
    _tasks, _team = SimpleQueue(), Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
