# Needs GNU make >= 3.81 and Python >= 3.11 as python3; PYTHON=/path/to/python chooses another.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
TEST_ARGS ?=
# Build isolation is off, so that an editable install fetches nothing twice; http-ece (push) comes as source.
BUILD_TOOLS := hatchling editables setuptools wheel
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench bench-compare docs clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.app ## Serve the demo businesses on this machine
	@$(BIN)/booking serve --demo

# pytest comes last, so that its own summary closes the output.
test: lint docs ## Lint, build the docs, then run every test with coverage
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal --cov --cov-report=term $(TEST_ARGS)

lint: $(VENV)/.dev ## Check style, formatting, types and the architecture
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted; 'make format' does it."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev ## Format the code and fix what can be fixed safely
	@$(BIN)/ruff check --quiet --fix --exit-zero .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev ## Run the benchmarks; writes build/bench/<commit>.json
	@$(BIN)/python -m benchmarks run $(BENCH_ARGS)

bench-compare: $(VENV)/.dev ## Compare two benchmark files: make bench-compare BASE=a.json HEAD=b.json
	@$(BIN)/python -m benchmarks compare $(BASE) $(HEAD)

docs: $(VENV)/.docs ## Build the documentation into build/docs, warnings are errors
	@echo "Documentation: build/docs/index.html"

clean: ## Remove what was built, the virtual environment included
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*

# The stamps hold what was installed; they are renewed when the project file or the versions change.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "booking-core needs Python 3.11 or newer, but $(PYTHON) is: `$(PYTHON) --version 2>&1`"; \
	  echo "Choose another with: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || { echo "Creating $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@touch $@

$(VENV)/.app: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing booking-core into $(VENV)"
	@$(PIP) $(BUILD_TOOLS)
	@$(PIP) --no-build-isolation --editable '.[all]'
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing booking-core and its tools into $(VENV)"
	@$(PIP) $(BUILD_TOOLS)
	@$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $(VENV)/.app $@

$(VENV)/.docs: $(VENV)/.dev $(shell find docs src README.md CHANGELOG.md -path docs/reference/api -prune -o -type f \( -name '*.py' -o -name '*.md' -o -name '*.rst' \) -print)
	@rm -rf docs/reference/api
	@$(BIN)/python -m sphinx --fail-on-warning --keep-going --fresh-env --quiet docs build/docs
	@touch $@
