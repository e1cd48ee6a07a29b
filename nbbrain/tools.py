"""Small tools that models and users share."""
from __future__ import annotations

from nbbrain.dot_dict import DotDict
from nbbrain.math.objects.naming import clear_name_cache
from nbbrain.sizes import size2num, to_size

__all__ = ["DotDict", "clear_name_cache", "size2num", "to_size"]
