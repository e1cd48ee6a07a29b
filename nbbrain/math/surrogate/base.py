"""What a surrogate is: a step forward, the derivative of something smoother backward."""
from __future__ import annotations

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import fields
from typing import Any, ClassVar

from nbbrain.math.lifting import raw, wrap
from nbbrain.operations.elementwise import greater_equal
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.spiking import spike

__all__ = ["SmoothSurrogate", "Surrogate", "as_function"]


class Surrogate(ABC):
    """A spike that has a derivative: 1 where x ≥ 0, else 0, with `gradient` in the place of the derivative of the step.

    Subclasses are frozen dataclasses whose fields are numbers, so that equal surrogates are one key in a compiled program
    (Neftci, Mostafa & Zenke, 2019, "Surrogate gradient learning in spiking neural networks").
    """

    positive: ClassVar[tuple[str, ...]] = ()
    """The parameters that have to be positive."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(field.default, float):
                value = self._number(field.name, value)
                object.__setattr__(self, field.name, value)
            if field.name in self.positive and not value > 0:
                raise ValueError(f"{type(self).__name__}: {field.name} must be positive, but got {value!r}.")

    def _number(self, name: str, value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise ValueError(f"{type(self).__name__}: {name} must be a finite number, but got {value!r}.")
        return number

    @abstractmethod
    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""

    def __call__(self, x: Any) -> Any:
        """The spikes of x, in the dtype of x.

        Parameters
        ----------
        x : array-like
            The distance from the threshold.
        """
        distance = as_inexact(raw(x))
        return wrap(spike(greater_equal(distance, 0), distance, surrogate=self))


class SmoothSurrogate(Surrogate):
    """A surrogate whose gradient is the derivative of a known function, which ``origin=True`` puts in the step's place."""

    origin: bool

    @abstractmethod
    def primitive(self, x: Any) -> Any:
        """The function of raw values x whose derivative is `gradient`."""

    def __call__(self, x: Any) -> Any:
        """The spikes of x, or with ``origin`` the smooth function, in the dtype of x.

        Parameters
        ----------
        x : array-like
            The distance from the threshold.
        """
        return wrap(self.primitive(as_inexact(raw(x)))) if self.origin else super().__call__(x)


def as_function(cls: type[Surrogate], name: str) -> Callable[..., Any]:
    """The function ``name(x, ...)`` that makes a surrogate from the arguments after x and applies it to x."""

    def function(x: Any, *args: Any, **kwargs: Any) -> Any:
        return cls(*args, **kwargs)(x)

    x = inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Any)
    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [x, *inspect.signature(cls).parameters.values()], return_annotation=Any)
    function.__name__ = function.__qualname__ = name
    function.__module__ = cls.__module__.rpartition(".")[0]
    # The class's docstring, with x as the first parameter and without the examples, which are those of the class.
    summary, _, rest = inspect.cleandoc(cls.__doc__ or "").partition("Parameters\n----------\n")
    parameters = rest.partition("Examples\n--------\n")[0].rstrip()
    function.__doc__ = (f"{summary}Parameters\n----------\nx : array-like\n    The distance from the threshold.\n"
                        f"{parameters}\n\nReturns\n-------\nArray\n    1 where x ≥ 0, else 0, in the dtype of x.\n\n"
                        f"See Also\n--------\n{cls.__name__} : the same as an object\n")
    return function
