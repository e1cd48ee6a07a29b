"""Calcium: its concentration and reversal potential, and how it holds channels."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.dyn.channels.group import CondNeuGroup
from tests.dyn.channels.formulas import GATES
from tests.dyn.driving import solve_ivp

RT_2F = 1e3 * 8.31441 * 309.15 / (2 * 96489)  # mV


def test_the_reversal_potential() -> None:
    bm.enable_x64()
    Ca = bp.channels.CalciumDyna(3, C_initializer=bm.asarray([2.4e-4, 2., 0.]))
    np.testing.assert_allclose(Ca.E, [RT_2F * np.log(2 / 2.4e-4), 0., RT_2F * np.log(2e9)], rtol=1e-12)
    assert Ca.E[0] == pytest.approx(120.2, abs=0.1)


def test_a_fixed_concentration() -> None:
    bm.enable_x64()
    Ca = bp.channels.CalciumFixed(2, ICaL=bp.channels.ICaL_IS2008(2), ICaN=bp.channels.ICaN_IS2008(2))
    Ca.reset_state(-20.)
    Ca.update({"t": 0., "dt": 0.1}, bm.asarray([-20., -20.]))
    gates = {(name, gate): formula(-20., None)[0] for name in ("ICaL_IS2008", "ICaN_IS2008")
             for gate, formula in GATES[name].items()}
    carried = gates["ICaL_IS2008", "p"]**2 * gates["ICaL_IS2008", "q"] * 140.
    other = 2.4e-4 / 0.20024 * gates["ICaN_IS2008", "p"] * 30.
    np.testing.assert_allclose(Ca.current(-20.), carried + other, rtol=1e-10)
    np.testing.assert_allclose(Ca.calcium_current(-20.), carried, rtol=1e-10)
    np.testing.assert_allclose(Ca.current(-20., 2.4e-4, -20.), other, rtol=1e-10)


def test_a_first_order_decay_without_channels() -> None:
    bm.enable_x64()
    Ca = bp.channels.CalciumFirstOrder(1, beta=0.05)
    for i in range(20):
        Ca.update({"t": i * 0.5, "dt": 0.5}, -60.)
    np.testing.assert_allclose(Ca.C, 2.4e-4 * np.exp(-0.5), rtol=1e-12)
    np.testing.assert_allclose(Ca.E, RT_2F * (np.log(2 / 2.4e-4) + 0.5), rtol=1e-12)


@pytest.mark.parametrize("kind", ["CalciumDetailed", "CalciumFirstOrder"])
def test_the_concentration_under_voltage_clamp_against_scipy(kind: str) -> None:
    bm.enable_x64()
    V, first_order = -50., kind == "CalciumFirstOrder"
    options = {"alpha": 3e-4} if first_order else {"d": 0.5}
    (p_inf, tau_p), (q_inf, tau_q) = [GATES["ICaT_HM1992"][gate](V, None) for gate in "pq"]

    def right_hand_side(t, y):
        p, q, C = y
        current = 2. * p**2 * q * (RT_2F * np.log(2. / C) - V)
        dC = 3e-4 * current - 0.075 * C if first_order else 10 / (2 * 96489 * 0.5) * current + (2.4e-4 - C) / 5.
        return (p_inf - p) / tau_p, (q_inf - q) / tau_q, dC

    start = [*[float(GATES["ICaT_HM1992"][gate](-70., None)[0]) for gate in "pq"], 2.4e-4]
    want = solve_ivp(right_hand_side, (0., 10.), start, rtol=1e-9, atol=1e-13, t_eval=np.arange(1., 11.)).y[2]
    errors = []
    for per_ms in (50, 100):
        Ca = getattr(bp.channels, kind)(1, **options, IT=bp.channels.ICaT_HM1992(1), IKCa=bp.channels.IAHP_De1994(1),
                                        Ih=bp.channels.Ih_De1996(1))
        Ca.reset_state(-70.)
        got = []
        for i in range(10 * per_ms):
            Ca.update({"t": i / per_ms, "dt": 1. / per_ms}, bm.asarray([V]))
            got.append(float(Ca.C[0]))
        errors.append(np.abs(np.array(got)[per_ms - 1::per_ms] / want - 1).max())
    assert max(want) > 1.5 * 2.4e-4
    assert errors[1] < 5e-3
    assert errors[0] / errors[1] == pytest.approx(2., rel=0.05)  # a method of first order


def test_calcium_does_not_leave_through_channels() -> None:
    Ca = bp.channels.CalciumDetailed(1, ICaL=bp.channels.ICaL_IS2008(1, V_sh=-200.))
    Ca.ICaL.p.value = Ca.ICaL.q.value = np.ones(1, np.float32)
    assert Ca.current(300.)[0] < 0.
    Ca.update({"t": 0., "dt": 0.1}, bm.asarray([300.]))
    assert Ca.C[0] == np.float32(2.4e-4)


def test_everything_advances_from_the_beginning_of_the_step() -> None:
    bm.enable_x64()
    Ca = bp.channels.CalciumDetailed(1, IKCa=bp.channels.IAHP_De1994(1), IT=bp.channels.ICaT_HM1992(1))
    Ca.reset_state(-50.)
    C, E, p = [float(x[0]) for x in (Ca.C, Ca.E, Ca.IKCa.p)]
    inward = float(Ca.IT.current(-50., C, E)[0])
    Ca.update({"t": 0., "dt": 0.5}, bm.asarray([-50.]))
    rest = 2.4e-4 + 5 * inward * 10 / (2 * 96489)
    assert float(Ca.C[0]) == pytest.approx(rest + (C - rest) * np.exp(-0.1), rel=1e-10)
    assert float(Ca.IKCa.p[0]) == pytest.approx(p, rel=1e-12)  # its steady state at the old concentration


def test_resets_and_batches() -> None:
    mode = bm.TrainingMode(2)
    Ca = bp.channels.CalciumDetailed(3, mode=mode, IT=bp.channels.ICaT_HM1992(3, mode=mode),
                                     Ih=bp.channels.Ih_De1996(3, mode=mode))
    neurons = CondNeuGroup(3, mode=mode, Ca=Ca)
    neurons.reset_state(5)
    assert {v.shape for v in neurons.vars().values()} == {(5, 3)}
    Ca.C.value = Ca.C * 2.
    neurons.reset_state()
    assert np.all(Ca.C.numpy() == np.float32(2.4e-4)) and np.all(np.abs(Ca.E.numpy() - 120.2) < 0.1)


def test_channels_of_the_wrong_place() -> None:
    bp.share.save(t=0., dt=0.1)
    neurons = CondNeuGroup(1, name="cells", IT=bp.channels.ICaT_HM1992(1))
    with pytest.raises(TypeError, match=r"is a ICaT_HM1992, which must be a part of a Calcium, but it is one of cells, a "
                                        r"CondNeuGroup"):
        neurons(0.)
    neurons = CondNeuGroup(1, Ca=bp.channels.CalciumFixed(1, INa=bp.channels.INa_HH1952(1)))
    with pytest.raises(TypeError, match="is a INa_HH1952, which must be a part of a CondNeuGroup"):
        neurons(0.)


def test_what_a_kind_of_calcium_must_say() -> None:
    with pytest.raises(NotImplementedError, match=r"CalciumDyna must define derivative\(C, t, V\)"):
        bp.channels.CalciumDyna(1).update({"t": 0., "dt": 0.1}, -60.)


def test_a_kind_of_calcium_of_a_user() -> None:
    bm.enable_x64()

    class Slow(bp.channels.CalciumDyna):
        def derivative(self, C, t, V):
            return (1e-4 - C) / 100.

    Ca = Slow(1)
    Ca.update({"t": 0., "dt": 100.}, -60.)
    assert float(Ca.C[0]) == pytest.approx(1e-4 + 1.4e-4 * np.exp(-1.), rel=1e-12)
