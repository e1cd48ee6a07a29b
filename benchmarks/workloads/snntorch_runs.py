"""The spiking workloads in snnTorch, built of its synaptic neurons and torch's linear layers."""
from __future__ import annotations

import math

import numpy as np
import snntorch as snn
import torch
from torch import Tensor, nn
from workloads.data import Arrays
from workloads.torch_runs import Spike, Step, tensor, time_first, train

VERSION = snn.__version__
VARIANTS = {"W4"}  # RSynaptic resets one step late, and then loses what it receives in that step

_SLOW, _FAST = math.exp(-1 / 10), math.exp(-1 / 5)


class SNN(nn.Module):
    """Linear -> Synaptic or RSynaptic -> linear -> Synaptic without reset."""

    def __init__(self, arrays: Arrays) -> None:
        super().__init__()
        hidden = arrays["w_out"].shape[0]
        self.w_in, self.w_out = _linear(arrays["w_in"] * (1 - _SLOW)), _linear(arrays["w_out"] * (1 - _FAST))
        if "w_rec" in arrays:
            self.hidden = snn.RSynaptic(_SLOW, _SLOW, linear_features=hidden, spike_grad=Spike.apply, reset_mechanism="zero")
            with torch.no_grad():
                self.hidden.recurrent.weight.copy_(tensor((arrays["w_rec"] * (1 - _SLOW)).T))
                self.hidden.recurrent.bias.zero_()
        else:
            self.hidden = snn.Synaptic(_SLOW, _SLOW, spike_grad=Spike.apply, reset_mechanism="zero", reset_delay=False)
        self.readout = snn.Synaptic(_SLOW, _FAST, reset_mechanism="none")

    def forward(self, spikes: Tensor) -> Tensor:
        """The maximum of the readout over time; spikes of the hidden layer arrive in the next step."""
        recurrent = isinstance(self.hidden, snn.RSynaptic)
        syn, mem = self.readout.reset_mem()
        state = self.hidden.reset_mem()[-2:]
        hidden = torch.zeros(spikes.shape[1], self.w_in.out_features)
        potentials = []
        for x in spikes:
            _, syn, mem = self.readout(self.w_out(hidden), syn, mem)
            hidden, *state = self.hidden(self.w_in(x), *([hidden] if recurrent else []), *state)
            potentials.append(mem)
        return torch.stack(potentials).amax(0)


def _linear(weights: np.ndarray) -> nn.Linear:
    linear = nn.Linear(*weights.shape, bias=False)
    with torch.no_grad():
        linear.weight.copy_(tensor(weights.T))
    return linear


def spiking(arrays: Arrays) -> Step:
    """Spiking networks."""
    network, spikes = SNN(arrays), time_first(arrays["x"])
    return train(network.parameters(), lambda: network(spikes), nn.functional.cross_entropy,
                 tensor(arrays["y"]).long())


RUNS = {"W1": spiking, "W2": spiking, "W4": spiking}
