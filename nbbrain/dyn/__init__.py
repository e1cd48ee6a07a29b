"""``bp.dyn``: models of neurons, synapses and layers."""
from nbbrain.dyn import channels, layers, neurons, rates, synapses, synouts, synplast

__all__ = ["channels", "layers", "neurons", "rates", "synapses", "synouts", "synplast"]
