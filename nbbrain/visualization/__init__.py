"""``bp.visualize``: plots of recordings, made with matplotlib, which is imported by the first plot."""
from nbbrain.visualization.animations import animate_1D, animate_2D, animate_raster
from nbbrain.visualization.figures import get_figure, plot_style1, remove_axis
from nbbrain.visualization.learning import loss_plot
from nbbrain.visualization.plots import line_plot, raster_plot
from nbbrain.visualization.tuning import tuning_plot
from nbbrain.visualization.weights import weight_histogram, weight_plot

__all__ = ["animate_1D", "animate_2D", "animate_raster", "get_figure", "line_plot", "loss_plot", "plot_style1",
           "raster_plot", "remove_axis", "tuning_plot", "weight_histogram", "weight_plot"]
