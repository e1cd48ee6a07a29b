"""Next-generation reservoir computing forecasts the Lorenz attractor, and infers one of its variables from the others.

The two tasks of Gauthier, Bollt, Griffith & Barbosa (2021, "Next generation reservoir computing", Nature Communications
12:5564): products of the last inputs are all the features there are, and ridge regression finds the weights of the readout.
Data are made as in the authors' code, so the figures can be compared. Run it with ``python examples/ng_rc_lorenz.py``.
"""
from __future__ import annotations

import time
from typing import Any

import numpy as np
from reporting import arguments, figure, write
from scipy.integrate import solve_ivp

import nbbrain as bp
import nbbrain.math as bm

LYAPUNOV_TIME = 1.104  # of the Lorenz system
START = 17.67715816276679, 12.931379185960404, 43.91404334248268  # a point of the attractor


def lorenz(duration: float, dt: float) -> np.ndarray:
    """The states (x, y, z) of the Lorenz system, in rows ``dt`` apart, or as nearly as divides the duration."""
    def change(t: float, state: np.ndarray) -> list[float]:
        x, y, z = state
        return [10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z]

    return solve_ivp(change, (0, duration), START, "RK23", np.linspace(0, duration, round(duration / dt) + 1)).y.T


class Forecast(bp.DynamicalSystemNS):
    """The next state: this one and a readout of its products, and of those with the state before."""

    def __init__(self) -> None:
        super().__init__(mode=bm.batching_mode)
        self.features = bp.layers.NVAR(3, delay=2, order=2, constant=True, mode=bm.batching_mode)
        self.readout = bp.layers.Dense(self.features.num_out, 3, b_initializer=None, mode=bm.training_mode)

    def update(self, state: bm.Array) -> bm.Array:
        """The state one step later."""
        return state + self.readout(self.features(state))


class Inference(bp.DynamicalSystemNS):
    """z, read out from products of x and y now and 5, 10 and 15 steps ago."""

    def __init__(self) -> None:
        super().__init__(mode=bm.batching_mode)
        self.features = bp.layers.NVAR(2, delay=4, order=2, stride=5, constant=True, mode=bm.batching_mode)
        self.readout = bp.layers.Dense(self.features.num_out, 1, b_initializer=None, mode=bm.training_mode)

    def update(self, observed: bm.Array) -> bm.Array:
        """The variable z for x and y."""
        return self.readout(self.features(observed))


def forecast(warmup: float, ahead: float) -> dict[str, Any]:
    """Fit 400 points after the warm-up, then let the model run on its own states for a time."""
    dt, points = 0.025, 400
    truth = lorenz(warmup + points * dt + ahead, dt)
    first = round(warmup / dt) - 1
    last, steps = first + points, round(ahead / dt)
    model = Forecast()
    trainer = bp.RidgeTrainer(model, alpha=2.5e-6, progress_bar=False)
    trainer.predict(truth[None, first - 1:first], reset_state=True)
    started = time.perf_counter()
    trainer.fit((truth[None, first:last], np.diff(truth[None, first:last + 1], axis=1)))
    seconds = time.perf_counter() - started

    trainer.predict(truth[None, first - 1:first], reset_state=True)
    fitted = np.asarray(trainer.predict(truth[None, first:last]))[0]
    state = bm.Variable(truth[None, last], batch_axis=0)

    def step(i: bm.Array) -> bm.Array:
        bp.share.save(fit=False)
        now = bm.asarray(state)
        state.value = model(now)
        return now

    free = np.asarray(bm.for_loop(step, bm.arange(steps)))[:, 0]
    goal = truth[last:last + steps]
    return {"train": np.sqrt(np.square(fitted - truth[first + 1:last + 1]).mean() / truth.var()),
            "test": np.sqrt(np.square(free - goal).mean() / truth.var()),
            "truth": goal, "free": free, "time": dt * np.arange(steps), "seconds": seconds}


def infer(warmup: float) -> dict[str, Any]:
    """Fit z on 400 points after the warm-up, then infer it on 900 more."""
    dt, points, further = 0.05, 400, 900
    first = round(warmup / dt)
    truth = lorenz((first + points + further) * dt, dt)[None]
    observed, z = truth[..., :2], truth[..., 2:]
    trainer = bp.RidgeTrainer(Inference(), alpha=0.05, progress_bar=False)
    trainer.predict(observed[:, :first], reset_state=True)
    trainer.fit((observed[:, first:first + points], z[:, first:first + points]))
    trainer.predict(observed[:, :first], reset_state=True)
    inferred = np.asarray(trainer.predict(observed[:, first:-1]))
    errors = np.square(inferred - z[:, first:-1]) / z.var()
    return {"train": np.sqrt(errors[:, :points].mean()), "test": np.sqrt(errors[:, points:].mean()),
            "truth": truth[0, first + points:-1], "inferred": inferred[0, points:, 0], "time": dt * np.arange(further)}


def picture(forecasts: dict[str, Any], inferred: dict[str, Any]) -> Any:
    """The attractor and its forecast, their variables over time, and the inferred variable."""
    import matplotlib.pyplot as plt

    true, model = "#9ca3af", "#2563eb"
    drawing = plt.figure(figsize=(13, 7), layout="constrained")
    grid = drawing.add_gridspec(4, 3, width_ratios=(1, 1, 2.2), height_ratios=(1, 1, 1, 1.3))
    for column, (states, color, title) in enumerate(((forecasts["truth"], true, "Lorenz attractor"),
                                                     (forecasts["free"], model, "forecast of its own states"))):
        one = drawing.add_subplot(grid[:3, column])
        one.plot(states[:, 0], states[:, 2], color=color, lw=0.5)
        one.set_title(title, loc="left")
        one.set(xlabel="x", ylabel="z", xlim=(-21, 21), ylim=(0, 50))
    times = forecasts["time"] / LYAPUNOV_TIME
    shown = times < 14
    for row, name in enumerate("xyz"):
        one = drawing.add_subplot(grid[row, 2])
        one.plot(times[shown], forecasts["truth"][shown, row], color=true, lw=3, label="truth")
        one.plot(times[shown], forecasts["free"][shown, row], color=model, lw=1.2, label="forecast")
        one.set(ylabel=name, xlim=(0, 14))
        if row == 0:
            one.set_title("28 features, 400 training points", loc="left")
            one.legend(frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1, 0.97))
        if row < 2:
            one.set_xticklabels([])
    one.set_xlabel("Lyapunov times")
    one = drawing.add_subplot(grid[3, :])
    one.plot(inferred["time"], inferred["truth"][:, 2], color=true, lw=3, label="z")
    one.plot(inferred["time"], inferred["inferred"], color="#d97706", lw=1.2, label="inferred from x and y")
    one.set_title("a variable that was not observed", loc="left")
    one.set(xlabel="time", ylabel="z", xlim=(0, 45))
    one.legend(frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1, 0.97))
    for one in drawing.axes:
        one.spines[["top", "right"]].set_visible(False)
    return drawing


def main() -> None:
    """Both tasks from several starts, and what was reached."""
    options = arguments(__doc__, seeds=10).parse_args()
    with bm.environment(x64=True):
        forecasts = [forecast(5. + 10 * trial, LYAPUNOV_TIME) for trial in range(options.seeds)]
        inferences = [infer(5. + 20 * trial) for trial in range(options.seeds)]
        further = forecast(5., 60.)
    figures = [
        figure("forecast: NRMSE of one step, training", [one["train"] for one in forecasts], "mean of 1.05e-4 ± 15 %",
               "(1.05 ± 0.03)e-4"),
        figure("forecast: NRMSE over one Lyapunov time", [one["test"] for one in forecasts], "mean of 2.1e-3 ± 15 %",
               "(2.1 ± 0.4)e-3; in the paper (2.40 ± 0.53)e-3"),
        figure("inferred z: NRMSE, training", [one["train"] for one in inferences], "-", "(1.20 ± 0.15)e-2"),
        figure("inferred z: NRMSE, test", [one["test"] for one in inferences], "mean of 2.5e-2 or less", "(2.0 ± 0.3)e-2")]
    write(options.output, "ng_rc_lorenz", task="forecast the Lorenz system, and infer z from x and y",
          recipe="NVAR(delay=2, order=2), ridge 2.5e-6, 400 points of 0.025; NVAR(delay=4, stride=5, order=2), ridge 0.05, "
                 "400 points of 0.05; trials start at different points of the attractor; error bars are those of means",
          source="Gauthier et al. 2021, Nature Communications 12:5564; the authors' scripts (quantinfo/ng-rc-paper-code), "
                 "run with SciPy 1.17", seconds=float(np.mean([one["seconds"] for one in forecasts])), figures=figures,
          picture=picture(further, inferences[0]))


if __name__ == "__main__":
    main()
