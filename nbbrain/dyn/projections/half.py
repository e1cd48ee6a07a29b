"""Projections that are called with what arrives."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.gathering import GathersInputs
from nbbrain.dyn.projections.base import Projection, deliver, merged
from nbbrain.dynsys import DynamicalSystem
from nbbrain.mixin import AlignPost

__all__ = ["HalfProjAlignPost", "HalfProjAlignPostMg", "HalfProjDelta", "VanillaProj"]


class VanillaProj(Projection):
    """Weights and an output: what arrives is weighted and is the conductance.

    Parameters
    ----------
    comm : DynamicalSystem
        The connections and weights, such as `bp.dnn.CSRLinear`.
    out : Output
        What becomes of the conductance, such as ``COBA(E=0.)``.
    post : NeuGroup
        The post-synaptic neurons.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.
    out_label : str, optional
        A label of the input of post.

    Raises
    ------
    ModelBuildError
        When a part is of the wrong kind, or post accepts no inputs.
    """

    def __init__(self, comm: DynamicalSystem, out: Any, post: Any, name: str | None = None,
                 mode: bm.Mode | None = None, out_label: str | None = None) -> None:
        super().__init__(name, mode)
        self.comm, self.out = comm, out
        self.refs.update(post=post, out=out)
        self._finish = deliver(self, post, out, out_label)

    def update(self, x: Any) -> Any:
        """Hand what arrives to the post-synaptic neurons, and return it weighted."""
        current = self.comm(x)
        self.out.bind_cond(current)
        self._finish()
        return current


class HalfProjAlignPost(Projection):
    """Weights, kinetics of the post-synaptic side, and an output.

    Parameters
    ----------
    comm : DynamicalSystem
        The connections and weights, such as `bp.dnn.CSRLinear`.
    syn : AlignPost
        The kinetics, of the size of post, such as ``Expon(4, tau=5.)``.
    out : Output
        What becomes of the conductance, such as ``COBA(E=0.)``.
    post : NeuGroup
        The post-synaptic neurons.
    out_label : str, optional
        A label of the input of post.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.

    Raises
    ------
    ModelBuildError
        When a part is of the wrong kind, or post accepts no inputs.
    """

    def __init__(self, comm: DynamicalSystem, syn: Any, out: Any, post: Any, out_label: str | None = None,
                 name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(name, mode)
        self.must_be("syn", syn, AlignPost)
        self.comm, self.syn, self.out = comm, syn, out
        self.refs.update(post=post, syn=syn, out=out)
        self._finish = deliver(self, post, out, out_label)

    def update(self, x: Any) -> Any:
        """Hand what arrives to the post-synaptic neurons, and return it weighted."""
        current = self.comm(x)
        self.out.bind_cond(self.syn(current))
        self._finish()
        return current


class HalfProjAlignPostMg(Projection):
    """A `HalfProjAlignPost` that shares kinetics and output with others of the same description on the same neurons.

    They evolve once in a step, right before the neurons do; so what arrives has decayed for one step when it takes effect.

    Parameters
    ----------
    comm : DynamicalSystem
        The connections and weights, such as `bp.dnn.CSRLinear`.
    syn : ParamDescriber
        The kinetics, such as ``Expon.desc(4, tau=5.)``.
    out : ParamDescriber
        The output, such as ``COBA.desc(E=0.)``.
    post, out_label, name, mode
        As for `HalfProjAlignPost`; post is of those that gather inputs, such as `bp.dyn.LifRef`.

    Raises
    ------
    ModelBuildError
        When a part is of the wrong kind.
    """

    def __init__(self, comm: DynamicalSystem, syn: Any, out: Any, post: Any, out_label: str | None = None,
                 name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(name, mode)
        self.comm = comm
        kinetics, new = merged(self, post, syn, out, out_label)
        self.refs.update(post=post, syn=kinetics)
        if new:
            self.syn = kinetics  # others only refer to it, so that a model has it once

    def update(self, x: Any) -> Any:
        """Hand what arrives to the post-synaptic neurons, and return it weighted."""
        current = self.comm(x)
        self.refs["syn"].add_current(current)
        return current


class HalfProjDelta(Projection):
    """Weights only: the potential of the post-synaptic neurons jumps by what arrives, at the end of their step.

    Parameters
    ----------
    comm : DynamicalSystem
        The connections and weights, such as `bp.dnn.CSRLinear`.
    post : NeuGroup
        The post-synaptic neurons, of those that gather inputs, such as `bp.dyn.LifRef`.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.

    Raises
    ------
    ModelBuildError
        When post is of another kind.
    """

    def __init__(self, comm: DynamicalSystem, post: Any, name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(name, mode)
        self.must_be("post", post, GathersInputs)
        self.comm = comm
        self.refs["post"] = post
        self._arrived: tuple[Any, ...] = (0.,)
        post.add_inp_fun(self.name, self._take, category="delta")

    def _take(self) -> Any:
        taken, self._arrived = self._arrived[0], (0.,)
        return taken

    def update(self, x: Any) -> Any:
        """Hand what arrives to the post-synaptic neurons, and return it weighted."""
        current = self.comm(x)
        self._arrived = (current,)
        return current
