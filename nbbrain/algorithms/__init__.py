"""Algorithms that fit the weights of linear readouts."""
from nbbrain.algorithms import offline, online, utils
from nbbrain.algorithms.logistic import LogisticRegression
from nbbrain.algorithms.offline import (
    LinearRegression,
    OfflineAlgorithm,
    RidgeRegression,
    get_supported_offline_methods,
    linear_regression,
    register_offline_method,
    ridge_regression,
)
from nbbrain.algorithms.online import LMS, RLS, OnlineAlgorithm, get_supported_online_methods, register_online_method
from nbbrain.algorithms.regressions import (
    ElasticNetRegression,
    LassoRegression,
    PolynomialRegression,
    PolynomialRidgeRegression,
)

__all__ = [
    "LMS",
    "RLS",
    "ElasticNetRegression",
    "LassoRegression",
    "LinearRegression",
    "LogisticRegression",
    "OfflineAlgorithm",
    "OnlineAlgorithm",
    "PolynomialRegression",
    "PolynomialRidgeRegression",
    "RidgeRegression",
    "get_supported_offline_methods",
    "get_supported_online_methods",
    "linear_regression",
    "offline",
    "online",
    "register_offline_method",
    "register_online_method",
    "ridge_regression",
    "utils",
]
