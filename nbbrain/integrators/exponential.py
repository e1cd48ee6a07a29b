r"""The exponential Euler method: exact for what is linear in the variable.

.. math:: x' = x + dt\, \varphi(dt\, f'(x))\, f(x), \quad \varphi(z) = (e^z - 1) / z

(Hochbruck & Ostermann, 2010, "Exponential integrators", eq. 2.35, the exponential Rosenbrock-Euler method with the diagonal
of the Jacobian.) The derivative comes from differentiating the equation.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.errors import DiffEqError, IntegratorError
from nbbrain.integrators.integrator import ODEIntegrator

__all__ = ["ExponentialEuler", "element_derivative", "phi", "single_variables"]

_SMALL = 1e-5  # below, the quotient loses digits of its derivative; the series does not


def phi(z: Any) -> Any:
    r"""The function :math:`(e^z - 1) / z`, which is 1 at 0, with an accurate derivative everywhere.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> from nbbrain.integrators.exponential import phi
    >>> phi(bm.asarray([0., 1.]))
    Array(value=Array([1.       , 1.7182819]), dtype=float32)
    """
    small = bm.abs(z) < _SMALL
    divisor = bm.where(small, 1., z)
    return bm.where(small, 1. + z * (0.5 + z / 6.), bm.expm1(divisor) / divisor)


def element_derivative(function: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """The derivative of an element-wise function, and its value, which may be larger than x.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> from nbbrain.integrators.exponential import element_derivative
    >>> slope, value = element_derivative(lambda x: bm.asarray([2., 3.]) * x, bm.asarray(1.))
    >>> slope.tolist(), value.tolist()
    ([2.0, 3.0], [2.0, 3.0])
    """
    slope, value = bm.vector_grad(function, return_value=True)(x)
    shape = bm.broadcast_shapes(x.shape, bm.asarray(value).shape)
    if shape != x.shape:  # every element of the value needs a derivative of its own
        slope, value = bm.vector_grad(function, return_value=True)(bm.broadcast_to(x, shape))
    return slope, value


def single_variables(integrator: Any) -> None:
    """Check that every equation of an integrator has one variable, whose elements are equations of their own.

    Raises
    ------
    DiffEqError
        When an equation has more than one variable.
    IntegratorError
        When the type of variables is 'system'.
    """
    kind = type(integrator).__name__
    for equation in integrator.equations:
        if len(equation.variables) != 1:
            raise DiffEqError(f"{kind} needs one variable in every equation, but {equation.name} has "
                              f"{', '.join(equation.variables)}. Write one function for each and join them with JointEq.")
    if integrator.var_type == "system":
        raise IntegratorError(f"{kind} acts element by element: var_type must not be 'system'.")


class ExponentialEuler(ODEIntegrator):
    """The exponential Euler method, for equations that act element by element.

    Every equation must have one variable; several are joined by `JointEq`, and each is then exact for what is linear in its
    own variable. For the membrane equation ``(-V + V_rest + R * I) / tau`` the step is the exact solution for an input that
    is constant over the step.

    Parameters are those of `ODEIntegrator`.

    Raises
    ------
    DiffEqError
        When an equation has more than one variable.

    Examples
    --------
    >>> import nbbrain as bp
    >>> decay = bp.ode.ExponentialEuler(lambda x, t: -x / 2., dt=2.)
    >>> decay(1., 0.)
    Array(value=Array(0.36787945), dtype=float32)
    """

    def check(self) -> None:
        """Check that every equation has one variable."""
        super().check()
        single_variables(self)

    def step(self, arguments: dict[str, Any], dt: Any) -> tuple[Any, ...]:
        """The variables after one step; every equation starts from the old values of all."""
        return tuple([self._step_of(equation, arguments, dt) for equation in self.equations])

    @staticmethod
    def _step_of(equation: Any, arguments: dict[str, Any], dt: Any) -> Any:
        (name,) = equation.variables

        def right_hand_side(x: Any) -> Any:
            return equation({**arguments, name: x})[0]

        x = arguments[name]
        slope, value = element_derivative(right_hand_side, x)
        return x + dt * phi(dt * slope) * value
