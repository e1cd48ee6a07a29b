"""A model run over the time steps of its input."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dynsys.share import share
from nbbrain.math.array import as_value
from nbbrain.math.loops import Loop
from nbbrain.math.trees import flatten, tree_map, unflatten
from nbbrain.operations.operation import shape_of

__all__ = ["SequenceRunner"]


class SequenceRunner:
    """Runs a model over time, one step an input row.

    Parameters
    ----------
    target : DynamicalSystem
        The model.
    dt : float, optional
        The time step (ms); ``bm.get_dt()`` by default.
    t0 : float
        The time of the first step (ms).
    data_first_axis : {'B', 'T'}, optional
        Whether the first axis of data is the batch or time; the batch for models with one.
    jit : bool
        False runs step by step on the reference.
    remat : bool, int or 'auto'
        As in ``bm.for_loop``.
    """

    def __init__(self, target: Any, *, dt: float | None = None, t0: float = 0.0, data_first_axis: str | None = None,
                 jit: bool = True, remat: bool | int | str = False) -> None:
        batched = isinstance(target.mode, bm.BatchingMode)
        if data_first_axis not in (None, "B", "T"):
            raise ValueError(f"data_first_axis must be 'B' or 'T', but got {data_first_axis!r}.")
        self.target = target
        self.dt = bm.get_dt() if dt is None else float(dt)
        self.batch_first = batched if data_first_axis is None else data_first_axis == "B"
        self.jit, self.remat = jit, remat
        self._t0 = float(t0)
        self.reset()
        self.shared: dict[str, Any] = {}
        self.drive: Callable[[Any], None] = lambda rows: None
        """What is done before every step, with the rows of `run`'s ``driven``."""
        self.observe: Callable[[], Any] = dict
        """What is kept of every step beside the output: a function without arguments that returns arrays."""
        self._loop = Loop(self._step, keep=True)

    def reset(self) -> None:
        """Begin at the first time again."""
        self.t0, self.i0 = self._t0, 0

    def _step(self, i: Any, t: Any, x: Any, driven: Any) -> tuple[Any, Any]:
        share.save(t=t, i=i, dt=self.dt, **self.shared)
        self.drive(driven)
        arguments = x if isinstance(x, (tuple, list)) else (x,)
        by_name = bool(arguments) and isinstance(arguments[0], dict)
        first = (share.get_shargs(),) if by_name else ()  # or the input would be taken for them
        output = self.target(*first, *arguments)
        observed = self.observe()
        self.target.clear_input()
        return output, observed

    def length(self, inputs: Any) -> tuple[int, int | None]:
        """The numbers of time steps and of batch rows of inputs; a ValueError if arrays differ."""
        leaves, _ = flatten(inputs, convert=as_value)
        need = 2 if self.batch_first else 1
        shapes = [shape_of(leaf) for leaf in leaves]
        if not shapes or any(len(shape) < need for shape in shapes):
            raise ValueError(f"inputs must have axes ({'batch, time' if self.batch_first else 'time'}, ...), but got shapes "
                             f"{shapes}.")
        heads = {shape[:need] for shape in shapes}
        if len(heads) != 1:
            raise ValueError(f"all inputs must have the same first axes, but got shapes {shapes}.")
        head = heads.pop()
        if head[-1] == 0:
            raise ValueError(f"inputs must have at least one time step, but got shapes {shapes}.")
        if self.batch_first:
            return head[1], head[0]
        batched = isinstance(self.target.mode, bm.BatchingMode) and len(shapes[0]) > 1
        return head[0], shapes[0][1] if batched else None

    def run(self, inputs: Any, shared_args: dict[str, Any] | None = None, advance: bool = False, steps: int | None = None,
            driven: Any = ()) -> tuple[Any, Any]:
        """Run over all time steps.

        Parameters
        ----------
        inputs : array or nested structure, shape (B, T, ...) or (T, ...)
            The input of every step; ``()`` for a model without, where ``steps`` says how many there are.
        shared_args : dict, optional
            What ``bp.share.load`` gives in every step, beside ``t`` (ms), ``dt`` (ms) and ``i``.
        advance : bool
            Whether the next run begins where this one ended.
        steps : int, optional
            The number of steps, where there are no inputs.
        driven : nested structure of arrays, shape (T, ...)
            What `drive` gets, a row in every step.

        Returns
        -------
        outputs, observed
            What the model returned and what was observed, in the order of axes of the inputs.
        """
        length, batch = self.length(inputs) if steps is None else (steps, self._batch())
        rows = tree_map(_time_first, inputs) if self.batch_first else inputs
        self.shared = {key: value for key, value in (shared_args or {}).items() if key not in ("t", "i", "dt")}
        numbers = np.arange(self.i0, self.i0 + length)
        times = self.t0 + np.arange(length) * self.dt
        given = [bm.asarray(numbers, dtype=bm.get_int()), bm.asarray(times, dtype=bm.get_float()), rows, driven]
        results = self._loop(given, length, compiled=self.jit, key=_identity(self.shared), remat=self.remat)
        if advance:
            self.t0, self.i0 = self.t0 + length * self.dt, self.i0 + length
        return self._batch_first(results, batch) if self.batch_first else results

    def _batch(self) -> int | None:
        """The batch size of the model's states."""
        states = [state for state in self.target.vars().values() if getattr(state, "batch_axis", None) is not None]
        return states[0].batch_size if states else None

    def _batch_first(self, results: Any, batch: int | None) -> Any:
        leaves, structure = flatten(results)
        moved = [leaf if len(shape_of(leaf)) < 2 or shape_of(leaf)[1] != batch else bm.Array(leaf).swapaxes(0, 1).value
                 for leaf in leaves]
        return unflatten(structure, [bm.Array(leaf) for leaf in moved])


def _time_first(x: Any) -> bm.Array:
    """An array with time as its first axis; compiled loops read the data where they lie."""
    return bm.Array(x).swapaxes(0, 1)


def _identity(shared: dict[str, Any]) -> tuple[Any, ...]:
    """All there is to know of shared arguments: a kept capture holds their values."""
    arrays, structure = flatten(shared, convert=np.asarray)
    return repr(structure), *[(array.shape, array.dtype.str, array.tobytes()) for array in arrays]
