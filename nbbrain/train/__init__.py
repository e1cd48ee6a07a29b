"""Trainers: back-propagation, and regression of readouts; and what is done beside the training itself."""
from nbbrain.train.back_propagation import BPFF, BPTT
from nbbrain.train.callbacks import Callback, Fit
from nbbrain.train.checkpointing import Checkpoint
from nbbrain.train.e_prop import Eprop
from nbbrain.train.e_prop_network import EpropNetwork
from nbbrain.train.early_stopping import EarlyStopping
from nbbrain.train.event_network import EventPropNetwork
from nbbrain.train.event_prop import EventProp, first_spike_cross_entropy
from nbbrain.train.firing_rates import FiringRateWarning, WatchFiringRates
from nbbrain.train.gradients import ClipGradients
from nbbrain.train.guards import NonFiniteError, StopOnNonFinite
from nbbrain.train.history import History
from nbbrain.train.offline import OfflineTrainer, RidgeTrainer
from nbbrain.train.online import ForceTrainer, OnlineTrainer
from nbbrain.train.report import HtmlReport
from nbbrain.train.trainer import DSTrainer

__all__ = [
    "BPFF", "BPTT", "Callback", "Checkpoint", "ClipGradients", "DSTrainer", "EarlyStopping", "Eprop",
    "EpropNetwork", "EventProp", "EventPropNetwork", "FiringRateWarning", "Fit", "ForceTrainer", "History", "HtmlReport",
    "NonFiniteError", "OfflineTrainer", "OnlineTrainer", "RidgeTrainer", "StopOnNonFinite", "WatchFiringRates",
    "first_spike_cross_entropy",
]
