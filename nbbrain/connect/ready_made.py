"""Connectors without arguments, ready to be called or given to a synapse model; a call returns a new connection."""
from __future__ import annotations

from typing import TypeVar

from nbbrain.connect.base import TwoEndConnector
from nbbrain.connect.grid import GridEight, GridFour
from nbbrain.connect.regular import All2All, One2One

__all__ = ["all2all", "grid_eight", "grid_four", "one2one"]

_Connector = TypeVar("_Connector", bound=TwoEndConnector)


def _shared(connector: _Connector) -> _Connector:
    connector.shared = True
    return connector


all2all = _shared(All2All())
one2one = _shared(One2One())
grid_four = _shared(GridFour())
grid_eight = _shared(GridEight())
