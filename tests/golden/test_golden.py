"""nbbrain gives the numbers of BrainPy 2.4.0, operation by operation and inside of (compiled) loops.

A case is skipped while nbbrain lacks a public name that it uses. A case of `FINISHED` is not allowed to be skipped.
"""
from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from nbbrain.backends import backend, get_backend
from tests.golden.deviations import DEVIATIONS, NAMES
from tests.golden.golden import cases, compare, execute

ROOT = Path(__file__).parents[2]
FINISHED = (
    "expif_", "adexif_", "quaif_", "adquaif_", "gif_", "alif_", "izh_", "f32_izh", "hr_", "fhn_default", "fhn_params",
    "fhn_euler", "hh_default", "hh_params", "hh_euler", "hh_rk4", "ml_", "wb_", "pinsky_rinzel", "leaky", "integrator",
    "spiketimegroup", "train_alif", "train_gif", "train_izh", "train_hr", "batch_hh", "batch_ml", "batch_wb", "conn_",
    "connstat_", "m_", "init_", "initstat_", "cel_", "ce_", "l1_", "l2", "mae_", "mse_", "msle_", "huber", "binary_",
    "multiclass_", "sigmoid_bce", "softmax_ce", "log_cosh", "multi_output_", "mean_", "smooth_labels", "f32_cel", "sgd_",
    "momentum_", "adam_", "f32_adam", "lr_constant", "lr_step", "lr_multistep", "lr_explr", "lr_expdecay", "lr_invtime",
    "lr_poly", "lr_piecewise", "offline_ridge", "offline_linear", "lin1_", "quad_", "dtarg_", "decorator", "rk2_",
    "fhn_joint_", "fhn_vec_", "lin_", "lif_", "train_lif", "batch_lif", "f32_lif", "f32_leaky", "train_leaky",
    "inputgroup", "net_exp", "net_delta", "net_pre", "shared_delay", "train_delta", "train_delay", "dense",
    "linear_alias", "dropout_eval", "sequential", "rnncell", "grucell", "lstmcell", "f32_lstmcell", "nvar_", "act_",
    "activation_layer", "recurrent_layer", "lstm2_grad", "snn_bptt", "bptt_", "ridge_", "einet", "in_", "mon_index",
    "mon_names", "momentumnesterov", "adagrad", "adadelta", "rmsprop", "adamw_default", "adamw_params", "adamw_epochs",
    "adamw_amsgrad", "adamw_wd0", "lars", "lr_cosine", "run_", "steps_trunc", "net_target", "memory_efficient",
    "jit_false", "t0", "view_input", "bpff_", "conv1d", "conv2d", "conv3d", "convt", "maxpool", "avgpool", "minpool",
    "adaptivemaxpool", "adaptiveavgpool", "batchnorm", "layernorm", "groupnorm", "instancenorm", "reservoir", "force_",
    "rls_", "lms_", "online_default", "adaptive_", "runner_", "fract_", "exp_", "delta_", "dualexp_", "alpha_", "nmda_",
    "ampa_", "gabaa_", "bionmda_", "net_ampa", "train_exp", "train_dualexp", "train_alpha", "train_nmda", "train_ampa",
    "train_stp", "train_std",
)
"""How the ids of cases begin that nbbrain must be able to run."""

ELSEWHERE = {"surrogate": "tests/math/test_surrogate.py"}
"""Groups that another file runs, with its own deviations."""

RUNS = [(case.id, mode) for case in cases().values() if not case.raises and case.group not in ELSEWHERE
        for mode in case.modes]


@pytest.mark.parametrize("id, mode", RUNS, ids=[f"{id}-{mode}" for id, mode in RUNS])
def test_case(id, mode):
    case, deviation = cases()[id], DEVIATIONS.get(id)
    missing = case.missing()
    if missing and not id.startswith(FINISHED):
        pytest.skip(f"nbbrain has no {', '.join(missing)}")
    assert not missing
    if mode == "loop" and not get_backend().compiles:
        pytest.skip("a loop that is not compiled runs the same operations")
    with backend("numpy") if mode == "plain" else nullcontext():
        if deviation is None:
            assert compare(case, execute(case, mode)) == ""
        else:
            assert differs(case, mode), f"{id} agrees with BrainPy: it is no deviation any more"
            if deviation.replace is not None:
                got = execute(case, mode, replace=deviation.replace, names=NAMES)
                assert compare(case, got, leave_out=deviation.leave_out) == ""


def differs(case, mode):
    """Whether nbbrain gives other numbers, or refuses the arguments."""
    try:
        return bool(compare(case, execute(case, mode)))
    except ValueError:
        return True


def test_deviations_are_deviations_of_cases_that_are_run():
    assert set(DEVIATIONS) <= {id for id, _ in RUNS}
    for id, deviation in DEVIATIONS.items():
        assert deviation.replace is not None or deviation.checked_by, f"{id} is checked by nothing"
        if deviation.checked_by:
            file, _, test = deviation.checked_by.partition("::")
            assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")


def test_finished_cases_exist():
    assert all(any(id.startswith(start) for id, _ in RUNS) for start in FINISHED)
