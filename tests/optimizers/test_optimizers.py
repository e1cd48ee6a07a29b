"""Optimizers follow their formulas, keep what they remember in variables, and change nothing when they are misused."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import MathError, NoImplementationError

RNG = np.random.default_rng(0)
START = {"w": RNG.normal(size=(3, 2)), "b": RNG.normal(size=2)}
GRADIENTS = [{key: RNG.normal(size=value.shape) for key, value in START.items()} for _ in range(8)]
RATES = 0.05 * np.array([1.0, 0.5, 2.0, 1.5, 1.0, 0.25, 3.0, 1.0])

MAKE = {
    "sgd": lambda v, **options: bp.optim.SGD(0.05, v, **options),
    "momentum": lambda v, **options: bp.optim.Momentum(0.05, v, momentum=0.8, **options),
    "adam": lambda v, **options: bp.optim.Adam(0.05, v, beta1=0.8, beta2=0.95, eps=1e-3, **options),
    "nesterov": lambda v, **options: bp.optim.MomentumNesterov(0.05, v, momentum=0.8, **options),
    "adagrad": lambda v, **options: bp.optim.Adagrad(0.05, v, epsilon=1e-4, **options),
    "rmsprop": lambda v, **options: bp.optim.RMSProp(0.05, v, epsilon=1e-4, rho=0.8, **options),
    "adadelta": lambda v, **options: bp.optim.Adadelta(0.5, v, epsilon=1e-2, rho=0.8, **options),
    "adamw": lambda v, weight_decay=None: bp.optim.AdamW(0.05, v, 0.8, 0.95, 1e-3, weight_decay or 0.),
    "amsgrad": lambda v, weight_decay=None: bp.optim.AdamW(0.05, v, 0.8, 0.6, 1e-3, weight_decay or 0., amsgrad=True),
    "adan": lambda v, weight_decay=None: bp.optim.Adan(0.05, v, (0.2, 0.3, 0.1), 1e-3, weight_decay or 0.),
    "adan, decay first": lambda v, weight_decay=None: bp.optim.Adan(0.05, v, (0.2, 0.3, 0.1), 1e-3, weight_decay or 0.,
                                                                    True),
    "lars": lambda v, weight_decay=None: bp.optim.LARS(0.05, v, 0.8, weight_decay or 0., tc=0.3, eps=1e-3),
    "adam, decaying rate": lambda v, **options: bp.optim.Adam(bp.optim.ExponentialDecay(0.05, 2, 0.5), v, **options),
}
SLOW = ("adam, decaying rate", "adagrad", "lars")
"""Their steps become small, or depend on the size of the variable."""


def variables(dtype=np.float64):
    return {key: bm.TrainVar(bm.Array(value, dtype)) for key, value in START.items()}


def arrays(gradients, dtype=np.float64):
    return {key: bm.Array(value, dtype) for key, value in gradients.items()}


@pytest.fixture
def x64():
    with bm.environment(x64=True):
        yield


# ---------------------------------------------------------------------------------------------------------------------
# Formulas, written as recursions of numbers
# ---------------------------------------------------------------------------------------------------------------------


def sgd(p, gradients, rates, decay):
    for g, lr in zip(gradients, rates, strict=True):
        p = (1 - lr * decay) * p - lr * g
    return p


def momentum(p, gradients, rates, decay):
    v = 0.0
    for g, lr in zip(gradients, rates, strict=True):
        v = 0.8 * v - lr * g
        p = (1 - lr * decay) * p + v
    return p


def adam(p, gradients, rates, decay):
    """Algorithm 1 of Kingma & Ba (2015), with their hat-epsilon: eps / sqrt(1 - beta2^t) in the place of eps."""
    m = v = 0.0
    for t, (g, lr) in enumerate(zip(gradients, rates, strict=True), start=1):
        m, v = 0.8 * m + 0.2 * g, 0.95 * v + 0.05 * g**2
        m_hat, v_hat = m / (1 - 0.8**t), v / (1 - 0.95**t)
        p = (1 - lr * decay) * p - lr * m_hat / (np.sqrt(v_hat) + 1e-3 / np.sqrt(1 - 0.95**t))
    return p


def nesterov(p, gradients, rates, decay):
    """Gradient descent at the place where the velocity leads, with the variable counted from there."""
    v = 0.0
    for g, lr in zip(gradients, rates, strict=True):
        before, v = v, 0.8 * v - lr * g
        p = (1 - lr * decay) * p - 0.8 * before + 1.8 * v
    return p


def adagrad(p, gradients, rates, decay):
    c = 0.0
    for g, lr in zip(gradients, rates, strict=True):
        c = c + g**2
        p = (1 - lr * decay) * p - lr * g / np.sqrt(c + 1e-4)
    return p


def rmsprop(p, gradients, rates, decay):
    c = 0.0
    for g, lr in zip(gradients, rates, strict=True):
        c = 0.8 * c + 0.2 * g**2
        p = (1 - lr * decay) * p - lr * g / np.sqrt(c + 1e-4)
    return p


def adadelta(p, gradients, rates, decay):
    c = d = 0.0
    for g, lr in zip(gradients, rates, strict=True):
        c = 0.8 * c + 0.2 * g**2
        u = np.sqrt(d + 1e-2) / np.sqrt(c + 1e-2) * g
        d = 0.8 * d + 0.2 * u**2
        p = (1 - lr * decay) * p - lr * u
    return p


def amsgrad(p, gradients, rates, decay):
    m = v = largest = 0.0
    for t, (g, lr) in enumerate(zip(gradients, rates, strict=True), start=1):
        m, v = 0.8 * m + 0.2 * g, 0.6 * v + 0.4 * g**2
        largest = np.maximum(largest, v)
        p = (1 - lr * decay) * p - lr * np.sqrt(1 - 0.6**t) / (1 - 0.8**t) * m / (np.sqrt(largest) + 1e-3)
    return p


def adan(p, gradients, rates, decay, first=False):
    """Algorithm 1 of Xie et al. (2022), with the bias corrections of their code."""
    m = v = n = 0.0
    for t, (g, lr) in enumerate(zip(gradients, rates, strict=True), start=1):
        change = g - gradients[t - 2] if t > 1 else 0.0 * g
        m, v = 0.8 * m + 0.2 * g, 0.7 * v + 0.3 * change
        n = 0.9 * n + 0.1 * (g + 0.7 * change)**2
        step = lr * (m / (1 - 0.8**t) + 0.7 * v / (1 - 0.7**t)) / (np.sqrt(n / (1 - 0.9**t)) + 1e-3)
        p = (1 - lr * decay) * p - step if first else (p - step) / (1 + lr * decay)
    return p


def lars(p, gradients, rates, decay):
    v = 0.0
    for g, lr in zip(gradients, rates, strict=True):
        size = np.linalg.norm(p)
        rate = lr * 0.3 * size / (np.linalg.norm(g) + decay * size + 1e-3)
        v = 0.8 * v + rate * (g + decay * p)
        p = p - v
    return p


@pytest.mark.parametrize("decay", [None, 0.3])
@pytest.mark.parametrize("name, formula", [
    ("sgd", sgd), ("momentum", momentum), ("adam", adam), ("nesterov", nesterov), ("adagrad", adagrad), ("rmsprop", rmsprop),
    ("adadelta", adadelta), ("adamw", adam), ("amsgrad", amsgrad), ("adan", adan), ("lars", lars),
    ("adan, decay first", lambda *args: adan(*args, first=True)),
])
def test_formulas(x64, name, formula, decay):
    trained = variables()
    optimizer = MAKE[name](trained, weight_decay=decay)
    for gradients, rate in zip(GRADIENTS, RATES, strict=True):
        optimizer.lr.lr = rate
        optimizer.update(arrays(gradients))
    for key, variable in trained.items():
        expected = formula(START[key], [gradients[key] for gradients in GRADIENTS], RATES, decay or 0.0)
        assert np.allclose(variable, expected, rtol=1e-12)


@pytest.mark.parametrize("name, nesterov", [("momentum", False), ("nesterov", True)])
def test_at_a_constant_rate_momentum_is_a_sum_of_gradients_as_in_torch(x64, name, nesterov):
    trained = variables()
    optimizer, p, total = MAKE[name](trained), START["w"], 0.0
    for gradients in GRADIENTS:
        optimizer.update(arrays(gradients))
        total = 0.8 * total + gradients["w"]
        p = p - 0.05 * (gradients["w"] + 0.8 * total if nesterov else total)
    assert np.allclose(trained["w"], p, rtol=1e-12)


def test_nesterov_looks_ahead():
    """On a quadratic function it is gradient descent from where the velocity leads (Sutskever et al., 2013, eq. 3 and 4)."""
    w = bm.TrainVar(bm.asarray([1.]))
    optimizer = bp.optim.MomentumNesterov(0.1, {"w": w}, momentum=0.9)
    theta, v = 1.0, 0.0
    for _ in range(20):
        optimizer.update({"w": 2. * w.value})
        v = 0.9 * v - 0.1 * 2 * (theta + 0.9 * v)
        theta = theta + v
    assert float(w[0]) == pytest.approx(theta + 0.9 * v, rel=1e-4)  # the variable is the point ahead


def test_adam_takes_steps_of_the_learning_rate_under_a_constant_gradient():
    w = bm.TrainVar(bm.zeros(2))
    optimizer = bp.optim.Adam(0.01, {"w": w})
    for step in range(1, 21):
        optimizer.update({"w": bm.asarray([1.0, -3.0])})
        assert np.allclose(w, [-0.01 * step, 0.01 * step], rtol=1e-5)
        optimizer.lr.step_epoch()  # epochs do not matter


def test_the_bias_correction_is_exact_in_single_precision():
    w = bm.TrainVar(bm.zeros(1))
    bp.optim.Adam(1.0, {"w": w}, beta2=0.99999).update({"w": bm.ones(1)})
    assert float(w[0]) == pytest.approx(-1.0, rel=1e-5)


def test_no_memory_at_all():
    w = bm.TrainVar(bm.zeros(2))
    bp.optim.Adam(0.5, {"w": w}, beta1=0.0, beta2=0.0).update({"w": bm.asarray([4.0, -9.0])})
    assert np.allclose(w, [-0.5, 0.5])


def test_the_schedule_advances_with_every_update(x64):
    w = bm.TrainVar(bm.zeros(1))
    optimizer = bp.optim.SGD(bp.optim.ExponentialDecay(1.0, decay_steps=1, decay_rate=0.5), {"w": w})
    for _ in range(3):
        optimizer.update({"w": bm.ones(1)})
    assert float(w[0]) == -(1 + 0.5 + 0.25)
    optimizer.lr.lr = 4.0
    optimizer.update({"w": bm.ones(1)})
    assert float(w[0]) == -(1 + 0.5 + 0.25) - 0.5


@pytest.mark.parametrize("name", MAKE)
def test_a_quadratic_function_is_minimized(name):
    goal = np.array([1.0, -2.0, 0.5], np.float32)
    w = bm.TrainVar(bm.zeros(3))
    optimizer = MAKE[name]({"w": w})
    losses = []
    for _ in range(150):
        gradient, loss = bm.grad(lambda: bm.sum((w - goal) ** 2), grad_vars={"w": w}, return_value=True)()
        optimizer.update(gradient)
        losses.append(float(loss))
    assert losses[-1] < (1. if name in SLOW else 1e-2) * losses[0]


# ---------------------------------------------------------------------------------------------------------------------
# State
# ---------------------------------------------------------------------------------------------------------------------


def test_the_optimizer_holds_its_own_variables_and_not_those_it_trains():
    optimizer = MAKE["adam, decaying rate"](variables(np.float32))
    assert set(optimizer.vars("relative")) == {"m-0", "m-1", "v-0", "v-1", "updates", "lr.lr", "lr.last_epoch",
                                               "lr.last_call"}


@pytest.mark.parametrize("name", MAKE)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_variables_keep_their_dtype(name, dtype):
    trained = variables(dtype)
    optimizer = MAKE[name](trained)
    optimizer.update({key: np.asarray(value, np.float64) for key, value in GRADIENTS[0].items()})
    assert {v.dtype for v in trained.values()} == {np.dtype(dtype)}
    moments = [v for v in optimizer.vars("relative", level=0).values() if v.ndim]
    assert {v.dtype for v in moments} <= {np.dtype(dtype)}


@pytest.mark.parametrize("name", MAKE)
def test_updates_may_be_compiled(name):
    plain, compiled = variables(np.float32), variables(np.float32)
    one, other = MAKE[name](plain), MAKE[name](compiled)
    step = bm.jit(other.update)
    for gradients in GRADIENTS:
        one.update(arrays(gradients, np.float32))
        step(arrays(gradients, np.float32))
    for key in plain:
        assert np.allclose(plain[key], compiled[key], rtol=1e-5)
    assert all(np.allclose(x, y, rtol=1e-5) for x, y in zip(one.vars("relative").values(),
                                                           other.vars("relative").values(), strict=True))


def test_updates_may_run_inside_of_a_loop():
    goal = bm.asarray([1.0, -2.0])
    w = bm.TrainVar(bm.zeros(2))
    optimizer = bp.optim.Adam(0.1, {"w": w})

    def turn(rate):
        optimizer.update({"w": rate * (w - goal)})
        return bm.sum((w - goal) ** 2)

    losses = bm.for_loop(turn, bm.ones(100))
    assert float(losses[-1]) < 1e-2 and int(optimizer.updates) == 100


def test_gradients_do_not_flow_through_an_update():
    w = bm.TrainVar(bm.ones(2))
    optimizer = bp.optim.SGD(0.5, {"w": w})

    def loss(x):
        optimizer.update({"w": x * w})
        return bm.sum(w * x)

    assert np.allclose(bm.grad(loss)(bm.asarray([1.0, 1.0])), [0.5, 0.5])  # of w * x alone, where w is 0.5 by then


def test_variables_may_be_registered_later():
    trained = variables(np.float32)
    optimizer = bp.optim.Momentum(0.1)
    optimizer.register_train_vars({"w": trained["w"]})
    optimizer.update({"w": bm.ones((3, 2))})
    optimizer.register_train_vars(trained)
    assert np.allclose(optimizer.velocity[0], -0.1) and len(optimizer.velocity) == 2
    optimizer.update({"w": bm.ones((3, 2)), "b": bm.ones(2)})
    assert np.allclose(trained["b"], START["b"] - 0.1)


# ---------------------------------------------------------------------------------------------------------------------
# Misuse
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gradients, message", [
    ({"w": np.ones((3, 2))}, r"\['b'\] are missing and \[\] are not known"),
    ({"w": np.ones((3, 2)), "b": np.ones(2), "c": np.ones(1)}, r"\[\] are missing and \['c'\] are not known"),
    ({"w": np.ones((3, 2)), "b": np.ones(3)}, r"gradient of 'b' must have the shape \(2,\), but got \(3,\)"),
    ({"w": np.ones((3, 2)), "b": 1.0}, r"gradient of 'b' must have the shape \(2,\), but got \(\)"),
    ([np.ones((3, 2)), np.ones(2)], "dict of arrays .* but got list"),
])
@pytest.mark.parametrize("name", MAKE)
def test_wrong_gradients_change_nothing(name, gradients, message):
    trained = variables(np.float32)
    optimizer = MAKE[name](trained)
    optimizer.update(GRADIENTS[0])
    before = [np.array(v) for v in (*trained.values(), *optimizer.vars("relative").values())]
    with pytest.raises(MathError, match=message):
        optimizer.update(gradients)
    after = [np.array(v) for v in (*trained.values(), *optimizer.vars("relative").values())]
    assert all(np.array_equal(x, y) for x, y in zip(before, after, strict=True))


@pytest.mark.parametrize("train_vars, message", [
    ([bm.TrainVar(bm.Array([1.0]))], "must be a dict of Variables, but got list"),
    ({"w": np.ones(2)}, "but 'w' is array"),
    ({"n": bm.Variable(np.arange(3))}, "floating-point numbers, but 'n' is Variable"),
])
def test_only_a_dict_of_variables_can_be_trained(train_vars, message):
    optimizer = bp.optim.Adam(0.1, {"v": bm.TrainVar(bm.Array([1.0]))})
    with pytest.raises(MathError, match=message):
        optimizer.register_train_vars(train_vars)
    with pytest.raises(MathError, match=message):
        bp.optim.SGD(0.1, train_vars)
    assert list(optimizer.vars_to_train) == ["v"] and len(optimizer.m) == 1


def test_a_key_stands_for_one_variable():
    trained = variables(np.float32)
    optimizer = bp.optim.SGD(0.1, trained)
    with pytest.raises(MathError, match="trains another variable 'w' already"):
        optimizer.register_train_vars({"c": bm.TrainVar(bm.zeros(1)), "w": bm.TrainVar(bm.zeros((3, 2)))})
    assert list(optimizer.vars_to_train) == ["w", "b"]


@pytest.mark.parametrize("make, message", [
    (lambda: bp.optim.Momentum(0.1, momentum=1.0), r"momentum must be in \[0, 1\), but got 1.0"),
    (lambda: bp.optim.Adam(0.1, beta1=-0.1), r"beta1 must be in \[0, 1\), but got -0.1"),
    (lambda: bp.optim.Adam(0.1, beta2=1), r"beta2 must be in \[0, 1\), but got 1"),
    (lambda: bp.optim.Adam(0.1, eps=-1e-8), "eps must be at least 0, but got -1e-08"),
    (lambda: bp.optim.SGD(0.1, weight_decay=-1), "weight_decay must be None or a number of at least 0, but got -1"),
])
def test_constants_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_subclass_defines_what_is_added_or_the_whole_update():
    w = bm.TrainVar(bm.zeros(2))
    with pytest.raises(NoImplementationError, match=r"must define change.* or update"):
        bp.optim.Optimizer(0.1, {"w": w}).update({"w": bm.ones(2)})

    class Ascent(bp.optim.Optimizer):
        def __init__(self, lr, train_vars):
            super().__init__(lr, train_vars, "my_optimizer")

        def update(self, grads):
            for key, variable in self.vars_to_train.items():
                variable.value = variable + self.lr() * grads[key]

    optimizer = Ascent(0.5, {"w": w})
    optimizer.update({"w": bm.ones(2)})
    assert w.tolist() == [0.5, 0.5] and optimizer.name == "my_optimizer"


def test_texts():
    assert repr(bp.optim.Adam(0.1)) == "Adam(lr=Constant(lr=0.1), beta1=0.9, beta2=0.999, eps=1e-08)"
    assert repr(bp.optim.SGD(0.1, weight_decay=0.01)) == "SGD(lr=Constant(lr=0.1), weight_decay=0.01)"
    assert repr(bp.optim.Momentum(0.1)) == "Momentum(lr=Constant(lr=0.1), momentum=0.9)"
