"""Programs that once went wrong, as small as they could be made; the fuzzer runs them first."""
from __future__ import annotations

from tests.fuzz.programs import Recipe

__all__ = ["FAILURES"]

FAILURES: list[Recipe] = []
