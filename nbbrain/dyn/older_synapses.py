"""Synapses under the older names of ``bp.dyn``, which say what becomes of the conductance."""
from __future__ import annotations

from functools import partial
from typing import Any

from nbbrain.dyn.synapses import Alpha, Delta, DualExponential, Exponential
from nbbrain.dyn.synouts import COBA, CUBA
from nbbrain.dynsys import NeuGroup

__all__ = ["AlphaCOBA", "AlphaCUBA", "DeltaSynapse", "DualExpCOBA", "DualExpCUBA", "ExpCOBA", "ExpCUBA"]


class ExpCUBA(Exponential):
    """`bp.synapses.Exponential` whose conductance is a current.

    Parameters
    ----------
    conn_type : {'sparse', 'dense'}
        ``comp_method`` there.
    pre, post, conn, g_max, delay_step, tau, name, method
        As there.

    Examples
    --------
    >>> import nbbrain as bp
    >>> pre, post = bp.neurons.LIF(2), bp.neurons.LIF(3)
    >>> type(bp.dyn.ExpCUBA(pre, post, bp.conn.All2All()).output).__name__
    'CUBA'
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, conn_type: str = "sparse", g_max: Any = 1.,
                 delay_step: Any = None, tau: Any = 8.0, name: str | None = None, method: str = "exp_auto") -> None:
        super().__init__(pre, post, conn, CUBA(), comp_method=conn_type, g_max=g_max, delay_step=delay_step, tau=tau,
                         method=method, name=name)


class ExpCOBA(Exponential):
    """`bp.synapses.Exponential` whose conductance acts by the distance to a reversal potential.

    Parameters
    ----------
    conn_type : {'sparse', 'dense'}
        ``comp_method`` there.
    E : float or array
        The reversal potential, in mV.
    pre, post, conn, g_max, tau, delay_step, method, name
        As there.

    Examples
    --------
    >>> import nbbrain as bp
    >>> pre, post = bp.neurons.LIF(2), bp.neurons.LIF(3)
    >>> bp.dyn.ExpCOBA(pre, post, bp.conn.All2All(), E=-80.).output.E
    -80.0
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, conn_type: str = "sparse", g_max: Any = 1., tau: Any = 8.0,
                 E: Any = 0., delay_step: Any = None, method: str = "exp_auto", name: str | None = None) -> None:
        super().__init__(pre, post, conn, COBA(E=E), comp_method=conn_type, g_max=g_max, delay_step=delay_step, tau=tau,
                         method=method, name=name)


class DualExpCUBA(DualExponential):
    """`bp.synapses.DualExponential` whose conductance is a current.

    Parameters
    ----------
    conn_type : {'sparse', 'dense'}
        ``comp_method`` there.
    pre, post, conn, g_max, tau_decay, tau_rise, delay_step, method, name
        As there.

    Examples
    --------
    >>> import nbbrain as bp
    >>> pre, post = bp.neurons.LIF(2), bp.neurons.LIF(3)
    >>> type(bp.dyn.DualExpCUBA(pre, post, bp.conn.All2All()).output).__name__
    'CUBA'
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, conn_type: str = "dense", g_max: Any = 1.,
                 tau_decay: Any = 10.0, tau_rise: Any = 1., delay_step: Any = None, method: str = "exp_auto",
                 name: str | None = None) -> None:
        super().__init__(pre, post, conn, output=CUBA(), comp_method=conn_type, g_max=g_max, tau_decay=tau_decay,
                         tau_rise=tau_rise, delay_step=delay_step, method=method, name=name)


class DualExpCOBA(DualExponential):
    """`bp.synapses.DualExponential` whose conductance acts by the distance to a reversal potential.

    Parameters
    ----------
    conn_type : {'sparse', 'dense'}
        ``comp_method`` there.
    E : float or array
        The reversal potential, in mV.
    pre, post, conn, g_max, delay_step, tau_decay, tau_rise, method, name
        As there.

    Examples
    --------
    >>> import nbbrain as bp
    >>> pre, post = bp.neurons.LIF(2), bp.neurons.LIF(3)
    >>> bp.dyn.DualExpCOBA(pre, post, bp.conn.All2All(), E=-80.).output.E
    -80.0
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, conn_type: str = "dense", g_max: Any = 1.,
                 delay_step: Any = None, tau_decay: Any = 10.0, tau_rise: Any = 1., E: Any = 0., method: str = "exp_auto",
                 name: str | None = None) -> None:
        super().__init__(pre, post, conn, output=COBA(E=E), comp_method=conn_type, g_max=g_max, tau_decay=tau_decay,
                         tau_rise=tau_rise, delay_step=delay_step, method=method, name=name)


class AlphaCUBA(Alpha):
    """`bp.synapses.Alpha` whose conductance is a current.

    Parameters
    ----------
    conn_type : {'sparse', 'dense'}
        ``comp_method`` there.
    pre, post, conn, g_max, delay_step, tau_decay, method, name
        As there.

    Examples
    --------
    >>> import nbbrain as bp
    >>> pre, post = bp.neurons.LIF(2), bp.neurons.LIF(3)
    >>> type(bp.dyn.AlphaCUBA(pre, post, bp.conn.All2All()).output).__name__
    'CUBA'
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, conn_type: str = "dense", g_max: Any = 1.,
                 delay_step: Any = None, tau_decay: Any = 10.0, method: str = "exp_auto", name: str | None = None) -> None:
        super().__init__(pre, post, conn, output=CUBA(), comp_method=conn_type, g_max=g_max, delay_step=delay_step,
                         tau_decay=tau_decay, method=method, name=name)


class AlphaCOBA(Alpha):
    """`bp.synapses.Alpha` whose conductance acts by the distance to a reversal potential.

    Parameters
    ----------
    conn_type : {'sparse', 'dense'}
        ``comp_method`` there.
    E : float or array
        The reversal potential, in mV.
    pre, post, conn, g_max, delay_step, tau_decay, method, name
        As there.

    Examples
    --------
    >>> import nbbrain as bp
    >>> pre, post = bp.neurons.LIF(2), bp.neurons.LIF(3)
    >>> bp.dyn.AlphaCOBA(pre, post, bp.conn.All2All(), E=-80.).output.E
    -80.0
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, conn_type: str = "dense", g_max: Any = 1.,
                 delay_step: Any = None, tau_decay: Any = 10.0, E: Any = 0., method: str = "exp_auto",
                 name: str | None = None) -> None:
        super().__init__(pre, post, conn, output=COBA(E=E), comp_method=conn_type, g_max=g_max, delay_step=delay_step,
                         tau_decay=tau_decay, method=method, name=name)


class DeltaSynapse(Delta):
    """`bp.synapses.Delta` that adds to a variable of the post-synaptic neurons.

    Parameters
    ----------
    conn_type : {'sparse', 'dense'}
        ``comp_method`` there.
    weights : float, array, Initializer or callable
        ``g_max`` there.
    post_input_key : str
        The variable that is added to.
    post_has_ref : bool
        Whether neurons that are refractory receive nothing.
    pre, post, conn, delay_step, name
        As there.

    Examples
    --------
    >>> import nbbrain as bp
    >>> pre, post = bp.neurons.LIF(2), bp.neurons.LIF(3)
    >>> bp.dyn.DeltaSynapse(pre, post, bp.conn.All2All(), weights=2.).g_max
    2.0
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, conn_type: str = "sparse", weights: Any = 1.,
                 delay_step: Any = None, post_input_key: str = "V", post_has_ref: bool = False,
                 name: str | None = None) -> None:
        super().__init__(pre, post, conn, output=partial(CUBA, post_input_key), comp_method=conn_type, g_max=weights,
                         delay_step=delay_step, post_ref_key="refractory" if post_has_ref else None, name=name)
