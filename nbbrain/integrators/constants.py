"""What may be said about an equation: the kind of its variables, its stochastic integral, and its Wiener process."""
from __future__ import annotations

__all__ = ["ITO_SDE", "POP_VAR", "SCALAR_VAR", "SCALAR_WIENER", "STRA_SDE", "SUPPORTED_INTG_TYPE", "SUPPORTED_VAR_TYPE",
           "SUPPORTED_WIENER_TYPE", "SYSTEM_VAR", "VECTOR_WIENER"]

SCALAR_VAR, POP_VAR, SYSTEM_VAR = "scalar", "population", "system"
SUPPORTED_VAR_TYPE = [SCALAR_VAR, POP_VAR, SYSTEM_VAR]
ITO_SDE, STRA_SDE = "Ito", "Stratonovich"
SUPPORTED_INTG_TYPE = [ITO_SDE, STRA_SDE]
SCALAR_WIENER, VECTOR_WIENER = "scalar", "vector"
SUPPORTED_WIENER_TYPE = [SCALAR_WIENER, VECTOR_WIENER]
