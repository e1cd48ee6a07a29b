"""Functions called with many arguments, in processes of their own."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what starts processes is imported when one is started: it would take time at every start of Python
    from concurrent.futures import Future, ProcessPoolExecutor

__all__ = ["cpu_ordered_parallel", "cpu_unordered_parallel", "process_pool", "process_pool_lock"]

_lock: Any = None


def process_pool(func: Callable[..., Any], all_params: Sequence[Any], num_process: int, *,
                 start_method: str = "spawn") -> list[Any]:
    """Call a function with every set of parameters, each call in one of several processes.

    Parameters
    ----------
    func : callable
        A function that a new process can import: one at the top of a module. In a script, what starts the pool has to
        stand below ``if __name__ == '__main__':``.
    all_params : sequence
        A tuple or list of positional arguments, a dict of keyword arguments, or one argument, for every call.
    num_process : int
        The number of processes.
    start_method : {'spawn', 'fork', 'forkserver'}
        How processes start. 'spawn' is safe everywhere; 'fork' is quicker, but copies locks that threads hold at that
        moment, on which the new process may wait forever.

    Returns
    -------
    list
        The results, in the order of the parameters.

    Raises
    ------
    Exception
        The first error of a call; calls that have not begun are given up.

    Examples
    --------
    >>> import math
    >>> import nbbrain as bp
    >>> bp.running.process_pool(math.gcd, [(12, 18), (7, 21)], num_process=1)
    [6, 7]
    """
    jobs = [_job(func, params) for params in all_params]
    with _pool(num_process, start_method, len(jobs)) as pool:
        return _results(pool, [pool.submit(_call, job) for job in jobs])


def process_pool_lock(func: Callable[..., Any], all_params: Sequence[Any], num_process: int, *,
                      start_method: str = "spawn") -> list[Any]:
    """`process_pool` for a function that also gets a lock which all processes share, as its last positional argument.

    Parameters
    ----------
    func : callable
        A function ``func(*arguments, lock)``, or ``func(lock=lock, **arguments)`` where parameters are dicts.
    all_params, num_process, start_method
        See `process_pool`.

    Returns
    -------
    list
        The results, in the order of the parameters.

    Notes
    -----
    ``with lock:`` in the function keeps other processes from doing the same at that time, such as writing into a file.
    """
    import multiprocessing

    jobs = [_job(func, params) for params in all_params]
    context = multiprocessing.get_context(start_method)
    with _pool(num_process, start_method, len(jobs), initializer=_keep_lock, initargs=(context.Lock(),)) as pool:
        return _results(pool, [pool.submit(_call_with_lock, job) for job in jobs])


def cpu_ordered_parallel(func: Callable[..., Any], arguments: Sequence[Any] | Mapping[str, Any],
                         num_process: int | None = None, num_task: int | None = None, *, start_method: str = "spawn",
                         **tqdm_kwargs: Any) -> list[Any]:
    """Call a function with the items of several sequences, in processes; results come in the order of the items.

    Parameters
    ----------
    func : callable
        A function that a new process can import; see `process_pool`.
    arguments : sequence of sequences, or dict of sequences
        The values of every positional, or keyword, argument: one a call.
    num_process : int, optional
        The number of processes; as many as there are cores by default.
    num_task : int, optional
        The number of calls, at most; needed where no sequence has a length.
    start_method : {'spawn', 'fork', 'forkserver'}
        See `process_pool`.
    **tqdm_kwargs
        Arguments of the bar that shows the progress where tqdm is installed, such as ``disable=True``.

    Returns
    -------
    list
        The results.

    Raises
    ------
    ValueError
        When the sequences have different lengths.
    Exception
        The first error of a call; calls that have not begun are given up.

    Examples
    --------
    >>> import math
    >>> import nbbrain as bp
    >>> bp.running.cpu_ordered_parallel(math.pow, [[2., 3.], [3., 2.]], num_process=1, disable=True)
    [8.0, 9.0]
    """
    return _parallel(func, arguments, num_process, num_task, start_method, tqdm_kwargs, ordered=True)


def cpu_unordered_parallel(func: Callable[..., Any], arguments: Sequence[Any] | Mapping[str, Any],
                           num_process: int | None = None, num_task: int | None = None, *, start_method: str = "spawn",
                           **tqdm_kwargs: Any) -> list[Any]:
    """`cpu_ordered_parallel` whose results come in the order in which the calls end.

    Parameters
    ----------
    func, arguments, num_process, num_task, start_method, **tqdm_kwargs
        See `cpu_ordered_parallel`.

    Returns
    -------
    list
        The results. Let the function return what tells them apart.
    """
    return _parallel(func, arguments, num_process, num_task, start_method, tqdm_kwargs, ordered=False)


def _parallel(func: Callable[..., Any], arguments: Any, num_process: int | None, num_task: int | None, start_method: str,
              tqdm_kwargs: dict[str, Any], ordered: bool) -> list[Any]:
    from concurrent.futures import as_completed

    jobs = [_job(func, params) for params in _calls(arguments, num_task)]
    with _pool(num_process, start_method, len(jobs)) as pool:
        futures = [pool.submit(_call, job) for job in jobs]
        bar = _bar(len(jobs), tqdm_kwargs)
        if bar is None:
            return _results(pool, futures if ordered else as_completed(futures))
        with bar:
            for future in futures:
                future.add_done_callback(lambda _: bar.update())
            return _results(pool, futures if ordered else as_completed(futures))


def _bar(total: int, options: dict[str, Any]) -> Any:
    """A bar of progress where tqdm is installed."""
    if find_spec("tqdm") is None:
        return None
    from tqdm.auto import tqdm

    return tqdm(**{"total": total, **options})


def _calls(arguments: Any, number: int | None) -> list[Any]:
    """The parameters of every call, of the values of every argument."""
    if not isinstance(arguments, (Sequence, Mapping)) or isinstance(arguments, str) or not arguments:
        raise TypeError(f"arguments must be a sequence or a dict of sequences, one for each argument, but got "
                        f"{arguments!r}.")
    values = list(arguments.values()) if isinstance(arguments, Mapping) else list(arguments)
    lengths = [len(value) for value in values if isinstance(value, Sized)]
    if not lengths and number is None:
        raise ValueError("num_task is needed where no sequence of arguments has a length.")
    if len(set(lengths)) > 1:
        raise ValueError(f"the sequences of arguments must have one length, but have {lengths}.")
    rows: Iterator[tuple[Any, ...]] = zip(*values, strict=False)  # one without a length may go on forever
    taken = list(rows if number is None else islice(rows, number))
    return [dict(zip(arguments, row, strict=True)) for row in taken] if isinstance(arguments, Mapping) else list(taken)


def _job(func: Callable[..., Any], params: Any) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
    if isinstance(params, Mapping):
        return func, (), dict(params)
    return func, tuple(params) if isinstance(params, (tuple, list)) else (params,), {}


def _pool(number: int | None, start_method: str, jobs: int, **options: Any) -> ProcessPoolExecutor:
    if number is not None and not (isinstance(number, int) and number >= 1):
        raise ValueError(f"num_process must be a positive integer, but got {number!r}.")
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    known = multiprocessing.get_all_start_methods()
    if start_method not in known:
        raise ValueError(f"start_method must be one of {', '.join(known)}, but got {start_method!r}.")
    workers = min(number or multiprocessing.cpu_count(), max(jobs, 1))
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(start_method), **options)


def _results(pool: ProcessPoolExecutor, futures: Iterable[Future[Any]]) -> list[Any]:
    try:
        return [future.result() for future in futures]
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _call(job: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]) -> Any:
    func, positional, named = job
    return func(*positional, **named)


def _keep_lock(lock: Any) -> None:
    global _lock
    _lock = lock


def _call_with_lock(job: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]) -> Any:
    func, positional, named = job
    return func(**named, lock=_lock) if named else func(*positional, _lock)
