"""`CondNeuGroup`: neurons whose membrane has ion channels."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.channels.base import Channel, ChannelHost
from nbbrain.dyn.neurons.spiking import SpikingGroup
from nbbrain.dynsys.share import SharedArguments
from nbbrain.initialize import Uniform
from nbbrain.sizes import Size

__all__ = ["CondNeuGroup"]

AROUND_REST = Uniform(-70, -60.)  # mV


class CondNeuGroup(SpikingGroup, ChannelHost):
    r"""Conductance-based neurons, put together from ion channels (Hodgkin & Huxley, 1952).

    .. math:: C \frac{dV}{dt} = \sum_i I_i(V) + \frac{10^{-3}}{A} I_{ext}

    where :math:`I_i` is the current of a channel into the cell. A neuron fires when its potential crosses ``V_th`` from
    below. Channels are given by keyword, or become attributes in the ``__init__`` of a subclass.

    Parameters
    ----------
    size : int or sequence of int
        The size of the group.
    keep_size : bool
        Whether arrays keep all axes of ``size``; otherwise neurons are counted along one axis.
    C : float, array or callable
        The membrane capacitance, in uF/cm2.
    A : float, array or callable
        The area of the membrane, in cm2, which makes a density of an input in nA. With the default, the numbers of both
        are the same.
    V_th : float, array or callable
        The potential at which a spike is counted, in mV.
    V_initializer : Initializer, array or callable
        The first membrane potential, in mV.
    noise : float, array, Initializer or callable, optional
        The amplitude of white noise in the first equation, in its unit times the root of 1 ms; or a function of the
        variables, time and input that returns the amplitudes.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``; 'exp_auto' is exact for conductances that are
        constant over the step.
    name, mode
        As for `NeuGroup`.
    spike_fun : callable
        In TrainingMode, the spike as a function of ``V - V_th``, with the derivative that training uses.
    **channels : Channel
        The channels, among them ions with channels of their own. Each becomes an attribute.

    Attributes
    ----------
    V : Variable, shape (num,) or (batch, num)
        The membrane potential, in mV.
    spike : Variable, of the shape of V
        Who fired in the step: truth values, and in TrainingMode 0. or 1.
    input : Variable, of the shape of V
        The input collected for this step, in nA.

    Raises
    ------
    ModelBuildError
        For what is no channel, a name that is taken, and (in the first step) a channel of another size or batch.
    TypeError
        In the first step, for a channel that has to be a part of an ion.

    Notes
    -----
    A step reads everything at its beginning: the potential and the gates advance side by side. Gates are closed until
    ``reset_state`` puts them into their steady states at the first potential.

    Examples
    --------
    The squid axon of Hodgkin and Huxley:

    >>> import nbbrain as bp
    >>> from nbbrain.dyn.channels.group import CondNeuGroup
    >>> neurons = CondNeuGroup(1, V_initializer=bp.init.Constant(-65.),
    ...                        INa=bp.channels.INa_HH1952(1), IK=bp.channels.IK_HH1952(1, E=-77., g_max=36.),
    ...                        IL=bp.channels.IL(1, E=-54.4, g_max=0.3))
    >>> neurons.reset_state()
    >>> bp.share.save(dt=0.1)
    >>> spikes = []
    >>> for i in range(500):
    ...     spikes.append(neurons({'t': i * 0.1}, 10.))
    ...     neurons.clear_input()
    >>> int(sum(spikes)[0])
    4
    """

    _passes_shared: ClassVar[bool] = True

    V: bm.Variable

    def __init__(self, size: Size, keep_size: bool = False, C: Any = 1., A: Any = 1e-3, V_th: Any = 0.,
                 V_initializer: Any = AROUND_REST, noise: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None,
                 spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad, **channels: Any) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, method=method, spike_fun=spike_fun)
        self.C, self.A, self.V_th = self.parameters(C, A, V_th)
        self.add_states(V=V_initializer)
        self.add_channels(channels)

    @property
    def derivative(self) -> Any:
        """The right-hand side of the equation."""
        return self.dV

    def dV(self, V: Any, t: Any, I: Any) -> Any:
        """The rate of change of the membrane potential, with the gates as they are."""
        current = I * (1e-3 / self.A)
        for channel in self.channels():
            current = current + channel.current(V)
        return current / self.C

    def update(self, tdi: SharedArguments, x: Any = None) -> Any:  # type: ignore[override]
        """Advance by one step of ``dt`` and return the spikes.

        Parameters
        ----------
        tdi : dict
            The shared arguments.
        x : array, optional
            An input on top of what is collected already, in nA.
        """
        before = bm.asarray(self.V)
        V = self.integral(before, tdi["t"], self.collected(x), tdi["dt"])
        for channel in self.channels():
            channel.update(tdi, before)
        return self.finish({"V": V})

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the potential to its first value, and all gates to their steady states there.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        super().reset_state(batch_size)
        for channel in self.channels():
            channel.reset_state(bm.asarray(self.V), batch_size=self.V.batch_size if self.V.batch_axis is not None else None)


Channel.master_type = CondNeuGroup  # base.py comes before
