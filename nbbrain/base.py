"""``bp.base``: what objects and their collections were called before BrainPy 2.3."""
from nbbrain.math import ArrayCollector, BrainPyObject, Collector, TensorCollector

Base = BrainPyObject

__all__ = ["ArrayCollector", "Base", "BrainPyObject", "Collector", "TensorCollector"]
