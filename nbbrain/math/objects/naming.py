"""Names of objects: ``ClassName0``, ``ClassName1``, ..., or what the user chooses."""
from __future__ import annotations

import warnings
from collections import Counter
from typing import Any
from weakref import WeakValueDictionary

from nbbrain.errors import BrainPyError

__all__ = ["Named", "check_name", "clear_name_cache"]

_counters: Counter[str] = Counter()
_owners: WeakValueDictionary[str, Any] = WeakValueDictionary()


class Named:
    """Something with a name.

    A name may be given again: the newest object owns it then. Only two objects of one name inside one model are an
    error, which `BrainPyObject.nodes` raises, because they could not be told apart there.

    Parameters
    ----------
    name : str, optional
        The name. Without one it is the next free one of the class: ``Dense0``, ``Dense1``, ...

    Raises
    ------
    BrainPyError
        For a name that is no valid identifier of Python.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = _next_name(type(self).__name__) if name is None else name

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        check_name(name)
        self._name = name
        _owners[name] = self


def _next_name(kind: str) -> str:
    """The next name of a class, without those that living objects were given by hand."""
    while True:
        name = f"{kind}{_counters[kind]}"
        _counters[kind] += 1
        if name not in _owners:
            return name


def check_name(name: str) -> None:
    """Raise a BrainPyError for a name that is no valid identifier of Python."""
    if not (isinstance(name, str) and name.isidentifier()):
        raise BrainPyError(f'"{name}" isn\'t a valid identifier according to Python language definition. '
                           f'Please choose another name.')


def clear_name_cache(ignore_warn: bool = False) -> None:
    """Start counting names from 0 again.

    Parameters
    ----------
    ignore_warn : bool
        Whether to stay silent where objects are alive whose names may be given a second time now.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.clear_name_cache(ignore_warn=True)
    >>> bm.BrainPyObject().name, bm.BrainPyObject().name
    ('BrainPyObject0', 'BrainPyObject1')
    """
    alive = len(_owners)
    _owners.clear()
    _counters.clear()
    if alive and not ignore_warn:
        warnings.warn(f"{alive} named objects are still alive; new ones may be given the same names, and two objects of "
                      f"one name cannot be used in one model.", stacklevel=2)
