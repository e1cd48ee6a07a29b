"""The parts of a synapse that can be chosen: its output, and its short-term and long-term plasticity."""
from __future__ import annotations

from typing import Any, Self

from nbbrain.dynsys.base import DynamicalSystem, DynamicalSystemNS
from nbbrain.dynsys.share import SharedArguments
from nbbrain.errors import ModelBuildError
from nbbrain.math.modes import Mode
from nbbrain.math.variables import Variable

__all__ = ["NullSynLTP", "NullSynOut", "NullSynSTP", "SynComponent", "SynLTP", "SynOut", "SynOutNS", "SynSTP", "SynSTPNS"]


class SynComponent(DynamicalSystem):
    """A part of one synapse, its master: ``update`` carries out a step, and calling it filters a value of the synapse.

    Parameters
    ----------
    name, mode
        As for `DynamicalSystem`.
    """

    def __init__(self, name: str | None = None, mode: Mode | None = None) -> None:
        super().__init__(name=name, mode=mode)
        self._master: tuple[Any, ...] = ()  # in a tuple, since the master is not a part of its part

    @property
    def isregistered(self) -> bool:
        """Whether a synapse has this part."""
        return bool(self._master)

    @property
    def master(self) -> Any:
        """The synapse."""
        if not self._master:
            raise ModelBuildError(f"{self.name} is not the part of a synapse yet.")
        return self._master[0]

    def register_master(self, master: Any) -> None:
        """Become a part of a synapse; a subclass looks up there what it needs.

        Raises
        ------
        ModelBuildError
            When it is the part of another synapse already.
        """
        if self._master and self._master[0] is not master:
            raise ModelBuildError(f"{self.name} is a part of {self.master.name}, and cannot be one of {master.name} too: "
                                  f"clone it.")
        self._master = (master,)

    def clone(self) -> Self:
        """Return a new part of the same kind, for another synapse; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define clone(), since {self.name} is given to several "
                                  f"synapses.")

    def reset_state(self, *args: Any, **kwargs: Any) -> None:
        """Give all state variables their first values; there are none by default."""

    def update(self, shared: SharedArguments, *args: Any, **kwargs: Any) -> None:
        """Carry out one step; nothing happens by default."""

    def filter(self, g: Any) -> Any:
        """Change a value on its way through the synapse; by default it stays as it is."""
        return g

    def __call__(self, g: Any) -> Any:
        """Filter a value."""
        return self.filter(g)


class SynOut(SynComponent):
    """The output of a synapse: what becomes of its conductance.

    Parameters
    ----------
    name : str, optional
        The name.
    target_var : str or Variable, optional
        The variable of the postsynaptic neurons that the output is added to, or the attribute that holds it. Without one
        the output is only returned.

    Raises
    ------
    ModelBuildError
        When the postsynaptic neurons do not have the variable.
    """

    def __init__(self, name: str | None = None, target_var: str | Variable | None = None) -> None:
        super().__init__(name=name)
        if target_var is not None and not isinstance(target_var, (str, Variable)):
            raise ModelBuildError(f"{self.name}: target_var must be a Variable or the name of one, but got {target_var!r}.")
        self._target_name = target_var if isinstance(target_var, str) else None
        self.target_var = target_var if isinstance(target_var, Variable) else None

    def register_master(self, master: Any) -> None:
        """Become the output of a synapse, and look up the target in its postsynaptic neurons."""
        super().register_master(master)
        if self._target_name is not None:
            self.target_var = self._variable_of_post(self._target_name)

    def _variable_of_post(self, key: str) -> Variable:
        variable = getattr(self.master.post, key, None)
        if not isinstance(variable, Variable):
            raise ModelBuildError(f"{self.master.name} needs a variable {key!r} of {self.master.post.name}, which has "
                                  f"{sorted(self.master.post.vars('relative', level=0, exclude_types=()))}.")
        return variable

    def filter(self, g: Any) -> Any:
        """Add a value to the target; without a target, return it."""
        if self.target_var is None:
            return g
        self.target_var += g
        return None


class SynSTP(SynComponent):
    """Short-term plasticity: ``update(shared, pre_spike)`` follows the spikes, ``filter`` scales their effect."""


class SynLTP(SynComponent):
    """Long-term plasticity: ``update(shared, pre_spike)`` follows the spikes, ``filter`` scales their effect."""


class NullSynOut(SynOut):
    """An output that is only returned."""

    def clone(self) -> Self:
        """Return another one."""
        return type(self)()


class NullSynSTP(SynSTP):
    """No short-term plasticity."""

    def clone(self) -> Self:
        """Return another one."""
        return type(self)()


class NullSynLTP(SynLTP):
    """No long-term plasticity."""

    def clone(self) -> Self:
        """Return another one."""
        return type(self)()


class SynOutNS(DynamicalSystemNS):
    """The output of a `SynConnNS`: ``update(post_g, post_v)`` turns a conductance into a current.

    Parameters
    ----------
    name, mode
        As for `DynamicalSystem`.
    """


class SynSTPNS(DynamicalSystemNS):
    """The short-term plasticity of a `SynConnNS`: ``update(pre_spike)`` gives how much of a spike takes effect.

    Parameters
    ----------
    name, mode
        As for `DynamicalSystem`.
    """
