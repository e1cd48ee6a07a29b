"""``bp.sklearn``: estimators for scikit-learn's pipelines, searches and measures.

They need scikit-learn 1.6 or later, and are imported when ``bp.sklearn`` is used first.

Samples are rows of features, or whole sequences, of shape (samples, steps, features). Numbers are computed in the dtype of
the features: 64 bits, or 32 for features of ``float32``. Fits in threads take turns, since the environment of a computation
is the process's; those in processes (``n_jobs`` of scikit-learn) do not wait.

Examples
--------
>>> import nbbrain as bp
>>> bp.sklearn.__all__
['ESNRegressor', 'NVARRegressor', 'RNNClassifier', 'SNNClassifier']
"""
from __future__ import annotations

try:
    from sklearn.utils.validation import validate_data as _
except ImportError as error:
    raise ImportError("bp.sklearn needs scikit-learn 1.6 or later: pip install 'scikit-learn>=1.6'. It also comes with "
                      "nbbrain[examples].", name="sklearn") from error

from nbbrain.sklearn.esn import ESNRegressor
from nbbrain.sklearn.nvar import NVARRegressor
from nbbrain.sklearn.rnn import RNNClassifier
from nbbrain.sklearn.snn import SNNClassifier

__all__ = ["ESNRegressor", "NVARRegressor", "RNNClassifier", "SNNClassifier"]
