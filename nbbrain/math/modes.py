"""Computing modes: whether a model runs one example, a batch of examples, or is trained on a batch."""
from __future__ import annotations

import operator

__all__ = ["BatchingMode", "Mode", "NonBatchingMode", "TrainingMode", "batching_mode", "nonbatching_mode",
           "training_mode"]


class Mode:
    """What a model is built for.

    Modes are compared by their class alone: ``TrainingMode(3) == TrainingMode()``. So they have no hash.
    """

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) if isinstance(other, Mode) else NotImplemented

    def __repr__(self) -> str:
        return type(self).__name__

    def is_a(self, mode_class: type) -> bool:
        """Whether this mode is of exactly this class.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.training_mode.is_a(bm.TrainingMode), bm.training_mode.is_a(bm.BatchingMode)
        (True, False)
        """
        return type(self) is _checked(mode_class)

    def is_parent_of(self, *mode_classes: type) -> bool:
        """Whether all these classes are, or derive from, the class of this mode.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.batching_mode.is_parent_of(bm.TrainingMode), bm.batching_mode.is_parent_of(bm.NonBatchingMode)
        (True, False)
        """
        return all([issubclass(_checked(cls), type(self)) for cls in mode_classes])

    def is_child_of(self, *mode_classes: type) -> bool:
        """Whether the class of this mode is, or derives from, all these classes.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.training_mode.is_child_of(bm.BatchingMode), bm.batching_mode.is_child_of(bm.TrainingMode)
        (True, False)
        """
        return all([issubclass(type(self), _checked(cls)) for cls in mode_classes])


def _checked(mode_class: type) -> type:
    if not (isinstance(mode_class, type) and issubclass(mode_class, Mode)):
        raise TypeError(f"a class of modes, such as TrainingMode, is needed, but got {mode_class!r}.")
    return mode_class


class NonBatchingMode(Mode):
    """Arrays of a model have no axis for a batch."""


class BatchingMode(Mode):
    """Arrays of a model have a batch axis.

    Parameters
    ----------
    batch_size : int
        How many examples run side by side, at least 1.
    """

    def __init__(self, batch_size: int = 1) -> None:
        try:
            size = operator.index(batch_size)
        except TypeError:
            size = 0
        if isinstance(batch_size, bool) or size < 1:
            raise ValueError(f"batch_size must be an integer of at least 1, but got {batch_size!r}.")
        self.batch_size = size

    def __repr__(self) -> str:
        return f"{type(self).__name__}(batch_size={self.batch_size})"


class TrainingMode(BatchingMode):
    """Arrays of a model have a batch axis, and its parameters are trainable variables.

    Parameters
    ----------
    batch_size : int
        How many examples run side by side, at least 1.
    """


nonbatching_mode = NonBatchingMode()
batching_mode = BatchingMode()
training_mode = TrainingMode()
