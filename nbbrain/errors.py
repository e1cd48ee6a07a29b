"""Exceptions and warnings of nbbrain; every one it raises on purpose derives from `NBBrainError`."""

from __future__ import annotations


class NBBrainError(Exception):
    """Base class of every error that nbbrain raises on purpose."""


class SettingError(NBBrainError, ValueError):
    """A setting or environment variable has a value or a name that is not allowed."""


class BackendError(NBBrainError):
    """A backend is unknown, or known and not available on this machine."""


class DeviceMemoryError(BackendError, MemoryError):
    """A device has too little memory left for data, or for what a loop needs."""


class CaptureError(NBBrainError):
    """An operation or a Python construct cannot be captured into a program.

    Parameters
    ----------
    message : str
        What went wrong, in one sentence.
    operation : str, optional
        Name of the operation or construct that cannot be captured.
    location : str, optional
        Where the user wrote it, as ``file:line``.
    hint : str, optional
        What to write instead.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        location: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.location = location
        self.hint = hint

    def __str__(self) -> str:
        """Return the message, then the location and the hint where they are known."""
        text = self.message
        if self.location:
            text += f" (at {self.location})"
        if self.hint:
            text += f"\nHint: {self.hint}"
        return text

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the keyword attributes too, which `Exception` would drop."""
        return type(self), self.args, dict(vars(self))


class UnsupportedOperationError(CaptureError):
    """The backend does not know the operation that a program asks for."""


class BackendNotice(UserWarning):
    """A notice that nbbrain runs on another backend than a full installation would choose."""


BrainPyError = NBBrainError
"""BrainPy's name of the base class: code that catches it catches every nbbrain error."""


class MathError(BrainPyError):
    """A call of `nbbrain.math` was given an argument that it cannot use."""


class UniqueNameError(BrainPyError):
    """Two objects ask for the same name."""


class NoImplementationError(BrainPyError):
    """A method that a subclass has to define is not defined."""


class NoLongerSupportError(BrainPyError):
    """A name of an older BrainPy interface was used that no longer exists."""


class UnsupportedError(BrainPyError):
    """The request is meaningful, and this class or backend does not support it."""


class RunningError(BrainPyError):
    """A runner or trainer could not carry out a run."""


class DiffEqError(BrainPyError):
    """A differential equation is defined in a way that cannot be used."""


class IntegratorError(BrainPyError):
    """A numerical integrator was given a method or an argument that it cannot use."""


class ConnectorError(BrainPyError):
    """A connector was asked for a structure or a size that it cannot produce."""


class MonitorError(BrainPyError):
    """A monitor names a variable that cannot be recorded."""


class AnalyzerError(BrainPyError):
    """A dynamics analyzer was given a model or an argument that it cannot analyze."""


class ModelBuildError(BrainPyError):
    """A model cannot be built from the given parts."""


class ModelUseError(BrainPyError):
    """A model was built well and then used in a way that it does not allow."""


class CodeError(BrainPyError):
    """User code cannot be read or transformed."""


class PackageMissingError(BrainPyError):
    """A package that the called function needs is not installed."""


class CaptureWarning(UserWarning):
    """A loop could not be captured and runs eagerly instead."""
