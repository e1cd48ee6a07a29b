"""Neurons in the form of BrainPy 2.4.3 and later: the current is the argument of a step, and others register inputs.

Each is a model of `bp.neurons` without the variable ``input``. A name that ends in Ref has a refractory period. In a name
with LTC, currents that depend on the potential are a part of the equation, so that the integrator knows how they change with
the potential ("liquid time constant"); in the others they are evaluated at the beginning of the step.
"""
from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn import neurons as models
from nbbrain.dyn.gathering import GathersInputs
from nbbrain.initialize import OneInit, Uniform, ZeroInit

_FORM: dict[str, Any] = {"sharding": None, "keep_size": False, "mode": None, "name": None}
_SPIKES: dict[str, Any] = {"spk_fun": bm.surrogate.inv_square_grad, "spk_dtype": None, "spk_reset": "soft",
                           "detach_spk": False}
_LAST: dict[str, Any] = {"method": "exp_auto", "init_var": True, "scaling": None}
_RENAMED = {"spk_fun": "spike_fun", "spk_reset": "spike_reset", "detach_spk": "detach_reset"}
_UNSUPPORTED = ("spk_dtype", "scaling")
_IGNORED = ("sharding", "init_var")


class CurrentDriven(GathersInputs):
    """Neurons that take the current as the argument of a step, on top of what registered functions give."""

    _inside = False
    """Whether the registered currents are a part of the equations."""

    def __init__(self, size: Any, **given: Any) -> None:
        for key in _UNSUPPORTED:
            if given.pop(key, None) is not None:
                raise NotImplementedError(f"{type(self).__name__}: {key} is not supported; leave it at None.")
        mode = bm.get_mode() if given.get("mode") is None else given["mode"]
        if given.get("spk_reset") == "soft" and not isinstance(mode, bm.TrainingMode):
            given["spk_reset"] = "hard"  # a soft reset is for training, where it has a useful derivative
        super().__init__(size, **{_RENAMED.get(key, key): value for key, value in given.items() if key not in _IGNORED})

    def collected(self, x: Any) -> Any:
        """The current of this step."""
        current = 0. if x is None else bm.asarray(x)
        return current if self._inside else self.sum_current_inputs(bm.asarray(self.V), init=current)  # type: ignore

    def integrated(self, x: Any) -> dict[str, Any]:
        """The variables at the end of the step, with jumps of the potential."""
        values: dict[str, Any] = super().integrated(x)  # type: ignore[misc]
        values["V"] = self.sum_delta_inputs(init=values["V"])
        return values


def _with_inputs(equation: Callable[..., Any]) -> Callable[..., Any]:
    """An equation of the potential whose current I includes the registered ones, at its potential V."""
    signature = inspect.signature(equation)

    @functools.wraps(equation)
    def with_inputs(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        owner = bound.arguments["self"]
        bound.arguments["I"] = owner.sum_current_inputs(bound.arguments["V"], init=bound.arguments["I"])
        return equation(*bound.args, **bound.kwargs)

    return with_inputs


def _made(name: str, base: Any, defaults: dict[str, Any], *, spiking: bool = True, refractory: bool = False,
          inside: bool = False) -> Any:
    """A class of neurons: a model of `bp.neurons` in the later form, with these parameters and defaults."""
    accepted = inspect.signature(base.__init__).parameters
    given = {**_FORM, **(_SPIKES if spiking else {}), **_LAST, **defaults}
    if refractory:
        given |= {"tau_ref": 0., "ref_var": False}
    if name.removesuffix("LTC") != "IF":
        given["noise"] = None
    parameters = [inspect.Parameter("size", inspect.Parameter.POSITIONAL_OR_KEYWORD),
                  *[inspect.Parameter(key, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default)
                    for key, default in given.items()]]
    signature = inspect.Signature(parameters)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        arguments = dict(bound.arguments)
        if "ref_var" not in accepted:
            arguments.pop("ref_var", None)
        if "spike_fun" not in accepted:
            for key in ("spk_fun", "spk_reset", "detach_spk"):
                arguments.pop(key, None)
        CurrentDriven.__init__(self, input_var=False, **arguments)

    __init__.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD), *parameters])
    body: dict[str, Any] = {"__init__": __init__, "__module__": __name__, "__signature__": signature, "_inside": inside,
                            "__doc__": _described(base, refractory, inside)}
    if inside:
        equation = "dV" if hasattr(base, "dV") else "derivative"
        body[equation] = _with_inputs(getattr(base, equation))
    return type(name, (CurrentDriven, base), body)


def _described(base: Any, refractory: bool, inside: bool) -> str:
    period = " For ``tau_ref`` ms after a spike the potential does not change." if refractory else ""
    when = ("evaluated inside the equation, at the present potential" if inside
            else "evaluated at the beginning of the step")
    what = "spikes" if hasattr(base, "fire") else "potential"
    return (f"`bp.neurons.{base.__name__}` without a variable ``input``: ``update(x)`` takes the current, returns the "
            f"{what}.\n\n    Equations, parameters and states are those of `bp.neurons.{base.__name__}`; defaults may "
            f"differ. Currents registered by\n    ``add_inp_fun`` are {when}.{period}\n    "
            f"``spk_reset='soft'`` has an effect "
            f"in TrainingMode only.\n\n    Raises\n    ------\n    NotImplementedError\n"
            f"        When noise, spk_dtype or scaling is given.\n    ")


class _Izhikevich(models.Izhikevich):
    """Izhikevich's neuron with a polynomial that can be chosen; a time constant and a resistance have no effect."""

    def __init__(self, size: Any, *, p1: Any, p2: Any, p3: Any, tau: Any, R: Any, **given: Any) -> None:
        super().__init__(size, **given)
        self.p1, self.p2, self.p3 = self.parameters(p1, p2, p3)

    def dV(self, V: Any, t: Any, u: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return self.p1 * V * V + self.p2 * V + self.p3 - u + I


_Izhikevich.__name__ = "Izhikevich"

_LIF: dict[str, Any] = {"V_rest": 0., "V_reset": -5., "V_th": 20., "R": 1., "tau": 10., "V_initializer": ZeroInit()}
_REST: dict[str, Any] = {"V_rest": -65., "V_reset": -68.}
_V: dict[str, Any] = {"V_initializer": ZeroInit()}
_W: dict[str, Any] = {**_V, "w_initializer": ZeroInit()}
_EXP: dict[str, Any] = {**_REST, "V_th": -55., "V_T": -59.9, "delta_T": 3.48}
_QUA: dict[str, Any] = {**_REST, "V_th": -30., "V_c": -50.}
_GIF: dict[str, Any] = {
    "V_rest": -70., "V_reset": -70., "V_th_inf": -50., "V_th_reset": -60., "R": 20., "tau": 20., "a": 0., "b": 0.01,
    "k1": 0.2, "k2": 0.02, "R1": 0., "R2": 1., "A1": 0., "A2": 0., "V_initializer": OneInit(-70.),
    "I1_initializer": ZeroInit(), "I2_initializer": ZeroInit(), "Vth_initializer": OneInit(-50.)}
_SPIKING: dict[str, tuple[Any, dict[str, Any]]] = {
    "Lif": (models.LIF, _LIF),
    "ExpIF": (models.ExpIF, {**_EXP, "R": 1., "tau": 10., **_V}),
    "AdExIF": (models.AdExIF, {**_EXP, "a": 1., "b": 1., "tau": 10., "tau_w": 30., "R": 1., **_W}),
    "QuaIF": (models.QuaIF, {**_QUA, "c": 0.07, "R": 1., "tau": 10., **_V}),
    "AdQuaIF": (models.AdQuaIF, {**_QUA, "a": 1., "b": 0.1, "c": 0.07, "tau": 10., "tau_w": 10., **_W}),
    "Gif": (models.GIF, _GIF),
    "Izhikevich": (_Izhikevich, {"V_th": 30., "p1": 0.04, "p2": 5., "p3": 140., "a": 0.02, "b": 0.2, "c": -65., "d": 8.,
                                 "tau": 10., "R": 1., "V_initializer": OneInit(-70.), "u_initializer": None}),
}
_CONDUCTANCE: dict[str, tuple[Any, dict[str, Any]]] = {
    "HH": (models.HH, {
        "ENa": 50., "gNa": 120., "EK": -77., "gK": 36., "EL": -54.387, "gL": 0.03, "V_th": 20., "C": 1.,
        "V_initializer": Uniform(-70, -60.), "m_initializer": None, "h_initializer": None, "n_initializer": None}),
    "MorrisLecar": (models.MorrisLecar, {
        "V_Ca": 130., "g_Ca": 4.4, "V_K": -84., "g_K": 8., "V_leak": -60., "g_leak": 2., "C": 20., "V1": -1.2, "V2": 18.,
        "V3": 2., "V4": 30., "phi": 0.04, "V_th": 10., "W_initializer": OneInit(0.02),
        "V_initializer": Uniform(-70., -60.)}),
    "WangBuzsakiHH": (models.WangBuzsakiModel, {
        "ENa": 55., "gNa": 35., "EK": -90., "gK": 9., "EL": -65, "gL": 0.1, "V_th": 20., "phi": 5., "C": 1.,
        "V_initializer": OneInit(-65.), "h_initializer": OneInit(0.6), "n_initializer": OneInit(0.32)}),
}


def _family(name: str, base: Any, defaults: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
    """A spiking neuron as it is, LTC, with a refractory period, and with both."""
    return (_made(name, base, defaults), _made(f"{name}LTC", base, defaults, inside=True),
            _made(f"{name}Ref", base, defaults, refractory=True),
            _made(f"{name}RefLTC", base, defaults, refractory=True, inside=True))


def _pair(name: str, base: Any, defaults: dict[str, Any]) -> tuple[Any, Any]:
    """A neuron with voltage-dependent conductances as it is, and LTC."""
    return (_made(name, base, defaults, spiking=False), _made(f"{name}LTC", base, defaults, spiking=False, inside=True))


Lif, LifLTC, LifRef, LifRefLTC = _family("Lif", *_SPIKING["Lif"])
ExpIF, ExpIFLTC, ExpIFRef, ExpIFRefLTC = _family("ExpIF", *_SPIKING["ExpIF"])
AdExIF, AdExIFLTC, AdExIFRef, AdExIFRefLTC = _family("AdExIF", *_SPIKING["AdExIF"])
QuaIF, QuaIFLTC, QuaIFRef, QuaIFRefLTC = _family("QuaIF", *_SPIKING["QuaIF"])
AdQuaIF, AdQuaIFLTC, AdQuaIFRef, AdQuaIFRefLTC = _family("AdQuaIF", *_SPIKING["AdQuaIF"])
Gif, GifLTC, GifRef, GifRefLTC = _family("Gif", *_SPIKING["Gif"])
Izhikevich, IzhikevichLTC, IzhikevichRef, IzhikevichRefLTC = _family("Izhikevich", *_SPIKING["Izhikevich"])
_LEAKY: dict[str, Any] = {"V_rest": 0., "R": 1., "tau": 10., "V_initializer": ZeroInit()}
IF, IFLTC = [_made(name, models.LeakyIntegrator, _LEAKY, inside=name == "IFLTC") for name in ("IF", "IFLTC")]
HH, HHLTC = _pair("HH", *_CONDUCTANCE["HH"])
MorrisLecar, MorrisLecarLTC = _pair("MorrisLecar", *_CONDUCTANCE["MorrisLecar"])
WangBuzsakiHH, WangBuzsakiHHLTC = _pair("WangBuzsakiHH", *_CONDUCTANCE["WangBuzsakiHH"])

__all__ = [
    "HH", "HHLTC", "IF", "IFLTC", "AdExIF", "AdExIFLTC", "AdExIFRef", "AdExIFRefLTC", "AdQuaIF", "AdQuaIFLTC", "AdQuaIFRef",
    "AdQuaIFRefLTC", "CurrentDriven", "ExpIF", "ExpIFLTC", "ExpIFRef", "ExpIFRefLTC", "Gif", "GifLTC", "GifRef",
    "GifRefLTC", "Izhikevich", "IzhikevichLTC", "IzhikevichRef", "IzhikevichRefLTC", "Lif", "LifLTC", "LifRef", "LifRefLTC",
    "MorrisLecar", "MorrisLecarLTC", "QuaIF", "QuaIFLTC", "QuaIFRef", "QuaIFRefLTC", "WangBuzsakiHH", "WangBuzsakiHHLTC",
]
