"""Groups whose state follows differential equations: input, integration, and state, for all neurons in one place."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.check import is_initializer, is_subclass
from nbbrain.dyn.states import collect, new_batch_size, set_state
from nbbrain.dynsys import NeuGroupNS
from nbbrain.dynsys.share import share
from nbbrain.initialize import noise as amplitude_of
from nbbrain.initialize import parameter, variable_
from nbbrain.integrators import odeint, sdeint
from nbbrain.sizes import Size

__all__ = ["IntegratedGroup"]


class IntegratedGroup(NeuGroupNS):
    """Neurons whose state follows differential equations, with noise or without.

    A subclass defines `derivative`, the right-hand side: a function ``f(x, t, ..., I)`` or a `JointEq` of several. Its
    variables are states of the same names, which the subclass makes by `add_states`; ``I`` is the collected input.
    """

    input: bm.Variable

    def __init__(self, size: Size, keep_size: bool, mode: bm.Mode | None, name: str | None, *, noise: Any = None,
                 input_var: bool = True, method: str = "exp_auto") -> None:
        super().__init__(size=size, keep_size=keep_size, name=name, mode=mode)
        is_subclass(self.mode, (bm.TrainingMode, bm.BatchingMode, bm.NonBatchingMode), self.name)
        self.integral = odeint(self.derivative, method=method)
        if noise is not None:
            diffusion = amplitude_of(noise, self.varshape, num_vars=len(self.integral.variables))
            self.integral = sdeint(self.derivative, diffusion, method=method)
        self._states: tuple[str, ...] = ()
        self.input_var = bool(input_var)
        if self.input_var:
            self.add_states(input=bm.zeros)

    @property
    def derivative(self) -> Any:
        """The right-hand side of the equations."""
        raise NotImplementedError(f"{type(self).__name__} must define derivative.")

    def parameters(self, *given: Any) -> tuple[Any, ...]:
        """Parameters of the shape of the group, or numbers, from whatever describes them; None is not allowed."""
        return tuple([parameter(value, self.varshape, allow_none=False) for value in given])

    def add_states(self, **initializers: Any) -> None:
        """Make variables that a reset sets to their first values; an initializer may use the states before it."""
        for name, initializer in initializers.items():
            setattr(self, f"_{name}_initializer", is_initializer(initializer, f"{name}_initializer"))
            setattr(self, name, variable_(initializer, self.varshape, self.mode))
        self._states += tuple(initializers)

    def collected(self, x: Any) -> Any:
        """The input of this step, for one that comes on top of the collected one."""
        return collect(self, "input", x)

    def integrated(self, x: Any) -> dict[str, Any]:
        """The variables of the equations at the end of the step, by name, for an input on top of the collected one."""
        return self.solved(I=self.collected(x))

    def solved(self, **parameters: Any) -> dict[str, Any]:
        """The variables of the equations at the end of the step, by name, for the equations' other parameters."""
        names = self.integral.variables
        values = self.integral(**{name: getattr(self, name) for name in names}, t=share.load("t"), dt=share.load("dt"),
                               **parameters)
        return dict(zip(names, values if len(names) > 1 else (values,), strict=True))

    def store(self, values: dict[str, Any]) -> None:
        """Give states new values; one whose shape does not fit, because of the input, changes nothing and is an error."""
        for name, value in values.items():
            set_state(self, getattr(self, name), value)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its initial values.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        batch = new_batch_size(self, batch_size, getattr(self, self._states[-1]))
        for name in self._states:
            getattr(self, name).value = variable_(getattr(self, f"_{name}_initializer"), self.varshape, batch)
