"""``bp.neurons``: groups of neurons."""
from nbbrain.dyn.neurons.adexif import AdExIF
from nbbrain.dyn.neurons.adquaif import AdQuaIF
from nbbrain.dyn.neurons.bellec import ALIFBellec2020, LIF_SFA_Bellec2020
from nbbrain.dyn.neurons.expif import ExpIF
from nbbrain.dyn.neurons.fitzhugh_nagumo import FHN
from nbbrain.dyn.neurons.fractional import FractionalFHR, FractionalIzhikevich, FractionalNeuron
from nbbrain.dyn.neurons.gif import GIF
from nbbrain.dyn.neurons.groups import InputGroup, OutputGroup
from nbbrain.dyn.neurons.hindmarsh_rose import HindmarshRose
from nbbrain.dyn.neurons.hodgkin_huxley import HH
from nbbrain.dyn.neurons.izhikevich import Izhikevich
from nbbrain.dyn.neurons.leaky import Integrator, Leaky
from nbbrain.dyn.neurons.leaky_integrator import LeakyIntegrator
from nbbrain.dyn.neurons.lif import LIF
from nbbrain.dyn.neurons.morris_lecar import MorrisLecar
from nbbrain.dyn.neurons.ou_process import OUProcess
from nbbrain.dyn.neurons.pinsky_rinzel import PinskyRinzelModel
from nbbrain.dyn.neurons.poisson import PoissonGroup
from nbbrain.dyn.neurons.quaif import QuaIF
from nbbrain.dyn.neurons.spike_time import SpikeTimeGroup
from nbbrain.dyn.neurons.wang_buzsaki import WangBuzsakiModel

__all__ = ["FHN", "GIF", "HH", "LIF", "ALIFBellec2020", "AdExIF", "AdQuaIF", "ExpIF", "FractionalFHR",
           "FractionalIzhikevich", "FractionalNeuron", "HindmarshRose", "InputGroup", "Integrator", "Izhikevich",
           "LIF_SFA_Bellec2020", "Leaky", "LeakyIntegrator", "MorrisLecar", "OUProcess", "OutputGroup",
           "PinskyRinzelModel", "PoissonGroup", "QuaIF", "SpikeTimeGroup", "WangBuzsakiModel"]
