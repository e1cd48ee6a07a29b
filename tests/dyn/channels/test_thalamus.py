"""A thalamic relay cell with eight channels, two of them in calcium, against SciPy and the printed formulas."""
from __future__ import annotations

import math

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.dyn.channels.group import CondNeuGroup
from tests.dyn.channels.formulas import GATES, POWERS
from tests.dyn.driving import over_time, solve_ivp

RT_2F = 1e3 * 8.31441 * 309.15 / (2 * 96489)  # mV
MEMBRANE = {"INa_TM1991": (90., 50.), "IK_TM1991": (10., -90.), "IKA1_HM1992": (0.2, -90.), "Ih_HM1992": (0.01, -43.)}
"""Conductance and reversal potential of what depends on the potential alone."""
IN_CALCIUM = {"ICaT_HM1992": 2., "IAHP_De1994": 10.}
LEAKS = {"IL": (0.01, -70.), "IKL": (0.01, -90.)}


def relay_cell() -> CondNeuGroup:
    def channel(name, **options):
        return getattr(bp.channels, name)(1, **options)

    calcium = bp.channels.CalciumDetailed(1, d=0.5, **{name: channel(name, g_max=g) for name, g in IN_CALCIUM.items()})
    return CondNeuGroup(1, V_initializer=bp.init.Constant(-75.), calcium=calcium,
                        **{name: channel(name, g_max=g, E=E) for name, (g, E) in {**MEMBRANE, **LEAKS}.items()})


GATED = [(name, gate) for name in (*MEMBRANE, *IN_CALCIUM) for gate in POWERS[name]]


def right_hand_side(t, y, current):
    V, C, gates = y[0], y[1], dict(zip(GATED, y[2:], strict=True))
    E_Ca = RT_2F * np.log(2. / C)

    def conductance(name, g):
        return g * math.prod([gates[name, gate]**power for gate, power in POWERS[name].items()])

    carried = conductance("ICaT_HM1992", IN_CALCIUM["ICaT_HM1992"]) * (E_Ca - V)
    total = current(t) + carried + conductance("IAHP_De1994", IN_CALCIUM["IAHP_De1994"]) * (-95. - V)
    total += sum(g * (E - V) for g, E in LEAKS.values())
    total += sum(conductance(name, g) * (E - V) for name, (g, E) in MEMBRANE.items())
    relaxing = [(steady - gates[key]) / tau for key in GATED for steady, tau in (GATES[key[0]][key[1]](V, C),)]
    return [total, 10 * max(carried, 0.) / (2 * 96489 * 0.5) + (2.4e-4 - C) / 5., *relaxing]


@pytest.mark.heavy
def test_a_rebound_burst_against_scipy() -> None:
    bm.enable_x64()
    release, duration, per_ms = 30., 70, 200

    def current(t):
        return -1. if t < release else 1.  # uA/cm2

    cell = relay_cell()
    cell.reset_state()

    def step(row):
        cell(row)
        cell.clear_input()
        return cell.V.value, cell.calcium.C.value

    initial = []
    for name, gate in GATED:
        channel = getattr(cell, name, None) or getattr(cell.calcium, name)
        initial.append(float(getattr(channel, gate)[0]))
    drive = bm.asarray([[current(i / per_ms)] for i in range(duration * per_ms)])
    V, C = [np.asarray(x)[:, 0] for x in over_time(step, drive, True, dt=1. / per_ms)]
    times = np.arange(1, len(V) + 1) / per_ms
    halves, state = [], np.array([-75., 2.4e-4, *initial])
    for start, end in ((0., release), (release, duration)):
        now = times[(times > start + 1e-9) & (times < end + 1e-9)]
        halves.append(solve_ivp(right_hand_side, (start, now[-1]), state, args=(current,), rtol=1e-6, atol=1e-9,
                                method="LSODA", max_step=0.5, t_eval=now).y)
        state = halves[-1][:, -1]
    want_V, want_C = np.concatenate(halves, axis=1)[:2]
    quiet = times < release
    np.testing.assert_allclose(V[quiet], want_V[quiet], atol=0.02)
    # Hyperpolarization has made T channels available: the release leads to a burst, and calcium into the cell.
    spikes, want = [times[1:][(v[:-1] < 0.) & (v[1:] >= 0.)] for v in (V, want_V)]
    assert len(want) >= 3
    np.testing.assert_allclose(spikes, want, atol=0.3)
    assert want_C.max() > 1e-3
    np.testing.assert_allclose(C.max(), want_C.max(), rtol=0.02)
