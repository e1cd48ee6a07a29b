"""Workloads in nbbrain with turns computed again instead of being kept."""
from __future__ import annotations

from functools import partial

from workloads import nbbrain_runs

VERSION, VARIANTS = nbbrain_runs.VERSION, nbbrain_runs.VARIANTS
RUNS = {"M": partial(nbbrain_runs.spiking, remat=True)}
