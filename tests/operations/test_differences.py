"""Functions of neighbouring elements, padding, convolution: what NumPy no longer does, edges of the domain, and errors."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm


def test_cross_products_of_vectors_in_the_plane():
    a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, -1.0])
    np.testing.assert_allclose(np.asarray(bm.cross(a, b)), a[:, 0] * b[1] - a[:, 1] * b[0])
    in_space = np.cross(np.append(a, np.zeros((2, 1)), 1), [1.0, 2.0, 3.0])
    np.testing.assert_allclose(np.asarray(bm.cross(a, [1.0, 2.0, 3.0])), in_space)


def test_interpolation_at_repeated_points_and_ends():
    xp, fp = np.array([0.0, 1.0, 1.0, 2.0]), np.array([0.0, 1.0, 5.0, 6.0])
    x = np.array([-1.0, 0.0, 0.5, 1.5, 2.0, 3.0])
    np.testing.assert_allclose(np.asarray(bm.interp(x, xp, fp)), np.interp(x, xp, fp))
    np.testing.assert_allclose(np.asarray(bm.interp(x, [1.0], [7.0])), np.interp(x, [1.0], [7.0]))
    gradient = bm.grad(lambda y: bm.sum(bm.interp(x, xp, y)))(bm.asarray(fp))
    assert np.isfinite(np.asarray(gradient)).all()


def test_padding_by_a_function():
    def border(vector, widths, axis, options):
        vector[:widths[0]] = options.get("value", 10)

    x = np.arange(6).reshape(2, 3)
    np.testing.assert_array_equal(np.asarray(bm.pad(x, 1, border, value=5)), np.pad(x, 1, border, value=5))


def test_numbers_of_padding_have_a_gradient():
    assert float(bm.grad(lambda c: bm.sum(bm.pad(bm.zeros(2), (1, 2), constant_values=c)))(bm.array(1.0))) == 3


def test_derivatives_of_sinc_at_zero():
    bm.enable_x64()
    function = bm.sinc
    for order, expected in enumerate([1.0, 0.0, -np.pi ** 2 / 3, 0.0, np.pi ** 4 / 5]):
        for x in (0.0, 1e-9):
            result = float(function(bm.array(x)))
            np.testing.assert_allclose(result, expected, atol=1e-6, rtol=1e-9, err_msg=f"order {order}")
        function = bm.grad(function)


def test_piecewise_functions_need_not_be_defined_everywhere():
    x = np.array([-1.0, 0.25, 4.0], np.float32)
    result = bm.piecewise(bm.asarray(x), [x > 0], [bm.sqrt, 0.0])
    assert result.tolist() == [0, 0.5, 2]


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: bm.pad(bm.ones(2), -1), ValueError, "widths must not be negative"),
    (lambda: bm.pad(bm.ones(2), 1, "mirror"), ValueError, "mode must be one of"),
    (lambda: bm.pad(bm.ones(2), 1, "edge", constant_values=1), ValueError, r"does not take \['constant_values'\]"),
    (lambda: bm.pad(bm.ones(2), 1, "reflect", reflect_type="both"), ValueError, "reflect_type must be 'even' or 'odd'"),
    (lambda: bm.convolve(bm.ones((2, 2)), bm.ones(2)), ValueError, "vectors that are not empty"),
    (lambda: bm.convolve(bm.ones(2), bm.ones(2), "inner"), ValueError, "mode must be one of"),
    (lambda: bm.gradient(bm.ones(1)), ValueError, "at least 2 elements"),
    (lambda: bm.gradient(bm.ones(3), edge_order=3), ValueError, "edge_order must be 1 or 2"),
    (lambda: bm.gradient(bm.ones((3, 3)), 1.0, 2.0, 3.0), TypeError, "one spacing, or 2 are needed"),
    (lambda: bm.diff(bm.array(1.0)), ValueError, "at least one axis"),
    (lambda: bm.cross(bm.ones(4), bm.ones(4)), ValueError, "two or three elements"),
    (lambda: bm.interp(0.5, [0.0, 1.0], [1.0]), ValueError, "vectors of one size"),
    (lambda: bm.choose([0, 3], [[1, 2], [3, 4]]), ValueError, r"numbers must be in \[0, 2\)"),
    (lambda: bm.select([], []), ValueError, "as many choices as conditions"),
    (lambda: bm.piecewise(bm.ones(2), [[True, False]], [1, 2, 3]), ValueError, "1 or 2 functions are needed"),
    (lambda: bm.meshgrid(bm.ones(2), indexing="yx"), ValueError, "indexing must be 'xy' or 'ij'"),
    (lambda: bm.fft.rfft(bm.array([1j, 2])), TypeError, "real numbers are needed"),
    (lambda: bm.fft.fft(bm.ones(3), 0), ValueError, "at least one point"),
    (lambda: bm.fft.fft(bm.ones(3), norm="unit"), ValueError, "norm must be one of"),
    (lambda: bm.where(bm.ones(2) > 0, 1), ValueError, "either both x and y are needed"),
    (lambda: bm.apply_along_axis(bm.sum, 1, bm.zeros((0, 3))), ValueError, "has no lines along axis 1"),
    (lambda: bm.cov(bm.ones((2, 3)), fweights=[1, 2]), ValueError, "fweights must be 3 numbers"),
    (lambda: bm.cov(bm.ones((2, 3)), fweights=[1.5, 1, 1]), TypeError, "fweights must be integers"),
])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
