"""Build, train and simulate brain models on NumPy, Numba and autograd, with BrainPy's interface."""

from __future__ import annotations

from importlib.metadata import version

__version__ = version("nbbrain")
