"""Equations: which arguments are variables, and how several equations are joined."""
from __future__ import annotations

import inspect

import pytest

import nbbrain as bp
from nbbrain.errors import DiffEqError
from nbbrain.integrators.equation import Equation


def dV(V, t, w, I=0.5):
    return V - w + I


def dw(w, t, V, a, I):
    return V - a * w * I


def test_what_stands_before_t_are_the_variables() -> None:
    equation = Equation(lambda x, y, t, a, b=2.: (x, y))
    assert equation.variables == ("x", "y")
    assert [p.name for p in equation.parameters] == ["a", "b"]


@pytest.mark.parametrize(("f", "said"), [
    (lambda x: x, r"f\(x, t, \.\.\.\)"),
    (lambda t, x: x, "before the time 't'"),
    (lambda x, t, *rest: x, "name all of its arguments"),
    (lambda x, t, *, a: x, "name all of its arguments"),
    (lambda x, t, dt: x, "'dt' is the time step"),
    (3, "must be a function"),
])
def test_arguments_that_cannot_be_told_apart(f, said: str) -> None:
    with pytest.raises(DiffEqError, match=said):
        Equation(f)


def test_one_derivative_for_every_variable() -> None:
    integral = bp.odeint(lambda x, y, t: x, method="euler")
    with pytest.raises(DiffEqError, match="it must return 2 derivatives, but it returned 1"):
        integral(1., 2., 0.)


def test_joined_arguments_are_variables_t_parameters_defaults() -> None:
    joint = bp.JointEq(dV, dw)
    assert str(inspect.signature(joint)) == "(V, w, t, I, a)"  # I is needed by one equation, so it has no default
    assert joint(3., 1., 0., 0.5, 2.) == (2.5, 2.)
    assert repr(joint) == "JointEq(V, w, t, I, a)"
    optional = bp.JointEq(dV, lambda w, t, b: -b * w)
    assert str(inspect.signature(optional)) == "(V, w, t, b, I=0.5)"
    assert optional(3., 1., 0., b=2.) == (2.5, -2.)


def test_joined_equations_can_be_joined_again() -> None:
    joint = bp.JointEq(bp.JointEq(dV, dw), lambda u, t, V: V - u)
    assert joint(3., 1., 1., 0., 0.5, 2.) == (2.5, 2., 2.)
    assert [equation.variables for equation in joint.equations] == [("V",), ("w",), ("u",)]


def test_joining_nothing_or_one_variable_twice() -> None:
    with pytest.raises(DiffEqError, match="at least one equation"):
        bp.JointEq()
    with pytest.raises(DiffEqError, match="V is a variable of more than one equation"):
        bp.JointEq(dV, dV)
