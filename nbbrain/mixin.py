"""``bp.mixin``: what models may be able to do, as classes to ask for (``isinstance``) and to build on."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm

__all__ = ["AlignPost", "BindCondData", "MixIn", "ParamDesc", "ParamDescriber", "SupportSTDP"]


class MixIn:
    """The base of what a model may be able to do."""


class ParamDescriber:
    """A model that is to be made later: a class and the arguments to make it with.

    Parameters
    ----------
    cls : type
        The class.
    *args, **kwargs
        The arguments.

    Raises
    ------
    TypeError
        When cls is no class.

    Examples
    --------
    >>> import nbbrain as bp
    >>> from nbbrain.mixin import ParamDescriber
    >>> ParamDescriber(bp.neurons.LIF, 3, tau=5.).init().tau
    5.0
    """

    def __init__(self, cls: type, *args: Any, **kwargs: Any) -> None:
        if not isinstance(cls, type):
            raise TypeError(f"a class is needed, but got {cls!r}.")
        self.cls, self.args, self.kwargs = cls, args, kwargs

    def init(self, *args: Any, **kwargs: Any) -> Any:
        """Make the model; arguments given here come after, or replace, those that are described."""
        return self.cls(*self.args, *args, **{**self.kwargs, **kwargs})

    __call__ = init

    @property
    def identifier(self) -> str:
        """The same for two descriptions exactly if they describe the same: arrays and objects are compared by identity."""
        parts = [_text(x) for x in self.args] + [f"{key}={_text(self.kwargs[key])}" for key in sorted(self.kwargs)]
        return f"{self.cls.__module__}.{self.cls.__qualname__}({', '.join(parts)})"


def _text(x: Any) -> str:
    if x is None or isinstance(x, (bool, int, float, str)):
        return repr(x)
    if isinstance(x, (tuple, list)):
        return f"({', '.join(map(_text, x))})"
    return f"<{id(x)}>"


class ParamDesc(MixIn):
    """What can be described before it is made: see `desc`."""

    @classmethod
    def desc(cls, *args: Any, **kwargs: Any) -> ParamDescriber:
        """Describe a model of this class, to be made later with these arguments."""
        return ParamDescriber(cls, *args, **kwargs)


class AlignPost(MixIn):
    """Synapses whose states are those of the post-synaptic neurons: all that arrives at a neuron is one number."""

    def add_current(self, x: Any) -> None:
        """Let the states jump by what arrives."""
        raise NotImplementedError(f"{type(self).__name__} must define add_current().")


class BindCondData(MixIn):
    """Outputs that are first given the conductance and then called with the potential."""

    _conductance: tuple[Any, ...] = ()

    def bind_cond(self, conductance: Any) -> None:
        """Give the conductance of this step."""
        self._conductance = (conductance,)  # in a tuple: a value of the step, not a part of the model

    def unbind_cond(self) -> None:
        """Forget the conductance."""
        self._conductance = ()


class SupportSTDP(MixIn):
    """Connections whose weights, one for every synapse, may be changed by the spikes of both sides."""

    weights = "weight"
    """The name of the attribute that holds the weights."""

    def pairs(self, pre: Any, post: Any) -> Any:
        """The product of a pre- and a post-synaptic value, for every weight: here, of all neurons with all."""
        return bm.expand_dims(pre, 1) * post

    def make_plastic(self) -> None:
        """Let the weights be a variable.

        Raises
        ------
        ValueError
            When all synapses have one weight.
        """
        weights = getattr(self, self.weights)
        if bm.ndim(weights) == 0:
            raise ValueError(f"{type(self).__name__} has one weight for all synapses, {weights!r}; weights that change need "
                             f"one for every synapse.")
        if not isinstance(weights, bm.Variable):
            setattr(self, self.weights, bm.Variable(bm.asarray(weights)))

    def stdp_update(self, on_pre: dict[str, Any] | None = None, on_post: dict[str, Any] | None = None,
                    w_min: float | None = None, w_max: float | None = None) -> None:
        """Change the weights.

        Parameters
        ----------
        on_pre, on_post : dict, optional
            The 'spike' of the one side, and the 'trace' of the other by which the weights of a neuron change that fires.
        w_min, w_max : float, optional
            The bounds of the weights.
        """
        weights = getattr(self, self.weights)
        changed = weights
        if on_pre is not None:
            changed = changed + self.pairs(on_pre["spike"], on_pre["trace"])
        if on_post is not None:
            changed = changed + self.pairs(on_post["trace"], on_post["spike"])
        weights.value = bm.asarray(changed if w_min is None and w_max is None else bm.clip(changed, w_min, w_max))
