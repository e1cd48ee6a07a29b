"""Projections that read the activity of the pre-synaptic neurons themselves, with a delay."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.projections.base import Late, Projection, deliver
from nbbrain.dyn.projections.half import HalfProjAlignPost, HalfProjAlignPostMg, HalfProjDelta
from nbbrain.dynsys import DynamicalSystem
from nbbrain.mixin import ParamDescriber

__all__ = ["FullProjAlignPost", "FullProjAlignPostMg", "FullProjAlignPreDS", "FullProjAlignPreDSMg", "FullProjAlignPreSD",
           "FullProjAlignPreSDMg", "FullProjDelta"]


class _Reading(Projection):
    """A projection that reads what half a projection is given: the activity of pre-synaptic neurons, some time ago."""

    def read(self, pre: Any, delay: float | None) -> None:
        """Say which neurons it reads, and how late their activity arrives."""
        self.late, self.refs["pre"] = Late(pre, delay), pre

    def update(self) -> Any:
        """Hand what arrives to the post-synaptic neurons, and return it weighted."""
        return super().update(self.late())


class FullProjAlignPost(_Reading, HalfProjAlignPost):  # type: ignore[misc]  # it takes no argument any more
    """A `HalfProjAlignPost` that reads the activity of pre-synaptic neurons.

    Parameters
    ----------
    pre : NeuGroup
        The pre-synaptic neurons.
    delay : float, optional
        How late their activity arrives, in ms. None and 0 take the last that there is; called before the neurons, that is
        the activity of the step before. A delay of k steps takes what is k - 1 steps old (at least one), as BrainPy does.
    comm, syn, out, post, out_label, name, mode
        As for `HalfProjAlignPost`.

    Raises
    ------
    ValueError
        For a negative delay.
    ModelBuildError
        When a part is of the wrong kind, or post accepts no inputs.
    """

    def __init__(self, pre: Any, delay: float | None, comm: DynamicalSystem, syn: Any, out: Any, post: Any,
                 out_label: str | None = None, name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(comm, syn, out, post, out_label, name, mode)
        self.read(pre, delay)


class FullProjAlignPostMg(_Reading, HalfProjAlignPostMg):  # type: ignore[misc]  # it takes no argument any more
    """A `HalfProjAlignPostMg` that reads the activity of pre-synaptic neurons.

    Parameters
    ----------
    pre, delay
        As for `FullProjAlignPost`.
    comm, syn, out, post, out_label, name, mode
        As for `HalfProjAlignPostMg`.

    Raises
    ------
    ValueError
        For a negative delay.
    ModelBuildError
        When a part is of the wrong kind.
    """

    def __init__(self, pre: Any, delay: float | None, comm: DynamicalSystem, syn: Any, out: Any, post: Any,
                 out_label: str | None = None, name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(comm, syn, out, post, out_label, name, mode)
        self.read(pre, delay)


class FullProjDelta(_Reading, HalfProjDelta):  # type: ignore[misc]  # it takes no argument any more
    """A `HalfProjDelta` that reads the activity of pre-synaptic neurons.

    Parameters
    ----------
    pre, delay
        As for `FullProjAlignPost`.
    comm, post, name, mode
        As for `HalfProjDelta`.

    Raises
    ------
    ValueError
        For a negative delay.
    ModelBuildError
        When post is of another kind.
    """

    def __init__(self, pre: Any, delay: float | None, comm: DynamicalSystem, post: Any, name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(comm, post, name, mode)
        self.read(pre, delay)


class _OfPre(Projection):
    """Kinetics of the pre-synaptic side, weights, and an output."""

    def __init__(self, pre: Any, syn: Any, comm: DynamicalSystem, out: Any, post: Any, out_label: str | None,
                 name: str | None, mode: bm.Mode | None) -> None:
        super().__init__(name, mode)
        self.syn = syn() if isinstance(syn, ParamDescriber) else syn
        self.must_be("syn", self.syn, DynamicalSystem)
        self.comm, self.out = comm, out
        self.refs.update(pre=pre, post=post, syn=self.syn, out=out)
        self._finish = deliver(self, post, out, out_label)

    def arriving(self) -> Any:
        """What the synaptic variables are when they take effect."""
        raise NotImplementedError(f"{type(self).__name__} must define arriving().")

    def update(self) -> Any:
        """Hand what arrives to the post-synaptic neurons, and return it weighted."""
        current = self.comm(self.arriving())
        self.out.bind_cond(current)
        self._finish()
        return current


class FullProjAlignPreDS(_OfPre):
    """Delay, kinetics of the pre-synaptic side, weights, and an output, in this order.

    Parameters
    ----------
    pre, delay
        As for `FullProjAlignPost`.
    syn : SynDyn or ParamDescriber
        The kinetics, of the size of pre.
    comm, out, post, out_label, name, mode
        As for `HalfProjAlignPost`.

    Raises
    ------
    ValueError
        For a negative delay.
    ModelBuildError
        When a part is of the wrong kind, or post accepts no inputs.
    """

    def __init__(self, pre: Any, delay: float | None, syn: Any, comm: DynamicalSystem, out: Any, post: Any,
                 out_label: str | None = None, name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(pre, syn, comm, out, post, out_label, name, mode)
        self.late = Late(pre, delay)

    def arriving(self) -> Any:
        """The synaptic variables."""
        return self.syn(self.late())


class FullProjAlignPreSD(_OfPre):
    """Kinetics of the pre-synaptic side, delay, weights, and an output, in this order.

    Parameters
    ----------
    pre : NeuGroup
        The pre-synaptic neurons.
    syn : SynDyn or ParamDescriber
        The kinetics, of the size of pre.
    delay : float, optional
        How late the synaptic variables arrive, in ms, as for `FullProjAlignPost`.
    comm, out, post, out_label, name, mode
        As for `HalfProjAlignPost`.

    Raises
    ------
    ValueError
        For a negative delay.
    ModelBuildError
        When a part is of the wrong kind, or post accepts no inputs.
    """

    def __init__(self, pre: Any, syn: Any, delay: float | None, comm: DynamicalSystem, out: Any, post: Any,
                 out_label: str | None = None, name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(pre, syn, comm, out, post, out_label, name, mode)
        self.spikes, self.late = Late(pre, None), Late(self.syn, delay)

    def arriving(self) -> Any:
        """The synaptic variables of some time ago."""
        self.syn(self.spikes())
        return self.late()


class FullProjAlignPreDSMg(FullProjAlignPreDS):
    """A `FullProjAlignPreDS` whose kinetics are described, such as ``Expon.desc(4, tau=5.)``.

    Every projection has kinetics of its own.

    Parameters
    ----------
    pre, delay, syn, comm, out, post, out_label, name, mode
        As for `FullProjAlignPreDS`.
    """


class FullProjAlignPreSDMg(FullProjAlignPreSD):
    """A `FullProjAlignPreSD` whose kinetics are described, such as ``Expon.desc(4, tau=5.)``.

    Every projection has kinetics of its own.

    Parameters
    ----------
    pre, syn, delay, comm, out, post, out_label, name, mode
        As for `FullProjAlignPreSD`.
    """
