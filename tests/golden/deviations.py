"""Where nbbrain gives other numbers than BrainPy 2.4.0 on purpose, why, and what still has to agree.

A deviating case is run with its source changed so that it asks for what BrainPy did (``replace``), and its outputs must
then agree, but for those that are left out (``leave_out``). Where no change of the source brings BrainPy's numbers back,
``replace`` is None: the case must differ, and ``checked_by`` names the test that shows nbbrain's numbers to be right.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import nbbrain as bp
import nbbrain.math as bm


@dataclass(frozen=True)
class Deviation:
    """A deliberate difference."""

    reason: str
    replace: Mapping[str, str] | None = field(default_factory=dict)
    leave_out: frozenset[str] = frozenset()
    checked_by: str = ""


class EpochAdam(bp.optim.Adam):
    """Adam whose bias correction counts epochs, as in BrainPy 2.4.0: the exponent is 2 + the number of the last epoch."""

    def begin_update(self) -> None:
        """Count epochs."""
        self.updates.value = self.lr.last_epoch + 2


def per_sample_weight(predicts: Any, targets: Any, weight: Any, reduction: str) -> Any:
    """The cross entropy with one weight a sample, as in BrainPy 2.4.0."""
    losses = bp.losses.cross_entropy_loss(predicts, targets, reduction="none") * weight
    return {"mean": bm.mean, "sum": bm.sum, "none": lambda x: x}[reduction](losses)


NAMES = {"EpochAdam": EpochAdam, "per_sample_weight": per_sample_weight}
"""What the changed sources may use."""

_EPOCHS = "Adam's bias correction counts updates (Kingma & Ba, 2015), not epochs"
_DECAY = "weight decay is scaled with the learning rate (Loshchilov & Hutter, 2019)"
_WEIGHTS = "weights of cross_entropy_loss belong to classes, not to samples"
_ORDER = "neurons of a population of several axes count in C order, as their arrays do"
_ADAM = {"bp.optim.Adam(": "EpochAdam("}
_UNSCALED = {"weight_decay=0.01": "weight_decay=0.01 / 0.05"}

DEVIATIONS: dict[str, Deviation] = {
    **{f"adam_{name}": Deviation(_EPOCHS, _ADAM) for name in ("default", "params", "epochs", "expdecay")},
    "f32_adam": Deviation(_EPOCHS, _ADAM),
    "adam_wd": Deviation(f"{_EPOCHS}; {_DECAY}", {**_ADAM, **_UNSCALED}),
    "sgd_wd": Deviation(_DECAY, _UNSCALED),
    "momentum_wd": Deviation(_DECAY, _UNSCALED),
    **{f"cel_weight_{reduction}": Deviation(_WEIGHTS, {"bp.losses.cross_entropy_loss(p, bm.asarray(A['t']), weight=":
                                                       "per_sample_weight(p, bm.asarray(A['t']), weight="})
       for reduction in ("mean", "sum", "none")},
    "init_gauss_2d": Deviation(_ORDER, {"f((3, 4))": "f((4, 3))"}),
    "init_dog_2d_rect": Deviation(f"{_ORDER}; BrainPy mixes both orders in DOGDecay",
                                  {"f((3, 4))": "f((3, 4))[:, np.arange(12).reshape(3, 4).T.ravel()]"}),
    "init_dog_2d": Deviation(f"{_ORDER}; BrainPy mixes both orders in DOGDecay, and takes other neurons for 'self'", None,
                             checked_by="tests/initialize/test_initializers.py::test_dog_decay"),
    "conn_all2all_noself": Deviation(
        "synapses of one neuron are in ascending order of their partners, in no particular one in BrainPy",
        leave_out=frozenset({"pre2post_0", "post2pre_0", "post2syn_0", "csr_0", "csc_0"}),
        checked_by="tests/connect/test_connectors.py::test_all_forms_describe_one_connection"),
}
