"""Networks that tell classes apart, trained and tested with several seeds."""
from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain as bp


def train_and_test(train: Callable[[int], bp.BPTT], classes: Callable[[bp.BPTT], np.ndarray], labels: np.ndarray, seeds: int,
                   picture: Callable[[bp.BPTT, np.ndarray], Any]) -> tuple[list[float], list[float], float, Any]:
    """The accuracies in the last epoch of training and on new samples, the seconds of a seed, and a picture of the first.

    ``train(seed)`` returns a trainer, ``classes(trainer)`` what its network tells of the new samples, whose classes are
    ``labels``; ``picture(trainer, told)`` draws.
    """
    learnt, tested, drawn = list[float](), list[float](), None
    started = time.perf_counter()
    for seed in range(seeds):
        trainer = train(seed)
        told = classes(trainer)
        learnt.append(float(trainer.get_hist_metric("fit", "accuracy")[-1]))
        tested.append(float((told == labels).mean()))
        drawn = picture(trainer, told) if seed == 0 else drawn
    return learnt, tested, (time.perf_counter() - started) / seeds, drawn
