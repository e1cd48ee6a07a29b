"""What is shared: saving, loading, what is missing, and that loops leave it as it was."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm


def test_saving_and_loading():
    bp.share.save(t=1.0, fit=True)
    bp.share.save("a", 1, "b", 2, c=3)
    bp.share["d"] = 4
    assert [bp.share.load(key) for key in ("t", "fit", "a", "b", "c")] == [1.0, True, 1, 2, 3]
    assert bp.share["d"] == 4
    assert "d" in bp.share
    bp.share.clear_shargs("a", "b")
    assert "a" not in bp.share
    bp.share.clear_shargs()
    assert bp.share.get_shargs() == {"dt": 0.1}


@pytest.mark.parametrize("args", [("a",), (1, 2), ("a", 1, "b")])
def test_names_and_values_come_in_pairs(args):
    with pytest.raises(TypeError, match="names and values in turn"):
        bp.share.save(*args, c=3)
    assert "c" not in bp.share


def test_what_is_missing():
    with pytest.raises(KeyError) as error:
        bp.share.load("fit")
    assert error.value.args == ("Cannot found shared data of fit.",)
    with pytest.raises(KeyError):
        bp.share.load("fit", None)
    assert bp.share.load("fit", False) is False
    with pytest.raises(KeyError, match=r"shared data of t\. Give it by bp\.share\.save\(t=\.\.\.\), or let a runner"):
        bp.share.load("t")


def test_the_time_step_is_that_of_the_environment_unless_it_is_saved():
    with bm.environment(dt=0.5):
        assert bp.share.load("dt") == bp.share["dt"] == bp.share.get_shargs()["dt"] == 0.5
        bp.share.save(dt=0.25)
        assert bp.share.load("dt") == bp.share.get_shargs().dt == 0.25


def test_the_arguments_a_model_gets_are_a_copy_with_attributes():
    bp.share.save(t=1.0)
    shared = bp.share.get_shargs()
    assert (shared.t, shared["t"], shared.dt) == (1.0, 1.0, 0.1)
    shared.t = 5.0
    assert bp.share.load("t") == 1.0
    with pytest.raises(AttributeError, match=r"bp\.share\.save\(i=\.\.\.\)"):
        _ = shared.i
    assert not hasattr(shared, "other")
    assert type(shared.copy()) is type(shared)


def test_what_a_loop_saves_does_not_outlast_it():
    bp.share.save(t=1.0)

    def step(i):
        bp.share.save(t=i * 0.1, inside=True)
        return bp.share.load("t")

    np.testing.assert_allclose(bm.for_loop(step, np.arange(3.0)), [0, 0.1, 0.2], rtol=1e-6)
    assert bp.share.load("t") == 1.0
    assert "inside" not in bp.share

    def fails(i):
        bp.share.save(t=i)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        bm.for_loop(fails, np.arange(3.0))
    assert bp.share.load("t") == 1.0
