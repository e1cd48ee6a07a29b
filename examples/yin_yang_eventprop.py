"""Spiking neurons on the Yin-Yang data set, learnt with exact gradients: no time steps, and no surrogate derivatives.

A coordinate is the time of one spike, the later the larger, and one more input fires at 10 ms; the class is told by which
of three neurons fires first (Wunderlich & Pehle, 2021, "Event-based backpropagation can compute exact gradients for spiking
neural networks"). Time constants, the size of the first weights and the cross entropy are theirs. Unlike theirs, neurons
fire at most once, and all three output neurons are asked to fire soon, not only that of the class: one that has fallen
silent has no gradient, and learns nothing any more.

Run it with ``python examples/yin_yang_eventprop.py``.
"""
from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from over_seeds import train_and_test
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

INPUTS, HIDDEN, CLASSES, BATCH = 5, 120, 3, 32
LATEST, ALWAYS, END = 30., 10., 36.  # ms: the latest spike of a coordinate, the spike of the fifth input, the end
TAU, TAU_SYNAPSE = 20., 5.
TAU_CLASSES, TAU_LATE, LATE_COST = 0.5, 6.4, 5e-3  # of the loss: ms, ms, and a weight
PUBLISHED = (98.1, 0.2)  # percent, of 200 neurons after 300 epochs
NAMES = ("Yin", "Yang", "dot")
COLORS = np.array([[0.99, 0.75, 0.30], [0.25, 0.45, 0.75], [0.45, 0.70, 0.45]])


def encode(points: np.ndarray) -> np.ndarray:
    """The times of input spikes (points, INPUTS), in ms."""
    return np.concatenate([points * LATEST, np.full((len(points), 1), ALWAYS)], axis=1).astype(np.float32)


def network() -> bp.EventPropNetwork:
    """Two layers whose neurons fire at most once, because the potential after a spike is so low."""
    first = bp.init.Normal(1.5, 0.78)
    second = bp.init.Normal(93. / HIDDEN, 10. / HIDDEN)  # half of theirs for every neuron, which may fire again
    with bm.training_environment():
        return bp.EventPropNetwork(INPUTS, HIDDEN, CLASSES, tau_mem=TAU, tau_syn=TAU_SYNAPSE, V_reset=-1000., t_max=END,
                                   W_initializer=[first, second])


def loss(times: bm.Array, labels: np.ndarray) -> tuple[bm.Array, dict[str, bm.Array]]:
    """The cross entropy of classes by first spikes and the cost of late spikes; accuracy, and how many did not fire."""
    late = bm.mean(bm.exp(times / TAU_LATE) - 1.)
    metrics = {"accuracy": (times.argmin(axis=-1) == labels).mean(), "silent": (times >= END).mean()}
    classes = bp.train.first_spike_cross_entropy(times, labels, TAU_CLASSES, alpha=0., t_max=END)
    return classes + LATE_COST * late, metrics


def train(data: tuple[np.ndarray, np.ndarray], seed: int, epochs: int) -> bp.EventProp:
    """A network trained on the data."""
    bm.random.seed(seed)
    trainer = bp.EventProp(network(), loss, bp.optim.Adam(bp.optim.CosineAnnealingLR(5e-3, epochs)), loss_has_aux=True)
    trainer.fit(data, num_epoch=epochs, batch_size=BATCH, shuffle=True, seed=seed, clip_norm=1.)
    return trainer


def picture(trainer: bp.EventProp, points: np.ndarray, labels: np.ndarray, told: np.ndarray) -> Any:
    """What the network makes of the plane, when its neurons fire for one point, and how it learnt."""
    drawn, axes = plt.subplot_mosaic([["plane", name, "spikes", "learning"] for name in NAMES], figsize=(14, 4.2),
                                     width_ratios=[0.9, 0.32, 0.9, 0.8], layout="constrained")
    grid = np.linspace(0, 1, 61)
    x, y = np.meshgrid(grid, grid)
    times = np.asarray(trainer.predict(encode(np.stack([x, y, 1 - x, 1 - y], axis=-1).reshape(-1, 4))))
    outside = np.hypot(x - 0.5, y - 0.5) > 0.515
    shares = np.asarray(bm.softmax(bm.asarray(-times / TAU_CLASSES), axis=-1)).reshape(*x.shape, CLASSES)
    image = shares @ COLORS
    image[outside] = 1
    axes["plane"].imshow(image, origin="lower", extent=(0, 1, 0, 1), interpolation="bilinear")
    wrong = told != labels
    axes["plane"].scatter(*points[~wrong, :2].T, c=COLORS[labels[~wrong]] * 0.55, s=3, linewidths=0)
    axes["plane"].scatter(*points[wrong, :2].T, c="crimson", s=16, marker="x", linewidths=1)
    axes["plane"].set(title=f"{100 * (1 - wrong.mean()):.1f} % of {len(wrong)} new points")
    for name, of_class in zip(NAMES, times.T.reshape(CLASSES, *x.shape), strict=True):
        shown = axes[name].imshow(np.where(outside, np.nan, of_class), origin="lower", extent=(0, 1, 0, 1), cmap="viridis_r",
                                  vmin=np.percentile(times, 1), vmax=END)
        axes[name].set_title(f"{name}: first spike (ms)", fontsize=8)
        drawn.colorbar(shown, ax=axes[name])
    for name in ("plane", *NAMES):
        axes[name].axis("off")

    dot = int(np.flatnonzero((labels == CLASSES - 1) & ~wrong)[0]) if (~wrong[labels == CLASSES - 1]).any() else 0
    axes["plane"].plot(*points[dot, :2], "o", markersize=9, markerfacecolor="none", color="black")
    given, net = encode(points[dot:dot + 1]), trainer.target
    _, record = net.run(given[:, :, None], [weight.value for weight in net.weights])
    events, neurons = np.nonzero(record.sources[:, 0, INPUTS:] * (record.times < END))
    hidden = neurons < HIDDEN
    axes["spikes"].scatter(record.times[events[hidden], 0], neurons[hidden], s=5, color="0.15", linewidths=0)
    for time in given[0]:
        axes["spikes"].axvline(time, color="crimson", linewidth=0.8, alpha=0.6)
    for event, neuron in zip(events[~hidden], neurons[~hidden], strict=True):
        axes["spikes"].axvline(record.times[event, 0], color=COLORS[neuron - HIDDEN], linewidth=2,
                               label=f"{NAMES[neuron - HIDDEN]} fires")
    axes["spikes"].set(xlabel="time (ms)", ylabel="hidden neuron", xlim=(-0.5, END),
                       title="one point: five spikes (red), and what follows")
    axes["spikes"].legend(fontsize=8, loc="lower left")

    axes["learning"].axhline(PUBLISHED[0] / 100, color="0.4", linestyle="--", linewidth=1, label="published, new points")
    bp.visualize.loss_plot(trainer, "accuracy", ax=axes["learning"], title="learning", ylabel="training accuracy",
                           color=COLORS[1])
    return drawn


def main() -> None:
    """Train with several seeds, test, and write what was reached."""
    parser = arguments(__doc__, seeds=3)
    parser.add_argument("--epochs", type=int, default=80, help="how often to go through the data (default: %(default)s)")
    parser.add_argument("--points", type=int, default=5000, help="how many points to train with (default: %(default)s)")
    given = parser.parse_args()
    (points, labels), _, test = bp.datasets.yin_yang_splits((given.points, 1000, 1000))
    data, new = (encode(points), labels), encode(test.inputs)

    learnt, tested, seconds, drawn = train_and_test(
        lambda seed: train(data, seed, given.epochs), lambda trainer: np.asarray(trainer.predict(new)).argmin(axis=-1),
        test.labels, given.seeds, lambda trainer, told: picture(trainer, test.inputs, test.labels, told))
    write(given.output, "yin_yang_eventprop", task="points in a Yin-Yang symbol, exact gradients of spike times",
          recipe=f"{INPUTS}-{HIDDEN}-{CLASSES} neurons that fire at most once, no time steps, batches of {BATCH}, Adam "
                 "0.005 falling to 0 as a cosine, gradients of norms up to 1, cross entropy of first spikes",
          source="Wunderlich & Pehle (2021), doi 10.1038/s41598-021-91786-z, 200 neurons and 300 epochs", seconds=seconds,
          picture=drawn, figures=[
              figure(f"accuracy on new points after {given.epochs} epochs (%)", [100 * value for value in tested], ">= 97.5",
                     f"{PUBLISHED[0]} ± {PUBLISHED[1]}, 200 neurons, 300 epochs"),
              figure("in training (%)", [100 * value for value in learnt], ">= 97.5", "not published")])


if __name__ == "__main__":
    main()
