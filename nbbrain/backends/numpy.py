"""The reference backend: plain NumPy, one operation after another, the definition of correct."""

from __future__ import annotations

from nbbrain.backends.base import Backend

__all__ = ["NumPyBackend", "backend"]


class NumPyBackend(Backend):
    """Runs every operation at once, and differentiates with autograd's tape."""

    name = "numpy"
    description = "the reference: NumPy, one operation after another"


backend = NumPyBackend()
