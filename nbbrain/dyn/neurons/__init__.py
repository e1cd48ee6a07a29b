"""``bp.neurons``: groups of neurons."""
from nbbrain.dyn.neurons.groups import InputGroup, OutputGroup
from nbbrain.dyn.neurons.leaky_integrator import LeakyIntegrator
from nbbrain.dyn.neurons.lif import LIF

__all__ = ["LIF", "InputGroup", "LeakyIntegrator", "OutputGroup"]
