"""``bp.layers``: layers of artificial neural networks and reservoirs."""
from nbbrain.dyn.layers.adaptive_pooling import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
)
from nbbrain.dyn.layers.base import Activation, Flatten, FunAsLayer, Identity, Layer
from nbbrain.dyn.layers.batch_norm import BatchNorm1D, BatchNorm1d, BatchNorm2D, BatchNorm2d, BatchNorm3D, BatchNorm3d
from nbbrain.dyn.layers.connections import (
    AllToAll,
    CSRLinear,
    EventCSRLinear,
    EventJitFPHomoLinear,
    EventJitFPNormalLinear,
    EventJitFPUniformLinear,
    JitFPHomoLinear,
    JitFPNormalLinear,
    JitFPUniformLinear,
    MaskedLinear,
    OneToOne,
)
from nbbrain.dyn.layers.conv import Conv1D, Conv1d, Conv2D, Conv2d, Conv3D, Conv3d
from nbbrain.dyn.layers.conv_lstm import Conv1dLSTMCell, Conv2dLSTMCell, Conv3dLSTMCell
from nbbrain.dyn.layers.conv_transpose import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from nbbrain.dyn.layers.dense import Dense, Linear
from nbbrain.dyn.layers.deprecated import GRU, LSTM, VanillaRNN
from nbbrain.dyn.layers.dropout import Dropout
from nbbrain.dyn.layers.group_norm import GroupNorm, InstanceNorm, LayerNorm
from nbbrain.dyn.layers.nvar import NVAR
from nbbrain.dyn.layers.pooling import (
    AvgPool,
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    MaxPool,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
    MinPool,
)
from nbbrain.dyn.layers.rectifiers import LeakyReLU, PReLU, ReLU, ReLU6, RReLU, Threshold
from nbbrain.dyn.layers.recurrent import GRUCell, LSTMCell, RNNCell
from nbbrain.dyn.layers.reservoir import Reservoir
from nbbrain.dyn.layers.saturation import (
    Hardshrink,
    Hardsigmoid,
    Hardtanh,
    LogSigmoid,
    Sigmoid,
    Softshrink,
    Softsign,
    Tanh,
    Tanhshrink,
)
from nbbrain.dyn.layers.smooth_rectifiers import CELU, ELU, GELU, SELU, Hardswish, Mish, SiLU, Softplus
from nbbrain.dyn.layers.softmax import GLU, LogSoftmax, Softmax, Softmax2d, Softmin

__all__ = [
    "CELU", "ELU", "GELU", "GLU", "GRU", "LSTM", "NVAR", "SELU", "Activation", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "AllToAll", "AvgPool", "AvgPool1d",
    "AvgPool2d", "AvgPool3d", "BatchNorm1D", "BatchNorm1d", "BatchNorm2D", "BatchNorm2d", "BatchNorm3D", "BatchNorm3d",
    "CSRLinear", "Conv1D", "Conv1d", "Conv1dLSTMCell", "Conv2D", "Conv2d", "Conv2dLSTMCell", "Conv3D", "Conv3d",
    "Conv3dLSTMCell", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Dense", "Dropout", "EventCSRLinear",
    "EventJitFPHomoLinear", "EventJitFPNormalLinear", "EventJitFPUniformLinear", "Flatten", "FunAsLayer", "GRUCell",
    "GroupNorm", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "Identity", "InstanceNorm", "JitFPHomoLinear",
    "JitFPNormalLinear", "JitFPUniformLinear", "LSTMCell", "Layer", "LayerNorm", "LeakyReLU", "Linear", "LogSigmoid",
    "LogSoftmax", "MaskedLinear", "MaxPool", "MaxPool1d", "MaxPool2d", "MaxPool3d", "MinPool", "Mish", "OneToOne", "PReLU",
    "RNNCell", "RReLU", "ReLU", "ReLU6", "Reservoir", "SiLU", "Sigmoid", "Softmax", "Softmax2d", "Softmin", "Softplus",
    "Softshrink", "Softsign", "Tanh", "Tanhshrink", "Threshold", "VanillaRNN",
]
