"""With ``compat='2.4'`` optimizers give the golden numbers of BrainPy 2.4.0 also where nbbrain's own are others."""
from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.backends import backend
from tests.golden.deviations import DEVIATIONS
from tests.golden.golden import cases, compare, execute

METHODS = ("SGD", "Momentum", "MomentumNesterov", "Adagrad", "Adadelta", "RMSProp", "Adam", "AdamW", "LARS")
COMPATIBLE = {f"{name}24": partial(getattr(bp.optim, name), compat="2.4") for name in METHODS}
CASES = [id for id, case in cases().items() if not case.raises and not id.startswith("lr_") and id in DEVIATIONS
         and (case.group == "optim" or "Adam(" in case.build + case.drive or id == "bptt_fit_default")]
"""Every case that an optimizer has a part in, and in which nbbrain's own numbers are others."""
OTHERWISE = {
    "bptt_fit_default": {"loss_fun='mean_squared_error'": "loss_fun='mean_squared_error', "
                         "optimizer=Adam24(bp.optim.ExponentialDecay(.025, 1, .99975))"},
    "bpff_fit_adam": {"pred = tr.predict(bm.asarray(A['X'][0]))": "pred = tr.predict(bm.asarray(A['X'][0])).T"},
}
"""What else has to be asked for: the default optimizer by its name; and BrainPy's predictions of BPFF are transposed."""


@pytest.mark.parametrize("id", CASES)
def test_golden_cases(id):
    case = cases()[id]
    source = case.build + case.drive
    replace = {f"bp.optim.{name}(": f"{name}24(" for name in METHODS if f"bp.optim.{name}(" in source}
    with backend("numpy"):
        assert compare(case, execute(case, "plain", replace=replace | OTHERWISE.get(id, {}), names=COMPATIBLE)) == ""


def test_all_deviations_of_optimizers_are_among_them():
    assert {id for id in DEVIATIONS if cases()[id].group == "optim" and not id.startswith("lr_")} <= set(CASES)
    assert {"snn_bptt_adam", "bptt_fit_adam", "bptt_fit_default"} <= set(CASES)


def test_a_variable_of_zeros_does_not_change_by_lars():
    for compat, expected in ((None, -0.5), ("2.4", 0.0)):
        w = bm.TrainVar(bm.zeros(2))
        bp.optim.LARS(0.5, {"w": w}, compat=compat).update({"w": bm.ones(2)})
        assert np.allclose(w, expected)


@pytest.mark.parametrize("name", ["Adam", "LARS"])
def test_compiled_updates_have_the_same_numbers(name):
    start, gradients = np.array([1.0, -2.0], np.float32), [np.array([0.5, 3.0]), np.array([-1.0, 0.1])]
    found = []
    for wrap in (lambda f: f, bm.jit):
        w = bm.TrainVar(bm.asarray(start))
        optimizer = COMPATIBLE[f"{name}24"](0.1, {"w": w}, weight_decay=0.01)
        update = wrap(optimizer.update)
        for gradient in gradients:
            update({"w": bm.asarray(gradient)})
            optimizer.lr.step_epoch()
        found.append(np.asarray(w))
    assert np.allclose(*found, rtol=1e-5) and not np.allclose(found[0], start)


def test_what_is_not_known_is_refused_and_what_was_chosen_is_shown():
    for method in METHODS:
        with pytest.raises(ValueError, match=r"compat must be None or '2.4', but got '2.5'"):
            getattr(bp.optim, method)(0.1, compat="2.5")
    assert repr(bp.optim.SGD(0.1, compat="2.4")) == "SGD(lr=Constant(lr=0.1), compat='2.4')"
    assert repr(bp.optim.Momentum(0.1, weight_decay=0.5, compat="2.4")) == \
        "Momentum(lr=Constant(lr=0.1), momentum=0.9, weight_decay=0.5, compat='2.4')"
