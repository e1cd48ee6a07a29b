"""What all kinds of integrators have in common: single precision, delays, and classes of a user's own."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import IntegratorError
from nbbrain.integrators import Integrator, fde, fdeint, ode, sde, sdeint


def decay(x, t):
    return -x / 10.


INTEGRATORS = {
    **{f"ode-{name}": lambda f, name=name, **options: bp.odeint(f, method=name, **options)
       for name in ode.get_supported_methods()},
    **{f"sde-{name}": lambda f, name=name, **options: sdeint(f, lambda x, t: 0. * x, method=name, **options)
       for name in sde.get_supported_methods()},
    **{f"fde-{name}": lambda f, name=name, **options: fde.methods.find(name)(f, alpha=1., num_memory=99, inits=bm.ones(3),
                                                                            **options)
       for name in fde.get_supported_methods()},
}
EACH = pytest.mark.parametrize("kind", INTEGRATORS)


@EACH
@pytest.mark.parametrize("looped", [False, True], ids=["eager", "loop"])
def test_single_precision_stays_single(kind: str, looped: bool) -> None:
    state = bm.Variable(bm.ones(3))
    integral = INTEGRATORS[kind](decay, dt=0.1)

    def turn(t):
        out = integral(state, t)
        state.value = out
        return out

    got = bm.for_loop(turn, bm.arange(20) * 0.1, jit=looped)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got[-1], np.exp(-0.2), rtol=2e-3)


def test_the_next_step_of_an_adaptive_method_is_single_too() -> None:
    x, dt = bp.odeint(decay, method="ck", adaptive=True, tol=1e-9, dt=1.)(bm.ones(3), 0.)
    assert x.dtype == dt.dtype == np.float32 and float(dt) < 1.


@EACH
def test_all_keep_the_past_of_variables(kind: str) -> None:
    delay = bm.LengthDelay(bm.ones(3), 2)
    integral = INTEGRATORS[kind](decay, dt=0.1, state_delays={"x": delay})
    x = bm.ones(3)
    for i in range(3):
        x = integral(x, i * 0.1)
        np.testing.assert_array_equal(delay(0), x)
    assert float(delay(2)[0]) > float(delay(1)[0]) > float(delay(0)[0])


def test_a_class_of_ones_own() -> None:
    class Difference(Integrator):
        def step(self, arguments, dt):
            return arguments["x"] + dt * arguments["v"], arguments["v"] - dt * arguments["k"] * arguments["x"]

    step = Difference(["x", "v"], ["t", "k"], ["x", "v", "t", "k", "dt"], dt=0.5)
    assert [float(x) for x in step(1., 0., 0., k=2.)] == [1., -1.]
    assert repr(step) == "Difference(variables=['x', 'v'], parameters=['t', 'k'], dt=0.5)"
    with pytest.raises(TypeError, match="missing a required argument: 'k'"):
        step(1., 0., 0.)


def test_names() -> None:
    assert bp.odeint(decay, name="V_dot").name == "V_dot"
    assert fdeint(0.5, 3, 1., decay, name="memory").name == "memory"
    with pytest.raises(IntegratorError, match="method must be one of"):
        bp.odeint(decay, method=3)
