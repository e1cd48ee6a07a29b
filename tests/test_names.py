"""The page of BrainPy's names says what is there."""
from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_is_up_to_date() -> None:
    made = runpy.run_path(str(DOCS / "names" / "make.py"))
    assert (DOCS / "names.md").read_text(encoding="utf-8") == made["page"](), "run python docs/names/make.py"


def test_reasons_are_given_for_names_that_are_missing() -> None:
    made = runpy.run_path(str(DOCS / "names" / "make.py"))
    found = made["modules"]()
    absent = {name if module == "." else f"{module}.{name}" for module, names in found.items()
              for name in made["missing"](module, names)}
    stale = [pattern for pattern in made["WHY"] if not any(made["fits"](pattern, name) for name in absent)]
    assert not stale, f"these names are no longer missing: {stale}"
