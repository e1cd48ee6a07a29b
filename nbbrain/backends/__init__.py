"""The backends: what carries out computations, and how one is chosen."""

from nbbrain.backends.base import (
    Backend,
    CompilingBackend,
    available_backends,
    backend,
    get_backend,
    registered_backends,
    set_backend,
)

__all__ = [
    "Backend",
    "CompilingBackend",
    "available_backends",
    "backend",
    "get_backend",
    "registered_backends",
    "set_backend",
]
