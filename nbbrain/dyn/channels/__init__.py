"""``bp.channels``: ion channels and ions of conductance-based neurons (see `CondNeuGroup`)."""
from nbbrain.dyn.channels.base import Ion, IonChannel, LeakyChannel, PotassiumChannel, SodiumChannel
from nbbrain.dyn.channels.calcium import (
    Calcium,
    CalciumChannel,
    CalciumDetailed,
    CalciumDyna,
    CalciumFirstOrder,
    CalciumFixed,
)
from nbbrain.dyn.channels.calcium_channels import ICaHT_HM1992, ICaL_IS2008, ICaT_HM1992, ICaT_HP1992
from nbbrain.dyn.channels.calcium_gated import IAHP_De1994, ICaN_IS2008
from nbbrain.dyn.channels.hyperpolarization import Ih_De1996, Ih_HM1992, IhChannel
from nbbrain.dyn.channels.leakage import IKL, IL
from nbbrain.dyn.channels.potassium import IK_HH1952, IK_TM1991, IKDR_Ba2002, IKNI_Ya1989
from nbbrain.dyn.channels.potassium_thalamic import IKA1_HM1992, IKA2_HM1992, IKK2A_HM1992, IKK2B_HM1992
from nbbrain.dyn.channels.sodium import INa_Ba2002, INa_HH1952, INa_TM1991

__all__ = [
    "IKA1_HM1992",
    "IKA2_HM1992",
    "IKK2A_HM1992",
    "IKK2B_HM1992",
    "IKL",
    "IK_HH1952",
    "IK_TM1991",
    "IL",
    "Calcium",
    "CalciumChannel",
    "CalciumDetailed",
    "CalciumDyna",
    "CalciumFirstOrder",
    "CalciumFixed",
    "IAHP_De1994",
    "ICaHT_HM1992",
    "ICaL_IS2008",
    "ICaN_IS2008",
    "ICaT_HM1992",
    "ICaT_HP1992",
    "IKDR_Ba2002",
    "IKNI_Ya1989",
    "INa_Ba2002",
    "INa_HH1952",
    "INa_TM1991",
    "IhChannel",
    "Ih_De1996",
    "Ih_HM1992",
    "Ion",
    "IonChannel",
    "LeakyChannel",
    "PotassiumChannel",
    "SodiumChannel",
]
