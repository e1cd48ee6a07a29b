"""Products with sparse matrices."""
from __future__ import annotations

from nbbrain.math.lifting import lift
from nbbrain.operations import sparse

__all__ = ["csr_matvec", "event_csr_matvec"]

csr_matvec = lift(sparse.csr_matvec, arrays=4)
event_csr_matvec = lift(sparse.event_csr_matvec, arrays=4)
