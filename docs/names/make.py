"""Writes docs/names.md: every public name of BrainPy 2.4.0, whether nbbrain has it, and why not.

    python docs/names/make.py
"""
from __future__ import annotations

import re
from pathlib import Path

import nbbrain

HERE = Path(__file__).parent
PAGE = HERE.parent / "names.md"

ANALYSIS = "phase planes, bifurcations and slow points are not part of nbbrain"
PLUMBING = "it serves JAX, XLA or CUDA kernels of BrainPy's own"
NUMPY = "NumPy no longer has it"
WHY: dict[str, str] = {
    **dict.fromkeys(("analysis", "analysis.*"), ANALYSIS),
    "running.jax_*": PLUMBING, "testing": "BrainPy's own tests use it", "testing.*": "BrainPy's own tests use it",
    **dict.fromkeys(("math.XLACustomOp", "math.compile_cpu_signature_with_numba", "math.cusparse_*", "math.op_register",
                     "math.event_info", "math.event_ops", "math.jitconn_ops", "math.sparse_ops"), PLUMBING),
    **dict.fromkeys(("math.add_docstring", "math.add_newdoc", "math.add_newdoc_ufunc", "math.asmatrix", "math.asscalar",
                     "math.disp", "math.issubsctype", "math.safe_eval", "math.info", "math.mat", "math.matrix",
                     "math.typename"), NUMPY),
    **dict.fromkeys(("checkpoints.io.id_mismatch_msg", "checkpoints.io.not_found_msg", "integrators.multi_vars_msg"),
                    "texts of error messages"),
    **dict.fromkeys(("math.compat_*", "math.datatypes", "math.delayvars", "math.interoperability", "math.object_*"),
                    "a module of names that `bm` itself has"),
    "math.bfloat16": "NumPy has no such type", "math.issubclass_": NUMPY,
    **dict.fromkeys(("integrators.DE_INT", "integrators.*DE_INT"), "the beginning of names that nbbrain does not make"),
    "Delay": "an abstract base; `bp.VarDelay` is what models use",
}
"""Why names are missing; a star stands for any ending. What is not here is missing without a reason, and may come."""


def modules() -> dict[str, list[str]]:
    """The names of BrainPy 2.4.0 by module."""
    text = (HERE / "brainpy_2.4.0.txt").read_text(encoding="utf-8")
    parts = re.findall(r"^\[(.*?)\]\n(.*?)(?=^\[|\Z)", text, re.DOTALL | re.MULTILINE)
    return {module: body.split() for module, body in parts}


def missing(module: str, names: list[str]) -> list[str]:
    """The names that nbbrain lacks."""
    found: object = nbbrain
    for part in module.split(".") if module != "." else []:
        found = getattr(found, part, None)
    return [name for name in names if found is None or not hasattr(found, name)]


def reason(name: str) -> str:
    """Why a name is missing."""
    for pattern, why in WHY.items():
        if fits(pattern, name):
            return why
    return "not yet"


def fits(pattern: str, name: str) -> bool:
    """Whether a pattern of `WHY` stands for a name."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None


def page() -> str:
    """The text of the page."""
    rows, total, absent = [], 0, 0
    for module, names in modules().items():
        lacking = missing(module, names)
        total, absent = total + len(names), absent + len(lacking)
        path = "bp" if module == "." else "bm" + module[4:] if module.startswith("math") else f"bp.{module}"
        by_reason: dict[str, list[str]] = {}
        for name in lacking:
            by_reason.setdefault(reason(name if module == "." else f"{module}.{name}"), []).append(f"`{name}`")
        notes = "; ".join(f"{', '.join(those)} ({why})" for why, those in by_reason.items())
        rows.append(f"| `{path}` | {len(names)} | {len(names) - len(lacking)} | {notes} |")
    present = total - absent
    head = f"""\
# BrainPy's names

The public names of BrainPy 2.4.0, module by module: {present} of {total} are here, {100 * present / total:.1f} %.
What behaves differently on purpose is listed in [Differences](differences.md). `python docs/names/make.py` writes this page.

| module | names | present | missing |
| --- | ---: | ---: | --- |
"""
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
