"""Checks of lists, tuples and dicts."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbbrain.math.objects import BrainPyObject
from nbbrain.math.variables import Variable

__all__ = ["is_all_objs", "is_all_vars", "is_dict_data", "is_elem_or_seq_or_dict", "is_sequence", "serialize_kwargs"]

_OUT = {"tuple": tuple, "list": list, "dict": dict}


def is_sequence(value: Any, name: str | None = None, elem_type: Any = None, allow_none: bool = True) -> Any:
    """Return a list or tuple, whose elements must be of a class where one is given; else raise a ValueError.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_sequence([1, 2], elem_type=int)
    [1, 2]
    """
    if value is None and allow_none:
        return None
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{name or 'The argument'} must be a list or tuple, but got {value!r}.")
    for item in value:
        if elem_type is not None and not isinstance(item, elem_type):
            raise ValueError(f"{name or 'The argument'} must hold {_name(elem_type)}, but holds {item!r}.")
    return value


def is_dict_data(a_dict: Any, key_type: Any = None, val_type: Any = None, name: str | None = None,
                 allow_none: bool = True) -> Any:
    """Return a dict, whose keys and values must be of a class where one is given; else raise a ValueError.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_dict_data({'a': 1}, key_type=str, val_type=int)
    {'a': 1}
    """
    if a_dict is None and allow_none:
        return None
    what = name or "The argument"
    if not isinstance(a_dict, Mapping):
        raise ValueError(f"{what} must be a dict, but got {a_dict!r}.")
    for key, value in a_dict.items():
        if key_type is not None and not isinstance(key, key_type):
            raise ValueError(f"{what} must have keys of type {_name(key_type)}, but has {key!r}.")
        if val_type is not None and not isinstance(value, val_type):
            raise ValueError(f"{what} must have values of type {_name(val_type)}, but has {value!r} under {key!r}.")
    return a_dict


def is_elem_or_seq_or_dict(targets: Any, elem_type: Any, out_as: str = "tuple") -> Any:
    """Return one thing, or several in a list, tuple or dict, as a collection.

    Parameters
    ----------
    targets : thing, or sequence or dict of things
        None is no thing at all.
    elem_type : type or tuple of types
        The class of the things.
    out_as : {'tuple', 'list', 'dict'}
        What is returned; keys of a dict are kept, else they are positions.

    Raises
    ------
    ValueError
        For things of another class.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_elem_or_seq_or_dict(3, int), bp.check.is_elem_or_seq_or_dict({'a': 3}, int, out_as='list')
    ((3,), [3])
    """
    if out_as not in _OUT:
        raise ValueError(f"out_as must be one of {', '.join(map(repr, _OUT))}, but got {out_as!r}.")
    if targets is None:
        items: dict[Any, Any] = {}
    elif isinstance(targets, elem_type):
        items = {0: targets}
    elif isinstance(targets, Mapping):
        items = dict(targets)
    elif isinstance(targets, (list, tuple)):
        items = dict(enumerate(targets))
    else:
        raise ValueError(f"{_name(elem_type)} are needed, one or several, but got {targets!r}.")
    for item in items.values():
        if not isinstance(item, elem_type):
            raise ValueError(f"{_name(elem_type)} are needed, but got {item!r} among them.")
    return items if out_as == "dict" else _OUT[out_as](items.values())


def is_all_vars(dyn_vars: Any, out_as: str = "tuple") -> Any:
    """Return one `Variable`, or several in a list, tuple or dict, as a collection: see `is_elem_or_seq_or_dict`.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> len(bp.check.is_all_vars(bm.Variable(2)))
    1
    """
    return is_elem_or_seq_or_dict(dyn_vars, Variable, out_as)


def is_all_objs(targets: Any, out_as: str = "tuple") -> Any:
    """Return one `BrainPyObject`, or several in a list, tuple or dict, as a collection: see `is_elem_or_seq_or_dict`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_all_objs(None)
    ()
    """
    return is_elem_or_seq_or_dict(targets, BrainPyObject, out_as)


def serialize_kwargs(shared_kwargs: Mapping[str, Any] | None) -> str:
    """Return arguments as a text that is the same for equal arguments in any order.

    Raises
    ------
    ValueError
        For names that are no texts, and for values that are no truth values, numbers or texts.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.serialize_kwargs({'fit': True, 'a': 1})
    "{'a': 1, 'fit': True}"
    """
    arguments = is_dict_data(shared_kwargs or {}, str, (bool, int, float, complex, str), "shared_kwargs")
    return str(dict(sorted(arguments.items())))


def _name(kind: Any) -> str:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return " or ".join([getattr(item, "__name__", str(item)) for item in kinds])
