"""Layers in a compiled loop: outputs, states, and gradients by inputs and parameters, against the reference; and gradients
of the reference against central differences."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend
from tests.dyn.derivatives import check_gradients

L, normal = bp.layers, bp.init.Normal(scale=0.5)
KERNEL = {"w_initializer": normal, "b_initializer": normal}
AFFINE = {"scale_initializer": bp.init.Normal(1., 0.3), "bias_initializer": normal}
WEIGHTS = {"Win_initializer": normal, "Wrec_initializer": normal, "b_initializer": normal, "seed": 4}

LAYERS: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "Conv1d": (lambda: L.Conv1d(2, 3, 3, stride=2, **KERNEL), (7, 2)),
    "Conv1d, a mask": (lambda: L.Conv1d(2, 2, 2, mask=np.eye(2), **KERNEL), (5, 2)),
    "Conv2d": (lambda: L.Conv2d(2, 4, (3, 2), groups=2, rhs_dilation=(1, 2), **KERNEL), (4, 5, 2)),
    "Conv3d": (lambda: L.Conv3d(1, 2, 2, padding="VALID", **KERNEL), (3, 3, 2, 1)),
    "ConvTranspose1d": (lambda: L.ConvTranspose1d(2, 3, 3, stride=2, **KERNEL), (4, 2)),
    "ConvTranspose2d": (lambda: L.ConvTranspose2d(1, 2, 3, stride=(1, 2), padding="VALID", **KERNEL), (3, 2, 1)),
    "ConvTranspose3d": (lambda: L.ConvTranspose3d(1, 2, 2, stride=2, **KERNEL), (2, 2, 1, 1)),
    "MaxPool": (lambda: L.MaxPool(2, channel_axis=-1), (4, 3, 2)),
    "MinPool": (lambda: L.MinPool((2, 3), stride=2, padding="SAME", channel_axis=-1), (4, 5, 2)),
    "AvgPool": (lambda: L.AvgPool(2, padding="SAME"), (4, 3)),
    "MaxPool1d": (lambda: L.MaxPool1d(2), (6, 2)),
    "AvgPool2d": (lambda: L.AvgPool2d(2, stride=2), (4, 4, 2)),
    "AvgPool3d": (lambda: L.AvgPool3d(2), (3, 2, 3, 2)),
    "AdaptiveAvgPool1d": (lambda: L.AdaptiveAvgPool1d(3), (7, 2)),
    "AdaptiveMaxPool2d": (lambda: L.AdaptiveMaxPool2d((2, 3)), (5, 6, 2)),
    "BatchNorm1d": (lambda: L.BatchNorm1d(2, momentum=0.7, **AFFINE), (4, 2)),
    "BatchNorm1d, one place": (lambda: L.BatchNorm1d(3, momentum=0.7, **AFFINE), (3,)),
    "BatchNorm2d": (lambda: L.BatchNorm2d(2, momentum=0.7, **AFFINE), (3, 4, 2)),
    "LayerNorm": (lambda: L.LayerNorm((4, 2), **AFFINE), (4, 2)),
    "GroupNorm": (lambda: L.GroupNorm(2, 4, **AFFINE), (3, 4)),
    "InstanceNorm": (lambda: L.InstanceNorm(2, **AFFINE), (3, 4, 2)),
    "Conv1dLSTMCell": (lambda: L.Conv1dLSTMCell(4, 2, 2, 3, **KERNEL), (4, 2)),
    "Conv2dLSTMCell": (lambda: L.Conv2dLSTMCell((3, 2), 1, 1, 3, stride=2, train_state=True, state_initializer=normal,
                                                **KERNEL), (3, 2, 1)),
    "Conv3dLSTMCell": (lambda: L.Conv3dLSTMCell((2, 2, 2), 1, 1, 2, padding="VALID", **KERNEL), (2, 2, 2, 1)),
    "Reservoir": (lambda: L.Reservoir(3, 6, in_connectivity=0.7, rec_connectivity=0.6, **WEIGHTS), (3,)),
    "Reservoir, sparse": (lambda: L.Reservoir(3, 6, in_connectivity=0.7, rec_connectivity=0.6, comp_type="sparse",
                                              activation_type="external", **WEIGHTS), (3,)),
    "PReLU": (lambda: L.PReLU(3), (2, 3)),
}


class Run:
    """A layer over time, with a loss of its outputs."""

    def __init__(self, case: str, batch: int = 5, steps: int = 4) -> None:
        build, shape = LAYERS[case]
        bm.random.seed(2)
        with bm.training_environment():
            self.layer = build()
        self.batch = batch
        rng = np.random.default_rng(3)
        self.x = bm.TrainVar(bm.asarray(rng.normal(size=(steps, batch, *shape)) + 0.2))
        self.layer.reset_state(batch)
        self.first = {name: variable.value for name, variable in self.layer.vars().unique().items()}

    def loss(self) -> tuple[Any, Any]:
        for name, variable in self.layer.vars().unique().items():  # running means and the like, as they were at first
            if not isinstance(variable, bm.TrainVar):
                variable.value = self.first[name]
        self.layer.reset_state(self.batch)
        bp.share.save(fit=True)
        y = bm.for_loop(self.layer, self.x)
        return bm.sum(bm.sin(1.3 * y + 0.4)) + 0.1 * bm.sum(y[-1] ** 3), y

    def outcome(self, which: str) -> dict[str, np.ndarray]:
        variables = {**self.layer.train_vars().unique(), "x": self.x}
        with backend(which), settings.using(strict=True):
            gradients, y = bm.grad(self.loss, grad_vars=variables, has_aux=True)()
        states = {f"state {k}": v for k, v in enumerate(self.layer.vars().unique().values())}
        found = {"y": y, **states, **{f"gradient {k}": g for k, g in enumerate(gradients.values())}}
        return {name: np.array(array) for name, array in found.items()}


@pytest.mark.parametrize("case", LAYERS)
def test_compiled_agrees_with_the_reference(case: str) -> None:
    pytest.importorskip("numba")
    bm.enable_x64()
    want, got = [Run(case).outcome(which) for which in ("numpy", "numba")]
    assert set(want) == set(got)
    for name, array in want.items():
        assert array.dtype == got[name].dtype
        np.testing.assert_allclose(got[name], array, rtol=1e-9, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("case", LAYERS)
def test_gradients_are_those_of_central_differences(case: str) -> None:
    bm.enable_x64()
    run = Run(case, batch=2, steps=2)
    with backend("numpy"):
        check_gradients(lambda: run.loss()[0], {**run.layer.train_vars().unique(), "x": run.x}, rtol=1e-5)


@pytest.mark.parametrize("case", LAYERS)
def test_single_precision_stays(case: str) -> None:
    for name, array in Run(case, batch=2, steps=2).outcome("numpy").items():
        assert array.dtype in (np.float32, np.uint32), name
