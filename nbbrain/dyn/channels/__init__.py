"""``bp.channels``: ion channels and ions of conductance-based neurons."""

__all__: list[str] = []
