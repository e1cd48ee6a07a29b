"""An echo state network predicts the next value of the Mackey-Glass series.

The recipe is that of ReservoirPy's README: 100 leaky units with random connections, of which only the readout is fitted, by
ridge regression (Jaeger & Haas, 2004, "Harnessing nonlinearity", Science 304:78).
Run it with ``python examples/esn_mackey_glass.py``.
"""
from __future__ import annotations

import time
from typing import Any

import numpy as np
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

UNITS = 100
LENGTH, WARMUP, TRAINED = 2000, 100, 1599  # of so many values the first warm up, and those from TRAINED on are for tests


def input_weights(shape: tuple[int, int]) -> bm.Array:
    """Weights of 1 and -1 for a tenth of the units. Units are connected at random, so that it may be the first."""
    connected = bm.arange(shape[1]) < shape[1] // 10
    return bm.where(connected, 2. * bm.random.bernoulli(0.5, shape) - 1., 0.)


class EchoStateNetwork(bp.DynamicalSystemNS):
    """A reservoir and a readout of its units."""

    def __init__(self) -> None:
        super().__init__(mode=bm.batching_mode)
        self.reservoir = bp.layers.Reservoir(1, UNITS, leaky_rate=0.3, spectral_radius=1.25, Win_initializer=input_weights,
                                             Wrec_initializer=bp.init.Normal(), in_connectivity=1., rec_connectivity=0.1,
                                             mode=bm.batching_mode)
        self.readout = bp.layers.Dense(UNITS, 1, mode=bm.training_mode)

    def update(self, x: bm.Array) -> bm.Array:
        """The value that is expected next."""
        return x >> self.reservoir >> self.readout


def run(seed: int) -> dict[str, Any]:
    """Fit a network to a series of its own, and let it predict the rest."""
    data = bp.datasets.mackey_glass_series(LENGTH, dt=1., beta=0.2, gamma=0.1, tau=17., n=10., seed=seed)
    series = np.asarray(data.x)[None]
    bm.random.seed(seed)
    network = EchoStateNetwork()
    trainer = bp.RidgeTrainer(network, alpha=1e-5, progress_bar=False)
    started = time.perf_counter()
    trainer.predict(series[:, :WARMUP], reset_state=True)
    trainer.fit((series[:, WARMUP:TRAINED], series[:, WARMUP + 1:TRAINED + 1]))
    seconds = time.perf_counter() - started
    rest = series[0, TRAINED:]

    def step(x: bm.Array) -> tuple[bm.Array, bm.Array]:
        bp.share.save(fit=False)
        return network(x), network.reservoir.state[0]

    predicted, states = (np.asarray(each) for each in bm.for_loop(step, rest[:-1, None]))
    errors = predicted[:, 0, 0] - rest[1:, 0]
    return {"truth": rest[1:, 0], "predicted": predicted[:, 0, 0], "states": states, "seconds": seconds,
            "error": np.sqrt(np.square(errors).mean()), "explained": 1 - np.square(errors).mean() / rest[1:].var()}


def picture(runs: list[dict[str, Any]]) -> Any:
    """The predictions of one network, their errors and its units, and the errors of all networks."""
    import matplotlib.pyplot as plt

    blue, orange = "#2563eb", "#d97706"
    chosen = sorted(runs, key=lambda one: one["error"])[len(runs) // 2]
    times = np.arange(len(chosen["truth"]))
    drawing = plt.figure(figsize=(13, 6), layout="constrained")
    grid = drawing.add_gridspec(3, 2, width_ratios=(3, 1), height_ratios=(1.3, 0.7, 1.3))
    top, middle, bottom = (drawing.add_subplot(grid[row, 0]) for row in range(3))
    top.plot(times, chosen["truth"], color="#9ca3af", lw=4, label="Mackey-Glass")
    top.plot(times, chosen["predicted"], color=blue, lw=1.2, label="network, one step before")
    top.set(ylabel="x(t)", ylim=(0.3, 1.55), xticklabels=[])
    top.legend(frameon=False, ncols=2, loc="upper right")
    top.set_title("values that were not fitted", loc="left")
    middle.plot(times, 1000 * (chosen["predicted"] - chosen["truth"]), color=orange, lw=1.2)
    middle.set(ylabel="error (1e-3)", xticklabels=[])
    unlike = np.argsort(chosen["states"].std(axis=0))[-60::10]
    for index, color in zip(unlike, plt.get_cmap("viridis")(np.linspace(0, 0.9, len(unlike))), strict=True):
        bottom.plot(times, chosen["states"][:, index], color=color, lw=1.2)
    bottom.set(ylabel="six of the 100 units", xlabel="time")
    right = drawing.add_subplot(grid[:, 1])
    right.plot(np.arange(1, len(runs) + 1), sorted(1000 * each["error"] for each in runs), "o", color=blue, ms=5)
    right.axhline(2.03, color=orange, lw=1.2, ls="--")
    right.annotate("ReservoirPy's README", (len(runs), 2.03), ha="right", va="top", xytext=(0, -3), color=orange,
                   textcoords="offset points")
    right.set(xlabel="network", ylabel="root mean square error (1e-3)", ylim=(0, None))
    right.set_title("networks by their error", loc="left")
    for one in drawing.axes:
        one.spines[["top", "right"]].set_visible(False)
    for one in (top, middle, bottom):
        one.set_xlim(0, len(times))
    return drawing


def main() -> None:
    """Networks with several seeds, and what was reached."""
    options = arguments(__doc__, seeds=20).parse_args()
    with bm.environment(x64=True):
        runs = [run(seed) for seed in range(options.seeds)]
    figures = [figure("root mean square error of the next value", [one["error"] for one in runs], "0.0025 or less",
                      "0.00203"),
               figure("R² of the next value", [one["explained"] for one in runs], "-", "0.99992")]
    write(options.output, "esn_mackey_glass", task="predict the next value of the Mackey-Glass series (delay 17)",
          recipe=f"{UNITS} units, spectral radius 1.25, leak 0.3, ridge 1e-5, {TRAINED} values to fit (the first {WARMUP} "
                 f"left out), 400 to test; every seed has a network and a series of its own",
          source="README of ReservoirPy 0.4.2, which shows one seed; that version run with 30 seeds: median 0.00232, mean "
                 "0.00238, from 0.00165 to 0.00363",
          seconds=float(np.mean([one["seconds"] for one in runs])), figures=figures, picture=picture(runs))


if __name__ == "__main__":
    main()
