"""Build, train and simulate brain models on NumPy, Numba and autograd, with BrainPy's interface.

Examples
--------
>>> import nbbrain as bp
>>> import nbbrain.math as bm
"""

from __future__ import annotations

from nbbrain import algorithms, check, connect, errors, initialize, losses, math, modes, optimizers, tools, types
from nbbrain.backends import backend, set_backend
from nbbrain.dynsys import (
    Container,
    DynamicalSystem,
    DynamicalSystemNS,
    Network,
    NeuGroup,
    NeuGroupNS,
    Sequential,
    SynConn,
    SynConnNS,
    SynLTP,
    SynOut,
    SynOutNS,
    SynSTP,
    SynSTPNS,
    TwoEndConn,
    TwoEndConnNS,
    not_pass_shared,
    share,
)
from nbbrain.math import ArrayCollector, BrainPyObject, Collector, TensorCollector

Base = BrainPyObject
conn, init, optim = connect, initialize, optimizers

__all__ = [
    "ArrayCollector",
    "Base",
    "BrainPyObject",
    "Collector",
    "Container",
    "DynamicalSystem",
    "DynamicalSystemNS",
    "Network",
    "NeuGroup",
    "NeuGroupNS",
    "Sequential",
    "SynConn",
    "SynConnNS",
    "SynLTP",
    "SynOut",
    "SynOutNS",
    "SynSTP",
    "SynSTPNS",
    "TensorCollector",
    "TwoEndConn",
    "TwoEndConnNS",
    "algorithms",
    "backend",
    "check",
    "conn",
    "connect",
    "errors",
    "init",
    "initialize",
    "losses",
    "math",
    "modes",
    "not_pass_shared",
    "optim",
    "optimizers",
    "set_backend",
    "share",
    "tools",
    "types",
]


def __getattr__(name: str) -> str:
    """The version, looked up when it is asked for, since that takes a while."""
    if name == "__version__":
        from importlib.metadata import version

        return version("nbbrain")
    raise AttributeError(f"module 'nbbrain' has no attribute {name!r}")
