"""``bp.inputs``: time courses of inputs."""

__all__: list[str] = []
