"""``bp.sklearn`` is imported when it is used, and says what it needs."""
from __future__ import annotations

import subprocess
import sys

import pytest

from nbbrain.backends.base import is_installed


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(not is_installed("sklearn"), reason="scikit-learn is not installed")
def test_it_is_imported_when_it_is_used():
    code = ("import sys, nbbrain as bp; print('sklearn' in sys.modules, 'nbbrain.sklearn' in sys.modules); import sklearn; "
            "print(bp.sklearn.ESNRegressor().__module__, bp.sklearn is not sklearn)")
    assert run(code).splitlines() == ["False False", "nbbrain.sklearn.esn True"]


def test_an_error_says_what_is_needed():
    code = ("import sys, nbbrain as bp\nsys.modules['sklearn'] = None\n"
            "try: bp.sklearn\nexcept ImportError as error: print(error.name, error)")
    assert "sklearn bp.sklearn needs scikit-learn 1.6 or later: pip install 'scikit-learn>=1.6'" in run(code)
