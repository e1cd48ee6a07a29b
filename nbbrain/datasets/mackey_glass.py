"""The Mackey-Glass equation, a delay differential equation."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbbrain.datasets.results import generator
from nbbrain.datasets.series import Delay, first_values, solved
from nbbrain.dot_dict import DotDict

__all__ = ["mackey_glass_series"]

_SPREAD = 0.2


def mackey_glass_series(duration: float, dt: float = 0.1, beta: float = 2., gamma: float = 1., tau: float = 2.,
                        n: float = 9.65, inits: Any = None, method: str = "rk4", seed: int | None = None,
                        progress_bar: bool = False, numpy_mon: bool = False, before: Any = None) -> DotDict:
    r"""The Mackey-Glass equation, of the density of blood cells (Mackey & Glass, 1977).

    .. math:: \frac{dx}{dt} = \beta \frac{x(t - \tau)}{1 + x(t - \tau)^n} - \gamma x

    Often used as a task for reservoirs are :math:`\beta = 0.2, \gamma = 0.1, n = 10` with a delay of 17, for which it is
    mildly chaotic, or of 30.

    Parameters
    ----------
    duration, dt : float
        How long, and the time step, in units of which the original has days.
    beta, gamma, n : float
        The parameters.
    tau : float
        The delay, at least one time step.
    inits : float, array of shape (n,), or dict, optional
        The first x; 1.2 by default.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    seed : int, optional
        Seed of a random generator of its own, for the past.
    progress_bar : bool
        Accepted for compatibility: a run is one loop, which does not tell how far it is.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.
    before : float, optional
        What x was before time 0. By default every step of the past is the first x and a number from U(-0.1, 0.1).

    Returns
    -------
    DotDict
        ``ts``, shape (steps,); ``x``, and ``x_tau``, which is x at ``ts - tau``, shape (steps, n).

    Raises
    ------
    ValueError
        For wrong first values, no step, a delay shorter than one, or a solution that leaves the range of numbers.

    Notes
    -----
    The past between steps lies on a straight line. The equation is solved in double precision, whatever the environment.

    Examples
    --------
    >>> import nbbrain as bp
    >>> data = bp.datasets.mackey_glass_series(duration=100., dt=0.5, beta=0.2, gamma=0.1, tau=17., n=10, seed=1)
    >>> data.x.shape, bool(((data.x > 0.2) & (data.x < 1.5)).all())
    ((200, 1), True)
    """
    def with_past(past: Callable[[Any], Any]) -> Callable[..., Any]:
        def mackey_glass(x: Any, t: Any) -> Any:
            old = past(t - tau)
            return beta * old / (1 + old**n) - gamma * x
        return mackey_glass

    def history(steps: int) -> Any:
        chance = rng.random((steps, *first["x"].shape)) - 0.5
        return first["x"] + _SPREAD * chance if before is None else 0. * chance + before

    rng = generator(seed)
    first = first_values(inits if inits is None or isinstance(inits, dict) else {"x": inits}, {"x": 1.2})
    return solved(with_past, first, duration, dt, method, numpy_mon, Delay("x", tau, history))
