"""Losses: what training makes small. They take and return arrays, and can be differentiated."""
from nbbrain.losses.alignment import ctc_loss, ctc_loss_with_forward_probs
from nbbrain.losses.classification import (
    binary_logistic_loss,
    cross_entropy_loss,
    cross_entropy_sigmoid,
    cross_entropy_sparse,
    multiclass_logistic_loss,
    sigmoid_binary_cross_entropy,
    smooth_labels,
    softmax_cross_entropy,
)
from nbbrain.losses.regression import (
    huber_loss,
    l1_loos,
    l2_loss,
    l2_norm,
    log_cosh,
    log_cosh_loss,
    mean_absolute,
    mean_absolute_error,
    mean_square,
    mean_squared_error,
    mean_squared_log_error,
)

__all__ = [
    "binary_logistic_loss",
    "cross_entropy_loss",
    "cross_entropy_sigmoid",
    "cross_entropy_sparse",
    "ctc_loss",
    "ctc_loss_with_forward_probs",
    "huber_loss",
    "l1_loos",
    "l2_loss",
    "l2_norm",
    "log_cosh",
    "log_cosh_loss",
    "mean_absolute",
    "mean_absolute_error",
    "mean_square",
    "mean_squared_error",
    "mean_squared_log_error",
    "multiclass_logistic_loss",
    "sigmoid_binary_cross_entropy",
    "smooth_labels",
    "softmax_cross_entropy",
]
