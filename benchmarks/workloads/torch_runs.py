"""The workloads in PyTorch: loops over time in Python for spiking networks, and the fused LSTM and GRU."""
from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from workloads.data import Arrays

VERSION = torch.__version__
DEVICE = "cuda" if os.environ["BENCHMARK_DEVICE"] == "gpu" else "cpu"
torch.set_default_device(DEVICE)
VARIANTS = {"W5"}  # torch's GRU resets the state after the product with the weights, the others do before

Step = Callable[[], float]


class Spike(torch.autograd.Function):
    """1 where x ≥ 0, with the surrogate gradient 1 / (1 + 100 |x|)^2."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """The spikes."""
        ctx.save_for_backward(x)
        return (x >= 0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """The gradient of x."""
        (x,) = ctx.saved_tensors
        return gradient / (1 + 100 * x.abs()) ** 2


def train(parameters: Iterable[Tensor], forward: Callable[[], Tensor], loss: Callable[[Tensor, Tensor], Tensor],
          targets: Tensor) -> Step:
    """A step of Adam, which returns the loss before the update."""
    optimizer = torch.optim.Adam(parameters, lr=1e-3)

    def step() -> float:
        optimizer.zero_grad()
        value = loss(forward(), targets)
        value.backward()
        optimizer.step()
        return value.item()

    return step


def tensor(array: np.ndarray) -> Tensor:
    """A tensor on the device that is measured."""
    return torch.from_numpy(array).to(DEVICE)


def time_first(array: np.ndarray) -> Tensor:
    """Time as the first axis, one step after the other in memory."""
    return tensor(np.ascontiguousarray(array.swapaxes(0, 1)))


def spiking(arrays: Arrays) -> Step:
    """Spiking networks; spikes of the hidden layer arrive in the next step."""
    weights = {name: nn.Parameter(tensor(arrays[name])) for name in ("w_in", "w_rec", "w_out") if name in arrays}
    spikes = time_first(arrays["x"])
    rows, (hidden, classes) = spikes.shape[1], arrays["w_out"].shape
    slow, fast = math.exp(-1 / 10), math.exp(-1 / 5)

    def forward() -> Tensor:
        g, v, z = (torch.zeros(rows, hidden) for _ in range(3))
        g_out, v_out = (torch.zeros(rows, classes) for _ in range(2))
        best = torch.full((rows, classes), -math.inf)
        for x in spikes:
            g_out = slow * g_out + z @ weights["w_out"]
            g = slow * g + x @ weights["w_in"]
            if "w_rec" in weights:
                g = g + z @ weights["w_rec"]
            v = slow * v + (1 - slow) * g
            z = Spike.apply(v - 1)
            v = v * (1 - z.detach())
            v_out = fast * v_out + (1 - fast) * g_out
            best = torch.maximum(best, v_out)
        return best

    return train(weights.values(), forward, nn.functional.cross_entropy, tensor(arrays["y"]).long())


def lstm(arrays: Arrays) -> Step:
    """Four LSTM layers and a dense layer."""
    layers = nn.ModuleList()
    for layer in range(4):
        w_in, w_rec = arrays[f"wi{layer}"], arrays[f"wh{layer}"]
        module = nn.LSTM(w_in.shape[0], w_rec.shape[0])
        with torch.no_grad():
            module.weight_ih_l0.copy_(tensor(_gates(w_in).T))
            module.weight_hh_l0.copy_(tensor(_gates(w_rec).T))
            for bias in (module.bias_ih_l0, module.bias_hh_l0):
                bias.zero_()
            module.bias_ih_l0[w_rec.shape[0]:2 * w_rec.shape[0]] = 1.  # the forget gate is open at first
        layers.append(module)
    dense, inputs = _dense(arrays["w_out"]), time_first(arrays["x"])

    def forward() -> Tensor:
        x = inputs
        for module in layers:
            x, _ = module(x)
        return dense(x[-1])

    return train([*layers.parameters(), *dense.parameters()], forward, nn.functional.cross_entropy,
                 tensor(arrays["y"]).long())


def _gates(weights: np.ndarray) -> np.ndarray:
    """Columns of the gates i, g, f, o in torch's order i, f, g, o."""
    i, g, f, o = np.split(weights, 4, axis=1)
    return np.concatenate([i, f, g, o], axis=1)


def _dense(weights: np.ndarray) -> nn.Linear:
    dense = nn.Linear(*weights.shape)
    with torch.no_grad():
        dense.weight.copy_(tensor(weights.T))
        dense.bias.zero_()
    return dense


def gru(arrays: Arrays) -> Step:
    """A GRU layer and a dense layer."""
    module, dense = nn.GRU(1, arrays["wh"].shape[0]), _dense(arrays["w_out"])
    with torch.no_grad():
        for parameter, weights in ((module.weight_ih_l0, arrays["wi"]), (module.weight_hh_l0, arrays["wh"])):
            z, r, a = np.split(weights, 3, axis=1)
            parameter.copy_(tensor(np.concatenate([r, -z, a], axis=1).T))  # 1 - sigmoid(z) = sigmoid(-z)
        module.bias_ih_l0.zero_()
        module.bias_hh_l0.zero_()
    inputs = time_first(arrays["x"])
    return train([*module.parameters(), *dense.parameters()], lambda: dense(module(inputs)[0]), nn.functional.mse_loss,
                 time_first(arrays["y"]))


def layer(arrays: Arrays) -> Step:
    """LIF neurons without connections; a step returns the sum of the gradients of the mean spikes by the currents."""
    current, decay = tensor(arrays["current"]).requires_grad_(), math.exp(-1 / 10)

    def step() -> float:
        v, total = torch.zeros_like(current), torch.zeros(())
        for _ in range(int(arrays["steps"])):
            v = decay * v + current
            spikes = Spike.apply(v - 1)
            total = total + spikes.mean()
            v = torch.where(v >= 1, 0 * v, v)
        (gradient,) = torch.autograd.grad(total, current)
        return gradient.mean().item() * len(current)

    return step


RUNS = {"W1": spiking, "W2": spiking, "W3": lstm, "W4": spiking, "W5": gru, "L": layer}
