"""Functions: their names, texts and time."""
from __future__ import annotations

import functools
import threading
from _thread import interrupt_main
from collections.abc import Callable
from types import LambdaType
from typing import Any, TypeVar

__all__ = [
    "change_func_name", "copy_doc", "is_lambda_function", "not_customized", "repr_context", "repr_object", "timeout",
]

Function = TypeVar("Function", bound=Callable[..., Any])


def change_func_name(f: Function, name: str) -> Function:
    """A function with another name; it is the same function.

    Parameters
    ----------
    f : callable
        The function.
    name : str
        Its name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.tools.change_func_name(lambda x: x, 'identity').__name__
    'identity'
    """
    f.__name__ = name
    return f


def copy_doc(source_f: Callable[..., Any]) -> Callable[[Function], Function]:
    """A decorator that gives a function the docstring of another one.

    Parameters
    ----------
    source_f : callable
        The function whose docstring is taken.

    Examples
    --------
    >>> import nbbrain as bp
    >>> @bp.tools.copy_doc(len)
    ... def size(x):
    ...     return len(x)
    >>> size.__doc__ == len.__doc__
    True
    """
    def copy(target_f: Function) -> Function:
        target_f.__doc__ = source_f.__doc__
        return target_f

    return copy


def is_lambda_function(func: Any) -> bool:
    """Whether an object is a lambda.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.tools.is_lambda_function(lambda: 0), bp.tools.is_lambda_function(len)
    (True, False)
    """
    return isinstance(func, LambdaType) and func.__name__ == "<lambda>"


def not_customized(fun: Function) -> Function:
    """Mark a method of a base class as one that subclasses may define: it gets ``not_customized = True``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> class Base:
    ...     @bp.tools.not_customized
    ...     def prepare(self): ...
    >>> Base.prepare.not_customized
    True
    """
    fun.not_customized = True  # type: ignore[attr-defined]  # functions take attributes
    return fun


def repr_object(x: Any) -> str:
    """A short text that describes an object: the name of a function or class, else its ``repr``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.tools.repr_object(len), bp.tools.repr_object([1])
    ('len', '[1]')
    """
    name = getattr(x, "__name__", None)
    return name if callable(x) and isinstance(name, str) else repr(x)


def repr_context(repr_str: str, indent: str) -> str:
    r"""A text whose lines stand below the first one: all others begin with more space.

    Parameters
    ----------
    repr_str : str
        The text.
    indent : str
        The space.

    Examples
    --------
    >>> import nbbrain as bp
    >>> print('value=' + bp.tools.repr_context('[1,\n 2]', ' ' * 6))
    value=[1,
           2]
    """
    return repr_str.replace("\n", "\n" + indent)


def timeout(s: float) -> Callable[[Function], Function]:
    """A decorator that ends a function with a TimeoutError when it takes too long.

    Parameters
    ----------
    s : float
        The longest time, in seconds.

    Raises
    ------
    RuntimeError
        When the function is called in another thread than the main one, which alone can be interrupted.

    Notes
    -----
    Code that does not return to Python, such as a compiled loop, is interrupted when it does.

    Examples
    --------
    >>> import nbbrain as bp
    >>> @bp.tools.timeout(0.05)
    ... def endless():
    ...     while True:
    ...         pass
    >>> endless()
    Traceback (most recent call last):
        ...
    TimeoutError: endless took longer than 0.05 s.
    """
    def outer(fn: Function) -> Function:
        @functools.wraps(fn)
        def inner(*args: Any, **kwargs: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                raise RuntimeError("timeout works in the main thread only: no other one can be interrupted.")
            expired = threading.Event()

            def interrupt() -> None:
                expired.set()
                interrupt_main()

            timer = threading.Timer(s, interrupt)
            timer.daemon = True
            try:
                timer.start()
                try:
                    return fn(*args, **kwargs)
                finally:
                    timer.cancel()
                    timer.join()  # an interrupt that is under way arrives here
            except KeyboardInterrupt:
                if not expired.is_set():
                    raise
                raise TimeoutError(f"{repr_object(fn)} took longer than {s} s.") from None

        return inner  # type: ignore[return-value]  # it has the signature of fn

    return outer
