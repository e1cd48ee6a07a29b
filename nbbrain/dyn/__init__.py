"""``bp.dyn``: models of neurons, synapses and layers."""
from nbbrain.dyn import layers, neurons, synapses, synouts

__all__ = ["layers", "neurons", "synapses", "synouts"]
