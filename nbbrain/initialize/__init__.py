"""The first values of parameters and states."""
from nbbrain.initialize.base import Initializer
from nbbrain.initialize.decay import DOGDecay, GaussianDecay
from nbbrain.initialize.distributions import Exponential, Gamma, Normal, Uniform
from nbbrain.initialize.generic import delay, noise, parameter, variable, variable_
from nbbrain.initialize.limits import Clip
from nbbrain.initialize.orthogonal import DeltaOrthogonal, Orthogonal
from nbbrain.initialize.regular import Constant, Identity, OneInit, ZeroInit
from nbbrain.initialize.scaling import (
    KaimingNormal,
    KaimingUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
    XavierNormal,
    XavierUniform,
)

__all__ = [
    "Clip",
    "Constant",
    "DOGDecay",
    "DeltaOrthogonal",
    "Exponential",
    "Gamma",
    "GaussianDecay",
    "Identity",
    "Initializer",
    "KaimingNormal",
    "KaimingUniform",
    "LecunNormal",
    "LecunUniform",
    "Normal",
    "OneInit",
    "Orthogonal",
    "Uniform",
    "VarianceScaling",
    "XavierNormal",
    "XavierUniform",
    "ZeroInit",
    "delay",
    "noise",
    "parameter",
    "variable",
    "variable_",
]
