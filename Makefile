# Everything that people and machines do with this repository. `make help` lists it.

SHELL := /bin/sh
.SUFFIXES:
.DEFAULT_GOAL := help

# Paths below are relative, so the clone may lie in a folder with spaces.
VENV := .venv
PY := $(VENV)/bin/python

ROOM ?= demo-room
PORT ?= 8000
SERVE ?= 1
WORKERS ?= 2
# Passed to pytest, e.g. make test TESTS="tests/unit/feeds -x"
TESTS ?=

# Text is UTF-8 even where the locale is C or POSIX; the caller's Python settings stay outside.
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHON
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV VIRTUAL_ENV

CODE := src tests scripts benchmarks
# Files that compiled code comes from: LOOP_FILES of the module compiled_loops.
LOOPS := $(wildcard src/vigie/epidemiology/renewal/*.py src/vigie/hospital/stays/*.py src/vigie/supply/*kernel.py)

.PHONY: help install install-dev install-peers demo check test test-long bench docs lock format clean
.PHONY: check-format check-lint check-types check-layers check-licences check-docs

help: ## Show this list
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## /\1|/p' Makefile | while IFS='|' read -r name what; do \
	  printf '  make %-12s %s\n' "$$name" "$$what"; done

install: $(VENV)/.compiled ## Make .venv, install Vigie into it, and compile its models

install-dev: $(VENV)/.installed-dev ## The same, with the tools of developers

install-peers: $(VENV)/.installed-peers ## The same, with other people's models that make bench compares with

demo: install ## Invent a region, run its day, show the pages (SERVE=0: only print; ROOM=, PORT=)
	@$(VENV)/bin/vigie demo "$(ROOM)" --port "$(PORT)" $(if $(filter 0 no false,$(SERVE)),--no-serve,--serve)

check: check-format check-lint check-types check-layers check-licences check-docs ## Format, lint, types, layers, licences, examples in the docs

check-format: install-dev
	$(PY) -m ruff format --check --quiet $(CODE)

check-lint: install-dev
	$(PY) -m ruff check $(CODE)

check-types: install-dev
	$(PY) -m mypy --strict
	$(PY) -m mypy --strict scripts/*.py

check-layers: install-dev
	$(PY) -c "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"

check-licences: install-dev
	$(PY) scripts/check_licences.py

check-docs: install-dev
	$(PY) scripts/write_docs.py --check
	$(PY) -m pytest -q tests/spec/docs

test: install-dev ## Every test but the long ones
	$(PY) -m pytest -n $(WORKERS) --dist loadgroup --hypothesis-profile=ci -m "not long" $(TESTS)

test-long: install-dev ## The tests that take minutes
	$(PY) -m pytest --hypothesis-profile=ci -m long $(TESTS)

bench: install-dev ## Measure, print, and keep the figures in docs/benchmarks.md (ONLY=name,name)
	$(PY) -m benchmarks $(ONLY)

docs: install-dev ## Write the pages that are made from the code anew
	$(PY) scripts/write_docs.py
	$(PY) scripts/check_licences.py --write

format: install-dev ## Let ruff format the code and mend what it can
	$(PY) -m ruff format $(CODE)
	$(PY) -m ruff check --fix $(CODE)

lock: ## Pin all dependencies anew (needs uv); uv.lock stays out of git, it names hosts
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv" >&2; exit 1; }
	uv lock --upgrade
	uv export --no-emit-project --group build --format requirements-txt --no-header --no-annotate -o requirements.txt
	uv export --no-emit-project --only-group dev --format requirements-txt --no-header --no-annotate -o requirements-dev.txt
	uv export --no-emit-project --only-group peers --format requirements-txt --no-header --no-annotate -o requirements-peers.txt

clean: ## Remove the environment, caches and the demo room
	rm -rf $(VENV) build dist demo-room .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment whose Python is gone (an upgrade of the system) is made anew.
$(VENV)/.made: scripts/find_python.sh
	@chosen=$$(sh scripts/find_python.sh) || exit 1; \
	if ! $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  rm -rf $(VENV); echo "Making $(VENV) with $$chosen"; "$$chosen" -m venv $(VENV) || exit 1; fi
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.txt pyproject.toml
	$(PY) -m pip install --quiet --require-hashes -r requirements.txt
	$(PY) -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# Where it fails every room compiles for itself, as the message says: the install is good.
$(VENV)/.compiled: $(VENV)/.installed $(LOOPS)
	@$(VENV)/bin/vigie compile || true
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(PY) -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.installed-peers: $(VENV)/.installed-dev requirements-peers.txt
	$(PY) -m pip install --quiet --require-hashes -r requirements-peers.txt
	@touch $@
