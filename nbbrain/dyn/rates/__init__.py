"""``bp.rates``: populations described by their firing rates."""

__all__: list[str] = []
