"""``bp.layers``: layers of artificial neural networks and reservoirs."""
from nbbrain.dyn.layers.base import Activation, Flatten, FunAsLayer, Identity, Layer
from nbbrain.dyn.layers.dense import Dense, Linear
from nbbrain.dyn.layers.dropout import Dropout
from nbbrain.dyn.layers.nvar import NVAR
from nbbrain.dyn.layers.recurrent import GRUCell, LSTMCell, RNNCell

__all__ = ["NVAR", "Activation", "Dense", "Dropout", "Flatten", "FunAsLayer", "GRUCell", "Identity", "LSTMCell", "Layer",
           "Linear", "RNNCell"]
