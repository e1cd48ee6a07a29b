"""``bm.fft``: discrete Fourier transforms, differentiable, in the precision of the data; not captured by compiled loops."""
from __future__ import annotations

import numpy as np

from nbbrain.math.lifting import host, lift
from nbbrain.operations import fourier

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft", "irfft", "irfft2",
    "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
]

fft = lift(fourier.fft)
ifft = lift(fourier.ifft)
rfft = lift(fourier.rfft)
irfft = lift(fourier.irfft)
hfft = lift(fourier.hfft)
ihfft = lift(fourier.ihfft)
fft2 = lift(fourier.fft2)
ifft2 = lift(fourier.ifft2)
rfft2 = lift(fourier.rfft2)
irfft2 = lift(fourier.irfft2)
fftn = lift(fourier.fftn)
ifftn = lift(fourier.ifftn)
rfftn = lift(fourier.rfftn)
irfftn = lift(fourier.irfftn)
fftshift = lift(fourier.fftshift)
ifftshift = lift(fourier.ifftshift)
fftfreq = host(np.fft.fftfreq, arrays=0)
rfftfreq = host(np.fft.rfftfreq, arrays=0)
