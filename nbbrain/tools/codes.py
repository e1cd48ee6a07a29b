"""Texts of Python code."""
from __future__ import annotations

import ast
import inspect
import keyword
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nbbrain.errors import CodeError
from nbbrain.tools.functions import is_lambda_function

__all__ = [
    "code_lines_to_func", "deindent", "get_func_source", "get_identifiers", "get_main_code", "indent", "word_replace",
]

_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_NUMBER = re.compile(r"(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?!\w)")


def code_lines_to_func(lines: Sequence[str], func_name: str, func_args: Sequence[str], scope: dict[str, Any],
                       remind: str = "") -> tuple[str, Callable[..., Any]]:
    """A function whose body is given as lines of code, which are run as they are: they must come from your own program.

    Parameters
    ----------
    lines : sequence of str
        The body.
    func_name : str
        The name of the function.
    func_args : sequence of str
        Its parameters.
    scope : dict
        The global names that it sees; it is entered there.
    remind : str
        What an error also says.

    Returns
    -------
    code : str
        The code of the function.
    function : callable
        The function.

    Raises
    ------
    CodeError
        When the code has no valid syntax. Errors in a call have a note with the code.

    Examples
    --------
    >>> import nbbrain as bp
    >>> code, double = bp.tools.code_lines_to_func(['return 2 * x'], 'double', ['x'], {})
    >>> double(4)
    8
    """
    code = f"def {func_name}({', '.join(func_args)}):\n" + indent("\n".join(lines) or "pass")
    numbered = "\n".join(f"[{i:3d}] {line}" for i, line in enumerate(code.split("\n"), start=1))
    try:
        compiled = compile(code, f"<{func_name}>", "exec")
    except SyntaxError as error:
        raise CodeError(f"{func_name} is no valid function: {error}.\n{numbered}\n{remind}".rstrip()) from None
    exec(compiled, scope)
    function = scope[func_name]

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            error.add_note(f"{numbered}\n{remind}".rstrip())
            raise

    call.__name__ = call.__qualname__ = func_name
    scope[func_name] = call
    return code, call


def get_identifiers(expr: str, include_numbers: bool = False) -> set[str]:
    """The names in an expression, those with dots as a whole, without keywords.

    Parameters
    ----------
    expr : str
        Python code.
    include_numbers : bool
        Whether numbers are among the results.

    Examples
    --------
    >>> import nbbrain as bp
    >>> sorted(bp.tools.get_identifiers('(E - V) / tau if on else np.exp(-1e3)', include_numbers=True))
    ['1e3', 'E', 'V', 'np.exp', 'on', 'tau']
    """
    names = {name for name in _NAME.findall(expr) if not keyword.iskeyword(name)}
    return names | set(_NUMBER.findall(expr)) if include_numbers else names


def indent(text: str, num_tabs: int = 1, spaces_per_tab: int = 4, tab: str | None = None) -> str:
    r"""A text whose lines all begin with more space.

    Parameters
    ----------
    text : str
        The text.
    num_tabs, spaces_per_tab : int
        The number of tabs, and of spaces each of them is.
    tab : str, optional
        What stands for a tab instead of spaces.

    Examples
    --------
    >>> import nbbrain as bp
    >>> print(bp.tools.indent('a\nb', tab='> '))
    > a
    > b
    """
    space = num_tabs * (" " * spaces_per_tab if tab is None else tab)
    return "\n".join(space + line for line in text.split("\n"))


def deindent(text: str, num_tabs: int | None = None, spaces_per_tab: int = 4, docstring: bool = False) -> str:
    r"""A text without the space that its lines begin with.

    Parameters
    ----------
    text : str
        The text.
    num_tabs : int, optional
        How many tabs are taken away; by default, as many spaces as all lines have that are not blank.
    spaces_per_tab : int
        The number of spaces of a tab.
    docstring : bool
        Whether the first line stays as it is.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.tools.deindent('  a\n    b')
    'a\n  b'
    """
    lines = text.replace("\t", " " * spaces_per_tab).split("\n")
    kept, rest = (lines[:1], lines[1:]) if docstring else ([], lines)
    spaces = [len(line) - len(line.lstrip()) for line in rest if line.strip()]
    cut = min(spaces, default=0) if num_tabs is None else num_tabs * spaces_per_tab
    return "\n".join([*kept, *(line[min(cut, len(line) - len(line.lstrip())):] for line in rest)])


def word_replace(expr: str, substitutions: Mapping[str, Any], exclude_dot: bool = True) -> str:
    """An expression with other words, all replaced at once, so that names can be swapped.

    Parameters
    ----------
    expr : str
        Python code.
    substitutions : dict
        New words by old ones.
    exclude_dot : bool
        Whether words beside a dot stay as they are: in ``a.b``, neither ``a`` nor ``b`` is replaced.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.tools.word_replace('a*b + a.b + ab', {'a': 'b', 'b': 'a'})
    'b*a + a.b + ab'
    """
    if not substitutions:
        return expr
    words = "|".join(re.escape(word) for word in substitutions)
    before, after = (r"(?<![\w.])", r"(?![\w.])") if exclude_dot else (r"(?<!\w)", r"(?!\w)")
    return re.sub(f"{before}(?:{words}){after}", lambda match: str(substitutions[match[0]]), expr)


def get_func_source(func: Callable[..., Any]) -> str:
    """The code of a function, without what decorates it.

    Parameters
    ----------
    func : callable
        A function whose source is in a file.

    Raises
    ------
    CodeError
        When there is no source.
    """
    try:
        code = inspect.getsource(func)
    except (OSError, TypeError) as error:
        raise CodeError(f"there is no source of {func!r}: {error}.") from None
    start = code.find("def ")
    return code[start:] if start >= 0 else code


def get_main_code(func: Callable[..., Any] | None, codes: str | None = None) -> str:
    r"""The body of a function; that of a lambda as ``return ...``.

    Parameters
    ----------
    func : callable or None
        The function; None has no body.
    codes : str, optional
        Its code; by default what `get_func_source` finds.

    Raises
    ------
    CodeError
        When it is no function, or its code cannot be told apart from what is around it.

    Examples
    --------
    >>> import nbbrain as bp
    >>> def double(x):
    ...     return 2 * x
    >>> bp.tools.get_main_code(double, 'def double(x):\n    return 2 * x')
    'return 2 * x'
    """
    if func is None:
        return ""
    if not callable(func):
        raise CodeError(f"a function is needed, but got {type(func).__name__}.")
    code = textwrap.dedent(get_func_source(func) if codes is None else codes)
    kind: type[ast.AST] = ast.Lambda if is_lambda_function(func) else ast.FunctionDef
    try:
        found = [node for node in ast.walk(ast.parse(code.strip())) if isinstance(node, kind)]
    except SyntaxError:
        found = []
    if not found or (kind is ast.Lambda and len(found) > 1):
        raise CodeError(f"the body of the function cannot be found in:\n{code}")
    node = found[0]
    if isinstance(node, ast.Lambda):
        return f"return {ast.get_source_segment(code.strip(), node.body)}"
    assert isinstance(node, ast.FunctionDef)
    if node.body[0].lineno == node.lineno:  # def f(x): return x
        return "\n".join(ast.get_source_segment(code.strip(), part) or "" for part in node.body)
    return deindent("\n".join(code.strip().split("\n")[node.body[0].lineno - 1:node.end_lineno]))
