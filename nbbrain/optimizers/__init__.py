"""Optimizers, which change variables along their gradients, and schedulers of their learning rates."""
from nbbrain.optimizers.adam import Adam
from nbbrain.optimizers.optimizer import Optimizer
from nbbrain.optimizers.schedulers import (
    Constant,
    CosineAnnealingLR,
    ExponentialDecay,
    ExponentialLR,
    InverseTimeDecay,
    MultiStepLR,
    PiecewiseConstant,
    PolynomialDecay,
    Scheduler,
    StepLR,
    make_schedule,
)
from nbbrain.optimizers.sgd import SGD, Momentum

__all__ = [
    "SGD",
    "Adam",
    "Constant",
    "CosineAnnealingLR",
    "ExponentialDecay",
    "ExponentialLR",
    "InverseTimeDecay",
    "Momentum",
    "MultiStepLR",
    "Optimizer",
    "PiecewiseConstant",
    "PolynomialDecay",
    "Scheduler",
    "StepLR",
    "make_schedule",
]
