"""Stacks belong to a thread; what all threads share is made once."""
from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from autograd.tracer import trace_stack

from nbbrain.program.tape import trace
from nbbrain.threads import Stack, made_once, one_at_a_time


def in_another_thread(function):
    """What a function gives in a new thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result(10)


def test_a_stack_is_empty_in_another_thread() -> None:
    stack: Stack[int] = Stack()
    stack.append(1)
    stack.append(2)
    assert in_another_thread(lambda: len(stack)) == 0
    in_another_thread(lambda: stack.append(7))
    assert (len(stack), stack[-1], stack[0]) == (2, 2, 1)
    assert (stack.pop(), stack.pop()) == (2, 1)
    assert not stack


def test_traces_are_counted_by_thread() -> None:
    before = trace_stack.top
    with trace() as outer:
        assert in_another_thread(lambda: trace_stack.top) == -1
        with trace() as inner:
            assert inner.level == outer.level + 1 == trace_stack.top
    assert trace_stack.top == before


def test_a_property_is_made_once() -> None:
    class Slow:
        made = 0

        @made_once
        def value(self) -> int:
            """The number of times."""
            type(self).made += 1
            time.sleep(0.01)
            return self.made

    slow, barrier = Slow(), threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(lambda: (barrier.wait(10), slow.value)[1]) for _ in range(4)]
    assert [job.result(10) for job in jobs] == [1] * 4
    assert Slow.value.__doc__ == "The number of times."
    assert Slow().value == 2


def test_one_thread_at_a_time_and_errors_release() -> None:
    inside, most = 0, 0

    @one_at_a_time
    def make(depth: int) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.001)
        inside -= 1
        if depth:
            make(depth - 1)  # what makes may make more
            raise LookupError

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            jobs = [pool.submit(make, 1) for _ in range(8)]
    finally:
        sys.setswitchinterval(interval)
    for job in jobs:
        with pytest.raises(LookupError):
            job.result(10)
    assert most == 1
