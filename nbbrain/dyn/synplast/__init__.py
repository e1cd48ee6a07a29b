"""``bp.synplast``: short-term plasticity of synapses."""

__all__: list[str] = []
