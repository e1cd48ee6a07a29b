"""Operations that move elements without changing them: reshape, transpose, broadcast, flip, join, split."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from nbbrain.operations.operation import Operation, answer_for, cast, dtype_of, shape_of
from nbbrain.operations.symbolic import Abstract, Symbolic

__all__ = ["broadcast_to", "concatenate", "expand_dims", "flip", "moveaxis", "reshape", "stack", "transpose"]


def _resolve_shape(old: tuple[int, ...], new: tuple[int, ...]) -> tuple[int, ...]:
    """A shape with its -1 filled in."""
    size = int(np.prod(old, dtype=np.int64))
    known = int(np.prod([n for n in new if n != -1], dtype=np.int64))
    if -1 in new and known > 0 and size % known == 0:
        new = tuple([size // known if n == -1 else n for n in new])
    if int(np.prod(new, dtype=np.int64)) != size or new.count(-1):
        raise ValueError(f"cannot reshape an array of shape {old} into shape {new}.")
    return new


_reshape: Operation = Operation("reshape", lambda x, *, shape: np.reshape(x, shape), kind="view",
                     infer=lambda x, *, shape: Abstract(shape, x.dtype),
                     derivatives=(lambda g, z, x, *, shape: reshape(g, shape_of(x)),))


def reshape(a: Any, shape: Any, order: str = "C", *more: Any) -> Any:
    """The same elements, in C order, in another shape; one size may be -1."""
    if order != "C":
        raise ValueError(f"reshape: order must be 'C', but got {order!r}.")
    given = (int(shape),) if np.ndim(shape) == 0 else tuple(int(n) for n in shape)
    return _reshape(a, shape=_resolve_shape(shape_of(a), given))


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argsort(axes))


_transpose: Operation = Operation("transpose", lambda x, *, axes: np.transpose(x, axes), kind="view",
                       infer=lambda x, *, axes: Abstract(tuple([x.shape[i] for i in axes]), x.dtype),
                       derivatives=(lambda g, z, x, *, axes: _transpose(g, axes=_inverse(axes)),))


def transpose(a: Any, axes: Sequence[int] | None = None) -> Any:
    """The axes in another order; reversed where none is given."""
    ndim = len(shape_of(a))
    order = tuple(range(ndim))[::-1] if axes is None else normalize_axis_tuple(axes, ndim)
    if len(order) != ndim:
        raise ValueError(f"transpose: {ndim} axes are needed, but got {axes}.")
    return _transpose(a, axes=tuple(int(i) for i in order))


_broadcast_to: Operation = Operation("broadcast_to", lambda x, *, shape: np.broadcast_to(x, shape), kind="view",
                          infer=lambda x, *, shape: Abstract(np.broadcast_shapes(x.shape, shape), x.dtype),
                          derivatives=(lambda g, z, x, *, shape: g,))


def broadcast_to(array: Any, shape: Any) -> Any:
    """The array repeated along new axes and axes of size 1."""
    given = (int(shape),) if np.ndim(shape) == 0 else tuple(int(n) for n in shape)
    if np.broadcast_shapes(shape_of(array), given) != given:
        raise ValueError(f"cannot broadcast an array of shape {shape_of(array)} to shape {given}.")
    return _broadcast_to(array, shape=given)


_flip: Operation = Operation("flip", lambda x, *, axis: np.flip(x, axis), kind="view",
                  infer=lambda x, *, axis: x, derivatives=(lambda g, z, x, *, axis: _flip(g, axis=axis),))


def flip(m: Any, axis: Any = None) -> Any:
    """The elements in reverse order along axes."""
    ndim = len(shape_of(m))
    axes = tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim)
    return _flip(m, axis=tuple(sorted(int(i) for i in axes)))


def _infer_concatenate(*arrays: Abstract, axis: int) -> Abstract:
    shape = list(arrays[0].shape)
    shape[axis] = sum(array.shape[axis] for array in arrays)
    for array in arrays:
        if array.shape[:axis] + array.shape[axis + 1:] != (*shape[:axis], *shape[axis + 1:]):
            raise ValueError(f"cannot concatenate arrays of shapes {[a.shape for a in arrays]} along axis {axis}.")
    return Abstract(tuple(shape), arrays[0].dtype)


def _part(g: Any, z: Any, argnum: int, *arrays: Any, axis: int) -> Any:
    start = sum(shape_of(array)[axis] for array in arrays[:argnum])
    index = [slice(None)] * len(shape_of(g))
    index[axis] = slice(start, start + shape_of(arrays[argnum])[axis])
    return g[tuple(index)]


_concatenate: Operation = Operation("concatenate", lambda *arrays, axis: np.concatenate(arrays, axis=axis), kind="joining",
                         infer=_infer_concatenate, derivatives=(_part,), variadic=True)


def same_dtype(arrays: Sequence[Any]) -> list[Any]:
    """Arrays brought to their common dtype; integers do not widen floats."""
    dtypes = [dtype_of(array) for array in arrays]
    floats = [dtype for dtype in dtypes if isinstance(dtype, np.dtype) and dtype.kind in "fc"]
    target = np.result_type(*floats) if floats else np.result_type(*[d if isinstance(d, np.dtype) else np.dtype(d)
                                                                     for d in dtypes])
    return [array if dtype == target else cast(array, dtype=target) for array, dtype in zip(arrays, dtypes, strict=True)]


def concatenate(arrays: Sequence[Any], axis: int | None = 0, out: None = None, dtype: Any = None) -> Any:
    """Arrays one after the other along an existing axis."""
    if len(arrays) == 0:
        raise ValueError("concatenate: at least one array is needed.")
    if axis is None:
        arrays, axis = [reshape(array, (-1,)) for array in arrays], 0
    parts = same_dtype(list(arrays))
    if dtype is not None:
        parts = [cast(part, dtype=np.dtype(dtype)) for part in parts]
    ndim = len(shape_of(parts[0]))
    if ndim == 0:
        raise ValueError("concatenate: arrays without axes cannot be concatenated; use stack.")
    return _concatenate(*parts, axis=normalize_axis_index(axis, ndim))


def expand_dims(a: Any, axis: Any) -> Any:
    """New axes of size 1 at the positions given."""
    given = (axis,) if np.ndim(axis) == 0 else tuple(axis)
    shape = shape_of(a)
    axes = normalize_axis_tuple(given, len(shape) + len(given))
    sizes = iter(shape)
    return reshape(a, tuple([1 if i in axes else next(sizes) for i in range(len(shape) + len(given))]))


def squeeze(a: Any, axis: Any = None) -> Any:
    """The array without axes of size 1."""
    shape = shape_of(a)
    axes = tuple([i for i, n in enumerate(shape) if n == 1]) if axis is None else normalize_axis_tuple(axis, len(shape))
    if any(shape[i] != 1 for i in axes):
        raise ValueError(f"squeeze: axes {axes} of shape {shape} are not all of size 1.")
    return reshape(a, tuple([n for i, n in enumerate(shape) if i not in axes]))


def ravel(a: Any, order: str = "C") -> Any:
    """All elements in one axis."""
    return reshape(a, (-1,), order)


def stack(arrays: Sequence[Any], axis: int = 0, out: None = None, dtype: Any = None) -> Any:
    """Arrays of one shape side by side along a new axis."""
    shapes = {shape_of(array) for array in arrays}
    if len(shapes) != 1:
        raise ValueError(f"stack: all arrays must have one shape, but got {sorted(shapes)}.")
    return concatenate([expand_dims(array, axis) for array in arrays], axis=axis, dtype=dtype)


def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other positions; the rest keep their order."""
    ndim = len(shape_of(a))
    sources, destinations = normalize_axis_tuple(source, ndim), normalize_axis_tuple(destination, ndim)
    order = [i for i in range(ndim) if i not in sources]
    for to, start in sorted(zip(destinations, sources, strict=True)):
        order.insert(to, start)
    return transpose(a, order)


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Two axes exchanged."""
    order = list(range(len(shape_of(a))))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return transpose(a, order)


def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """One axis moved so that it stands before another."""
    ndim = len(shape_of(a))
    axis = normalize_axis_index(axis, ndim)
    start = start + ndim if start < 0 else start
    return moveaxis(a, axis, start - 1 if axis < start else start)


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Equal parts, or the parts between indices, along an axis."""
    size = shape_of(ary)[axis]
    if np.ndim(indices_or_sections) == 0 and size % int(indices_or_sections):
        raise ValueError(f"split: an axis of size {size} does not divide into {indices_or_sections} equal parts.")
    return array_split(ary, indices_or_sections, axis)


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Parts along an axis, as equal as possible where a number of them is given."""
    shape = shape_of(ary)
    size = shape[axis]
    if np.ndim(indices_or_sections) == 0:
        sections = int(indices_or_sections)
        each, extra = divmod(size, sections)
        bounds = np.cumsum([0, *[each + 1] * extra, *[each] * (sections - extra)]).tolist()
    else:
        bounds = [0, *[int(i) for i in indices_or_sections], size]
    index: list[Any] = [slice(None)] * len(shape)
    parts = []
    for start, stop in pairwise(bounds):
        index[axis] = slice(start, stop)
        parts.append(ary[tuple(index)])
    return parts


def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Elements shifted along axes; what leaves one end enters at the other."""
    if axis is None:
        return reshape(roll(reshape(a, (-1,)), shift, 0), shape_of(a))
    if isinstance(shift, Symbolic):
        return _roll_by_index(a, shift, np.atleast_1d(axis).tolist())
    shifts, axes = np.broadcast_arrays(np.atleast_1d(shift), np.atleast_1d(axis))
    for by, ax in zip(shifts.tolist(), axes.tolist(), strict=True):
        size = shape_of(a)[ax]
        if size and by % size:
            tail, head = array_split(a, [size - by % size], ax)
            a = concatenate((head, tail), axis=ax)
    return a


def _roll_by_index(a: Any, shift: Any, axes: list[int]) -> Any:
    """`roll` by shifts that are not known yet."""
    from nbbrain.operations.indexing import take

    shifts = broadcast_to(shift, (len(axes),))
    for i, axis in enumerate(axes):
        size = shape_of(a)[axis]
        a = take(a, (np.arange(size, dtype=dtype_of(shift)) - shifts[i]) % size, axis)
    return a


def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """Each element repeated along an axis."""
    if axis is None:
        a, axis = reshape(a, (-1,)), 0
    shape = shape_of(a)
    axis = normalize_axis_index(axis, len(shape))
    if np.ndim(repeats) == 0:
        spread = broadcast_to(expand_dims(a, axis + 1), (*shape[:axis + 1], int(repeats), *shape[axis + 1:]))
        return reshape(spread, (*shape[:axis], shape[axis] * int(repeats), *shape[axis + 1:]))
    from nbbrain.operations.indexing import take

    return take(a, np.repeat(np.arange(shape[axis]), np.asarray(repeats)), axis=axis)


def tile(A: Any, reps: Any) -> Any:
    """The array repeated as a whole."""
    counts = (int(reps),) if np.ndim(reps) == 0 else tuple(int(n) for n in reps)
    shape = shape_of(A)
    shape = (1,) * (len(counts) - len(shape)) + tuple(shape)
    counts = (1,) * (len(shape) - len(counts)) + counts
    doubled = [n for size in shape for n in (1, size)]
    spread = [n for count, size in zip(counts, shape, strict=True) for n in (count, size)]
    whole = broadcast_to(reshape(A, tuple(doubled)), tuple(spread))
    return reshape(whole, tuple([count * size for count, size in zip(counts, shape, strict=True)]))


def atleast_1d(*arys: Any) -> Any:
    """Arrays with at least one axis."""
    results = [reshape(a, (1,)) if not shape_of(a) else a for a in arys]
    return results[0] if len(results) == 1 else tuple(results)


def atleast_2d(*arys: Any) -> Any:
    """Arrays with at least two axes; new ones come first."""
    results = [reshape(a, (1,) * (2 - len(shape_of(a))) + shape_of(a)) if len(shape_of(a)) < 2 else a for a in arys]
    return results[0] if len(results) == 1 else tuple(results)


def atleast_3d(*arys: Any) -> Any:
    """Arrays with at least three axes."""
    def widen(a: Any) -> Any:
        shape = shape_of(a)
        return reshape(a, {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}[len(shape)]) if len(shape) < 3 else a

    results = [widen(a) for a in arys]
    return results[0] if len(results) == 1 else tuple(results)


def vstack(tup: Sequence[Any], *, dtype: Any = None) -> Any:
    """Arrays below one another."""
    return concatenate([atleast_2d(a) for a in tup], axis=0, dtype=dtype)


def hstack(tup: Sequence[Any], *, dtype: Any = None) -> Any:
    """Arrays side by side."""
    parts = [atleast_1d(a) for a in tup]
    return concatenate(parts, axis=0 if len(shape_of(parts[0])) == 1 else 1, dtype=dtype)


def dstack(tup: Sequence[Any]) -> Any:
    """Arrays one behind the other, along the third axis."""
    return concatenate([atleast_3d(a) for a in tup], axis=2)


def column_stack(tup: Sequence[Any]) -> Any:
    """One-dimensional arrays as the columns of a matrix."""
    return concatenate([reshape(a, (-1, 1)) if len(shape_of(a)) < 2 else a for a in tup], axis=1)


def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    """Arrays brought to their common shape."""
    shape = np.broadcast_shapes(*[shape_of(a) for a in args])
    return tuple([broadcast_to(a, shape) for a in args])


def hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """Parts along the second axis; along the only one of a vector."""
    return split(ary, indices_or_sections, 1 if len(shape_of(ary)) > 1 else 0)


def vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """Parts along the first axis of an array with at least two."""
    return _split_with_axes(ary, indices_or_sections, 0, 2)


def dsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """Parts along the third axis."""
    return _split_with_axes(ary, indices_or_sections, 2, 3)


def _split_with_axes(ary: Any, indices_or_sections: Any, axis: int, ndim: int) -> list[Any]:
    if len(shape_of(ary)) < ndim:
        raise ValueError(f"an array with at least {ndim} axes is needed, but got shape {shape_of(ary)}.")
    return split(ary, indices_or_sections, axis)


def fliplr(m: Any) -> Any:
    """The elements of each row in reverse order."""
    return flip(m, 1)


def flipud(m: Any) -> Any:
    """The rows in reverse order."""
    return flip(m, 0)


def rot90(m: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """The array turned k times by 90 degrees, from the first axis towards the second."""
    first, second = normalize_axis_tuple(axes, len(shape_of(m)))
    turns = k % 4
    if turns == 2:
        return flip(m, (first, second))
    if turns == 1:
        return swapaxes(flip(m, second), first, second)
    return flip(swapaxes(m, first, second), second) if turns else m


def block(arrays: Any) -> Any:
    """Nested lists of arrays put together: the innermost along the last axis, the next along the one before, and so on."""
    def depth_of(node: Any) -> int:
        return 1 + max([depth_of(item) for item in node], default=0) if isinstance(node, list) else 0

    def leaves_of(node: Any) -> list[Any]:
        return [leaf for item in node for leaf in leaves_of(item)] if isinstance(node, list) else [node]

    depth = depth_of(arrays)
    ndim = max(depth, *[len(shape_of(leaf)) for leaf in leaves_of(arrays)])

    def join(node: Any, level: int) -> Any:
        if isinstance(node, list):
            return concatenate([join(item, level + 1) for item in node], axis=level - depth)
        shape = shape_of(node)
        return reshape(node, (1,) * (ndim - len(shape)) + tuple(shape))

    return join(arrays, 0)


def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Any, ...]:
    """Coordinate arrays of a grid from coordinate vectors."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing must be 'xy' or 'ij', but got {indexing!r}.")
    ndim = len(xi)
    places = [1, 0, *range(2, ndim)] if indexing == "xy" and ndim > 1 else list(range(ndim))
    grids = [reshape(x, tuple([-1 if axis == place else 1 for axis in range(ndim)]))
             for x, place in zip(xi, places, strict=True)]
    return tuple(grids) if sparse else broadcast_arrays(*grids)


answer_for({
    np.reshape: reshape, np.transpose: transpose, np.broadcast_to: broadcast_to, np.flip: flip,
    np.expand_dims: expand_dims, np.squeeze: squeeze, np.ravel: ravel, np.moveaxis: moveaxis, np.swapaxes: swapaxes,
    np.rollaxis: rollaxis, np.split: split, np.array_split: array_split, np.hsplit: hsplit, np.vsplit: vsplit,
    np.dsplit: dsplit, np.fliplr: fliplr, np.flipud: flipud, np.rot90: rot90, np.roll: roll, np.repeat: repeat,
    np.tile: tile,
})
answer_for({np.block: block}, arrays="nested")
answer_for({np.concatenate: concatenate, np.stack: stack, np.vstack: vstack, np.hstack: hstack, np.dstack: dstack,
            np.column_stack: column_stack}, arrays="sequence")
answer_for({np.atleast_1d: atleast_1d, np.atleast_2d: atleast_2d, np.atleast_3d: atleast_3d,
            np.broadcast_arrays: broadcast_arrays, np.meshgrid: meshgrid}, arrays="all")
