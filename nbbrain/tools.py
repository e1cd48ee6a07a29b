"""Small tools that models and users share."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbbrain.math.objects.naming import clear_name_cache

__all__ = ["DotDict", "clear_name_cache", "size2num", "to_size"]


class DotDict(dict[str, Any]):
    """A dict whose items are attributes too.

    Examples
    --------
    >>> import nbbrain as bp
    >>> a = bp.tools.DotDict(t=0.)
    >>> a.dt = 0.1
    >>> a.t, a['dt']
    (0.0, 0.1)
    """

    def __getattr__(self, key: str) -> Any:
        try:
            return self[key]
        except KeyError as error:
            raise AttributeError(*error.args) from None

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __delattr__(self, key: str) -> None:
        try:
            del self[key]
        except KeyError as error:
            raise AttributeError(*error.args) from None

    def copy(self) -> DotDict:
        """A dict of the same kind with the same items."""
        return type(self)(self)


def to_size(x: Any) -> tuple[int, ...] | None:
    """A size as a tuple of integers; None stays None.

    Parameters
    ----------
    x : int or sequence of int, optional
        The size.

    Raises
    ------
    ValueError
        For anything but integers of at least 0.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.tools.to_size(3), bp.tools.to_size([2, 4])
    ((3,), (2, 4))
    """
    if x is None:
        return None
    items = list(x) if isinstance(x, (Sequence, np.ndarray)) and not isinstance(x, str) else [x]
    if not items or any(isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 0 for n in items):
        raise ValueError(f"a size is an integer of at least 0, or a sequence of them, but got {x!r}.")
    return tuple([int(n) for n in items])


def size2num(size: Any) -> int:
    """How many elements something of a size has.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.tools.size2num((3, 4))
    12
    """
    return int(np.prod(to_size(size), dtype=np.int64)) if size is not None else 0
