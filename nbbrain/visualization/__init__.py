"""``bp.visualize``: plots of recordings, made with matplotlib, which is imported by the first plot."""
from nbbrain.visualization.animations import animate_1D, animate_2D
from nbbrain.visualization.figures import get_figure, plot_style1, remove_axis
from nbbrain.visualization.plots import line_plot, raster_plot

__all__ = ["animate_1D", "animate_2D", "get_figure", "line_plot", "plot_style1", "raster_plot", "remove_axis"]
