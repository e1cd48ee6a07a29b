"""Distributions: their law (Kolmogorov-Smirnov and chi-square tests with fixed seeds), shapes, dtypes, gradients, errors."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.backends import backend, base
from nbbrain.math.random import RandomState

stats = pytest.importorskip("scipy.stats")

N = 20_000
CONTINUOUS = {  # a draw, and the distribution it should have
    "random": (lambda r: r.random(N), stats.uniform()),
    "random_sample": (lambda r: r.random_sample(N), stats.uniform()),
    "ranf": (lambda r: r.ranf(N), stats.uniform()),
    "sample": (lambda r: r.sample(N), stats.uniform()),
    "rand": (lambda r: r.rand(N), stats.uniform()),
    "rand_like": (lambda r: r.rand_like(np.zeros(N)), stats.uniform()),
    "uniform": (lambda r: r.uniform(-2, 3.0, N), stats.uniform(-2, 5)),
    "normal": (lambda r: r.normal(1, 2.0, N), stats.norm(1, 2)),
    "standard_normal": (lambda r: r.standard_normal(N), stats.norm()),
    "randn": (lambda r: r.randn(N), stats.norm()),
    "randn_like": (lambda r: r.randn_like(np.zeros(N)), stats.norm()),
    "lognormal": (lambda r: r.lognormal(0.5, 0.8, N), stats.lognorm(0.8, scale=np.exp(0.5))),
    "truncated_normal": (lambda r: r.truncated_normal(-1.0, 2.0, N, 3.0), stats.truncnorm(-1, 2, scale=3)),
    "truncated_normal_above": (lambda r: r.truncated_normal(6.0, 7, N), stats.truncnorm(6, 7)),
    "truncated_normal_below": (lambda r: r.truncated_normal(-9, -6.0, N), stats.truncnorm(-9, -6)),
    "truncated_normal_one_side": (lambda r: r.truncated_normal(0.5, np.inf, N), stats.truncnorm(0.5, np.inf)),
    "truncated_normal_not": (lambda r: r.truncated_normal(-np.inf, np.inf, N), stats.norm()),
    "maxwell": (lambda r: r.maxwell(N), stats.maxwell()),
    "wald": (lambda r: r.wald(2.0, 3.0, N), stats.invgauss(2 / 3, scale=3)),
    "wald_skew": (lambda r: r.wald(50.0, 0.5, N), stats.invgauss(100, scale=0.5)),
    "exponential": (lambda r: r.exponential(2.0, N), stats.expon(scale=2)),
    "standard_exponential": (lambda r: r.standard_exponential(N), stats.expon()),
    "rayleigh": (lambda r: r.rayleigh(2.0, N), stats.rayleigh(scale=2)),
    "weibull": (lambda r: r.weibull(1.7, N), stats.weibull_min(1.7)),
    "weibull_min": (lambda r: r.weibull_min(1.7, 2.0, N), stats.weibull_min(1.7, scale=2)),
    "pareto": (lambda r: r.pareto(3.0, N), stats.pareto(3)),
    "power": (lambda r: r.power(3.0, N), stats.powerlaw(3)),
    "gumbel": (lambda r: r.gumbel(1.0, 2.0, N), stats.gumbel_r(1, 2)),
    "laplace": (lambda r: r.laplace(1.0, 2.0, N), stats.laplace(1, 2)),
    "logistic": (lambda r: r.logistic(1.0, 2.0, N), stats.logistic(1, 2)),
    "standard_cauchy": (lambda r: r.standard_cauchy(N), stats.cauchy()),
    "triangular": (lambda r: r.triangular(N), stats.triang(0.5, -1, 2)),
    "triangular_skew": (lambda r: r.triangular(N, left=1.0, mode=1.5, right=4.0), stats.triang(1 / 6, 1, 3)),
    "gamma": (lambda r: r.gamma(2.5, 3.0, N), stats.gamma(2.5, scale=3)),
    "standard_gamma": (lambda r: r.standard_gamma(0.5, N), stats.gamma(0.5)),
    "loggamma": (lambda r: r.loggamma(0.5, N), stats.loggamma(0.5)),
    "beta": (lambda r: r.beta(2.0, 3.0, N), stats.beta(2, 3)),
    "chisquare": (lambda r: r.chisquare(3.0, N), stats.chi2(3)),
    "noncentral_chisquare": (lambda r: r.noncentral_chisquare(3.0, 2.0, N), stats.ncx2(3, 2)),
    "f": (lambda r: r.f(3.0, 7.0, N), stats.f(3, 7)),
    "noncentral_f": (lambda r: r.noncentral_f(3.0, 7.0, 2.0, N), stats.ncf(3, 7, 2)),
    "standard_t": (lambda r: r.standard_t(4.0, N), stats.t(4)),
    "t": (lambda r: r.t(4.0, N), stats.t(4)),
    "dirichlet": (lambda r: r.dirichlet([1.0, 2.0, 3.0], N)[:, 0], stats.beta(1, 5)),
    "multivariate_normal": (lambda r: r.multivariate_normal([1.0, 2.0], [[4.0, 1.0], [1.0, 9.0]], N)[:, 1],
                            stats.norm(2, 3)),
    "orthogonal": (lambda r: r.orthogonal(3, N)[:, 0, 0], stats.uniform(-1, 2)),  # a coordinate on the unit sphere
}
DISCRETE = {
    "bernoulli": (lambda r: r.bernoulli(0.3, N), stats.bernoulli(0.3)),
    "randint": (lambda r: r.randint(-3, 7, N), stats.randint(-3, 7)),
    "randint_one_bound": (lambda r: r.randint(5, size=N), stats.randint(0, 5)),
    "randint_like": (lambda r: r.randint_like(np.zeros(N), 2, 6), stats.randint(2, 6)),
    "random_integers": (lambda r: r.random_integers(4, size=N), stats.randint(1, 5)),
    "geometric": (lambda r: r.geometric(0.3, N), stats.geom(0.3)),
    "poisson": (lambda r: r.poisson(3.5, N), stats.poisson(3.5)),
    "poisson_large": (lambda r: r.poisson(400.0, N), stats.poisson(400)),
    "poisson_array": (lambda r: r.poisson(np.full(N, 3.5)), stats.poisson(3.5)),
    "binomial": (lambda r: r.binomial(20, 0.3, N), stats.binom(20, 0.3)),
    "binomial_rare": (lambda r: r.binomial(1000, 0.002, N), stats.binom(1000, 0.002)),
    "binomial_array": (lambda r: r.binomial(np.full(N, 20), 0.3), stats.binom(20, 0.3)),
    "negative_binomial": (lambda r: r.negative_binomial(3, 0.4, N), stats.nbinom(3, 0.4)),
    "hypergeometric": (lambda r: r.hypergeometric(10, 20, 8, N), stats.hypergeom(30, 10, 8)),
    "logseries": (lambda r: r.logseries(0.7, N), stats.logser(0.7)),
    "zipf": (lambda r: r.zipf(3.0, N), stats.zipf(3)),
    "multinomial": (lambda r: r.multinomial(10, [0.2, 0.3, 0.5], N)[:, 1], stats.binom(10, 0.3)),
    "categorical": (lambda r: r.categorical(np.log([0.2, 0.5, 0.3]), size=N),
                    stats.rv_discrete(values=([0, 1, 2], [0.2, 0.5, 0.3]))),
    "choice": (lambda r: r.choice(4, N), stats.randint(0, 4)),
    "choice_p": (lambda r: r.choice(3, N, p=[0.2, 0.5, 0.3]), stats.rv_discrete(values=([0, 1, 2], [0.2, 0.5, 0.3]))),
}
COMPILED = ["random", "uniform", "normal", "lognormal", "truncated_normal", "truncated_normal_above", "maxwell", "wald",
            "exponential", "rayleigh", "weibull", "pareto", "power", "gumbel", "laplace", "logistic", "standard_cauchy",
            "triangular", "multivariate_normal", "bernoulli", "randint", "geometric", "poisson", "binomial", "categorical",
            "choice"]


@pytest.mark.parametrize("x64", [False, True], ids=["float32", "float64"])
@pytest.mark.parametrize("name", CONTINUOUS)
def test_the_law_of_continuous_numbers(name, x64):
    draw, law = CONTINUOUS[name]
    with bm.environment(x64=x64):
        drawn = np.asarray(draw(RandomState(42)))
    assert (drawn.shape, drawn.dtype) == ((N,), np.float64 if x64 else np.float32)
    assert stats.kstest(drawn.astype(float), law.cdf).pvalue > 1e-3
    if np.isfinite(law.stats("mvsk")[3]):  # where the mean and the variance have a limit distribution
        deviation = law.std()
        assert abs(drawn.mean(dtype=float) - law.mean()) < 4 * deviation / np.sqrt(N)
        kurtosis = float(law.stats("k"))
        assert abs(drawn.var(dtype=float) / deviation**2 - 1) < 4 * np.sqrt((kurtosis + 2) / N)


@pytest.mark.parametrize("name", DISCRETE)
def test_the_law_of_integers(name):
    draw, law = DISCRETE[name]
    drawn = np.asarray(draw(RandomState(42)))
    assert drawn.shape == (N,)
    assert drawn.dtype == (np.bool_ if name == "bernoulli" else np.int32)
    values, counts = np.unique(drawn.astype(int), return_counts=True)
    expected = law.pmf(values) * N
    frequent = expected >= 10
    rest = N - expected[frequent].sum()
    observed = [*counts[frequent], *([N - counts[frequent].sum()] if rest > 1 else [])]
    awaited = [*expected[frequent], *([rest] if rest > 1 else [])]
    assert (expected > 0).all()
    assert stats.chisquare(observed, np.array(awaited) * sum(observed) / sum(awaited)).pvalue > 1e-3


@pytest.mark.parametrize("name", [*CONTINUOUS, *DISCRETE])
def test_a_seed_gives_the_same_numbers_again(name):
    draw, _ = (CONTINUOUS | DISCRETE)[name]
    stream = RandomState(7)
    first, second = np.asarray(draw(stream)), np.asarray(draw(stream))
    np.testing.assert_array_equal(np.asarray(draw(RandomState(7))), first)
    assert not np.array_equal(first, second)
    assert not np.array_equal(np.asarray(draw(RandomState(8))), first)


@pytest.mark.parametrize("name", COMPILED)
def test_captured_numbers_are_those_of_the_reference(name, monkeypatch):
    from nbbrain import settings
    from tests.conformance.reference import InterpretingBackend

    monkeypatch.setitem(base._loaded, "interpreting", InterpretingBackend())
    monkeypatch.setitem(base._loaders, "interpreting", InterpretingBackend)
    draw, _ = (CONTINUOUS | DISCRETE)[name]
    eager, captured = RandomState(7), RandomState(7)
    expected = np.stack([np.asarray(draw(eager)) for _ in range(3)])
    with backend("interpreting"), settings.using(strict=True):
        got = np.asarray(bm.for_loop(lambda i: draw(captured), bm.arange(3)))
    np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(np.asarray(captured), np.asarray(eager))


def test_the_law_of_angles():
    drawn = np.asarray(RandomState(42).vonmises(0.0, 2.0, N))
    assert stats.kstest(drawn[:1000].astype(float), stats.vonmises(2).cdf).pvalue > 1e-3
    mean_resultant = 0.6977746579640079  # I1(2) / I0(2)
    assert np.cos(drawn).mean() == pytest.approx(mean_resultant, abs=0.02)
    turned = np.asarray(RandomState(42).vonmises(1.0, 2.0, N))
    assert np.cos(turned - 1).mean() == pytest.approx(mean_resultant, abs=0.02)


def test_turns_of_a_loop_differ():
    stream = RandomState(1)
    rows = np.asarray(bm.for_loop(lambda i: stream.bernoulli(0.5, 64), bm.arange(10)))
    assert len(np.unique(rows, axis=0)) == 10
    assert np.asarray(stream).tolist() == [1, 0, 10, 0]


def test_normal_tails_reach_far_in_float32():
    assert np.abs(np.asarray(RandomState(0).normal(size=2_000_000))).max() > 4.8


def test_normal_numbers_are_independent_of_their_neighbours():
    x = np.asarray(RandomState(1).normal(size=50_000)).astype(float)
    for lag in (1, 2, 3, 4, 5, 8):
        assert abs(np.corrcoef(x[:-lag], x[lag:])[0, 1]) < 4 / np.sqrt(len(x))


@pytest.mark.parametrize(("draw", "shape"), [
    (lambda r: r.normal(), ()),
    (lambda r: r.normal(np.zeros(3), np.ones((2, 1))), (2, 3)),
    (lambda r: r.normal(np.zeros(3), size=(2, 3)), (2, 3)),
    (lambda r: r.random((2, 3)), (2, 3)),
    (lambda r: r.random(4), (4,)),
    (lambda r: r.random([4, 1]), (4, 1)),
    (lambda r: r.random(0), (0,)),
    (lambda r: r.rand(), ()),
    (lambda r: r.rand(2, 3), (2, 3)),
    (lambda r: r.gamma(np.ones((2, 1)), np.ones(3)), (2, 3)),
    (lambda r: r.poisson([1.0, 2.0], (4, 2)), (4, 2)),
    (lambda r: r.dirichlet(np.ones((5, 3)), (2, 5)), (2, 5, 3)),
    (lambda r: r.multinomial(3, [0.5, 0.5], (2, 3)), (2, 3, 2)),
    (lambda r: r.multivariate_normal(np.zeros((4, 2)), np.eye(2)), (4, 2)),
    (lambda r: r.multivariate_normal(np.zeros(2), np.stack([np.eye(2)] * 3)), (3, 2)),
    (lambda r: r.orthogonal(3, (2,)), (2, 3, 3)),
    (lambda r: r.categorical(np.zeros((4, 5))), (4,)),
    (lambda r: r.categorical(np.zeros((4, 5)), axis=0), (5,)),
    (lambda r: r.categorical(np.zeros((4, 5)), size=(3, 4)), (3, 4)),
    (lambda r: r.categorical(np.zeros((4, 5)), axis=0, size=(3, 5)), (3, 5)),
    (lambda r: r.randint([0, 10], [10, 20], (3, 2)), (3, 2)),
])
def test_shapes(draw, shape):
    assert draw(RandomState(1)).shape == shape


def test_dtypes():
    stream = RandomState(1)
    assert stream.rand_like([1.0], dtype=np.float16).dtype == np.float16
    assert stream.randn_like([1.0], dtype=np.float64).dtype == np.float64
    assert stream.randint(0, 5, dtype=np.uint8).dtype == np.uint8
    assert stream.normal(np.zeros(2), np.ones(2, int)).dtype == np.float32
    assert stream.weibull(np.array([2])).dtype == np.float32
    with bm.environment(x64=True):
        assert stream.randint(0, 5).dtype == stream.poisson(2.0).dtype == stream.categorical([0.0, 1.0]).dtype == np.int64


def test_integers_of_the_full_range():
    with bm.environment(x64=True):
        drawn = np.asarray(RandomState(1).randint(-2**62, 2**62, 1000))
    assert drawn.min() < -2**61
    assert drawn.max() > 2**61
    assert np.asarray(RandomState(1).randint(2**31 - 1, 2**31, 3)).tolist() == [2**31 - 1] * 3
    assert np.asarray(RandomState(1).randint([0, 100], [1, 101])).tolist() == [0, 100]
    assert np.asarray(RandomState(1).randint_like(np.array([5.0, 2.0]))).max() < 5


def test_gradients_by_parameters():
    eps = float(RandomState(1).normal())
    d_loc, d_scale = bm.grad(lambda loc, scale: RandomState(1).normal(loc, scale), argnums=(0, 1))(3.0, 2.0)
    assert float(d_loc) == 1
    assert float(d_scale) == pytest.approx(eps)
    with bm.environment(x64=True):
        for draw in (lambda a: RandomState(1).weibull(a), lambda a: RandomState(1).truncated_normal(-a, 2 * a),
                     lambda a: RandomState(1).wald(a, 2.0), lambda a: RandomState(1).gumbel(a, a)):
            difference = (float(draw(1.3 + 1e-6)) - float(draw(1.3 - 1e-6))) / 2e-6
            assert float(bm.grad(draw)(1.3)) == pytest.approx(difference, rel=1e-6)


def test_extreme_parameters():
    stream = RandomState(1)
    assert stream.poisson(0.0, 3).tolist() == [0, 0, 0]
    assert stream.binomial(0, 0.5, 2).tolist() == [0, 0]
    assert stream.binomial(4, 1.0, 2).tolist() == [4, 4]
    assert stream.geometric(1.0, 2).tolist() == [1, 1]
    assert stream.bernoulli(1.0, 2).tolist() == [True, True]
    assert stream.normal(2.0, 0.0) == 2
    assert np.isfinite(np.asarray(stream.loggamma(1e-4, 100))).all()
    np.testing.assert_allclose(np.asarray(stream.dirichlet([1e-4, 1e-4], 100)).sum(-1), 1)


def test_truncated_numbers_stay_inside():
    for low, high in ((-1.0, 1.0), (2.0, 2.5), (-12.0, -11.5), (8.0, 30.0)):
        drawn = np.asarray(RandomState(1).truncated_normal(low, high, 10_000))
        assert drawn.min() >= low
        assert drawn.max() <= high


@pytest.mark.parametrize("method", ["cholesky", "eigh", "svd"])
def test_covariances(method):
    cov = np.array([[2.0, 0.6, 0.0], [0.6, 1.0, -0.3], [0.0, -0.3, 0.5]])
    x = np.asarray(RandomState(3).multivariate_normal([1.0, 2.0, 3.0], cov, 50_000, method))
    np.testing.assert_allclose(x.mean(0), [1, 2, 3], atol=0.03)
    np.testing.assert_allclose(np.cov(x.T), cov, atol=0.05)


def test_orthogonal_matrices():
    bm.enable_x64()
    q = np.asarray(RandomState(1).orthogonal(4, (5,)))
    np.testing.assert_allclose(q @ q.swapaxes(-1, -2), np.broadcast_to(np.eye(4), (5, 4, 4)), atol=1e-12)
    assert set(np.round(np.linalg.det(np.asarray(RandomState(1).orthogonal(3, 50))))) == {-1.0, 1.0}


@pytest.mark.parametrize(("draw", "text"), [
    (lambda r: r.normal(0.0, -1.0), "scale must be non-negative, but got -1.0"),
    (lambda r: r.bernoulli(1.5), "p must be between 0 and 1, but got 1.5"),
    (lambda r: r.bernoulli(np.nan), "p must be between 0 and 1"),
    (lambda r: r.poisson(-1.0), "lam must be non-negative"),
    (lambda r: r.gamma(0.0), "shape must be positive"),
    (lambda r: r.randint(5, 5), "randint: low must be below high, but got low=5 and high=5"),
    (lambda r: r.truncated_normal(1.0, 1.0), "upper - lower must be positive"),
    (lambda r: r.triangular(left=2.0), "mode - left must be non-negative"),
    (lambda r: r.random(-1), "size must be a non-negative integer or a tuple of them, but got -1"),
    (lambda r: r.random((2, 1.5)), "size must be a non-negative integer"),
    (lambda r: r.normal(np.zeros(3), size=2), r"parameters of shape \(3,\) do not broadcast to size \(2,\)"),
    (lambda r: r.normal(np.zeros((2, 3)), size=3), r"parameters of shape \(2, 3\) do not broadcast to size \(3,\)"),
    (lambda r: r.choice(0), "a positive integer or an array with rows is needed, but got 0"),
    (lambda r: r.choice(3, p=[0.5, 0.6, 0.0]), "p must be 3 probabilities that add up to 1"),
    (lambda r: r.choice(3, 4, replace=False), "larger sample"),
    (lambda r: r.multinomial(3, [0.5, 0.6]), "pvals must add up to 1"),
    (lambda r: r.permutation(bm.Array(1.0)), "permutation: an integer or an array with axes"),
    (lambda r: r.orthogonal(0), "n must be a positive integer, but got 0"),
    (lambda r: r.multivariate_normal(np.zeros(2), np.eye(3)), "mean and cov must have shapes"),
    (lambda r: r.multivariate_normal(np.zeros(2), np.eye(2), method="lu"), "method must be one of cholesky, eigh, svd"),
    (lambda r: r.hypergeometric(3, 4, 8), r"ngood \+ nbad - nsample must be non-negative"),
    (lambda r: r.zipf(1.0), "a - 1 must be positive"),
])
def test_errors_say_what_is_allowed_and_change_nothing(draw, text):
    stream = RandomState(1)
    with pytest.raises(ValueError, match=text):
        draw(stream)
    assert np.asarray(stream).tolist() == [1, 0, 0, 0]


def test_integers_are_needed():
    for draw in (lambda r: r.randint(0.5, 3), lambda r: r.binomial(2.5, 0.5)):
        with pytest.raises(TypeError, match="must be an integer or an array of integers"):
            draw(RandomState(1))


def test_choice_of_rows():
    rows = bm.Array(np.arange(12.0).reshape(4, 3))
    chosen = np.asarray(RandomState(1).choice(rows, (2, 5)))
    assert chosen.shape == (2, 5, 3)
    assert set(chosen[..., 0].reshape(-1)) <= {0.0, 3.0, 6.0, 9.0}
    all_rows = np.asarray(RandomState(1).choice(rows, 4, replace=False))
    np.testing.assert_array_equal(all_rows[np.argsort(all_rows[:, 0])], np.asarray(rows))
    np.testing.assert_array_equal(RandomState(1).choice(3, 5, p=[0, 1, 0]), [1] * 5)


def test_permutation():
    x = np.arange(24).reshape(2, 3, 4)
    whole = np.asarray(RandomState(1).permutation(x, axis=1))
    np.testing.assert_array_equal(np.sort(whole, axis=1), x)
    assert (np.diff(whole, axis=2) == 1).all()  # rows stay together
    lines = np.asarray(RandomState(1).permutation(np.tile(np.arange(8), (50, 1)), axis=1, independent=True))
    np.testing.assert_array_equal(np.sort(lines, axis=1), np.tile(np.arange(8), (50, 1)))
    assert len(np.unique(lines, axis=0)) > 40
    counts = np.zeros((3, 3))
    stream = RandomState(2)
    for _ in range(600):
        counts[np.arange(3), np.asarray(stream.permutation(3))] += 1
    assert stats.chisquare(counts.reshape(-1)).pvalue > 1e-3


def test_permutation_passes_gradients():
    order = np.asarray(RandomState(1).permutation(3))
    gradient = bm.grad(lambda x: (RandomState(1).permutation(x) * bm.Array([1.0, 2.0, 3.0])).sum())(np.zeros(3))
    np.testing.assert_array_equal(np.asarray(gradient)[order], [1, 2, 3])


def test_shuffle_is_in_place():
    x = bm.Variable(np.arange(6.0))
    expected = RandomState(1).permutation(np.arange(6.0))
    assert RandomState(1).shuffle(x) is None
    np.testing.assert_array_equal(x, expected)
    with pytest.raises(TypeError, match="shuffle changes an Array in place, but got ndarray"):
        RandomState(1).shuffle(np.arange(3))
