"""The golden cases: numbers that BrainPy 2.4.0 gave for a piece of code, and the means to run that code with nbbrain.

``tests/golden`` holds ``cases.json`` (what is built and how it is driven, as source) and ``<group>.npz`` (inputs and
outputs). Numbers are float64 apart from the cases named ``f32_*``.
"""
from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import nbbrain as bp
import nbbrain.math as bm

FOLDER = Path(__file__).parent / "golden"


@lru_cache(maxsize=1)
def _all() -> list[dict]:
    return json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))


def ids(group: str, pattern: str, leave_out: str = "(?!)") -> list[str]:
    """The ids of the cases of a group that match a pattern from the beginning, without those that match another."""
    return [case["id"] for case in _all() if case["group"] == group and re.match(pattern, case["id"])
            and not re.match(leave_out, case["id"])]


class Driver:
    """The helpers that the code of a case may call; ``looped`` puts the time loop through `bm.for_loop`."""

    def __init__(self, looped: bool) -> None:
        self.looped = looped

    def run(self, step: Any, record: Any, n: int, dt: float, xs: Any = None, t0: float = 0., after: Any = None,
            share: dict | None = None) -> dict[str, Any]:
        """Run n steps and return what was recorded, with time as the first axis."""
        def turn(i: Any, t: Any, x: Any) -> dict[str, Any]:
            bp.share.save(t=t, dt=dt, i=i, **(share or {}))
            step() if xs is None else step(x)
            kept = {name: bm.asarray(value) + 0 if value.dtype != bool else bm.asarray(value)
                    for name, value in record().items()}
            if after is not None:
                after()
            return kept

        steps = np.arange(n)
        rows = bm.asarray(steps if xs is None else xs)
        if self.looped:
            kept = bm.for_loop(turn, (bm.asarray(steps), bm.asarray(t0 + steps * dt), rows))
        else:
            turns = [turn(i, t0 + i * dt, rows[i]) for i in range(n)]
            kept = {name: bm.stack([row[name] for row in turns]) for name in turns[0]}
        bp.share.clear_shargs()
        return kept

    @staticmethod
    def grads(loss: Any, variables: dict[str, Any]) -> tuple[Any, dict[str, np.ndarray]]:
        """The loss and its gradients by variables."""
        gradients, value = bm.grad(loss, grad_vars=variables, return_value=True)()
        return value, {name: np.asarray(g) for name, g in gradients.items()}

    @staticmethod
    def grad_x(f: Any, x: Any) -> Any:
        """The gradient of a scalar function by its argument."""
        return bm.grad(f)(bm.asarray(x))

    @staticmethod
    def tv(x: Any) -> Any:
        """A trainable variable."""
        return bm.TrainVar(bm.asarray(x))

    @staticmethod
    def put(variable: Any, x: Any) -> None:
        """Set a variable."""
        variable.value = bm.asarray(x)

    @staticmethod
    def raw(x: Any) -> Any:
        """The value inside of an array."""
        return getattr(x, "value", x)

    @staticmethod
    def to_np(x: Any) -> np.ndarray:
        """A NumPy array of a library array."""
        return np.asarray(x)


def check(group: str, case_id: str, *, looped: bool = False, rtol: float = 1e-9, atol: float = 1e-10,
          skip: tuple[str, ...] = ()) -> None:
    """Run a case and compare all of its outputs, apart from those in ``skip``, with the golden ones."""
    case = next(case for case in _all() if case["group"] == group and case["id"] == case_id)
    with np.load(FOLDER / f"{group}.npz") as stored:
        prefix = len(case_id) + 1
        inputs = {key[prefix:]: stored[key] for key in case["inputs"]}
        expected = {key[prefix + 4:]: stored[key] for key in case["outputs"]}
    rtol, atol = max(rtol, case.get("rtol", 0.)), max(atol, case.get("atol", 0.))
    got = run(case, inputs, looped)
    for name, want in expected.items():
        if name in skip:
            continue
        have = np.asarray(got[name])
        assert have.shape == want.shape, f"{case_id}, {name}: shape {have.shape}, not {want.shape}"
        if want.dtype.kind in "US":
            assert (have.astype(str) == want.astype(str)).all(), f"{case_id}, {name}: another text"
            continue
        if want.dtype.kind == have.dtype.kind == "f":
            assert have.dtype == want.dtype, f"{case_id}, {name}: dtype {have.dtype}, not {want.dtype}"
        np.testing.assert_allclose(have.astype(float), want.astype(float), rtol=rtol, atol=atol,
                                   err_msg=f"{case_id}, {name}")


def run(case: dict, inputs: dict[str, np.ndarray], looped: bool) -> dict[str, Any]:
    """The outputs of a case."""
    single = case["drive"].get("dtype") == "float32"
    driver = Driver(looped and not case["drive"].get("plain"))
    names = {name: getattr(driver, name) for name in ("run", "grads", "grad_x", "tv", "put", "raw", "to_np")}
    scope = {"bp": bp, "bm": bm, "np": np, "A": inputs, **names}
    bp.share.clear_shargs()
    with bm.environment(mode=bm.nonbatching_mode, dt=0.1, x64=not single):
        exec(compile(case["build"], f"{case['id']}:build", "exec"), scope)
        exec(compile(case["drive"]["code"], f"{case['id']}:drive", "exec"), scope)
        return scope["out"]
