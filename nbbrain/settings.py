"""The settings of nbbrain: one table, read from ``NBBRAIN_*`` variables once, on first use, and checked.

What decides, from strongest to weakest: the argument of a call, the innermost `using`, the last `set`, the
environment variable, the default. A value that is not allowed is a `SettingError`, wherever it comes from.
"""

from __future__ import annotations

import operator
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from nbbrain.errors import SettingError

__all__ = ["Row", "Setting", "describe", "get", "reload", "set", "table", "using"]


@dataclass(frozen=True)
class Setting:
    """One setting: its name, what it may be, and what it is when nobody says.

    Parameters
    ----------
    name : str
        The key in `get`, `set` and `using`; in capitals after ``NBBRAIN_``, the environment variable.
    parse : callable
        Turns an allowed value, or its text from the environment, into the value that `get` returns; raises a
        TypeError, ValueError or RuntimeError for any other.
    allowed : str
        The allowed values, for error messages and documentation.
    default : callable
        Gives the value where none was chosen; called when asked, so nothing is looked up at import.
    default_text : str
        The default in words.
    meaning : str
        What the setting decides, in one sentence.
    """

    name: str
    parse: Callable[[Any], Any]
    allowed: str
    default: Callable[[], Any]
    default_text: str
    meaning: str

    @property
    def variable(self) -> str:
        """Name of the environment variable."""
        return "NBBRAIN_" + self.name.upper()

    def check(self, value: Any, source: str) -> Any:
        """Return the parsed value; a SettingError names where a value that is not allowed came from."""
        try:
            return self.parse(value)
        except (TypeError, ValueError, RuntimeError):
            raise SettingError(f"{source} must be {self.allowed}, but got {value!r}.") from None


class Row(NamedTuple):
    """One line of `describe`."""

    name: str
    variable: str
    value: Any
    source: str
    default: str
    allowed: str
    meaning: str


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


def _integer(lowest: int, highest: float) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if isinstance(value, bool):
            raise TypeError
        number = int(value) if isinstance(value, str) else operator.index(value)
        if not lowest <= number <= highest:
            raise ValueError
        return number

    return parse


def _switch(value: Any) -> bool:
    return bool(_integer(0, 1)(int(value) if isinstance(value, bool) else value))


def _folder(value: Any) -> Path:
    text = os.fspath(value)
    if not isinstance(text, str) or not text.strip():
        raise ValueError
    return Path(text).expanduser().absolute()


def _usable_cores() -> int:
    """Count the cores that this process may use, which affinity can make fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quarter_of_memory() -> int:
    """A quarter of the machine's memory in megabytes, or 1024 where that is not known."""
    try:
        return max(1, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**22)
    except (AttributeError, ValueError, OSError):
        return 1024


def _default_cache_folder() -> Path:
    """Return the folder that the operating system sets aside for caches of this user."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return _folder(base) / "nbbrain"


table: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "backend",
            _name,
            "the name of a registered backend (numpy, numba, cuda or one of another package)",
            lambda: None,
            "numba where Numba is installed, else numpy",
            "What carries out the computations.",
        ),
        Setting(
            "num_threads",
            _integer(1, float("inf")),
            "an integer of at least 1",
            _usable_cores,
            "the cores this process may use",
            "How many threads a compiled loop uses; results do not depend on it.",
        ),
        Setting(
            "cache_dir",
            _folder,
            "the path of a folder",
            _default_cache_folder,
            "the user's cache folder of the operating system",
            "Where compiled kernels are kept between processes.",
        ),
        Setting(
            "cache",
            _switch,
            "0 or 1",
            lambda: True,
            "1",
            "Whether compiled kernels are kept between processes.",
        ),
        Setting(
            "cache_size",
            _integer(1, float("inf")),
            "an integer of at least 1 (megabytes)",
            lambda: 256,
            "256",
            "How many megabytes of compiled kernels are kept; those unused for longest are deleted first.",
        ),
        Setting(
            "memory",
            _integer(1, float("inf")),
            "an integer of at least 1 (megabytes)",
            _quarter_of_memory,
            "a quarter of the machine's memory",
            "How many megabytes the values kept for gradients may take where a loop is run with `remat='auto'`.",
        ),
        Setting(
            "strict",
            _switch,
            "0 or 1",
            lambda: False,
            "0",
            "Whether a step that cannot be compiled is an error; else it runs eagerly, with one warning.",
        ),
        Setting(
            "debug",
            _integer(0, 4),
            "0 (nothing), 1 (bytes needed and compile times), 2 (and passes, program and plan), "
            "3 (and the generated source) or 4 (and timings)",
            lambda: 0,
            "0",
            "What the compiled backends print about their work.",
        ),
    )
}
"""Every setting by name; this is the only place that lists them."""

_environment: dict[str, Any] | None = None
_chosen: dict[str, Any] = {}
_within: ContextVar[Mapping[str, Any]] = ContextVar("nbbrain_settings", default={})  # noqa: B039 (never written)


def get(name: str, argument: Any = None) -> Any:
    """Return the value of a setting that is in force here.

    Parameters
    ----------
    name : str
        A key of `table`.
    argument : optional
        The argument of the call that asks, which decides when it is not None.

    Returns
    -------
    value
        str or None for ``backend`` (None: nobody chose one), int for ``num_threads``, ``cache_size``, ``memory``
        and ``debug``, Path for ``cache_dir``, bool for ``cache`` and ``strict``.

    Raises
    ------
    SettingError
        For an unknown name, and when the argument or a value in the environment is not allowed.

    Examples
    --------
    >>> from nbbrain import settings
    >>> settings.get("num_threads", 3)
    3
    """
    if argument is not None:
        return _known(name).check(argument, name)
    return _lookup(name)[0]


def set(**values: Any) -> None:
    """Choose values for the whole process; None takes back what an earlier `set` chose.

    All values are checked before the first one is taken over.

    Raises
    ------
    SettingError
        For an unknown name or a value that is not allowed; then nothing has changed.

    Examples
    --------
    >>> from nbbrain import settings
    >>> settings.set(num_threads=2, strict=True)
    >>> settings.get("num_threads"), settings.get("strict")
    (2, True)
    >>> settings.set(num_threads=None, strict=None)
    """
    chosen = _checked(values)
    for name in values:
        _chosen.pop(name, None)
    _chosen.update(chosen)


@contextmanager
def using(**values: Any) -> Iterator[None]:
    """Choose values inside a ``with`` block, or inside every call of a decorated function.

    The choice holds in this thread (and in tasks that copy its context) and ends with the block; None leaves
    a setting as it is.

    Raises
    ------
    SettingError
        On entering, for an unknown name or a value that is not allowed.

    Examples
    --------
    >>> from nbbrain import settings
    >>> with settings.using(debug=1):
    ...     settings.get("debug")
    1
    """
    token = _within.set({**_within.get(), **_checked(values)})
    try:
        yield
    finally:
        _within.reset(token)


def reload() -> None:
    """Forget what was read from the environment; the next use reads it again."""
    global _environment
    _environment = None


def describe() -> list[Row]:
    """List every setting with its value, and who decided it: default, environment, set or using."""
    return [
        Row(name, setting.variable, *_lookup(name), setting.default_text, setting.allowed, setting.meaning)
        for name, setting in table.items()
    ]


def _lookup(name: str) -> tuple[Any, str]:
    setting = _known(name)
    for choices, source in ((_within.get(), "using"), (_chosen, "set"), (_from_environment(), "environment")):
        if name in choices:
            return choices[name], source
    return setting.default(), "default"


def _from_environment() -> dict[str, Any]:
    """Read and check all variables at once, so that later changes of the environment are never half seen."""
    global _environment
    if _environment is None:
        _environment = {
            setting.name: setting.check(text, f"the environment variable {setting.variable}")
            for setting in table.values()
            if (text := os.environ.get(setting.variable))  # an empty variable counts as none
        }
    return _environment


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    settings = {name: _known(name) for name in values}
    return {name: settings[name].check(value, name) for name, value in values.items() if value is not None}


def _known(name: str) -> Setting:
    if name not in table:
        raise SettingError(f"unknown setting {name!r}; the settings are {', '.join(table)}.")
    return table[name]
