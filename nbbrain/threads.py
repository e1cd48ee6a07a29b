"""What keeps threads apart: stacks of which every thread has its own, and the lock around what all threads share."""
from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Generic, TypeVar

__all__ = ["Stack", "made_once", "one_at_a_time"]

_Item = TypeVar("_Item")
_Function = TypeVar("_Function", bound=Callable[..., Any])


class Stack(threading.local, Generic[_Item]):
    """What is under way in this thread, innermost last; empty in a new thread."""

    def __init__(self) -> None:
        self._items: list[_Item] = []

    def append(self, item: _Item) -> None:
        """Begin something."""
        self._items.append(item)

    def pop(self) -> _Item:
        """End what is innermost."""
        return self._items.pop()

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> _Item:
        return self._items[index]


_compiling = threading.RLock()

if hasattr(os, "register_at_fork"):  # a fork waits until nobody compiles, so a child finds everything whole
    os.register_at_fork(before=_compiling.acquire, after_in_parent=_compiling.release, after_in_child=_compiling.release)


def one_at_a_time(function: _Function) -> _Function:
    """Let one thread at a time make what all threads share: adjoints, plans, kernels. Running them needs no lock."""
    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        with _compiling:
            return function(*args, **kwargs)

    return guarded  # type: ignore[return-value]


if TYPE_CHECKING:
    from functools import cached_property as made_once
else:
    class made_once:
        """`functools.cached_property` under this module's lock, so no thread finds it half made and no fork locked."""

        def __init__(self, function):
            self.function, self.__doc__ = function, function.__doc__

        def __set_name__(self, owner, name):
            self.name = name

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            with _compiling:
                if self.name not in instance.__dict__:
                    instance.__dict__[self.name] = self.function(instance)
                return instance.__dict__[self.name]
