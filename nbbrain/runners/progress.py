"""How far a long run is: it is cut into parts, since a compiled loop says nothing until it ends."""
from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence

__all__ = ["parts_of", "shown"]

_PARTS = 20
_SHORT = 2000
"""Steps below which a run is not cut."""


def parts_of(steps: int, progress: bool) -> list[tuple[int, int]]:
    """The first step of every part, and the one behind its last."""
    if not progress or steps < _SHORT:
        return [(0, steps)]
    each = -(-steps // _PARTS)
    return [(start, min(start + each, steps)) for start in range(0, steps, each)]


def shown(parts: Sequence[tuple[int, int]], steps: int, progress: bool) -> Iterator[tuple[int, int]]:
    """The parts one after the other; a bar where tqdm is installed grows with them."""
    if not progress or importlib.util.find_spec("tqdm") is None:
        yield from parts
        return
    from tqdm.auto import tqdm

    with tqdm(total=steps, unit="step") as bar:
        for start, stop in parts:
            yield start, stop
            bar.update(stop - start)
