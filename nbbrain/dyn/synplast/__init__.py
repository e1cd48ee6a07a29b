"""``bp.synplast``: short-term plasticity of synapses."""
from nbbrain.dyn.synplast.depression import STD
from nbbrain.dyn.synplast.facilitation import STP

__all__ = ["STD", "STP"]
