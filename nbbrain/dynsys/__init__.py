"""Dynamical systems: models and their parts, and how they are put together."""

from nbbrain.dynsys.base import DynamicalSystem, DynamicalSystemNS, not_pass_shared
from nbbrain.dynsys.components import SynLTP, SynOut, SynOutNS, SynSTP, SynSTPNS
from nbbrain.dynsys.connections import SynConn, SynConnNS, TwoEndConn, TwoEndConnNS
from nbbrain.dynsys.containers import Container, Network, Sequential
from nbbrain.dynsys.groups import NeuGroup, NeuGroupNS
from nbbrain.dynsys.share import share
from nbbrain.dynsys.views import DSView, NeuGroupView

__all__ = [
    "Container",
    "DSView",
    "DynamicalSystem",
    "DynamicalSystemNS",
    "Network",
    "NeuGroup",
    "NeuGroupNS",
    "NeuGroupView",
    "Sequential",
    "SynConn",
    "SynConnNS",
    "SynLTP",
    "SynOut",
    "SynOutNS",
    "SynSTP",
    "SynSTPNS",
    "TwoEndConn",
    "TwoEndConnNS",
    "not_pass_shared",
    "share",
]
