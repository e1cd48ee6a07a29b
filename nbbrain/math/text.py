"""Arrays as text, and in files."""
from __future__ import annotations

import numpy as np

from nbbrain.math.lifting import host

__all__ = [
    "array2string", "array_repr", "array_str", "get_printoptions", "load", "printoptions", "save", "savetxt", "savez",
    "savez_compressed", "set_printoptions", "show_config",
]

array2string = host(np.array2string, discrete=True)
array_repr = host(np.array_repr, discrete=True)
array_str = host(np.array_str, discrete=True)
get_printoptions, set_printoptions, printoptions = np.get_printoptions, np.set_printoptions, np.printoptions
show_config = np.show_config

load = host(np.load, arrays=0)
save = host(np.save, arrays=0)
savez = host(np.savez, arrays=0)
savez_compressed = host(np.savez_compressed, arrays=0)
savetxt = host(np.savetxt, arrays=0)
