"""A model as a function over time."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nbbrain.math as bm
from nbbrain.dynsys import DynamicalSystem
from nbbrain.runners.sequence import SequenceRunner

__all__ = ["LoopOverTime"]


class LoopOverTime:
    """A model made a function of whole time courses, which can be differentiated and compiled as one operation.

    Parameters
    ----------
    target : DynamicalSystem
        The model of one step.
    out_vars : Variable, sequence or dict of Variable, optional
        What is returned of every step beside the output.
    no_state : bool
        Whether every call begins at ``t0`` with the model's initial states.
    t0, i0 : float, int
        The time (ms) and the number of the first step.
    dt : float, optional
        The time step (ms); ``bm.get_dt()`` by default.
    shared_arg : dict, optional
        What the model can ``bp.share.load`` in every step, beside ``t``, ``dt`` and ``i``.
    data_first_axis : {'T', 'B'}
        Whether the first axis of inputs and outputs is time or the batch.
    name : str, optional
        Accepted for compatibility.
    jit : bool
        False runs step by step on the reference.
    remat : bool, int or 'auto'
        Less memory for gradients at the price of one more run forward, as in ``bm.for_loop``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> neurons = bp.neurons.LeakyIntegrator(3)
    >>> bp.LoopOverTime(neurons)(bm.ones((10, 3))).shape
    (10, 3)
    >>> potentials, inputs = bp.LoopOverTime(neurons, out_vars=[neurons.V])(5.)
    >>> inputs[0].shape
    (50, 3)
    """

    def __init__(self, target: DynamicalSystem, out_vars: Any = None, no_state: bool = False, t0: float = 0.0, i0: int = 0,
                 dt: float | None = None, shared_arg: Mapping[str, Any] | None = None, data_first_axis: str = "T",
                 name: str | None = None, jit: bool = True, remat: bool | int | str = False) -> None:
        self.target, self.out_vars, self.no_state = target, out_vars, bool(no_state)
        self._shared = dict(shared_arg or {})
        self._runner = SequenceRunner(target, dt=dt, t0=t0, data_first_axis=data_first_axis, jit=jit, remat=remat)
        self._runner.i0 = int(i0)
        self._first = self._runner.t0, self._runner.i0
        if out_vars is not None:
            self._runner.observe = self._values

    def _values(self) -> Any:
        if isinstance(self.out_vars, Mapping):
            return {key: bm.asarray(variable) for key, variable in self.out_vars.items()}
        if isinstance(self.out_vars, (list, tuple)):
            return [bm.asarray(variable) for variable in self.out_vars]
        return bm.asarray(self.out_vars)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Give the model its initial states, and begin at ``t0`` again."""
        self.target.reset_state(*(() if batch_size is None else (batch_size,)))
        self._runner.t0, self._runner.i0 = self._first

    def __call__(self, duration_or_xs: Any) -> Any:
        """Run for a duration (ms), or over inputs of shape (time, ...); returns outputs, or ``(outputs, out_vars)``."""
        timed = isinstance(duration_or_xs, (int, float)) and not isinstance(duration_or_xs, bool)
        inputs = () if timed else duration_or_xs
        steps = int(duration_or_xs / self._runner.dt) if timed else None
        if self.no_state:
            self.reset_state(None if timed else self._runner.length(inputs)[1])
        outputs, values = self._runner.run(inputs, self._shared, advance=True, steps=steps)
        return outputs if self.out_vars is None else (outputs, values)
