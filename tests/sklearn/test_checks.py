"""scikit-learn's own checks of estimators, all of them."""
from __future__ import annotations

import pytest

pytest.importorskip("sklearn")

from sklearn.utils.estimator_checks import check_pipeline_consistency, parametrize_with_checks

from nbbrain.sklearn import ESNRegressor, NVARRegressor, RNNClassifier, SNNClassifier

pytestmark = pytest.mark.heavy
QUICK = {"hidden_layer_sizes": 8, "learning_rate": 0.1, "max_iter": 12, "batch_size": 300}


@parametrize_with_checks([
    ESNRegressor(n_units=20),
    ESNRegressor(n_units=20, initial_state="last", bias_scaling=0.5),
    NVARRegressor(),
    SNNClassifier(n_steps=5, **QUICK),
    RNNClassifier(cell="rnn", **QUICK),
])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


class DeterministicESN(ESNRegressor):
    """One whose tag does not say that it is not deterministic."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = False
        return tags


def test_regressors_are_deterministic_whatever_their_tag_says():
    """The tag leaves out one more check than is meant: that a fit in a pipeline is the same as one outside."""
    check_pipeline_consistency("ESNRegressor", DeterministicESN(n_units=20))
