"""Nested structures of arrays as named arrays and a description in JSON, and back."""
from __future__ import annotations

import json
import math
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

import nbbrain.math as bm
from nbbrain.dot_dict import DotDict
from nbbrain.errors import BrainPyError

__all__ = ["CheckpointError", "Expected", "describe", "expected_arrays", "put_together", "register_class"]

FORMAT, VERSION = "nbbrain.checkpoint", 1
_DTYPE = re.compile(r"[<|][biufc][0-9]{1,2}")


class CheckpointError(BrainPyError, ValueError):
    """A checkpoint cannot be written or read."""


class Expected(NamedTuple):
    """What a file must hold of an array."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


class _Registered(NamedTuple):
    name: str
    kind: type
    to_state: Callable[[Any], Any]
    from_state: Callable[[Any], Any]


_classes: dict[str, _Registered] = {}


def register_class(kind: type, to_state: Callable[[Any], Any], from_state: Callable[[Any], Any],
                   name: str | None = None) -> None:
    """Let checkpoints hold objects of a class. A file names classes; only registered ones are ever made.

    Parameters
    ----------
    kind : type
        The class.
    to_state : callable
        Makes a nested structure of arrays, numbers and text of an object.
    from_state : callable
        Makes an object of such a structure, which may come from a file that somebody else wrote.
    name : str, optional
        The name in files; by default that of the class.

    Raises
    ------
    CheckpointError
        When another class has the name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> from typing import NamedTuple
    >>> class Epoch(NamedTuple):
    ...     number: int
    ...     loss: float
    >>> bp.checkpoints.register_class(Epoch, tuple, lambda state: Epoch(*state), name='docs.Epoch')
    """
    name = kind.__name__ if name is None else name
    known = _classes.get(name)
    if known is not None and known.kind is not kind:
        raise CheckpointError(f"the name {name!r} is that of {known.kind!r} already: give another one.")
    _classes[name] = _Registered(name, kind, to_state, from_state)


register_class(DotDict, dict, DotDict)
register_class(OrderedDict, dict, OrderedDict)


def describe(tree: Any) -> tuple[str, dict[str, np.ndarray]]:
    """A structure as a text in JSON, and copies of its arrays by name.

    Parameters
    ----------
    tree : nested structure
        Dicts, lists, tuples, arrays, numbers, text, None; models and optimizers, of which `state_dict` is taken; objects
        of registered classes.

    Raises
    ------
    CheckpointError
        For anything else.
    """
    arrays: dict[str, np.ndarray] = {}
    node = _node(tree, (), arrays)
    return json.dumps({"format": FORMAT, "version": VERSION, "tree": node}, allow_nan=False), arrays


def _node(item: Any, path: tuple[str, ...], arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    if item is None or isinstance(item, (bool, int, str)):
        return {"value": item}
    if isinstance(item, float) and not isinstance(item, np.generic):
        return {"value": item} if math.isfinite(item) else {"float": str(item)}  # JSON knows no infinity
    if isinstance(item, (bm.Array, np.ndarray, np.generic)):
        return _array_node(item, path, arrays)
    for known in _classes.values():
        if type(item) is known.kind:
            return {"class": known.name, "state": _node(known.to_state(item), path, arrays)}
    if isinstance(item, bm.BrainPyObject):
        return _node(item.state_dict(), path, arrays)
    if type(item) is dict or isinstance(item, (bm.ArrayCollector, bm.VarDict)):
        keys = list(item)
        if not all(type(key) in (str, int) for key in keys):
            raise CheckpointError(f"{_place(path)}: keys must be text or integers, but got {keys!r}.")
        return {"dict": [[key, _node(item[key], (*path, str(key)), arrays)] for key in keys]}
    if type(item) in (list, tuple) or isinstance(item, bm.VarList):
        kind = "tuple" if type(item) is tuple else "list"
        return {kind: [_node(part, (*path, str(i)), arrays) for i, part in enumerate(item)]}
    raise CheckpointError(f"{_place(path)}: a checkpoint holds dicts, lists, tuples, arrays, numbers, text, models and "
                          f"optimizers, but got {type(item).__name__}: {item!r}. Objects of other classes can be saved "
                          f"after bp.checkpoints.register_class(...).")


def _array_node(item: Any, path: tuple[str, ...], arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    array = np.array(item, order="C")  # a copy: what is saved later may have changed by then
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    if not _DTYPE.fullmatch(array.dtype.str):
        raise CheckpointError(f"{_place(path)}: arrays must hold numbers or truth values, but got dtype {array.dtype}.")
    base = name = "/".join(path) or "value"
    number = 1
    while name in arrays:  # {'a/b': x, 'a': {'b': y}}
        name, number = f"{base}#{number}", number + 1
    arrays[name] = array
    return {"array": name, "dtype": array.dtype.str, "shape": list(array.shape)}


def _place(path: tuple[str, ...]) -> str:
    return "/".join(path) or "the target"


def parse(text: str | bytes) -> dict[str, Any]:
    """The description in a text.

    Raises
    ------
    CheckpointError
        When it is none, or of another version.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"the description of the structure is damaged: {error}.") from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise CheckpointError("the file is no checkpoint of nbbrain.")
    if whole.get("version") != VERSION:
        raise CheckpointError(f"the checkpoint has version {whole.get('version')!r}, but this nbbrain reads version "
                              f"{VERSION}.")
    tree: dict[str, Any] = whole.get("tree")  # type: ignore[assignment]  # `expected_arrays` looks at every node
    return tree


def expected_arrays(tree: Any) -> dict[str, Expected]:
    """What the file must hold, by name. Every node is checked, so that `put_together` meets no surprise.

    Raises
    ------
    CheckpointError
        When the description is damaged, or names a class that is not registered.
    """
    found: dict[str, Expected] = {}
    try:
        _expect(tree, found)
    except RecursionError:
        raise CheckpointError("the description of the structure is nested too deeply.") from None
    return found


def _expect(node: Any, found: dict[str, Expected]) -> None:
    match node:
        case {"array": str(name), "dtype": str(dtype), "shape": list(shape)} if len(node) == 3:
            sizes_fit = all(type(size) is int and size >= 0 for size in shape) and math.prod(shape) < 2**60
            if name in found or not _DTYPE.fullmatch(dtype) or not sizes_fit or len(shape) > 32:
                raise _damaged(node)
            try:
                found[name] = Expected(tuple(shape), np.dtype(dtype))
            except TypeError:
                raise _damaged(node) from None
        case {"dict": list(items)} if len(node) == 1:
            for item in items:
                if not (isinstance(item, list) and len(item) == 2 and type(item[0]) in (str, int)):
                    raise _damaged(item)
                _expect(item[1], found)
            if len({item[0] for item in items}) != len(items):
                raise _damaged(node)
        case {"list": list(items)} | {"tuple": list(items)} if len(node) == 1:
            for item in items:
                _expect(item, found)
        case {"value": None | bool() | int() | float() | str()} if len(node) == 1:
            pass
        case {"float": "inf" | "-inf" | "nan"} if len(node) == 1:
            pass
        case {"class": str(name), "state": state} if len(node) == 2:
            if name not in _classes:
                raise CheckpointError(f"the checkpoint holds an object of the class {name!r}, which is not registered here: "
                                      f"call bp.checkpoints.register_class(...) for it, if you trust the file.")
            _expect(state, found)
        case _:
            raise _damaged(node)


def _damaged(node: Any) -> CheckpointError:
    return CheckpointError(f"the description of the structure is damaged at {str(node)[:200]}.")


def put_together(tree: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Any:
    """The structure of a description that `expected_arrays` has checked."""
    match tree:
        case {"array": name}:
            return arrays[name]
        case {"dict": items}:
            return {key: put_together(item, arrays) for key, item in items}
        case {"list": items}:
            return [put_together(item, arrays) for item in items]
        case {"tuple": items}:
            return tuple(put_together(item, arrays) for item in items)
        case {"float": text}:
            return float(text)
        case {"class": name, "state": state}:
            return _classes[name].from_state(put_together(state, arrays))
        case _:
            return tree["value"]
