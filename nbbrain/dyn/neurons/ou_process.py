"""The Ornstein-Uhlenbeck process."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.states import new_batch_size, set_state
from nbbrain.dynsys import NeuGroupNS
from nbbrain.dynsys.share import share
from nbbrain.initialize import parameter, variable_
from nbbrain.integrators import sdeint
from nbbrain.sizes import Size

__all__ = ["OUProcess"]


class OUProcess(NeuGroupNS):
    r"""Ornstein-Uhlenbeck processes: noise that is correlated over time (Uhlenbeck & Ornstein, 1930).

    .. math:: dx = \frac{\mu - x}{\tau} dt + \sigma\, dW

    In the long run x has the mean :math:`\mu`, the variance :math:`\sigma^2 \tau / 2`, and the autocorrelation
    :math:`e^{-|s| / \tau}`.

    Parameters
    ----------
    size : int or sequence of int
        The number of processes.
    mean : float, array or callable
        The mean :math:`\mu`, which is also the first value.
    sigma : float, array or callable
        The amplitude of the noise, in units of x per square root of ms.
    tau : float, array or callable
        The time constant, in ms.
    method : str
        The integration method, one of ``bp.sde.get_supported_methods()``; 'exp_euler' gives the exact mean and variance
        for any time step.
    keep_size, mode, name
        As for `NeuGroup`.

    Attributes
    ----------
    x : Variable, shape (num,) or (batch, num)
        The values.

    Notes
    -----
    Random numbers come from ``bm.random``; every process, and every row of a batch, has its own.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.math.random.seed(1)
    >>> noise = bp.neurons.OUProcess(1000, mean=2., sigma=0.5)
    >>> for i in range(200):
    ...     bp.share.save(t=i * 1., dt=1.)
    ...     x = noise()
    >>> print(f"{float(x.mean()):.1f} {float(x.std()):.1f}")
    2.0 1.1
    """

    def __init__(self, size: Size, mean: Any = 0., sigma: Any = 1., tau: Any = 10., method: str = "exp_euler",
                 keep_size: bool = False, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(size=size, keep_size=keep_size, name=name, mode=mode)
        self.mean = parameter(mean, self.varshape, allow_none=False)
        self.sigma = parameter(sigma, self.varshape, allow_none=False)
        self.tau = parameter(tau, self.varshape, allow_none=False)
        self.x = variable_(self._first, self.varshape, self.mode)
        self.integral = sdeint(f=self.df, g=self.dg, method=method)

    def _first(self, shape: Any) -> Any:
        return bm.zeros(shape) + self.mean

    def df(self, x: Any, t: Any) -> Any:
        """The drift."""
        return (self.mean - x) / self.tau

    def dg(self, x: Any, t: Any) -> Any:
        """The diffusion."""
        return self.sigma

    def update(self) -> Any:
        """Advance by one step of ``dt`` and return the values."""
        x = self.integral(self.x, share.load("t"), share.load("dt"))
        set_state(self, self.x, x)
        return x

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the values to the mean.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        self.x.value = variable_(self._first, self.varshape, new_batch_size(self, batch_size, self.x))
