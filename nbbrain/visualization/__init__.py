"""``bp.visualize``: plots of recordings."""

__all__: list[str] = []
