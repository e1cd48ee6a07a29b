"""What neurons receive through every kind of connection, against a product with a dense matrix."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import LOOPED, over_time

PRE, POST = 7, 5
MASK = np.random.default_rng(11).random((PRE, POST)) < 0.4


def cases():
    rng = np.random.default_rng(12)
    matrix, square, vector = rng.normal(size=(PRE, POST)), rng.normal(size=(PRE, PRE)), rng.normal(size=PRE)
    by_synapse = matrix[MASK]  # row by row: the order of 'csr'
    i, j = np.nonzero(MASK)
    shuffled = rng.permutation(len(i))
    by_row = shuffled[np.argsort(i[shuffled], kind="stable")]  # 'csr' sorts by row and keeps the order within a row
    return {
        "all, matrix": (bp.conn.All2All(), "sparse", matrix, matrix),
        "all, number": (bp.conn.All2All(), "sparse", 0.3, np.full((PRE, POST), 0.3)),
        "all, number, dense": (bp.conn.All2All(), "dense", 0.3, np.full((PRE, POST), 0.3)),
        "all but self, number": (bp.conn.All2All(include_self=False), "sparse", 0.3, 0.3 * (1 - np.eye(PRE))),
        "all but self, matrix": (bp.conn.All2All(include_self=False), "sparse", square, square),
        "one to one, vector": (bp.conn.One2One(), "sparse", vector, np.diag(vector)),
        "one to one, number": (bp.conn.One2One(), "dense", 0.3, 0.3 * np.eye(PRE)),
        "sparse, vector": (bp.conn.MatConn(MASK), "sparse", by_synapse, matrix * MASK),
        "sparse, number": (bp.conn.MatConn(MASK), "sparse", 0.3, 0.3 * MASK),
        "sparse, pairs": (bp.conn.IJConn(i[shuffled], j[shuffled]), "sparse", by_synapse[by_row], matrix * MASK),
        "sparse, nobody": (bp.conn.MatConn(np.zeros((PRE, POST))), "sparse", 0.3, np.zeros((PRE, POST))),
        "dense, matrix": (bp.conn.MatConn(MASK), "dense", matrix, matrix * MASK),
        "dense, number": (bp.conn.MatConn(MASK), "dense", 0.3, 0.3 * MASK),
        "a matrix as connector": (MASK, "sparse", 0.3, 0.3 * MASK),
    }


@LOOPED
@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("dtype", [bool, np.float64])
@pytest.mark.parametrize("case", cases())
def test_what_is_received(case: str, dtype: type, batch: int | None, looped: bool) -> None:
    bm.enable_x64()
    conn, comp_method, g_max, matrix = cases()[case]
    mode = bm.nonbatching_mode if batch is None else bm.BatchingMode(batch)
    with bm.environment(mode=mode):
        pre, post = bp.neurons.InputGroup(PRE), bp.neurons.LIF(matrix.shape[1])
        synapse = bp.synapses.Delta(pre, post, conn, comp_method=comp_method, g_max=g_max,
                                  output=bp.synouts.CUBA())
    lead = () if batch is None else (batch,)
    spikes = (np.random.default_rng(13).random((4, *lead, PRE)) < 0.5).astype(dtype)

    def step(row):
        synapse(row)
        received = post.input + 0.
        post.clear_input()
        return received

    np.testing.assert_allclose(over_time(step, bm.asarray(spikes), looped), spikes @ matrix, rtol=1e-13, atol=1e-13)
