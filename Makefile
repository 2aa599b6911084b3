# make demo   set up and run one weekly cycle on the sample tenant
# make test   set up and run the tests
# make up     serve the Dagster UI on 127.0.0.1:3000 over the same data
# make lint   style, types and the rules of the house
# make bench  the performance figures; make faults: the reliability figures at full size

PYTHON ?= python3
BIN := .venv/bin
HOME_DIR ?= .cs_assets
export DAGSTER_DISABLE_TELEMETRY := 1
export CS_ASSETS_HOME := $(HOME_DIR)

.PHONY: demo test up lint bench faults setup clean

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) -e .
	@touch $@

.venv/test-ready: .venv/ready
	$(PIP) -e '.[test]'
	@touch $@

demo: setup
	$(BIN)/cs-assets demo

test: .venv/test-ready
	$(BIN)/python -m pytest --numprocesses 2 --no-loadscope-reorder

up: setup
	$(BIN)/cs-assets up

lint: .venv/test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/test-ready
	$(BIN)/python -m tests.benchmarks $(ROOMS)

faults: .venv/test-ready
	$(BIN)/python -m tests.faults $(ROOMS)

clean:
	rm -rf .venv build dist *.egg-info
