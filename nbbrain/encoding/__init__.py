"""``bp.encoding``: from values to spikes."""

__all__: list[str] = []
