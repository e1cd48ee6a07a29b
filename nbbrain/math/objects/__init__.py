"""Objects: what has a name, variables and parts; the base of every model."""

from nbbrain.math.objects.base import BrainPyObject, LoadResult
from nbbrain.math.objects.collectors import ArrayCollector, Collector, TensorCollector
from nbbrain.math.objects.containers import NodeDict, NodeList, VarDict, VarList
from nbbrain.math.objects.functions import FunAsObject, Partial, function, to_object
from nbbrain.math.objects.naming import clear_name_cache
from nbbrain.math.objects.views import VariableView

__all__ = [
    "ArrayCollector",
    "BrainPyObject",
    "Collector",
    "FunAsObject",
    "LoadResult",
    "NodeDict",
    "NodeList",
    "Partial",
    "TensorCollector",
    "VarDict",
    "VarList",
    "VariableView",
    "clear_name_cache",
    "function",
    "to_object",
]
