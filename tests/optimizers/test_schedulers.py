"""Learning rates follow their formulas, and count in variables."""
from __future__ import annotations

import math

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm

EPOCHS = {
    "constant": (lambda: bp.optim.Constant(0.1), lambda i: 0.1),
    "step": (lambda: bp.optim.StepLR(0.1, step_size=3, gamma=0.5), lambda i: 0.1 * 0.5 ** (i // 3)),
    "milestones": (lambda: bp.optim.MultiStepLR(0.1, milestones=[2, 7], gamma=0.5),
                   lambda i: 0.1 * 0.5 ** ((i >= 2) + (i >= 7))),
    "exponential": (lambda: bp.optim.ExponentialLR(0.1, gamma=0.9), lambda i: 0.1 * 0.9**i),
    "cosine": (lambda: bp.optim.CosineAnnealingLR(0.1, T_max=5, eta_min=0.01),
               lambda i: 0.01 + 0.09 * (1 + math.cos(math.pi * i / 5)) / 2),
}


def restarts(i: int) -> float:
    """Periods of 2, 4, 8, ... epochs of two updates."""
    epochs, period = i / 2, 2
    while epochs >= period:
        epochs, period = epochs - period, 2 * period
    return 0.01 + 0.09 * (1 + math.cos(math.pi * epochs / period)) / 2


CALLS = {
    "restarts": (lambda: bp.optim.CosineAnnealingWarmRestarts(0.1, num_call_per_epoch=2, T_0=2, T_mult=2, eta_min=0.01),
                 restarts),
    "equal restarts": (lambda: bp.optim.CosineAnnealingWarmRestarts(0.1, 1, T_0=4),
                       lambda i: 0.1 * (1 + math.cos(math.pi * (i % 4) / 4)) / 2),
    "decay": (lambda: bp.optim.ExponentialDecay(0.1, decay_steps=3, decay_rate=0.9), lambda i: 0.1 * 0.9 ** (i / 3)),
    "inverse": (lambda: bp.optim.InverseTimeDecay(0.1, 3, 0.9), lambda i: 0.1 / (1 + 0.9 * i / 3)),
    "stairs": (lambda: bp.optim.InverseTimeDecay(0.1, 3, 0.9, staircase=True), lambda i: 0.1 / (1 + 0.9 * (i // 3))),
    "polynomial": (lambda: bp.optim.PolynomialDecay(0.1, 8, 0.01, power=2.0),
                   lambda i: 0.01 + 0.09 * (1 - min(i, 8) / 8) ** 2),
    "pieces": (lambda: bp.optim.PiecewiseConstant([2, 5], [0.1, 0.05, 0.01]),
               lambda i: [0.1, 0.05, 0.01][(i > 2) + (i > 5)]),
}
ALL = {**EPOCHS, **CALLS}


@pytest.mark.parametrize("name", ALL)
def test_formulas(name):
    make, formula = ALL[name]
    with bm.environment(x64=True):
        rate = make()
        assert [float(rate(i)) for i in range(12)] == pytest.approx([formula(i) for i in range(12)], rel=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_counting(name):
    make, formula = ALL[name]
    rate = make()
    count = rate.step_epoch if name in EPOCHS else rate.step_call
    other = rate.step_call if name in EPOCHS else rate.step_epoch
    for i in range(12):
        assert float(rate()) == pytest.approx(formula(i), rel=1e-5)
        other()
        assert float(rate()) == pytest.approx(formula(i), rel=1e-5)
        count()


@pytest.mark.parametrize("name", ALL)
def test_rates_inside_of_a_loop(name):
    make, formula = ALL[name]
    rate = make()

    def turn(i):
        now = rate() + 0 * i
        rate.step_epoch()
        rate.step_call()
        return now, rate(i)

    by_count, by_number = bm.for_loop(turn, bm.arange(12))
    expected = [formula(i) for i in range(12)]
    assert np.allclose(by_count, expected, rtol=1e-5) and np.allclose(by_number, expected, rtol=1e-5)


def test_counting_goes_on_from_the_last_number():
    rate = bp.optim.StepLR(1.0, step_size=3, gamma=0.5, last_epoch=4)
    assert float(rate()) == 0.5
    rate.step_epoch()
    assert float(rate()) == 0.25
    rate = bp.optim.ExponentialDecay(1.0, 1, 0.5, last_call=1)
    assert float(rate()) == 0.25


def test_states_are_saved():
    rate, other = [bp.optim.ExponentialDecay(1.0, 1, 0.5) for _ in range(2)]
    rate.step_call()
    rate.step_epoch()
    rate.set_value(3.0)
    other.load_state_dict(rate.state_dict())
    assert float(other()) == 1.5 and int(other.last_epoch) == 0


def test_the_rate_can_be_set():
    rate = bp.optim.Constant(0.1)
    rate.lr = 0.5
    assert float(rate()) == 0.5 and isinstance(rate.lr, bm.Variable)
    rate.set_value(0.25)
    assert float(rate()) == 0.25


def test_schedules_are_made_of_numbers():
    rate = bp.optim.ExponentialLR(0.1, 0.9)
    assert bp.optim.make_schedule(rate) is rate
    for value in (0.5, np.float32(0.5), np.array([0.5]), bm.asarray(0.5)):
        made = bp.optim.make_schedule(value)
        assert type(made) is bp.optim.Constant and float(made()) == 0.5
    for value in ("fast", None, [0.1, 0.2], np.ones(2), math.nan, math.inf, 1j):
        with pytest.raises(TypeError, match="a finite number or a Scheduler"):
            bp.optim.make_schedule(value)


@pytest.mark.parametrize("make, message", [
    (lambda: bp.optim.Constant(0.1, last_epoch=-2), "last_epoch must be an integer of at least -1, but got -2"),
    (lambda: bp.optim.ExponentialDecay(0.1, 1, 0.9, last_call=0.5), "last_call must be an integer .* but got 0.5"),
    (lambda: bp.optim.StepLR(0.1, step_size=0), "step_size must be positive, but got 0"),
    (lambda: bp.optim.ExponentialDecay(0.1, 0, 0.9), "decay_steps must be positive, but got 0"),
    (lambda: bp.optim.CosineAnnealingLR(0.1, T_max=-1), "T_max must be positive, but got -1"),
    (lambda: bp.optim.MultiStepLR(0.1, milestones=[3, 1]), r"milestones must be in ascending order, but got \[3, 1\]"),
    (lambda: bp.optim.PiecewiseConstant([1, 2], [0.1, 0.2]), "2 boundaries need 3 values, but got 2"),
])
def test_constants_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("name, text", [
    ("constant", "Constant(lr=0.1)"), ("step", "StepLR(lr=0.1, step_size=3, gamma=0.5)"),
    ("milestones", "MultiStepLR(lr=0.1, milestones=[2, 7], gamma=0.5)"),
    ("exponential", "ExponentialLR(lr=0.1, gamma=0.9)"), ("cosine", "CosineAnnealingLR(lr=0.1, T_max=5, eta_min=0.01)"),
    ("decay", "ExponentialDecay(lr=0.1, decay_steps=3, decay_rate=0.9)"),
    ("stairs", "InverseTimeDecay(lr=0.1, decay_steps=3, decay_rate=0.9, staircase=True)"),
    ("polynomial", "PolynomialDecay(lr=0.1, decay_steps=8, final_lr=0.01, power=2.0)"),
    ("pieces", "PiecewiseConstant(lr=0.1, boundaries=[2, 5], values=[0.1, 0.05, 0.01])"),
])
def test_texts(name, text):
    assert repr(ALL[name][0]()) == text


def test_a_scheduler_has_to_say_its_rate():
    with pytest.raises(NotImplementedError, match=r"Scheduler must define __call__"):
        bp.optim.Scheduler(0.1)()
