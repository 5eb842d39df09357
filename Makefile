# make run     sets everything up and checks a story      (STORY=folder OUT=folder MODEL=name)
# make test    sets everything up and runs what CI runs
# make docs    writes the documents as a site, out/site/index.html
# make bench-quality   measures anew and writes docs/quality.md      (LIMIT=rows DATA=folder UNSEEN=yes)
# make bench-reliability   tests faults and writes docs/reliability.md
# make bench-speed     measures the tool without a model and writes docs/speed.md
# make bench-scale     checks 10,000 stories, on Dask too, and writes docs/scale.md      (STORIES=number ANEW=yes)

PYTHON ?= python3
STORY ?= examples/ellen-marrick
OUT ?= out/$(notdir $(patsubst %/,%,$(STORY)))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install -qq --require-hashes --only-binary=:all:
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --custom-compile-command "make lock"

LIMIT ?= 120
DATA ?= ../shared/eval
UNSEEN ?=
BENCH := out/bench
RESULTS := benchmarks/results
stories_in = $(patsubst %/gold.json,%,$(wildcard $(1)/*/gold.json))
# A run directory and its story, in turns.
pairs = $(foreach story,$(1),$(BENCH)$(2)/$(story) $(story))
OPEN = $(call stories_in,benchmarks/stories/open)
APART = $(if $(UNSEEN),$(call stories_in,benchmarks/stories/unseen))
EXAMPLE := examples/ellen-marrick

.PHONY: run test lint docs pictures setup record lock clean bench-quality bench-render bench-speed bench-scale bench-reliability

run: $(VENV)/ready
	@$(BIN)/storycheck check "$(STORY)" -o "$(OUT)" $(if $(MODEL),--model "$(MODEL)")

test: $(VENV)/ready-dev lint
	@$(BIN)/pytest --cov

lint: $(VENV)/ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# Warnings are errors, and so are links that lead nowhere.
docs: $(VENV)/ready-dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict
	@$(BIN)/python -m docs.making.links out/site

# Takes the pictures in docs/ anew, from recorded answers; needs Chromium.
pictures: $(VENV)/ready-dev
	@$(BIN)/python -m docs.making.pictures

setup: $(VENV)/ready

# Records cassettes/ anew from the embedded model, which is fetched first if need be.
record: $(VENV)/ready-dev
	@$(BIN)/python -m tests.record

# Resolves the whole dependency set anew, for every platform and Python that is supported.
lock: $(VENV)/ready-dev
	@$(PIP) install --quiet uv
	@$(LOCK) --extra build pyproject.toml -o requirements.lock
	@$(LOCK) --extra build --extra dask --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

# Measures with the embedded model, or MODEL: the open stories (by rules alone, too), their claims, and LIMIT rows of each public set
# where DATA is. The unseen half is for releases: UNSEEN=yes. What was answered is kept: stopped, it goes on.
bench-quality: $(VENV)/ready
	@for story in $(OPEN) $(EXAMPLE) $(APART); do \
		$(BIN)/storycheck check "$$story" -o "$(BENCH)/$$story" -q $(if $(MODEL),--model "$(MODEL)") >/dev/null \
			|| [ $$? -eq 3 ] || exit 1; \
	done
	@for story in $(OPEN); do \
		$(BIN)/storycheck check "$$story" -o "$(BENCH)/rules/$$story" -q --model rules >/dev/null || exit 1; \
	done
	@mkdir -p $(RESULTS)
	@$(BIN)/python -m benchmarks.score $(call pairs,$(OPEN)) --quiet --json $(RESULTS)/stories-open.json
	@$(BIN)/python -m benchmarks.score $(call pairs,$(OPEN),/rules) --quiet --json $(RESULTS)/rules-open.json
	@$(BIN)/python -m benchmarks.score $(call pairs,$(EXAMPLE)) --quiet --json $(RESULTS)/stories-example.json
	@$(if $(APART),$(BIN)/python -m benchmarks.score $(call pairs,$(APART)) --blind \
		--json $(RESULTS)/stories-unseen.json)
	@$(BIN)/python -m benchmarks.claims $(call pairs,$(OPEN) $(EXAMPLE)) --entailment --json $(RESULTS)/claims.json
	@if [ -d "$(DATA)" ]; then \
		$(BIN)/python -m benchmarks.sets "$(DATA)" --ask --limit $(LIMIT) $(if $(MODEL),--model "$(MODEL)"); \
	else \
		echo "no public sets in $(DATA): docs/quality.md says where they come from"; \
	fi
	@$(BIN)/python -m benchmarks.quality

# Runs the tests of faults and odd input, and writes docs/reliability.md from them and the stored long runs.
bench-reliability: $(VENV)/ready-dev
	@$(BIN)/python -m benchmarks.reliability --tests

# Measures the pipeline against an invented endpoint and writes docs/speed.md; stopped, it goes on.
bench-speed: $(VENV)/ready-dev
	@$(BIN)/python -m benchmarks.speed

# Stopped, it goes on with the part that was under way; ANEW=yes begins again.
bench-scale: $(VENV)/ready-dev
	@$(BIN)/python -m benchmarks.scale $(if $(STORIES),--stories "$(STORIES)") $(if $(ANEW),--anew)

# Writes docs/quality.md from the stored results, without any model.
bench-render: $(VENV)/ready
	@$(BIN)/python -m benchmarks.quality

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
