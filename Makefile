# make run     sets everything up and checks a story      (STORY=folder OUT=folder MODEL=name)
# make test    sets everything up and runs what CI runs

PYTHON ?= python3
STORY ?= examples/ellen-marrick
OUT ?= out/$(notdir $(patsubst %/,%,$(STORY)))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes --only-binary=:all:
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --custom-compile-command "make lock"

.PHONY: run test lint setup record lock clean

run: $(VENV)/ready
	@$(BIN)/storycheck check "$(STORY)" -o "$(OUT)" $(if $(MODEL),--model "$(MODEL)")

test: $(VENV)/ready-dev lint
	@$(BIN)/pytest --cov

lint: $(VENV)/ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

setup: $(VENV)/ready

# Records cassettes/ anew from the embedded model, which is fetched first if need be.
record: $(VENV)/ready-dev
	@$(BIN)/python -m tests.record

# Resolves the whole dependency set anew, for every platform and Python that is supported.
lock: $(VENV)/ready-dev
	@$(PIP) install --quiet uv
	@$(LOCK) --extra build pyproject.toml -o requirements.lock
	@$(LOCK) --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "storycheck needs Python 3.11 or newer: name one with make PYTHON=python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv is missing: on Debian, apt install python3-venv" >&2; exit 2; }

$(VENV)/ready: $(VENV)/bin/python requirements.lock pyproject.toml
	@echo "setting up (once; a minute or two) ..."
	@$(INSTALL) -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/ready-dev: $(VENV)/bin/python requirements-dev.lock pyproject.toml
	@echo "setting up for development (once; a minute or two) ..."
	@$(INSTALL) -r requirements-dev.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/ready

clean:
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
