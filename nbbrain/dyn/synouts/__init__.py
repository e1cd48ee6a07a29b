"""``bp.synouts``: outputs of synapses."""
from nbbrain.dyn.synouts.currents import COBA, CUBA
from nbbrain.dyn.synouts.magnesium import MgBlock

__all__ = ["COBA", "CUBA", "MgBlock"]
