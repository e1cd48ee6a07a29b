"""The rooms of docs/architecture.md: every import goes from a later room to an earlier one."""
from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "nbbrain"


def rooms() -> dict[str, int]:
    """The room of every top-level module and package, by the table in docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.split("## The rooms")[1].split("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return {name.removesuffix(".py").removesuffix("/"): position for position, line in enumerate(lines)
            for name in re.findall(r"`([\w/.]+)`", line.split("|")[1])}


def imported(path: Path) -> set[str]:
    """The top-level modules of nbbrain that a file imports, type checking apart."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(node) for test in ast.walk(tree) if isinstance(test, ast.If) and "TYPE_CHECKING" in ast.dump(test.test)
               for node in ast.walk(test)}
    names: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name.split(".")[1] for name in names if name.startswith("nbbrain.")}


def test_every_module_has_a_room() -> None:
    present = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert present - {"__init__", "__main__"} == set(rooms())


def test_imports_go_to_earlier_rooms() -> None:
    order = rooms()
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room in ("__init__", "__main__"):
            continue
        wrong += [f"{path.relative_to(ROOT)} imports nbbrain.{name}" for name in imported(path)
                  if name in order and order[name] > order[room]]
    assert not wrong
