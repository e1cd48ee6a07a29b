"""Writes docs/results.md from what the examples measured: ``python docs/results/make.py``.

Every example leaves a JSON file and a picture: ``python examples/esn_mackey_glass.py --output docs/results``.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
PAGE = HERE.parent / "results.md"

HEAD = """\
# Published results

What trained models reach, beside what was published: mean and standard deviation over seeds. Every row is measured by a
script under `examples/`, which also drew its picture; `python docs/results/make.py` makes the page of what they wrote. Times
are those of a seed, on two cores.

| task | figure | here | goal | published | seconds |
| --- | --- | --- | --- | --- | ---: |
"""


def number(values: list[float]) -> str:
    """Mean and standard deviation, with four digits."""
    mean = f"{np.mean(values):.4g}"
    return mean if len(values) == 1 else f"{mean} ± {np.std(values, ddof=1):.2g} ({len(values)})"


def rows(result: dict[str, Any]) -> list[str]:
    """The lines of the table for one example."""
    lines = []
    for place, figure in enumerate(result["figures"]):
        task = f"[{title(result)}](#{anchor(title(result))})" if place == 0 else ""
        seconds = f"{result['seconds']:.0f}" if place == 0 else ""
        lines.append(f"| {task} | {figure['name']} | {number(figure['values'])} | {figure['goal']} | {figure['published']} "
                     f"| {seconds} |")
    return lines


def title(result: dict[str, Any]) -> str:
    """The task as a heading."""
    return result["task"][0].upper() + result["task"][1:]


def anchor(heading: str) -> str:
    """The address of a heading within the page."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def section(name: str, result: dict[str, Any]) -> str:
    """The part of the page for one example."""
    picture = f"\n![{title(result)}](results/{name}.png)\n" if result["picture"] else ""
    return (f"## {title(result)}\n\n{result['recipe']}\n\nPublished: {result['source']}. "
            f"Script: [{result['script']}](../{result['script']}).\n{picture}")


def page() -> str:
    """The text of the page."""
    results = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(HERE.glob("*.json"))}
    table = "\n".join(line for result in results.values() for line in rows(result))
    return HEAD + table + "\n\n" + "\n".join(section(*each) for each in results.items())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
