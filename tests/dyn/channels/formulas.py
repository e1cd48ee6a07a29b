"""The published steady states and time constants (ms) of all gates, as they are printed, at 24 or 36 degrees Celsius."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import exp

Formula = Callable[[Any, Any], tuple[Any, Any]]
"""A function of the membrane potential and of calcium that gives steady state and time constant."""


def rates(alpha: Callable[[Any], Any], beta: Callable[[Any], Any]) -> Formula:
    """Steady state and time constant of opening and closing rates."""
    return lambda V, C: (alpha(V) / (alpha(V) + beta(V)), 1 / (alpha(V) + beta(V)))


def relaxation(steady: Callable[[Any], Any], tau: Callable[[Any], Any], factor: float = 1.) -> Formula:
    """A steady state, and a time constant that is divided by a temperature factor."""
    return lambda V, C: (steady(V), tau(V) / factor)


def relay(shift: float) -> dict[str, Formula]:
    """The gates of Huguenard and McCormick's calcium current, at 36 degrees."""
    return {
        "p": relaxation(lambda V: 1 / (1 + exp(-(V + 59 - shift) / 6.2)),
                        lambda V: .612 + 1 / (exp(-(V + 132 - shift) / 16.7) + exp((V + 16.8 - shift) / 18.2)), 3.55**1.2),
        "q": relaxation(lambda V: 1 / (1 + exp((V + 83 - shift) / 4)),
                        lambda V: np.where(V + 80 - shift < 0, exp((V + 467 - shift) / 66.6),
                                           28 + exp(-(V + 22 - shift) / 10.5)), 3**1.2),
    }


def traub(shift: float) -> dict[str, Formula]:
    """The gates of Traub and Miles' sodium current."""
    return {
        "p": rates(lambda V: .32 * (13 - V + shift) / (exp((13 - V + shift) / 4) - 1),
                   lambda V: .28 * (V - shift - 40) / (exp((V - shift - 40) / 5) - 1)),
        "q": rates(lambda V: .128 * exp((17 - V + shift) / 18), lambda V: 4 / (1 + exp((40 - V + shift) / 5))),
    }


def rectifier(shift: float) -> dict[str, Formula]:
    """The gate of Traub and Miles' potassium current."""
    return {"p": rates(lambda V: .032 * (15 - V + shift) / (exp((15 - V + shift) / 5) - 1),
                       lambda V: .5 * exp((10 - V + shift) / 40))}


def fast_a(half: float, slope: float, limit: float, slow: float) -> dict[str, Formula]:
    """The gates of Huguenard and McCormick's A current."""
    return {
        "p": relaxation(lambda V: 1 / (1 + exp(-(V - half) / slope)),
                        lambda V: .37 + 1 / (exp((V + 35.8) / 19.7) + exp(-(V + 79.7) / 12.7))),
        "q": relaxation(lambda V: 1 / (1 + exp((V + 78) / 6)),
                        lambda V: np.where(V - limit < 0, 1 / (exp((V + 46) / 5) + exp(-(V + 238) / 37.5)), slow)),
    }


def slow_k(tau_q: Callable[[Any], Any]) -> dict[str, Formula]:
    """The gates of Huguenard and McCormick's K2 current."""
    return {"p": relaxation(lambda V: 1 / (1 + exp(-(V + 43) / 17)),
                            lambda V: 9.9 + 1 / (exp((V - 81) / 25.6) + exp(-(V + 132) / 18))),
            "q": relaxation(lambda V: 1 / (1 + exp((V + 58) / 10.6)), tau_q)}


def tau_k2a(V: Any) -> Any:
    """The time constant of the inactivation of the K2 current."""
    return 120 + 1 / (exp((V - 1329) / 200) + exp(-(V + 130) / 7.1))


GATES: dict[str, dict[str, Formula]] = {
    "INa_HH1952": {
        "p": rates(lambda V: .1 * (V + 40) / (1 - exp(-(V + 40) / 10)), lambda V: 4 * exp(-(V + 65) / 18)),
        "q": rates(lambda V: .07 * exp(-(V + 65) / 20), lambda V: 1 / (1 + exp(-(V + 35) / 10)))},
    "IK_HH1952": {
        "p": rates(lambda V: .01 * (V + 55) / (1 - exp(-(V + 55) / 10)), lambda V: .125 * exp(-(V + 65) / 80))},
    "INa_TM1991": traub(-63),
    "INa_Ba2002": traub(-50),
    "IK_TM1991": rectifier(-60),
    "IKDR_Ba2002": rectifier(-50),
    "IKA1_HM1992": fast_a(-60, 8.5, -63, 19),
    "IKA2_HM1992": fast_a(-36, 20, -73, 60),
    "IKK2A_HM1992": slow_k(tau_k2a),
    "IKK2B_HM1992": slow_k(lambda V: np.where(V < -70, tau_k2a(V), 8900)),
    "IKNI_Ya1989": {
        "p": relaxation(lambda V: 1 / (1 + exp(-(V + 35) / 10)),
                        lambda V: 4000 / (3.3 * exp((V + 35) / 20) + exp(-(V + 35) / 20)))},
    "Ih_HM1992": {
        "p": relaxation(lambda V: 1 / (1 + exp((V + 75) / 5.5)),
                        lambda V: 1 / (exp(-.086 * V - 14.59) + exp(.0701 * V - 1.87)))},
    "ICaT_HM1992": relay(-3),
    "ICaHT_HM1992": relay(25),
    "ICaT_HP1992": {
        "p": relaxation(lambda V: 1 / (1 + exp(-(V + 55) / 7.4)),
                        lambda V: 3 + 1 / (exp((V + 30) / 10) + exp(-(V + 105) / 15)), 5**1.2),
        "q": relaxation(lambda V: 1 / (1 + exp((V + 83) / 5)),
                        lambda V: 85 + 1 / (exp((V + 51) / 4) + exp(-(V + 410) / 50)), 3**1.2)},
    "ICaL_IS2008": {
        "p": relaxation(lambda V: 1 / (1 + exp(-(V + 10) / 4)),
                        lambda V: .4 + .7 / (exp(-(V + 5) / 15) + exp((V + 5) / 15)), 3.55**1.2),
        "q": relaxation(lambda V: 1 / (1 + exp((V + 25) / 2)),
                        lambda V: 300 + 100 / (exp((V + 40) / 9.5) + exp(-(V + 40) / 9.5)), 3**1.2)},
    "ICaN_IS2008": {
        "p": relaxation(lambda V: 1 / (1 + exp(-(V + 43) / 5.2)),
                        lambda V: 1.6 + 2.7 / (exp(-(V + 55) / 15) + exp((V + 55) / 15)))},
    "IAHP_De1994": {
        "p": lambda V, C: (48 * C**2 / (48 * C**2 + .09) + 0 * V, 1 / (48 * C**2 + .09) + 0 * V)},
}

POWERS: dict[str, dict[str, int]] = {
    **{name: {"p": 3, "q": 1} for name in ("INa_HH1952", "INa_TM1991", "INa_Ba2002")},
    **{name: {"p": 4} for name in ("IK_HH1952", "IK_TM1991", "IKDR_Ba2002")},
    **{name: {"p": 4, "q": 1} for name in ("IKA1_HM1992", "IKA2_HM1992")},
    **{name: {"p": 1, "q": 1} for name in ("IKK2A_HM1992", "IKK2B_HM1992")},
    **{name: {"p": 1} for name in ("IKNI_Ya1989", "Ih_HM1992", "ICaN_IS2008")},
    **{name: {"p": 2, "q": 1} for name in ("ICaT_HM1992", "ICaHT_HM1992", "ICaT_HP1992", "ICaL_IS2008")},
    "IAHP_De1994": {"p": 2},
}

CALCIUM = ("ICaT_HM1992", "ICaHT_HM1992", "ICaT_HP1992", "ICaL_IS2008")
"""The channels that carry calcium."""

NEED_CALCIUM = (*CALCIUM, "ICaN_IS2008", "IAHP_De1994", "Ih_De1996")
"""The channels that are a part of calcium."""

G_MAX_AND_E: dict[str, tuple[float, float]] = {
    "INa_HH1952": (120., 50.), "INa_TM1991": (120., 50.), "INa_Ba2002": (90., 50.), "IK_HH1952": (10., -90.),
    "IK_TM1991": (10., -90.), "IKDR_Ba2002": (10., -90.), "IKA1_HM1992": (30., -90.), "IKA2_HM1992": (20., -90.),
    "IKK2A_HM1992": (10., -90.), "IKK2B_HM1992": (10., -90.), "IKNI_Ya1989": (.004, -90.), "Ih_HM1992": (10., 43.),
    "ICaT_HM1992": (2., 120.), "ICaHT_HM1992": (2., 120.), "ICaT_HP1992": (1.75, 120.), "ICaL_IS2008": (1., 120.),
    "ICaN_IS2008": (1., 10.), "IAHP_De1994": (10., -95.),
}
"""The defaults; channels that carry calcium get E = 120 mV in the tests."""
