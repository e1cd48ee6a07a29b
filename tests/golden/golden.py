"""Golden cases: numbers of BrainPy 2.4.0, and how a case is read, run with nbbrain and compared.

``cases.json`` lists the cases. Each is two pieces of Python source: ``build`` makes objects, ``drive['code']`` runs
them and leaves a dict ``out``. Both see ``bp``, ``bm``, ``np``, the inputs ``A`` and the functions of `Helpers`. Inputs
and outputs are arrays of ``<group>.npz``, named ``<id>/<input>`` and ``<id>/out.<output>``. Time is the first axis of
what is recorded. Cases with ``error`` document where BrainPy 2.4.0 raises; they have no numbers.
"""
from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

import nbbrain as bp
import nbbrain.math as bm

FOLDER = Path(__file__).parent
Mode = Literal["plain", "loop"]
LOOPS = frozenset({"run", "for_loop", "jit", "DSRunner", "LoopOverTime", "BPTT", "BPFF", "OfflineTrainer",
                   "RidgeTrainer", "OnlineTrainer", "ForceTrainer"})
"""What a case may use that runs a loop over time, which a backend may compile."""


@dataclass(frozen=True)
class Case:
    """One golden case."""

    id: str
    group: str
    build: str
    drive: str
    float32: bool
    plain: bool
    raises: bool
    rtol: float
    atol: float

    @property
    def modes(self) -> tuple[Mode, ...]:
        """How it can be run: operation by operation, and as a loop that the backend may compile."""
        return ("plain",) if self.plain or not self.words & LOOPS else ("plain", "loop")

    @property
    def words(self) -> set[str]:
        """All names and attributes in its source."""
        nodes = [*ast.walk(ast.parse(self.build)), *ast.walk(ast.parse(self.drive))]
        return ({node.id for node in nodes if isinstance(node, ast.Name)}
                | {node.attr for node in nodes if isinstance(node, ast.Attribute)})

    def missing(self) -> list[str]:
        """The names of nbbrain that its source uses and that nbbrain does not have."""
        roots = {"bp": bp, "bm": bm}
        chains = [chain for source in (self.build, self.drive) for chain in _chains(ast.parse(source))]
        return sorted({name for name in chains if not _exists(roots[name.split(".")[0]], name.split(".")[1:])})


def _chains(tree: ast.AST) -> Iterator[str]:
    """All dotted names in a source that start at bp or bm and are read."""
    for node in ast.walk(tree):
        parts: list[str] = []
        inner: ast.AST = node
        if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)):
            continue
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in ("bp", "bm"):
            yield ".".join([inner.id, *reversed(parts)])


def _exists(root: Any, names: list[str]) -> bool:
    for name in names:
        if not hasattr(root, name):
            return False
        root = getattr(root, name)
    return True


@lru_cache(maxsize=1)
def cases() -> dict[str, Case]:
    """All cases by id."""
    rows = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))
    return {row["id"]: Case(row["id"], row["group"], row["build"], row["drive"]["code"],
                            float32=row["drive"]["dtype"] == "float32", plain=bool(row["drive"].get("plain")),
                            raises="error" in row, rtol=max(1e-9, row.get("rtol", 0.0)),
                            atol=max(1e-10, row.get("atol", 0.0))) for row in rows}


@lru_cache(maxsize=2)
def _group(name: str) -> Mapping[str, np.ndarray]:
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as stored:
        return dict(stored)


def inputs(case: Case) -> dict[str, np.ndarray]:
    """The inputs of a case by name; copies, so that a case cannot change those of the next."""
    return {name: array.copy() for name, array in _of_case(case).items() if not name.startswith("out.")}


def outputs(case: Case) -> dict[str, np.ndarray]:
    """What BrainPy 2.4.0 gave, by name."""
    return {name.removeprefix("out."): array for name, array in _of_case(case).items() if name.startswith("out.")}


def _of_case(case: Case) -> dict[str, np.ndarray]:
    start = case.id + "/"
    return {key.removeprefix(start): array for key, array in _group(case.group).items() if key.startswith(start)}


def to_np(x: Any) -> np.ndarray:
    """The NumPy array of an array, a variable or a number."""
    if x is None:
        raise TypeError("None is not an array")
    return np.asarray(raw(x))


def raw(x: Any) -> Any:
    """The plain array inside of an array of the library, else x itself."""
    return getattr(x, "value", x)


class Helpers:
    """The functions that a case may call."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode

    def run(self, step: Callable[..., Any], record: Callable[[], dict[str, Any]], n: int, dt: float, xs: Any = None,
            t0: float = 0.0, after: Callable[[], Any] | None = None,
            share: dict[str, Any] | None = None) -> dict[str, Any]:
        """Share t, dt and i, call ``step(xs[i])``, keep ``record()``, call ``after()``: n times, stacked over time."""

        def turn(i: Any, t: Any, *x: Any) -> dict[str, Any]:
            bp.share.save(t=t, dt=dt, i=i, **(share or {}))
            step(*x)
            kept = {name: bm.as_jax(value) for name, value in record().items()}
            if after is not None:
                after()
            return kept

        try:
            if self.mode == "loop":
                numbers = np.arange(n)
                times = bm.asarray(numbers), bm.asarray(t0 + numbers * dt)
                return bm.for_loop(turn, times if xs is None else (*times, bm.asarray(xs)))
            rows = [turn(i, t0 + i * dt, *([] if xs is None else [bm.asarray(xs[i])])) for i in range(n)]
        finally:
            bp.share.clear_shargs()
        return {name: bm.stack([row[name] for row in rows]) for name in rows[0]}

    @staticmethod
    def grads(loss: Callable[[], Any], variables: dict[str, Any]) -> tuple[Any, dict[str, np.ndarray]]:
        """The value of a loss and its gradients by variables."""
        gradients, value = bm.grad(loss, grad_vars=variables, return_value=True)()
        return value, {name: to_np(g) for name, g in gradients.items()}

    @staticmethod
    def grad_x(f: Callable[[Any], Any], x: Any) -> Any:
        """The gradient of f by its argument."""
        return bm.grad(f)(bm.asarray(x))

    @staticmethod
    def tv(x: Any) -> Any:
        """A variable that is trained."""
        return bm.TrainVar(bm.asarray(x))

    @staticmethod
    def put(variable: Any, x: Any) -> None:
        """Set a variable."""
        variable.value = bm.asarray(x)


@contextmanager
def _environment(float32: bool) -> Iterator[None]:
    bp.share.clear_shargs()
    bp.check.turn_on()
    bm.random.seed(0)
    with bm.environment(mode=bm.nonbatching_mode, dt=0.1, x64=not float32):
        yield
    bp.share.clear_shargs()


def execute(case: Case, mode: Mode, *, replace: Mapping[str, str] | None = None,
            names: Mapping[str, Any] | None = None) -> dict[str, np.ndarray]:
    """Run a case.

    Parameters
    ----------
    case : Case
        The case.
    mode : {'plain', 'loop'}
        Whether ``run`` is a Python loop or ``bm.for_loop``.
    replace : mapping of str to str, optional
        Texts of the source and what stands in their places.
    names : mapping, optional
        Further names that the source sees.
    """
    helpers = Helpers(mode)
    scope: dict[str, Any] = {
        "bp": bp, "bm": bm, "np": np, "A": inputs(case), "run": helpers.run, "grads": helpers.grads,
        "grad_x": helpers.grad_x, "tv": helpers.tv, "put": helpers.put, "to_np": to_np, "raw": raw, **(names or {})}
    sources = {"build": case.build, "drive": case.drive}
    for old, new in (replace or {}).items():
        if not any(old in source for source in sources.values()):
            raise ValueError(f"{old!r} does not occur in the source of {case.id}")
        sources = {part: source.replace(old, new) for part, source in sources.items()}
    with _environment(case.float32):
        for part, source in sources.items():
            exec(compile(source, f"{case.id}:{part}", "exec"), scope)
        return {name: to_np(value) for name, value in scope["out"].items()}


def compare(case: Case, got: Mapping[str, np.ndarray], *, leave_out: frozenset[str] = frozenset()) -> str:
    """An empty text where the outputs agree with BrainPy's, else what differs."""
    for name, want in outputs(case).items():
        if name in leave_out:
            continue
        if name not in got:
            return f"{name}: missing"
        message = _difference(np.asarray(got[name]), want, case.rtol, case.atol)
        if message:
            return f"{name}: {message}"
    return ""


def _difference(got: np.ndarray, want: np.ndarray, rtol: float, atol: float) -> str:
    if got.shape != want.shape:
        return f"shape {got.shape}, expected {want.shape}"
    if want.dtype.kind in "US":
        return "" if np.array_equal(got.astype(str), want.astype(str)) else f"text {got}, expected {want}"
    if want.dtype.kind == got.dtype.kind == "f" and got.dtype != want.dtype:
        return f"dtype {got.dtype}, expected {want.dtype}"
    wrong = ~np.isclose(got.astype(np.float64), want.astype(np.float64), rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return ""
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{wrong.sum()} of {wrong.size} values differ, first at {first}: {got[first]}, expected {want[first]}"
