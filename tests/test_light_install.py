"""Without Numba and SciPy the backend ``numpy`` does everything, and one notice says so."""
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HIDE = 'import sys\nsys.modules.update(dict.fromkeys(["numba", "llvmlite", "scipy"]))  # each import of them fails\n'

IMPORT_ALL = """
import importlib, pkgutil, sys
import nbbrain
names = [module.name for module in pkgutil.walk_packages(nbbrain.__path__, "nbbrain.")]
for name in names:
    optional = ("nbbrain.backends.numba.", "nbbrain.backends.cuda.", "nbbrain.sklearn")
    if name != "nbbrain.__main__" and not name.startswith(optional):
        importlib.import_module(name)
print(len(names))
"""

TRAIN = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import numpy as np
    import nbbrain as bp
    import nbbrain.math as bm
    class SNN(bp.Network):
        def __init__(self):
            super().__init__()
            self.i, self.r, self.o = bp.neurons.InputGroup(6), bp.neurons.LIF(8, V_th=0.1), bp.neurons.LeakyIntegrator(2)
            weights = bp.init.KaimingNormal(scale=20.)
            self.i2r = bp.synapses.Exponential(self.i, self.r, bp.conn.All2All(), g_max=weights)
            self.r2o = bp.synapses.Exponential(self.r, self.o, bp.conn.All2All(), g_max=weights)
        def update(self, shared, spikes):
            self.i2r(shared, spikes), self.r2o(shared), self.r(shared), self.o(shared)
            return self.o.V.value
    with bm.training_environment():
        network = SNN()
    rng = np.random.default_rng(0)
    spikes, labels = (rng.random((4, 10, 6)) < 0.5).astype(np.float32), np.array([0, 1, 0, 1])
    before = network.i2r.g_max.numpy().copy()
    trainer = bp.BPTT(network, lambda p, t: bp.losses.cross_entropy_loss(p.mean(axis=1), t), progress_bar=False)
    trainer.fit([(spikes, labels)], num_epoch=1)
    assert np.isfinite(trainer.train_losses).all() and np.any(network.i2r.g_max.numpy() != before)
print(bp.get_backend().name, *[warning.category.__name__ for warning in caught])
"""


@pytest.fixture
def light(tmp_path: Path):
    """Run Python in a fresh process in which the packages are hidden; returns what it printed."""
    (tmp_path / "sitecustomize.py").write_text(HIDE)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NBBRAIN_")}

    def run(*arguments: str, **variables: str) -> str:
        paths = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])]),
                 "NBBRAIN_CACHE_DIR": str(tmp_path / "cache")}
        done = subprocess.run([sys.executable, *arguments], env={**environment, **paths, **variables}, capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_every_module_can_be_imported(light):
    assert int(light("-W", "error", "-c", IMPORT_ALL)) > 100


def test_a_spiking_network_is_trained_after_one_notice(light):
    assert light("-c", TRAIN).split()[-2:] == ["numpy", "BackendNotice"]


def test_a_choice_needs_no_notice(light):
    assert light("-c", TRAIN, NBBRAIN_BACKEND="numpy").split()[-1:] == ["numpy"]


def test_the_backend_that_is_missing_says_why(light):
    code = "import nbbrain as bp\ntry: bp.set_backend('numba')\nexcept bp.errors.BackendError as error: print(error)"
    assert "Numba is not installed (pip install numba)" in light("-c", code)


def test_info(light):
    text = light("-m", "nbbrain", "info", NBBRAIN_BACKEND="numpy")
    assert re.search(r"^  numba +unavailable: Numba is not installed", text, re.MULTILINE)
    assert re.search(r"^  numpy +available$", text, re.MULTILINE)
    assert re.search(r"^  chosen +numpy$", text, re.MULTILINE)
