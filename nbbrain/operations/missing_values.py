"""Reductions that leave NaN out."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbbrain.operations import reductions
from nbbrain.operations.elementwise import greater, isnan, logical_and, logical_not, sqrt
from nbbrain.operations.elementwise import where as choose
from nbbrain.operations.operation import answer_for, dtype_of, known_value, shape_of
from nbbrain.operations.reductions import Axis
from nbbrain.operations.shapes import broadcast_to
from nbbrain.operations.symbolic import Symbolic

__all__ = ["nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmin", "nanprod", "nanstd",
           "nansum", "nanvar"]


def _may_be_missing(a: Any) -> bool:
    dtype = dtype_of(a)
    return dtype.kind in "fc" if isinstance(dtype, np.dtype) else dtype in (float, complex)


def _replaced(a: Any, by: float) -> Any:
    """A number in the place of NaN."""
    return choose(isnan(a), by, a) if _may_be_missing(a) else a


def _present(a: Any, mask: Any) -> Any:
    """Where elements count: they are not NaN, and chosen by a mask."""
    present = logical_not(isnan(a)) if _may_be_missing(a) else np.ones(shape_of(a), bool)
    return present if mask is None else logical_and(present, broadcast_to(mask, shape_of(a)))


def nansum(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None,
           where: Any = None) -> Any:
    """The sum over axes, of the elements that are not NaN."""
    return reductions.sum(_replaced(a, 0), axis, dtype, out, keepdims, initial, where)


def nanprod(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None,
            where: Any = None) -> Any:
    """The product over axes, of the elements that are not NaN."""
    return reductions.prod(_replaced(a, 1), axis, dtype, out, keepdims, initial, where)


def nancumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    """The running sum along an axis, where NaN counts as 0."""
    return reductions.cumsum(_replaced(a, 0), axis, dtype, out)


def nancumprod(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    """The running product along an axis, where NaN counts as 1."""
    return reductions.cumprod(_replaced(a, 1), axis, dtype, out)


def _extremum(reduce: Callable[..., Any], lowest: float, a: Any, axis: Axis, keepdims: bool, initial: Any,
              mask: Any) -> Any:
    if not _may_be_missing(a):
        return reduce(a, axis, None, keepdims, initial, mask)
    result = reduce(_replaced(a, lowest), axis, None, keepdims, initial, mask)
    if initial is not None:
        return result
    nothing = reductions.all(isnan(a), axis, None, keepdims)
    return choose(nothing, float("nan"), result)


def nanmax(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None,
           where: Any = None) -> Any:
    """The largest element over axes that is not NaN; NaN where there is none."""
    return _extremum(reductions.max, float("-inf"), a, axis, keepdims, initial, where)


def nanmin(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None,
           where: Any = None) -> Any:
    """The smallest element over axes that is not NaN; NaN where there is none."""
    return _extremum(reductions.min, float("inf"), a, axis, keepdims, initial, where)


def _position(find: Callable[..., Any], lowest: float, a: Any, axis: int | None, keepdims: bool) -> Any:
    known = _may_be_missing(a) and not isinstance(a, Symbolic)
    if known and np.isnan(known_value(a, "nanargmax")).all(axis=axis).any():
        raise ValueError("All-NaN slice encountered: the position of an extremum of nothing was asked for.")
    return find(_replaced(a, lowest), axis, None, keepdims)


def nanargmax(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
    """The position of the largest element that is not NaN."""
    return _position(reductions.argmax, float("-inf"), a, axis, keepdims)


def nanargmin(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
    """The position of the smallest element that is not NaN."""
    return _position(reductions.argmin, float("inf"), a, axis, keepdims)


def nanmean(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, *,
            where: Any = None) -> Any:
    """The mean over axes, of the elements that are not NaN; NaN where there is none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return reductions.mean(_replaced(a, 0), axis, dtype, out, keepdims, where=_present(a, where))


def nanvar(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, *,
           where: Any = None) -> Any:
    """The variance over axes, of the elements that are not NaN; NaN where there are no more than ddof."""
    with np.errstate(invalid="ignore", divide="ignore"):
        present = _present(a, where)
        result = reductions.var(_replaced(a, 0), axis, dtype, out, ddof, keepdims, where=present)
    enough = greater(reductions.sum(present, axis, keepdims=keepdims), ddof)
    return choose(enough, result, float("nan"))


def nanstd(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, *,
           where: Any = None) -> Any:
    """The standard deviation over axes, of the elements that are not NaN."""
    return sqrt(nanvar(a, axis, dtype, out, ddof, keepdims, where=where))


answer_for({np.nansum: nansum, np.nanprod: nanprod, np.nancumsum: nancumsum, np.nancumprod: nancumprod,
            np.nanmax: nanmax, np.nanmin: nanmin, np.nanargmax: nanargmax, np.nanargmin: nanargmin,
            np.nanmean: nanmean, np.nanvar: nanvar, np.nanstd: nanstd})
