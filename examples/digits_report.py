"""The page of the digits example: one HTML file that holds its pictures."""
from __future__ import annotations

import base64
import html
import io
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import confusion_matrix

INK, ACCENT, SECOND = "#1f2933", "#2563eb", "#d97706"
STYLE = """
body { font: 16px/1.6 system-ui, sans-serif; color: #1f2933; max-width: 60rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.7rem; margin-bottom: .25rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0; }
.figure { flex: 1 1 9rem; background: #f3f6fb; border-radius: .6rem; padding: .8rem 1rem; }
.figure b { display: block; font-size: 1.5rem; } .figure span { color: #52606d; font-size: .9rem; }
img { max-width: 100%; height: auto; } p { max-width: 46rem; }
"""


def picture(figure: Figure, text: str) -> str:
    """A figure as an image within the page."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150, bbox_inches="tight")
    plt.close(figure)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="{html.escape(text)}" src="data:image/png;base64,{data}">'


def axes(width: float, height: float, columns: int = 1, **options: Any) -> tuple[Figure, Any]:
    """A figure with plain axes."""
    figure, found = plt.subplots(1, columns, figsize=(width, height), squeeze=False, **options)
    for one in found.flat:
        one.spines[["top", "right"]].set_visible(False)
        one.tick_params(colors=INK)
    return figure, found[0]


def learning_curve(metrics: dict[str, Any]) -> str:
    """Loss and accuracy over the epochs."""
    figure, (left, right) = axes(9, 3, 2, layout="constrained")
    epochs = np.arange(1, len(metrics["loss"]) + 1)
    left.plot(epochs, metrics["loss"], color=ACCENT, lw=2)
    left.set(xlabel="epoch", ylabel="training loss", ylim=(0, None))
    right.plot(epochs, metrics["accuracy"], color=SECOND, lw=2)
    right.axhline(metrics["test_accuracy"], color=INK, lw=1, ls="--")
    right.annotate(f"test {metrics['test_accuracy']:.3f}", (epochs[-1], metrics["test_accuracy"]), ha="right", va="top",
                   xytext=(0, -4), textcoords="offset points", color=INK)
    right.set(xlabel="epoch", ylabel="training accuracy", ylim=(None, 1.005))
    return picture(figure, "training loss and accuracy over epochs")


def confusions(labels: np.ndarray, predicted: np.ndarray) -> str:
    """The confusion matrix of the test digits."""
    matrix = confusion_matrix(labels, predicted, labels=np.arange(10))
    figure, (one,) = axes(4.6, 4.6)
    one.imshow(np.sqrt(matrix), cmap="Blues")
    for row, column in np.argwhere(matrix):
        count = matrix[row, column]
        one.text(column, row, count, ha="center", va="center", fontsize=9,
                 color="white" if count > matrix.max() / 3 else INK)
    one.set(xticks=range(10), yticks=range(10), xlabel="predicted", ylabel="digit")
    return picture(figure, "confusion matrix of the test digits")


def raster(image: np.ndarray, spikes: np.ndarray, hidden: np.ndarray) -> str:
    """One digit, the spikes it became, and the spikes of the hidden layer."""
    figure, (digit, given, layer) = axes(9, 3.4, 3, layout="constrained", width_ratios=(1, 2, 2))
    digit.imshow(image.reshape(8, 8), cmap="gray_r")
    digit.set(title="image")
    digit.axis("off")
    for one, events, title, color in ((given, spikes, "input spikes", INK), (layer, hidden, "hidden spikes", ACCENT)):
        time, neuron = np.nonzero(events)
        one.scatter(time, neuron, s=7, color=color, marker="|", linewidths=1.2)
        one.set(xlabel="time (ms)", ylabel="neuron", title=title, xlim=(-1, len(events)), ylim=(-1, events.shape[1]))
    return picture(figure, "raster of input and hidden spikes for one digit")


def write_report(path: Path, metrics: dict[str, Any], labels: np.ndarray, predicted: np.ndarray, image: np.ndarray,
                 spikes: np.ndarray, hidden: np.ndarray) -> Path:
    """Write the page and return its path."""
    figures = [(f"{metrics['test_accuracy']:.1%}", f"of {len(labels)} test digits read right"),
               (f"{metrics['train_seconds']:.1f} s", "of training"),
               (f"{metrics['seconds_per_epoch']:.2f} s", "per epoch"), (metrics["backend"], "backend")]
    cards = "".join(f'<div class="figure"><b>{html.escape(value)}</b><span>{html.escape(text)}</span></div>'
                    for value, text in figures)
    rate = 1000 * hidden.mean()
    path.write_text(f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A spiking network reads digits</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body>
<h1>A spiking network reads digits</h1>
<p>{hidden.shape[1]} leaky integrate-and-fire neurons learned by surrogate gradients and back-propagation through
{len(hidden)} time steps of 1 ms.</p>
<div class="figures">{cards}</div>
<h2>Learning</h2>{learning_curve(metrics)}
<h2>What is taken for what</h2>{confusions(labels, predicted)}
<h2>One digit in spikes</h2>
<p>A {labels[0]}, taken for a {predicted[0]}. Its pixels fire at random, the brighter the more often; the hidden layer
answers with {hidden.sum():.0f} spikes, {rate:.0f} a second and neuron.</p>{raster(image, spikes, hidden)}
</body></html>
""")
    return path
