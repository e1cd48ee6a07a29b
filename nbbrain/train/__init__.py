"""Trainers: back-propagation, and regression of readouts."""
from nbbrain.train.back_propagation import BPFF, BPTT
from nbbrain.train.offline import OfflineTrainer, RidgeTrainer
from nbbrain.train.online import ForceTrainer, OnlineTrainer
from nbbrain.train.trainer import DSTrainer

__all__ = ["BPFF", "BPTT", "DSTrainer", "ForceTrainer", "OfflineTrainer", "OnlineTrainer", "RidgeTrainer"]
