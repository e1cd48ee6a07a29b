"""Leaky integrate-and-fire neurons with exponential synapses, carried from event to event without a time step."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from autograd.extend import defvjp_argnums, primitive

import nbbrain.math as bm
from nbbrain.check import is_float
from nbbrain.dyn.states import positive_integer, trainable
from nbbrain.dynsys import DynamicalSystemNS
from nbbrain.math.array import as_value, concrete
from nbbrain.program.tape import Bundle, pick
from nbbrain.train.event_loops import EventLoops, Record

__all__ = ["EventPropNetwork"]

_OUTPUTS = ("first_spike", "potential")


class EventPropNetwork(DynamicalSystemNS):
    r"""Layers of leaky integrate-and-fire neurons with exponential synapses, simulated exactly.

    .. math::

        \tau_m \frac{dV}{dt} = -V + I, \qquad \tau_s \frac{dI}{dt} = -I

        \text{a spike of neuron or input i}: I_j \leftarrow I_j + w_{ij}, \qquad
        V_j = V_{th}: \text{spike}, V_j \leftarrow V_{reset}

    There is no time step: between events the equations have a solution, and the time of the next spike is where it meets the
    threshold. The gradient is that of `EventProp`, exact as well.

    Parameters
    ----------
    num_in : int
        The number of inputs.
    hidden : int or sequence of int
        The numbers of neurons of the hidden layers.
    num_out : int
        The number of neurons of the last layer.
    tau_mem, tau_syn : float
        The time constants of membranes and of synapses, in ms; they must differ.
    V_th, V_reset : float
        The threshold, which is positive, and the potential after a spike, which is lower. A very low one, such as -1000,
        leaves every neuron one spike.
    t_max : float
        When the simulation ends, in ms.
    W_initializer : Initializer, array, callable, or list of one a layer, optional
        The weights of every layer. By default normal, with which many neurons fire when all their inputs fire at once: with
        n inputs, of mean 2 w / n and standard deviation w / root n, where a spike of weight w alone reaches the threshold.
    recurrent : bool
        Whether the neurons of a hidden layer are connected with each other, too.
    W_rec_initializer : Initializer, array, callable, or list of one a hidden layer
        The weights of these connections.
    output : {'first_spike', 'potential'}
        What is returned: when every neuron of the last layer fired first, ``t_max`` where it did not; or their mean
        potentials from 0 to ``t_max``, of neurons that do not fire then.
    max_events : int
        How many events one sample may have; more of them are an error.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.

    Attributes
    ----------
    weights : list of TrainVar
        The weights from layer to layer, of shapes (size before, size).
    recurrent_weights : list of TrainVar
        The weights within hidden layers, of shapes (size, size).
    spike_count : Variable, shape (batch, neurons)
        How many spikes every neuron had in the last run, layer after layer.

    Raises
    ------
    ValueError
        For parameters out of range.

    Notes
    -----
    The loop over events is compiled like any other, and one of its turns handles the next event of every sample, the spike
    that is found by six steps of Newton's method from a bound. Root finding needs ``float64`` (``bm.enable_x64()``)
    for times to more than six digits. The network runs by itself: it is called with whole spike trains, and not inside of
    ``bm.for_loop`` or ``bm.jit``.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.EventPropNetwork(1, (), 1, tau_mem=10., tau_syn=5., W_initializer=bp.init.Constant(5.))
    >>> net(bm.asarray([[2.]])).round(3)  # ms: an input spike at 2 ms
    Array(value=Array([[5.235]]), dtype=float32)
    >>> times = lambda: net(bm.asarray([[2.]])).sum()
    >>> bm.grad(times, grad_vars=net.weights[0])().round(3)  # a stronger weight makes it earlier
    Array(value=Array([[-1.236]]), dtype=float32)
    """

    def __init__(self, num_in: int, hidden: int | Sequence[int], num_out: int, tau_mem: float = 20., tau_syn: float = 5.,
                 V_th: float = 1., V_reset: float = 0., t_max: float = 50., W_initializer: Any = None,
                 recurrent: bool = False, W_rec_initializer: Any = bm.zeros, output: str = "first_spike",
                 max_events: int = 10_000, name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(name, mode)
        between = (hidden,) if isinstance(hidden, (int, np.integer)) else tuple(hidden)
        self.sizes = tuple([positive_integer(size, f"{self.name}: a size") for size in (num_in, *between, num_out)])
        if output not in _OUTPUTS:
            raise ValueError(f"{self.name}: output must be one of {', '.join(_OUTPUTS)}, but got {output!r}.")
        self.output = output
        times = {"tau_mem": tau_mem, "tau_syn": tau_syn, "V_th": V_th, "t_max": t_max}
        for key, value in times.items():
            if not is_float(float(value), key) > 0.:
                raise ValueError(f"{self.name}: {key} must be positive, but got {value!r}.")
        if abs(tau_mem - tau_syn) < 1e-3 * tau_mem:
            raise ValueError(f"{self.name}: tau_mem and tau_syn must differ by at least one part in 1000, but got "
                             f"{tau_mem!r} and {tau_syn!r}.")
        if not V_reset < V_th:
            raise ValueError(f"{self.name}: V_reset must be lower than V_th, but got {V_reset!r} and {V_th!r}.")
        self.tau_mem, self.tau_syn, self.t_max = float(tau_mem), float(tau_syn), float(t_max)
        self.V_th, self.V_reset = float(V_th), float(V_reset)
        shapes = list(zip(self.sizes, self.sizes[1:], strict=False))
        self.weights = bm.VarList([self._weights(each, shape) for each, shape
                                   in zip(_one_each(W_initializer, len(shapes)), shapes, strict=True)])
        within = [(size, size) for size in self.sizes[1:-1]] if recurrent else []
        self.recurrent_weights = bm.VarList([self._weights(each, shape) for each, shape
                                             in zip(_one_each(W_rec_initializer, len(within)), within, strict=True)])
        self.num = sum(self.sizes[1:])
        self.spike_count = bm.Variable(bm.zeros((1, self.num)), batch_axis=0)
        thresholds = np.full(self.num, self.V_th)
        if output == "potential":
            thresholds[-num_out:] = np.inf
        self.thresholds = thresholds
        self.max_events = positive_integer(max_events, f"{self.name}: max_events")
        self._loops: dict[Any, EventLoops] = {}

    def _weights(self, initializer: Any, shape: tuple[int, int]) -> Any:
        if initializer is None:
            alone = self.V_th / self._height()

            def initializer(shape: tuple[int, int]) -> Any:
                return alone * (2. / shape[0] + bm.random.normal(size=shape) / math.sqrt(shape[0]))

        found = trainable(self, initializer, shape)
        return found if isinstance(found, bm.Variable) else bm.Variable(found)

    def _height(self) -> float:
        """The highest potential after a spike of weight 1."""
        ratio = self.tau_syn / self.tau_mem
        return math.exp(math.log(ratio) / (1. - ratio))

    def update(self, x: Any) -> Any:
        """Run the network from 0 to ``t_max``.

        Parameters
        ----------
        x : array, shape (batch, num_in) or (batch, num_in, spikes)
            When inputs fire, in ms; infinity, NaN, or a time from ``t_max`` on, for no spike.

        Returns
        -------
        array, shape (batch, num_out)
            First spike times, in ms, or mean potentials.
        """
        given = np.asarray(concrete(as_value(x), "the time of an event"))
        if given.ndim not in (2, 3) or given.shape[1] != self.sizes[0] or not given.size:
            raise ValueError(f"{self.name} takes spike times of shape (batch, {self.sizes[0]}) or (batch, {self.sizes[0]}, "
                             f"spikes), but got shape {given.shape}.")
        if (given < 0.).any():
            raise ValueError(f"{self.name}: input spikes must not be earlier than 0 ms, but got {np.nanmin(given)}.")
        spikes = given.reshape(*given.shape[:2], -1)
        spikes = np.where(spikes < self.t_max, spikes, np.inf).astype(bm.get_float())
        values = [variable.value for variable in (*self.weights, *self.recurrent_weights)]
        for value in values:
            concrete(value, "the weight of an event")
        return bm.Array(pick(_run(self, spikes, *values), 0, 2))

    def reset_state(self, batch_size: int | None = None) -> None:
        """There is no state: every run begins at rest."""

    # The primitive that autograd sees

    def matrix(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """All weights in one matrix: from inputs and neurons, in rows, to neurons."""
        whole = np.zeros((self.sizes[0] + self.num, self.num), values[0].dtype)
        for (rows, columns), value in zip(self._places(), values, strict=True):
            whole[rows, columns] = value
        return whole

    def parts(self, whole: np.ndarray) -> list[np.ndarray]:
        """The parts of such a matrix that belong to the weights."""
        return [whole[rows, columns] for rows, columns in self._places()]

    def _places(self) -> list[tuple[slice, slice]]:
        ends = np.cumsum(self.sizes).tolist()
        parts = [slice(end - size, end) for end, size in zip(ends, self.sizes, strict=True)]
        first = self.sizes[0]
        targets = [slice(part.start - first, part.stop - first) for part in parts]
        within = list(zip(parts[1:-1], targets[1:-1], strict=True)) if len(self.recurrent_weights) else []
        return [*zip(parts[:-1], targets[1:], strict=True), *within]

    def loops(self, spikes: int, dtype: np.dtype) -> EventLoops:
        """The loops for inputs with so many spikes each, and for a dtype."""
        key = spikes, np.dtype(dtype)
        if key not in self._loops:
            self._loops[key] = EventLoops((self.sizes[0], spikes), self.thresholds, self.tau_mem, self.tau_syn, self.V_reset,
                                          self.t_max, self.max_events, key[1])
        return self._loops[key]

    def run(self, spikes: np.ndarray, values: Sequence[np.ndarray]) -> tuple[np.ndarray, Record]:
        """The outputs, and what the gradient needs to know of the run."""
        record = self.loops(spikes.shape[2], spikes.dtype).forward(spikes, self.matrix(values))
        self.spike_count.value = record.sources[..., self.sizes[0]:].sum(axis=0)
        last = slice(-self.sizes[-1], None)
        if self.output == "potential":
            return record.area[:, last] / self.t_max, record
        return np.minimum(record.first[:, last], self.t_max), record

    def pull_back(self, errors: np.ndarray, record: Record, spikes: int) -> list[np.ndarray]:
        """The gradients by all weights, of a loss with these derivatives by the outputs."""
        whole = np.zeros((len(errors), self.num), errors.dtype)
        whole[:, -self.sizes[-1]:] = errors
        nothing = np.zeros_like(whole)
        by_first, by_area = (nothing, whole / self.t_max) if self.output == "potential" else (whole, nothing)
        return self.parts(self.loops(spikes, errors.dtype).backward(record, by_first, by_area))


def _one_each(initializer: Any, count: int) -> list[Any]:
    """An initializer for every layer."""
    if not isinstance(initializer, (list, tuple)):
        return [initializer] * count
    if len(initializer) != count:
        raise ValueError(f"there must be one initializer a layer, which are {count}, but got {len(initializer)}.")
    return list(initializer)


@primitive
def _run(network: EventPropNetwork, spikes: np.ndarray, *values: np.ndarray) -> Bundle:
    return Bundle(network.run(spikes, values))


def _run_vjp(argnums: tuple[int, ...], results: Bundle, arguments: tuple, parameters: dict) -> Callable[[Bundle], tuple]:
    network, spikes, record = arguments[0], arguments[1], results[1]

    def vjp(g: Bundle) -> tuple:
        found = network.pull_back(np.asarray(concrete(g[0], "a second derivative of events")), record,
                                  spikes.shape[2])
        return tuple([found[argnum - 2] for argnum in argnums])

    return vjp


defvjp_argnums(_run, _run_vjp)
