"""``bp.encoding``: from values to spikes."""
from nbbrain.encoding.base import Encoder
from nbbrain.encoding.latency import LatencyEncoder
from nbbrain.encoding.poisson import PoissonEncoder
from nbbrain.encoding.weighted_phase import WeightedPhaseEncoder

__all__ = ["Encoder", "LatencyEncoder", "PoissonEncoder", "WeightedPhaseEncoder"]
