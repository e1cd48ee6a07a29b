"""Numerical methods by name, and which of them is the default."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbbrain.errors import IntegratorError
from nbbrain.integrators.integrator import Integrator

__all__ = ["Registry"]


class Registry:
    """The methods for one kind of equation.

    Parameters
    ----------
    base : type
        The class that all methods of the kind have as their base.
    methods : mapping of str to type
        The first methods.
    default : str
        The first default.

    Examples
    --------
    >>> from nbbrain.integrators.registry import Registry
    >>> import nbbrain as bp
    >>> methods = Registry(bp.ode.ODEIntegrator, {'euler': bp.ode.Euler, 'rk4': bp.ode.RK4}, default='euler')
    >>> methods.find().__name__, methods.find('rk4').__name__
    ('Euler', 'RK4')
    """

    def __init__(self, base: type, methods: Mapping[str, type[Integrator]], default: str) -> None:
        self.base = base
        self.methods: dict[str, type[Integrator]] = dict(methods)
        self.default = default

    def names(self) -> list[str]:
        """The names of all methods."""
        return list(self.methods)

    def find(self, method: str | None = None) -> Any:
        """The class of a method; of the default one where none is named.

        Raises
        ------
        IntegratorError
            For an unknown name.
        """
        return self.methods[self._known(self.default if method is None else method)]

    def set_default(self, method: str) -> None:
        """Make a method the default.

        Raises
        ------
        IntegratorError
            For an unknown name.
        """
        self.default = self._known(method)

    def register(self, name: str, integrator: Any) -> None:
        """Add a method.

        Raises
        ------
        IntegratorError
            When the name is taken, or the class is not of the kind.
        """
        if name in self.methods:
            raise IntegratorError(f"the name {name!r} stands for {self.methods[name].__name__} already.")
        if not (isinstance(integrator, type) and issubclass(integrator, self.base)):
            raise IntegratorError(f"an integrator must be a subclass of {self.base.__name__}, but got {integrator!r}.")
        added: Any = integrator
        self.methods[name] = added

    def _known(self, method: Any) -> str:
        if not isinstance(method, str) or method not in self.methods:
            raise IntegratorError(f"method must be one of {', '.join(self.methods)}, but got {method!r}.")
        return method
