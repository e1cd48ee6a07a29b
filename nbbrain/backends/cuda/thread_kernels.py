"""Kernels for the threads of a GPU, made of the sources of the CPU's kernels.

A CPU kernel is a function of one row of integers: addresses, sizes, strides, constants. Here each of these is an argument,
so that what is known when a program is compiled becomes part of its code. Loops whose turns are independent of one another
become one loop over all their elements, of which every thread takes each ``threads``-th:

.. code-block:: python

    for i0 in range(n0):                     for flat in range(thread, n0 * n1, threads):
        b0 = i0 * s0_0              ->           i0, i = flat // n1 % n0, flat % n1
        for i in range(n1):                      b0 = i0 * s0_0
            store(p0, b0 + i, ...)               store(p0, b0 + i, ...)

So neighbouring threads take neighbouring elements. Loops that add up stay loops, in their order; a kernel without
independent loops is left to the first thread.
"""
from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache

from nbbrain.backends.numba.sources import KERNEL_NAME

__all__ = ["arguments_named", "loops_pulled_out", "places", "thread_kernel"]


@cache
def thread_kernel(source: str, independent: tuple[str, ...]) -> tuple[str, int]:
    """The source of a function of a thread, the number of threads and a kernel's arguments, and how many these are.

    Its name is KERNEL, and ``on_device`` decorates it.

    Parameters
    ----------
    source : str
        Of a kernel for the CPU.
    independent : tuple of str
        The variables of its independent loops.
    """
    tree = ast.parse(source)
    kernel, size = arguments_named(tree)
    kernel.body = _distributed(kernel.body, independent)
    kernel.args.args = [ast.arg(name) for name in ["thread", "threads", *[f"a{i}" for i in range(size)]]]
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


def _distributed(body: list[ast.stmt], independent: Sequence[str]) -> list[ast.stmt]:
    """The statements of a kernel, with its loops divided among threads."""
    first = next(i for i, statement in enumerate(body) if isinstance(statement, (ast.For, ast.While)))
    inside, found = loops_pulled_out(body[first:], independent)
    if not found:
        return [*body[:first], ast.If(_parsed("thread == 0"), inside, [])]
    names, sizes = [name for name, _ in found], [ast.unparse(size) for _, size in found]
    indices = ast.parse("\n".join(places(names, sizes, "flat"))).body
    loop = ast.parse(f"for flat in range(thread, {' * '.join(f'({size})' for size in sizes)}, threads):\n    pass").body[0]
    assert isinstance(loop, ast.For)
    loop.body = [*indices, *inside]
    return [*body[:first], loop]


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
