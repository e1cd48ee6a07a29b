"""The workloads in BrainPy's programming interface: nbbrain and BrainPy run the same code, with ``bp`` as the package."""
from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from workloads.data import Arrays

Step = Callable[[], float]


def train(bp: Any, model: Any, loss: Callable[..., Any], arrays: Arrays, **options: Any) -> Step:
    """A step of the trainer on one batch, which returns the loss before the update."""
    bp.math.set_dt(1.)
    trainer = bp.BPTT(model, loss, bp.optim.Adam(lr=1e-3), progress_bar=False, **options)
    batch = bp.math.asarray(arrays["x"]), bp.math.asarray(arrays["y"])

    def step() -> float:
        trainer.fit([batch], num_epoch=1)
        return float(trainer.get_hist_metric("fit", "loss", "detailed")[-1])

    return step


def of_maximum(bp: Any, potentials: Any, labels: Any) -> Any:
    """Cross-entropy of the maximum over time."""
    return bp.losses.cross_entropy_loss(bp.math.max(potentials, axis=1), labels)


def of_last(bp: Any, outputs: Any, labels: Any) -> Any:
    """Cross-entropy of the last output."""
    return bp.losses.cross_entropy_loss(outputs[:, -1], labels)


def lstm(bp: Any, cell: Any, arrays: Arrays) -> Step:
    """Four LSTM cells of a class, and a dense layer."""
    array = bp.math.asarray
    with bp.math.training_environment():
        cells = [cell(*_sizes(arrays, layer), Wi_initializer=array(arrays[f"wi{layer}"]),
                      Wh_initializer=array(arrays[f"wh{layer}"])) for layer in range(4)]
        model = bp.Sequential(*cells, bp.layers.Dense(*arrays["w_out"].shape, W_initializer=array(arrays["w_out"])))
    return train(bp, model, partial(of_last, bp), arrays)


def _sizes(arrays: Arrays, layer: int) -> tuple[int, int]:
    return arrays[f"wi{layer}"].shape[0], arrays[f"wh{layer}"].shape[0]


def gru(bp: Any, cell: Any, arrays: Arrays) -> Step:
    """A GRU cell of a class, and a dense layer."""
    array = bp.math.asarray
    with bp.math.training_environment():
        model = bp.Sequential(
            cell(1, arrays["wh"].shape[0], Wi_initializer=array(arrays["wi"]), Wh_initializer=array(arrays["wh"])),
            bp.layers.Dense(*arrays["w_out"].shape, W_initializer=array(arrays["w_out"])))
    return train(bp, model, bp.losses.mean_squared_error, arrays)


def layer(bp: Any, jit: bool, arrays: Arrays) -> Step:
    """LIF neurons without connections, written by hand.

    A step returns the sum of the gradients of the mean spikes by the currents.
    """
    bm = bp.math
    current, v = bm.TrainVar(bm.asarray(arrays["current"])), bm.Variable(bm.zeros(len(arrays["current"])))
    decay, turns = math.exp(-1 / 10), bm.arange(int(arrays["steps"]))

    def update(_: Any) -> Any:
        moved = decay * v + current
        spikes = bm.surrogate.inv_square_grad(moved - 1., alpha=100.)
        v.value = bm.where(moved >= 1., 0. * moved, moved)
        return bm.mean(spikes)

    def loss() -> Any:
        v.value = bm.zeros_like(v.value)
        return bm.sum(bm.for_loop(update, turns))

    gradient = bm.grad(loss, grad_vars=current)
    gradient = bm.jit(gradient) if jit else gradient

    def step() -> float:
        return float(bm.mean(gradient())) * len(arrays["current"])

    return step


def population(bp: Any, product: Callable[..., Any], jit: bool, arrays: Arrays) -> Step:
    """Conductance-based neurons, written by hand; a step is the whole run, and returns the mean number of spikes.

    ``product`` multiplies a sparse matrix with events; ``jit`` is whether the loop needs a ``jit`` around it, without which
    BrainPy compiles it anew in every run.
    """
    bm = bp.math
    first = bm.asarray(arrays["potential"])
    n, excitatory = len(arrays["potential"]), int(arrays["excitatory"])
    pointers, indices = arrays["pointers"], arrays["indices"]
    split = pointers[excitatory]
    from_excitatory = bm.asarray(indices[:split]), bm.asarray(pointers[:excitatory + 1])
    from_inhibitory = bm.asarray(indices[split:]), bm.asarray(pointers[excitatory:] - split)
    decay_e, decay_i = math.exp(-0.1 / 5), math.exp(-0.1 / 10)
    v, wait, count = bm.Variable(first), bm.Variable(bm.zeros(n, dtype=bm.int32)), bm.Variable(bm.zeros(n, dtype=bm.int32))
    g_e, g_i = bm.Variable(bm.zeros(n)), bm.Variable(bm.zeros(n))
    turns = bm.arange(int(arrays["steps"]))

    def update(_: Any) -> None:
        total = 1. + g_e + g_i
        steady = (-40. - 80. * g_i) / total  # at rest -60 mV, driven by 20 mV; E_e = 0 mV, E_i = -80 mV
        moved = bm.where(wait > 0, v, steady + (v - steady) * bm.exp(-0.1 / 20. * total))
        spikes = moved > -50.
        v.value = bm.where(spikes, -60., moved)
        wait.value = bm.where(spikes, 49, wait - 1)  # moves again 5 ms after the spike
        count.value = count + spikes
        jump_e = product(0.6, *from_excitatory, spikes[:excitatory], shape=(excitatory, n), transpose=True)
        jump_i = product(6.7, *from_inhibitory, spikes[excitatory:], shape=(n - excitatory, n), transpose=True)
        g_e.value = decay_e * g_e + jump_e
        g_i.value = decay_i * g_i + jump_i

    def run() -> None:
        bm.for_loop(update, turns)

    loop = bm.jit(run) if jit else run

    def step() -> float:
        v.value = first
        wait.value, count.value = bm.zeros_like(wait.value), bm.zeros_like(count.value)
        g_e.value, g_i.value = bm.zeros(n), bm.zeros(n)
        loop()
        return float(bm.mean(count))

    return step
