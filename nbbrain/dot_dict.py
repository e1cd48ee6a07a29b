"""A dict with attribute access."""
from __future__ import annotations

from typing import Any

__all__ = ["DotDict"]


class DotDict(dict[str, Any]):
    """A dict whose items are attributes too.

    Examples
    --------
    >>> import nbbrain as bp
    >>> a = bp.tools.DotDict(t=0.)
    >>> a.dt = 0.1
    >>> a.t, a['dt']
    (0.0, 0.1)
    """

    def __getattr__(self, key: str) -> Any:
        try:
            return self[key]
        except KeyError as error:
            raise AttributeError(*error.args) from None

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __delattr__(self, key: str) -> None:
        try:
            del self[key]
        except KeyError as error:
            raise AttributeError(*error.args) from None

    def copy(self) -> DotDict:
        """A dict of the same kind with the same items."""
        return type(self)(self)
