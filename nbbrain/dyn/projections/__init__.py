"""Projections: how the activity of one population becomes an input of another, put together of independent parts."""
from nbbrain.dyn.projections.base import Projection
from nbbrain.dyn.projections.full import (
    FullProjAlignPost,
    FullProjAlignPostMg,
    FullProjAlignPreDS,
    FullProjAlignPreDSMg,
    FullProjAlignPreSD,
    FullProjAlignPreSDMg,
    FullProjDelta,
)
from nbbrain.dyn.projections.half import HalfProjAlignPost, HalfProjAlignPostMg, HalfProjDelta, VanillaProj
from nbbrain.dyn.projections.plasticity import STDP_Song2000

ProjAlignPostMg1, ProjAlignPostMg2 = HalfProjAlignPostMg, FullProjAlignPostMg
ProjAlignPost1, ProjAlignPost2 = HalfProjAlignPost, FullProjAlignPost
ProjAlignPreMg1, ProjAlignPreMg2 = FullProjAlignPreDSMg, FullProjAlignPreSDMg
ProjAlignPre1, ProjAlignPre2 = FullProjAlignPreDS, FullProjAlignPreSD

__all__ = [
    "FullProjAlignPost", "FullProjAlignPostMg", "FullProjAlignPreDS", "FullProjAlignPreDSMg", "FullProjAlignPreSD",
    "FullProjAlignPreSDMg", "FullProjDelta", "HalfProjAlignPost", "HalfProjAlignPostMg", "HalfProjDelta", "ProjAlignPost1",
    "ProjAlignPost2", "ProjAlignPostMg1", "ProjAlignPostMg2", "ProjAlignPre1", "ProjAlignPre2", "ProjAlignPreMg1",
    "ProjAlignPreMg2", "Projection", "STDP_Song2000", "VanillaProj",
]
