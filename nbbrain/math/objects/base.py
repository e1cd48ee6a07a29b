"""`BrainPyObject`: what knows its variables and its parts."""
from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from nbbrain.errors import MathError, UniqueNameError, UnsupportedError
from nbbrain.math.objects.collectors import ArrayCollector, Collector, assign_all
from nbbrain.math.objects.containers import checked_key
from nbbrain.math.objects.naming import Named
from nbbrain.math.objects.search import nodes_below, variables_of
from nbbrain.math.objects.states import States, read_npz, write_npz
from nbbrain.math.objects.views import VariableView
from nbbrain.math.variables import TrainVar, Variable

__all__ = ["BrainPyObject", "LoadResult"]


class LoadResult(NamedTuple):
    """What `BrainPyObject.load_state_dict` did not find, and what it had no use for, as ``path.key``."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class BrainPyObject(Named):
    """The base of everything that has a name and variables.

    Its variables are the `Variable` attributes, and those in `VarList` and `VarDict` attributes; its children are the
    `BrainPyObject` attributes, and those in `NodeList` and `NodeDict` attributes. Plain lists and dicts are not searched.

    Assigning to an attribute that holds a variable sets the variable's value, so that whoever else knows the variable
    sees it too. Only a variable of another class, such as a `TrainVar` for a `Variable`, takes its place.

    Parameters
    ----------
    name : str, optional
        The name. Without one it is the next free one of the class: ``Dense0``, ``Dense1``, ...

    Raises
    ------
    BrainPyError
        For a name that is no valid identifier of Python.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> class Counter(bm.BrainPyObject):
    ...     def __init__(self, name=None):
    ...         super().__init__(name=name)
    ...         self.count = bm.Variable(bm.zeros(1))
    >>> class Pair(bm.BrainPyObject):
    ...     def __init__(self):
    ...         super().__init__(name='pair')
    ...         self.left, self.right = Counter('a'), Counter('b')
    >>> pair = Pair()
    >>> list(pair.vars()), list(pair.vars('relative'))
    (['a.count', 'b.count'], ['left.count', 'right.count'])
    >>> pair.left.count = bm.ones(1)
    >>> pair.state_dict()
    {'left': {'count': array([1.], dtype=float32)}, 'right': {'count': array([0.], dtype=float32)}}
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.implicit_vars = ArrayCollector()
        self.implicit_nodes = Collector()

    def __setattr__(self, key: str, value: Any) -> None:
        held = self.__dict__.get(key)
        if isinstance(held, Variable) and not (isinstance(value, Variable) and type(value) is not type(held)):
            if value is not held:  # it is after self.x += 1
                held.value = value
        else:
            super().__setattr__(key, value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name})"

    # What it holds

    def nodes(self, method: str = "absolute", level: int = -1, include_self: bool = True) -> Collector:
        """The object itself and those below it.

        Parameters
        ----------
        method : {'absolute', 'relative'}
            By name, or by the path of attributes that leads to them (``''`` for this object).
        level : int
            How many generations to go down; -1 is all.
        include_self : bool
            Whether this object is among them.

        Returns
        -------
        Collector

        Raises
        ------
        UniqueNameError
            When two objects have the same name, with the method 'absolute'.
        """
        if method not in ("absolute", "relative"):
            raise ValueError(f"method must be 'absolute' or 'relative', but got {method!r}.")
        found = [(path, node) for path, node in nodes_below(self, level) if include_self or node is not self]
        return Collector(found) if method == "relative" else _by_name(found)

    def vars(self, method: str = "absolute", level: int = -1, include_self: bool = True,
             exclude_types: tuple[type, ...] | None = None) -> ArrayCollector:
        """The variables of this object and of those below it.

        Parameters
        ----------
        method : {'absolute', 'relative'}
            Keys are ``name.attribute``, or ``path.attribute``.
        level : int
            How many generations to go down; -1 is all, 0 only this object.
        include_self : bool
            Whether the object's own variables are among them.
        exclude_types : tuple of types, optional
            Classes of variables to leave out; by default, the views of a part of another variable.

        Returns
        -------
        ArrayCollector
            Object by object; the variables of one object in the alphabetical order of their attributes.
        """
        exclude = (VariableView,) if exclude_types is None else tuple(exclude_types)
        found = {f"{path}.{key}" if path else key: variable
                 for path, node in self.nodes(method, level, include_self).items()
                 for key, variable in variables_of(node) if not isinstance(variable, exclude)}
        return ArrayCollector(found)

    def train_vars(self, method: str = "absolute", level: int = -1, include_self: bool = True) -> ArrayCollector:
        """The variables that training changes (`TrainVar`); parameters are those of `vars`."""
        return self.vars(method, level, include_self).subset(TrainVar)

    def register_implicit_vars(self, *variables: Any, var_cls: type | None = None, **named: Any) -> None:
        """Make variables that no attribute holds variables of this object.

        Parameters
        ----------
        *variables, **named : Variable, or sequences or dicts of Variable
            The variables; without a name they are ``var0``, ``var1``, ...
        var_cls : type, optional
            The class that they must have; `Variable` by default.

        Raises
        ------
        TypeError
            For anything else than a variable; then nothing has changed.
        """
        self._register(self.implicit_vars, "var", var_cls or Variable, variables, named)

    def register_implicit_nodes(self, *nodes: Any, node_cls: type | None = None, **named: Any) -> None:
        """Make objects that no attribute holds children of this object.

        Parameters
        ----------
        *nodes, **named : BrainPyObject, or sequences or dicts of BrainPyObject
            The objects; without a key they are ``node0``, ``node1``, ...
        node_cls : type, optional
            The class that they must have; `BrainPyObject` by default.

        Raises
        ------
        TypeError
            For anything else than an object; then nothing has changed.
        """
        self._register(self.implicit_nodes, "node", node_cls or BrainPyObject, nodes, named)

    def _register(self, target: Collector, prefix: str, kind: type, items: Iterable[Any], named: Mapping[str, Any]) -> None:
        given: dict[str, Any] = dict(named)
        for item in items:
            if isinstance(item, Mapping):
                given.update(item)
            else:
                new = item if isinstance(item, (list, tuple)) else [item]
                known = {id(x) for x in target.values()}
                for x in [x for x in new if id(x) not in known]:
                    given[f"{prefix}{len(target) + len(given)}"] = x
        for key, item in given.items():
            checked_key(key)
            if not isinstance(item, kind):
                raise TypeError(f"{key}: a {kind.__name__} is needed, but got {item!r} of type {type(item).__name__}.")
        target.update(given)

    # Saving and loading

    def __save_state__(self) -> dict[str, Any]:
        """What has to be kept of this object itself: copies of its variables' values. A subclass may add to it."""
        return {key: np.array(variable) for key, variable in self._own_variables()}

    def __load_state__(self, state: Mapping[str, Any]) -> tuple[Sequence[str], Sequence[str]]:
        """Take over what `__save_state__` gave; returns the keys that are missing and those that are not known."""
        own = dict(self._own_variables())
        assign_all((key, variable, np.array(state[key])) for key, variable in own.items() if key in state)
        return [key for key in own if key not in state], [key for key in state if key not in own]

    def _own_variables(self) -> list[tuple[str, Variable]]:
        return [(key, variable) for key, variable in variables_of(self) if not isinstance(variable, VariableView)]

    def state_dict(self) -> States:
        """The values of all variables, as copies.

        Returns
        -------
        dict of dict of array
            By the path of attributes to the object (``''`` for this one), then by the attribute of the variable. The keys
            do not depend on the names that objects happen to have.
        """
        states = {path: node.__save_state__() for path, node in self.nodes("relative").unique().items()}
        return {path: state for path, state in states.items() if state}

    def load_state_dict(self, state_dict: Mapping[str, Mapping[str, Any]], warn: bool = True,
                        strict: bool = True) -> LoadResult:
        """Take over values that `state_dict` gave.

        Parameters
        ----------
        state_dict : dict of dict of array
            The values.
        warn : bool
            Whether to warn of keys that are missing or not known, where that is no error.
        strict : bool
            Whether keys that are missing or not known are an error.

        Returns
        -------
        LoadResult
            The keys that are missing and those that are not known.

        Raises
        ------
        MathError
            When a value does not fit its variable, or when keys are missing or not known. Nothing has changed then.
        """
        before = [(variable, variable.value) for variable in self.vars("relative").unique().values()]
        try:
            result = self._load(_checked_states(state_dict), strict)
        except BaseException:
            for variable, value in before:
                variable.value = value
            raise
        if warn and any(result):
            warnings.warn(_describe(result), stacklevel=2)
        return result

    def _load(self, states: Mapping[str, Mapping[str, Any]], strict: bool) -> LoadResult:
        result, problems = LoadResult([], []), []
        nodes = self.nodes("relative").unique()
        for path, node in nodes.items():
            prefix = f"{path}." if path else ""
            try:
                missing, unexpected = node.__load_state__(states.get(path, {}))
            except MathError as error:
                problems.append(f"{path or self.name}: {error}")
                continue
            result.missing_keys.extend([prefix + key for key in missing])
            result.unexpected_keys.extend([prefix + key for key in unexpected])
        result.unexpected_keys.extend([f"{path}.{key}" for path in states if path not in nodes for key in states[path]])
        if strict and any(result):
            problems.append(_describe(result))
        if problems:
            raise MathError("the states cannot be loaded, and nothing was changed.\n" + "\n".join(problems))
        return result

    def save_states(self, filename: str | os.PathLike[str]) -> None:
        """Write `state_dict` to a file.

        Parameters
        ----------
        filename : path
            A name that ends in ``.npz``: NumPy's format, without pickles.
        """
        write_npz(filename, self.state_dict())

    def load_states(self, filename: str | os.PathLike[str], warn: bool = True, strict: bool = True) -> LoadResult:
        """Take over the values in a file that `save_states` wrote; what else is as in `load_state_dict`."""
        return self.load_state_dict(read_npz(filename), warn, strict)

    # Devices

    def to(self, device: str | None = None) -> Self:
        """Return this object; its variables live in the memory of the host.

        Raises
        ------
        UnsupportedError
            For any other device than 'cpu'.
        """
        if device not in (None, "cpu"):
            raise UnsupportedError(f"variables live in the memory of the host ('cpu'), but got {device!r}. What computes "
                                   f"with them is the backend: bp.set_backend('cuda').")
        return self

    def cpu(self) -> Self:
        """Return this object; its variables live in the memory of the host."""
        return self.to("cpu")

    def cuda(self) -> Self:
        """Raise an UnsupportedError: variables live in the memory of the host, whatever backend computes with them."""
        return self.to("cuda")


def _by_name(found: Iterable[tuple[str, Any]]) -> Collector:
    """Objects by name, each once."""
    named: dict[str, tuple[str, Any]] = {}
    for path, node in found:
        other_path, other = named.setdefault(node.name, (path, node))
        if other is not node:
            raise UniqueNameError(f"two objects of this model are named {node.name!r}: {other_path or 'the model'} (a "
                                  f"{type(other).__name__}) and {path or 'the model'} (a {type(node).__name__}). Give one "
                                  f"of them another name.")
    return Collector({name: node for name, (_, node) in named.items()})


def _checked_states(states: Any) -> Mapping[str, Mapping[str, Any]]:
    if not (isinstance(states, Mapping) and all(isinstance(state, Mapping) for state in states.values())):
        raise MathError(f"states must be a dict of dicts of arrays, as state_dict() returns it, but got {states!r}.")
    return states


def _describe(result: LoadResult) -> str:
    parts = [f"{what}: {', '.join(keys)}" for what, keys in (("missing keys", result.missing_keys),
                                                             ("unexpected keys", result.unexpected_keys)) if keys]
    return "; ".join(parts)
