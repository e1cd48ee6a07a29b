"""``bp.integrators``: numerical integration of differential equations with a fixed step."""
from nbbrain.integrators import fde, ode, sde
from nbbrain.integrators.constants import (
    ITO_SDE,
    POP_VAR,
    SCALAR_VAR,
    SCALAR_WIENER,
    STRA_SDE,
    SUPPORTED_INTG_TYPE,
    SUPPORTED_VAR_TYPE,
    SUPPORTED_WIENER_TYPE,
    SYSTEM_VAR,
    VECTOR_WIENER,
)
from nbbrain.integrators.equation import JointEq
from nbbrain.integrators.fde import fdeint, get_default_fdeint, register_fde_integrator, set_default_fdeint
from nbbrain.integrators.fractional import FDEIntegrator
from nbbrain.integrators.integrator import Integrator, ODEIntegrator
from nbbrain.integrators.ode import get_default_odeint, odeint, register_ode_integrator, set_default_odeint
from nbbrain.integrators.runner import IntegratorRunner
from nbbrain.integrators.sde import get_default_sdeint, register_sde_integrator, sdeint, set_default_sdeint
from nbbrain.integrators.stochastic import SDEIntegrator

__all__ = [
    "ITO_SDE",
    "POP_VAR",
    "SCALAR_VAR",
    "SCALAR_WIENER",
    "STRA_SDE",
    "SUPPORTED_INTG_TYPE",
    "SUPPORTED_VAR_TYPE",
    "SUPPORTED_WIENER_TYPE",
    "SYSTEM_VAR",
    "VECTOR_WIENER",
    "FDEIntegrator",
    "Integrator",
    "IntegratorRunner",
    "JointEq",
    "ODEIntegrator",
    "SDEIntegrator",
    "fde",
    "fdeint",
    "get_default_fdeint",
    "get_default_odeint",
    "get_default_sdeint",
    "ode",
    "odeint",
    "register_fde_integrator",
    "register_ode_integrator",
    "register_sde_integrator",
    "sde",
    "sdeint",
    "set_default_fdeint",
    "set_default_odeint",
    "set_default_sdeint",
]
