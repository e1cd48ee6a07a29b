"""Initial values have the distribution, the structure and the dtype that their classes promise."""
from __future__ import annotations

import inspect
import itertools
import math

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm

RANDOM = [
    bp.init.Normal(seed=1), bp.init.Uniform(seed=1), bp.init.Gamma(2.0, seed=1), bp.init.Exponential(seed=1),
    bp.init.VarianceScaling(1.0, "fan_in", "normal", seed=1), bp.init.KaimingUniform(seed=1),
    bp.init.KaimingNormal(seed=1), bp.init.XavierUniform(seed=1), bp.init.XavierNormal(seed=1),
    bp.init.LecunUniform(seed=1), bp.init.LecunNormal(seed=1), bp.init.Orthogonal(seed=1),
]
REGULAR = [bp.init.ZeroInit(), bp.init.OneInit(2), bp.init.Constant(0.5), bp.init.Identity(),
           bp.init.Clip(bp.init.Constant(2.0), max=1.0)]


def values(initializer, size):
    return np.asarray(initializer(size), np.float64)


@pytest.mark.parametrize("initializer", [*RANDOM, *REGULAR], ids=repr)
def test_sizes_and_dtypes(initializer):
    for size in ((4, 6), [4, 6], (np.int64(4), 6)):
        made = initializer(size)
        assert type(made) is bm.Array and made.shape == (4, 6) and made.dtype == np.float32
    with bm.environment(x64=True):
        assert initializer((4, 6)).dtype == np.float64
    assert initializer((4, 6), dtype=np.float64).dtype == np.float64


@pytest.mark.parametrize("make", [
    lambda seed: bp.init.Normal(seed=seed), lambda seed: bp.init.Uniform(seed=seed),
    lambda seed: bp.init.Gamma(2.0, seed=seed), lambda seed: bp.init.Exponential(seed=seed),
    lambda seed: bp.init.KaimingNormal(seed=seed), lambda seed: bp.init.Orthogonal(seed=seed),
    lambda seed: bp.init.DeltaOrthogonal(seed=seed),
])
def test_seeds_reproduce_and_the_global_generator_is_the_default(make):
    size = (3, 4, 5)
    first = values(make(7), size)
    assert np.array_equal(values(make(7), size), first)
    assert not np.array_equal(values(make(8), size), first)
    seeded = make(7)
    assert not np.array_equal(values(seeded, size), values(seeded, size))
    bm.random.seed(7)
    default = values(make(None), size)
    assert not np.array_equal(values(make(None), size), default)
    bm.random.seed(7)
    assert np.array_equal(values(make(None), size), default)


# ---------------------------------------------------------------------------------------------------------------------
# Distributions: mean and standard deviation within five standard errors
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("initializer, mean, std", [
    (bp.init.Normal(0.5, 0.2, seed=1), 0.5, 0.2),
    (bp.init.Normal(0.01, seed=1), 0.01, 1.0),
    (bp.init.Uniform(-0.3, 0.7, seed=1), 0.2, 1 / math.sqrt(12)),
    (bp.init.Gamma(2.0, scale=0.5, seed=1), 1.0, math.sqrt(0.5)),
    (bp.init.Gamma(0.5, seed=1), 0.5, math.sqrt(0.5)),
    (bp.init.Exponential(scale=0.5, seed=1), 0.5, 0.5),
    (bp.init.Exponential(seed=1), 1.0, 1.0),
])
def test_distributions(initializer, mean, std):
    drawn = values(initializer, (400, 500))
    n = drawn.size
    fourth = np.mean((drawn - drawn.mean()) ** 4) / drawn.var() ** 2
    assert abs(drawn.mean() - mean) < 5 * std / math.sqrt(n)
    assert abs(drawn.std() / std - 1) < 5 * math.sqrt((fourth - 1) / n) / 2


def test_the_first_argument_of_normal_is_the_mean_and_its_documentation_warns():
    assert list(inspect.signature(bp.init.Normal).parameters) == ["mean", "scale", "seed"]
    assert "first argument is the **mean**" in bp.init.Normal.__doc__


@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("distribution", ["normal", "truncated_normal", "uniform"])
@pytest.mark.parametrize("size, axes, inputs, outputs", [
    ((300, 500), (-2, -1), 300, 500), ((500, 300), (-1, -2), 300, 500), ((3, 5, 40, 60), (-2, -1), 600, 900),
])
def test_variance_scaling(mode, distribution, size, axes, inputs, outputs):
    drawn = values(bp.init.VarianceScaling(3.0, mode, distribution, *axes, seed=1), size)
    std = math.sqrt(3.0 / {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[mode])
    assert abs(drawn.mean()) < 5 * std / math.sqrt(drawn.size)
    assert abs(drawn.std() / std - 1) < 5 / math.sqrt(2 * drawn.size)
    limit = {"normal": np.inf, "uniform": math.sqrt(3), "truncated_normal": 2 / 0.87962566103423978}[distribution] * std
    assert abs(drawn).max() <= limit * (1 + 1e-6)
    if distribution != "normal":
        assert abs(drawn).max() > 0.99 * limit


@pytest.mark.parametrize("cls, scale, mode, distribution", [
    (bp.init.KaimingUniform, 2.0, "fan_in", "uniform"), (bp.init.KaimingNormal, 2.0, "fan_in", "truncated_normal"),
    (bp.init.XavierUniform, 1.0, "fan_avg", "uniform"), (bp.init.XavierNormal, 1.0, "fan_avg", "truncated_normal"),
    (bp.init.LecunUniform, 1.0, "fan_in", "uniform"), (bp.init.LecunNormal, 1.0, "fan_in", "truncated_normal"),
])
def test_named_scalings_are_special_cases(cls, scale, mode, distribution):
    general = bp.init.VarianceScaling(scale, mode, distribution, seed=3)
    assert np.array_equal(values(cls(seed=3), (5, 7)), values(general, (5, 7)))
    assert repr(cls()) == f"{cls.__name__}(scale={scale}, mode={mode}, in_axis=-2, out_axis=-1, " \
                          f"distribution={distribution})"


@pytest.mark.parametrize("call, message", [
    (lambda: bp.init.VarianceScaling(0.0, "fan_in", "normal"), "scale must be positive, but got 0.0"),
    (lambda: bp.init.VarianceScaling(1.0, "fan", "normal"), r"mode must be one of \('fan_in'.*'fan'"),
    (lambda: bp.init.VarianceScaling(1.0, "fan_in", "gauss"), "distribution must be one of .*'gauss'"),
    (lambda: bp.init.KaimingNormal()(5), r"KaimingNormal needs .*two axes.*\(5,\)"),
    (lambda: bp.init.Orthogonal()(5), r"two axes.*\(5,\)"),
    (lambda: bp.init.Identity()((2, 2, 2)), r"Identity makes a matrix, but got the size \(2, 2, 2\)"),
    (lambda: bp.init.DeltaOrthogonal()((3, 3)), "3 to 5 axes"),
    (lambda: bp.init.DeltaOrthogonal()((3, 4, 2)), "4 inputs and 2 outputs"),
    (lambda: bp.init.Clip(3.0), "initializer or a function of a size, but got 3.0"),
])
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------------------------------------------------------------
# Structure
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(6, 4), (4, 6), (5, 5), (2, 3, 8), (2, 3, 4)])
def test_orthogonal(size):
    matrix = values(bp.init.Orthogonal(scale=1.5, seed=1), size).reshape(-1, size[-1])
    product = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    assert np.allclose(product, 2.25 * np.eye(len(product)), atol=1e-5)


def test_the_axis_of_orthogonal_is_one_side_of_the_matrix():
    made = values(bp.init.Orthogonal(axis=0, seed=1), (3, 2, 4)).reshape(3, 8)
    assert np.allclose(made @ made.T, np.eye(3), atol=1e-6)


def test_orthogonal_matrices_are_drawn_without_preference():
    # Of a Haar-distributed matrix of size n, every element has mean 0 and variance 1 / n. Without the signs of R it has not.
    drawn = np.stack([values(bp.init.Orthogonal(seed=seed), (2, 2)) for seed in range(800)])
    assert abs(drawn.mean(0)).max() < 5 * math.sqrt(0.5 / 800)
    assert abs((drawn**2).mean(0) - 0.5).max() < 5 * math.sqrt(0.125 / 800)


@pytest.mark.parametrize("kernel, centre", [((3,), (1,)), ((4,), (1,)), ((3, 5), (1, 2)), ((1, 3, 3), (0, 1, 1))])
def test_delta_orthogonal(kernel, centre):
    made = values(bp.init.DeltaOrthogonal(scale=2.0, seed=1), (*kernel, 2, 3))
    assert np.allclose(made[centre] @ made[centre].T, 4 * np.eye(2), atol=1e-5)
    made[centre] = 0.0
    assert not made.any()


def test_identity_and_clip():
    assert np.array_equal(values(bp.init.Identity(2.0), 3), 2 * np.eye(3))
    assert np.array_equal(values(bp.init.Identity(), (3,)), np.eye(3))
    made = values(bp.init.Clip(bp.init.Normal(seed=1), min=-0.5, max=0.25), 1000)
    assert made.min() == -0.5 and made.max() == 0.25


def test_a_constant_may_be_an_array():
    assert np.array_equal(values(bp.init.Constant([1.0, 2.0]), (3, 2)), [[1.0, 2.0]] * 3)


# ---------------------------------------------------------------------------------------------------------------------
# Weights that depend on the distance: against a loop over all pairs of neurons
# ---------------------------------------------------------------------------------------------------------------------


def by_loop(size, weight, ranges=None, periodic=False, min_w=0.0, include_self=True):
    places = list(np.ndindex(*size))
    ranges = ranges or [(0.0, float(n)) for n in size]
    matrix = np.zeros((len(places),) * 2)
    for (i, a), (j, b) in itertools.product(enumerate(places), repeat=2):
        square = 0.0
        for p, q, n, (start, stop) in zip(a, b, size, ranges, strict=True):
            d = abs(p - q) * (stop - start) / n
            square += min(d, stop - start - d) ** 2 if periodic else d**2
        w = weight(math.sqrt(square))
        matrix[i, j] = 0.0 if abs(w) < min_w or (i == j and not include_self) else w
    return matrix


@pytest.mark.parametrize("size", [(8,), (3, 4), (2, 3, 2)])
@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("include_self", [False, True])
def test_gaussian_decay(size, periodic, include_self):
    ranges = [(-1.0, 1.0 + axis) for axis in range(len(size))]
    made = bp.init.GaussianDecay(sigma=0.5, max_w=-2.0, min_w=0.2, encoding_values=ranges, periodic_boundary=periodic,
                                 include_self=include_self)
    expected = by_loop(size, lambda d: -2 * math.exp(-d**2 / 0.5), ranges, periodic, 0.2, include_self)
    assert np.allclose(values(made, size), expected, atol=1e-6)
    assert np.unique(expected).size > 1


@pytest.mark.parametrize("size", [(9,), (3, 3), (3, 4)])
@pytest.mark.parametrize("periodic", [False, True])
def test_dog_decay(size, periodic):
    made = bp.init.DOGDecay(sigmas=(1.0, 2.0), max_ws=(1.0, 0.5), min_w=0.01, include_self=False,
                            periodic_boundary=periodic)
    expected = by_loop(size, lambda d: math.exp(-d**2 / 2) - 0.5 * math.exp(-d**2 / 8), None, periodic, 0.01, False)
    assert np.allclose(values(made, size), expected, atol=1e-6)


def test_one_axis_may_be_encoded_by_one_pair():
    one = values(bp.init.GaussianDecay(1.0, 1.0, encoding_values=(-3.0, 3.0)), 6)
    assert np.array_equal(one, values(bp.init.GaussianDecay(1.0, 1.0, encoding_values=[(-3.0, 3.0)]), 6))
    with pytest.raises(ValueError, match=r"every axis of the size \(2, 3\)"):
        bp.init.GaussianDecay(1.0, 1.0, encoding_values=(-3.0, 3.0))((2, 3))
    with pytest.raises(ValueError, match="two Gaussians"):
        bp.init.DOGDecay((1.0,), (1.0, 2.0))


@pytest.mark.parametrize("initializer, text", [
    (bp.init.ZeroInit(), "ZeroInit"), (bp.init.OneInit(), "OneInit(value=1.0)"), (bp.init.Normal(), "Normal(scale=1.0)"),
    (bp.init.Normal(scale=0.1), "Normal(scale=0.1)"), (bp.init.Normal(0.1), "Normal(mean=0.1, scale=1.0)"),
    (bp.init.Uniform(-70, -60.0), "Uniform(min_val=-70, max_val=-60.0)"),
    (bp.init.Orthogonal(), "Orthogonal(scale=1.0, axis=-1)"), (bp.init.Identity(), "Identity(value=1.0)"),
    (bp.init.GaussianDecay(0.5, 2.0), "GaussianDecay(sigma=0.5, max_w=2.0)"),
    (bp.init.DOGDecay((1.0, 2.0), (1.0, 0.5)), "DOGDecay(sigmas=(1.0, 2.0), max_ws=(1.0, 0.5))"),
])
def test_texts(initializer, text):
    assert repr(initializer) == text
