"""Tasks with values as inputs: decisions about stimuli, and integration."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nbbrain.check import is_float
from nbbrain.datasets.results import Trials, generator
from nbbrain.datasets.timing import count, phases, ring
from nbbrain.inputs.steps import time_step

__all__ = ["delayed_match_to_sample", "integration", "perceptual_decision_making"]


def perceptual_decision_making(num_sample: int, num_choice: int = 2,
                               coherences: Sequence[float] = (0., 6.4, 12.8, 25.6, 51.2), sigma: float = 1.,
                               fixation: float = 100., stimulus: float = 2000., delay: float = 0., decision: float = 100.,
                               dt: float = 100., seed: int | None = None) -> Trials:
    r"""Which way do most dots move? (Britten, Shadlen, Newsome & Movshon, 1992; Song, Yang & Wang, 2016).

    A ring of units sees one of several directions :math:`\theta_k = 2 \pi k / n` with a coherence c, in percent, and noise,

    .. math:: x_j = \frac{1}{2} + \frac{c}{200} \cos(\theta_k - \theta_j) + \frac{\sigma}{\sqrt{dt}} N(0, 1)

    Until the decision the model has to answer 0, "wait", and then 1 + k.

    Parameters
    ----------
    num_sample : int
        The number of trials.
    num_choice : int
        The number n of directions.
    coherences : sequence of float
        The coherences, in percent, one of which is drawn for every trial.
    sigma : float
        The strength of the noise, in the root of ms.
    fixation, stimulus, delay, decision : float
        How long the phases last, in ms.
    dt : float
        The time step, in ms.
    seed : int, optional
        Seed of a random generator of its own.

    Returns
    -------
    Trials
        ``inputs`` (samples, steps, 1 + n), float32: 1 until the decision, and the ring; ``targets`` (samples, steps), int32;
        ``mask``: all steps; ``info``: ``choice`` (the k) and ``coherence`` of every trial.

    Raises
    ------
    ValueError
        When an argument is out of range.

    Examples
    --------
    >>> import nbbrain as bp
    >>> trials = bp.datasets.perceptual_decision_making(num_sample=5, seed=0)
    >>> trials.inputs.shape, trials.targets[:, -1] - trials.info['choice']
    ((5, 22, 3), array([1, 1, 1, 1, 1], dtype=int32))
    """
    rng, samples, choices = generator(seed), count(num_sample, "num_sample"), count(num_choice, "num_choice", 2)
    when, steps = phases({"fixation": fixation, "stimulus": stimulus, "delay": delay, "decision": decision}, dt)
    choice = rng.integers(choices, size=samples)
    coherence = rng.choice(_levels(coherences), size=samples)
    inputs, targets = _waiting(samples, steps, choices, when["decision"])
    response = 0.5 + coherence[:, None] / 200 * ring(2 * np.pi * choice / choices, choices)
    inputs[:, when["stimulus"], 1:] = _noisy(rng, response, when["stimulus"], sigma, dt)
    targets[:, when["decision"]] = 1 + choice[:, None]
    return Trials(inputs, targets, np.ones(targets.shape, dtype=bool),
                  {"choice": choice.astype(np.int32), "coherence": coherence})


def delayed_match_to_sample(num_sample: int, num_direction: int = 2, sigma: float = 1., fixation: float = 300.,
                            sample: float = 500., delay: float = 1000., test: float = 500., decision: float = 900.,
                            dt: float = 100., seed: int | None = None) -> Trials:
    r"""Is the second direction the one that was seen before the delay? (Miller, Erickson & Desimone, 1996).

    A ring of units sees a direction, nothing for a while, and then, with equal chances, the same direction or another one,

    .. math:: x_j = \frac{1}{2} + \frac{1}{2} \cos(\theta_k - \theta_j) + \frac{\sigma}{\sqrt{dt}} N(0, 1)

    Until the decision the model has to answer 0, "wait", and then 1 for a match, and 2 for none.

    Parameters
    ----------
    num_sample : int
        The number of trials.
    num_direction : int
        The number of directions, and of units on the ring.
    sigma : float
        The strength of the noise, in the root of ms.
    fixation, sample, delay, test, decision : float
        How long the phases last, in ms.
    dt : float
        The time step, in ms.
    seed : int, optional
        Seed of a random generator of its own.

    Returns
    -------
    Trials
        ``inputs`` (samples, steps, 1 + num_direction), float32: 1 until the decision, and the ring; ``targets`` (samples,
        steps), int32; ``mask``: all steps; ``info``: ``sample`` and ``test``, the two directions k of every trial.

    Raises
    ------
    ValueError
        When an argument is out of range.

    Examples
    --------
    >>> import nbbrain as bp
    >>> trials = bp.datasets.delayed_match_to_sample(num_sample=5, seed=0)
    >>> same = trials.info['sample'] == trials.info['test']
    >>> trials.inputs.shape, (trials.targets[:, -1] == 2 - same).all()
    ((5, 32, 3), np.True_)
    """
    rng, samples = generator(seed), count(num_sample, "num_sample")
    directions = count(num_direction, "num_direction", 2)
    when, steps = phases({"fixation": fixation, "sample": sample, "delay": delay, "test": test, "decision": decision}, dt)
    first = rng.integers(directions, size=samples)
    match = rng.integers(2, size=samples) == 1
    second = np.where(match, first, (first + rng.integers(1, directions, size=samples)) % directions)
    inputs, targets = _waiting(samples, steps, directions, when["decision"])
    for phase, seen in (("sample", first), ("test", second)):
        response = 0.5 + 0.5 * ring(2 * np.pi * seen / directions, directions)
        inputs[:, when[phase], 1:] = _noisy(rng, response, when[phase], sigma, dt)
    targets[:, when["decision"]] = np.where(match, 1, 2)[:, None]
    return Trials(inputs, targets, np.ones(targets.shape, dtype=bool),
                  {"sample": first.astype(np.int32), "test": second.astype(np.int32)})


def integration(num_sample: int, num_step: int = 25, dt: float = 0.04, mean: float = 0.025, scale: float = 0.01,
                seed: int | None = None) -> Trials:
    r"""What is the sum of all inputs so far? (Sussillo & Barak, 2013).

    Inputs are white noise with a bias of its own in every sample.

    .. math::

        x_t = b + \frac{s}{\sqrt{dt}} N(0, 1), \qquad b = 2 m (N(0, 1) - \tfrac{1}{2}), \qquad y_t = \sum_{i \le t} x_i

    Parameters
    ----------
    num_sample : int
        The number of samples.
    num_step : int
        The number of steps.
    dt : float
        The time step; it has no unit.
    mean, scale : float
        The strength m of the bias, and s of the noise.
    seed : int, optional
        Seed of a random generator of its own.

    Returns
    -------
    Trials
        ``inputs`` and ``targets`` (samples, steps, 1), float32; ``mask``: all steps; ``info``: ``bias`` of every sample.

    Raises
    ------
    ValueError
        When an argument is out of range.

    Examples
    --------
    >>> import nbbrain as bp
    >>> trials = bp.datasets.integration(num_sample=8, seed=0)
    >>> trials.inputs.shape, bool(abs(trials.inputs.sum(axis=1) - trials.targets[:, -1]).max() < 1e-5)
    ((8, 25, 1), True)
    """
    rng, shape = generator(seed), (count(num_sample, "num_sample"), count(num_step, "num_step"), 1)
    bias = 2 * mean * (rng.standard_normal((shape[0], 1, 1)) - 0.5)
    inputs = bias + scale / np.sqrt(time_step(dt)) * rng.standard_normal(shape)
    return Trials(inputs.astype(np.float32), inputs.cumsum(axis=1).astype(np.float32), np.ones(shape[:2], dtype=bool),
                  {"bias": bias[:, 0, 0]})


def _levels(coherences: Sequence[float]) -> np.ndarray:
    levels = np.asarray(coherences, dtype=np.float64)
    if levels.ndim != 1 or not levels.size or not np.all((levels >= 0) & (levels <= 100)):
        raise ValueError(f"coherences must be a sequence of numbers from 0 to 100, but got {coherences!r}.")
    return levels


def _waiting(samples: int, steps: int, units: int, decision: slice) -> tuple[np.ndarray, np.ndarray]:
    """Inputs with nothing but the sign to wait, and targets that do."""
    inputs = np.zeros((samples, steps, 1 + units), dtype=np.float32)
    inputs[:, :decision.start, 0] = 1.
    return inputs, np.zeros((samples, steps), dtype=np.int32)


def _noisy(rng: np.random.Generator, response: np.ndarray, when: slice, sigma: float, dt: float) -> np.ndarray:
    """A response in every step of a phase, and noise."""
    strength = is_float(sigma, "sigma", min_bound=0.) / np.sqrt(dt)
    shape = (len(response), when.stop - when.start, response.shape[1])
    return np.asarray(response[:, None] + strength * rng.standard_normal(shape), dtype=np.float32)
