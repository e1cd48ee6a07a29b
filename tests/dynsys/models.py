"""Small models that the tests put together."""

from __future__ import annotations

import numpy as np

import nbbrain as bp
import nbbrain.math as bm


class Neurons(bp.NeuGroup):
    """Adds its input to V, and spikes where the input was positive."""

    def __init__(self, size, log=None, **options):
        super().__init__(size, **options)
        axis = 0 if isinstance(self.mode, bm.BatchingMode) else None
        shape = self.get_batch_shape()
        self.V = bm.Variable(np.zeros(shape, np.float32), batch_axis=axis)
        self.input = bm.Variable(np.zeros(shape, np.float32), batch_axis=axis)
        self.spike = bm.Variable(np.zeros(shape, np.float32), batch_axis=axis)
        self.log = log

    def update(self, shared, x=None):
        if self.log is not None:
            self.log.append(self.name)
        if x is not None:
            self.input += x
        self.V += self.input
        self.spike = (self.input > 0).astype(np.float32)
        return self.spike

    def reset_state(self, batch_size=None):
        shape = self.varshape if self.V.batch_axis is None else (batch_size or self.V.batch_size, *self.varshape)
        for variable in (self.V, self.input, self.spike):
            variable.value = np.zeros(shape, np.float32)


class Synapses(bp.TwoEndConn):
    """Adds the presynaptic spikes of some steps ago to the input."""

    def __init__(self, pre, post, delay_step=None, log=None, **options):
        super().__init__(pre, post, **options)
        self.delay_step = self.register_delay(f"{pre.name}.spike", delay_step, pre.spike)
        self.g = bm.Variable(np.zeros(pre.num, np.float32))
        self.log = log

    def update(self, shared):
        if self.log is not None:
            self.log.append(self.name)
        self.g.value = self.get_delay_data(f"{self.pre.name}.spike", self.delay_step)
        self.post.input += self.g

    def reset_state(self, batch_size=None):
        self.g.value = np.zeros(self.pre.num, np.float32)


class Scale(bp.DynamicalSystemNS):
    """Multiplies by a trained number."""

    def __init__(self, factor, **options):
        super().__init__(**options)
        self.w = bm.TrainVar(np.full((), factor, np.float32))

    def update(self, x):
        return x * self.w
