"""Input and output groups."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm


@pytest.mark.parametrize("kind", [bp.neurons.InputGroup, bp.neurons.OutputGroup])
def test_a_group_passes_on_what_it_gets(kind: type) -> None:
    group = kind((2, 3), keep_size=True, name=f"the_{kind.__name__}")
    x = bm.ones((2, 3))
    assert group(x) is x
    assert (group.num, group.varshape, group.spike) == (6, (2, 3), None)
    group.reset_state(4)
    assert repr(group) == f"{kind.__name__}(name=the_{kind.__name__}, mode=NonBatchingMode, size=(2, 3))"


def test_the_shared_arguments_may_stand_first() -> None:
    x = np.ones(3, np.float32)
    assert bp.neurons.InputGroup(3)({"t": 0.}, x) is x
