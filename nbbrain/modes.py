"""``bp.modes``: the modes under their older names."""

from nbbrain.check.models import is_subclass as check_mode
from nbbrain.math.modes import BatchingMode, Mode, NonBatchingMode, TrainingMode
from nbbrain.math.modes import batching_mode as batching
from nbbrain.math.modes import nonbatching_mode as normal
from nbbrain.math.modes import training_mode as training

NormalMode = NonBatchingMode

__all__ = ["BatchingMode", "Mode", "NormalMode", "TrainingMode", "batching", "check_mode", "normal", "training"]
