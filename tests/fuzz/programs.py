"""Random programs: a recipe is a list of instructions, and a machine that runs it inside of a loop.

An instruction names an operation and three numbers, by which the machine picks operands of the right kind among the values
computed so far; so every recipe is a valid program, and a part of one as well.

Two programs that round differently must not take different sides of a jump. Values are therefore of two sorts. *Exact* ones
(integers, truth values, and floats that are small multiples of 1/8) come from exact inputs by operations without rounding;
comparisons, maxima, rounding and spikes are applied to them alone. All other floats go through smooth and bounded
operations.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

import nbbrain.math as bm

__all__ = ["OPERATIONS", "Instruction", "Machine", "Recipe", "recipes"]

MAX_SIZE, MAX_AXES = 500, 3


@dataclass(frozen=True)
class Instruction:
    """An operation, and what it picks its operands by."""

    name: str
    i: int = 0
    j: int = 0
    k: int = 0

    def __repr__(self) -> str:
        return f"I({self.name!r}, {self.i}, {self.j}, {self.k})"


@dataclass(frozen=True)
class Recipe:
    """A program and the loop it runs in.

    Attributes
    ----------
    body : tuple of Instruction
        What one turn does.
    rows, width, turns : int
        Sizes: of the batch (0: there is none), of the features, of time.
    mixed : bool
        Whether floats of both widths take part.
    """

    body: tuple[Instruction, ...]
    rows: int = 9
    width: int = 3
    turns: int = 3
    mixed: bool = False
    reverse: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Value:
    """A value of a program."""

    array: Any
    exact: bool

    @property
    def kind(self) -> str:
        return np.dtype(self.array.dtype).kind


class Part:
    """A part of a model; two of them share a variable."""

    def __init__(self, **variables: Any) -> None:
        self.__dict__.update(variables)


@dataclass
class Machine:
    """Runs a recipe, one turn a call; ``single`` and ``double`` are the dtypes of the two widths of floats."""

    recipe: Recipe
    single: Any
    double: Any
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        r = self.recipe
        rng = np.random.default_rng(r.seed)
        self.batch = (r.rows,) if r.rows else ()
        n, batch = r.width, self.batch
        grid = lambda *shape: rng.integers(-12, 13, shape) / 8  # noqa: E731
        smooth = lambda *shape: rng.uniform(-1, 1, shape)  # noqa: E731
        self.first = Part(w=bm.TrainVar(self.floats(smooth(n, n), 0)), h=bm.Variable(self.floats(smooth(*batch, n), 0)),
                          level=bm.Variable(self.floats(grid(*batch, n), 1)),
                          count=bm.Variable(rng.integers(0, 5, 3).astype(np.int32)))
        self.second = Part(b=bm.TrainVar(self.floats(grid(n), 1)), h=self.first.h,
                           gain=bm.TrainVar(self.floats(smooth(1), 1)), common=bm.Variable(self.floats(smooth(n), 0)),
                           open=bm.Variable(rng.random((*batch, n)) < 0.5))
        self.stream = bm.random.RandomState(r.seed)
        self.closed = [self.floats(smooth(n, n), 0), self.floats(grid(*batch, n), 1), rng.integers(0, n, 4).astype(np.int32)]
        shape = (r.turns, *batch, n)
        self.inputs = [bm.asarray(x) for x in (self.floats(smooth(*shape), 1), self.floats(grid(*shape), 0),
                                               rng.integers(0, 9, r.turns).astype(np.int32), rng.random(shape) < 0.5)]
        self.written: list[tuple[Any, bool]] = [(self.first.h, False), (self.first.level, True), (self.first.count, True),
                                                (self.second.common, False), (self.second.open, True)]
        self.trained = [self.first.w, self.second.b, self.second.gain]

    def floats(self, array: np.ndarray, width: int) -> np.ndarray:
        """An array of floats; width 1 is the double one where floats are mixed."""
        return array.astype(self.double if width and self.recipe.mixed else self.single)

    # Values

    def turn(self, smooth: Any, grid: Any, number: Any, flags: Any) -> tuple:
        """One turn: its inputs are the first values, what nobody has used is given out."""
        self.lines.clear()
        self.values: list[Value] = []
        self.used: list[Value] = []
        self.flag = number % 3 == 0
        for array, exact in ((smooth, False), (grid, True), (number, True), (flags, True), (self.first.h, False),
                             (self.second.gain, False), (self.second.b, True), (bm.asarray(self.closed[1]), True)):
            self.values.append(Value(array if array.dtype == np.bool_ else array * 1, exact))
        for instruction in self.recipe.body:
            self.run(instruction)
        unused = [v.array for v in self.values if not any(v is other for other in self.used)]
        return tuple(unused[-8:] or [self.values[-1].array])

    def run(self, instruction: Instruction) -> None:
        """Carry out an instruction; results that are too large are left out."""
        result = OPERATIONS[instruction.name](self, instruction)
        for value in result if isinstance(result, list) else [result]:
            if value is not None and value.array.size <= MAX_SIZE and value.array.ndim <= MAX_AXES:
                self.values.append(value)
                what = f"{np.dtype(value.array.dtype)}{list(value.array.shape)}"
                self.lines.append(f"{len(self.values) - 1}: {instruction!r} -> {what}")

    def pick(self, number: int, kinds: str, exact: bool | None = None,
             fits: Callable[[Any], bool] = lambda array: True) -> Value:
        """One of the values of some kinds; the latest ones have the smallest numbers."""
        found = [v for v in reversed(self.values) if v.kind in kinds and exact in (None, v.exact) and fits(v.array)]
        if not found:
            found = [Value(self.second.gain * 1.0, False)] if not exact else [
                Value(bm.asarray(np.ones(1, {"f": self.single, "i": np.int32, "b": np.bool_}[kinds[0]])), True)]
        chosen = found[number % len(found)]
        self.used.append(chosen)
        return chosen

    def pair(self, instruction: Instruction, kinds: str, exact: bool | None = None) -> tuple[Value, Value]:
        """Two values that can be broadcast to one another."""
        x = self.pick(instruction.i, kinds, exact)
        return x, self.pick(instruction.j, kinds, exact, lambda array: _together(x.array.shape, array.shape))


def _together(*shapes: tuple[int, ...]) -> bool:
    try:
        joined = np.broadcast_shapes(*shapes)
    except ValueError:
        return False
    return int(np.prod(joined)) <= MAX_SIZE and len(joined) <= MAX_AXES


def _into(shape: tuple[int, ...]) -> Callable[[Any], bool]:
    """Whether an array can be broadcast to a shape."""
    return lambda array: _together(array.shape, shape) and np.broadcast_shapes(array.shape, shape) == shape


Rule = Callable[[Machine, Instruction], Any]
OPERATIONS: dict[str, Rule] = {}
STATE = ["read", "write", "write some", "write in a branch"]
"""Operations that come more often than others."""
COUPLING: set[str] = set()
"""Operations by which rows of a batch meet."""


def operation(name: str, couples: bool = False) -> Callable[[Rule], Rule]:
    """Enter an operation in the table."""
    def enter(rule: Rule) -> Rule:
        OPERATIONS[name] = rule
        if couples:
            COUPLING.add(name)
        return rule

    return enter


def _small(x: Any) -> Any:
    """An exact float in the range in which all is exact."""
    return bm.clip(x, -8.0, 8.0)


# Element-wise operations

SMOOTH: dict[str, Callable[[Any], Any]] = {
    "tanh": bm.tanh, "sin": bm.sin, "cos": bm.cos, "sigmoid": bm.sigmoid, "negative": lambda x: -x,
    "softplus": lambda x: bm.softplus(x) * 0.5, "bell": lambda x: bm.exp(-x * x), "affine": lambda x: x * 0.5 + 0.25,
    "square": lambda x: bm.tanh(bm.square(x)), "root": lambda x: bm.sqrt(x * x + 0.25) - 0.5,
    "reciprocal": lambda x: 1.0 / (1.0 + x * x), "log": lambda x: bm.log1p(x * x) * 0.5, "arctan": bm.arctan,
    "power": lambda x: bm.tanh((x * x + 0.5) ** 0.7), "expm1": lambda x: bm.expm1(-x * x),
    "gelu": lambda x: bm.gelu(x) * 0.5,
    "stop": lambda x: x + 0.25 * bm.stop_gradient(x),
}
SMOOTH_PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: (x + y) * 0.5, "subtract": lambda x, y: (x - y) * 0.5, "multiply": lambda x, y: bm.tanh(x * y),
    "divide": lambda x, y: x / (1.0 + y * y), "logaddexp": lambda x, y: bm.logaddexp(x, y) * 0.5,
    "arctan2": lambda x, y: bm.arctan2(x, 1.5 + y * y),
}
EXACT: dict[str, Callable[[Any], Any]] = {
    "absolute": bm.abs, "sign": bm.sign, "floor": bm.floor, "rint": bm.rint, "relu": bm.relu, "trunc": bm.trunc,
    "shift": lambda x: _small(x - 0.375), "spike": bm.surrogate.sigmoid, "spike of relu": bm.surrogate.relu_grad,
    "leaky": lambda x: bm.floor(bm.where(x > 0, x, 0.5 * x) * 8.0) * 0.125,
}
EXACT_PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "exact add": lambda x, y: _small(x + y), "exact subtract": lambda x, y: _small(x - y), "maximum": bm.maximum,
    "minimum": bm.minimum, "exact multiply": lambda x, y: _small(x * bm.sign(y)),
}
INTEGERS: dict[str, Callable[[Any], Any]] = {
    "integer remainder": lambda x: x % 5, "integer division": lambda x: x // 3, "integer absolute": bm.abs,
    "bits": lambda x: (x & 6) ^ 1, "shift of bits": lambda x: (x & 7) << 1,
}
INTEGER_PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "integer add": lambda x, y: (x + y) % 11 - 3, "integer multiply": lambda x, y: x * y % 7, "integer maximum": bm.maximum,
    "bits of both": lambda x, y: (x & 15) | (y & 3),
}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "less": lambda x, y: x < y, "equal": lambda x, y: x == y, "greater or equal": lambda x, y: x >= y,
    "not equal": lambda x, y: x != y,
}
LOGIC: dict[str, Callable[[Any, Any], Any]] = {
    "and": bm.logical_and, "or": lambda x, y: x | y, "xor": bm.logical_xor, "not": lambda x, y: ~x,
}


def _table(functions: dict[str, Callable], kinds: str, exact: bool | None, operands: int) -> None:
    def entry(function: Callable) -> Rule:
        def rule(m: Machine, i: Instruction) -> Value:
            values = m.pair(i, kinds, exact)[:operands]
            return Value(function(*[v.array for v in values]), bool(exact))

        return rule

    OPERATIONS.update({name: entry(function) for name, function in functions.items()})


for _functions, _kinds, _exact, _operands in (
        (SMOOTH, "f", None, 1), (SMOOTH_PAIRS, "f", None, 2), (EXACT, "f", True, 1), (EXACT_PAIRS, "f", True, 2),
        (INTEGERS, "i", True, 1), (INTEGER_PAIRS, "i", True, 2), (COMPARISONS, "fi", True, 2), (LOGIC, "b", True, 2)):
    _table(_functions, _kinds, _exact, _operands)


@operation("where")
def _where(m: Machine, i: Instruction) -> Value:
    x, y = m.pair(i, "f")
    condition = m.pick(i.k, "b", True, lambda array: _together(array.shape, x.array.shape, y.array.shape))
    return Value(bm.where(condition.array, x.array, y.array), x.exact and y.exact)


@operation("to integer")
def _to_integer(m: Machine, i: Instruction) -> Value:
    return Value(bm.floor(m.pick(i.i, "f", True).array).astype(np.int32), True)


@operation("to float")
def _to_float(m: Machine, i: Instruction) -> Value:
    dtype = m.double if i.j % 2 and m.recipe.mixed else m.single
    x = m.pick(i.i, "ib").array
    return Value(_small(x.astype(dtype)), True)


@operation("to the other width")
def _to_other_width(m: Machine, i: Instruction) -> Value:
    x = m.pick(i.i, "f")
    dtype = m.double if m.recipe.mixed and x.array.dtype == m.single else m.single
    return Value(x.array.astype(dtype), x.exact)


@operation("draw")
def _draw(m: Machine, i: Instruction) -> list[Value]:
    shape = m.pick(i.i, "fib").array.shape
    return [Value(m.stream.random(shape), False), Value(m.stream.bernoulli(0.4, shape), True)]


# Reductions; the axis of the batch is never among their axes, but for those that couple

def _inner_axis(m: Machine, array: Any, number: int) -> int:
    """An axis that is not of the batch."""
    first = 1 if m.batch and array.ndim > 1 and array.shape[0] == m.batch[0] else 0
    return first + number % (array.ndim - first)


def _with_axes(array: Any) -> bool:
    return array.ndim > 0


def _reduction(name: str, function: Callable, kinds: str, exact: bool | None) -> None:
    @operation(name)
    def rule(m: Machine, i: Instruction) -> Value:
        x = m.pick(i.i, kinds, exact, _with_axes)
        axis = _inner_axis(m, x.array, i.j)
        return Value(function(x.array, axis=axis, keepdims=bool(i.k % 2)), bool(exact))


for _name, _function, _kinds, _exact in (
        ("mean", bm.mean, "f", None), ("largest", bm.max, "f", True), ("smallest", bm.min, "fi", True),
        ("any", bm.any, "b", True), ("all", bm.all, "b", True),
        ("integer sum", lambda x, axis, keepdims: bm.sum(x, axis=axis, keepdims=keepdims) % 13, "i", True),
        ("count", lambda x, axis, keepdims: bm.sum(x, axis=axis, keepdims=keepdims).astype(np.int32), "b", True),
        ("exact sum", lambda x, axis, keepdims: _small(bm.sum(x, axis=axis, keepdims=keepdims)), "f", True),
        ("product", lambda x, axis, keepdims: bm.tanh(bm.prod(bm.cos(x), axis=axis, keepdims=keepdims)), "f", None),
        ("variance", lambda x, axis, keepdims: bm.tanh(bm.var(x, axis=axis, keepdims=keepdims)), "f", None)):
    _reduction(_name, _function, _kinds, _exact)


@operation("softmax")
def _softmax(m: Machine, i: Instruction) -> Value:
    x = m.pick(i.i, "f", None, _with_axes).array
    return Value((bm.softmax if i.k % 2 else bm.log_softmax)(x, axis=_inner_axis(m, x, i.j)) * 0.5, False)


@operation("normalise over the batch", couples=True)
def _over_batch(m: Machine, i: Instruction) -> Value:
    x = m.pick(i.i, "f", None, _with_axes).array
    return Value((x - x.mean(axis=0)) * 0.5, False)


@operation("mean over the batch", couples=True)
def _mean_over_batch(m: Machine, i: Instruction) -> Value:
    return Value(m.pick(i.i, "f", None, _with_axes).array.mean(axis=0), False)


@operation("mean of all", couples=True)
def _mean_of_all(m: Machine, i: Instruction) -> Value:
    return Value(m.pick(i.i, "f").array.mean(), False)


@operation("largest of all", couples=True)
def _largest_of_all(m: Machine, i: Instruction) -> Value:
    return Value(m.pick(i.i, "f", True).array.max(), True)


@operation("covariance", couples=True)
def _covariance(m: Machine, i: Instruction) -> Value:
    x = m.pick(i.i, "f", None, lambda array: array.ndim == 2).array
    return Value(bm.tanh(bm.dot(x.T, x) * 0.2) if x.ndim == 2 else x, False)


@operation("flip of the batch", couples=True)
def _flip_of_batch(m: Machine, i: Instruction) -> Value:
    x = m.pick(i.i, "fib", None, _with_axes)
    return Value(bm.flip(x.array, 0) if i.j % 2 else x.array[::-1], x.exact)


# Products

@operation("product with weights")
def _product_with_weights(m: Machine, i: Instruction) -> Value:
    n = m.recipe.width
    x = m.pick(i.i, "f", None, lambda array: 1 <= array.ndim <= 2 and array.shape[-1] == n).array
    if x.shape[-1:] != (n,):
        return Value(x, False)
    w = [m.first.w, m.closed[0], m.first.w.T][i.j % 3]
    return Value(bm.tanh(bm.dot(x, w)), False)


@operation("product")
def _product(m: Machine, i: Instruction) -> Value | None:
    x = m.pick(i.i, "f", None, lambda array: array.ndim == 2).array
    y = m.pick(i.j, "f", None, lambda array: array.ndim == 2 and array.shape[0] == x.shape[-1]).array
    if y.ndim != 2 or x.ndim != 2 or x.shape[1] != y.shape[0]:
        return None
    return Value(bm.tanh(bm.matmul(x, y) * 0.3), False)


# Shapes

def _view(name: str, function: Callable[[Machine, Any, Instruction], Any], fits: Callable[[Any], bool] = _with_axes,
          kinds: str = "fib", couples: bool = False) -> None:
    @operation(name, couples)
    def rule(m: Machine, i: Instruction) -> Value | None:
        x = m.pick(i.i, kinds, None, fits)
        return Value(function(m, x.array, i), x.exact) if fits(x.array) else None


_view("reversed", lambda m, x, i: bm.flip(x, _inner_axis(m, x, i.j)))
_view("every second", lambda m, x, i: x[..., ::2])
_view("part", lambda m, x, i: x[..., i.j % x.shape[-1]:][..., :2])
_view("one", lambda m, x, i: x[..., i.j % x.shape[-1]])
_view("new axis", lambda m, x, i: x[..., None])
_view("joined axes", lambda m, x, i: x.reshape(*x.shape[:-2], -1), lambda a: a.ndim == 3)
_view("all axes joined", lambda m, x, i: x.reshape(-1), couples=True)
_view("transposed", lambda m, x, i: x.T, couples=True)
_view("swapped", lambda m, x, i: bm.swapaxes(x, -1, -2), lambda a: a.ndim == 3)
_view("repeated", lambda m, x, i: bm.broadcast_to(x[..., None], (*x.shape, 2)))
_view("picked", lambda m, x, i: x[..., np.array([0, -1, i.j % x.shape[-1]])])
_view("picked by closure", lambda m, x, i: bm.take(x, bm.asarray(m.closed[2] % x.shape[-1]), axis=-1))
_view("picked by number", lambda m, x, i: bm.take(x, m.first.count % x.shape[-1], axis=x.ndim - 1))


@operation("joined")
def _joined(m: Machine, i: Instruction) -> Value:
    x = m.pick(i.i, "fi", None, _with_axes)
    heads = lambda array: (array.ndim, array.shape[:-1])  # noqa: E731
    y = m.pick(i.j, x.kind, None, lambda array: heads(array) == heads(x.array))
    return Value(bm.concatenate([x.array, y.array, x.array], axis=-1), x.exact and y.exact)


@operation("stacked")
def _stacked(m: Machine, i: Instruction) -> Value:
    x = m.pick(i.i, "f")
    y = m.pick(i.j, "f", None, lambda array: array.shape == x.array.shape)
    return Value(bm.stack([x.array, y.array], axis=-1), x.exact and y.exact)


@operation("written part")
def _written_part(m: Machine, i: Instruction) -> Value:
    x, y = m.pick(i.i, "f", None, _with_axes), m.pick(i.j, "f")
    new, size = x.array * 1.0, x.array.shape[-1]
    fits = _into(new.shape[:-1])(y.array)
    new[..., i.k % size] = y.array if fits else 0.5
    return Value(new, x.exact and (y.exact or not fits))


@operation("written at an index")
def _written_at(m: Machine, i: Instruction) -> Value:
    x = m.pick(i.i, "f", None, _with_axes)
    new, size = x.array * 1.0, x.array.shape[-1]
    new[..., np.array([0, i.k % size, size - 1])] = 0.125 * (i.j % 9)
    return Value(new, x.exact)


@operation("written at numbers")
def _written_at_numbers(m: Machine, i: Instruction) -> Value:
    """Indices that are known only when the loop runs; some come twice."""
    x = m.pick(i.i, "f", None, _with_axes)
    new = x.array * 1.0
    new[..., m.first.count % x.array.shape[-1]] = 0.125 * (i.j % 9)
    return Value(new, x.exact)


# State

@operation("read")
def _read(m: Machine, i: Instruction) -> Value:
    variable, exact = m.written[i.i % len(m.written)]
    return Value(bm.logical_not(variable) if variable.dtype == np.bool_ else variable * 1, exact)


@operation("constant")
def _constant(m: Machine, i: Instruction) -> Value:
    return [Value(m.second.b * 1.0, True), Value(bm.asarray(m.closed[0]) * 1.0, False),
            Value(bm.asarray(m.closed[1]) + 0.0, True), Value(m.second.gain + 0.0, False),
            Value(m.first.w * 1.0, False)][i.i % 5]


def _new(m: Machine, i: Instruction) -> tuple[Any, Any]:
    """A variable, and a value that can be written to it: its own where no other fits."""
    variable, exact = m.written[i.i % len(m.written)]
    x = m.pick(i.j, np.dtype(variable.dtype).kind, exact or None, _into(variable.shape)).array
    if not _into(variable.shape)(x):
        x = variable.value if variable.dtype == np.bool_ else variable * 1
    return variable, bm.broadcast_to(x, variable.shape)


@operation("write")
def _write(m: Machine, i: Instruction) -> None:
    variable, new = _new(m, i)
    variable.value = new


@operation("write some")
def _write_some(m: Machine, i: Instruction) -> None:
    variable, new = _new(m, i)
    condition = m.pick(i.k, "b", True, _into(variable.shape)).array
    variable.value = bm.where(condition, new.astype(variable.dtype), variable)


@operation("write in a branch")
def _write_in_branch(m: Machine, i: Instruction) -> Value:
    """One branch writes two variables, the other one."""
    variable, new = _new(m, i)
    x = m.pick(i.k, "f").array

    def yes() -> Any:
        variable.value = new.astype(variable.dtype)
        m.first.count.value = (m.first.count + 1) % 7
        return x * 0.5

    def no() -> Any:
        m.first.level.value = -m.first.level
        return x * 0.25

    return Value(bm.cond(m.flag, yes, no), False)


@operation("inner loop")
def _inner_loop(m: Machine, i: Instruction) -> Value:
    """A loop within the loop, which changes a variable."""
    x = m.pick(i.i, "f").array

    def turn(scale: Any) -> Any:
        m.second.common.value = bm.tanh(m.second.common * 0.5 + scale)
        return x * scale

    return Value(bm.for_loop(turn, bm.asarray(np.array([0.25, -0.5]), dtype=x.dtype)).sum(axis=0), False)


def recipes(longest: int = 40) -> st.SearchStrategy[Recipe]:
    """Programs of 5 operations and more."""
    @st.composite
    def draw_recipe(draw: Any) -> Recipe:
        rows = draw(st.sampled_from([9, 17, 0, 4, 20, 1]))
        coupling = draw(st.lists(st.sampled_from(sorted(COUPLING)), max_size=2))  # one is enough to keep rows together
        names = sorted(set(OPERATIONS) - (COUPLING if rows else set())) + 4 * STATE + 2 * coupling
        number = st.integers(0, 15)
        instruction = st.builds(Instruction, st.sampled_from(names), number, number, number)
        length = draw(st.integers(5, longest))
        body = draw(st.lists(instruction, min_size=length, max_size=length))
        return Recipe(tuple(body), rows, draw(st.sampled_from([3, 1, 4, 9])), draw(st.sampled_from([3, 1, 2])),
                      draw(st.booleans()), draw(st.booleans()), draw(st.integers(0, 3)))

    return draw_recipe()
