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
from nbbrain.losses.firing_rate import firing_rate_loss
from nbbrain.losses.first_spike import first_spike_loss
from nbbrain.losses.max_over_time import max_over_time_cross_entropy
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
from nbbrain.losses.regularization import activity_l1, activity_l2, firing_rate_penalty, weight_l1, weight_l2
from nbbrain.losses.spike_count import spike_count_cross_entropy, spike_count_squared_error
from nbbrain.losses.spike_train import van_rossum_loss

__all__ = [
    "activity_l1",
    "activity_l2",
    "binary_logistic_loss",
    "cross_entropy_loss",
    "cross_entropy_sigmoid",
    "cross_entropy_sparse",
    "ctc_loss",
    "ctc_loss_with_forward_probs",
    "firing_rate_loss",
    "firing_rate_penalty",
    "first_spike_loss",
    "huber_loss",
    "l1_loos",
    "l2_loss",
    "l2_norm",
    "log_cosh",
    "log_cosh_loss",
    "max_over_time_cross_entropy",
    "mean_absolute",
    "mean_absolute_error",
    "mean_square",
    "mean_squared_error",
    "mean_squared_log_error",
    "multiclass_logistic_loss",
    "sigmoid_binary_cross_entropy",
    "smooth_labels",
    "softmax_cross_entropy",
    "spike_count_cross_entropy",
    "spike_count_squared_error",
    "van_rossum_loss",
    "weight_l1",
    "weight_l2",
]
