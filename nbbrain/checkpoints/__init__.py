"""Checkpoints: the state of models, optimizers and whole programs in files, from which nothing is executed."""
from nbbrain.checkpoints import io
from nbbrain.checkpoints.background import AsyncManager
from nbbrain.checkpoints.saving import latest_checkpoint, load, load_pytree, save, save_pytree
from nbbrain.checkpoints.structure import CheckpointError, register_class

__all__ = [
    "AsyncManager",
    "CheckpointError",
    "io",
    "latest_checkpoint",
    "load",
    "load_pytree",
    "register_class",
    "save",
    "save_pytree",
]
