"""Where nbbrain gives other numbers than BrainPy 2.4.0 on purpose, why, and what still has to agree.

A deviating case is run with its source changed so that it asks for what BrainPy did (``replace``), and its outputs must
then agree, but for those that are left out (``leave_out``). Where no change of the source brings BrainPy's numbers
back, ``replace`` is None, and the case only has to differ. ``checked_by`` names a test of nbbrain's own numbers.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
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


class _ByEpochs:
    """Bias correction by epochs, as in BrainPy 2.4.0: the exponent is 2 + the number of the last epoch."""

    def begin_update(self, lr: Any) -> Any:
        """Count epochs."""
        self.updates.value = self.lr.last_epoch + 1  # type: ignore[attr-defined]
        return super().begin_update(lr)  # type: ignore[misc]


class EpochAdam(_ByEpochs, bp.optim.Adam):
    """Adam with bias correction by epochs."""


class EpochAdamW(_ByEpochs, bp.optim.AdamW):
    """AdamW with bias correction by epochs."""


def per_sample_weight(predicts: Any, targets: Any, weight: Any, reduction: str) -> Any:
    """The cross entropy with one weight a sample, as in BrainPy 2.4.0."""
    losses = bp.losses.cross_entropy_loss(predicts, targets, reduction="none") * weight
    return {"mean": bm.mean, "sum": bm.sum, "none": lambda x: x}[reduction](losses)


class RoundedRalston4(bp.ode.ExplicitRKIntegrator):
    """Ralston's method with the coefficients rounded as in his paper, and in BrainPy 2.4.0."""

    A = [[], [.4], [.29697761, .15875964], [.21810040, -3.05096516, 3.83286476]]
    B = [.17476028, -.55148066, 1.20553560, .17118478]


class EarlyRKF45(bp.ode.RKF45):
    """Fehlberg's method with its last slope taken at a third of the step, as in BrainPy 2.4.0."""

    def check(self) -> None:
        """Move the time of the last stage."""
        super().check()
        self.C[5] = 1 / 3


class DifferenceBoSh3(bp.ode.BoSh3):
    """Bogacki and Shampine's method with the difference of both rows of weights as its second row."""

    B2 = [Fraction(-5, 72), Fraction(1, 12), Fraction(1, 9), Fraction(-1, 8)]


class LeadingNorm(bp.layers.LayerNorm):
    """Normalisation over the leading axes, as LayerNorm does in BrainPy 2.4.0."""

    def update(self, x: Any) -> Any:
        """The normalised input."""
        axes = tuple(range(x.ndim - len(self.normalized_shape)))
        centred = x - bm.mean(x, axis=axes, keepdims=True)
        y = centred / bm.sqrt(bm.mean(bm.square(centred), axis=axes, keepdims=True) + self.epsilon)
        return y if self.scale is None else y * self.scale + self.bias


class SourceSTP(bp.synplast.STP):
    """Short-term plasticity with a constant source of u between spikes, as in BrainPy 2.4.0."""

    def du(self, u: Any, t: Any) -> Any:
        """The rate of change of u between spikes."""
        return self.U - u / self.tau_f


class UnheardSTD(bp.synplast.STD):
    """Depression that has no effect, as on sparse synapses in BrainPy 2.4.0."""

    def filter(self, g: Any) -> Any:
        """Leave what leaves the synapse as it is."""
        return g


class UnheardSTP(SourceSTP):
    """Short-term plasticity that has no effect, as on sparse synapses in BrainPy 2.4.0."""

    def filter(self, g: Any) -> Any:
        """Leave what leaves the synapse as it is."""
        return g


class EventNMDA(bp.synapses.NMDA):
    """NMDA synapses of which every open one counts as 1, as of sparse ones in BrainPy 2.4.0."""

    def advance(self, arriving: Any, shared: Any) -> Any:
        """Who has open channels."""
        return super().advance(arriving, shared) > 0


class EarlyThresholdALIF(bp.neurons.ALIFBellec2020):
    """The adaptive threshold before the step, as in BrainPy 2.4.0 in TrainingMode."""

    def threshold(self, values: dict[str, Any]) -> Any:
        """From the old adaptation."""
        return self.V_th + self.beta * self.a


class EarlyThresholdGIF(bp.neurons.GIF):
    """The threshold before the step, as in BrainPy 2.4.0 in TrainingMode."""

    def threshold(self, values: dict[str, Any]) -> Any:
        """The old one."""
        return self.V_th


class PinskyRinzelWithoutC(bp.neurons.PinskyRinzelModel):
    """The current that calcium opens without its gate c, whose rates are another's, as in BrainPy 2.4.0."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alpha, beta = self.c_rates(self.Vd)
        self.c.value = alpha / (alpha + beta)

    @staticmethod
    def c_rates(V: Any) -> tuple[Any, Any]:
        """A difference of exponentials in the place of the exponential of a difference."""
        alpha = (bm.exp((V + 50.) / 11.) - bm.exp((V + 53.5) / 27.)) / 18.975
        return alpha, 2. * bm.exp(-(V + 53.5) / 27.) - alpha

    def dVd(self, Vd: Any, t: Any, s: Any, q: Any, c: Any, Ca: Any, Vs: Any, Id: Any) -> Any:
        """The rate of change, with c = 1."""
        return super().dVd(Vd, t, s, q, 1., Ca, Vs, Id)

    def dc(self, c: Any, t: Any, Vd: Any) -> Any:
        """The rate of change of c."""
        alpha, beta = self.c_rates(Vd)
        return alpha * (1. - c) - beta * c


NAMES = {
    "EarlyThresholdALIF": EarlyThresholdALIF, "EarlyThresholdGIF": EarlyThresholdGIF, "PinskyRinzelWithoutC":
    PinskyRinzelWithoutC, "EpochAdam": EpochAdam, "EpochAdamW": EpochAdamW, "per_sample_weight": per_sample_weight,
    "RoundedRalston4": RoundedRalston4, "LeadingNorm": LeadingNorm, "EarlyRKF45": EarlyRKF45, "DifferenceBoSh3":
    DifferenceBoSh3, "SourceSTP": SourceSTP, "UnheardSTD": UnheardSTD, "UnheardSTP": UnheardSTP, "EventNMDA": EventNMDA,
}
"""What the changed sources may use."""

_EPOCHS = "Adam's bias correction counts updates (Kingma & Ba, 2015), not epochs"
_DECAY = "weight decay is scaled with the learning rate (Loshchilov & Hutter, 2019)"
_WEIGHTS = "weights of cross_entropy_loss belong to classes, not to samples"
_ORDER = "neurons of a population of several axes count in C order, as their arrays do"
_ADAM = {"bp.optim.Adam(": "EpochAdam("}
_DELTA = "the learning rate of Adadelta counts; 1 gives the method of the paper, and BrainPy's numbers"
_NESTEROV = "MomentumNesterov looks ahead (Nesterov, 1983); in BrainPy it is the same as Momentum"
_POLYAK = {"bp.optim.MomentumNesterov(": "bp.optim.Momentum("}
_CHECKED = "tests/optimizers/test_optimizers.py::test_nesterov_looks_ahead"
_FIRST = "the batch is the first axis of predictions"
_TURNED = {"pred = tr.predict(bm.asarray(A['X'][0]))": "pred = tr.predict(bm.asarray(A['X'][0])).T"}
_SOURCE = "between spikes u decays to 0 (Tsodyks, Pawelzik & Markram, 1998), without a source"
_SCALED = "short-term plasticity acts on sparse synapses, too"
_THRESHOLD = "a moving threshold is that at the end of the step in every mode, in BrainPy not in TrainingMode"
_RESET = "neurons are reset to c in every mode, in BrainPy's TrainingMode softly"
_NORMS = "tests/dyn/layers/test_norms.py::"
_UNSCALED = {"weight_decay=0.01": "weight_decay=0.01 / 0.05"}

DEVIATIONS: dict[str, Deviation] = {
    **{f"adam_{name}": Deviation(_EPOCHS, _ADAM) for name in ("default", "params", "epochs", "expdecay")},
    **{name: Deviation(_EPOCHS, _ADAM)
       for name in ("f32_adam", "snn_bptt_adam", "bptt_fit_adam", "bptt_fit_expdecay")},
    "bpff_fit_adam": Deviation(f"{_EPOCHS}; {_FIRST}", {**_ADAM, **_TURNED}),
    "bpff_fit_sgd": Deviation(_FIRST, _TURNED),
    "rls_direct": Deviation("recursive least squares takes the rows of a batch one after the other", None,
                            checked_by="tests/algorithms/test_online.py::test_rls_is_ridge_regression_on_all_that_was_seen"),
    "bptt_fit_default": Deviation(_EPOCHS, {"loss_fun='mean_squared_error'": "loss_fun='mean_squared_error', optimizer="
                                            "EpochAdam(bp.optim.ExponentialDecay(.025, 1, .99975))"}),
    "bptt_fit_num_report": Deviation("the loss of every batch is kept, also of those before the first report of an epoch",
                                     leave_out=frozenset({"detailed"}),
                                     checked_by="tests/train/test_back_propagation.py::"
                                     "test_num_report_counts_batches_and_the_loss_of_every_batch_is_kept"),
    "adam_wd": Deviation(f"{_EPOCHS}; {_DECAY}", {**_ADAM, **_UNSCALED}),
    **{f"{name}_wd": Deviation(_DECAY, _UNSCALED) for name in ("sgd", "momentum", "adagrad", "rmsprop")},
    "adadelta_wd": Deviation(f"{_DELTA}; {_DECAY}", {"lr=.05": "lr=1.", "weight_decay=0.01": "weight_decay=0.01"}),
    **{f"adadelta_{name}": Deviation(_DELTA, {f"lr={lr}": "lr=1."})
       for name, lr in (("default", "0.1"), ("params", "0.05"), ("epochs", ".05"))},
    "momentumnesterov_wd": Deviation(f"{_NESTEROV}; {_DECAY}", {**_POLYAK, **_UNSCALED}, checked_by=_CHECKED),
    **{f"momentumnesterov_{name}": Deviation(_NESTEROV, _POLYAK, checked_by=_CHECKED)
       for name in ("default", "params", "epochs")},
    **{f"adamw_{name}": Deviation(_EPOCHS, {"bp.optim.AdamW(": "EpochAdamW("})
       for name in ("default", "params", "epochs", "amsgrad", "wd0")},
    **{f"cel_weight_{reduction}": Deviation(_WEIGHTS, {"bp.losses.cross_entropy_loss(p, bm.asarray(A['t']), weight=":
                                                       "per_sample_weight(p, bm.asarray(A['t']), weight="})
       for reduction in ("mean", "sum", "none")},
    "init_gauss_2d": Deviation(_ORDER, {"f((3, 4))": "f((4, 3))"}),
    "init_dog_2d_rect": Deviation(f"{_ORDER}; BrainPy mixes both orders in DOGDecay",
                                  {"f((3, 4))": "f((3, 4))[:, np.arange(12).reshape(3, 4).T.ravel()]"}),
    "init_dog_2d": Deviation(f"{_ORDER}; BrainPy mixes both orders in DOGDecay, and takes other neurons for 'self'", None,
                             checked_by="tests/initialize/test_initializers.py::test_dog_decay"),
    "initstat_exponential": Deviation("scale is the mean, as its documentation says; BrainPy takes it for the rate",
                                      {"scale=.5": "scale=2."}),
    **{f"conn_all2all{name}": Deviation(
        "partners of one neuron are in ascending order, in no particular one in BrainPy",
        leave_out=frozenset({"pre2post_0", "post2pre_0", "post2syn_0", "csr_0", "csc_0"}),
        checked_by="tests/connect/test_connectors.py::test_all_forms_describe_one_connection")
       for name in ("", "_noself")},
    "conn_ij_unsorted": Deviation(
        "post2pre lists partners in the order in which post2syn lists their synapses",
        leave_out=frozenset({"post2pre_0", "csc_0"}),
        checked_by="tests/connect/test_connectors.py::test_all_forms_describe_one_connection"),
    **{f"{equation}_ralston4": Deviation("the coefficients of Ralston's method are exact, and not rounded to eight digits",
                                         {"bp.odeint(": "RoundedRalston4(", "method='ralston4', ": ""})
       for equation in ("fhn_joint", "lin")},
    "rnncell_train_state": Deviation("a reset fills the state from state2train and does not set that back",
                                     {"layer.state2train.value = bm.ones(3)\n": ""}),
    **{name: Deviation("called by hand without an argument, BrainPy's scheduler stays at the first rate",
                       leave_out=frozenset({"seq"}), checked_by="tests/optimizers/test_schedulers.py::test_counting")
       for name in ("lr_multistep", "lr_cosine", "lr_cosine_warm")},
    "lin_rkf45": Deviation("the last slope is taken at half of the step, where its stage is",
                           {"bp.odeint(": "EarlyRKF45(", "method='rkf45', ": ""},
                           checked_by="tests/integrators/test_ode.py::"
                                      "test_the_error_falls_with_the_order_of_the_method"),
    "adaptive_bs": Deviation("the error is that of Bogacki and Shampine's tableau, so that the step shrinks",
                             {"tol=0.01": "tol=1e9"},
                             checked_by="tests/integrators/test_adaptive_rk.py::"
                                        "test_the_next_step_follows_from_the_difference_of_both_methods"),
    **{f"adaptive_{kind}BoSh3": Deviation(
        "the error is the difference of both rows of weights",
        {"bp.odeint(": "DifferenceBoSh3(", "method='BoSh3', ": ""},
        checked_by="tests/integrators/test_adaptive_rk.py::"
                   "test_the_next_step_follows_from_the_difference_of_both_methods")
       for kind in ("", "scalar_")},
    "connstat_fixedprenum": Deviation("how many partners a pre-synaptic neuron has by chance depends on the random numbers",
                                      leave_out=frozenset({"row_sums"}),
                                      checked_by="tests/connect/test_chance.py::test_every_neuron_has_the_number_of_partners"),
    "in_spike": Deviation("a pulse at 3.3 ms begins in step 33: times are divided by dt without an error of rounding",
                          {"3.3": "3.2"}, checked_by="tests/inputs/test_inputs.py::test_pulses"),
    "m_cc_ragged": Deviation("a bin of 0.7 ms has 7 steps of 0.1 ms: times are divided by dt without an error of rounding",
                             {"bin=.7": "bin=.6"}, checked_by="tests/measure/test_measure.py::test_cross_correlation"),
    "m_firing_rate": Deviation("spikes are divided by the width of the window in whole steps, 1.1 ms and not 1.0 ms",
                               {"dt=.1))": "dt=.1) * 1.1)"},
                               checked_by="tests/measure/test_measure.py::test_a_regular_rate_is_measured_exactly"),
    **{f"train_alif{name}": Deviation(_THRESHOLD, {"bp.neurons.ALIFBellec2020(": "EarlyThresholdALIF("})
       for name in ("", "_eprop", "_ref")},
    "train_gif": Deviation(f"{_THRESHOLD}; the gradient does not pass through the reset of the potential",
                           {"bp.neurons.GIF(": "EarlyThresholdGIF(", "A2=-.3, ": "A2=-.3, detach_reset=False, "}),
    **{name: Deviation(f"{_RESET}; soft resets keep the overshoot, which amplifies rounding",
                       {"d=2., ": "d=2., spike_reset='soft', "}, leave_out=frozenset({"V", "u", "loss", "grad_w"}),
                       checked_by="tests/dyn/neurons/test_adaptive.py::"
                       "test_the_numbers_of_izhikevich_in_higher_precision")
       for name in ("train_izh", "train_izh_ref")},
    "train_hr_default": Deviation("a spike_fun of one argument gives spikes where the threshold is crossed; BrainPy takes "
                                  "the potential before the step for its parameter alpha",
                                  {"4, mode": "4, spike_fun=lambda new, old: bm.surrogate.inv_square_grad(new), mode"},
                                  leave_out=frozenset({"grad_w"}), checked_by="tests/dyn/neurons/test_crossing.py::"
                                  "test_functions_of_one_and_of_two_arguments"),
    "adexif_ref": Deviation("a neuron that has not fired yet has the same time of a last spike in every model",
                            leave_out=frozenset({"t_last_spike"}), checked_by="tests/dyn/neurons/test_resetting.py::"
                            "test_refractory_neurons_keep_their_potential"),
    "batch_wb": Deviation("rates and their derivatives are computed without cancellation near V = -35 mV",
                          leave_out=frozenset({"V"}), checked_by="tests/dyn/neurons/test_conductance.py::"
                          "test_a_train_of_wang_and_buzsaki"),
    "pinsky_rinzel": Deviation("the gate c takes part in the current that calcium opens, and has the rates of Traub et al. "
                               "(1991), which are continuous and positive",
                               {"bp.neurons.PinskyRinzelModel(": "PinskyRinzelWithoutC("},
                               checked_by="tests/dyn/neurons/test_conductance.py::test_pinsky_and_rinzel"),
    **{name: Deviation(_SOURCE, {"bp.synplast.STP(": "SourceSTP("},
                       checked_by="tests/dyn/synplast/test_short_term.py::test_steady_state_of_stp")
       for name in ("exp_stp_a2a", "exp_stp_dense_delay", "exp_stp_o2o", "exp_stp_default", "exp_stp_rk4", "delta_stp_a2a",
                    "dualexp_stp", "ampa_stp", "train_stp")},
    "exp_stp_sparse": Deviation(f"{_SOURCE}; {_SCALED}", {"bp.synplast.STP(": "UnheardSTP("},
                                checked_by="tests/dyn/synapses/test_spike_driven.py::"
                                "test_sparse_and_dense_connections_are_the_same"),
    "exp_std_sparse": Deviation(_SCALED, {"bp.synplast.STD(": "UnheardSTD("},
                                checked_by="tests/dyn/synapses/test_spike_driven.py::"
                                "test_sparse_and_dense_connections_are_the_same"),
    "nmda_sparse": Deviation("sparse NMDA synapses pass on their conductances; in BrainPy each open one counts as 1",
                             {"bp.synapses.NMDA(": "EventNMDA("},
                             checked_by="tests/dyn/synapses/test_spike_driven.py::"
                             "test_sparse_and_dense_connections_are_the_same"),
    **{name: Deviation("LayerNorm normalises over the axes of normalized_shape (Ba, Kiros & Hinton, 2016)",
                       {"bp.layers.LayerNorm(": "LeadingNorm("},
                       checked_by=f"{_NORMS}test_layers_are_normalised_over_their_last_axes")
       for name in ("layernorm", "layernorm_2", "layernorm_noaffine")},
    **{f"groupnorm_{name}": Deviation("every group is normalised by itself (Wu & He, 2018); BrainPy takes all for one",
                                      {"GroupNorm(2, 4": "GroupNorm(1, 4"},
                                      checked_by=f"{_NORMS}test_groups_are_normalised_one_by_one")
       for name in ("forward", "noaffine")},
    "instancenorm_noaffine": Deviation("every channel is normalised by itself; BrainPy takes all for one group",
                                       {"InstanceNorm(4,": "GroupNorm(1, 4,"}, checked_by=f"{_NORMS}test_instances"),
    **{name: Deviation("the bias of a reservoir is used", {"b_initializer=bm.asarray(A['b0'])": "b_initializer=None"},
                       checked_by="tests/dyn/layers/test_reservoir.py::test_against_the_equations")
       for name in ("reservoir", "reservoir_external", "reservoir_sr", "reservoir_nonbatch", "reservoir_default_rate")},
}
