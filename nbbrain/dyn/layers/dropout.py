"""Dropout."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.layers.base import Layer
from nbbrain.dynsys.share import share

__all__ = ["Dropout"]


class Dropout(Layer):
    """Random elements set to zero, the others scaled up so that the mean stays (Srivastava et al., 2014).

    It acts where the shared argument ``fit`` is true, as it is while a trainer fits; otherwise the input passes unchanged.

    Parameters
    ----------
    prob : float
        The probability to KEEP an element, as in BrainPy and unlike in PyTorch: ``Dropout(0.2)`` sets four elements of five
        to zero.
    seed : int, optional
        The seed of the layer's own random numbers; without it, they follow from `bm.random.seed`.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        When prob is not in (0, 1].
    KeyError
        In the call, when ``fit`` is not shared: a runner or trainer shares it, or ``bp.share.save(fit=False)``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> layer = bp.layers.Dropout(0.5, seed=1)
    >>> bp.share.save(fit=True)
    >>> sorted(set(layer(bm.ones(20)).tolist()))
    [0.0, 2.0]
    """

    def __init__(self, prob: float, seed: int | None = None, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        if not (isinstance(prob, (int, float)) and 0. < prob <= 1.):
            raise ValueError(f"{self.name}: prob is the probability to keep an element and must be in (0, 1], but got "
                             f"{prob!r}.")
        self.prob = prob
        self.rng = bm.random.default_rng(seed)

    def update(self, x: Any) -> Any:
        """X with elements dropped where the model is being fitted."""
        if not share.load("fit"):
            return x
        array = bm.asarray(x)
        return bm.where(self.rng.bernoulli(self.prob, array.shape), array / self.prob, 0.)
