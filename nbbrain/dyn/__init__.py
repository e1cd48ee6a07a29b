"""``bp.dyn``: models of neurons, synapses and layers, and what they are built of."""
from nbbrain.dyn import channels, experimental, layers, neurons, rates, synapses, synouts, synplast
from nbbrain.dyn.channels import *
from nbbrain.dyn.channels.base import Channel
from nbbrain.dyn.channels.group import CondNeuGroup
from nbbrain.dyn.later import *
from nbbrain.dyn.layers import (
    NVAR,
    Conv1dLSTMCell,
    Conv2dLSTMCell,
    Conv3dLSTMCell,
    GRUCell,
    LSTMCell,
    Reservoir,
    RNNCell,
)
from nbbrain.dyn.model_functions import DynSysGroup, VarDelay, clear_input, load_state, reset_state, save_state
from nbbrain.dyn.neurons import *
from nbbrain.dyn.older_synapses import *
from nbbrain.dyn.rates import QIF, FeedbackFHN, StuartLandauOscillator, ThresholdLinearModel, WilsonCowanModel
from nbbrain.dyn.synapses import NMDA, AdditiveCoupling, DelayCoupling, DiffusiveCoupling, PoissonInput
from nbbrain.dynsys import (
    Container,
    DynamicalSystem,
    Network,
    NeuGroup,
    Sequential,
    SynConn,
    SynLTP,
    SynOut,
    SynSTP,
    TwoEndConn,
)
