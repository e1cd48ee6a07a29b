# Needs Python 3.11+, pip and make (GNU make 3.81 or newer), and nothing else.

PYTHON ?= python3
VENV := .venv
LIGHT := .venv-light
RUN := $(VENV)/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --editable
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help venv demo test test-light test-cuda test-gpu fuzz coverage lint bench clean

help:
	@echo "make demo       train the example network on handwritten digits   (NBBRAIN_BACKEND=numpy make demo: without Numba)"
	@echo "make test       run the test suite"
	@echo "make test-light run it once more on the numpy backend, with NumPy and autograd alone installed ($(LIGHT))"
	@echo "make test-cuda  run the comparisons of backends with 'cuda', its kernels simulated by Python: no GPU is needed"
	@echo "make test-gpu   run them, more of them, and the demo on a GPU"
	@echo "make fuzz       run many random programs compiled and by the reference      (EXAMPLES=1000 make fuzz: how many)"
	@echo "make coverage   run the test suite and measure which lines it reaches"
	@echo "make lint       run ruff and mypy"
	@echo "make bench      run the benchmarks"
	@echo "make venv       make $(VENV) with nbbrain in it (the others do so as well)"
	@echo "make clean      remove $(VENV), $(LIGHT), build/ and the caches of the tools"

venv: $(INSTALLED)

demo: $(INSTALLED)-examples
	$(RUN) examples/digits.py

test: $(INSTALLED)-test
	$(RUN) -m pytest -n auto

test-light: $(LIGHT)/.installed
	NBBRAIN_BACKEND=numpy $(LIGHT)/bin/python -m pytest -n auto

# With NBBRAIN_TEST_BACKEND=cuda, tests that ask for the backend 'numba' get 'cuda'.
COMPARISONS := tests/backends/cuda tests/conformance tests/test_page.py

test-cuda: $(INSTALLED)-test $(INSTALLED)-cuda
	$(RUN) -m pytest -n auto tests/backends/cuda
	NUMBA_ENABLE_CUDASIM=1 NBBRAIN_TEST_BACKEND=cuda $(RUN) -m pytest -n auto $(COMPARISONS)

test-gpu: $(INSTALLED)-test $(INSTALLED)-cuda $(INSTALLED)-examples
	NBBRAIN_TEST_BACKEND=cuda $(RUN) -m pytest $(COMPARISONS) tests/train tests/fuzz
	NBBRAIN_BACKEND=cuda $(RUN) examples/digits.py

EXAMPLES ?= 1000
fuzz: $(INSTALLED)-test
	NBBRAIN_FUZZ=$(EXAMPLES) $(RUN) -m pytest tests/fuzz -n auto

coverage: $(INSTALLED)-test
	$(RUN) -m pytest -n auto --cov --cov-report=term-missing

lint: $(INSTALLED)-lint
	$(RUN) -m ruff check
	$(RUN) -m mypy

bench: $(INSTALLED)-bench
	$(RUN) -m pytest benchmarks

clean:
	rm -rf $(VENV) $(LIGHT) build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis .benchmarks .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp file says that one set of packages is installed; a change of pyproject.toml installs them anew.
# Where Python comes without ensurepip (Debian without python3-venv), pip installs itself into the environment.
%/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "nbbrain needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $* || { $(PYTHON) -m venv --clear --without-pip $* && $(PYTHON) -m pip --python $@ install pip; }

$(INSTALLED): pyproject.toml | $(RUN)
	$(INSTALL) .
	@touch $@

$(INSTALLED)-%: pyproject.toml | $(RUN)
	$(INSTALL) '.[$*]'
	@touch $@

$(LIGHT)/.installed: pyproject.toml | $(LIGHT)/bin/python
	$(LIGHT)/bin/python -m pip install --quiet --disable-pip-version-check numpy autograd pytest pytest-xdist hypothesis
	$(LIGHT)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
