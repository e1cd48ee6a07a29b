"""``bp.check``: checks of arguments, with errors that say what was received and what is allowed."""

from nbbrain.check.collections import (
    is_all_objs,
    is_all_vars,
    is_dict_data,
    is_elem_or_seq_or_dict,
    is_sequence,
    serialize_kwargs,
)
from nbbrain.check.models import is_connector, is_initializer, is_instance, is_subclass
from nbbrain.check.shapes import check_shape, check_shape_except_batch, is_shape_broadcastable, is_shape_consistency
from nbbrain.check.switch import is_checking, jit_error_checking, turn_off, turn_on
from nbbrain.check.values import is_callable, is_float, is_integer, is_string

__all__ = [
    "check_shape",
    "check_shape_except_batch",
    "is_all_objs",
    "is_all_vars",
    "is_callable",
    "is_checking",
    "is_connector",
    "is_dict_data",
    "is_elem_or_seq_or_dict",
    "is_float",
    "is_initializer",
    "is_instance",
    "is_integer",
    "is_sequence",
    "is_shape_broadcastable",
    "is_shape_consistency",
    "is_string",
    "is_subclass",
    "jit_error_checking",
    "serialize_kwargs",
    "turn_off",
    "turn_on",
]
