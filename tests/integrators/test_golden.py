"""Integrators against the numbers of BrainPy 2.4.0, eagerly and inside a loop."""
from __future__ import annotations

import pytest

from tests.golden_cases import check, ids

ADAPTIVE = r".*(rkf12|rkf45|rkdp|_ck|_bs|heun_euler|BoSh3)$"


@pytest.mark.parametrize("looped", [False, True], ids=["eager", "loop"])
@pytest.mark.parametrize("case", ids("integrators", r"(?!runner)", ADAPTIVE))
def test_golden(case: str, looped: bool) -> None:
    # The original rounds the coefficients of 'ralston4' to eight digits; these are exact.
    check("integrators", case, looped=looped, rtol=1e-7 if "ralston4" in case else 1e-9)
