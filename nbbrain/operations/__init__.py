"""What can be computed: every operation once, with its name, meaning, result and derivative."""
from nbbrain.operations import contraction, elementwise, indexing, random_bits, reductions, shapes, spiking
from nbbrain.operations.operation import Operation, by_numpy, named

__all__ = ["Operation", "by_numpy", "contraction", "elementwise", "indexing", "named", "random_bits", "reductions",
           "shapes", "spiking"]
