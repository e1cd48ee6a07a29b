"""Systems that are made of others: `Container`, `Network`, `Sequential`."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nbbrain.dynsys.base import DynamicalSystem, DynamicalSystemNS, children_of, not_pass_shared
from nbbrain.dynsys.connections import SynConn
from nbbrain.dynsys.groups import NeuGroup
from nbbrain.dynsys.share import SharedArguments, share
from nbbrain.errors import ModelBuildError
from nbbrain.math.modes import Mode
from nbbrain.math.objects import BrainPyObject

__all__ = ["Container", "Network", "Sequential"]


class Container(DynamicalSystem):
    """Several systems as one.

    Parameters
    ----------
    *dynamical_systems_as_tuple : DynamicalSystem, or sequences or dicts of DynamicalSystem
        The systems; those without a key are found by their names.
    name, mode
        As for `DynamicalSystem`.
    must_be_dynsys_subclass : bool
        Whether other objects than systems are refused.
    **dynamical_systems_as_dict : DynamicalSystem
        Systems by key: they become attributes.

    Raises
    ------
    ModelBuildError
        For what is no system, and for keys that are methods of the container.

    Examples
    --------
    >>> import nbbrain as bp
    >>> class Add(bp.DynamicalSystemNS):
    ...     def update(self):
    ...         print('add')
    >>> both = bp.Container(a=Add(), b=Add())
    >>> both()
    add
    add
    >>> both.a is both['a']
    True
    """

    def __init__(self, *dynamical_systems_as_tuple: Any, name: str | None = None, mode: Mode | None = None,
                 must_be_dynsys_subclass: bool = True, **dynamical_systems_as_dict: Any) -> None:
        super().__init__(name=name, mode=mode)
        kind = DynamicalSystem if must_be_dynsys_subclass else BrainPyObject
        unnamed, named = _taken_apart(dynamical_systems_as_tuple)
        named = {**named, **dynamical_systems_as_dict}
        for item in [*unnamed, *named.values()]:
            if not isinstance(item, kind):
                raise ModelBuildError(f"{self.name}: a {kind.__name__} is needed, but got {item!r} of type "
                                      f"{type(item).__name__}.")
        _set_attributes(self, named)
        self.register_implicit_nodes({str(i): item for i, item in enumerate(unnamed)})
        self._given = (*[("", item) for item in unnamed], *named.items())

    def __getitem__(self, key: str) -> Any:
        """The system of a key or of a name."""
        for path, node in self.nodes("relative", level=1, include_self=False).items():
            if key in (path, node.name):
                return node
        raise KeyError(f"{self.name} has no part {key!r}; it has {list(self.nodes('relative', 1, include_self=False))}.")

    def update(self, shared: SharedArguments, *args: Any, **kwargs: Any) -> Any:
        """Call the children in their order; arguments are handed to each."""
        for child in children_of(self).values():
            child(shared, *args, **kwargs)

    def __repr__(self) -> str:
        lines = [f"  {key + '=' if key else ''}{_indented(item)}," for key, item in self._given]
        return "\n".join([f"{type(self).__name__}(", *lines, ")"]) if lines else f"{type(self).__name__}()"


class Network(Container):
    """Neurons and synapses, as one system.

    A step updates the synapses first, then the neurons, then all else, and then stores what is read with a delay. So a
    synapse sees the spikes of the step before. A subclass may define ``update`` in another way.

    Parameters
    ----------
    *ds_tuple : DynamicalSystem, or sequences or dicts of DynamicalSystem
        The systems; those without a key are found by their names.
    name, mode
        As for `DynamicalSystem`.
    **ds_dict : DynamicalSystem
        Systems by key: they become attributes.
    """

    def __init__(self, *ds_tuple: Any, name: str | None = None, mode: Mode | None = None, **ds_dict: Any) -> None:
        super().__init__(*ds_tuple, name=name, mode=mode, **ds_dict)

    @not_pass_shared
    def update(self, *args: Any, **kwargs: Any) -> Any:
        """Carry out one step; there are no inputs, unless a subclass defines what to do with them."""
        if args and isinstance(args[0], dict):
            share.save(**args[0])
            args = args[1:]
        if args or kwargs:
            raise TypeError(f"{self.name}: the update of a Network takes no inputs; define update in a subclass, or set the "
                            f"input of its neurons.")
        for child in self._in_order():
            child()
        self.update_local_delays()

    def reset_state(self, *args: Any, **kwargs: Any) -> None:
        """Give all state variables their first values: of neurons, then synapses, then all else, then delays."""
        synapses, neurons, others = self._by_kind()
        for child in [*neurons, *synapses, *others]:
            child.reset_state(*args, **kwargs)
        self.reset_local_delays()

    def _in_order(self) -> list[DynamicalSystem]:
        return [child for kind in self._by_kind() for child in kind]

    def _by_kind(self) -> tuple[list[DynamicalSystem], list[DynamicalSystem], list[DynamicalSystem]]:
        """The children: synapses, neurons, others."""
        children = children_of(self)
        synapses, neurons = children.subset(SynConn), children.subset(NeuGroup)
        others = children - synapses - neurons
        return list(synapses.values()), list(neurons.values()), list(others.values())


class Sequential(DynamicalSystemNS):
    """Systems and functions, one after another: the result of each is the input of the next.

    Parameters
    ----------
    *modules_as_tuple : callable, or sequences or dicts of callables
        Layers and functions.
    name, mode
        As for `DynamicalSystem`.
    **modules_as_dict : callable
        Layers and functions by key: they become attributes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> class Double(bp.DynamicalSystemNS):
    ...     def update(self, x):
    ...         return 2 * x
    >>> model = bp.Sequential(Double(name='first'), abs, last=Double(name='last'))
    >>> model(-1.)
    4.0
    >>> model[0], model['last'] is model[2] is model.last
    (Double(name=first, mode=NonBatchingMode), True)
    >>> model[1:]
    Sequential(
      [0] abs
      [1] Double(name=last, mode=NonBatchingMode)
    )
    """

    def __init__(self, *modules_as_tuple: Any, name: str | None = None, mode: Mode | None = None,
                 **modules_as_dict: Any) -> None:
        super().__init__(name=name, mode=mode)
        unnamed, named = _taken_apart(modules_as_tuple)
        named = {**named, **modules_as_dict}
        for module in [*unnamed, *named.values()]:
            if not callable(module):
                raise ModelBuildError(f"{self.name}: a layer or function is needed, but got {module!r} of type "
                                      f"{type(module).__name__}.")
        _set_attributes(self, named)
        self._modules: dict[str, Callable[..., Any]] = {str(i): module for i, module in enumerate(unnamed)} | named
        self.register_implicit_nodes({key: module for key, module in self._modules.items()
                                      if key not in named and isinstance(module, BrainPyObject)})

    def update(self, x: Any) -> Any:
        """Hand the input through all modules."""
        for module in self._modules.values():
            x = module(x)
        return x

    def __getitem__(self, key: int | str | slice) -> Any:
        """The module at a position or of a key or name, or a `Sequential` of a slice of the modules."""
        items = list(self._modules.items())
        if isinstance(key, slice):
            named: dict[str, Any] = {k: module for k, module in items[key] if not k.isdecimal()}
            return Sequential(*[module for k, module in items[key] if k not in named], mode=self.mode, **named)
        if isinstance(key, str):
            for k, module in items:
                if key in (k, getattr(module, "name", None)):
                    return module
            raise KeyError(f"{self.name} has no module {key!r}; it has {list(self._modules)}.")
        return items[key][1]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Callable[..., Any]]:
        return iter(self._modules.values())

    def __repr__(self) -> str:
        lines = [f"  [{i}] {_indented(module)}" for i, module in enumerate(self)]
        return "\n".join([f"{type(self).__name__}(", *lines, ")"])


def _taken_apart(items: tuple[Any, ...]) -> tuple[list[Any], dict[str, Any]]:
    """The parts without a key, and those of dicts among them, by key."""
    unnamed: list[Any] = []
    named: dict[str, Any] = {}
    for item in items:
        if isinstance(item, (list, tuple)):
            unnamed += item
        elif isinstance(item, Mapping):
            named.update(item)
        else:
            unnamed.append(item)
    return unnamed, named


def _set_attributes(system: DynamicalSystem, named: Mapping[str, Any]) -> None:
    for key in named:
        if not key.isidentifier():
            raise ModelBuildError(f"{system.name}: a key becomes an attribute, so it must be an identifier, but got "
                                  f"{key!r}.")
        if hasattr(system, key):
            raise ModelBuildError(f"{system.name}: {key!r} is an attribute of every {type(system).__name__}; choose another "
                                  f"key.")
    for key, item in named.items():
        setattr(system, key, item)


def _indented(item: Any) -> str:
    text = repr(item) if isinstance(item, BrainPyObject) else getattr(item, "__name__", repr(item))
    return text.replace("\n", "\n  ")
