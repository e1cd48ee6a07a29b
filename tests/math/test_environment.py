"""The environment: what it changes, that it is restored, and that wrong arguments change nothing."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.errors import BackendError, SettingError
from nbbrain.math import environment as environment_class


def state():
    return bm.mode, bm.dt, bm.float_, bm.int_, bm.bool_, bm.complex_, bm.Variable(2).dtype


def test_defaults():
    assert state() == (bm.NonBatchingMode(), 0.1, np.float32, np.int32, np.bool_, np.complex64, np.float32)
    assert (bm.dftype(), bm.ditype()) == (np.float32, np.int32)


def test_module_attributes_follow_the_environment():
    bm.set(mode=bm.training_mode, dt=0.5, x64=True)
    assert state() == (bm.training_mode, 0.5, np.float64, np.int64, np.bool_, np.complex128, np.float64)
    assert (bm.get_mode(), bm.get_dt()) == (bm.training_mode, 0.5)
    assert (bm.get_float(), bm.get_int(), bm.get_bool()) == (np.float64, np.int64, np.bool_)
    assert bm.get_complex() == np.complex128


def test_unknown_attributes_stay_unknown():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = bm.no_such_name


def test_setters():
    bm.set_mode(bm.batching_mode)
    bm.set_dt(0.2)
    bm.set_float(np.float64)
    bm.set_int(np.int64)
    bm.set_complex(np.complex128)
    bm.set_bool(bool)
    assert state() == (bm.batching_mode, 0.2, np.float64, np.int64, np.bool_, np.complex128, np.float64)


def test_a_named_dtype_goes_before_x64():
    with bm.environment(x64=True, float_=np.float32):
        assert (bm.float_, bm.int_) == (np.float32, np.int64)
    bm.set(float_=np.float64)
    assert (bm.float_, bm.int_) == (np.float64, np.int32)


def test_a_block_restores_everything():
    bm.set(dt=0.3, float_=np.float64)
    before = state()
    with bm.environment(bm.TrainingMode(4), dt=1.0, x64=True, int_=np.int32):
        assert state() == (bm.TrainingMode(), 1.0, np.float64, np.int32, np.bool_, np.complex128, np.float64)
        assert bm.mode.batch_size == 4
        with bm.batching_environment(x64=False):
            assert state()[:4] == (bm.BatchingMode(), 1.0, np.float32, np.int32)
        bm.set(dt=7.0)
    assert state() == before


def test_a_block_restores_after_an_exception():
    before = state()
    with pytest.raises(KeyError), bm.training_environment(dt=1.0, x64=True):
        raise KeyError
    assert state() == before


def test_one_environment_object_can_be_nested_in_itself():
    block = bm.environment(dt=1.0)
    with block:
        bm.set(dt=2.0)
        with block:
            assert bm.dt == 1.0
        assert bm.dt == 2.0
    assert bm.dt == 0.1


def test_training_environment_takes_a_batch_size():
    with bm.training_environment(batch_size=5):
        assert repr(bm.mode) == "TrainingMode(batch_size=5)"
    with bm.batching_environment(batch_size=6):
        assert repr(bm.mode) == "BatchingMode(batch_size=6)"


def test_a_decorated_function_runs_in_the_environment():
    @bm.training_environment(dt=1.0)
    def depth(n):
        """Docstring."""
        assert (bm.mode, bm.dt) == (bm.training_mode, 1.0)
        return 0 if n == 0 else 1 + depth(n - 1)

    assert depth(3) == 3
    assert depth.__doc__ == "Docstring."
    assert (bm.mode, bm.dt) == (bm.nonbatching_mode, 0.1)


def test_what_cannot_be_decorated_is_refused():
    def generator():
        yield bm.dt

    with pytest.raises(TypeError, match="generator suspends itself"):
        bm.environment(dt=1.0)(generator)
    with pytest.raises(TypeError, match="decorates functions"):
        bm.environment(dt=1.0)(type("Model", (), {}))


@pytest.mark.parametrize("change", [bm.set, bm.environment])
@pytest.mark.parametrize(("wrong", "text"), [
    ({"dt": 1}, '"dt" must a float, but we got 1'),
    ({"dt": "0.1"}, '"dt" must a float'),
    ({"mode": bm.TrainingMode}, '"mode" must be a Mode'),
    ({"x64": 64}, '"x64" must be True or False'),
])
def test_wrong_arguments_change_nothing(change, wrong, text):
    before = state()
    for error in (AssertionError, TypeError):  # BrainPy's class, and Python's
        with pytest.raises(error, match=text):
            change(**({"mode": bm.training_mode, "dt": 0.7, "x64": True} | wrong))
    assert state() == before


@pytest.mark.parametrize("dt", [0.0, -0.1, float("nan"), float("inf")])
def test_dt_is_positive(dt):
    with pytest.raises(ValueError, match="positive and finite"):
        bm.set(mode=bm.training_mode, dt=dt)
    assert bm.mode == bm.nonbatching_mode


def test_default_dtypes_are_of_their_kind():
    before = state()
    with pytest.raises(TypeError, match="the default int type must be a int dtype, but got float32"):
        bm.set(dt=0.7, x64=True, int_=np.float32)
    assert state() == before


def test_64_bit_data_is_kept_only_under_x64():
    assert bm.Array(np.zeros(2)).dtype == np.float32
    bm.enable_x64()
    assert bm.Array(np.zeros(2)).dtype == np.float64
    bm.disable_x64()
    assert bm.Array(np.zeros(2)).dtype == np.float32


def test_platform(plain_environment, monkeypatch):
    bm.set_platform("cpu")
    assert bm.get_platform() == "cpu"
    assert settings.get("backend") is None
    settings.set(backend="cuda")  # as set_backend("cuda") does where there is a GPU
    assert bm.get_platform() == "gpu"
    bm.set_platform("cpu")
    assert settings.get("backend") is None
    settings.set(backend="numpy")
    bm.set_platform("cpu")
    assert settings.get("backend") == "numpy"
    monkeypatch.setitem(bm.set_platform.__globals__, "is_installed", lambda module: False)
    monkeypatch.setenv("NBBRAIN_BACKEND", "cuda")
    settings.set(backend=None)
    settings.reload()
    bm.set_platform("cpu")
    assert settings.get("backend") == "numpy"
    with settings.using(backend="cuda"), pytest.raises(BackendError, match="inside of a block"):
        bm.set_platform("cpu")


@pytest.mark.parametrize("name", ["gpu", "cuda"])
def test_the_gpu_is_the_backend_cuda(monkeypatch, name):
    asked = []
    monkeypatch.setitem(bm.set_platform.__globals__, "set_backend", asked.append)
    bm.set_platform(name)
    assert asked == ["cuda"]


@pytest.mark.parametrize("name", ["tpu", "CPU", None])
def test_other_platforms_are_refused(name):
    with pytest.raises(ValueError, match="platform must be 'cpu', 'gpu' or 'cuda'"):
        bm.set_platform(name)


def test_host_device_count_is_the_number_of_threads():
    bm.set_host_device_count(3)
    assert settings.get("num_threads") == 3
    with pytest.raises(SettingError, match="num_threads"):
        bm.set_host_device_count(0)


def test_clearing_memory_leaves_arrays_in_use_alone():
    x = bm.Array([1.0, 2.0])
    bm.clear_buffer_memory()
    assert x.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="platform"):
        bm.clear_buffer_memory("tpu")


def test_the_public_names_are_those_of_the_module():
    assert environment_class is bm.environment
    assert bm.set is bm.set_environment
