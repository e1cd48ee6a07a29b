"""Calcium in a cell: its concentration, its reversal potential, and the channels that depend on them."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.check import is_initializer
from nbbrain.dyn.channels.base import Ion, IonChannel
from nbbrain.dyn.channels.gating import fill_state
from nbbrain.dyn.states import set_state
from nbbrain.dynsys.share import SharedArguments
from nbbrain.initialize import OneInit, parameter, variable_
from nbbrain.integrators import odeint
from nbbrain.sizes import Size

__all__ = ["Calcium", "CalciumChannel", "CalciumDetailed", "CalciumDyna", "CalciumFirstOrder", "CalciumFixed"]

GAS_CONSTANT = 8.31441  # J / (mol K)
FARADAY_CONSTANT = 96489.  # C / mol
ZERO_CELSIUS = 273.15  # K
AT_REST = OneInit(2.4e-4)  # mM
ONE_ION = 1e-9  # mM: about one ion in a picolitre


class Calcium(Ion):
    """Calcium with the channels that depend on it as its parts; a subclass says what its concentration is.

    Parameters
    ----------
    size : int or sequence of int
        The size of the group of neurons.
    keep_size : bool
        Whether arrays keep all axes of ``size``; otherwise neurons are counted along one axis.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    name, mode
        As for `Channel`.
    **channels : Channel
        Channels that depend on calcium. Each becomes an attribute.

    Attributes
    ----------
    C, E : array
        The concentration inside of the cell, in mM, and the reversal potential, in mV: a subclass sets them.

    Raises
    ------
    ModelBuildError
        For what is no channel, a name that is taken, and (in the first step) a channel of another size or batch.
    TypeError
        In the first step, for a channel that has to be a part of something else.
    """

    C: Any
    E: Any

    def __init__(self, size: Size, keep_size: bool = False, method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None, **channels: Any) -> None:
        super().__init__(size, name=name, keep_size=keep_size, mode=mode)
        self.method = method
        self.add_channels(channels)

    def update(self, shared: SharedArguments, V: Any, *ion: Any) -> None:
        """Advance the channels by one step of ``dt``."""
        for channel in self.channels():
            channel.update(shared, V, bm.asarray(self.C), bm.asarray(self.E))

    def current(self, V: Any, *ion: Any) -> Any:
        """The current density into the cell, in uA/cm2, of all channels: also of those for other ions than calcium.

        Parameters
        ----------
        V : array
            The membrane potential, in mV.
        *ion : array
            The concentration (mM) and the reversal potential (mV), instead of the present ones.
        """
        return self._sum_of_currents(self.channels(), V, ion)

    def calcium_current(self, V: Any, *ion: Any) -> Any:
        """The part of the current that is carried by calcium, in uA/cm2."""
        carried = [channel for channel in self.channels() if getattr(channel, "carries_calcium", False)]
        return self._sum_of_currents(carried, V, ion)

    def _sum_of_currents(self, channels: list[Any], V: Any, ion: tuple[Any, ...]) -> Any:
        state = ion or (self.C, self.E)
        return sum([channel.current(V, *state) for channel in channels], 0.)

    def reset_state(self, V: Any, *ion: Any, batch_size: int | None = None) -> None:
        """Give all state variables of the channels their first values.

        Parameters
        ----------
        V : array
            The membrane potential, in mV.
        *ion : array
            Not used.
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        for channel in self.channels():
            channel.reset_state(V, bm.asarray(self.C), bm.asarray(self.E), batch_size=batch_size)


class CalciumChannel(IonChannel):
    """A `Channel` that depends on calcium, and is a part of `Calcium`.

    Its methods get the concentration and the reversal potential of calcium: ``update(tdi, V, C_Ca, E_Ca)``,
    ``current(V, C_Ca, E_Ca)`` and ``reset_state(V, C_Ca, E_Ca, batch_size)``. Parameters and attributes are those of
    `Channel`.

    Attributes
    ----------
    carries_calcium : bool
        Whether its current consists of calcium, and so changes the concentration (an attribute of the class).
    """

    master_type = Calcium
    carries_calcium = True


class CalciumFixed(Calcium):
    """Calcium of a fixed concentration.

    Parameters
    ----------
    size, keep_size, method, name, mode, **channels
        As for `Calcium`.
    E : float, array or callable
        The reversal potential, in mV.
    C : float, array or callable
        The concentration inside of the cell, in mM.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.
    ModelBuildError, TypeError
        As for `Calcium`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> Ca = bp.channels.CalciumFixed(1, ICaL=bp.channels.ICaL_IS2008(1))
    >>> Ca.reset_state(-20.)
    >>> Ca.current(-20.)
    Array(value=Array([0.0611...]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, E: Any = 120., C: Any = 2.4e-4, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, **channels: Any) -> None:
        super().__init__(size, keep_size, method, name, mode, **channels)
        self.E = parameter(E, self.varshape, allow_none=False)
        self.C = parameter(C, self.varshape, allow_none=False)


class CalciumDyna(Calcium):
    r"""Calcium whose concentration changes: a subclass defines ``derivative(C, t, V)``.

    .. math:: E = \frac{R T}{2 F} \ln \frac{C_0}{C}

    (Nernst, 1889; R = 8.31441 J/(mol K), F = 96489 C/mol.)

    Parameters
    ----------
    size, keep_size, method, name, mode, **channels
        As for `Calcium`.
    C0 : float, array or callable
        The concentration outside of the cell, in mM.
    T : float, array or callable
        The temperature, in degrees Celsius.
    C_initializer : Initializer, array or callable
        The first concentration inside of the cell, in mM.

    Attributes
    ----------
    C : Variable, shape (num,) or (batch, num)
        The concentration inside of the cell, in mM.
    E : Variable, of the shape of C
        The reversal potential, in mV.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.
    ModelBuildError, TypeError
        As for `Calcium`.

    Notes
    -----
    For E, a concentration counts as 1e-9 mM at least, so that E stays finite where all calcium is gone.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.channels.CalciumDyna(1, T=36., C0=2.).E
    Variable(value=Array([120.2...]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, C0: Any = 2., T: Any = 36., C_initializer: Any = AT_REST,
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None, **channels: Any) -> None:
        super().__init__(size, keep_size, method, name, mode, **channels)
        self.C0 = parameter(C0, self.varshape, allow_none=False)
        self.T = parameter(T, self.varshape, allow_none=False)
        self._C_initializer = is_initializer(C_initializer, "C_initializer")
        self.integral = odeint(self.derivative, method=method)
        self.C = variable_(self._C_initializer, self.varshape, self.mode)
        self.E = variable_(bm.zeros, self.varshape, self.mode)
        self.E.value = self.nernst(self.C)

    def nernst(self, C: Any) -> Any:
        """The reversal potential of a concentration, in mV."""
        volt = GAS_CONSTANT * (self.T + ZERO_CELSIUS) / (2. * FARADAY_CONSTANT)
        return 1e3 * volt * bm.log(self.C0 / bm.maximum(C, ONE_ION))

    def derivative(self, C: Any, t: Any, V: Any) -> Any:
        """The rate of change of the concentration, in mM/ms."""
        raise NotImplementedError(f"{type(self).__name__} must define derivative(C, t, V).")

    def influx(self, V: Any, C: Any) -> Any:
        """The current of calcium into the cell, in uA/cm2: calcium leaves the cell by other ways only."""
        return bm.maximum(self.calcium_current(V, C, bm.asarray(self.E)), 0.)

    def update(self, shared: SharedArguments, V: Any, *ion: Any) -> None:
        """Advance the channels and the concentration by one step of ``dt``, both from what is at its beginning."""
        C = self.integral(bm.asarray(self.C), shared["t"], V, shared["dt"])
        super().update(shared, V)
        set_state(self, self.C, C)
        self.E.value = self.nernst(C)

    def reset_state(self, V: Any, *ion: Any, batch_size: int | None = None) -> None:
        """Give the concentration and all state variables of the channels their first values.

        Parameters
        ----------
        V : array
            The membrane potential, in mV.
        *ion : array
            Not used.
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        fill_state(self, self.C, variable_(self._C_initializer, self.varshape), batch_size)
        self.E.value = self.nernst(self.C)
        super().reset_state(V, batch_size=batch_size)


class CalciumDetailed(CalciumDyna):
    r"""Calcium in a thin shell under the membrane (Destexhe et al., 1993, Biophys. J. 65, 1538-1552).

    .. math:: \frac{dC}{dt} = \frac{\max(I_{Ca}, 0)}{2 F d} + \frac{C_{rest} - C}{\tau}

    :math:`I_{Ca}` is the current into the cell of those channels that carry calcium.

    Parameters
    ----------
    size, keep_size, C0, T, C_initializer, method, name, mode, **channels
        As for `CalciumDyna`.
    d : float, array or callable
        The depth of the shell, in um.
    C_rest : float, array or callable
        The concentration at rest, in mM.
    tau : float, array or callable
        The time constant of the removal, in ms.

    Attributes
    ----------
    C, E : Variable, shape (num,) or (batch, num)
        The concentration inside of the cell, in mM, and the reversal potential, in mV.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.
    ModelBuildError, TypeError
        As for `Calcium`.

    Notes
    -----
    A current of 1 uA/cm2 adds 5.18e-5 mM/ms to a shell of 1 um. Currents of other ions, such as that of `IAHP_De1994`, do
    not count, nor does calcium leave the cell through channels.

    Examples
    --------
    >>> import nbbrain as bp
    >>> Ca = bp.channels.CalciumDetailed(1, IT=bp.channels.ICaT_HM1992(1))
    >>> Ca.reset_state(-60.)
    >>> Ca.update({'t': 0., 'dt': 1.}, -60.)
    >>> Ca.C
    Variable(value=Array([0.000248...]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, T: Any = 36., d: Any = 1., C_rest: Any = 2.4e-4, tau: Any = 5.,
                 C0: Any = 2., C_initializer: Any = AT_REST, method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None, **channels: Any) -> None:
        super().__init__(size, keep_size, C0, T, C_initializer, method, name, mode, **channels)
        self.d = parameter(d, self.varshape, allow_none=False)
        self.C_rest = parameter(C_rest, self.varshape, allow_none=False)
        self.tau = parameter(tau, self.varshape, allow_none=False)

    def derivative(self, C: Any, t: Any, V: Any) -> Any:
        """The rate of change of the concentration, in mM/ms."""
        per_current = 10. / (2. * FARADAY_CONSTANT * self.d)  # 10: from uA/cm2, um and s to mM and ms
        return per_current * self.influx(V, C) + (self.C_rest - C) / self.tau


class CalciumFirstOrder(CalciumDyna):
    r"""Calcium that decays at a constant rate (Traub et al., 1991; Pinsky & Rinzel, 1994, J. Comput. Neurosci. 1, 39-60).

    .. math:: \frac{dC}{dt} = \alpha \max(I_{Ca}, 0) - \beta C

    :math:`I_{Ca}` is the current into the cell of those channels that carry calcium.

    Parameters
    ----------
    size, keep_size, T, C0, C_initializer, method, name, mode, **channels
        As for `CalciumDyna`.
    alpha : float, array or callable
        How much a current adds, in mM cm2 / (ms uA).
    beta : float, array or callable
        The rate of the removal, per ms.

    Attributes
    ----------
    C, E : Variable, shape (num,) or (batch, num)
        The concentration inside of the cell, in mM, and the reversal potential, in mV.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.
    ModelBuildError, TypeError
        As for `Calcium`.

    Notes
    -----
    The defaults are those of the papers, where concentrations have an arbitrary unit; 5.18e-5 is the physical value of alpha
    for a shell of 1 um. Currents of other ions do not count, nor does calcium leave the cell through channels.

    Examples
    --------
    >>> import nbbrain as bp
    >>> Ca = bp.channels.CalciumFirstOrder(1)
    >>> Ca.update({'t': 0., 'dt': 1.}, -60.)
    >>> print(f"{Ca.C[0] / 2.4e-4:.4f}")
    0.9277
    """

    def __init__(self, size: Size, keep_size: bool = False, T: Any = 36., alpha: Any = 0.13, beta: Any = 0.075, C0: Any = 2.,
                 C_initializer: Any = AT_REST, method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None, **channels: Any) -> None:
        super().__init__(size, keep_size, C0, T, C_initializer, method, name, mode, **channels)
        self.alpha = parameter(alpha, self.varshape, allow_none=False)
        self.beta = parameter(beta, self.varshape, allow_none=False)

    def derivative(self, C: Any, t: Any, V: Any) -> Any:
        """The rate of change of the concentration, in mM/ms."""
        return self.alpha * self.influx(V, C) - self.beta * C
