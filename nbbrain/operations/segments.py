"""Reductions of the rows of an array by segment: row i belongs to segment ``segment_ids[i]``."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.operations.elementwise import cast_like, divide, equal, maximum, multiply, sqrt, where
from nbbrain.operations.indexing import add_item, get_item
from nbbrain.operations.operation import Operation, dtype_of, known_value, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.shapes import reshape
from nbbrain.operations.symbolic import Abstract

__all__ = ["segment_max", "segment_mean", "segment_min", "segment_prod", "segment_sqrt_n", "segment_sum"]


def _number(segment_ids: Any, num_segments: int | None) -> int:
    if num_segments is not None:
        return int(num_segments)
    ids = known_value(segment_ids, "segment operation without num_segments")
    return int(ids.max()) + 1 if ids.size else 0


def _infer(data: Abstract, ids: Abstract, *, size: int) -> Abstract:
    return Abstract((size, *data.shape[1:]), data.dtype)


def _reduce_with(ufunc: np.ufunc, start: Any) -> Any:
    def function(data: np.ndarray, ids: np.ndarray, *, size: int) -> np.ndarray:
        result = np.full((size, *data.shape[1:]), start(data.dtype), data.dtype)
        ufunc.at(result, ids, data)
        return result

    return function


def _lowest(dtype: np.dtype) -> Any:
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def _highest(dtype: np.dtype) -> Any:
    return np.inf if dtype.kind == "f" else np.iinfo(dtype).max


def _extremum_rule(g: Any, z: Any, data: Any, ids: Any, *, size: int) -> Any:
    """The cotangent of the extremum of a segment, shared equally among the rows that attain it."""
    attained = cast_like(equal(data, get_item(z, ids)), g)
    number = maximum(segment_sum(attained, ids, size), 1)
    return multiply(attained, get_item(divide(g, number), ids))


def _product_rule(g: Any, z: Any, data: Any, ids: Any, *, size: int) -> Any:
    """The product of the other rows of the segment: exact where rows are zero."""
    is_zero = equal(data, 0)
    zeros = get_item(segment_sum(cast_like(is_zero, g), ids, size), ids)
    safe = where(is_zero, 1, data)
    rest = get_item(_prod(safe, ids, size=size), ids)
    others = where(is_zero, where(equal(zeros, 1), rest, 0), where(equal(zeros, 0), divide(rest, safe), 0))
    return multiply(get_item(g, ids), others)


_max = Operation("segment_max", _reduce_with(np.maximum, _lowest), infer=_infer, kind="along",
                 derivatives=(_extremum_rule, None))
_min = Operation("segment_min", _reduce_with(np.minimum, _highest), infer=_infer, kind="along",
                 derivatives=(_extremum_rule, None))
_prod = Operation("segment_prod", _reduce_with(np.multiply, lambda dtype: 1), infer=_infer, kind="along",
                  derivatives=(_product_rule, None))


def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, indices_are_sorted: bool = False,
                unique_indices: bool = False, bucket_size: int | None = None, mode: Any = None) -> Any:
    """The sum of the rows of every segment; zero where it has none.

    Parameters
    ----------
    data : array
        The rows.
    segment_ids : array of int
        The segment of every row, from 0 on.
    num_segments : int, optional
        How many segments there are; by default, up to the largest that occurs, which must then be known.
    indices_are_sorted, unique_indices, bucket_size, mode
        Accepted for compatibility; they change nothing.
    """
    zeros = np.zeros((_number(segment_ids, num_segments), *shape_of(data)[1:]), dtype_of(data))
    return add_item(zeros, segment_ids, data)


def segment_prod(data: Any, segment_ids: Any, num_segments: int | None = None, indices_are_sorted: bool = False,
                 unique_indices: bool = False, bucket_size: int | None = None, mode: Any = None) -> Any:
    """The product of the rows of every segment; one where it has none. See `segment_sum`."""
    return _prod(data, segment_ids, size=_number(segment_ids, num_segments))


def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, indices_are_sorted: bool = False,
                unique_indices: bool = False, bucket_size: int | None = None, mode: Any = None) -> Any:
    """The maximum of the rows of every segment; the lowest number where it has none. See `segment_sum`."""
    return _max(data, segment_ids, size=_number(segment_ids, num_segments))


def segment_min(data: Any, segment_ids: Any, num_segments: int | None = None, indices_are_sorted: bool = False,
                unique_indices: bool = False, bucket_size: int | None = None, mode: Any = None) -> Any:
    """The minimum of the rows of every segment; the highest number where it has none. See `segment_sum`."""
    return _min(data, segment_ids, size=_number(segment_ids, num_segments))


def _counts(data: Any, segment_ids: Any, size: int) -> Any:
    """The number of rows of every segment, at least one, with the axes of the result."""
    ones = np.ones(shape_of(segment_ids), default_dtype("f"))
    return reshape(maximum(segment_sum(ones, segment_ids, size), 1), (size, *[1] * (len(shape_of(data)) - 1)))


def segment_mean(data: Any, segment_ids: Any, num_segments: int | None = None) -> Any:
    """The mean of the rows of every segment; zero where it has none. See `segment_sum`."""
    size, data = _number(segment_ids, num_segments), as_inexact(data)
    return divide(segment_sum(data, segment_ids, size), cast_like(_counts(data, segment_ids, size), data))


def segment_sqrt_n(data: Any, segment_ids: Any, num_segments: int | None = None) -> Any:
    """The sum of the rows of every segment, divided by the square root of their number; zero where it has none."""
    size, data = _number(segment_ids, num_segments), as_inexact(data)
    return divide(segment_sum(data, segment_ids, size), sqrt(cast_like(_counts(data, segment_ids, size), data)))
