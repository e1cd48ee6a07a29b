"""Adapting thresholds are a memory: spiking neurons store a bit, and recall it after a second or more.

The task and the network of Bellec, Salaj, Subramoney, Legenstein & Maass (2018, "Long short-term memory and
learning-to-learn in networks of spiking neurons"): 10 leaky integrate-and-fire neurons and 10 whose thresholds rise with
every spike and fall within 1.2 s. A sequence has 12 symbols of 200 ms. In every one a bit is shown by the rates of two
populations; at a STORE it has to be remembered, and at the next RECALL, to be told. The gradient goes through 2400 steps.

Run it with ``python examples/store_recall.py``.
"""
from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

SYMBOLS, SYMBOL_STEPS, DT = 12, 200, 1.0  # steps of 1 ms
CHANNELS, PER_CHANNEL, RATE = 4, 25, 50.0  # 0, 1, STORE and RECALL, each of 25 neurons that fire at 50 Hz
LIF, ADAPTING, CLASSES = 10, 10, 2
TAU, TAU_ADAPTATION, BETA, THRESHOLD = 20.0, 1200.0, 1.7, 0.01
CHECK_EVERY, STOP = 10, 0.04
Batch = tuple[np.ndarray, np.ndarray]


class Adapting(bp.neurons.ALIFBellec2020):
    """Neurons with a threshold by which everything is measured, as in the code of the paper's authors."""

    def fire(self, values: dict[str, Any]) -> Any:
        """Who fires: the surrogate derivative is as wide as the threshold is high."""
        threshold = self.threshold(values)
        return self.spike_fun((values["V"] - threshold) / threshold)

    def after_spike(self, values: dict[str, Any]) -> dict[str, Any]:
        """A spike lowers the potential by the threshold."""
        return {"V": values["V"] - self.threshold(values), "a": values["a"] + 1.}


class Network(bp.DynamicalSystemNS):
    """Neurons with and without adaptation that are all connected, and a leaky readout."""

    def __init__(self) -> None:
        super().__init__()
        inputs, neurons = CHANNELS * PER_CHANNEL, LIF + ADAPTING
        self.from_input = bp.layers.Dense(inputs, neurons, bp.init.Normal(0., 1 / math.sqrt(inputs)), None)
        # With weights as large as those of inputs, spikes would sustain each other, and gradients explode.
        self.recurrent = bp.layers.Dense(neurons, neurons, bp.init.Normal(0., 0.3 / math.sqrt(neurons)), None)
        self.to_readout = bp.layers.Dense(neurons, CLASSES, b_initializer=None)
        # Potentials are in units of the threshold, and a spike raises the adaptation by 1.
        beta = BETA * (1 - math.exp(-DT / TAU_ADAPTATION)) / THRESHOLD * np.repeat([0., 1.], [LIF, ADAPTING])
        self.neurons = Adapting(
            neurons, V_rest=0., V_th=1., R=1 / THRESHOLD, beta=bm.asarray(beta), tau=TAU, tau_a=TAU_ADAPTATION, tau_ref=3.,
            V_initializer=bp.init.ZeroInit(), a_initializer=bp.init.ZeroInit(), spike_fun=bm.surrogate.ReluGrad(0.3, 1.))
        self.readout = bp.neurons.LeakyIntegrator(CLASSES, tau=TAU)

    def update(self, spikes: bm.Array) -> tuple[bm.Array, bm.Array, bm.Array]:
        """One time step: potentials of the readout, spikes, and adaptation."""
        fired = self.neurons(self.from_input(spikes) + self.recurrent(self.neurons.spike.value))
        return self.readout(self.to_readout(fired)), fired, self.neurons.a.value


def make_batch(rng: np.random.Generator, size: int) -> Batch:
    """Input spikes (size, steps, inputs) of new sequences, and the answers (size, SYMBOLS), -1 where none is asked for."""
    trials = bp.datasets.store_recall(size, SYMBOLS, symbol=1., group_size=1, p_command=1 / 7, seed=int(rng.integers(2**31)))
    commands, values = trials.info["commands"], trials.info["values"]
    active = np.stack([values == 0, values == 1, commands == 1, commands == 2], axis=-1)
    spikes = np.zeros((size, SYMBOLS, SYMBOL_STEPS, CHANNELS, PER_CHANNEL), np.float32)
    drawn = rng.random((active.sum(), SYMBOL_STEPS, PER_CHANNEL), np.float32) < RATE * DT / 1000
    spikes.swapaxes(2, 3)[active] = drawn  # only where a population is active
    return spikes.reshape(size, SYMBOLS * SYMBOL_STEPS, -1), np.where(trials.mask, trials.targets, -1)


def loss(outputs: tuple[bm.Array, ...], answers: np.ndarray) -> tuple[bm.Array, dict[str, bm.Array]]:
    """The cross-entropy of the readout's means over recalls, and the part of recalls with a wrong answer."""
    means = outputs[0].reshape(len(answers), SYMBOLS, SYMBOL_STEPS, CLASSES).mean(axis=2)[answers >= 0]
    asked = answers[answers >= 0]
    return bp.losses.cross_entropy_loss(means, asked), {"error": (means.argmax(axis=-1) != asked).mean()}


def train(seed: int, most: int, size: int) -> tuple[bp.BPTT, int, float]:
    """A network trained until errors are rare, after how many updates that was, and the error on further sequences."""
    bm.random.seed(seed)
    rng = np.random.default_rng(seed)
    with bm.training_environment():
        network = Network()
    trainer = bp.BPTT(network, loss, bp.optim.Adam(bp.optim.StepLR(0.01, 100 // CHECK_EVERY, 0.3)), loss_has_aux=True, dt=DT,
                      progress_bar=False)

    def batches() -> Iterator[Batch]:
        for _ in range(min(CHECK_EVERY, most)):
            yield make_batch(rng, size)

    network.reset_state(size)  # only once: a sequence begins with the thresholds that the last one left behind
    for done in range(min(CHECK_EVERY, most), most + 1, CHECK_EVERY):
        trainer.fit(batches, num_epoch=1, reset_state=False, clip_norm=0.3)
        if trainer.get_hist_metric("fit", "error")[-1] < 2 * STOP or done == most:
            error = float(np.mean([evaluate(trainer, make_batch(rng, size)) for _ in range(4)]))
            print(f"seed {seed}, {done} updates: {100 * error:.1f} % of recalls in new sequences are wrong")
            if error < STOP:
                break
    return trainer, done, float(np.mean([evaluate(trainer, make_batch(rng, size)) for _ in range(8)]))


def evaluate(trainer: bp.BPTT, batch: Batch) -> float:
    """The part of recalls with a wrong answer."""
    return float(loss(trainer.predict(batch[0]), batch[1])[1]["error"])


def picture(trainer: bp.BPTT, batch: Batch, errors: list[np.ndarray]) -> Any:
    """One sequence: what is shown, who fires, how thresholds remember, what is told; and how all networks learnt."""
    rows = ["input", "neurons", "memory", "readout"]
    drawn, axes = plt.subplot_mosaic([[row, "learning"] for row in rows], figsize=(13, 6), width_ratios=[2.4, 1],
                                     height_ratios=[1.2, 1, 1, 0.8], layout="constrained")
    both = (batch[1] == 0).any(axis=1) & (batch[1] == 1).any(axis=1)
    chosen = int(np.argmax(both * (batch[1] >= 0).sum(axis=1)))
    readout, fired, adaptation = (np.asarray(each)[chosen] for each in trainer.predict(batch[0]))
    answers, time_axis = batch[1][chosen], np.arange(SYMBOLS * SYMBOL_STEPS) * DT
    colors = ("C1", "C0", "0.45", "C2")
    for channel, (name, color) in enumerate(zip(("0", "1", "STORE", "RECALL"), colors, strict=True)):
        part = slice(channel * PER_CHANNEL, (channel + 1) * PER_CHANNEL)
        steps, neurons = np.nonzero(batch[0][chosen][:, part])
        axes["input"].scatter(steps * DT, neurons + channel * PER_CHANNEL, s=1.5, color=color, linewidths=0)
        axes["input"].text(-15, (channel + 0.5) * PER_CHANNEL, name, ha="right", va="center", color=color)
    axes["input"].set(yticks=[], title="inputs: a bit in every symbol, and the commands")
    steps, neurons = np.nonzero(fired)
    axes["neurons"].scatter(steps * DT, neurons, s=2, c=np.where(neurons < LIF, 0.55, 0.1).astype(str), linewidths=0)
    axes["neurons"].axhline(LIF - 0.5, color="0.8", linewidth=0.8)
    axes["neurons"].set(yticks=[LIF / 2, LIF + ADAPTING / 2], yticklabels=["LIF", "adapting"], ylabel="spikes")
    thresholds = adaptation[:, LIF:] * BETA * (1 - math.exp(-DT / TAU_ADAPTATION)) / THRESHOLD + 1
    axes["memory"].plot(time_axis, thresholds, linewidth=1)
    axes["memory"].set(ylabel="threshold")
    shares = np.exp(readout[:, 1]) / np.exp(readout).sum(axis=1)
    axes["readout"].plot(time_axis, shares, color="0.3", linewidth=1)
    for symbol in np.flatnonzero(answers >= 0):
        start, end = symbol * SYMBOL_STEPS * DT, (symbol + 1) * SYMBOL_STEPS * DT
        for row in rows:
            axes[row].axvspan(start, end, color="C2", alpha=0.12, linewidth=0)
        axes["readout"].hlines(answers[symbol], start, end, color=colors[answers[symbol]], linewidth=4)
    axes["readout"].set(ylabel="readout: 1?", ylim=(-0.1, 1.1), xlabel="time (ms); what is to be told is coloured")
    for row in rows:
        axes[row].set(xlim=(0, time_axis[-1]))
    for row in rows[:-1]:
        axes[row].set(xticklabels=[])
    for error in errors:
        axes["learning"].plot(np.arange(1, len(error) + 1), 100 * error, color="C0", linewidth=0.8, alpha=0.7)
    axes["learning"].axhline(100 * STOP, color="0.4", linestyle=":", label="trained until there")
    axes["learning"].set(xlabel="update", ylabel="wrong answers (%)", ylim=(0, None), title=f"{len(errors)} networks")
    axes["learning"].legend(frameon=False)
    return drawn


def main() -> None:
    """Train with several seeds, and write what was reached."""
    parser = arguments(__doc__, seeds=3)
    parser.add_argument("--updates", type=int, default=200, help="updates at most (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=128, help="sequences in an update (default: %(default)s)")
    given = parser.parse_args()
    needed, wrong, seconds, errors = [], [], [], []
    for seed in range(given.seeds):
        started = time.perf_counter()
        trainer, updates, error = train(seed, given.updates, given.batch)
        seconds.append(time.perf_counter() - started)
        needed.append(updates)
        wrong.append(error)
        errors.append(trainer.get_hist_metric("fit", "error", "detailed"))
        if seed == 0:
            chosen = trainer
    write(given.output, "store_recall", task="store a bit at one command, and tell it at the next, up to two seconds later",
          recipe=f"{LIF} LIF and {ADAPTING} adapting neurons, {SYMBOLS} symbols of 200 ms, steps of 1 ms, batches of "
                 f"{given.batch} new sequences, Adam 0.01, times 0.3 after every 100 updates, gradients clipped to a "
                 "norm of 0.3; trained until less than 4 % of recalls are wrong",
          source="Bellec et al. (2018); stop criterion of the tutorial in IGITUGraz/LSNN-official",
          seconds=float(np.mean(seconds)),
          figures=[figure("updates", needed, "<= 200", "< 200"),
                   figure("wrong recalls in new sequences (%)", [100 * each for each in wrong], "< 5", "< 5")],
          picture=picture(chosen, make_batch(np.random.default_rng(99), given.batch), errors))


if __name__ == "__main__":
    main()
