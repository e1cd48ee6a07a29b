"""Lists and dicts of variables and of objects, in which a model finds them."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self, SupportsIndex

from nbbrain.math.objects.naming import Named
from nbbrain.math.variables import Variable

__all__ = ["NodeDict", "NodeList", "VarDict", "VarList", "checked_key"]


def checked_key(key: Any) -> Any:
    """A key of a container, which becomes a part of names: a text without ``.`` and ``/``, or an integer."""
    if isinstance(key, str) and key and not {".", "/"} & set(key):
        return key
    if isinstance(key, int):
        return key
    raise TypeError(f"keys must be integers, or texts without '.' and '/', but got {key!r}.")


class _Checked:
    """What a container holds."""

    kind: ClassVar[type]
    kind_name: ClassVar[str]

    def _checked(self, item: Any) -> Any:
        if not isinstance(item, self.kind):
            raise TypeError(f"a {type(self).__name__} holds {self.kind_name}, but got {item!r} of type "
                            f"{type(item).__name__}.")
        return item


class _CheckedList(_Checked, list[Any]):
    """A list of one kind of things."""

    def __init__(self, seq: Iterable[Any] = ()) -> None:
        super().__init__([self._checked(item) for item in seq])

    def append(self, item: Any) -> None:
        """Add an item at the end."""
        super().append(self._checked(item))

    def extend(self, items: Iterable[Any]) -> None:
        """Add items at the end."""
        super().extend([self._checked(item) for item in items])

    def insert(self, index: SupportsIndex, item: Any) -> None:
        """Add an item before a position."""
        super().insert(index, self._checked(item))

    def __iadd__(self, items: Iterable[Any]) -> Self:  # type: ignore[misc]  # list + list is a plain list
        self.extend(items)
        return self

    def __setitem__(self, index: Any, item: Any) -> None:
        super().__setitem__(index, [self._checked(x) for x in item] if isinstance(index, slice) else self._checked(item))


class _CheckedDict(_Checked, dict[Any, Any]):
    """A dict of one kind of things."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self.update(*args, **kwargs)

    def __setitem__(self, key: Any, item: Any) -> None:
        super().__setitem__(checked_key(key), self._checked(item))

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Add items, given as to ``dict``."""
        for key, item in dict(*args, **kwargs).items():
            self[key] = item

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The item of a key, which is the default where there was none."""
        if key not in self:
            self[key] = default
        return self[key]

    def __ior__(self, other: Any) -> Self:  # type: ignore[misc]  # dict | dict is a plain dict
        self.update(other)
        return self


class NodeList(_CheckedList):
    """A list of objects; an object that has it as an attribute has them as children.

    Parameters
    ----------
    seq : iterable of BrainPyObject
        The objects.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> class Model(bm.BrainPyObject):
    ...     def __init__(self, n):
    ...         super().__init__()
    ...         self.parts = bm.NodeList([bm.BrainPyObject(name=f'part{i}') for i in range(n)])
    >>> list(Model(2).nodes('relative'))
    ['', 'parts-0', 'parts-1']
    """

    kind, kind_name = Named, "BrainPyObjects"


class NodeDict(_CheckedDict):
    """A dict of objects; an object that has it as an attribute has them as children.

    Parameters
    ----------
    *args, **kwargs
        As to ``dict``; keys are integers, or texts without ``.`` and ``/``, since they become a part of names.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.NodeDict(a=bm.BrainPyObject()).keys()
    dict_keys(['a'])
    """

    kind, kind_name = Named, "BrainPyObjects"


class VarList(_CheckedList):
    """A list of variables; an object that has it as an attribute has them as its variables.

    Assigning to a position that holds a variable sets the variable's value.

    Parameters
    ----------
    seq : iterable of Variable
        The variables.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> states = bm.VarList([bm.Variable(bm.zeros(2)) for _ in range(3)])
    >>> states[1] = bm.ones(2)
    >>> states[1]
    Variable(value=Array([1., 1.]), dtype=float32)
    """

    kind, kind_name = Variable, "Variables"

    def __setitem__(self, index: Any, item: Any) -> None:
        if isinstance(index, slice):
            super().__setitem__(index, item)
        else:
            self[index].value = item


class VarDict(_CheckedDict):
    """A dict of variables; an object that has it as an attribute has them as its variables.

    Assigning to a key that holds a variable sets the variable's value.

    Parameters
    ----------
    *args, **kwargs
        As to ``dict``; keys are integers, or texts without ``.`` and ``/``, since they become a part of names.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> states = bm.VarDict(V=bm.Variable(bm.zeros(2)))
    >>> states['V'] = bm.ones(2)
    >>> states['V']
    Variable(value=Array([1., 1.]), dtype=float32)
    """

    kind, kind_name = Variable, "Variables"

    def __setitem__(self, key: Any, item: Any) -> None:
        if key in self:
            self[key].value = item
        else:
            super().__setitem__(key, item)
