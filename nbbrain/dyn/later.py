"""All models in the form of BrainPy 2.4.3 and later, also those whose names mean the earlier form in ``bp.dyn``."""
from nbbrain.dyn import bound_outputs, kinetics_alone, later_neurons, projections
from nbbrain.dyn.bound_outputs import *  # noqa: F403
from nbbrain.dyn.kinetics_alone import *  # noqa: F403
from nbbrain.dyn.later_neurons import *  # noqa: F403
from nbbrain.dyn.neurons import Integrator, Leaky
from nbbrain.dyn.projections import *  # noqa: F403

__all__ = ["Integrator", "Leaky"]
__all__ += bound_outputs.__all__ + kinetics_alone.__all__ + later_neurons.__all__ + projections.__all__
