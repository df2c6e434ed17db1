# Every target does its own set-up: a fresh clone and `make run` is all that a newcomer needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: install run test test-slow faults check format lint types layers schema docs clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is %s" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	rm -f $(VENV)/.installed-dev
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[dev]"
	touch $@

install: $(VENV)/.installed  ## the environment with the commands in it

run: $(VENV)/.installed  ## the shipped signal search; an earlier one of that name is kept beside it
	$(BIN)/tune-run spaces/signal.yaml --fresh

test: $(VENV)/.installed-dev  ## what CI runs
	$(BIN)/python -m pytest -m "not slow and not gpu and not faults" -n 2 --dist loadfile

test-slow: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m "slow"

faults: $(VENV)/.installed-dev  ## every fault of the matrix, TUNE_RUN_FAULT_SEEDS (20) times; hours; its table in faults.md
	TUNE_RUN_FAULT_TABLE=$${TUNE_RUN_FAULT_TABLE:-faults.md} $(BIN)/python -m pytest tests/faults

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

layers: $(VENV)/.installed-dev
	$(BIN)/lint-imports

check: lint types layers test  ## everything that main must always pass

schema: $(VENV)/.installed  ## renew spaces/schema.json, which editors complete from
	$(BIN)/python -m search.schema spaces/schema.json

docs: $(VENV)/.installed-dev  ## renew the pages of trainables/docs, which are made from the code
	$(BIN)/python -m trainables.docs.build

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
