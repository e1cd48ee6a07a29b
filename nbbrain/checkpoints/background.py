"""Checkpoints written while the program goes on."""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

__all__ = ["AsyncManager"]


class AsyncManager:
    """Writes checkpoints in a thread, one after the other.

    What is saved is copied first, so that training may go on at once. An error of a thread is raised by the next save,
    `wait_previous_save` or `close`.

    Parameters
    ----------
    max_workers : int
        The number of threads.

    Examples
    --------
    >>> import tempfile
    >>> import nbbrain as bp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with bp.checkpoints.AsyncManager() as manager:
    ...         _ = bp.checkpoints.save(folder, {'epoch': 3}, step=3, async_manager=manager)
    ...     bp.checkpoints.load(folder)
    {'epoch': 3}
    """

    def __init__(self, max_workers: int = 1) -> None:
        if not max_workers >= 1:
            raise ValueError(f"max_workers must be at least 1, but got {max_workers!r}.")
        self._pool = ThreadPoolExecutor(max_workers, thread_name_prefix="nbbrain-checkpoint")
        self._last: Future[Any] | None = None

    def wait_previous_save(self) -> None:
        """Wait until the last checkpoint is written.

        Raises
        ------
        Exception
            What went wrong when it was written.
        """
        last, self._last = self._last, None
        if last is not None:
            last.result()

    def save_async(self, task: Callable[[], Any]) -> None:
        """Run a task in a thread, after the one before has ended."""
        self.wait_previous_save()
        self._last = self._pool.submit(task)

    def close(self) -> None:
        """Wait for the last checkpoint, and end the threads."""
        try:
            self.wait_previous_save()
        finally:
            self._pool.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
