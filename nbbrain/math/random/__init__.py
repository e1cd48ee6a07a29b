"""Random numbers: streams that are counters, and distributions drawn from them.

A number is a function of a seed, the number of the draw, and its place in the draw (Philox4x32-10; Salmon et al., 2011). So
a seed gives one stream of numbers on every backend and for any number of threads, and a saved stream goes on where it was.

Functions of this module draw from `DEFAULT`.
"""
from __future__ import annotations

from typing import Any

from nbbrain.math.random.arrangements import Arrangements
from nbbrain.math.random.continuous import ContinuousDraws
from nbbrain.math.random.discrete import DiscreteDraws
from nbbrain.math.random.hosted import HostedDraws

__all__ = [
    "DEFAULT", "Generator", "RandomState", "bernoulli", "beta", "binomial", "categorical", "chisquare", "choice",
    "default_rng", "dirichlet", "exponential", "f", "gamma", "geometric", "gumbel", "hypergeometric", "laplace",
    "loggamma", "logistic", "lognormal", "logseries", "maxwell", "multinomial", "multivariate_normal",
    "negative_binomial", "noncentral_chisquare", "noncentral_f", "normal", "orthogonal", "pareto", "permutation",
    "poisson", "power", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "random",
    "random_integers", "random_sample", "ranf", "rayleigh", "sample", "seed", "shuffle", "split_key", "standard_cauchy",
    "standard_exponential", "standard_gamma", "standard_normal", "standard_t", "t", "triangular", "truncated_normal",
    "uniform", "vonmises", "wald", "weibull", "weibull_min", "zipf",
]


class RandomState(ContinuousDraws, DiscreteDraws, HostedDraws, Arrangements):
    """A stream of random numbers, as a variable: it is saved with a model, and goes on inside of compiled loops.

    Parameters
    ----------
    seed_or_key : int or array, optional
        A seed from 0 to 2⁶⁴ - 1, a key of `split_key`, or the value of another stream. Without it, entropy of the operating
        system.
    seed : int, optional
        The same as ``seed_or_key``, by its older name.

    Notes
    -----
    Its value is four 32-bit words: the seed, and the number of the next draw. Different seeds give independent streams;
    draws of one stream never overlap. Every distribution takes ``size``, the shape of the result (to which its parameters
    broadcast; without it, their shape), and ``key``, a seed or key to draw from, which leaves the stream as it is. Results
    have the dtype ``bm.float_`` or ``bm.int_``.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> stream = bm.random.RandomState(42)
    >>> stream
    RandomState(key=([42, 0, 0, 0], dtype=uint32))
    >>> x = stream.normal(0., 1., size=(2, 3))
    >>> stream
    RandomState(key=([42, 0, 1, 0], dtype=uint32))
    """

    __slots__ = ()


Generator = RandomState

DEFAULT = RandomState()
"""The stream of the functions of this module; its seed is entropy of the operating system until `seed` sets it."""


def default_rng(seed_or_key: Any = None, clone: bool = True) -> RandomState:
    """A stream of its own for a seed, or one that goes with the default stream.

    Parameters
    ----------
    seed_or_key : int or array, optional
        As for `RandomState`.
    clone : bool
        Whether, without a seed, the result is independent of `DEFAULT`; else it is `DEFAULT` itself.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.random.default_rng(clone=False) is bm.random.DEFAULT
    True
    """
    if seed_or_key is not None:
        return RandomState(seed_or_key)
    return DEFAULT.clone() if clone else DEFAULT


bernoulli = DEFAULT.bernoulli
beta = DEFAULT.beta
binomial = DEFAULT.binomial
categorical = DEFAULT.categorical
chisquare = DEFAULT.chisquare
choice = DEFAULT.choice
dirichlet = DEFAULT.dirichlet
exponential = DEFAULT.exponential
f = DEFAULT.f
gamma = DEFAULT.gamma
geometric = DEFAULT.geometric
gumbel = DEFAULT.gumbel
hypergeometric = DEFAULT.hypergeometric
laplace = DEFAULT.laplace
loggamma = DEFAULT.loggamma
logistic = DEFAULT.logistic
lognormal = DEFAULT.lognormal
logseries = DEFAULT.logseries
maxwell = DEFAULT.maxwell
multinomial = DEFAULT.multinomial
multivariate_normal = DEFAULT.multivariate_normal
negative_binomial = DEFAULT.negative_binomial
noncentral_chisquare = DEFAULT.noncentral_chisquare
noncentral_f = DEFAULT.noncentral_f
normal = DEFAULT.normal
orthogonal = DEFAULT.orthogonal
pareto = DEFAULT.pareto
permutation = DEFAULT.permutation
poisson = DEFAULT.poisson
power = DEFAULT.power
rand = DEFAULT.rand
rand_like = DEFAULT.rand_like
randint = DEFAULT.randint
randint_like = DEFAULT.randint_like
randn = DEFAULT.randn
randn_like = DEFAULT.randn_like
random = DEFAULT.random
random_integers = DEFAULT.random_integers
random_sample = DEFAULT.random_sample
ranf = DEFAULT.ranf
rayleigh = DEFAULT.rayleigh
sample = DEFAULT.sample
seed = DEFAULT.seed
shuffle = DEFAULT.shuffle
split_key = DEFAULT.split_key
standard_cauchy = DEFAULT.standard_cauchy
standard_exponential = DEFAULT.standard_exponential
standard_gamma = DEFAULT.standard_gamma
standard_normal = DEFAULT.standard_normal
standard_t = DEFAULT.standard_t
t = DEFAULT.t
triangular = DEFAULT.triangular
truncated_normal = DEFAULT.truncated_normal
uniform = DEFAULT.uniform
vonmises = DEFAULT.vonmises
wald = DEFAULT.wald
weibull = DEFAULT.weibull
weibull_min = DEFAULT.weibull_min
zipf = DEFAULT.zipf
