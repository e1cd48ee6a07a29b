"""Ion channels: gates and currents against the printed formulas, and compiled against the reference."""
from __future__ import annotations

import inspect

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.dyn.channels.group import CondNeuGroup
from tests.dyn.channels.formulas import CALCIUM, G_MAX_AND_E, GATES, NEED_CALCIUM, POWERS
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import over_time, solve_ivp

POTENTIALS = np.array([-103.7, -85.1, -71.3, -64.9, -52.2, -41.7, -12.6, 21.3])
CONCENTRATIONS = np.array([2.4e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-4, 4e-2, 0.1])
ALL = (*GATES, "Ih_De1996", "IL", "IKL")


def channel(name: str, size: int = len(POTENTIALS), **options):
    return getattr(bp.channels, name)(size, **options)


def surroundings(name: str) -> tuple[np.ndarray, ...]:
    """What a channel sees besides the membrane potential."""
    return (CONCENTRATIONS, np.full(len(POTENTIALS), 120.)) if name in NEED_CALCIUM else ()


@pytest.mark.parametrize("name", GATES)
def test_gates_start_in_their_steady_states(name: str) -> None:
    bm.enable_x64()
    it = channel(name)
    assert dict(it.powers) == POWERS[name] and set(GATES[name]) == set(it.powers)
    it.reset_state(bm.asarray(POTENTIALS), *map(bm.asarray, surroundings(name)))
    for gate, formula in GATES[name].items():
        np.testing.assert_allclose(getattr(it, gate), formula(POTENTIALS, CONCENTRATIONS)[0], rtol=1e-10, err_msg=gate)


@pytest.mark.parametrize("name", GATES)
def test_gates_relax_with_their_time_constants(name: str) -> None:
    bm.enable_x64()
    it = channel(name)
    for gate in it.powers:
        assert np.all(getattr(it, gate).numpy() == 0.)
    it.update({"t": 0., "dt": 0.7}, bm.asarray(POTENTIALS), *map(bm.asarray, surroundings(name)))
    for gate, formula in GATES[name].items():
        steady, tau = formula(POTENTIALS, CONCENTRATIONS)
        np.testing.assert_allclose(getattr(it, gate), -steady * np.expm1(-0.7 / tau), rtol=1e-10, err_msg=gate)


@pytest.mark.parametrize("name", GATES)
def test_currents(name: str) -> None:
    bm.enable_x64()
    it = channel(name)
    open_gates = np.full(len(POTENTIALS), 0.9)
    expected, E = G_MAX_AND_E[name]
    for gate, power in POWERS[name].items():
        getattr(it, gate).value = open_gates
        expected = expected * open_gates**power
    if name == "ICaN_IS2008":
        expected = expected * CONCENTRATIONS / (0.2 + CONCENTRATIONS)
    got = it.current(bm.asarray(POTENTIALS), *map(bm.asarray, surroundings(name)))
    np.testing.assert_allclose(got, expected * (E - POTENTIALS), rtol=1e-12)


@pytest.mark.parametrize(("name", "g", "E"), [("IL", 0.1, -70.), ("IKL", 0.005, -90.)])
def test_leaks(name: str, g: float, E: float) -> None:
    bm.enable_x64()
    it = channel(name)
    assert not it.vars()
    it.update({}, POTENTIALS)
    it.reset_state(POTENTIALS)
    np.testing.assert_allclose(it.current(bm.asarray(POTENTIALS)), g * (E - POTENTIALS), rtol=1e-14)


@pytest.mark.parametrize(("name", "V"), [("INa_HH1952", -40.), ("INa_TM1991", -50.), ("INa_TM1991", -23.),
                                         ("INa_Ba2002", -37.), ("INa_Ba2002", -10.), ("IK_HH1952", -55.),
                                         ("IK_TM1991", -45.), ("IKDR_Ba2002", -35.)])
def test_rates_where_the_formula_is_zero_by_zero(name: str, V: float) -> None:
    bm.enable_x64()
    it = channel(name, 3)
    formula = GATES[name]["p"]
    it.reset_state(bm.asarray([V - 1e-4, V, V + 1e-4]))
    below, at, above = it.p.numpy()
    assert at == pytest.approx((below + above) / 2, rel=1e-8)
    assert below == pytest.approx(formula(V - 1e-4, None)[0], rel=1e-8)

    def p(V):
        it.reset_state(V)
        return it.p.value

    slope = bm.vector_grad(p)(bm.asarray([V] * 3))
    np.testing.assert_allclose(slope, (above - below) / 2e-4, rtol=1e-6)


def test_temperature_factors() -> None:
    T = np.array([24., 34., 44.])
    IT = bp.channels.ICaT_HM1992(3, T=T, T_base_p=2.)
    np.testing.assert_allclose(IT.phi_p, [1., 2., 4.])
    np.testing.assert_allclose(IT.phi_q, [1., 3., 9.])
    assert bp.channels.ICaT_HP1992(1, phi_q=7., T=34.).phi_q == 7.
    assert bp.channels.ICaT_HP1992(1, phi_q=7., T=34.).phi_p == 5.
    assert bp.channels.ICaHT_HM1992(1, T=34.).phi_p == bp.channels.ICaL_IS2008(1, T=34.).phi_p == 3.55
    assert bp.channels.INa_Ba2002(1, T=26.).phi == bp.channels.IKDR_Ba2002(1, T=26.).phi == pytest.approx(1 / 3)
    assert bp.channels.Ih_De1996(1, T=46.).phi == 3.
    np.testing.assert_allclose(bp.channels.INa_Ba2002(3, T=lambda size: bm.full(size, 46.)).phi, 3.)


@pytest.mark.parametrize("name", ["INa_HH1952", "IKA1_HM1992"])
def test_a_temperature_factor_is_a_scale_of_time(name: str) -> None:
    bm.enable_x64()
    factors = {"phi": 2.} if name == "INa_HH1952" else {"phi_p": 2., "phi_q": 2.}
    fast, slow = channel(name, **factors), channel(name)
    fast.update({"t": 0., "dt": 0.2}, bm.asarray(POTENTIALS))
    slow.update({"t": 0., "dt": 0.4}, bm.asarray(POTENTIALS))
    np.testing.assert_allclose(fast.p, slow.p, rtol=1e-12)
    np.testing.assert_allclose(fast.q, slow.q, rtol=1e-12)


def test_the_locked_state_of_Ih() -> None:
    bm.enable_x64()

    V, C = -82., 1.5e-3
    it = bp.channels.Ih_De1996(1, method="rk4")
    tau = 20 + 1000 / (np.exp((V + 71.5) / 14.2) + np.exp(-(V + 89) / 11.6))
    opened = 1 / (1 + np.exp((V + 75) / 5.5))

    def scheme(t, y):
        closed, free = 1 - y[0] - y[1], 1 - y[2]
        opening = opened / tau * closed - (1 - opened) / tau * y[0]
        locking = 1e-3 * (y[2] / 0.01) * y[0] - 1e-3 * y[1]
        return opening - locking, locking, 4e-4 * (C / 2e-3)**4 * free - 4e-4 * y[2]

    want = solve_ivp(scheme, (0., 2000.), [0., 0., 0.], rtol=1e-10, atol=1e-12).y[:, -1]
    for i in range(2000):
        it.update({"t": float(i), "dt": 1.}, V, C, 120.)
    got = np.array([it.O[0], it.OL[0], it.P1[0]])
    np.testing.assert_allclose(got, want, rtol=1e-6)
    assert it.current(V, C, 120.)[0] == pytest.approx(0.02 * (want[0] + 2 * want[1]) * (-40 - V), rel=1e-6)
    it.reset_state(V, C, 120.)
    steady = np.array([it.O[0], it.OL[0], it.P1[0]])
    np.testing.assert_allclose(scheme(0., steady), 0., atol=1e-15)


def neurons_with(name: str, size: int, mode: bm.Mode) -> CondNeuGroup:
    """Neurons with one kind of channel, and a leak so that nothing runs away."""
    it = channel(name, size, mode=mode)
    if name in NEED_CALCIUM:
        it = bp.channels.CalciumDetailed(size, mode=mode, it=it, IT=channel("ICaT_HM1992", size, mode=mode, g_max=0.5))
    return CondNeuGroup(size, mode=mode, V_initializer=lambda shape: bm.linspace(-80., -40., shape[-1]) + bm.zeros(shape),
                        it=it, leak=bp.channels.IL(size, g_max=0.2, mode=mode))


@pytest.mark.parametrize("mode", [bm.nonbatching_mode, bm.TrainingMode(2)], ids=["single", "batch"])
@pytest.mark.parametrize("name", ALL)
def test_compiled_agrees_with_the_reference(name: str, mode: bm.Mode) -> None:
    pytest.importorskip("numba")
    bm.enable_x64()
    neurons = neurons_with(name, 5, mode)
    drive = bm.asarray(np.random.default_rng(0).normal(0.3, 3., size=(40, *neurons.V.shape)))

    def step(row):
        neurons(row)
        neurons.clear_input()
        return neurons.V.value

    def run(looped: bool):
        neurons.reset_state()
        potentials = over_time(step, drive, looped)
        return {"V over time": np.asarray(potentials), **{key: v.numpy() for key, v in neurons.vars().items()}}

    with bp.backend("numpy"):
        want = run(False)
    with bp.backend("numba"), settings.using(strict=True):
        got = run(True)
    assert np.ptp(want["V over time"]) > 1. and np.all(np.isfinite(want["V over time"]))
    for key, value in want.items():
        assert got[key].dtype == value.dtype
        np.testing.assert_allclose(got[key], value, rtol=1e-9, atol=1e-12, err_msg=key)


@pytest.mark.parametrize("looped", [False, True], ids=["eager", "loop"])
def test_gradients_by_conductances_and_shifts(looped: bool) -> None:
    bm.enable_x64()
    mode = bm.TrainingMode(2)
    conductance, shift = bm.TrainVar(bm.asarray([90., 120.])), bm.TrainVar(bm.asarray(-46.))
    calcium = bm.TrainVar(bm.asarray(0.7))
    INa = bp.channels.INa_HH1952(2, g_max=conductance, V_sh=shift, mode=mode)
    Ca = bp.channels.CalciumDetailed(2, mode=mode, IT=bp.channels.ICaT_HM1992(2, g_max=calcium, mode=mode),
                                     IKCa=bp.channels.IAHP_De1994(2, mode=mode))
    neurons = CondNeuGroup(2, mode=mode, V_initializer=bp.init.Constant(-67.), INa=INa, Ca=Ca,
                           IL=bp.channels.IL(2, mode=mode))
    assert INa.g_max is conductance
    drive = bm.asarray(np.random.default_rng(2).normal(size=(12, 2, 2)))

    def step(row):
        neurons(row)
        neurons.clear_input()
        return neurons.V.value

    def loss():
        neurons.reset_state(2)
        return bm.mean((over_time(step, drive, looped) + 60.) ** 2)

    check_gradients(loss, {"g": conductance, "shift": shift, "Ca": calcium}, rtol=2e-6)


SIGNATURES = {
    "Ion": "(size, name=None, keep_size=False, mode=None)",
    "CalciumDetailed": "(size, keep_size=False, T=36.0, d=1.0, C_rest=0.00024, tau=5.0, C0=2.0, "
                       "C_initializer=OneInit(value=0.00024), method='exp_auto', name=None, mode=None, **channels)",
    "ICaT_HP1992": "(size, keep_size=False, T=36.0, T_base_p=5.0, T_base_q=3.0, g_max=1.75, V_sh=-3.0, phi_p=None, "
                   "phi_q=None, method='exp_auto', name=None, mode=None)",
    "IKA2_HM1992": "(size, keep_size=False, E=-90.0, g_max=20.0, V_sh=0.0, phi_p=1.0, phi_q=1.0, method='exp_auto', "
                   "name=None, mode=None)",
    "Ih_De1996": "(size, keep_size=False, E=-40.0, k2=0.0004, k4=0.001, V_sh=0.0, g_max=0.02, g_inc=2.0, Ca_half=0.002, "
                 "T=36.0, T_base=3.0, phi=None, method='exp_auto', name=None, mode=None)",
    "IL": "(size, keep_size=False, g_max=0.1, E=-70.0, method=None, name=None, mode=None)",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_and_their_defaults(name: str) -> None:
    signature = inspect.signature(getattr(bp.channels, name))
    plain = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    assert str(inspect.Signature(plain)) == SIGNATURES[name]


def test_kinds() -> None:
    kinds = {"INa": bp.channels.SodiumChannel, "IK": bp.channels.PotassiumChannel, "Ih": bp.channels.IhChannel,
             "ICa": bp.channels.CalciumChannel, "IL": bp.channels.LeakyChannel, "IA": bp.channels.PotassiumChannel}
    for name in ALL:
        kind = next(kind for start, kind in kinds.items() if name.startswith(start))
        it = channel(name, 1)
        assert isinstance(it, kind) and isinstance(it, bp.channels.IonChannel)
        assert isinstance(it, bp.channels.CalciumChannel) == (name in NEED_CALCIUM)
        assert getattr(it, "carries_calcium", False) == (name in CALCIUM)


def test_shapes_and_batches() -> None:
    it = bp.channels.INa_HH1952((2, 3), keep_size=True, mode=bm.TrainingMode(4))
    assert it.p.shape == (4, 2, 3) and it.varshape == (2, 3) and it.num == 6
    it.reset_state(-65., batch_size=5)
    assert it.p.shape == it.q.shape == (5, 2, 3)
    assert bp.channels.INa_HH1952((2, 3)).p.shape == (6,)


def test_wrong_parameters() -> None:
    with pytest.raises(ValueError, match=r"should be \(2,\), but we got \(3,\)"):
        bp.channels.INa_HH1952(2, g_max=np.ones(3))
    with pytest.raises(ValueError, match=r"should be \(2,\), but we got \(3,\)"):
        bp.channels.ICaL_IS2008(2, T=np.ones(3))
    with pytest.raises(ValueError, match="a parameter is needed"):
        bp.channels.IL(2, E=None)
    with pytest.raises(Exception, match="method must be one of"):
        bp.channels.INa_HH1952(2, method="exact")
    with pytest.raises(ValueError, match="batches"):
        bp.channels.INa_HH1952(2).reset_state(-65., batch_size=3)


def test_a_channel_must_say_what_it_does() -> None:
    it = bp.channels.IonChannel(2)
    it.reset_state(-60.)
    with pytest.raises(NotImplementedError, match=r"IonChannel must define current\(V\)"):
        it.current(-60.)
    with pytest.raises(NotImplementedError, match=r"IonChannel must define update\(tdi, V\)"):
        it.update({}, -60.)

    class Stateful(bp.channels.IonChannel):
        def __init__(self):
            super().__init__(2)
            self.n = bm.Variable(bm.zeros(2))

    with pytest.raises(NotImplementedError, match=r"must define reset_state\(\)"):
        Stateful().reset_state(-60.)


@pytest.mark.parametrize("name", ALL)
def test_far_potentials_in_single_precision(name: str) -> None:
    V = bm.asarray([-180., -120., 60., 120.], dtype=np.float32)
    ion = [bm.asarray([c] * 4, dtype=np.float32) for c in (2.4e-4, 120.)] if name in NEED_CALCIUM else []
    it = channel(name, 4)
    it.reset_state(V, *ion)
    it.update({"t": 0., "dt": 0.1}, V, *ion)
    for key, variable in it.vars().items():
        value = variable.numpy()
        assert value.dtype == np.float32 and np.all((value >= 0.) & (value <= 1.)), key
    current = it.current(V, *ion)
    assert current.dtype == np.float32 and np.all(np.isfinite(np.asarray(current)))
