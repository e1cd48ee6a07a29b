"""Functions that move, join, split, extend and rewrite arrays."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbbrain.math.array import Array
from nbbrain.math.lifting import answers, lift, raw
from nbbrain.math.lifting import wrap as wrapped
from nbbrain.operations import contraction, diagonals, editing, indexing, selection, shapes
from nbbrain.operations.operation import cast, dtype_of, known_value, shape_of

__all__ = [
    "append", "apply_along_axis", "apply_over_axes", "array_split", "atleast_1d", "atleast_2d", "atleast_3d", "block",
    "broadcast_arrays", "broadcast_to", "cat", "choose", "column_stack", "compress", "concat", "concatenate", "copyto",
    "delete", "diagonal", "dsplit", "dstack", "expand_dims", "extract", "fill_diagonal", "flatten", "flip", "fliplr",
    "flipud", "hsplit", "hstack", "insert", "moveaxis", "pad", "place", "put", "putmask", "ravel", "remove_diag", "repeat",
    "reshape", "resize", "roll", "rollaxis", "rot90", "row_stack", "split", "squeeze", "stack", "swapaxes", "take",
    "take_along_axis", "tile", "transpose", "trim_zeros", "unsqueeze", "vsplit", "vstack",
]

# Shapes

reshape = lift(shapes.reshape)
ravel = lift(shapes.ravel)
transpose = lift(shapes.transpose)
moveaxis = lift(shapes.moveaxis)
swapaxes = lift(shapes.swapaxes)
rollaxis = lift(shapes.rollaxis)
expand_dims = lift(shapes.expand_dims)
squeeze = lift(shapes.squeeze)
atleast_1d = lift(shapes.atleast_1d)
atleast_2d = lift(shapes.atleast_2d)
atleast_3d = lift(shapes.atleast_3d)
broadcast_to = lift(shapes.broadcast_to)
broadcast_arrays = lift(shapes.broadcast_arrays)


@lift
def unsqueeze(input: Any, dim: int) -> Any:
    """The array with a new axis of size 1."""
    return shapes.expand_dims(input, dim)


@lift
def flatten(input: Any, start_dim: int | None = None, end_dim: int | None = None) -> Any:
    """The axes from one to another, both included, as one; by default all of them."""
    shape = shape_of(input)
    if not shape:
        return shapes.reshape(input, (1,))
    first, last = [np.lib.array_utils.normalize_axis_index(axis, len(shape))
                   for axis in (0 if start_dim is None else start_dim, -1 if end_dim is None else end_dim)]
    if first > last:
        raise ValueError(f"flatten: start_dim {start_dim} lies behind end_dim {end_dim}.")
    size = int(np.prod(shape[first:last + 1], dtype=np.int64))
    return shapes.reshape(input, (*shape[:first], size, *shape[last + 1:]))


# Order

flip = lift(shapes.flip)
fliplr = lift(shapes.fliplr)
flipud = lift(shapes.flipud)
rot90 = lift(shapes.rot90)
roll = lift(shapes.roll)

# Joining, splitting, repeating

concatenate = concat = cat = lift(shapes.concatenate)
stack = lift(shapes.stack)
vstack = row_stack = lift(shapes.vstack)
hstack = lift(shapes.hstack)
dstack = lift(shapes.dstack)
column_stack = lift(shapes.column_stack)
block = lift(shapes.block)
split = lift(shapes.split)
array_split = lift(shapes.array_split)
hsplit = lift(shapes.hsplit)
vsplit = lift(shapes.vsplit)
dsplit = lift(shapes.dsplit)
repeat = lift(shapes.repeat)
tile = lift(shapes.tile)

# Longer and shorter arrays

append = lift(editing.append)
insert = lift(editing.insert)
delete = lift(editing.delete)
resize = lift(editing.resize)
pad = lift(editing.pad)
trim_zeros = lift(selection.trim_zeros)
remove_diag = lift(diagonals.remove_diag)

# Picking elements

take = lift(indexing.take)
take_along_axis = lift(indexing.take_along_axis)
diagonal = lift(contraction.diagonal)
choose = lift(selection.choose)
compress = lift(selection.compress)
extract = lift(selection.extract)

# ----------------------------------------------------------------------------------------------------------------
# Writing in place. The value of an `Array` is replaced by a new one, so this is differentiated like everything else.
# ----------------------------------------------------------------------------------------------------------------


def _write(name: str, target: Any, result: Any) -> None:
    """Give an array the elements of a result of the same shape."""
    if isinstance(target, Array):
        target.value = result
    elif isinstance(target, np.ndarray):
        target[...] = known_value(result, name)
    else:
        raise TypeError(f"{name} writes into an array, but got {type(target).__name__}.")


def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """Set elements of the flattened array, in place: ``a.flat[ind] = v``, values in turn."""
    _write("put", a, selection.put(raw(a), raw(ind), raw(v), mode))


def place(arr: Any, mask: Any, vals: Any) -> None:
    """Set the elements where a mask holds to values in turn, in place."""
    _write("place", arr, selection.place(raw(arr), raw(mask), raw(vals)))


def putmask(a: Any, mask: Any, values: Any) -> None:
    """Set the elements where a mask holds, in place: ``a.flat[i] = values.flat[i]``, values in turn."""
    value = raw(a)
    _write("putmask", a, cast(selection.putmask(value, raw(mask), raw(values)), dtype=dtype_of(value)))


def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Set the elements where a mask holds to those of another array, which is broadcast, in place."""
    target, source = raw(dst), raw(src)
    if isinstance(dtype_of(source), np.dtype) and not np.can_cast(dtype_of(source), dtype_of(target), casting):  # type: ignore[arg-type]
        raise TypeError(f"copyto: {dtype_of(source)} cannot be cast to {dtype_of(target)} under the rule {casting!r}.")
    source = shapes.broadcast_to(cast(source, dtype=dtype_of(target)), shape_of(target))
    _write("copyto", dst, source if where is True else selection.putmask(target, raw(where), source))


def fill_diagonal(a: Any, val: Any, inplace: bool = True, *, wrap: bool = False) -> Any:
    """Set the main diagonal of an array to a number, or to numbers in turn.

    Parameters
    ----------
    a : array
        A matrix, or an array with axes of one size.
    val : number or array
        What the diagonal is set to.
    inplace : bool
        Whether the array itself is written into; otherwise it is left as it is.
    wrap : bool
        Whether the diagonal of a tall matrix begins again below the square.

    Returns
    -------
    array
        The array that was written into, or the new one.
    """
    result = diagonals.fill_diagonal(raw(a), raw(val), wrap)
    if not inplace:
        return wrapped(result)
    _write("fill_diagonal", a, result)
    return a


def _fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """NumPy's own ``fill_diagonal``, which returns nothing."""
    fill_diagonal(a, val, wrap=wrap)


answers.update({np.put: put, np.place: place, np.putmask: putmask, np.copyto: copyto, np.fill_diagonal: _fill_diagonal})

# ----------------------------------------------------------------------------------------------------------------
# Functions of slices
# ----------------------------------------------------------------------------------------------------------------


def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """What a function of vectors makes of every line along an axis; its axes stand in the place of that one."""
    value = raw(arr)
    shape = shape_of(value)
    axis = np.lib.array_utils.normalize_axis_index(axis, len(shape))
    lines = shapes.reshape(shapes.moveaxis(value, axis, -1), (-1, shape[axis]))
    if not shape_of(lines)[0]:
        raise ValueError(f"apply_along_axis: an array of shape {shape} has no lines along axis {axis}.")
    results = [raw(func1d(wrapped(lines[i]), *args, **kwargs)) for i in range(shape_of(lines)[0])]
    own = shape_of(results[0])
    whole = shapes.reshape(shapes.stack(results), (*shape[:axis], *shape[axis + 1:], *own))
    sources = list(range(len(shape) - 1, len(shape) - 1 + len(own)))
    return wrapped(shapes.moveaxis(whole, sources, list(range(axis, axis + len(own)))))


def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """What is left after a reduction ``func(a, axis)`` was applied over several axes, each of which stays with size 1."""
    result = wrapped(raw(a))
    for axis in np.atleast_1d(axes).tolist():
        reduced = wrapped(raw(func(result, axis)))
        if reduced.ndim == result.ndim - 1:
            reduced = expand_dims(reduced, axis)
        if reduced.ndim != result.ndim:
            raise ValueError("apply_over_axes: the function must give an array with as many axes, or one axis less.")
        result = reduced
    return result


answers.update({np.apply_along_axis: apply_along_axis, np.apply_over_axes: apply_over_axes})
