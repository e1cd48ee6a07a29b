"""``bm``: what models are written with. Arrays and variables, NumPy's functions on them, and transformations of functions."""
from nbbrain.math.array import Array
from nbbrain.math.control_flow import cls_jit, cond, for_loop, ifelse, jit, scan, while_loop
from nbbrain.math.differentiation import grad, hessian, jacfwd, jacobian, jacrev, vector_grad
from nbbrain.math.variables import Parameter, TrainVar, Variable
