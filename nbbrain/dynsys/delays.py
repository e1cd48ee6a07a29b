"""The delayed variables of a model."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.errors import MathError, ModelUseError
from nbbrain.initialize import parameter
from nbbrain.math.array import Array
from nbbrain.math.delays import LengthDelay
from nbbrain.math.objects import BrainPyObject
from nbbrain.math.variables import Variable

__all__ = ["DelayRegistry"]


class DelayRegistry(BrainPyObject):
    """An object that reads variables, mostly those of others, as they were some steps ago.

    It keeps the values itself, so models do not share anything, even if they delay the same variable. Whoever runs the
    object stores new values at the end of a step, by `DynamicalSystem.update_local_delays`.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.local_delay_vars: dict[str, LengthDelay | None] = {}
        self._delay_targets: dict[str, tuple[Any]] = {}  # in tuples, since the variables are not those of this object

    def register_delay(self, identifier: str, delay_step: Any, delay_target: Any, initial_delay_data: Any = None,
                       steps_shape: tuple[int, ...] | None = None) -> Any:
        """Announce that a variable will be read with a delay.

        Parameters
        ----------
        identifier : str
            The name under which `get_delay_data` finds it.
        delay_step : int, array of int, Initializer or callable, optional
            The number of steps, or one for every element; an initializer or a function makes them. None announces that only
            the present value is read.
        delay_target : Variable
            The variable.
        initial_delay_data : number, array or callable, optional
            The values of the steps before the first, as for `LengthDelay`.
        steps_shape : tuple of int, optional
            The shape of several numbers of steps, where they are read with indices; by default, that of the variable
            without the batch.

        Returns
        -------
        int or array of int or None
            The number of steps, as it was given or made.

        Raises
        ------
        TypeError
            When what is delayed is no variable.
        MathError
            For a number of steps that is negative or no integer, or several of another shape.
        ModelUseError
            When the name stands for another variable already.

        Notes
        -----
        A number of steps of 0 gives the value stored last; under a `Network`, which runs its synapses first, that is the
        value of the step before, as with None. k gives the value k steps older.
        """
        if not isinstance(delay_target, Variable) and delay_step is not None:
            raise TypeError(f"{self.name}: only a Variable can be delayed, but {identifier!r} is {delay_target!r}.")
        if self._delay_targets.setdefault(identifier, (delay_target,))[0] is not delay_target:
            raise ModelUseError(f"{self.name}: {identifier!r} stands for another variable already.")
        delay = self.local_delay_vars.setdefault(identifier, None)
        if delay_step is None:
            return None
        if callable(delay_step) and not isinstance(delay_step, Array):
            delay_step = _made(delay_step, delay_target.nobatch_shape if steps_shape is None else steps_shape)
        steps = int(np.max(np.asarray(delay_step), initial=0))
        if delay is None:
            delay = LengthDelay(delay_target, steps, initial_delay_data)
            self.local_delay_vars[identifier] = delay
            self.register_implicit_nodes({f"delay{len(self.implicit_nodes)}": delay})
        elif steps > delay.delay_len:
            delay.reset(delay_len=steps, initial_delay_data=initial_delay_data)
        if steps_shape is None or not np.ndim(delay_step):
            delay(delay_step)  # an error here for what is no number of steps
        elif np.shape(delay_step) != steps_shape or np.asarray(delay_step).dtype.kind not in "iu" or np.min(delay_step) < 0:
            raise MathError(f"{self.name}: delays must be integers of at least 0, of shape {steps_shape}, but got "
                            f"{delay_step!r}.")
        return delay_step

    def get_delay_data(self, identifier: str, delay_step: Any = None, *indices: Any) -> Array:
        """Return a delayed variable.

        Parameters
        ----------
        identifier : str
            The name that was registered.
        delay_step : int or array of int, optional
            How many steps ago: one number, or one for every element. None gives the present value.
        *indices : index
            Which elements.

        Raises
        ------
        KeyError
            When nothing was registered under the name.
        """
        if identifier not in self._delay_targets:
            raise KeyError(f"{self.name}: no delay is registered as {identifier!r}; there are {list(self._delay_targets)}.")
        delay, (target,) = self.local_delay_vars[identifier], self._delay_targets[identifier]
        if delay_step is None:
            if not isinstance(target, Variable):
                raise ModelUseError(f"{self.name}: {identifier!r} has no value of its own ({target!r}), so the value must "
                                    f"be given when {self.name} is called.")
            return target[indices] if indices else Array(target)
        if delay is None:
            raise ModelUseError(f"{self.name}: {identifier!r} was registered without a delay, but {delay_step!r} is asked "
                                f"for.")
        return delay(delay_step, *indices)

    def _store_delayed(self) -> None:
        for delay in self.local_delay_vars.values():
            if delay is not None:
                delay.update()

    def _reset_delayed(self) -> None:
        for delay in self.local_delay_vars.values():
            if delay is not None:
                delay.reset()


def _made(initializer: Any, shape: tuple[int, ...]) -> Array:
    """Numbers of steps that an initializer makes, which may give them as floats."""
    steps = np.asarray(parameter(initializer, shape))
    if steps.dtype.kind == "f" and np.array_equal(steps, np.floor(steps)):
        steps = steps.astype(np.int32)
    return Array(steps)
