"""Functions that reduce axes: sums, means, extrema, quantiles, and running sums; under NumPy's and TensorFlow's names."""
from __future__ import annotations

import numpy as np

from nbbrain.math.lifting import host, lift
from nbbrain.operations import missing_values, norms, segments, sorting, statistics
from nbbrain.operations import reductions as op

__all__ = [
    "all", "alltrue", "amax", "amin", "any", "argmax", "argmin", "average", "bincount", "clip_by_norm", "corrcoef",
    "count_nonzero", "cov", "cumprod", "cumproduct", "cumsum", "histogram", "histogram2d", "histogram_bin_edges",
    "histogramdd", "max", "mean", "median", "min", "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax", "nanmean",
    "nanmedian", "nanmin", "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum", "nanvar", "percentile", "prod",
    "product", "ptp", "quantile", "reduce_all", "reduce_any", "reduce_euclidean_norm", "reduce_logsumexp", "reduce_max",
    "reduce_mean", "reduce_min", "reduce_prod", "reduce_std", "reduce_sum", "reduce_variance", "segment_max",
    "segment_mean", "segment_min", "segment_prod", "segment_sum", "sometrue", "std", "sum", "unsorted_segment_max",
    "unsorted_segment_mean", "unsorted_segment_min", "unsorted_segment_prod", "unsorted_segment_sqrt_n",
    "unsorted_segment_sum", "var",
]

sum = reduce_sum = lift(op.sum)
prod = product = reduce_prod = lift(op.prod)
max = amax = reduce_max = lift(op.max)
min = amin = reduce_min = lift(op.min)
any = sometrue = reduce_any = lift(op.any)
all = alltrue = reduce_all = lift(op.all)
mean = reduce_mean = lift(op.mean)
var = reduce_variance = lift(op.var)
std = reduce_std = lift(op.std)
ptp = lift(op.ptp)
average = lift(op.average)
count_nonzero = lift(op.count_nonzero)
argmax = lift(op.argmax)
argmin = lift(op.argmin)
cumsum = lift(op.cumsum)
cumprod = cumproduct = lift(op.cumprod)
reduce_logsumexp = lift(op.logsumexp)
reduce_euclidean_norm = lift(norms.euclidean_norm)
clip_by_norm = lift(norms.clip_by_norm)

nansum = lift(missing_values.nansum)
nanprod = lift(missing_values.nanprod)
nanmax = lift(missing_values.nanmax)
nanmin = lift(missing_values.nanmin)
nanmean = lift(missing_values.nanmean)
nanvar = lift(missing_values.nanvar)
nanstd = lift(missing_values.nanstd)
nanargmax = lift(missing_values.nanargmax)
nanargmin = lift(missing_values.nanargmin)
nancumsum = lift(missing_values.nancumsum)
nancumprod = lift(missing_values.nancumprod)

median = lift(sorting.median)
quantile = lift(sorting.quantile)
percentile = lift(sorting.percentile)
nanmedian = lift(sorting.nanmedian)
nanquantile = lift(sorting.nanquantile)
nanpercentile = lift(sorting.nanpercentile)
cov = lift(statistics.cov)
corrcoef = lift(statistics.corrcoef)

segment_sum = unsorted_segment_sum = lift(segments.segment_sum, arrays=2)
segment_prod = unsorted_segment_prod = lift(segments.segment_prod, arrays=2)
segment_max = unsorted_segment_max = lift(segments.segment_max, arrays=2)
segment_min = unsorted_segment_min = lift(segments.segment_min, arrays=2)
segment_mean = unsorted_segment_mean = lift(segments.segment_mean, arrays=2)
unsorted_segment_sqrt_n = lift(segments.segment_sqrt_n, arrays=2)

bincount = host(np.bincount)
histogram = host(np.histogram)
histogram2d = host(np.histogram2d, arrays=2)
histogramdd = host(np.histogramdd, arrays=0)
histogram_bin_edges = host(np.histogram_bin_edges)
