"""Variables that decay, and to which inputs are added at once or little by little."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.integrated import IntegratedGroup
from nbbrain.initialize import ZeroInit
from nbbrain.sizes import Size

__all__ = ["Integrator", "Leaky"]


class Leaky(IntegratedGroup):
    r"""Variables that decay, and to which inputs are added.

    .. math:: \tau \frac{dx}{dt} = -x, \qquad x \leftarrow x + \text{input}

    (A leak as in Gerstner et al., 2014, "Neuronal Dynamics", section 1.3.)

    Parameters
    ----------
    tau : float, array or callable
        The time constant, in ms.
    size, keep_size, name, mode, method
        As for `LIF`.

    Attributes
    ----------
    x : Variable, shape (num,) or (batch, num)
        The variables.

    Examples
    --------
    >>> import nbbrain as bp
    >>> group = bp.neurons.Leaky(1, tau=0.1)
    >>> bp.share.save(t=0., dt=0.1)
    >>> group(1.), group()
    (Array(value=Array([1.]), dtype=float32), Array(value=Array([0.36787...]), dtype=float32))
    """

    x: bm.Variable

    def __init__(self, size: Size, keep_size: bool = False, tau: Any = 10., name: str | None = None,
                 mode: bm.Mode | None = None, method: str = "exp_auto") -> None:
        super().__init__(size, keep_size, mode, name, input_var=False, method=method)
        (self.tau,) = self.parameters(tau)
        self.add_states(x=ZeroInit())

    def derivative(self, x: Any, t: Any) -> Any:
        """The rate of change without input."""
        return -x / self.tau

    def update(self, x: Any = None) -> Any:
        """Advance by one step of ``dt``, add x, and return the variables.

        Parameters
        ----------
        x : array, optional
            What is added at the end of the step.
        """
        values = self.solved()
        if x is not None:
            values["x"] = values["x"] + x
        self.store(values)
        return values["x"]


class Integrator(IntegratedGroup):
    r"""Variables that sum up their input, and forget it in time.

    .. math:: \tau \frac{dx}{dt} = -x + I(t)

    (Gerstner et al., 2014, "Neuronal Dynamics", section 1.3.)

    Parameters
    ----------
    tau : float, array or callable
        The time constant, in ms.
    x_initializer : Initializer, array or callable
        The first value.
    size, keep_size, noise, input_var, name, mode, method
        As for `LIF`.

    Attributes
    ----------
    x : Variable, shape (num,) or (batch, num)
        The variables.
    input : Variable, of the shape of x
        The input collected for this step (with ``input_var``).

    Examples
    --------
    >>> import nbbrain as bp
    >>> group = bp.neurons.Integrator(1, tau=0.1)
    >>> bp.share.save(t=0., dt=0.1)
    >>> group(1.), group()
    (Array(value=Array([0.6321...]), dtype=float32), Array(value=Array([0.2325...]), dtype=float32))
    """

    def __init__(self, size: Size, keep_size: bool = False, tau: Any = 10., x_initializer: Any = ZeroInit(),
                 noise: Any = None, input_var: bool = False, name: str | None = None, mode: bm.Mode | None = None,
                 method: str = "exp_auto") -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method)
        (self.tau,) = self.parameters(tau)
        self.add_states(x=x_initializer)

    def derivative(self, x: Any, t: Any, I: Any) -> Any:
        """The rate of change."""
        return (I - x) / self.tau

    def update(self, x: Any = None) -> Any:
        """Advance by one step of ``dt`` and return the variables.

        Parameters
        ----------
        x : array, optional
            An input on top of what is collected already.
        """
        values = self.integrated(x)
        self.store(values)
        return values["x"]
