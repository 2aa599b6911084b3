# make demo   set up and run one weekly cycle on the sample tenant
# make test   set up and run the tests
# make up     serve the Dagster UI on 127.0.0.1:3000 and the desk on 127.0.0.1:8501 over the same data
# make lint   style, types and the rules of the house
# make coverage  the tests again, and what of the code they reach; fails below the floor in pyproject.toml
# make bench  the figures of speed and size; make faults: of reliability; make judge: of judgement
#             ROOMS="calls gong" or FIGURES="P-calls-04 P-gong-*" choose, LIST=1 tells what there is,
#             WRITE=1 enters the results in docs/benchmarks.md
# make browser  the Dagster UI and the desk used in Debian's chromium; the pictures of the docs
# make audit  known vulnerabilities of the locked packages; fails too where that cannot be found out
# make bill   what the platform is made of (CycloneDX), with licences; make locked: requirements.txt anew
# make lowest, make newest  the tests with the lowest and the newest packages allowed; for a schedule
# make help   this

PYTHON ?= python3
BIN := .venv/bin
HOME_DIR ?= .cs_assets
export DAGSTER_DISABLE_TELEMETRY := 1
export CS_ASSETS_HOME := $(HOME_DIR)

.PHONY: browser demo help test coverage up lint bench faults judge setup clean audit bill locked lowest newest

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
	$(BIN)/python -m pytest --numprocesses 3 --no-loadscope-reorder

coverage: .venv/test-ready
	$(BIN)/python -m pytest --numprocesses 3 --no-loadscope-reorder --cov --cov-report=term:skip-covered

.venv/desk-ready: .venv/ready
	$(PIP) -e '.[desk]'
	@touch $@

up: .venv/desk-ready
	$(BIN)/cs-assets up

lint: .venv/test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

FIGURE_ARGUMENTS = $(if $(LIST),--list) $(if $(WRITE),--write) $(ROOMS) $(foreach id,$(FIGURES),'$(id)')

bench: .venv/test-ready
	$(BIN)/python -m tests.benchmarks $(FIGURE_ARGUMENTS)

faults: .venv/test-ready
	$(BIN)/python -m tests.faults $(FIGURE_ARGUMENTS)

judge: .venv/test-ready
	$(BIN)/python -m tests.judge $(FIGURE_ARGUMENTS)

browser: .venv/test-ready
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	  { echo "make browser needs Debian's package chromium: apt install chromium" >&2; exit 2; }
	BROWSER=1 BROWSER_PICTURES=docs/images $(BIN)/python -m pytest -n0 -v tests/browser

audit: .venv/ready
	$(BIN)/python -m tests.supply.audit

bill: .venv/test-ready
	@$(BIN)/python -m tests.supply.bill

# Hashes of all systems and versions of Python that are supported; no address of a registry.
locked: .venv/ready
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra desk --extra ses --extra mcp \
	  --extra kubernetes -c constraints.txt --generate-hashes --no-header --no-annotate \
	  --universal --python-version 3.11 --quiet -o requirements.txt

# Neither is part of `make test`: a new release of others should not fail a change of ours.
lowest:
	$(PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet uv
	.venv-lowest/bin/uv pip compile pyproject.toml --all-extras --resolution lowest-direct --quiet \
	  -o .venv-lowest/lowest.txt
	.venv-lowest/bin/uv pip install --python .venv-lowest/bin/python --quiet \
	  -c .venv-lowest/lowest.txt -e '.[test]'
	.venv-lowest/bin/python -m pytest --numprocesses 3 --no-loadscope-reorder $(TESTS)

newest:
	$(PYTHON) -m venv --clear .venv-newest
	.venv-newest/bin/python -m pip install --quiet uv
	.venv-newest/bin/uv pip install --python .venv-newest/bin/python --quiet --upgrade -e '.[test]'
	.venv-newest/bin/python -m pytest --numprocesses 3 --no-loadscope-reorder $(TESTS)

help:
	@sed -n '/^$$/q; s/^# //p' Makefile

clean:
	rm -rf .venv build dist *.egg-info
