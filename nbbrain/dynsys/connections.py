"""Synapses between two groups of neurons: the base classes."""
from __future__ import annotations

from copy import copy
from typing import Any, TypeVar

import numpy as np

from nbbrain.connect import IJConn, MatConn, TwoEndConnector
from nbbrain.dynsys.base import DynamicalSystem, DynamicalSystemNS
from nbbrain.dynsys.components import (
    NullSynLTP,
    NullSynOut,
    NullSynSTP,
    SynComponent,
    SynLTP,
    SynOut,
    SynOutNS,
    SynSTP,
    SynSTPNS,
)
from nbbrain.dynsys.groups import NeuGroup
from nbbrain.errors import ModelBuildError
from nbbrain.math.array import Array
from nbbrain.math.modes import Mode

__all__ = ["SynConn", "SynConnNS", "TwoEndConn", "TwoEndConnNS"]

_Component = TypeVar("_Component", bound=SynComponent)


class SynConn(DynamicalSystem):
    """Synapses between two groups of neurons.

    Parameters
    ----------
    pre, post : NeuGroup
        The presynaptic and the postsynaptic neurons.
    conn : Connector, array of shape (pre.num, post.num), or dict of i and j, optional
        Who is connected to whom.
    name, mode
        As for `DynamicalSystem`.

    Raises
    ------
    ModelBuildError
        When a group is none, or the connection is none.
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any = None, name: str | None = None,
                 mode: Mode | None = None) -> None:
        super().__init__(name=name, mode=mode)
        for side, group in (("pre", pre), ("post", post)):
            if not isinstance(group, NeuGroup):
                raise ModelBuildError(f"{self.name}: {side} must be a NeuGroup, but got {group!r} of type "
                                      f"{type(group).__name__}.")
        self.pre, self.post = pre, post
        self.conn: Any = None if conn is None else _connected(conn, pre, post, self.name)

    def check_pre_attrs(self, *attrs: str) -> None:
        """Raise a ModelBuildError where the presynaptic neurons lack an attribute."""
        self._check_attrs(self.pre, attrs)

    def check_post_attrs(self, *attrs: str) -> None:
        """Raise a ModelBuildError where the postsynaptic neurons lack an attribute."""
        self._check_attrs(self.post, attrs)

    def _check_attrs(self, group: NeuGroup, attrs: tuple[str, ...]) -> None:
        missing = [attr for attr in attrs if not hasattr(group, attr)]
        if missing:
            raise ModelBuildError(f"{self.name} needs {', '.join(missing)} of {group.name}, which has no such attribute.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name}, mode={self.mode}, pre={self.pre.name}, post={self.post.name})"


class TwoEndConn(SynConn):
    """Synapses with a choice of output and plasticity.

    Parameters
    ----------
    pre, post : NeuGroup
        The presynaptic and the postsynaptic neurons.
    conn : Connector, array of shape (pre.num, post.num), or dict of i and j, optional
        Who is connected to whom.
    output : SynOut, optional
        What becomes of the conductance; without one it is returned. One that belongs to another synapse is cloned, as are
        the following.
    stp : SynSTP, optional
        Short-term plasticity.
    ltp : SynLTP, optional
        Long-term plasticity.
    mode, name
        As for `DynamicalSystem`.

    Raises
    ------
    ModelBuildError
        When a group, the connection or a part is none.
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any = None, output: SynOut | None = None,
                 stp: SynSTP | None = None, ltp: SynLTP | None = None, mode: Mode | None = None,
                 name: str | None = None) -> None:
        super().__init__(pre, post, conn, name=name, mode=mode)
        self.output = self._part("output", output or NullSynOut(), SynOut)
        self.stp = self._part("stp", stp or NullSynSTP(), SynSTP)
        self.ltp = self._part("ltp", ltp or NullSynLTP(), SynLTP)

    def _part(self, role: str, component: _Component, kind: type[_Component]) -> _Component:
        if not isinstance(component, kind):
            raise ModelBuildError(f"{self.name}: {role} must be a {kind.__name__}, but got {component!r} of type "
                                  f"{type(component).__name__}.")
        if component.isregistered:
            component = component.clone()
        component.register_master(self)
        return component


class TwoEndConnNS(TwoEndConn):
    """A `TwoEndConn` whose ``update`` does not take the shared arguments."""

    _passes_shared = False


class SynConnNS(DynamicalSystemNS):
    """Synapses that know only their connection: presynaptic spikes are given to ``update``, which returns a current.

    Parameters
    ----------
    conn : Connector
        Who is connected to whom; it knows the sizes of both groups.
    out : SynOutNS, optional
        What becomes of the conductance.
    stp : SynSTPNS, optional
        Short-term plasticity.
    name, mode
        As for `DynamicalSystem`.

    Raises
    ------
    ModelBuildError
        When the connection does not know the sizes, or a part is of another class.
    """

    def __init__(self, conn: Any, out: SynOutNS | None = None, stp: SynSTPNS | None = None, name: str | None = None,
                 mode: Mode | None = None) -> None:
        super().__init__(name=name, mode=mode)
        if getattr(conn, "pre_num", None) is None or getattr(conn, "post_num", None) is None:
            raise ModelBuildError(f"{self.name}: conn must be a connector that knows the sizes of both groups, but got "
                                  f"{conn!r}.")
        for role, part, kind in (("out", out, SynOutNS), ("stp", stp, SynSTPNS)):
            if part is not None and not isinstance(part, kind):
                raise ModelBuildError(f"{self.name}: {role} must be a {kind.__name__}, but got {part!r}.")
        self.conn, self.out, self.stp = conn, out, stp
        self.pre_size, self.post_size = conn.pre_size, conn.post_size
        self.pre_num, self.post_num = conn.pre_num, conn.post_num


def _connected(conn: Any, pre: NeuGroup, post: NeuGroup, owner: str) -> TwoEndConnector:
    """The connector that a connection stands for, of two groups."""
    if isinstance(conn, (np.ndarray, Array)):
        connector: TwoEndConnector = MatConn(np.asarray(conn))
    elif isinstance(conn, dict) and set(conn) == {"i", "j"}:
        connector = IJConn(**conn)
    elif isinstance(conn, TwoEndConnector):
        connector = conn if conn.pre_num is None else copy(conn)  # one that connects other groups goes on doing so
    else:
        raise ModelBuildError(f"{owner}: conn must be a connector, a matrix or a dict of i and j, but got {conn!r}.")
    return connector(pre.size, post.size)
