"""Many runs of a function, in many processes."""
from nbbrain.running.pools import cpu_ordered_parallel, cpu_unordered_parallel, process_pool, process_pool_lock

__all__ = ["cpu_ordered_parallel", "cpu_unordered_parallel", "process_pool", "process_pool_lock"]
