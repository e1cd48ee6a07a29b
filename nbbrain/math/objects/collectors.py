"""Collections of objects and of variables by name."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from nbbrain.errors import MathError
from nbbrain.math.array import Array, as_value
from nbbrain.math.variables import Variable

__all__ = ["ArrayCollector", "Collector", "TensorCollector", "assign_all"]

_Items = dict[str, Any]  # inside of the classes, dict is a method


class Collector(dict[str, Any]):
    """A dict whose keys stand for one thing each: giving a key another value is an error.

    Examples
    --------
    >>> import nbbrain as bp
    >>> a = bp.Collector(x=1, y='text')
    >>> a.subset(str)
    {'y': 'text'}
    >>> a + {'z': 2}
    {'x': 1, 'y': 'text', 'z': 2}
    >>> a - ['y']
    {'x': 1}
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self.update(*args, **kwargs)

    def __setitem__(self, key: str, value: Any) -> None:
        self._check(key, value)
        super().__setitem__(key, value)

    def _check(self, key: str, value: Any) -> None:
        if key in self and self[key] is not value:
            raise ValueError(f"the key {key!r} stands for another {type(self[key]).__name__} already; replace(key, value) "
                             f"changes that.")

    def replace(self, key: str, value: Any) -> None:
        """Give a key another value."""
        self.pop(key, None)
        self[key] = value

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Add items, given as to ``dict``.

        Raises
        ------
        ValueError
            When a key stands for something else already; then nothing has changed.
        """
        given = dict(*args, **kwargs)
        for key, value in given.items():
            self._check(key, value)
        super().update(given)

    def _like(self, items: Iterable[tuple[str, Any]]) -> Self:
        return type(self)(dict(items))

    def __add__(self, other: Mapping[str, Any]) -> Self:
        """The items of both; a key that stands for two things is a ValueError."""
        result = self._like(self.items())
        result.update(other)
        return result

    def __sub__(self, other: Mapping[str, Any] | Sequence[Any]) -> Self:
        """The items whose keys, or values, are not in the other collection."""
        if isinstance(other, Mapping):
            return self._like((key, value) for key, value in self.items() if key not in other)
        keys = {item for item in other if isinstance(item, str)}
        values = {id(item) for item in other}
        return self._like((key, value) for key, value in self.items() if key not in keys and id(value) not in values)

    def subset(self, kind: type | tuple[type, ...]) -> Self:
        """The items whose values are of a class, or of one of several."""
        return self._like((key, value) for key, value in self.items() if isinstance(value, kind))

    def not_subset(self, kind: type | tuple[type, ...]) -> Self:
        """The items whose values are not of a class, or of none of several."""
        return self._like((key, value) for key, value in self.items() if not isinstance(value, kind))

    def unique(self) -> Self:
        """The items without those whose value has appeared before under another key."""
        first = {id(value): key for key, value in reversed(self.items())}
        return self._like((key, value) for key, value in self.items() if first[id(value)] == key)

    def dict(self) -> _Items:
        """The items as a plain dict."""
        return dict(self)


class ArrayCollector(Collector):
    """Arrays by name, such as the variables of a model.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> variables = bp.ArrayCollector(w=bm.TrainVar(bm.ones(2)), n=bm.Variable(bm.zeros(1)))
    >>> variables.subset(bm.TrainVar).dict()
    {'w': array([1., 1.], dtype=float32)}
    >>> variables.assign({'w': [3., 4.], 'n': [5.]})
    >>> variables.dict()
    {'w': array([3., 4.], dtype=float32), 'n': array([5.], dtype=float32)}
    """

    def _check(self, key: str, value: Any) -> None:
        if not isinstance(value, Array):
            raise TypeError(f"{key!r}: an array is needed, but got {value!r} of type {type(value).__name__}.")
        super()._check(key, value)

    def dict(self) -> _Items:
        """The raw values by name."""
        return {key: array.value for key, array in self.items()}

    def data(self) -> list[Any]:
        """The raw values."""
        return [array.value for array in self.values()]

    def assign(self, values: Mapping[str, Any] | Sequence[Any]) -> None:
        """Give every variable a new value, or none where one does not fit.

        Parameters
        ----------
        values : mapping or sequence of array-like
            By name, or in the order of the collection.

        Raises
        ------
        MathError
            When a value is missing, is one too many, or does not fit; then nothing has changed.
        """
        if not isinstance(values, Mapping):
            if len(values) != len(self):
                raise MathError(f"{len(self)} values are needed, one for each variable, but got {len(values)}.")
            values = dict(zip(self, values, strict=True))
        if values.keys() != self.keys():
            raise MathError(f"values are needed for {sorted(self)}, but got {sorted(values)}.")
        assign_all((key, array, values[key]) for key, array in self.items())


TensorCollector = ArrayCollector


def assign_all(assignments: Iterable[tuple[str, Array, Any]]) -> None:
    """Give arrays new values, all of them or none.

    Parameters
    ----------
    assignments : iterable of (name, array, value)
        The names are for the error message.

    Raises
    ------
    MathError
        When a value does not fit its variable; then nothing has changed.
    """
    checked, problems = [], []
    for name, array, given in assignments:
        value = as_value(given)
        try:
            checked.append((array, array._checked(value) if isinstance(array, Variable) else value))
        except MathError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise MathError("values that do not fit their variables:\n" + "\n".join(problems))
    for array, value in checked:
        array.value = value
