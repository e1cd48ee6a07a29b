"""What holds for all comparisons of backends."""
from __future__ import annotations

import pytest

from nbbrain import settings


@pytest.fixture(autouse=True)
def nothing_falls_back() -> None:
    """A loop that is not compiled is an error here: it would be compared with itself."""
    settings.set(strict=True)
