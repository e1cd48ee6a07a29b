"""Couplings between variables of rate models, with a delay for every pair."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dyn.synapses.onto_variables import OntoVariables
from nbbrain.dynsys.share import SharedArguments
from nbbrain.errors import ModelBuildError
from nbbrain.initialize import parameter

__all__ = ["AdditiveCoupling", "DelayCoupling", "DiffusiveCoupling"]


class DelayCoupling(OntoVariables):
    """The base of couplings: a delayed variable, a matrix of weights, and variables that receive the result.

    Parameters
    ----------
    delay_var : Variable
        The variable of the sending side, with one axis besides the batch.
    var_to_output : Variable or sequence of Variable
        What the coupling is added to.
    conn_mat : array, Initializer or callable
        The weights, from the first to the second axis.
    required_shape : tuple of int
        The shape (sending, receiving) of the weights.
    delay_steps : int, array of int, Initializer or callable, optional
        How many steps late the variable is seen: one number, or one for every pair, of the shape of the weights. None and 0
        take the last values that there are, as of `Exponential`. A new value of this attribute becomes valid at the next
        reset.
    initial_delay_data : number, array or callable, optional
        The values before the first step, as of ``bm.LengthDelay``; zeros by default.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.

    Raises
    ------
    ModelBuildError
        When a variable is none, or has several axes.
    ValueError
        When conn_mat or delay_steps has another shape.

    Examples
    --------
    A subclass says in ``update`` what is added:

    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> class Largest(bp.synapses.DelayCoupling):
    ...     def update(self, tdi):
    ...         self.add(bm.max(self.conn_mat * self.delayed(), axis=-2))
    >>> rates, received = bm.Variable(bm.asarray([1., 2.])), bm.Variable(bm.zeros(2))
    >>> coupling = Largest(rates, received, conn_mat=bm.asarray([[1., 5.], [2., 1.]]), required_shape=(2, 2))
    >>> coupling()
    >>> received
    Variable(value=Array([4., 5.]), dtype=float32)
    """

    def __init__(self, delay_var: bm.Variable, var_to_output: Any, conn_mat: Any, required_shape: tuple[int, ...],
                 delay_steps: Any = None, initial_delay_data: Any = None, name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(var_to_output, name, mode)
        self._source = (self.checked(delay_var, "the delayed variable"),)
        self.required_shape = tuple(required_shape)
        self.conn_mat = parameter(conn_mat, self.required_shape, allow_none=False, allow_scalar=False)
        self.delay_steps = delay_steps
        self._initial_delay_data = initial_delay_data
        self._register_source()

    def checked(self, variable: Any, what: str) -> bm.Variable:
        """A variable of one axis besides the batch; a ModelBuildError says what else was given."""
        if not isinstance(variable, bm.Variable) or len(variable.nobatch_shape) != 1:
            raise ModelBuildError(f"{self.name}: {what} must be a Variable of one axis besides the batch, but got "
                                  f"{variable!r}.")
        return variable

    def _register_source(self) -> None:
        self.delay_steps = self.register_delay("source", self.delay_steps, self._source[0], self._initial_delay_data,
                                               self.required_shape)

    def reset_state(self, batch_size: int | None = None) -> None:
        """There is no state, but ``delay_steps`` that were set meanwhile become valid.

        Parameters
        ----------
        batch_size : int, optional
            Not used: the batch is that of the variables.
        """
        self._register_source()

    def delayed(self) -> bm.Array:
        """The delayed variable, as every receiving element sees it: of shape (..., sending, receiving or 1)."""
        steps = self.delay_steps
        if steps is None or not bm.ndim(steps):
            return bm.expand_dims(self.get_delay_data("source", steps), -1)
        (source,) = self._source
        if source.batch_axis not in (None, 0):
            raise ModelBuildError(f"{self.name}: the axis of the batch must be the first one, but is {source.batch_axis}.")
        sending = np.arange(self.required_shape[0])[:, None]
        batch = () if source.batch_axis is None else (np.arange(source.shape[0])[:, None, None],)
        return self.get_delay_data("source", steps, *batch, sending)


class DiffusiveCoupling(DelayCoupling):
    r"""Diffusive coupling: every pair of variables is drawn together.

    .. math:: I_j \leftarrow I_j + \sum_i w_{ij} \, (x_i(t - d_{ij}) - y_j(t))

    (Deco et al., 2009, "Key role of coupling, delay, and noise in resting brain fluctuations".)

    Parameters
    ----------
    coupling_var1 : Variable
        The variable x, which is delayed.
    coupling_var2 : Variable
        The variable y, which is not.
    var_to_output : Variable or sequence of Variable
        What the coupling is added to.
    conn_mat : array, Initializer or callable
        The weights, of shape (size of x, size of y).
    delay_steps, initial_delay_data, name, mode
        As of `DelayCoupling`.

    Raises
    ------
    ModelBuildError
        When a variable is none, or has several axes.
    ValueError
        When conn_mat or delay_steps has another shape.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> x, received = bm.Variable(bm.asarray([1., 3.])), bm.Variable(bm.zeros(2))
    >>> coupling = bp.synapses.DiffusiveCoupling(x, x, received, conn_mat=bm.asarray([[0., 1.], [0.5, 0.]]))
    >>> coupling()
    >>> received
    Variable(value=Array([ 1., -2.]), dtype=float32)
    """

    def __init__(self, coupling_var1: bm.Variable, coupling_var2: bm.Variable, var_to_output: Any, conn_mat: Any,
                 delay_steps: Any = None, initial_delay_data: Any = None, name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(coupling_var1, var_to_output, conn_mat, (_size(coupling_var1), _size(coupling_var2)), delay_steps,
                         initial_delay_data, name, mode)
        self._other = (self.checked(coupling_var2, "coupling_var2"),)

    def update(self, tdi: SharedArguments) -> None:
        """Add the coupling to its targets.

        Parameters
        ----------
        tdi : dict
            The shared arguments.
        """
        difference = self.delayed() - bm.expand_dims(self._other[0], -2)
        self.add(bm.sum(self.conn_mat * difference, axis=-2))


class AdditiveCoupling(DelayCoupling):
    r"""Additive coupling: every variable receives the weighted sum of all.

    .. math:: I_j \leftarrow I_j + \sum_i w_{ij} \, x_i(t - d_{ij})

    (Deco, Jirsa & McIntosh, 2011, "Emerging concepts for the dynamical organization of resting-state activity in the
    brain".)

    Parameters
    ----------
    coupling_var : Variable
        The variable x, which is delayed.
    var_to_output : Variable or sequence of Variable
        What the coupling is added to.
    conn_mat : array, Initializer or callable
        The weights, of shape (size of x, size of x).
    delay_steps, initial_delay_data, name, mode
        As of `DelayCoupling`.

    Raises
    ------
    ModelBuildError
        When a variable is none, or has several axes.
    ValueError
        When conn_mat or delay_steps has another shape.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> x, received = bm.Variable(bm.asarray([1., 3.])), bm.Variable(bm.zeros(2))
    >>> coupling = bp.synapses.AdditiveCoupling(x, received, conn_mat=bm.asarray([[0., 1.], [0.5, 0.]]))
    >>> coupling()
    >>> received
    Variable(value=Array([1.5, 1. ]), dtype=float32)
    """

    def __init__(self, coupling_var: bm.Variable, var_to_output: Any, conn_mat: Any, delay_steps: Any = None,
                 initial_delay_data: Any = None, name: str | None = None, mode: bm.Mode | None = None) -> None:
        size = _size(coupling_var)
        super().__init__(coupling_var, var_to_output, conn_mat, (size, size), delay_steps, initial_delay_data, name, mode)

    def update(self, tdi: SharedArguments) -> None:
        """Add the coupling to its targets.

        Parameters
        ----------
        tdi : dict
            The shared arguments.
        """
        self.add(bm.sum(self.conn_mat * self.delayed(), axis=-2))


def _size(variable: Any) -> int:
    """The number of elements without the batch; what is no variable is an error later."""
    return int(np.prod(variable.nobatch_shape)) if isinstance(variable, bm.Variable) else 0
