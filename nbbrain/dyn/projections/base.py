"""What all projections have in common: where activity comes from, how late it arrives, and where currents go."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.gathering import GathersInputs
from nbbrain.dynsys import DynamicalSystem, DynamicalSystemNS
from nbbrain.errors import ModelBuildError
from nbbrain.mixin import AlignPost, BindCondData, ParamDescriber

__all__ = ["Late", "Projection", "Source", "activity", "deliver", "merged", "stored_steps"]

Source = DynamicalSystem
"""A system with activity of its own: neurons, or kinetics of synapses."""


class Projection(DynamicalSystemNS):
    """The base of projections.

    ``refs`` holds, by name, the systems that a projection refers to but that are no parts of it.

    Parameters
    ----------
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.
    """

    def __init__(self, name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(name=name, mode=mode)
        self.refs: dict[str, Any] = {}

    def must_be(self, what: str, given: Any, kind: type) -> None:
        """Refuse a part of another kind, with a message that names it."""
        if not isinstance(given, kind):
            raise ModelBuildError(f"{self.name}: {what} must be a {kind.__name__}, but got {given!r}.")


def activity(system: Any) -> Any:
    """What a system sends: its spikes, or what its kinetics result in."""
    if hasattr(system, "result"):
        return system.result()
    for name in ("spike", "g"):
        if isinstance(getattr(system, name, None), bm.Variable):
            return getattr(system, name)
    raise ModelBuildError(f"{system!r} sends nothing: it has neither spikes nor a synaptic variable.")


def stored_steps(delay: float | None) -> int:
    """How many stored values are passed over, for a delay in ms that is read before the value of the step is stored.

    Raises
    ------
    ValueError
        For a delay that is negative or no number.
    """
    if delay is None:
        return 0
    if isinstance(delay, bool) or not isinstance(delay, (int, float)) or not 0. <= delay < math.inf:
        raise ValueError(f"a delay is a time in ms of at least 0, or None, but got {delay!r}.")
    return max(math.ceil(delay / bm.get_dt() - 1e-6) - 2, 0)


class Late(DynamicalSystemNS):
    """The activity of a system, as it was some time ago.

    It stores the present activity when it is called, so it is called once in a step.

    Parameters
    ----------
    source : DynamicalSystem
        The system.
    delay : float, optional
        How late the activity arrives, in ms. Called before the source in every step it gets, with k the delay in steps
        (rounded up), the activity of k - 1 steps before; of one step before, if that is less.

    Raises
    ------
    ValueError
        For a delay that is negative or no number.
    """

    def __init__(self, source: Source, delay: float | None) -> None:
        super().__init__()
        self.refs = {"source": source}
        self._step = stored_steps(delay)
        self._delay = bm.LengthDelay(activity(source), self._step) if self._step else None

    def update(self) -> Any:
        """The activity that arrives in this step."""
        now = bm.asarray(activity(self.refs["source"]))
        if self._delay is None:
            return now
        self._delay.update(now)
        return self._delay(self._step)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Forget all activity; the source has been reset before."""
        if self._delay is not None:
            self._delay.reset(activity(self.refs["source"]))


def deliver(owner: Projection, post: Any, output: Any, label: str | None) -> Callable[[], None]:
    """Connect an output to the post-synaptic neurons, and return what the projection calls at the end of its step.

    Neurons that gather inputs call the output in their own step. Others have a variable ``input``, which is added to.
    """
    owner.must_be("out", output, BindCondData)
    if isinstance(post, GathersInputs):
        post.add_inp_fun(owner.name, output, label)
        return _nothing
    if isinstance(getattr(post, "input", None), bm.Variable):
        def add() -> None:
            post.input.value = post.input + output(bm.asarray(post.V))

        return add
    raise ModelBuildError(f"{owner.name}: {post!r} accepts no inputs; use neurons such as bp.dyn.LifRef, or such with a "
                          f"variable 'input'.")


def _nothing() -> None:
    pass


def merged(owner: Projection, post: Any, syn: Any, out: Any, label: str | None) -> tuple[Any, bool]:
    """The kinetics that all projections with the same description share on these neurons, and whether they are new.

    They evolve once in a step, before the neurons do.
    """
    owner.must_be("syn", syn, ParamDescriber)
    owner.must_be("out", out, ParamDescriber)
    owner.must_be("post", post, GathersInputs)
    key = f"{label} // {syn.identifier} // {out.identifier}"
    if post.has_bef_update(key):
        return post.get_bef_update(key).kinetics, False
    kinetics, output = syn(), out()
    owner.must_be("syn", kinetics, AlignPost)
    owner.must_be("out", output, BindCondData)
    post.add_bef_update(key, _Evolving(kinetics, output, (syn, out)))
    post.add_inp_fun(key, output, label)
    return kinetics, True


class _Evolving:
    """Kinetics that evolve, and hand the conductance to an output."""

    def __init__(self, kinetics: Any, output: Any, described: Any) -> None:
        self.kinetics, self.output = kinetics, output
        self.described = described  # kept, since identifiers hold identities of objects

    def __call__(self) -> None:
        self.output.bind_cond(self.kinetics())
