"""Small tools that models and users share."""
from nbbrain.dot_dict import DotDict
from nbbrain.math.objects.naming import clear_name_cache
from nbbrain.sizes import size2num, to_size
from nbbrain.tools.codes import (
    code_lines_to_func,
    deindent,
    get_func_source,
    get_identifiers,
    get_main_code,
    indent,
    word_replace,
)
from nbbrain.tools.functions import (
    change_func_name,
    copy_doc,
    is_lambda_function,
    not_customized,
    repr_context,
    repr_object,
    timeout,
)
from nbbrain.tools.progress import init_progress_bar
from nbbrain.tools.values import format_seed, numba_seed, replicate

__all__ = [
    "DotDict",
    "change_func_name",
    "clear_name_cache",
    "code_lines_to_func",
    "copy_doc",
    "deindent",
    "format_seed",
    "get_func_source",
    "get_identifiers",
    "get_main_code",
    "indent",
    "init_progress_bar",
    "is_lambda_function",
    "not_customized",
    "numba_seed",
    "replicate",
    "repr_context",
    "repr_object",
    "size2num",
    "timeout",
    "to_size",
    "word_replace",
]
