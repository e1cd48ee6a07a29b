"""Where values lie in memory: buffers, and strided views of them."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

__all__ = ["Buffer", "Role", "View", "contiguous_strides", "is_contiguous", "transform"]

Role = Literal["carried", "in_place", "history", "per_step", "constant", "output", "sum", "scratch"]


@dataclass(frozen=True)
class Buffer:
    """A piece of memory.

    Attributes
    ----------
    number : int
        Its position among the buffers of a plan.
    role : str
        'carried' has two slots, of which a turn reads one and writes the other; 'in_place' is what is carried in a single
        one; 'history' is what is carried with a slot for every turn and one more, where turns are asked for; 'per_step' and
        'output' have one slot a turn; the others have a single slot, but for scratch with a ``window``.
    index : int
        The position among the buffers of its role: which input or result it is.
    shape : tuple of int
        Of one slot, stored in C order.
    dtype : dtype
        Of the elements.
    private : bool
        Whether every tile of rows has a copy of its own.
    slot : int
        The number of elements from one turn's slot to the next.
    window : int
        How many turns a scratch buffer keeps, a power of two.
    """

    number: int
    role: Role
    index: int
    shape: tuple[int, ...]
    dtype: np.dtype
    private: bool
    slot: int = 0
    window: int = 1

    @property
    def size(self) -> int:
        """The number of elements of one slot."""
        return int(np.prod(self.shape, dtype=np.int64))


@dataclass(frozen=True)
class View:
    """Elements of a buffer, with strides and an offset counted in elements; ``next_slot`` is where a turn writes."""

    buffer: Buffer
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int = 0
    next_slot: bool = False


def contiguous_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides of C order."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


def is_contiguous(view: View) -> bool:
    """Whether the elements follow one another in C order."""
    return all(stride == want or size == 1 for size, stride, want in
               zip(view.shape, view.strides, contiguous_strides(view.shape), strict=True))


def transform(view: View, function: Callable[[np.ndarray], np.ndarray]) -> View | None:
    """The view that a NumPy function would give; None where it would have to copy.

    NumPy does the arithmetic itself, on an array of the same strides whose elements nobody touches.
    """
    stand_in: Any = np.lib.stride_tricks.as_strided(np.empty(1, np.int8), view.shape, view.strides)
    try:
        result = function(stand_in)
    except ValueError:
        return None
    start = stand_in.__array_interface__["data"][0]
    offset = result.__array_interface__["data"][0] - start if result.size else 0
    return replace(view, shape=result.shape, strides=result.strides, offset=view.offset + offset)


def view_function(name: str, parameters: dict[str, Any]) -> Callable[[np.ndarray], np.ndarray]:
    """The NumPy function of a view operation; it raises ValueError where a copy would be needed."""
    if name == "reshape":
        return lambda x: np.reshape(x, parameters["shape"], copy=False)
    if name == "transpose":
        return lambda x: np.transpose(x, parameters["axes"])
    if name == "broadcast_to":
        return lambda x: np.broadcast_to(x, parameters["shape"])
    if name == "flip":
        return lambda x: np.flip(x, parameters["axis"])
    if name == "windows":
        from nbbrain.operations.windows import windows_of

        return lambda x: windows_of(x, **{key: parameters[key] for key in ("axes", "sizes", "strides", "dilations")})
    from nbbrain.operations.indexing import join_index

    index = join_index(parameters["static"], ())
    whole = index if Ellipsis in index else (*index, Ellipsis)  # with an ellipsis, one element is a view too
    return lambda x: x[whole]
