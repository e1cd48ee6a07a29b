"""Groups of systems in the later form, delays of a variable, and functions for the state of a whole model."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dyn.projections.base import Projection, stored_steps
from nbbrain.dynsys import DynamicalSystem, DynamicalSystemNS, Network
from nbbrain.dynsys.base import children_of
from nbbrain.dynsys.share import share

__all__ = ["DynSysGroup", "VarDelay", "clear_input", "load_state", "reset_state", "save_state"]


class DynSysGroup(Network):
    """Systems as one, whose ``update`` does not take the shared arguments.

    Without an ``update`` of its own, a step runs projections and synapses, then neurons, then all else.

    Parameters
    ----------
    *children_as_tuple : DynamicalSystem, or sequences or dicts of DynamicalSystem
        The systems.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.
    **children_as_dict : DynamicalSystem
        Systems by key: they become attributes.
    """

    _passes_shared = False

    def step_run(self, i: Any, *args: Any, **kwargs: Any) -> Any:
        """Carry out the step of a number: at the time ``i * dt``.

        Examples
        --------
        >>> import nbbrain as bp
        >>> from nbbrain.dyn.model_functions import DynSysGroup
        >>> class Time(DynSysGroup):
        ...     def update(self):
        ...         return bp.share['t']
        >>> float(Time().step_run(3))
        0.3...
        """
        share.save(i=i, t=i * bm.get_dt(), dt=bm.get_dt())
        return self.update(*args, **kwargs)

    def _by_kind(self) -> tuple[list[DynamicalSystem], list[DynamicalSystem], list[DynamicalSystem]]:
        synapses, neurons, others = super()._by_kind()
        projections = list(children_of(self).subset(Projection).values())
        delays = list(children_of(self).subset(VarDelay).values())
        later = {id(x) for x in projections + delays}
        return [*projections, *synapses], neurons, [x for x in others if id(x) not in later] + delays


class VarDelay(DynamicalSystemNS):
    """A variable as it was some time ago, at times that have names.

    Calling it with a value, or without one for that of the variable, stores the newest value. Values are read before that of
    the step is stored: a time of k steps gives what is k - 1 steps old (at least one), as of projections.

    Parameters
    ----------
    target : Variable
        The variable.
    time : float, optional
        The longest time back, in ms; by default, the longest of the entries.
    init : number, array or callable, optional
        The values of the steps before the first; zeros by default.
    entries : dict, optional
        Times in ms by name; None is the newest value.
    method
        Accepted for compatibility.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.

    Raises
    ------
    TypeError
        When the target is no variable.
    ValueError
        For a time that is negative or longer than the delay, and a name that is in use.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> from nbbrain.dyn.model_functions import VarDelay
    >>> x = bm.Variable(bm.zeros(1))
    >>> delay = VarDelay(x, entries={'late': 0.4})
    >>> for i in range(1, 5):
    ...     delay(bm.zeros(1) + i)
    >>> float(delay.at('late')[0])
    2.0
    """

    def __init__(self, target: bm.Variable, time: float | None = None, init: Any = None,
                 entries: dict[str, float | None] | None = None, method: str | None = None, name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(name=name, mode=mode)
        if not isinstance(target, bm.Variable):
            raise TypeError(f"{self.name}: a Variable is needed, but got {target!r}.")
        self.refs = {"target": target}
        self._steps: dict[str, int] = {}
        self._data = bm.LengthDelay(target, stored_steps(time), init)
        for key, at in (entries or {}).items():
            self.register_entry(key, at)

    @property
    def target(self) -> bm.Variable:
        """The variable."""
        return self.refs["target"]

    def register_entry(self, entry: str, time: float | None) -> VarDelay:
        """Give a time, in ms, a name; the delay becomes longer if it has to."""
        if entry in self._steps:
            raise ValueError(f"{self.name} has an entry named {entry!r} already.")
        self._steps[entry] = stored_steps(time)
        if self._steps[entry] > self._data.delay_len:
            self._data.reset(delay_len=self._steps[entry])
        return self

    def at(self, entry: str, *indices: Any) -> Any:
        """The value at the time of a name."""
        if entry not in self._steps:
            raise KeyError(f"{self.name} has no entry {entry!r}; it has {list(self._steps)}.")
        return self._data(self._steps[entry], *indices)

    def update(self, latest_value: Any = None) -> None:
        """Store the newest value."""
        self._data.update(None if latest_value is None else bm.asarray(latest_value))

    def reset_state(self, batch_size: int | None = None) -> None:
        """Forget all values; the variable has been reset before."""
        self._data.reset(self.target, initial_delay_data=self._data._initial)


def reset_state(target: DynamicalSystem, *args: Any, **kwargs: Any) -> None:
    """Set the state of a model to its first values.

    Parameters
    ----------
    target : DynamicalSystem
        The model.
    *args, **kwargs
        As for its ``reset_state``; by convention, the batch size.
    """
    target.reset_state(*args, **kwargs)


def clear_input(target: DynamicalSystem) -> None:
    """Set what a model has gathered as input in this step back to zero.

    Parameters
    ----------
    target : DynamicalSystem
        The model.
    """
    target.clear_input()


def save_state(target: DynamicalSystem) -> dict[str, np.ndarray]:
    """The values of all variables of a model, by their paths in it.

    Parameters
    ----------
    target : DynamicalSystem
        The model.

    Examples
    --------
    >>> import nbbrain as bp
    >>> from nbbrain.dyn.model_functions import load_state, save_state
    >>> neurons = bp.neurons.LIF(1)
    >>> state = save_state(neurons)
    >>> neurons.V += 5.
    >>> load_state(neurons, state)
    >>> float(neurons.V[0])
    0.0
    """
    return {path: np.array(variable) for path, variable in _variables(target).items()}


def load_state(target: DynamicalSystem, state_dict: dict[str, Any]) -> None:
    """Give the variables of a model the values that `save_state` returned.

    Parameters
    ----------
    target : DynamicalSystem
        The model: one of the same structure.
    state_dict : dict
        The values.

    Raises
    ------
    KeyError
        When there is a value too many or too few; nothing has changed then.
    """
    variables = _variables(target)
    if variables.keys() != state_dict.keys():
        missing, unknown = sorted(variables.keys() - state_dict.keys()), sorted(state_dict.keys() - variables.keys())
        raise KeyError(f"{target.name}: missing are {missing}, unknown are {unknown}.")
    for path, variable in variables.items():
        variable.value = bm.asarray(state_dict[path])


def _variables(target: DynamicalSystem) -> dict[str, Any]:
    return dict(target.vars("relative").unique().items())
