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


def run(source: str) -> dict[str, Any]:
    """The names of an example that ran."""
    scope: dict[str, Any] = {"bp": bp, "bm": bm}
    with bm.environment(dt=DT):
        exec(compile(source, "<example>", "exec"), scope)
    return scope


def draw(name: str, recorded: list[tuple[str, np.ndarray, np.ndarray]]) -> str:
    """Draw what was recorded, and return where."""
    figure, axes = plt.subplots(len(recorded), 1, figsize=(6, 1. + 1.1 * len(recorded)), sharex=True, squeeze=False,
                                constrained_layout=True)
    for axis, (label, times, values) in zip(axes[:, 0], recorded, strict=True):
        axis.plot(times, values, linewidth=1., color="#20639b")
        axis.set_ylabel(label)
        axis.spines[["top", "right"]].set_visible(False)
    axes[-1, 0].set_xlabel("time (ms)")
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
    PAGE.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
