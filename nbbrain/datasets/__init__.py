"""``bp.datasets``: data to learn from, made by formulas or read from files that are there; nothing is downloaded."""
from nbbrain.datasets.aer import n_mnist, read_aer
from nbbrain.datasets.decisions import delayed_match_to_sample, integration, perceptual_decision_making
from nbbrain.datasets.events import bin_events
from nbbrain.datasets.files import DataFileError
from nbbrain.datasets.flows import (
    double_scroll_series,
    lorenz_series,
    modified_Lorenz_series,
    rabinovich_fabrikant_series,
    rossler_series,
)
from nbbrain.datasets.idx import mnist, read_idx
from nbbrain.datasets.images import latency_spikes, rate_spikes
from nbbrain.datasets.mackey_glass import mackey_glass_series
from nbbrain.datasets.maps import henon_map_series, logistic_map_series, narma_series
from nbbrain.datasets.memory_tasks import adding_problem, copy_memory
from nbbrain.datasets.points import yin_yang, yin_yang_splits
from nbbrain.datasets.randman import random_manifolds
from nbbrain.datasets.results import Batches, Samples, Trials
from nbbrain.datasets.scrolls import (
    PWL_duffing_series,
    chen_chaotic_series,
    chua_chaotic_series,
    lu_chen_chaotic_series,
    modified_chua_series,
    modified_lu_chen_series,
)
from nbbrain.datasets.spiking_tasks import evidence_accumulation, store_recall
from nbbrain.datasets.spoken import shd, ssc

__all__ = [
    "Batches",
    "DataFileError",
    "PWL_duffing_series",
    "Samples",
    "Trials",
    "adding_problem",
    "bin_events",
    "chen_chaotic_series",
    "chua_chaotic_series",
    "copy_memory",
    "delayed_match_to_sample",
    "double_scroll_series",
    "evidence_accumulation",
    "henon_map_series",
    "integration",
    "latency_spikes",
    "logistic_map_series",
    "lorenz_series",
    "lu_chen_chaotic_series",
    "mackey_glass_series",
    "mnist",
    "modified_Lorenz_series",
    "modified_chua_series",
    "modified_lu_chen_series",
    "n_mnist",
    "narma_series",
    "perceptual_decision_making",
    "rabinovich_fabrikant_series",
    "random_manifolds",
    "rate_spikes",
    "read_aer",
    "read_idx",
    "rossler_series",
    "shd",
    "ssc",
    "store_recall",
    "yin_yang",
    "yin_yang_splits",
]
