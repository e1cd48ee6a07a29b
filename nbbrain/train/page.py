"""Pages in HTML that need nothing else: text that is escaped, tables, and curves as drawings within the page."""
from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["Drawing", "bars", "cards", "chart", "page", "section", "table", "text"]

_COLORS = ("#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#64748b")
_STYLE = """
body { font: 16px/1.6 system-ui, sans-serif; color: #1f2933; max-width: 64rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.7rem; margin-bottom: .25rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
.cards, .charts { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.2rem 0; }
.card { flex: 1 1 8rem; background: #f3f6fb; border-radius: .6rem; padding: .8rem 1rem; }
.card b { display: block; font-size: 1.4rem; } .card span { color: #52606d; font-size: .9rem; }
.problem { background: #fef2f2; border-left: .3rem solid #dc2626; padding: .6rem 1rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .9rem; } th { text-align: left; color: #52606d; font-weight: 600; }
td, th { padding: .2rem .9rem .2rem 0; vertical-align: top; overflow-wrap: anywhere; white-space: pre-line; }
td:first-child { white-space: nowrap; }
svg { max-width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: #52606d; }
"""
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 340, 200, 52, 28, 26


def text(value: Any) -> str:
    """A value as text of a page."""
    if isinstance(value, float):
        value = f"{value:.5g}"
    return html.escape(str(value))


def page(title: str, parts: Iterable[str]) -> str:
    """A whole page."""
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{text(title)}</title>\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>\n'
            f'<h1>{text(title)}</h1>\n' + "\n".join(parts) + "\n</body></html>\n")


def section(title: str, *parts: str) -> str:
    """A part of a page under a heading."""
    return f"<h2>{text(title)}</h2>\n" + "\n".join(parts)


def cards(figures: Mapping[str, Any]) -> str:
    """The most important numbers, each with what it is."""
    found = "".join(f'<div class="card"><b>{text(value)}</b><span>{text(what)}</span></div>'
                    for what, value in figures.items())
    return f'<div class="cards">{found}</div>'


def table(rows: Iterable[Sequence[Any]], head: Sequence[str] = ()) -> str:
    """A table; a cell that is a `Drawing` stays as it is."""
    top = f"<thead><tr>{''.join(f'<th>{text(name)}</th>' for name in head)}</tr></thead>" if head else ""
    body = "".join(f"<tr>{''.join(f'<td>{cell if isinstance(cell, Drawing) else text(cell)}</td>' for cell in row)}</tr>"
                   for row in rows)
    return f"<table>{top}<tbody>{body}</tbody></table>"


class Drawing(str):
    """Text that is a drawing already."""

    __slots__ = ()


def chart(title: str, x: Sequence[float], series: Mapping[str, Sequence[float]]) -> Drawing:
    """Curves over epochs x. What is not finite is left out; positive values over a wide range have a logarithmic axis."""
    lines = {name: [(a, b) for a, b in zip(x, values, strict=True) if math.isfinite(b)] for name, values in series.items()}
    heights = [b for points in lines.values() for _, b in points]
    if not heights:
        return Drawing("")
    logarithmic = min(heights) > 0 and max(heights) > 100 * min(heights)
    scale = math.log10 if logarithmic else float
    low, high = _range(scale(min(heights)), scale(max(heights)))
    first, last = _range(min(x), max(x))

    def place(a: float, b: float) -> tuple[float, float]:
        across = (a - first) / (last - first) * (_WIDTH - _LEFT - 12)
        up = (scale(b) - low) / (high - low) * (_HEIGHT - _BOTTOM - _TOP)
        return round(_LEFT + across, 1), round(_HEIGHT - _BOTTOM - up, 1)

    parts = [f'<text x="{_LEFT}" y="14"><tspan font-weight="600">{text(title)}</tspan>'
             + ('<tspan> (logarithmic)</tspan>' if logarithmic else "") + "</text>"]
    for tick in np.linspace(low, high, 4):
        y = round(_HEIGHT - _BOTTOM - (tick - low) / (high - low) * (_HEIGHT - _BOTTOM - _TOP), 1)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 12}" y1="{y}" y2="{y}" stroke="#e4e7eb"/><text x="{_LEFT - 6}" '
                     f'y="{y + 4}" text-anchor="end">{text(_label(10 ** tick if logarithmic else tick))}</text>')
    for value, anchor in ((min(x), "start"), (max(x), "end")) if min(x) != max(x) else ((min(x), "middle"),):
        parts.append(f'<text x="{place(value, heights[0])[0]}" y="{_HEIGHT - 8}" text-anchor="{anchor}">'
                     f'{text(_label(value))}</text>')
    parts.append(f'<text x="{(_LEFT + _WIDTH - 12) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">epoch</text>')
    for i, (name, points) in enumerate(lines.items()):
        color, where = _COLORS[i % len(_COLORS)], [place(*point) for point in points]
        if len(where) == 1:
            parts.append(f'<circle cx="{where[0][0]}" cy="{where[0][1]}" r="3" fill="{color}"/>')
        else:
            path = " ".join(f"{a},{b}" for a, b in where)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        if len(lines) > 1:
            parts.append(f'<text x="{_WIDTH - 12}" y="{_TOP + 10 + 14 * i}" text-anchor="end"><tspan style="fill:{color}">'
                         f'{text(name)}</tspan></text>')
    return _svg(_WIDTH, _HEIGHT, title, parts)


def bars(title: str, counts: Sequence[int]) -> Drawing:
    """A small histogram."""
    most = max([*counts, 1])
    parts = [f'<rect x="{5 * i}" y="{24 - 24 * n / most:.1f}" width="4" height="{24 * n / most:.1f}" fill="{_COLORS[0]}"/>'
             for i, n in enumerate(counts)]
    return _svg(5 * len(counts), 24, title, parts)


def _svg(width: int, height: int, title: str, parts: Iterable[str]) -> Drawing:
    return Drawing(f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
                   f'aria-label="{text(title)}">{"".join(parts)}</svg>')


def _range(low: float, high: float) -> tuple[float, float]:
    """Bounds of an axis, which are different from each other."""
    room = abs(low) * 0.05 or 0.5
    return (low, high) if high - low > 1e-12 * max(abs(low), abs(high)) else (low - room, high + room)


def _label(value: float) -> str:
    return f"{value:.3g}"
