"""Values as sums of spikes whose weights depend on their phase."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.encoding.base import Encoder, check_range, check_steps, scaled

__all__ = ["WeightedPhaseEncoder"]


class WeightedPhaseEncoder(Encoder):
    r"""Every value is written in a period of K phases, as a sum of spikes with the weights of their phases.

    With the weights :math:`w_k = 2^{-(k + 1)}`, spikes are the binary digits of the value: as a part x of the range, it
    is :math:`x (1 - 2^{-K}) \approx \sum_k w_k s_k`, with an error below :math:`2^{-K}`. Periods repeat. (Kim, Kim, Huh,
    Lee & Choi, 2018, "Deep neural networks with weighted spikes".)

    Parameters
    ----------
    min_val, max_val : float
        The range of values; what lies beyond is taken for its ends.
    num_phase : int
        The number K of phases.
    weight_fun : callable, optional
        The weight of phase 0, 1, ... K - 1, from the largest to the smallest.

    Raises
    ------
    ValueError
        When an argument is out of range, or weights are not positive and falling.

    Notes
    -----
    In every phase there is a spike where what is left of the value is at least the weight of the phase, which is then
    taken off. The smallest value has no spike, and the largest one in every phase.

    Examples
    --------
    >>> import nbbrain as bp
    >>> encoder = bp.encoding.WeightedPhaseEncoder(min_val=0., max_val=7., num_phase=3)
    >>> encoder(bp.math.asarray([0., 5., 7.])).T.tolist()
    [[0.0, 0.0, 0.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]]
    """

    def __init__(self, min_val: float, max_val: float, num_phase: int,
                 weight_fun: Callable[[int], float] | None = None) -> None:
        super().__init__()
        self.min_val, self.max_val = check_range(min_val, max_val)
        self.num_phase = check_steps("num_phase", num_phase)
        self.weight_fun = _binary if weight_fun is None else weight_fun
        self.weights = [float(self.weight_fun(phase)) for phase in range(self.num_phase)]
        if self.weights[-1] <= 0 or sorted(self.weights, reverse=True) != self.weights:
            raise ValueError(f"weight_fun must return positive weights that fall, but the weights are {self.weights}.")

    def __call__(self, x: Any, num_step: int | None = None) -> Any:
        """The spikes of some values.

        Parameters
        ----------
        x : array
            The values.
        num_step : int, optional
            The number of steps; one period by default.

        Returns
        -------
        Array, shape (num_step, *x.shape)
            1 where there is a spike, else 0.
        """
        whole, rounding = sum(self.weights), self.weights[-1] * 1e-3  # 5/7 of 7/8 is 5/8
        left = scaled(x, self.min_val, self.max_val) * whole + rounding
        spikes = []
        for weight in self.weights:
            spike = bm.asarray(left >= weight, dtype=bm.float_)
            left = left - weight * spike
            spikes.append(spike)
        steps = self.num_phase if num_step is None else check_steps("num_step", num_step)
        return bm.stack([spikes[step % self.num_phase] for step in range(steps)])


def _binary(phase: int) -> float:
    return 2.0 ** -(phase + 1)
