"""Order: sorting, positions in sorted data, and quantiles, which are linear in the sorted elements."""
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from nbbrain.operations.elementwise import add, equal, isnan, logical_not, multiply, subtract, where
from nbbrain.operations.indexing import get_item, take_along_axis
from nbbrain.operations.operation import Operation, answer_for, cast, dtype_of, known_value, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.reductions import Axis, any, as_inexact, axes_of, reduced_shape, sum
from nbbrain.operations.shapes import expand_dims, reshape, same_dtype, stack, transpose
from nbbrain.operations.symbolic import Abstract, Symbolic

__all__ = ["argsort", "median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile", "searchsorted",
           "sort"]

_argsort = Operation(
    "argsort", lambda x, *, axis: np.argsort(x, axis, "stable").astype(default_dtype("i")), kind="along",
    infer=lambda x, *, axis: Abstract(x.shape, default_dtype("i")))

_searchsorted = Operation(
    "searchsorted", lambda a, v, *, side: np.asarray(np.searchsorted(a, v, side), default_dtype("i")),
    infer=lambda a, v, *, side: Abstract(v.shape, default_dtype("i")), kind="along")


def argsort(a: Any, axis: int | None = -1, kind: str | None = None, order: None = None, *,
            stable: bool | None = None) -> Any:
    """The positions that sort the elements along an axis, equal ones in their order, whatever ``kind`` and ``stable`` say.

    Of the flattened array where the axis is None.
    """
    if order is not None:
        raise ValueError(f"argsort: 'order' is for records, but got {order!r}.")
    if axis is None or not shape_of(a):
        a, axis = reshape(a, (-1,)), 0
    return _argsort(a, axis=normalize_axis_index(axis, len(shape_of(a))))


def sort(a: Any, axis: int | None = -1, kind: str | None = None, order: None = None, *,
         stable: bool | None = None) -> Any:
    """The elements in ascending order along an axis; flattened where it is None."""
    if axis is None:
        a, axis = reshape(a, (-1,)), 0
    return take_along_axis(a, argsort(a, axis, kind, order, stable=stable), axis)


def msort(a: Any) -> Any:
    """The elements in ascending order along the first axis."""
    return sort(a, axis=0)


def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    """Where values would be inserted into a sorted vector to keep it sorted."""
    if side not in ("left", "right"):
        raise ValueError(f"searchsorted: side must be 'left' or 'right', but got {side!r}.")
    if sorter is not None:
        a = get_item(a, sorter)
    if len(shape_of(a)) != 1:
        raise ValueError(f"searchsorted: a sorted vector is needed, but got shape {shape_of(a)}.")
    return _searchsorted(*same_dtype((a, v)), side=side)


# ----------------------------------------------------------------------------------------------------------------
# Quantiles
# ----------------------------------------------------------------------------------------------------------------


def _position(q: np.ndarray, count: int, method: str) -> np.ndarray:
    """Where quantiles of so many elements lie among the sorted ones: the quantiles of 0, 1, 2, ..."""
    places = np.arange(max(count, 1), dtype=np.float64)
    return np.asarray(np.quantile(places, q, method=method))  # type: ignore[call-overload]


def _in_lines(a: Any, axis: Axis) -> tuple[Any, tuple[int, ...]]:
    """The array with the axes of a reduction as one last axis, and those axes."""
    shape = shape_of(a)
    axes = axes_of(axis, len(shape))
    kept = [i for i in range(len(shape)) if i not in axes]
    size = int(np.prod([shape[i] for i in axes], dtype=np.int64))
    return reshape(transpose(a, [*kept, *axes]), (*[shape[i] for i in kept], size)), axes


def _parts(position: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fractional positions as the places below and above, and the weight of the latter."""
    integer = default_dtype("i")
    return np.floor(position).astype(integer), np.ceil(position).astype(integer), position - np.floor(position)


def _at(ordered: Any, place: Any) -> Any:
    """The element of every sorted line at one place, or at a place of its own."""
    if not shape_of(place):
        return get_item(ordered, (Ellipsis, place if isinstance(place, Symbolic) else int(place)))
    return get_item(take_along_axis(ordered, expand_dims(place, -1), -1), (Ellipsis, 0))


def _between(ordered: Any, below: Any, above: Any, weight: Any) -> Any:
    """Elements of sorted lines between two places."""
    low = _at(ordered, below)
    if isinstance(weight, np.ndarray) and not np.any(weight):
        return low
    weight = cast(weight, dtype=dtype_of(ordered))
    between = add(multiply(low, subtract(1, weight)), multiply(_at(ordered, above), weight))
    return where(equal(weight, 0), low, between)


def _quantile(a: Any, q: Any, axis: Axis, keepdims: bool, method: str, skip_nan: bool) -> Any:
    q = np.asarray(known_value(q, "quantile"), np.float64)
    if q.size and not (q.min() >= 0 and q.max() <= 1):
        raise ValueError(f"quantiles must be in [0, 1] (percentiles in [0, 100]), but got {q.tolist()}.")
    lines, axes = _in_lines(as_inexact(a), axis)
    count = shape_of(lines)[-1]
    if not count:
        raise ValueError(f"a quantile of no elements was asked for: shape {shape_of(a)}, axis {axis}.")
    ordered, missing = sort(lines), isnan(lines)
    if skip_nan:
        counts = sum(logical_not(missing), axis=-1)
        nothing, places = equal(counts, 0), [_places_by_line(value, counts, count, method) for value in q.reshape(-1)]
    else:
        nothing, places = any(missing, axis=-1), [_parts(_position(value, count, method)) for value in q.reshape(-1)]
    shape = reduced_shape(shape_of(a), axes, keepdims)
    results = [reshape(where(nothing, float("nan"), _between(ordered, *place)), shape) for place in places]
    return results[0] if q.ndim == 0 else reshape(stack(results), (*q.shape, *shape))


def _places_by_line(q: Any, counts: Any, largest: int, method: str) -> tuple[Any, ...]:
    """Where a quantile lies in lines of different numbers of elements: looked up for every number that may occur."""
    sizes, which = np.arange(largest + 1), counts
    if not isinstance(counts, Symbolic):
        sizes, which = np.unique(known_value(counts, "nanquantile"), return_inverse=True)
        which = which.reshape(shape_of(counts))
    parts = _parts(np.array([_position(q, int(n), method) for n in sizes]))
    return tuple([get_item(part, which) for part in parts])


def _fractions(q: Any) -> np.ndarray:
    return np.asarray(known_value(q, "percentile"), np.float64) / 100.0


def quantile(a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
             keepdims: bool = False) -> Any:
    """The q-th quantiles over axes, by any of NumPy's methods; NaN where an element is NaN; no derivative by q."""
    return _quantile(a, q, axis, keepdims, method, skip_nan=False)


def percentile(a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False,
               method: str = "linear", keepdims: bool = False) -> Any:
    """The q-th percentiles over axes; see `quantile`."""
    return _quantile(a, _fractions(q), axis, keepdims, method, skip_nan=False)


def median(a: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The middle element over axes, the mean of two where their number is even."""
    return _quantile(a, 0.5, axis, keepdims, "linear", skip_nan=False)


def nanquantile(a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False,
                method: str = "linear", keepdims: bool = False) -> Any:
    """The q-th quantiles over axes, of the elements that are not NaN."""
    return _quantile(a, q, axis, keepdims, method, skip_nan=True)


def nanpercentile(a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False,
                  method: str = "linear", keepdims: bool = False) -> Any:
    """The q-th percentiles over axes, of the elements that are not NaN."""
    return _quantile(a, _fractions(q), axis, keepdims, method, skip_nan=True)


def nanmedian(a: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The middle element over axes, of the elements that are not NaN."""
    return _quantile(a, 0.5, axis, keepdims, "linear", skip_nan=True)


answer_for({np.argsort: argsort, np.sort: sort, np.median: median, np.quantile: quantile, np.percentile: percentile,
            np.nanmedian: nanmedian, np.nanquantile: nanquantile, np.nanpercentile: nanpercentile})
answer_for({np.searchsorted: searchsorted}, arrays=2)
