"""Random values whose variance depends on the number of inputs and outputs, so that signals keep their size."""
from __future__ import annotations

import math

from numpy.typing import DTypeLike

import nbbrain.math as bm
from nbbrain.initialize.base import RandomInitializer, as_array
from nbbrain.sizes import Size, to_size

__all__ = ["KaimingNormal", "KaimingUniform", "LecunNormal", "LecunUniform", "VarianceScaling", "XavierNormal",
           "XavierUniform"]

_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("truncated_normal", "normal", "uniform")

# The standard deviation of a standard normal variable given that it lies in [-2, 2]:
# sqrt(1 - 4 phi(2) / (Phi(2) - Phi(-2))).
_TRUNCATED = math.sqrt(1 - 4 * math.exp(-2) / math.sqrt(2 * math.pi) / math.erf(math.sqrt(2)))


class VarianceScaling(RandomInitializer):
    """Random values of mean 0 and variance ``scale / n``, where n counts inputs, outputs, or is the mean of both.

    Parameters
    ----------
    scale : float
        The factor; positive.
    mode : {'fan_in', 'fan_out', 'fan_avg'}
        What n is. Axes other than the two below are those of a kernel; its size multiplies both counts.
    distribution : {'truncated_normal', 'normal', 'uniform'}
        The normal distribution is cut off at two standard deviations for 'truncated_normal' and rescaled to the wanted
        variance.
    in_axis, out_axis : int
        The axes of inputs and outputs.
    seed : int, optional
        Makes the numbers reproducible; by default they come from ``bm.random.DEFAULT``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> weights = bp.init.VarianceScaling(2., 'fan_in', 'normal', seed=1)((200, 300))
    >>> round(float(weights.std()), 2)
    0.1
    """

    def __init__(self, scale: float, mode: str, distribution: str, in_axis: int = -2, out_axis: int = -1,
                 seed: int | None = None) -> None:
        super().__init__(seed)
        if not scale > 0:
            raise ValueError(f"scale must be positive, but got {scale!r}.")
        if mode not in _MODES:
            raise ValueError(f"mode must be one of {_MODES}, but got {mode!r}.")
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(f"distribution must be one of {_DISTRIBUTIONS}, but got {distribution!r}.")
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.in_axis, self.out_axis = in_axis, out_axis

    def _variance(self, size: tuple[int, ...]) -> float:
        if len(size) < 2:
            raise ValueError(f"{type(self).__name__} needs an array with at least two axes, of inputs and outputs, but "
                             f"got the size {size}.")
        inputs, outputs = size[self.in_axis], size[self.out_axis]
        kernel = math.prod(size) / max(inputs * outputs, 1)
        counts = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}
        return self.scale / max(counts[self.mode] * kernel, 1)

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Draw an array with at least two axes."""
        size = to_size(shape)
        std = math.sqrt(self._variance(size))
        if self.distribution == "uniform":
            limit = math.sqrt(3) * std
            values = self.rng.uniform(low=-limit, high=limit, size=size)
        elif self.distribution == "normal":
            values = self.rng.normal(loc=0.0, scale=std, size=size)
        else:
            values = self.rng.truncated_normal(-2.0, 2.0, size=size) * (std / _TRUNCATED)
        return as_array(values, dtype)

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(scale={self.scale}, mode={self.mode}, in_axis={self.in_axis}, "
                f"out_axis={self.out_axis}, distribution={self.distribution})")


class KaimingUniform(VarianceScaling):
    """Variance ``2 / fan_in``, for rectified units (He et al., 2015, "Delving deep into rectifiers"); uniform.

    The parameters are those of `VarianceScaling`.
    """

    def __init__(self, scale: float = 2.0, mode: str = "fan_in", distribution: str = "uniform", in_axis: int = -2,
                 out_axis: int = -1, seed: int | None = None) -> None:
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class KaimingNormal(VarianceScaling):
    """Variance ``2 / fan_in``, for rectified units (He et al., 2015, "Delving deep into rectifiers"); truncated normal.

    The parameters are those of `VarianceScaling`.
    """

    def __init__(self, scale: float = 2.0, mode: str = "fan_in", distribution: str = "truncated_normal",
                 in_axis: int = -2, out_axis: int = -1, seed: int | None = None) -> None:
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class XavierUniform(VarianceScaling):
    """Variance ``1 / fan_avg`` (Glorot & Bengio, 2010, "Understanding the difficulty of..."); uniform.

    The parameters are those of `VarianceScaling`.
    """

    def __init__(self, scale: float = 1.0, mode: str = "fan_avg", distribution: str = "uniform", in_axis: int = -2,
                 out_axis: int = -1, seed: int | None = None) -> None:
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class XavierNormal(VarianceScaling):
    """Variance ``1 / fan_avg`` (Glorot & Bengio, 2010, "Understanding the difficulty of..."); truncated normal.

    The parameters are those of `VarianceScaling`.
    """

    def __init__(self, scale: float = 1.0, mode: str = "fan_avg", distribution: str = "truncated_normal",
                 in_axis: int = -2, out_axis: int = -1, seed: int | None = None) -> None:
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class LecunUniform(VarianceScaling):
    """Variance ``1 / fan_in`` (LeCun et al., 1998, "Efficient BackProp"); uniform.

    The parameters are those of `VarianceScaling`.
    """

    def __init__(self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "uniform", in_axis: int = -2,
                 out_axis: int = -1, seed: int | None = None) -> None:
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class LecunNormal(VarianceScaling):
    """Variance ``1 / fan_in`` (LeCun et al., 1998, "Efficient BackProp"); truncated normal.

    The parameters are those of `VarianceScaling`.
    """

    def __init__(self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal",
                 in_axis: int = -2, out_axis: int = -1, seed: int | None = None) -> None:
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)
