"""Which neurons of two populations are connected: rules, given connections, and the forms they come in."""
from nbbrain.connect.base import Connector, OneEndConnector, TwoEndConnector
from nbbrain.connect.fixed_number import FixedPostNum, FixedPreNum, FixedTotalNum
from nbbrain.connect.given import CSRConn, IJConn, MatConn, SparseMatConn
from nbbrain.connect.grid import GridEight, GridFour, GridN
from nbbrain.connect.probabilistic import FixedProb
from nbbrain.connect.ready_made import all2all, grid_eight, grid_four, one2one
from nbbrain.connect.regular import All2All, One2One
from nbbrain.connect.scale_free import PowerLaw, ScaleFreeBA, ScaleFreeBADual
from nbbrain.connect.small_world import SmallWorld
from nbbrain.connect.spatial import GaussianProb, ProbDist
from nbbrain.connect.structures import (
    CONN_MAT,
    COO,
    CSC,
    CSR,
    POST2PRE,
    POST2SYN,
    POST_IDS,
    POST_SLICE,
    PRE2POST,
    PRE2SYN,
    PRE_IDS,
    PRE_SLICE,
    coo2csc,
    coo2csr,
    coo2mat,
    csr2coo,
    csr2csc,
    csr2mat,
    mat2coo,
    mat2csc,
    mat2csr,
)

__all__ = [
    "CONN_MAT",
    "COO",
    "CSC",
    "CSR",
    "POST2PRE",
    "POST2SYN",
    "POST_IDS",
    "POST_SLICE",
    "PRE2POST",
    "PRE2SYN",
    "PRE_IDS",
    "PRE_SLICE",
    "All2All",
    "CSRConn",
    "Connector",
    "FixedPostNum",
    "FixedPreNum",
    "FixedProb",
    "FixedTotalNum",
    "GaussianProb",
    "GridEight",
    "GridFour",
    "GridN",
    "IJConn",
    "MatConn",
    "One2One",
    "OneEndConnector",
    "PowerLaw",
    "ProbDist",
    "ScaleFreeBA",
    "ScaleFreeBADual",
    "SmallWorld",
    "SparseMatConn",
    "TwoEndConnector",
    "all2all",
    "coo2csc",
    "coo2csr",
    "coo2mat",
    "csr2coo",
    "csr2csc",
    "csr2mat",
    "grid_eight",
    "grid_four",
    "mat2coo",
    "mat2csc",
    "mat2csr",
    "one2one",
]
