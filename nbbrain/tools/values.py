"""Values of arguments."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbbrain.errors import PackageMissingError

__all__ = ["format_seed", "numba_seed", "replicate"]


def format_seed(seed: int | None = None) -> int:
    """A seed as an integer; without one, a random one that depends on ``bm.random.seed``.

    Parameters
    ----------
    seed : int, optional
        The seed.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.tools.format_seed(3), 0 <= bp.tools.format_seed() < 2**31
    (3, True)
    """
    from nbbrain.math import random

    return int(random.randint(0, 2**31 - 1) if seed is None else seed)


def numba_seed(seed: int | None) -> None:
    """Seed the random numbers of functions that Numba has compiled. Those of nbbrain do not depend on it.

    Parameters
    ----------
    seed : int, optional
        The seed; None changes nothing.

    Raises
    ------
    PackageMissingError
        Without Numba.
    """
    if seed is None:
        return
    try:
        import numba
        import numpy as np
    except ImportError:
        raise PackageMissingError("numba_seed needs the package numba: pip install numba.") from None

    @numba.njit
    def compiled(value: int) -> None:
        np.random.seed(value)  # inside of compiled code, this is the generator of Numba

    compiled(seed)


def replicate(element: Any, num_replicate: int, name: str) -> tuple[Any, ...]:
    """One element for all, or one each, as a tuple of a given length.

    Parameters
    ----------
    element : object or sequence
        One object, or a sequence of one or of ``num_replicate``. Text counts as one object.
    num_replicate : int
        The length.
    name : str
        The name of the argument, for errors.

    Raises
    ------
    TypeError
        When the sequence has another length.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.tools.replicate(3, 2, 'strides'), bp.tools.replicate([1, 2], 2, 'strides')
    ((3, 3), (1, 2))
    """
    if isinstance(element, (str, bytes)) or not isinstance(element, Sequence):
        return (element,) * num_replicate
    if len(element) == 1:
        return tuple(element) * num_replicate
    if len(element) != num_replicate:
        raise TypeError(f"{name} must be one value, or a sequence of one or of {num_replicate}, but got {len(element)}.")
    return tuple(element)
