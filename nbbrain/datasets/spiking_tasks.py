"""Tasks with spikes as inputs: evidence to be weighed, and values to be stored and recalled."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.check import is_float
from nbbrain.datasets.results import Trials, generator
from nbbrain.datasets.timing import count, poisson, steps_of

__all__ = ["evidence_accumulation", "store_recall"]

_MOST_DRAWS = 1000


def evidence_accumulation(num_sample: int, num_cue: int = 7, cue: float = 100., gap: float = 50., delay: Any = 1050.,
                          recall: float = 150., group_size: int = 10, rate: float = 40., noise_rate: float = 10.,
                          p_side: float = 0.3, dt: float = 1., seed: int | None = None) -> Trials:
    r"""On which side were more cues? (Morcos & Harvey, 2016; with spikes: Bellec et al., 2020).

    Cues follow each other, each after a gap; after a delay, the decision is asked for. There are four groups of inputs: they
    fire during cues on the left, during those on the right, during the recall, and always.

    Parameters
    ----------
    num_sample : int
        The number of trials.
    num_cue : int
        The number of cues, which is odd.
    cue, gap : float
        How long a cue, and the gap before it, last, in ms.
    delay : float or (float, float)
        The time between the last cue and the recall, in ms: one, or a range from which every trial has its own. Shorter
        trials are silent at the end, but for the fourth group.
    recall : float
        How long the recall lasts, in ms.
    group_size : int
        The number of inputs in a group.
    rate, noise_rate : float
        The rates of inputs during cues and recall, and of the fourth group, in Hz.
    p_side : float
        The probability that a cue is on the side that has been drawn as the rarer one in this trial.
    dt : float
        The time step, in ms.
    seed : int, optional
        Seed of a random generator of its own.

    Returns
    -------
    Trials
        ``inputs`` (samples, steps, 4 group_size), float32, 0 or 1; ``targets`` (samples, steps), int32, the same in all
        steps: 0 for left, 1 for right; ``mask``: the steps of the recall; ``info``: ``cues`` (samples, num_cue), the side of
        every cue, and ``recall_start``, the first step of the recall.

    Raises
    ------
    ValueError
        When an argument is out of range.

    Examples
    --------
    >>> import nbbrain as bp
    >>> trials = bp.datasets.evidence_accumulation(num_sample=3, seed=0)
    >>> trials.inputs.shape, trials.mask.sum(axis=1).tolist()
    ((3, 2250, 40), [150, 150, 150])
    >>> (trials.targets[:, -1] == (trials.info['cues'].sum(axis=1) > 3)).all()
    np.True_
    """
    rng, samples, cues = generator(seed), count(num_sample, "num_sample"), count(num_cue, "num_cue")
    if cues % 2 == 0:
        raise ValueError(f"num_cue must be odd, so that one side has more, but got {num_cue!r}.")
    size, shown, silent = count(group_size, "group_size"), steps_of(cue, "cue", dt, 1), steps_of(gap, "gap", dt)
    asked = steps_of(recall, "recall", dt, 1)
    limits = delay if isinstance(delay, (tuple, list)) else (delay, delay)
    shortest, longest = [steps_of(time, "delay", dt) for time in (limits[0], limits[-1])]
    if longest < shortest:
        raise ValueError(f"delay must be a time or a range (shortest, longest) in ms, but got {delay!r}.")
    rare = is_float(p_side, "p_side", min_bound=0., max_bound=1.)

    right = np.where(rng.integers(2, size=(samples, 1)) == 1, rare, 1. - rare)  # the probability of cues on the right
    sides = (rng.random((samples, cues)) < right).astype(np.int32)
    start = cues * (silent + shown) + rng.integers(shortest, longest + 1, size=samples)
    steps = cues * (silent + shown) + longest + asked
    mask = (np.arange(steps) >= start[:, None]) & (np.arange(steps) < start[:, None] + asked)

    active = np.zeros((samples, steps, 4), dtype=np.float32)  # the rates of groups, in Hz
    for i in range(cues):
        first = i * (silent + shown) + silent
        active[np.arange(samples), first:first + shown, sides[:, i]] = _rate(rate, "rate")
    active[..., 2] = mask * _rate(rate, "rate")
    active[..., 3] = _rate(noise_rate, "noise_rate")
    label = (2 * sides.sum(axis=1) > cues).astype(np.int32)
    spikes = poisson(rng, active[..., None], dt, (samples, steps, 4, size)).reshape(samples, steps, 4 * size)
    return Trials(spikes, np.repeat(label[:, None], steps, axis=1), mask,
                  {"cues": sides, "recall_start": start.astype(np.int32)})


def store_recall(num_sample: int, num_symbol: int = 12, symbol: float = 200., group_size: int = 10, rate: float = 50.,
                 p_command: float = 0.2, dt: float = 1., seed: int | None = None) -> Trials:
    r"""What was the value when the command "store" came? (Bellec et al., 2018).

    A trial is a sequence of symbols. Four groups of inputs fire for the value 0, for the value 1, for "store" and for
    "recall"; with "store" there is a value, with "recall" there is none, and the model has to answer the value that was
    there with the last "store". Both commands take turns.

    Parameters
    ----------
    num_sample : int
        The number of trials.
    num_symbol : int
        The number of symbols, at least 3.
    symbol : float
        How long a symbol lasts, in ms.
    group_size : int
        The number of inputs in a group.
    rate : float
        The rate of active groups, in Hz.
    p_command : float
        The probability of a symbol to be the command whose turn it is; larger than 0 and less than 1.
    dt : float
        The time step, in ms.
    seed : int, optional
        Seed of a random generator of its own.

    Returns
    -------
    Trials
        ``inputs`` (samples, steps, 4 group_size), float32, 0 or 1; ``targets`` (samples, steps), int32: the value, 0 where
        none is stored yet; ``mask``: the steps of all recalls; ``info``: ``commands`` (samples, num_symbol), 0 for none, 1
        for store and 2 for recall, and ``values``, those that are shown (-1 where none is).

    Raises
    ------
    ValueError
        When an argument is out of range.

    Notes
    -----
    Every trial has a recall, every store is followed by one, and at least one symbol is between them. Trials without are
    drawn again.

    Examples
    --------
    >>> import nbbrain as bp
    >>> trials = bp.datasets.store_recall(num_sample=3, symbol=50., seed=0)
    >>> trials.inputs.shape, bool(trials.mask.any(axis=1).all())
    ((3, 600, 40), True)
    """
    rng, samples, symbols = generator(seed), count(num_sample, "num_sample"), count(num_symbol, "num_symbol", 3)
    size, shown = count(group_size, "group_size"), steps_of(symbol, "symbol", dt, 1)
    if not 0. < is_float(p_command, "p_command", min_bound=0., max_bound=1.) < 1.:
        raise ValueError(f"p_command must be larger than 0 and less than 1, but got {p_command!r}.")
    commands = _commands(rng, samples, symbols, p_command)
    values = np.where(commands == 2, -1, rng.integers(2, size=commands.shape)).astype(np.int32)

    stored, now = np.zeros(commands.shape, dtype=np.int32), np.zeros(samples, dtype=np.int32)
    for i in range(symbols):
        now = np.where(commands[:, i] == 1, values[:, i], now)
        stored[:, i] = now
    active = np.stack([values == 0, values == 1, commands == 1, commands == 2], axis=-1) * np.float32(_rate(rate, "rate"))
    spikes = poisson(rng, active[:, :, None, :, None], dt, (samples, symbols, shown, 4, size))
    return Trials(spikes.reshape(samples, symbols * shown, 4 * size), np.repeat(stored, shown, axis=1),
                  np.repeat(commands == 2, shown, axis=1),
                  {"commands": commands, "values": values})


def _commands(rng: np.random.Generator, samples: int, symbols: int, p: float) -> np.ndarray:
    """Sequences of 0 (none), 1 (store) and 2 (recall), drawn until all of them are valid."""
    made = np.zeros((samples, symbols), dtype=np.int32)
    missing = np.arange(samples)
    for _ in range(_MOST_DRAWS):
        chance = rng.random((len(missing), symbols)) < p
        turn = np.cumsum(chance, axis=1) % 2  # commands take turns, "store" first
        drawn = np.where(chance, 2 - turn, 0)
        too_soon = np.any((drawn[:, :-1] == 1) & (drawn[:, 1:] == 2), axis=1)
        valid = ~too_soon & (turn[:, -1] == 0) & chance.any(axis=1)  # the last command is a recall
        made[missing[valid]] = drawn[valid]
        missing = missing[~valid]
        if not len(missing):
            return made
    raise ValueError(f"with p_command={p} and num_symbol={symbols}, trials with a recall are too rare.")


def _rate(rate: float, name: str) -> float:
    return float(is_float(rate, name, min_bound=0.))
