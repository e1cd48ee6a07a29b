"""Optimizers, which change variables along their gradients, and schedulers of their learning rates."""
from nbbrain.optimizers.adam import Adam, AdamW
from nbbrain.optimizers.adan import Adan
from nbbrain.optimizers.adaptive import Adadelta, Adagrad, RMSProp
from nbbrain.optimizers.call_schedulers import (
    CosineAnnealingWarmRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstant,
    PolynomialDecay,
)
from nbbrain.optimizers.lars import LARS
from nbbrain.optimizers.optimizer import Optimizer
from nbbrain.optimizers.schedulers import (
    Constant,
    CosineAnnealingLR,
    ExponentialLR,
    MultiStepLR,
    Scheduler,
    StepLR,
    make_schedule,
)
from nbbrain.optimizers.sgd import SGD, Momentum, MomentumNesterov

__all__ = [
    "LARS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adan",
    "Constant",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialDecay",
    "ExponentialLR",
    "InverseTimeDecay",
    "Momentum",
    "MomentumNesterov",
    "MultiStepLR",
    "Optimizer",
    "PiecewiseConstant",
    "PolynomialDecay",
    "RMSProp",
    "Scheduler",
    "StepLR",
    "make_schedule",
]
