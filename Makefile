PYTHON ?= python3
BIN := .venv/bin
# No address of a package index may get into the lock files.
COMPILE := var/tools/uv/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --universal --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: run reset test check contract bench chaos lock help python installed installed-dev

run: installed ## the whole system on this machine, until Ctrl-C
	@$(BIN)/python -m backoffice.launch

reset: installed ## forget everything that `make run` keeps in var/
	@$(BIN)/python -m backoffice.launch reset

test: installed-dev ## the tests: unit, pages, sandbox, real processes, browser
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not contract"

# Settings of a production that is only looked at: nothing here is ever connected to.
check: export SECRET_KEY := only-for-the-checks-and-nowhere-else-0123456789-abcdef
check: export ENCRYPTION_KEYS := AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
check: export ALLOWED_HOSTS := backoffice.invalid
check: export REDIS_URL := redis://redis.invalid:6379/0
check: export DATABASE_URL := sqlite://:memory:
# djlint lints only: its formatter adds white space where a browser shows it.
check: installed-dev ## formatting, lint, types, layers, migrations, deployment, advisories
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	DATABASE_URL=postgres://postgres.invalid/backoffice $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m tests.advisories

contract: installed-dev ## client and sandbox against the official contracts in the folder MIRAKL_SPECS
	@$(BIN)/python -m pytest -m contract

bench: installed-dev ## speed and memory, as ratios to a reference measured in the same run
	@$(BIN)/python -m tests.benchmarks

# `make chaos ACTIONS=5000 SEED=3`: longer, another plan.
chaos: installed-dev ## killed at every line, at random and at named steps; nothing may be lost or sent twice
	@THOROUGH=1 $(BIN)/python -m pytest -n 2 --dist loadgroup tests/outbox/test_killed.py tests/outbox/test_races.py tests/launch/test_endings.py
	@$(BIN)/python -m tests.chaos $(if $(ACTIONS),--actions $(ACTIONS)) $(if $(SEED),--seed $(SEED))

lock: python ## write both lock files anew from pyproject.toml
	@$(PYTHON) -m venv var/tools/uv
	@var/tools/uv/bin/pip install -qq --disable-pip-version-check uv
	@$(COMPILE) --extra embedded pyproject.toml -o requirements.lock
	@$(COMPILE) --group pyproject.toml:dev -c requirements.lock -o requirements-dev.lock
	@echo "Wrote requirements.lock and requirements-dev.lock."

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | awk -F '\t' '{ printf "  make %-9s %s\n", $$1, $$2 }'

installed: python
	@$(PYTHON) -I backoffice/launch/install.py

installed-dev: python
	@$(PYTHON) -I backoffice/launch/install.py --dev

python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Install Python 3.11 or newer, or name one: make run PYTHON=/path/to/python3.11"; exit 1; } >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11. Install a newer one and name it: make run PYTHON=python3.11"; exit 1; } >&2
