"""``bm``: what models are written with. Arrays, variables, NumPy's functions on them, transformations of functions."""
from typing import TYPE_CHECKING, Any

from nbbrain.math import activations, event, fft, linalg, others, random, surrogate
from nbbrain.math.activations import (
    celu,
    elu,
    gelu,
    glu,
    hard_sigmoid,
    hard_silu,
    hard_swish,
    hard_tanh,
    identity,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    normalize,
    one_hot,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    soft_sign,
    softmax,
    softplus,
    swish,
)
from nbbrain.math.array import Array
from nbbrain.math.compiled import cls_jit, jit
from nbbrain.math.control_flow import cond, ifelse, while_loop
from nbbrain.math.creation import *
from nbbrain.math.delays import CONCAT_UPDATE, ROTATE_UPDATE, LengthDelay, NeuLenDelay
from nbbrain.math.differentiation import grad, hessian, jacfwd, jacobian, jacrev, stop_gradient, vector_grad
from nbbrain.math.dtypes import *
from nbbrain.math.elementwise import *
from nbbrain.math.environment import (
    batching_environment,
    clear_buffer_memory,
    dftype,
    disable_gpu_memory_preallocation,
    disable_x64,
    ditype,
    enable_gpu_memory_preallocation,
    enable_x64,
    environment,
    get_bool,
    get_complex,
    get_dt,
    get_float,
    get_int,
    get_mode,
    get_platform,
    set,
    set_bool,
    set_complex,
    set_dt,
    set_environment,
    set_float,
    set_host_device_count,
    set_int,
    set_mode,
    set_platform,
    training_environment,
)
from nbbrain.math.facts import *
from nbbrain.math.jit_connectivity import *
from nbbrain.math.loops import for_loop, scan
from nbbrain.math.made_loops import make_cond, make_loop, make_while
from nbbrain.math.manipulation import *
from nbbrain.math.modes import (
    BatchingMode,
    Mode,
    NonBatchingMode,
    TrainingMode,
    batching_mode,
    nonbatching_mode,
    training_mode,
)
from nbbrain.math.objects import (
    ArrayCollector,
    BrainPyObject,
    Collector,
    FunAsObject,
    NodeDict,
    NodeList,
    Partial,
    TensorCollector,
    VarDict,
    VariableView,
    VarList,
    clear_name_cache,
    function,
    to_object,
)
from nbbrain.math.others import shared_args_over_time
from nbbrain.math.pre_syn_post import *
from nbbrain.math.products import *
from nbbrain.math.reductions import *
from nbbrain.math.searching import *
from nbbrain.math.sparse import *
from nbbrain.math.surrogate import (
    spike_with_gaussian_grad,
    spike_with_linear_grad,
    spike_with_mg_grad,
    spike_with_sigmoid_grad,
)
from nbbrain.math.text import *
from nbbrain.math.time_delays import NeuTimeDelay, TimeDelay
from nbbrain.math.variables import Parameter, TrainVar, Variable

JaxArray = Tensor = ndarray = Array

if TYPE_CHECKING:  # attributes that follow the environment
    import builtins

    import numpy as np

    dt: builtins.float
    mode: Mode
    float_: type[np.floating]
    int_: type[np.integer]
    bool_: type[np.bool_]
    complex_: type[np.complexfloating]


def __getattr__(name: str) -> Any:
    """Attributes that follow the environment: dt, mode and the default dtypes."""
    from nbbrain.math.environment import following

    if name in following:
        return following[name]()
    raise AttributeError(f"module 'nbbrain.math' has no attribute {name!r}")
