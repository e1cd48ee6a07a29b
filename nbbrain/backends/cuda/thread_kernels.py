"""Kernels for the threads of a GPU, made of the sources of the CPU's kernels.

A CPU kernel is a function of one row of integers: addresses, sizes, strides, constants. Here each of these is an argument,
so that what is known when a program is compiled becomes part of its code. Loops whose turns are independent of one another
become one loop over all their elements. Blocks take one part of them after the other, and neighbouring threads of a block
take neighbouring elements:

.. code-block:: python

    for i0 in range(n0):                     for begin in range(block * part, n0 * n1, blocks * part):
        b0 = i0 * s0_0              ->           for flat in range(begin + own, min(begin + part, n0 * n1), own_threads):
        for i in range(n1):                          i0, i = flat // n1 % n0, flat % n1
            store(p0, b0 + i, ...)                   b0 = i0 * s0_0
                                                     store(p0, b0 + i, ...)

The size of parts depends on the number of elements alone, so kernels over equally many of them give each to the same thread.
Loops that add up stay loops, in their order; a kernel without independent loops is left to the first thread.
"""
from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache

from nbbrain.backends.numba.sources import KERNEL_NAME

__all__ = ["BY_BLOCKS", "arguments_named", "loops_pulled_out", "part_of", "places", "thread_kernel"]

BY_BLOCKS = ("own", "own_threads", "block", "blocks")
"""What tells a thread who it is: its number in its block, the threads of the block, the block's number, all blocks."""
_PARTS = 1024
"""About how many parts there are at most: more than blocks run at once."""


@cache
def thread_kernel(source: str, independent: tuple[str, ...], threads: int) -> tuple[str, int]:
    """The source of a function for threads, and how many arguments of a kernel it takes behind `BY_BLOCKS`.

    Its name is KERNEL, and ``on_device`` decorates it.

    Parameters
    ----------
    source : str
        Of a kernel for the CPU.
    independent : tuple of str
        The variables of its independent loops.
    threads : int
        The threads of a block at most.
    """
    tree = ast.parse(source)
    kernel, size = arguments_named(tree)
    kernel.body = _distributed(kernel.body, independent, threads)
    kernel.args.args = [ast.arg(name) for name in [*BY_BLOCKS, *[f"a{i}" for i in range(size)]]]
    kernel.decorator_list = [ast.Name("on_device", ast.Load())]
    return ast.unparse(ast.fix_missing_locations(tree)), size


def arguments_named(tree: ast.Module) -> tuple[ast.FunctionDef, int]:
    """The function of a source, with a name instead of every place of its row: a0, a1, ...; and how many these are."""
    kernel = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == KERNEL_NAME)
    row = _Row(kernel.args.args[0].arg)
    kernel.body = _without_docstring([row.visit(statement) for statement in kernel.body])
    return kernel, row.size


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    return body[1:] if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else body


class _Row(ast.NodeTransformer):
    """Gives every integer of the row a name of its own."""

    def __init__(self, row: str) -> None:
        self.row, self.size = row, 0

    def _argument(self, position: ast.expr) -> ast.Name:
        assert isinstance(position, ast.Constant) and isinstance(position.value, int)
        self.size = max(self.size, position.value + 1)
        return ast.Name(f"a{position.value}", ast.Load())

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """``a[3]`` becomes ``a3``."""
        if isinstance(node.value, ast.Name) and node.value.id == self.row:
            return self._argument(node.slice)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """``pointer(a, 3, float32)`` becomes ``pointer(a3, float32)``."""
        if node.args and isinstance(node.args[0], ast.Name) and node.args[0].id == self.row:
            node.args = [self._argument(node.args[1]), *node.args[2:]]
            return node
        return self.generic_visit(node)


def _distributed(body: list[ast.stmt], independent: Sequence[str], threads: int) -> list[ast.stmt]:
    """The statements of a kernel, with its loops divided among threads."""
    first = next(i for i, statement in enumerate(body)
                 if isinstance(statement, (ast.For, ast.While)) or "load(" in ast.unparse(statement))
    inside, found = loops_pulled_out(body[first:], independent)  # no thread reads what is none of its business
    if not found:
        return [*body[:first], ast.If(_parsed("own == 0 and block == 0"), inside, [])]
    names, sizes = [name for name, _ in found], [ast.unparse(size) for _, size in found]
    lines = [f"elements = {' * '.join(f'({size})' for size in sizes)}", f"part = {part_text('elements', threads)}",
             "for begin in range(block * part, elements, blocks * part):",
             "    for flat in range(begin + own, min(begin + part, elements), own_threads):",
             *["        " + line for line in places(names, sizes, "flat")]]
    statements = ast.parse("\n".join(lines)).body
    parts = statements[-1]
    assert isinstance(parts, ast.For) and isinstance(parts.body[0], ast.For)
    parts.body[0].body += inside
    return [*body[:first], *statements]


def part_of(elements: int, threads: int) -> int:
    """How many elements a block takes at once, before it goes on to others."""
    return threads * max(1, elements // (threads * _PARTS))


def part_text(elements: str, threads: int) -> str:
    """The same as an expression."""
    return f"{threads} * max(1, {elements} // {threads * _PARTS})"


def places(names: list[str], sizes: list[str], flat: str) -> list[str]:
    """The indices of loops from the number of an element, the innermost loop the fastest."""
    if not names:
        return []
    lines = [f"rest = {flat}"]
    for name, size in zip(names[:0:-1], sizes[:0:-1], strict=True):
        lines += [f"{name} = rest % ({size})", f"rest = rest // ({size})"]
    return [*lines, f"{names[0]} = rest"]


def loops_pulled_out(body: list[ast.stmt], names: Sequence[str]) -> tuple[list[ast.stmt], list[tuple[str, ast.expr]]]:
    """Statements without the loops over certain variables, and these with their sizes, from the outermost on."""
    statements: list[ast.stmt] = []
    found: list[tuple[str, ast.expr]] = []
    for statement in body:
        if isinstance(statement, ast.For):
            assert isinstance(statement.target, ast.Name) and isinstance(statement.iter, ast.Call)
            name, bounds = statement.target.id, statement.iter.args
            inside, more = loops_pulled_out(statement.body, names)
            if name in names:
                assert len(bounds) == 1
                found += [(name, bounds[0]), *more]
                statements += inside
                continue
            statement.body = inside
            found += more
        statements.append(statement)
    assert len({name for name, _ in found}) == len(found)
    return statements, found


def _parsed(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body
