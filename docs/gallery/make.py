"""Draws what models do, and writes docs/models.md: ``python docs/gallery/make.py``.

Every entry is an example that runs: its source is shown on the page beside the picture it made.
"""
from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

import nbbrain as bp
import nbbrain.math as bm

mpl.use("agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent
PAGE, IMAGES = HERE.parent / "models.md", HERE.parent / "images" / "models"
DURATION, DT = 200., 0.1
"""How long examples run, and their time step (ms)."""

TIMES = {"HindmarshRose": (1500., DT), "WangBuzsakiModel": (100., 0.02), "HH": (100., 0.05)}
"""The same of neurons that want another."""

ZEROS = "V_initializer=bp.init.ZeroInit(),\n                                    a_initializer=bp.init.ZeroInit()"
NEURONS: dict[str, tuple[str, float, tuple[str, ...]]] = {
    # what makes the neurons, the input from 10 % of the time on, and what is drawn
    "Leaky": ("bp.neurons.Leaky(1, tau=20.)", 0., ("x",)),
    "Integrator": ("bp.neurons.Integrator(1, tau=20., input_var=True)", 1., ("x",)),
    "LeakyIntegrator": ("bp.neurons.LeakyIntegrator(1)", 15., ("V",)),
    "LIF": ("bp.neurons.LIF(1, tau_ref=5.)", 25., ("V",)),
    "ExpIF": ("bp.neurons.ExpIF(1, V_initializer=bp.init.Constant(-65.))", 10., ("V",)),
    "AdExIF": ("bp.neurons.AdExIF(1, V_initializer=bp.init.Constant(-65.))", 65., ("V", "w")),
    "QuaIF": ("bp.neurons.QuaIF(1, V_initializer=bp.init.Constant(-65.))", 20., ("V",)),
    "AdQuaIF": ("bp.neurons.AdQuaIF(1, V_initializer=bp.init.Constant(-65.))", 30., ("V", "w")),
    "GIF": ("bp.neurons.GIF(1, a=0.005, A1=0., A2=0.)", 1.5, ("V", "V_th")),
    "ALIFBellec2020": (f"bp.neurons.ALIFBellec2020(1, V_rest=0., V_th=10., beta=1., tau_a=100., {ZEROS})", 25., ("V", "a")),
    "LIF_SFA_Bellec2020": (f"bp.neurons.LIF_SFA_Bellec2020(1, V_rest=0., V_th=10., tau_a=100., {ZEROS})", 25., ("V", "a")),
    "Izhikevich": ("bp.neurons.Izhikevich(1)", 10., ("V", "u")),
    "HindmarshRose": ("bp.neurons.HindmarshRose(1)", 2., ("V", "z")),
    "FHN": ("bp.neurons.FHN(1)", 0.8, ("V", "w")),
    "HH": ("bp.neurons.HH(1, V_initializer=bp.init.Constant(-65.))", 10., ("V", "m", "h", "n")),
    "MorrisLecar": ("bp.neurons.MorrisLecar(1, V_initializer=bp.init.Constant(-60.))", 100., ("V", "W")),
    "WangBuzsakiModel": ("bp.neurons.WangBuzsakiModel(1)", 2., ("V", "h", "n")),
}
CHANNELS = ("INa_Ba2002", "INa_HH1952", "INa_TM1991", "IK_HH1952", "IK_TM1991", "IKDR_Ba2002", "IKA1_HM1992", "IKA2_HM1992",
            "IKK2A_HM1992", "IKK2B_HM1992", "IKNI_Ya1989", "ICaT_HM1992", "ICaT_HP1992", "ICaHT_HM1992", "ICaL_IS2008",
            "ICaN_IS2008", "IAHP_De1994", "Ih_HM1992", "Ih_De1996")
CALCIUM = {"ICaT_HM1992", "ICaT_HP1992", "ICaHT_HM1992", "ICaL_IS2008", "ICaN_IS2008", "IAHP_De1994", "Ih_De1996"}
"""Channels that see a calcium concentration and its reversal potential."""
CLAMP = (-80., -60., -40., -20., 0., 20.)
"""The potentials to which the membrane is clamped in the examples of channels (mV)."""

RATES: dict[str, tuple[str, str]] = {  # what makes the model, and its input in the middle half of the time
    "FHN": ("bp.rates.FHN(1)", "0.8"),
    "FeedbackFHN": ("bp.rates.FeedbackFHN(1)", "0.5"),
    "QIF": ("bp.rates.QIF(1)", "2."),
    "StuartLandauOscillator": ("bp.rates.StuartLandauOscillator(1)", "1."),
    "WilsonCowanModel": ("bp.rates.WilsonCowanModel(1)", "1."),
    "ThresholdLinearModel": ("bp.rates.ThresholdLinearModel(1, tau_e=20., tau_i=10., noise_e=0., noise_i=0.)", "1."),
}
SYNAPSES: dict[str, str] = {
    "Delta": "bp.synapses.Delta(pre, post, bp.conn.One2One(), output=None)",
    "Exponential": "bp.synapses.Exponential(pre, post, bp.conn.One2One(), output=None)",
    "DualExponential": "bp.synapses.DualExponential(pre, post, bp.conn.One2One(), output=None)",
    "Alpha": "bp.synapses.Alpha(pre, post, bp.conn.One2One(), output=None)",
    "NMDA": "bp.synapses.NMDA(pre, post, bp.conn.One2One(), output=None)",
    "AMPA": "bp.synapses.AMPA(pre, post, bp.conn.One2One(), output=None)",
    "GABAa": "bp.synapses.GABAa(pre, post, bp.conn.One2One(), output=None)",
    "BioNMDA": "bp.synapses.BioNMDA(pre, post, bp.conn.One2One(), output=None)",
    "Exponential with STD": "bp.synapses.Exponential(pre, post, bp.conn.One2One(), output=None, stp=bp.synplast.STD())",
    "Exponential with STP": "bp.synapses.Exponential(pre, post, bp.conn.One2One(), output=None, stp=bp.synplast.STP())",
}
SPIKES = (10., 40., 60., 70., 80.)
"""When the pre-synaptic neuron of the examples fires (ms)."""


def neuron(name: str) -> tuple[str, list[tuple[str, np.ndarray, np.ndarray]]]:
    """The source of an example, and what it recorded."""
    make, current, drawn = NEURONS[name]
    duration, dt = TIMES.get(name, (DURATION, DT))
    source = f"""\
neurons = {make}
currents = bp.inputs.section_input([0., {current}], [{0.1 * duration}, {0.9 * duration}], dt={dt})
runner = bp.DSRunner(neurons, inputs=('input', currents, 'iter'), monitors={list(drawn)}, dt={dt},
                     progress_bar=False)
runner.run({duration})"""
    if name == "Leaky":
        source = f"""\
neurons = {make}
neurons.x.value = bm.ones(1)
runner = bp.DSRunner(neurons, monitors=['x'], dt={dt}, progress_bar=False)
runner.run({duration})"""
    scope = run(source)
    runner = scope["runner"]
    return source, [(each, runner.mon.ts, np.asarray(runner.mon[each])[:, 0]) for each in drawn]


def synapse(name: str) -> tuple[str, list[tuple[str, np.ndarray, np.ndarray]]]:
    """The source of an example, and what it recorded."""
    source = f"""\
pre = bp.neurons.SpikeTimeGroup(1, times={list(SPIKES)}, indices={[0] * len(SPIKES)})
post = bp.neurons.LeakyIntegrator(1)
synapse = {SYNAPSES[name]}


def step(i):
    bp.share.save(i=i, t=i * {DT}, dt={DT})
    pre()
    return synapse(bp.share.get_shargs(), pre.spike)


received = bm.for_loop(step, bm.arange(1500))"""
    received = np.asarray(run(source)["received"]).reshape(1500, -1)[:, 0]
    return source, [("g", DT * np.arange(1, 1501), received)]


def channel(name: str) -> tuple[str, list[tuple[str, np.ndarray, np.ndarray]]]:
    """The source of an example, and what it recorded."""
    calcium = name in CALCIUM
    ion = "\ncalcium = bm.full(6, 1e-3), bm.full(6, 120.)  # concentration (mM), reversal potential (mV)" if calcium else ""
    more = ", *calcium" if calcium else ""
    source = f"""\
channel = bp.channels.{name}(6){ion}
channel.reset_state(bm.full(6, -70.){more})
V = bm.asarray({list(CLAMP)})


def step(i):
    channel.update({{'t': i * {DT}, 'dt': {DT}}}, V{more})
    return channel.current(V{more})


currents = bm.for_loop(step, bm.arange(500))"""
    return source, [("current", DT * np.arange(1, 501), np.asarray(run(source)["currents"]))]


def rate(name: str) -> tuple[str, list[tuple[str, np.ndarray, np.ndarray]]]:
    """The source of an example, and what it recorded."""
    make, given = RATES[name]
    first, second = ("e", "i") if name == "ThresholdLinearModel" else ("x", "y")
    source = f"""\
rates = {make}


def step(i):
    bp.share.save(i=i, t=i * {DT}, dt={DT})
    rates.clear_input()
    rates(bm.where((i >= 250) & (i < 750), {given}, 0.))
    return rates.{first} + 0., rates.{second} + 0.


{first}, {second} = bm.for_loop(step, bm.arange(1000))"""
    scope = run(source)
    return source, [(each, DT * np.arange(1, 1001), np.asarray(scope[each])[:, 0]) for each in (first, second)]


def plasticity() -> tuple[str, list[tuple[str, np.ndarray, np.ndarray]]]:
    """The source of the example of STDP, and what it recorded."""
    source = f"""\
lags = np.arange(-40, 41, 4)
pre, post = [bp.dyn.Lif(21, V_rest=0., V_reset=0., V_th=1., tau=0.01) for _ in range(2)]  # fire when they are told to
synapses = bp.dyn.STDP_Song2000(pre, None, bp.dyn.Expon.desc(21, tau=5.), bp.dnn.OneToOne(21, bm.ones(21)),
                                bp.dyn.COBA.desc(E=0.), post, A1=0.05, A2=0.04)


def step(i):
    bp.share.save(i=i, t=i * {DT}, dt={DT})
    synapses()
    pre(100. * bm.asarray(i == 600, dtype=bm.float32))
    post(100. * bm.asarray(i == 600 + lags * 10, dtype=bm.float32))


bm.for_loop(step, bm.arange(1200))
change = synapses.comm.weight - 1."""
    scope = run(source)
    return source, [("change of the weight", scope["lags"], np.asarray(scope["change"]))]


LAYERS: dict[str, tuple[str, str, str]] = {  # what is drawn, the example, and along what
    "Activation": ("y", """\
x = bm.linspace(-4., 4., 201)
layers = [bp.layers.Activation(getattr(bm, name)) for name in ('relu', 'elu', 'gelu', 'tanh', 'sigmoid')]
y = bm.stack([layer(x) for layer in layers], axis=1)""", "x"),
    "Reservoir": ("states", """\
reservoir = bp.layers.Reservoir(1, 12, leaky_rate=0.2, spectral_radius=0.9, in_connectivity=1., seed=1)
states = bm.for_loop(reservoir, bm.sin(bm.linspace(0., 12. * bm.pi, 300))[:, None])""", "step"),
    "LSTMCell": ("outputs", """\
cell = bp.layers.LSTMCell(1, 5)
outputs = bm.for_loop(cell, bm.sin(bm.linspace(0., 12. * bm.pi, 300))[:, None])""", "step"),
    "NVAR": ("features", """\
nvar = bp.layers.NVAR(1, delay=3, order=2)
features = bm.for_loop(nvar, bm.sin(bm.linspace(0., 12. * bm.pi, 300))[:, None])""", "step"),
}


def layer(name: str) -> tuple[str, list[tuple[str, np.ndarray, np.ndarray]]]:
    """The source of an example, and what it recorded."""
    drawn, source, along = LAYERS[name]
    scope = run(source)
    values = np.asarray(scope[drawn])
    return source, [(drawn, np.asarray(scope["x"]) if along == "x" else np.arange(len(values)), values)]


def run(source: str) -> dict[str, Any]:
    """The names of an example that ran."""
    scope: dict[str, Any] = {"bp": bp, "bm": bm, "np": np}
    with bm.environment(dt=DT):
        exec(compile(source, "<example>", "exec"), scope)
    return scope


def draw(name: str, recorded: list[tuple[str, np.ndarray, np.ndarray]], along: str = "time (ms)",
         legend: tuple[str, ...] = ()) -> str:
    """Draw what was recorded, and return where."""
    figure, axes = plt.subplots(len(recorded), 1, figsize=(6, 1. + 1.1 * len(recorded)), sharex=True, squeeze=False,
                                constrained_layout=True)
    for axis, (label, times, values) in zip(axes[:, 0], recorded, strict=True):
        shades = mpl.colormaps["viridis"](np.linspace(0., 0.85, values[0].size)) if values.ndim > 1 else ["#20639b"]
        for k, (column, shade) in enumerate(zip(values.reshape(len(values), -1).T, shades, strict=True)):
            axis.plot(times, column, linewidth=1., color=shade, label=legend[k] if legend else None)
        if legend:
            axis.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1., 0.5))
        axis.set_ylabel(label)
        axis.spines[["top", "right"]].set_visible(False)
    axes[-1, 0].set_xlabel(along)
    file = IMAGES / f"{name.replace(' ', '_')}.png"
    figure.savefig(file, dpi=80)
    plt.close(figure)
    return f"images/models/{file.name}"


def section(name: str, cls: Any, source: str, image: str) -> str:
    """What the page says of a model."""
    summary = (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")
    return f"### {name}\n\n{summary}\n\n```python\n{source}\n```\n\n![{name}]({image})\n"


def main() -> None:
    """Run all examples, draw them, and write the page."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    parts = ["""\
# Models and what they do

Every picture was made by the code above it. `python docs/gallery/make.py` makes the page anew. Parameters, equations and
sources of the models are in their docstrings: `help(bp.neurons.HH)`.

```python
import numpy as np

import nbbrain as bp
import nbbrain.math as bm
```

## Neurons

The input begins after a tenth of the time.
"""]
    for name in NEURONS:
        source, recorded = neuron(name)
        parts.append(section(name, getattr(bp.neurons, name), source, draw(name, recorded)))
    parts.append(f"## Synapses\n\nWhat the post-synaptic neuron receives when the pre-synaptic one fires at "
                 f"{', '.join(f'{t:g}' for t in SPIKES)} ms.\n")
    for name in SYNAPSES:
        source, recorded = synapse(name)
        parts.append(section(name, getattr(bp.synapses, name.split(" ")[0]), source, draw(name, recorded)))
    source, recorded = plasticity()
    image = draw("STDP_Song2000", recorded, "post after pre (ms)")
    parts.append(section("STDP_Song2000", bp.dyn.STDP_Song2000, source, image))
    parts.append("## Channels\n\nThe current through the membrane, which is clamped to several potentials from -70 mV on.\n")
    for name in CHANNELS:
        source, recorded = channel(name)
        image = draw(name, recorded, legend=tuple([f"{V:g} mV" for V in CLAMP]))
        parts.append(section(name, getattr(bp.channels, name), source, image))
    parts.append("## Rates\n\nThe input is there in the middle half of the time.\n")
    for name in RATES:
        source, recorded = rate(name)
        parts.append(section(name, getattr(bp.rates, name), source, draw(f"rates_{name}", recorded)))
    parts.append("## Layers\n")
    for name in LAYERS:
        source, recorded = layer(name)
        legend = ("relu", "elu", "gelu", "tanh", "sigmoid") if name == "Activation" else ()
        image = draw(f"layer_{name}", recorded, LAYERS[name][2], legend)
        parts.append(section(name, getattr(bp.layers, name), source, image))
    PAGE.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
