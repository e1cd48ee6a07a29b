"""`LengthDelay`: the values that a variable had some steps ago."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.errors import MathError
from nbbrain.math.array import Array, as_value
from nbbrain.math.lifting import wrap
from nbbrain.math.objects.base import BrainPyObject
from nbbrain.math.variables import Variable
from nbbrain.operations.operation import dtype_of, shape_of
from nbbrain.operations.shapes import concatenate, reshape

__all__ = ["CONCAT_UPDATE", "ROTATE_UPDATE", "LengthDelay", "NeuLenDelay"]

ROTATE_UPDATE = "rotation"
CONCAT_UPDATE = "concat"


class LengthDelay(BrainPyObject):
    """The last values of a variable, one a step.

    Parameters
    ----------
    delay_target : Variable or array
        The variable. What it holds now is the newest value.
    delay_len : int
        How many steps back values are kept, at least 0.
    initial_delay_data : number, array or callable, optional
        The values of the steps before, newest first: what broadcasts to ``(delay_len, *shape)``, or a function of that
        shape. Zeros by default.
    name : str, optional
        The name.
    batch_axis : int, optional
        The axis of the batch in the variable; by default, the variable's own.
    update_method : {'rotation', 'concat'}
        How a new value is stored: in the place of the oldest one, or by moving all values. The result is the same;
        'rotation' does not copy.

    Raises
    ------
    MathError
        For a length that is no integer of at least 0, and for data whose shape does not fit.

    Notes
    -----
    Calling it with a number of steps d gives the value that `update` stored d updates before the last one: 0 is the last
    one stored, None the present value of the variable.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> x = bm.Variable(bm.zeros(1))
    >>> delay = bm.LengthDelay(x, 2)
    >>> for i in range(1, 5):
    ...     x.value = bm.zeros(1) + i
    ...     delay.update(x)
    >>> float(delay(0)[0]), float(delay(1)[0]), float(delay(2)[0])
    (4.0, 3.0, 2.0)
    """

    data: Variable
    idx: Variable

    def __init__(self, delay_target: Any, delay_len: int, initial_delay_data: Any = None, name: str | None = None,
                 batch_axis: int | None = None, update_method: str = ROTATE_UPDATE) -> None:
        super().__init__(name)
        if update_method not in (ROTATE_UPDATE, CONCAT_UPDATE):
            raise ValueError(f"update_method must be {ROTATE_UPDATE!r} or {CONCAT_UPDATE!r}, but got {update_method!r}.")
        self.update_method = update_method
        self.delay_len = _length(delay_len)
        if update_method == ROTATE_UPDATE:
            self.idx = Variable(np.zeros((), np.int32))
        self.reset(delay_target, None, initial_delay_data, batch_axis)

    @property
    def delay_target(self) -> Any:
        """What is delayed."""
        return self._target[0]

    @property
    def num_delay_step(self) -> int:
        """How many values are kept."""
        return self.delay_len + 1

    def reset(self, delay_target: Any = None, delay_len: int | None = None, initial_delay_data: Any = None,
              batch_axis: int | None = None) -> None:
        """Forget the values; parameters are those of the class, and None keeps what was given before."""
        if delay_target is not None:
            self._target = (delay_target,)  # in a tuple, since the variable is not one of this object
            self._batch_axis = getattr(delay_target, "batch_axis", None)
        self._batch_axis = self._batch_axis if batch_axis is None else batch_axis
        self.delay_len = self.delay_len if delay_len is None else _length(delay_len)
        if initial_delay_data is not None or delay_target is not None:
            self._initial = initial_delay_data
        newest = as_value(self.delay_target)
        shape = shape_of(newest)
        older = _older(self._initial, (self.delay_len, *shape), dtype_of(newest))
        self._set_data(concatenate([reshape(newest, (1, *shape)), older]))
        if self.update_method == ROTATE_UPDATE:
            self.idx.value = np.zeros((), np.int32)

    def _set_data(self, value: Any) -> None:
        new = Variable(value, batch_axis=None if self._batch_axis is None else self._batch_axis + 1)
        old = self.__dict__.pop("data", None)
        if old is not None and all(getattr(old, a) == getattr(new, a) for a in ("batch_axis", "nobatch_shape", "dtype")):
            old.value, new = value, old
        self.data = new

    def __call__(self, delay_len: Any = None, *indices: Any) -> Array:
        """The value of some steps ago.

        Parameters
        ----------
        delay_len : int or array of int, optional
            How many steps ago: one number, or one for every element (without the batch axis). None gives the present value.
        *indices : index
            Which elements, by indices of the variable's axes; with an array of steps they are combined element by element.

        Raises
        ------
        MathError
            For a number of steps that is negative or more than are kept.
        """
        if delay_len is None:
            present = wrap(as_value(self.delay_target))
            return present[indices] if indices else present
        steps = self._checked_steps(delay_len)
        row = steps if self.update_method == CONCAT_UPDATE else (self.idx + steps) % self.num_delay_step
        if indices or not shape_of(as_value(steps)):
            return self.data[(row, *indices)]
        return self._for_every_element(row)

    def _for_every_element(self, rows: Any) -> Array:
        """Values of which each comes from its own row."""
        shape = self.data.shape[1:]
        axis = self._batch_axis
        if rows.shape != self.data.nobatch_shape[1:]:
            raise MathError(f"{self.name}: steps for every element must have the shape {self.data.nobatch_shape[1:]}, but "
                            f"got {rows.shape}.")
        rows = rows if axis is None else rows.reshape(*shape[:axis], 1, *shape[axis + 1:])
        return self.data[(rows, *np.ix_(*[np.arange(n) for n in shape]))]

    def _checked_steps(self, steps: Any) -> Any:
        if isinstance(steps, bool) or dtype_of(as_value(steps)).kind not in "iu":
            raise MathError(f"{self.name}: a number of steps is an integer, but got {steps!r}.")
        if not isinstance(steps, (int, np.integer)):
            steps = Array(steps)
        known = np.asarray(steps.value) if isinstance(steps, Array) and isinstance(steps.value, np.ndarray) else steps
        if isinstance(known, (int, np.integer, np.ndarray)) and np.any((known < 0) | (known > self.delay_len)):
            raise MathError(f"{self.name} keeps the last {self.delay_len} steps, but got a delay of {steps!r}.")
        return steps

    def update(self, value: Any = None) -> None:
        """Store the newest value; without one, the present value of the variable.

        Raises
        ------
        MathError
            For a value of another shape, or of another kind of dtype.
        """
        new = as_value(self.delay_target if value is None else value)
        shape, dtype = self.data.shape[1:], self.data.dtype
        if shape_of(new) != shape or dtype_of(new).kind != dtype.kind:
            raise MathError(f"{self.name}: a value of shape {shape} and dtype {dtype} is needed, but got shape "
                            f"{shape_of(new)} and dtype {dtype_of(new)}.")
        if self.update_method == CONCAT_UPDATE:
            self.data.value = concatenate([reshape(new, (1, *shape)), self.data[:-1].value])
        else:
            self.idx.value = (self.idx - 1) % self.num_delay_step
            self.data[self.idx] = new


NeuLenDelay = LengthDelay


def _length(delay_len: Any) -> int:
    if isinstance(delay_len, bool) or not isinstance(delay_len, (int, np.integer)) or delay_len < 0:
        raise MathError(f"the length of a delay is an integer of at least 0, but got {delay_len!r}.")
    return int(delay_len)


def _older(initial: Any, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """The values of the steps before the first."""
    if initial is None:
        return np.zeros(shape, dtype)
    value = np.asarray(as_value(initial(shape) if callable(initial) else initial))
    try:
        return np.broadcast_to(value.astype(dtype), shape)
    except ValueError:
        raise MathError(f"initial_delay_data must fit the shape {shape}, but has the shape {value.shape}.") from None
