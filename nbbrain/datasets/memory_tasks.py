"""Tasks that ask for what was long ago."""
from __future__ import annotations

import numpy as np

from nbbrain.datasets.results import Trials, generator
from nbbrain.datasets.timing import count

__all__ = ["adding_problem", "copy_memory"]


def adding_problem(num_sample: int, num_step: int = 100, seed: int | None = None) -> Trials:
    """What is the sum of the two marked numbers? (Hochreiter & Schmidhuber, 1997).

    Numbers are uniform in [0, 1); one in the first half of the sequence and one in the second are marked. Who always answers
    1 has a mean squared error of 1/6.

    Parameters
    ----------
    num_sample : int
        The number of sequences.
    num_step : int
        The number of steps, at least 2.
    seed : int, optional
        Seed of a random generator of its own.

    Returns
    -------
    Trials
        ``inputs`` (samples, steps, 2), float32: the number, and 1 where it is marked; ``targets`` (samples, steps, 1), the
        sum in all steps; ``mask``: the last step; ``info``: ``marked`` (samples, 2), the marked steps.

    Raises
    ------
    ValueError
        When an argument is out of range.

    Examples
    --------
    >>> import nbbrain as bp
    >>> trials = bp.datasets.adding_problem(num_sample=4, num_step=20, seed=0)
    >>> numbers, marks = trials.inputs[..., 0], trials.inputs[..., 1]
    >>> bool(abs((numbers * marks).sum(axis=1) - trials.targets[:, -1, 0]).max() < 1e-6)
    True
    """
    rng, samples, steps = generator(seed), count(num_sample, "num_sample"), count(num_step, "num_step", 2)
    half = steps // 2
    inputs = np.zeros((samples, steps, 2), dtype=np.float32)
    inputs[..., 0] = rng.random((samples, steps), dtype=np.float32)
    marked = np.stack([rng.integers(half, size=samples), rng.integers(half, steps, size=samples)], axis=1)
    np.put_along_axis(inputs[..., 1], marked, 1., axis=1)
    total = np.take_along_axis(inputs[..., 0], marked, axis=1).sum(axis=1)
    mask = np.zeros((samples, steps), dtype=bool)
    mask[:, -1] = True
    return Trials(inputs, np.repeat(total[:, None, None], steps, axis=1), mask, {"marked": marked.astype(np.int32)})


def copy_memory(num_sample: int, delay: int = 100, length: int = 10, num_symbol: int = 8,
                seed: int | None = None) -> Trials:
    r"""Which symbols were shown before the delay? (Hochreiter & Schmidhuber, 1997; Arjovsky, Shah & Bengio, 2016).

    Symbols, numbered from 1, are followed by as many blanks (0) as the delay less one, the sign to recall, and blanks. The
    answer is blank until the sign has come, and then the symbols in their order. There are
    :math:`T + 2 L` steps for a delay T and L symbols; who knows no symbol, but when to answer, has a mean cross-entropy of
    :math:`L \ln K / (T + 2 L)` for K symbols.

    Parameters
    ----------
    num_sample : int
        The number of sequences.
    delay : int
        The number of steps from the last symbol to the sign.
    length : int
        The number of symbols that are shown.
    num_symbol : int
        The number of different symbols.
    seed : int, optional
        Seed of a random generator of its own.

    Returns
    -------
    Trials
        ``inputs`` (samples, steps, num_symbol + 2), float32: 1 for the symbol that is there, of which the first is the blank
        and the last the sign; ``targets`` (samples, steps), int32; ``mask``: all steps; ``info``: ``symbols`` (samples,
        length).

    Raises
    ------
    ValueError
        When an argument is out of range.

    Examples
    --------
    >>> import nbbrain as bp
    >>> trials = bp.datasets.copy_memory(num_sample=1, delay=3, length=2, seed=0)
    >>> trials.inputs.argmax(axis=-1)[0], trials.targets[0]
    (array([7, 6, 0, 0, 9, 0, 0]), array([0, 0, 0, 0, 0, 7, 6], dtype=int32))
    """
    rng, samples, shown = generator(seed), count(num_sample, "num_sample"), count(length, "length")
    wait, kinds = count(delay, "delay"), count(num_symbol, "num_symbol", 2)
    steps = wait + 2 * shown
    symbols = rng.integers(1, kinds + 1, size=(samples, shown), dtype=np.int32)
    given, targets = [np.zeros((samples, steps), dtype=np.int32) for _ in range(2)]
    given[:, :shown], given[:, shown + wait - 1], targets[:, steps - shown:] = symbols, kinds + 1, symbols
    inputs = (given[..., None] == np.arange(kinds + 2)).astype(np.float32)
    return Trials(inputs, targets, np.ones((samples, steps), dtype=bool), {"symbols": symbols})
