"""FORCE learning turns a chaotic network into a generator of a wave.

The network of Sussillo & Abbott (2009, "Generating coherent patterns of activity from chaotic neural networks", Neuron
63:544): 1000 firing rates with strong random connections, and a readout that is fed back. Recursive least squares change the
weights of the readout after every step, so that its error is small from the first on; then they are left alone. Run it with
``python examples/force_learning.py``.
"""
from __future__ import annotations

import time
from typing import Any

import numpy as np
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

DT = 0.1  # in time constants of the units
PERIOD = 120.  # of the wave, which is made of four sines
AFTERWARDS = 12  # periods without learning


def wave(times: np.ndarray) -> np.ndarray:
    """The wave to be learned: sines of one, two, three and four half-cycles a minute."""
    angles = 2 * np.pi * times / PERIOD
    return 1.3 / 1.5 * (np.sin(angles) + np.sin(2 * angles) / 2 + np.sin(3 * angles) / 6 + np.sin(4 * angles) / 3)


class ChaoticNetwork(bp.DynamicalSystemNS):
    r"""Units :math:`x' = -x + g J \tanh(x) + w_f z` and their readout :math:`z`."""

    def __init__(self, units: int, gain: float = 1.5, connectivity: float = 0.1) -> None:
        super().__init__(mode=bm.batching_mode)
        strengths = bm.random.normal(size=(units, units)) * gain / (connectivity * units)**0.5
        self.recurrent = strengths * bm.random.bernoulli(connectivity, (units, units))
        self.feedback = bm.random.uniform(-1., 1., (1, units))
        self.readout = bp.layers.Dense(units, 1, W_initializer=bp.init.ZeroInit(), b_initializer=None, mode=bm.training_mode)
        self.x = bm.Variable(0.5 * bm.random.normal(size=(1, units)), batch_axis=0)
        self.z = bm.Variable(0.5 * bm.random.normal(size=(1, 1)), batch_axis=0)

    def update(self, _: bm.Array) -> bm.Array:
        """The readout one step later, and some rates for the picture."""
        change = bm.tanh(self.x) @ self.recurrent + self.z @ self.feedback - self.x
        self.x.value = self.x + DT * change
        rates = bm.tanh(self.x)
        self.z.value = self.readout(rates)
        return bm.concatenate([self.z, rates[:, :6]], axis=1)


def run(seed: int, units: int, periods: int) -> dict[str, Any]:
    """A network before, while and after it learns; each part begins where the last has ended."""
    bm.random.seed(seed)
    trainer = bp.ForceTrainer(ChaoticNetwork(units), alpha=1., progress_bar=False)
    steps = round(periods * PERIOD / DT)
    target = wave(DT * np.arange(steps))
    nothing = np.zeros((1, round(AFTERWARDS * PERIOD / DT), 1))
    before = np.asarray(trainer.predict(nothing[:, :round(2 * PERIOD / DT)]))[0]
    started = time.perf_counter()
    during = np.asarray(trainer.fit((np.zeros((1, steps, 1)), target[None, :, None])))[0]
    seconds = time.perf_counter() - started
    after = np.asarray(trainer.predict(nothing))[0]
    wanted = wave(DT * np.arange(len(after)))
    return {"before": before, "during": during, "after": after, "target": wanted, "seconds": seconds,
            "training": np.abs(during[:, 0] - target).mean(), "test": np.abs(after[:, 0] - wanted).mean()}


def picture(found: dict[str, Any]) -> Any:
    """The readout and some rates before learning, in its beginning, and after it."""
    import matplotlib.pyplot as plt

    drawing, axes = plt.subplots(2, 3, figsize=(13, 5.6), layout="constrained", sharex="col", height_ratios=(1, 1.5))
    shown = round(2 * PERIOD / DT)
    times = DT * np.arange(shown)
    parts = (("before", "before: chaos", found["before"][:shown], None, "#dc2626"),
             ("during", "learning: the first two periods", found["during"][:shown], found["target"][:shown], "#d97706"),
             ("after", f"after: periods {AFTERWARDS - 1} and {AFTERWARDS} without learning", found["after"][-shown:],
              found["target"][-shown:], "#2563eb"))
    for (_, title, values, target, color), (top, bottom) in zip(parts, axes.T, strict=True):
        if target is not None:
            top.plot(times, target, color="#9ca3af", lw=4, label="wave")
        top.plot(times, values[:, 0], color=color, lw=1.4, label="readout")
        top.set(ylim=(-2, 2))
        top.set_title(title, loc="left")
        top.legend(frameon=False, ncols=2, loc="lower right")
        bottom.plot(times, values[:, 1:] + 2.3 * np.arange(values.shape[1] - 1), color=color, lw=1)
        bottom.set(xlabel="time (time constants)", yticks=[], xlim=(0, times[-1]))
    axes[0, 0].set_ylabel("readout")
    axes[1, 0].set_ylabel("rates of six units")
    for one in axes.flat:
        one.spines[["top", "right"]].set_visible(False)
    return drawing


def main() -> None:
    """Learn with several seeds, let the networks run by themselves, and write what was reached."""
    parser = arguments(__doc__, seeds=5)
    parser.add_argument("--units", type=int, default=1000, help="units of the network (default: %(default)s)")
    parser.add_argument("--periods", type=int, default=24, help="periods of the wave to learn (default: %(default)s)")
    options = parser.parse_args()
    with bm.environment(x64=True):
        runs = [run(seed, options.units, options.periods) for seed in range(options.seeds)]
    write(options.output, "force_learning", task="a chaotic network learns to generate four sines",
          recipe=f"{options.units} units, gain 1.5, a tenth of connections, recursive least squares from P = 1 after every "
                 f"step of {DT} time constants, {options.periods} periods of learning and {AFTERWARDS} of test",
          source="Sussillo & Abbott 2009, Neuron 63:544; the figures of its demonstration were not to be had",
          seconds=float(np.mean([one["seconds"] for one in runs])),
          figures=[figure("mean absolute error while learning", [one["training"] for one in runs], "-", "-"),
                   figure("mean absolute error afterwards", [one["test"] for one in runs], "-", "-"),
                   figure("their ratio", [one["test"] / one["training"] for one in runs], "3 or less", "-")],
          picture=picture(runs[0]))


if __name__ == "__main__":
    main()
