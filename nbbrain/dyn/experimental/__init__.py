"""``bp.experimental``: synapses that know a connection only; spikes are given to them, and they return currents."""
from nbbrain.dyn.experimental.exponentials import Alpha, DualExponential, Exponential
from nbbrain.dyn.experimental.outputs import COBA, CUBA
from nbbrain.dyn.experimental.plasticity import STD, STP
from nbbrain.dyn.experimental.poisson_input import PoissonInput

__all__ = ["COBA", "CUBA", "STD", "STP", "Alpha", "DualExponential", "Exponential", "PoissonInput"]
