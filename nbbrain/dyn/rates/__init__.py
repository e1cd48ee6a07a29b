"""``bp.rates``: populations described by their firing rates."""
from nbbrain.dyn.rates.base import RateModel
from nbbrain.dyn.rates.feedback_fhn import FeedbackFHN
from nbbrain.dyn.rates.fitzhugh_nagumo import FHN
from nbbrain.dyn.rates.qif import QIF
from nbbrain.dyn.rates.stuart_landau import StuartLandauOscillator
from nbbrain.dyn.rates.threshold_linear import ThresholdLinearModel
from nbbrain.dyn.rates.wilson_cowan import WilsonCowanModel

__all__ = ["FHN", "QIF", "FeedbackFHN", "RateModel", "StuartLandauOscillator", "ThresholdLinearModel", "WilsonCowanModel"]
