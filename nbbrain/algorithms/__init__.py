"""Algorithms that fit the weights of linear readouts."""
from nbbrain.algorithms import offline
from nbbrain.algorithms.offline import (
    LinearRegression,
    OfflineAlgorithm,
    RidgeRegression,
    get_supported_offline_methods,
    linear_regression,
    register_offline_method,
    ridge_regression,
)

__all__ = [
    "LinearRegression",
    "OfflineAlgorithm",
    "RidgeRegression",
    "get_supported_offline_methods",
    "linear_regression",
    "offline",
    "register_offline_method",
    "ridge_regression",
]
