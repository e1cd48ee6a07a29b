"""``bp.synapses``: synapses between groups of neurons."""
from nbbrain.dyn.synapses.delta import Delta
from nbbrain.dyn.synapses.exponential import Exponential

__all__ = ["Delta", "Exponential"]
