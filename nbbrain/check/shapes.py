"""Checks of shapes."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from nbbrain.sizes import to_size

__all__ = ["check_shape", "check_shape_except_batch", "is_shape_broadcastable", "is_shape_consistency"]

_Shape = tuple[int, ...]


def is_shape_consistency(shapes: Iterable[Sequence[int]], free_axes: int | Sequence[int] | None = None,
                         return_format_shapes: bool = False) -> Any:
    """Raise a ValueError where shapes differ along other axes than the free ones.

    Parameters
    ----------
    shapes : iterable of shape
        The shapes.
    free_axes : int or sequence of int, optional
        The axes along which sizes may differ.
    return_format_shapes : bool
        Whether to return the shape without the free axes, and for every shape its sizes along them.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_shape_consistency([(3, 4, 5), (3, 2, 5)], free_axes=1, return_format_shapes=True)
    ((3, 5), [(4,), (2,)])
    """
    given = _shapes(shapes)
    if len({len(shape) for shape in given}) > 1:
        raise ValueError(f"shapes with one number of axes are needed, but got {given}.")
    free = _axes(free_axes, len(given[0]))
    fixed = [tuple([n for i, n in enumerate(shape) if i not in free]) for shape in given]
    if len(set(fixed)) > 1:
        raise ValueError(f"shapes that differ only along the axes {free} are needed, but got {given}.")
    return (fixed[0], [tuple([shape[i] for i in free]) for shape in given]) if return_format_shapes else None


def is_shape_broadcastable(shapes: Iterable[Sequence[int]], free_axes: int | Sequence[int] = (),
                           return_format_shapes: bool = False) -> Any:
    """Raise a ValueError where shapes cannot be broadcast along other axes than the free ones.

    Parameters
    ----------
    shapes : iterable of shape
        The shapes; those with fewer axes get axes of size 1 in front.
    free_axes : int or sequence of int
        The axes along which sizes may differ in any way.
    return_format_shapes : bool
        Whether to return the broadcast shape without the free axes, and for every shape its sizes along them.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_shape_broadcastable([(3, 1, 5), (4, 2)], free_axes=-1, return_format_shapes=True)
    ((3, 4), [(5,), (2,)])
    """
    given = _shapes(shapes)
    ndim = max(len(shape) for shape in given)
    full = [(1,) * (ndim - len(shape)) + shape for shape in given]
    free = _axes(free_axes, ndim)
    fixed = [i for i in range(ndim) if i not in free]
    sizes = {i: {shape[i] for shape in full} - {1} for i in fixed}
    if any(len(found) > 1 for found in sizes.values()):
        raise ValueError(f"shapes that can be broadcast, apart from the axes {free}, are needed, but got {given}.")
    broadcast = tuple([next(iter(sizes[i]), 1) for i in fixed])
    return (broadcast, [tuple([shape[i] for i in free]) for shape in full]) if return_format_shapes else None


def check_shape(all_shapes: Iterable[Sequence[int]], free_axes: int | Sequence[int] = -1) -> tuple[_Shape, list[_Shape]]:
    """Return the broadcast shape without the free axes, and the sizes along them: see `is_shape_broadcastable`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.check_shape([(3, 5), (3, 2)])
    ((3,), [(5,), (2,)])
    """
    return is_shape_broadcastable(all_shapes, free_axes, True)


def check_shape_except_batch(shape1: Sequence[int], shape2: Sequence[int], batch_idx: int = 0, mode: str = "raise") -> bool:
    """Whether two shapes are equal apart from the axis of the batch.

    Parameters
    ----------
    shape1, shape2 : shape
        The shapes.
    batch_idx : int
        The axis of the batch.
    mode : {'raise', 'bool'}
        Whether a difference raises a ValueError or returns False.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.check_shape_except_batch((3, 5), (8, 5)), bp.check.check_shape_except_batch((3, 5), (3, 4), mode='bool')
    (True, False)
    """
    if mode not in ("raise", "bool"):
        raise ValueError(f"mode must be 'raise' or 'bool', but got {mode!r}.")
    try:
        is_shape_consistency((shape1, shape2), batch_idx)
    except ValueError:
        if mode == "raise":
            raise
        return False
    return True


def _shapes(shapes: Iterable[Sequence[int]]) -> list[_Shape]:
    given = [to_size(shape) for shape in shapes]
    if not given:
        raise ValueError("shapes are needed, but got none.")
    return given


def _axes(axes: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    chosen = () if axes is None else (axes,) if isinstance(axes, int) else tuple(axes)
    if any(not -ndim <= axis < ndim for axis in chosen):
        raise ValueError(f"axes must be those of shapes with {ndim} axes, but got {chosen}.")
    return tuple(sorted({axis % ndim for axis in chosen}))
