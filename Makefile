# The two commands that matter: `make run` and `make test`. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
# One more than two processors, for tests that wait leave theirs to others.
PROCESSES ?= 3
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Else each of the processes that tests start would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

# What must be installed is what the lock says, so the lock's own hash names the stamp.
RUN_STAMP = $(VENV)/.installed-run-$(shell cat requirements/run.txt pyproject.toml | sha256sum | cut -c1-16)
DEV_STAMP = $(VENV)/.installed-dev-$(shell cat requirements/dev.txt pyproject.toml | sha256sum | cut -c1-16)

.PHONY: help run test lint types imports check bench soak rabbitmq chromium docs lock format clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: $(RUN_STAMP) ## a working platform with a synthetic year of movements, on this machine
	$(BIN)/exchange serve --demo

test: check chromium ## every check, then every test
	$(BIN)/pytest -n $(PROCESSES) --dist worksteal tests

check: lint types imports ## the checks without the tests

lint: $(DEV_STAMP) ## style and common faults
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(DEV_STAMP) ## mypy --strict
	$(BIN)/mypy --num-workers $(PROCESSES)

imports: $(DEV_STAMP) ## the layering of the design
	$(BIN)/lint-imports

bench: $(DEV_STAMP) ## rates and times, each measured on this machine
	$(BIN)/python -m tests.bench

soak: $(DEV_STAMP) ## many more random histories, and requests to the API, than `make test` runs
	$(BIN)/pytest -n $(PROCESSES) --dist worksteal -m soak tests/properties tests/integration/test_api_fuzz.py tests/scenarios/test_altered.py

rabbitmq: $(DEV_STAMP) ## the workers over RabbitMQ, whose server is installed by apt if need be
	test -x /usr/lib/rabbitmq/bin/rabbitmq-server || .ci/debian rabbitmq-server
	$(BIN)/pytest -m rabbitmq tests/servers

chromium: $(DEV_STAMP) ## the browser for the tests of the pages, installed by apt if need be
	@# What drives it comes as a wheel, but for one library of the system.
	$(BIN)/playwright --version >/dev/null 2>&1 || .ci/debian libatomic1
	$(BIN)/python -m tests.servers.chromium || .ci/debian chromium || \
		{ echo "Where the system has no such package, as Ubuntu, whose chromium is a snap, Google Chrome does as well." >&2; exit 1; }

docs: $(DEV_STAMP) ## print the tables of docs/protocol.md from the code
	$(BIN)/python -m exchange.reports.protocol_document docs/protocol.md

format: $(DEV_STAMP) ## lay the code out as the checks ask
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(DEV_STAMP) ## resolve every dependency anew and write it down with its hashes
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --upgrade --custom-compile-command "make lock" \
		pyproject.toml requirements/build.in --output-file requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --upgrade --custom-compile-command "make lock" \
		--extra server --constraint requirements/run.txt \
		pyproject.toml requirements/build.in --output-file requirements/server.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --upgrade --custom-compile-command "make lock" \
		--extra server --extra dev --constraint requirements/run.txt \
		pyproject.toml requirements/build.in --output-file requirements/dev.txt

clean: ## forget the environment, the caches and what the demo kept
	@if [ -e var/exchange.db ] && [ ! -e var/demo.json ]; then echo "var holds a node that is no demo, so it stays: remove it by hand."; else rm -rf var; fi
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	.ci/environment $(VENV) $(PYTHON)

$(RUN_STAMP): | $(BIN)/pip
	$(BIN)/pip install --quiet --require-hashes --requirement requirements/run.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(DEV_STAMP): | $(BIN)/pip
	$(BIN)/pip install --quiet --require-hashes --requirement requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	rm -f $(VENV)/.installed-*
	touch $@ $(RUN_STAMP)
