"""``bp.measure``: what is measured in recordings of spikes and potentials."""
from nbbrain.measure.correlation import (
    cross_correlation,
    functional_connectivity,
    matrix_correlation,
    voltage_fluctuation,
    weighted_correlation,
)
from nbbrain.measure.firings import firing_rate, raster_plot
from nbbrain.measure.local_field_potential import unitary_LFP

__all__ = [
    "cross_correlation",
    "firing_rate",
    "functional_connectivity",
    "matrix_correlation",
    "raster_plot",
    "unitary_LFP",
    "voltage_fluctuation",
    "weighted_correlation",
]
