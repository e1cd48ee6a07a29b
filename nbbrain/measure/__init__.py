"""``bp.measure``: what is measured in recordings of spikes and potentials."""

__all__: list[str] = []
