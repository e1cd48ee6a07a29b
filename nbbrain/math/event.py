"""Products with events: only what fired costs anything."""
from __future__ import annotations

from nbbrain.math.sparse import event_csr_matvec as csrmv

__all__ = ["csrmv"]
