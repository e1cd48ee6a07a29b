r"""What neurons with voltage-dependent conductances have in common.

A gate is a fraction x of open channels, which open at the rate :math:`\alpha(V)` and close at the rate :math:`\beta(V)`
(Hodgkin & Huxley, 1952).
"""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.integrators.exponential import phi

__all__ = ["gating", "linoid", "opening", "steady"]


def gating(x: Any, alpha: Any, beta: Any) -> Any:
    r"""The rate of change of a gate, :math:`\alpha (1 - x) - \beta x`.

    Examples
    --------
    >>> from nbbrain.dyn.neurons.conductance import gating
    >>> gating(0.25, 1., 3.)
    0.0
    """
    return alpha * (1. - x) - beta * x


def steady(alpha: Any, beta: Any) -> Any:
    r"""The steady state of a gate, :math:`\alpha / (\alpha + \beta)`.

    Examples
    --------
    >>> from nbbrain.dyn.neurons.conductance import steady
    >>> steady(1., 3.)
    0.25
    """
    return alpha / (alpha + beta)


def linoid(x: Any) -> Any:
    r"""The rate :math:`x / (1 - e^{-x})`, which is 1 at 0 and nearly x above.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> from nbbrain.dyn.neurons.conductance import linoid
    >>> linoid(bm.asarray([0., 1.]))
    Array(value=Array([1.       , 1.58197...]), dtype=float32)
    """
    return 1. / phi(-x)


def opening(x: Any) -> Any:
    r"""The sigmoidal fraction :math:`(1 + \tanh x) / 2` of open channels.

    Examples
    --------
    >>> from nbbrain.dyn.neurons.conductance import opening
    >>> opening(0.)
    Array(value=Array(0.5), dtype=float32)
    """
    return 0.5 * (1. + bm.tanh(x))
