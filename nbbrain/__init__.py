"""Build, train and simulate brain models on NumPy, Numba and autograd, with BrainPy's interface.

Examples
--------
>>> import nbbrain as bp
>>> import nbbrain.math as bm
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nbbrain import (
    algorithms,
    base,
    check,
    checkpoints,
    connect,
    dyn,
    encoding,
    errors,
    initialize,
    inputs,
    integrators,
    losses,
    math,
    measure,
    mixin,
    modes,
    optimizers,
    runners,
    running,
    tools,
    train,
    types,
    visualization,
)
from nbbrain.backends import backend, get_backend, set_backend
from nbbrain.dyn import (
    Channel,
    CondNeuGroup,
    DynSysGroup,
    VarDelay,
    channels,
    clear_input,
    experimental,
    layers,
    load_state,
    neurons,
    rates,
    reset_state,
    save_state,
    synapses,
    synouts,
    synplast,
)
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
from nbbrain.explanation import Explanation, explain
from nbbrain.integrators import Integrator, IntegratorRunner, JointEq, fde, fdeint, ode, odeint, sde, sdeint
from nbbrain.math import ArrayCollector, BrainPyObject, Collector, TensorCollector
from nbbrain.runners import DSRunner, LoopOverTime
from nbbrain.train import (
    BPFF,
    BPTT,
    DSTrainer,
    Eprop,
    EpropNetwork,
    EventProp,
    EventPropNetwork,
    ForceTrainer,
    OfflineTrainer,
    OnlineTrainer,
    RidgeTrainer,
)

if TYPE_CHECKING:
    from nbbrain import datasets

Base = BrainPyObject
vars(dyn).update(DSRunner=DSRunner, LoopOverTime=LoopOverTime)  # runners were a part of bp.dyn before BrainPy 2.4
conn, init, optim, visualize, dnn = connect, initialize, optimizers, visualization, layers

__all__ = [
    "BPFF",
    "BPTT",
    "ArrayCollector",
    "Base",
    "BrainPyObject",
    "Channel",
    "Collector",
    "CondNeuGroup",
    "Container",
    "DSRunner",
    "DSTrainer",
    "DynSysGroup",
    "DynamicalSystem",
    "DynamicalSystemNS",
    "Eprop",
    "EpropNetwork",
    "EventProp",
    "EventPropNetwork",
    "Explanation",
    "ForceTrainer",
    "Integrator",
    "IntegratorRunner",
    "JointEq",
    "LoopOverTime",
    "Network",
    "NeuGroup",
    "NeuGroupNS",
    "OfflineTrainer",
    "OnlineTrainer",
    "RidgeTrainer",
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
    "VarDelay",
    "algorithms",
    "backend",
    "base",
    "channels",
    "check",
    "checkpoints",
    "clear_input",
    "conn",
    "connect",
    "datasets",
    "dnn",
    "dyn",
    "encoding",
    "errors",
    "experimental",
    "explain",
    "fde",
    "fdeint",
    "get_backend",
    "init",
    "initialize",
    "inputs",
    "integrators",
    "layers",
    "load_state",
    "losses",
    "math",
    "measure",
    "mixin",
    "modes",
    "neurons",
    "not_pass_shared",
    "ode",
    "odeint",
    "optim",
    "optimizers",
    "rates",
    "reset_state",
    "runners",
    "running",
    "save_state",
    "sde",
    "sdeint",
    "set_backend",
    "share",
    "synapses",
    "synouts",
    "synplast",
    "tools",
    "train",
    "types",
    "visualization",
    "visualize",
]


_ON_DEMAND = ("datasets", "sklearn")
"""Modules that models do without, or that need optional packages: they are imported when they are asked for."""


def __getattr__(name: str) -> Any:
    """The version, looked up when it is asked for, since that takes a while; and modules that are imported then."""
    if name == "__version__":
        from importlib.metadata import version

        return version("nbbrain")
    if name in _ON_DEMAND:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module 'nbbrain' has no attribute {name!r}")
