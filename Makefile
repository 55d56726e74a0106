# Python packages are made inside this folder, in .venv; engine, providers, simulator and the Debian root of guests in
# the user's cache: $UITWIJK_CACHE, else $XDG_CACHE_HOME/uitwijk, else ~/.cache/uitwijk.
# PYTHON          the Python that makes .venv, 3.11 or newer
# DRILL_ARGS      passed to `uitwijk drill`, for example DRILL_ARGS="--scenario S1 --municipality harlingen"
# REHEARSE_ARGS   passed to `uitwijk rehearse`, for example REHEARSE_ARGS="lost-bolsward"
# FUZZ_ARGS       passed to the fuzzer, for example FUZZ_ARGS="--count 500 --first 20000", or "--one 42" to see one input
# CRASH_ARGS      passed to the kills, for example CRASH_ARGS="--ground small --rounds 4 --first 100"
# FAULTS_ARGS     passed to the faults, for example FAULTS_ARGS="--operation clone --fault hangs"
# GUESTS          required: fail where there can be no living guests; auto, the default: say so
# TEST_ARGS       passed to pytest, for example TEST_ARGS="-k placement -x"; -n 0 runs one test at a time
# MUTANTS_ARGS    passed to `mutmut run`, for example MUTANTS_ARGS="--max-children 1 'continuity.guard*'"
PYTHON ?= python3
DRILL_ARGS ?=
REHEARSE_ARGS ?=
TEST_ARGS ?=
FUZZ_ARGS ?=
CRASH_ARGS ?=
FAULTS_ARGS ?=
GUESTS ?= auto
MUTANTS_ARGS ?=

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
CACHE := $(or $(UITWIJK_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/uitwijk)
# By file, for tests of a file share what they start; in their order, so that the long ones of the engine are not last.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# As uitwijk/tools builds, so that a Go test compiles nothing twice.
GO_ENV := export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS=-mod=readonly
# Named by content, not by time: a checkout that changes nothing installs nothing. By place, for scripts in .venv name it.
READY := .venv/.ready-$(shell { pwd; cat requirements.txt pyproject.toml; } | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: help venv tools guests test test-fast drill rehearse sites stop-sites lint docs runbook mutants fuzz crash faults clean requirements

help:
	@echo 'uitwijk: failover of eight municipalities between two sites, and the drill that proves it.'
	@echo
	@echo '  make drill       start two simulated sites, let them fail and return, leave evidence/'
	@echo '                   DRILL_ARGS="--scenario S1" plays one calamity; --municipality, --guests, --keep, --out'
	@echo '  make rehearse    preview every single calamity, and compare with the approved plans in plans/'
	@echo '  make sites       keep the two simulated sites up, to play a calamity by hand'
	@echo '  make stop-sites  stop them'
	@echo '  make test        all tests: model, components, engine, simulator (TEST_ARGS goes to pytest)'
	@echo '  make test-fast   the tests that need no engine: no tool chain is built'
	@echo '  make lint        style, types, and that imports go one way'
	@echo '  make docs        the documentation as a site, with the reference made from the code: build/docs/index.html'
	@echo '  make runbook     the pages of the runbook that are made from the catalogue and the approved plans'
	@echo '  make mutants     change continuity/ in thousands of places, and count the changes that its tests notice'
	@echo '  make fuzz        5,000 odd inputs: files, arguments and evidence that nobody meant (about 10 minutes)'
	@echo '  make crash       kill the runs of a calamity at 205 points, and see that one command leads out (about 2 hours)'
	@echo '  make faults      play 42 faults of a vCenter, and follow what check advises (about 25 minutes)'
	@echo '  make venv        only the Python packages, into .venv'
	@echo '  make tools       only the tool chain, into your cache (first time about 10 minutes; UITWIJK_TOOLCHAIN=ambient'
	@echo '                   uses your own pulumi and plugins, and builds the simulator alone)'
	@echo '  make guests      only the Debian root on which guests live in a drill, into your cache (root, about 2 minutes)'
	@echo '  make clean       remove .venv and what tests leave; evidence/ and your cache stay'
	@echo
	@echo 'Your cache is $(CACHE); UITWIJK_CACHE names another. It may be removed at any time.'
	@echo 'Needs Python 3.11 or newer and make; each target does its own set-up. Start with: make drill'

venv: $(READY)
	@:

$(READY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "error: '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo 'no Python'); Python 3.11 or newer is needed."; \
	  echo '       Name one that is newer: make $(or $(MAKECMDGOALS),venv) PYTHON=python3.12'; exit 1; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "error: '$(PYTHON)' cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; } >&2
	@echo 'making .venv: installing Python packages …'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation -e .
	@rm -f .venv/.ready-* && touch $@

tools: $(READY)
	@$(BIN)/python -m uitwijk.tools.build

# Without them, tests of living guests are skipped, and say so.
guests: $(READY)
	@$(BIN)/python -m uitwijk.drill.guests $(GUESTS)

test: tools guests
	@$(PYTEST) $(TEST_ARGS)
	@go=$$($(BIN)/python -m uitwijk.tools.build --print-go) && $(GO_ENV) && $$go -C uitwijk/simulator test ./... \
	  && { [ -n "$$UITWIJK_TOOLCHAIN" ] || $$go -C uitwijk/tools/providers test -vet=off ./cmd/...; }

test-fast: $(READY)
	@$(PYTEST) --ignore=tests/engine --ignore=tests/trials $(TEST_ARGS)

drill: $(READY)
	@$(BIN)/uitwijk drill $(DRILL_ARGS)

rehearse: $(READY)
	@$(BIN)/uitwijk rehearse $(REHEARSE_ARGS)

sites: $(READY)
	@$(BIN)/uitwijk sites

stop-sites: $(READY)
	@$(BIN)/uitwijk sites stop

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache

# A warning fails: of links, and of what the reference does not show. The pages of the API are made anew each time.
docs: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r docs/requirements.txt
	@rm -rf docs/reference/api build/docs
	@$(BIN)/python -m sphinx --quiet --fail-on-warning --fresh-env --doctree-dir build/doctrees docs build/docs
	@echo 'The start page: build/docs/index.html'

runbook: $(READY)
	@$(BIN)/python -m uitwijk.commands.runbook docs/runbook

# What was found, and which survivors may live: docs/explanation/mutants.md.
mutants: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutants.txt
	@HYPOTHESIS_PROFILE=mutants nice -n 19 $(BIN)/mutmut run $(MUTANTS_ARGS)
	@$(BIN)/mutmut results --all true >mutants/results.txt
	@awk '{ count[$$2 ~ /^(killed|timeout|segfault)$$/ ? "killed" : $$2 == "not" ? "untried" : "survived"]++ } END { \
	  tried = count["killed"] + count["survived"]; \
	  printf "%d killed, %d survived, %d not tried: %.1f %% killed.\n", count["killed"], count["survived"], \
	    count["untried"], tried ? 100 * count["killed"] / tried : 0; \
	  print "Each of them: mutants/results.txt; what one changed: $(BIN)/mutmut show NAME" }' mutants/results.txt

# 300 of them are among the tests.
fuzz: $(READY)
	@$(BIN)/python -m tests.odd_input.fuzz $(FUZZ_ARGS)

# What came of it: docs/explanation/kill-points.md and vcenter-faults.md. Six kills and eight faults are among the tests.
crash: tools
	@$(BIN)/python -m tests.fryslan.crash $(CRASH_ARGS)

faults: tools
	@$(BIN)/python -m tests.trials.faults $(FAULTS_ARGS)

clean:
	@rm -rf .venv build *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache mutants
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo 'What was built stays in $(CACHE), for other checkouts and versions; you may remove it.'

# Only for whoever changes a .in file; pip-compile (pip-tools) must be on PATH.
COMPILE := pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
requirements:
	@$(COMPILE) --output-file requirements.txt --extra drill --extra dev pyproject.toml
	@$(COMPILE) --output-file requirements-mutants.txt requirements-mutants.in
	@cd docs && $(COMPILE) --output-file requirements.txt requirements.in
	@cd uitwijk/tools && $(COMPILE) --output-file go-requirements.txt go-requirements.in
