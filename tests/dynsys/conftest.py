"""Nothing is shared when a test begins, and nothing stays shared after it."""

from __future__ import annotations

import pytest

import nbbrain as bp


@pytest.fixture(autouse=True)
def nothing_shared():
    bp.share.clear_shargs()
    yield
    bp.share.clear_shargs()
