"""Gradients, Jacobians and Hessians, of variables and of arguments, through autograd."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from autograd.extend import Box

from nbbrain.math.array import Array, as_value
from nbbrain.math.lifting import wrap
from nbbrain.math.trees import flatten, unflatten
from nbbrain.math.variables import Variable
from nbbrain.operations import elementwise
from nbbrain.operations.operation import dtype_of, shape_of
from nbbrain.operations.shapes import reshape, stack
from nbbrain.program.tape import Tape, trace
from nbbrain.program.tracking import WriteLog, tracking

__all__ = ["grad", "hessian", "jacfwd", "jacobian", "jacrev", "stop_gradient", "vector_grad"]


class _Targets:
    """What is differentiated by: variables, arguments, or both."""

    def __init__(self, grad_vars: Any, argnums: int | Sequence[int] | None) -> None:
        if grad_vars is None and argnums is None:
            argnums = 0
        self.has_variables, self.argnums = grad_vars is not None, argnums
        self.variables, self.places, self.form = _variables(grad_vars)

    def values(self, args: tuple) -> tuple[list[Any], Any]:
        """Raw values of all targets, variables first, and the structure of the arguments among them."""
        given: Any = ()
        if self.argnums is not None:
            numbers = (self.argnums,) if isinstance(self.argnums, int) else tuple(self.argnums)
            try:
                given = tuple([args[i] for i in numbers])
            except IndexError:
                raise ValueError(f"argnums={self.argnums}, but the function got {len(args)} arguments.") from None
        leaves, structure = flatten(given, convert=as_value)
        values = [variable.value for variable in self.variables] + leaves
        for value in values:
            if dtype_of(value).kind not in "fc":
                raise TypeError(f"grad needs floating-point inputs, but got one of dtype {dtype_of(value)}.")
        return values, structure

    def put(self, args: tuple, structure: Any, boxes: list[Any]) -> tuple:
        """Set the variables to boxes and return the arguments with boxes in their places."""
        for variable, box in zip(self.variables, boxes, strict=False):
            variable.value = box
        replaced = unflatten(structure, [wrap(box) for box in boxes[len(self.variables):]])
        numbers = () if self.argnums is None else (self.argnums,) if isinstance(self.argnums, int) else tuple(self.argnums)
        places = dict(zip([n % len(args) for n in numbers] if args else [], replaced, strict=True))
        return tuple([places.get(i, arg) for i, arg in enumerate(args)])

    def arrange(self, results: list[Any], structure: Any) -> Any:
        """Results of all targets in the form in which the targets were given."""
        count = len(self.variables)
        by_variable = unflatten(self.form, [results[i] for i in self.places]) if self.has_variables else None
        if self.argnums is None:
            return by_variable
        by_argument = unflatten(structure, results[count:])
        if isinstance(self.argnums, int):
            by_argument = by_argument[0]
        return (by_variable, by_argument) if self.has_variables else by_argument


def _variables(grad_vars: Any) -> tuple[list[Variable], list[int], Any]:
    """The different variables of a container, which of them lies in each place of it, and the container's form."""
    if grad_vars is None:
        return [], [], ()
    occurrences, form = flatten(_as_container(grad_vars), convert=lambda x: x)
    different = {id(variable): variable for variable in occurrences}
    order = list(different)
    return list(different.values()), [order.index(id(variable)) for variable in occurrences], form


def _as_container(grad_vars: Any) -> Any:
    """Variables in plain dicts, lists and tuples; anything else is refused."""
    if isinstance(grad_vars, dict):
        return {key: _as_container(item) for key, item in grad_vars.items()}
    if isinstance(grad_vars, (list, tuple, set)):
        return (tuple if isinstance(grad_vars, tuple) else list)([_as_container(item) for item in grad_vars])
    if not isinstance(grad_vars, Variable):
        raise TypeError(f"grad_vars must hold Variables, but got {type(grad_vars).__name__}.")
    return grad_vars


class _Run:
    """One run of a function on a tape."""

    def __init__(self, function: Callable[..., Any], targets: _Targets, has_aux: bool | None, args: tuple,
                 kwargs: dict[str, Any]) -> None:
        self.values, self.structure = targets.values(args)
        self.aux: Any = None
        self.log = WriteLog()
        try:
            with trace() as tape, tracking(self.log):
                self.boxes = [tape.watch(value) for value in self.values]
                before = [variable.value for variable in targets.variables]
                returned = function(*targets.put(args, self.structure, self.boxes), **kwargs)
                for variable, value, box in zip(targets.variables, before, self.boxes, strict=False):
                    if variable.value is box:
                        variable.value = value
            self.log.map(tape.value)
            if has_aux:
                if not (isinstance(returned, (tuple, list)) and len(returned) == 2):
                    raise TypeError(f"with has_aux=True the function must return (value, aux), but it returned "
                                    f"{type(returned).__name__}.")
                returned, aux = returned
                self.aux = _without_tape(aux, tape)
            self.outputs, _ = flatten(returned, convert=as_value)
        except BaseException:
            self.log.restore()
            raise
        self.tape: Tape = tape
        self.result = _without_tape(returned, tape)

    def pull_back(self, cotangents: list[Any]) -> list[Any]:
        """Cotangents of the targets; zeros where the outputs do not depend on one."""
        pulled = self.tape.pull_back(self.outputs, cotangents)
        return [np.zeros(shape_of(value), dtype_of(value)) if g is None else g
                for value, g in zip(self.values, pulled, strict=True)]


def _without_tape(tree: Any, tape: Tape) -> Any:
    leaves, structure = flatten(tree, leaves=(Array, Box))
    return unflatten(structure, [wrap(tape.value(leaf)) for leaf in leaves])


def _transform(compute: Callable[[_Run], list[Any]], func: Callable[..., Any] | None, grad_vars: Any, argnums: Any,
               has_aux: bool | None, return_value: bool) -> Callable[..., Any]:
    """The function that runs ``func`` on a tape and returns gradients in BrainPy's order: g, value, aux."""
    if func is None:
        return lambda function: _transform(compute, function, grad_vars, argnums, has_aux, return_value)
    targets = _Targets(grad_vars, argnums)

    def transformed(*args: Any, **kwargs: Any) -> Any:
        run = _Run(func, targets, has_aux, args, kwargs)
        try:
            gradients = targets.arrange([wrap(g) for g in compute(run)], run.structure)
        except BaseException:
            run.log.restore()
            raise
        results = [gradients, *([run.result] if return_value else []), *([run.aux] if has_aux else [])]
        return tuple(results) if len(results) > 1 else gradients

    return transformed


def _scalar(run: _Run) -> list[Any]:
    if len(run.outputs) != 1 or shape_of(run.outputs[0]) not in ((), (1,)):
        raise TypeError(f"grad needs a function with one scalar output, but got outputs of shapes "
                        f"{[shape_of(output) for output in run.outputs]}. Reduce it (bm.mean, bm.sum), or use "
                        f"bm.vector_grad or bm.jacobian; for further results, has_aux=True.")
    output = run.outputs[0]
    if dtype_of(output).kind not in "fc":
        raise TypeError(f"grad needs a floating-point output, but got dtype {dtype_of(output)}.")
    return run.pull_back([np.ones(shape_of(output), dtype_of(output))])


def _elementwise(run: _Run) -> list[Any]:
    return run.pull_back([np.ones(shape_of(output), dtype_of(output)) for output in run.outputs])


def grad(func: Callable[..., Any] | None = None, grad_vars: Any = None, argnums: int | Sequence[int] | None = None,
         holomorphic: bool = False, allow_int: bool = False, reduce_axes: Any = (), has_aux: bool | None = None,
         return_value: bool = False, dyn_vars: Any = None, child_objs: Any = None) -> Callable[..., Any]:
    """The function that computes the gradient of a scalar function.

    Parameters
    ----------
    func : callable
        Returns one number, or ``(number, aux)`` with ``has_aux``.
    grad_vars : Variable, sequence or dict of Variable, optional
        Variables to differentiate by; gradients come in the same container.
    argnums : int or sequence of int, optional
        Arguments to differentiate by; 0 where neither is given.
    has_aux : bool
        Whether ``func`` returns something further, which is passed through.
    return_value : bool
        Whether the value of ``func`` is returned too.
    holomorphic, allow_int, reduce_axes, dyn_vars, child_objs
        Accepted for compatibility.

    Returns
    -------
    callable
        Returns ``g``, ``(g, value)``, ``(g, aux)`` or ``(g, value, aux)``; g is ``(by variables, by arguments)`` where
        both are asked for. Gradients have the dtype of what they belong to.

    Raises
    ------
    TypeError
        For an output that is no scalar, or inputs that are not floating-point.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.grad(lambda x: (x ** 2).sum())(bm.asarray([1., 2.]))
    Array(value=Array([2., 4.]), dtype=float32)
    >>> w = bm.TrainVar(bm.asarray([3.]))
    >>> g, loss = bm.grad(lambda: (w ** 2).sum(), grad_vars=w, return_value=True)()
    >>> float(g[0]), float(loss)
    (6.0, 9.0)
    """
    return _transform(_scalar, func, grad_vars, argnums, has_aux, return_value)


def vector_grad(func: Callable[..., Any] | None = None, grad_vars: Any = None, argnums: int | Sequence[int] | None = None,
                return_value: bool = False, has_aux: bool | None = None, dyn_vars: Any = None,
                child_objs: Any = None) -> Callable[..., Any]:
    """The function that computes the gradient of the sum of all outputs: of an element-wise function, its derivative.

    Parameters are those of `grad`; the output may have any shape.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.vector_grad(lambda x: x ** 3)(bm.asarray([1., 2.]))
    Array(value=Array([ 3., 12.]), dtype=float32)
    """
    return _transform(_elementwise, func, grad_vars, argnums, has_aux, return_value)


def _jacobian_rows(run: _Run) -> list[Any]:
    """By reverse mode: one pull-back for every element of the output."""
    if len(run.outputs) != 1:
        raise TypeError(f"a jacobian needs a function with one output array, but got {len(run.outputs)}.")
    output = run.outputs[0]
    shape, size = shape_of(output), int(np.prod(shape_of(output), dtype=np.int64))
    basis = np.eye(size, dtype=dtype_of(output)).reshape(size, *shape)
    rows = [run.pull_back([seed]) for seed in basis]
    return [reshape(stack([row[i] for row in rows]), (*shape, *shape_of(value))) for i, value in enumerate(run.values)]


def _jacobian_columns(run: _Run) -> list[Any]:
    """By forward mode: the derivative of a pull-back by its seed is a push-forward (Townsend, 2017).

    The pull-back is linear in its seed, so pulling back through it gives one column of the Jacobian for every element of
    the input.
    """
    if len(run.outputs) != 1:
        raise TypeError(f"a jacobian needs a function with one output array, but got {len(run.outputs)}.")
    output = run.outputs[0]
    with trace() as seeds:
        seed = seeds.watch(np.zeros(shape_of(output), dtype_of(output)))
        pulled = run.pull_back([seed])
    jacobians = []
    for value, g in zip(run.values, pulled, strict=True):
        size = int(np.prod(shape_of(value), dtype=np.int64))
        columns = []
        for tangent in np.eye(size, dtype=dtype_of(value)).reshape(size, *shape_of(value)):
            column = seeds.pull_back([g], [tangent])[0]
            columns.append(np.zeros(shape_of(output), dtype_of(output)) if column is None else column)
        whole = stack(columns, axis=-1)
        jacobians.append(reshape(whole, (*shape_of(output), *shape_of(value))))
    return jacobians


def jacrev(func: Callable[..., Any] | None = None, grad_vars: Any = None, argnums: int | Sequence[int] | None = None,
           has_aux: bool | None = None, return_value: bool = False, holomorphic: bool = False, allow_int: bool = False,
           dyn_vars: Any = None, child_objs: Any = None) -> Callable[..., Any]:
    """The function that computes the Jacobian, row by row (reverse mode).

    Parameters are those of `grad`. The Jacobian has the output's axes, then the input's.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.jacrev(lambda x: bm.stack([x[0] * x[1], x[1]]))(bm.asarray([2., 3.])).tolist()
    [[3.0, 2.0], [0.0, 1.0]]
    """
    return _transform(_jacobian_rows, func, grad_vars, argnums, has_aux, return_value)


jacobian = jacrev


def jacfwd(func: Callable[..., Any] | None = None, grad_vars: Any = None, argnums: int | Sequence[int] | None = None,
           has_aux: bool | None = None, return_value: bool = False, holomorphic: bool = False, dyn_vars: Any = None,
           child_objs: Any = None) -> Callable[..., Any]:
    """The function that computes the Jacobian, column by column: better than `jacrev` where inputs are few.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.jacfwd(lambda x: bm.stack([x[0] * x[1], x[1]]))(bm.asarray([2., 3.])).tolist()
    [[3.0, 2.0], [0.0, 1.0]]
    """
    return _transform(_jacobian_columns, func, grad_vars, argnums, has_aux, return_value)


def hessian(func: Callable[..., Any], grad_vars: Any = None, argnums: int | Sequence[int] | None = None,
            return_value: bool = False, holomorphic: bool = False, dyn_vars: Any = None,
            child_objs: Any = None) -> Callable[..., Any]:
    """The function that computes the second derivatives of a scalar function.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.hessian(lambda x: x[0] ** 2 * x[1])(bm.asarray([2., 3.])).tolist()
    [[6.0, 4.0], [4.0, 0.0]]
    """
    gradient = grad(func, grad_vars=grad_vars, argnums=argnums, return_value=True)

    targets = _Targets(grad_vars, argnums)

    def transformed(*args: Any, **kwargs: Any) -> Any:
        blocks: list[list[Any]] = []
        run = _Run(gradient, targets, True, args, kwargs)
        for output in run.outputs:
            shape = shape_of(output)
            size = int(np.prod(shape, dtype=np.int64))
            seeds = np.eye(size, dtype=dtype_of(output)).reshape(size, *shape)
            rows = [run.tape.pull_back([output], [seed]) for seed in seeds]
            blocks.append([reshape(stack([_or_zeros(row[i], x) for row in rows]), (*shape, *shape_of(x)))
                           for i, x in enumerate(run.values)])
        arranged = [targets.arrange([wrap(block) for block in row], run.structure) for row in blocks]
        result = targets.arrange(arranged, run.structure)
        return (result, run.aux) if return_value else result

    return transformed


def _or_zeros(g: Any, like: Any) -> Any:
    return np.zeros(shape_of(like), dtype_of(like)) if g is None else g


def stop_gradient(x: Any) -> Array:
    """x itself, as a constant for whoever differentiates.

    Parameters
    ----------
    x : array-like
        Any values.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(lambda x: x * bm.stop_gradient(x))(3.))
    3.0
    """
    return wrap(elementwise.stop_gradient(as_value(x)))
