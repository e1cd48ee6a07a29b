"""``bp.measure``: what is measured in recordings of spikes and potentials, and in what classifiers put out."""
from nbbrain.measure.classification import accuracy, confusion_matrix, top_k_accuracy
from nbbrain.measure.correlation import (
    cross_correlation,
    functional_connectivity,
    matrix_correlation,
    voltage_fluctuation,
    weighted_correlation,
)
from nbbrain.measure.counts import firing_rates, spike_counts
from nbbrain.measure.firings import firing_rate, raster_plot
from nbbrain.measure.first_spikes import first_spike_times
from nbbrain.measure.local_field_potential import unitary_LFP
from nbbrain.measure.tuning import tuning_curves

__all__ = [
    "accuracy",
    "confusion_matrix",
    "cross_correlation",
    "firing_rate",
    "firing_rates",
    "first_spike_times",
    "functional_connectivity",
    "matrix_correlation",
    "raster_plot",
    "spike_counts",
    "top_k_accuracy",
    "tuning_curves",
    "unitary_LFP",
    "voltage_fluctuation",
    "weighted_correlation",
]
