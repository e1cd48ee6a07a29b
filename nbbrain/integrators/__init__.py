"""``bp.integrators``: numerical integration of differential equations with a fixed step."""
from nbbrain.integrators import ode
from nbbrain.integrators.equation import JointEq
from nbbrain.integrators.integrator import ODEIntegrator
from nbbrain.integrators.ode import get_default_odeint, odeint, set_default_odeint

__all__ = ["JointEq", "ODEIntegrator", "get_default_odeint", "ode", "odeint", "set_default_odeint"]
