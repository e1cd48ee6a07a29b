"""Trainers: back-propagation through time, and regression of readouts."""
from nbbrain.train.back_propagation import BPTT
from nbbrain.train.offline import OfflineTrainer, RidgeTrainer
from nbbrain.train.trainer import DSTrainer

__all__ = ["BPTT", "DSTrainer", "OfflineTrainer", "RidgeTrainer"]
