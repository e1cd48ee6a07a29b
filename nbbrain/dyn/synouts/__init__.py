"""``bp.synouts``: outputs of synapses."""
from nbbrain.dyn.synouts.currents import COBA, CUBA

__all__ = ["COBA", "CUBA"]
