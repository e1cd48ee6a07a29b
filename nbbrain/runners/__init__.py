"""What runs models over time."""
from nbbrain.runners.ds_runner import DSRunner
from nbbrain.runners.loop_over_time import LoopOverTime

__all__ = ["DSRunner", "LoopOverTime"]
