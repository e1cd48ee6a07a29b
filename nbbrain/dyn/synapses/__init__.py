"""``bp.synapses``: synapses between groups of neurons."""
from nbbrain.dyn.synapses.alpha import Alpha
from nbbrain.dyn.synapses.ampa import AMPA
from nbbrain.dyn.synapses.bio_nmda import BioNMDA
from nbbrain.dyn.synapses.delay_couplings import AdditiveCoupling, DelayCoupling, DiffusiveCoupling
from nbbrain.dyn.synapses.delta import Delta
from nbbrain.dyn.synapses.dual_exponential import DualExponential
from nbbrain.dyn.synapses.exponential import Exponential
from nbbrain.dyn.synapses.gabaa import GABAa
from nbbrain.dyn.synapses.gap_junction import GapJunction
from nbbrain.dyn.synapses.nmda import NMDA
from nbbrain.dyn.synapses.poisson_input import PoissonInput

__all__ = [
    "AMPA",
    "NMDA",
    "AdditiveCoupling",
    "Alpha",
    "BioNMDA",
    "DelayCoupling",
    "Delta",
    "DiffusiveCoupling",
    "DualExponential",
    "Exponential",
    "GABAa",
    "GapJunction",
    "PoissonInput",
]
