"""The code in the documentation runs: blocks of one page in their order, in one namespace.

A block marked ``python`` is run; a block marked ``pycon`` is a session, and prints what it says. Excerpts are marked ``py``.
"""
from __future__ import annotations

import doctest
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from nbbrain.backends.base import is_installed

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(python|pycon)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


HEAVY = {"models.md"}
"""Pages that run for a minute step by step."""


@pytest.mark.parametrize("page", [pytest.param(page, marks=pytest.mark.heavy if page.name in HEAVY else (), id=page.name)
                                  for page in PAGES])
def test_code_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    if re.search(r'backend[(=]"numba"', text) and not is_installed("numba"):
        pytest.skip("the page shows what Numba compiles")
    scope: dict[str, Any] = {"__name__": "page"}
    for block in BLOCK.finditer(text):
        kind, source = block.groups()
        line = text.count("\n", 0, block.start()) + 1
        if kind == "python":
            exec(compile("\n" * line + source, str(page), "exec"), scope)
        else:
            session = doctest.DocTestParser().get_doctest(source, scope, page.name, str(page), line)
            runner = doctest.DocTestRunner(optionflags=FLAGS)
            runner.run(session, clear_globs=False)
            scope.update(session.globs)
            assert runner.failures == 0


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for address in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            assert "://" in address or (page.parent / address).exists(), f"{page.name}: {address}"


def test_the_page_of_results_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "results" / "make.py"))
    assert (ROOT / "docs" / "results.md").read_text(encoding="utf-8") == made["page"](), "run python docs/results/make.py"
