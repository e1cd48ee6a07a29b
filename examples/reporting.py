"""What an example reached, kept for ``docs/results.md``: figures in a JSON file, and a picture beside it."""
from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")


def arguments(description: str, seeds: int) -> argparse.ArgumentParser:
    """The options that all examples have: over how many seeds figures are taken, and where results go."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=seeds, help="over how many seeds (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=Path("build/results"), help="where results go (default: %(default)s)")
    return parser


def figure(name: str, values: list[float], goal: str, published: str) -> dict[str, Any]:
    """One measured figure: its value for every seed, what it is to be, and what was published."""
    return {"name": name, "values": [float(value) for value in values], "goal": goal, "published": published}


def write(output: Path, name: str, *, task: str, recipe: str, source: str, seconds: float, figures: list[dict[str, Any]],
          picture: Any = None) -> None:
    """Print the figures, and write ``name.json`` and the picture, ``name.png``, into the folder.

    ``seconds`` is the time of a seed, ``source`` says where the published figures are, ``picture`` is a Matplotlib figure.
    """
    output.mkdir(parents=True, exist_ok=True)
    if picture is not None:
        picture.savefig(output / f"{name}.png", dpi=100, bbox_inches="tight")
    found = {"task": task, "recipe": recipe, "source": source, "script": f"examples/{name}.py", "seconds": seconds,
             "figures": figures, "picture": picture is not None}
    (output / f"{name}.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    for each in figures:
        print(f"{each['name']}: {', '.join(f'{value:.4g}' for value in each['values'])}"
              f"   (goal: {each['goal']}; published: {each['published']})")
    print(f"{seconds:.1f} s a seed; {output / name}.json")
