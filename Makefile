# `make` alone prints what each target does.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# The peers of the benchmarks stay out of the portal's own packages.
BENCH_VENV := .venv-bench
MANAGE := $(BIN)/python manage.py
# pytest-xdist workers; the suite is written for two cores.
TEST_WORKERS ?= 2
TEST_ARGS ?=

.PHONY: help
help: ## Show this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

$(BIN)/uv: requirements-bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "The portal needs Python 3.11; '$(PYTHON)' is another. Try: make PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.txt
	@touch $@

$(VENV)/.run: requirements.txt $(BIN)/uv
	@echo "Installing the portal's packages into $(VENV) ..."
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing the tools that check the portal ..."
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

$(BENCH_VENV)/.all: requirements.txt requirements-dev.txt requirements-bench.txt $(BIN)/uv
	@echo "Installing the portal's packages and the benchmarks' peers into $(BENCH_VENV) ..."
	@test -x $(BENCH_VENV)/bin/python || $(PYTHON) -m venv $(BENCH_VENV)
	@VIRTUAL_ENV=$(BENCH_VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.txt -r requirements-dev.txt \
	  -r requirements-bench.txt
	@touch $@

.PHONY: install
install: $(VENV)/.run ## Make .venv with what the portal runs on.

.PHONY: setup
setup: $(VENV)/.dev ## Make .venv with what developing needs as well, and the commit hooks.
	@git rev-parse --git-dir >/dev/null 2>&1 && $(BIN)/pre-commit install >/dev/null || true

.PHONY: run
run: $(VENV)/.run ## Migrate, seed and serve the portal: web, worker and Beat in one process tree.
	@exec $(MANAGE) run_portal

.PHONY: demo
demo: $(VENV)/.run ## Show one burn carried from real traffic to an acknowledged page.
	@exec $(MANAGE) demo

.PHONY: lint
lint: $(VENV)/.dev ## Formatting, lint, templates, import contracts.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint .

.PHONY: types
types: $(VENV)/.dev ## mypy, strict.
	$(BIN)/mypy .

.PHONY: check
check: $(VENV)/.dev ## Django's checks: migrations complete, production settings sound.
	$(MANAGE) makemigrations --check --dry-run
	env $$(cat tests/production.env | xargs) DJANGO_SETTINGS_MODULE=portal.settings.production \
	  $(MANAGE) check --deploy --fail-level WARNING

.PHONY: pytest
pytest: $(VENV)/.dev ## The tests alone; DATABASE_URL and REDIS_URL choose what they run on.
	$(BIN)/pytest -n $(TEST_WORKERS) $(TEST_ARGS)

.PHONY: test
test: lint types check pytest ## What CI runs: lint, types, import contracts, checks, tests.

.PHONY: faults
faults: $(VENV)/.dev ## The long kill tests.
	$(BIN)/pytest -n 0 tests/faults --faults-rounds=50 $(TEST_ARGS)

.PHONY: faults-million
faults-million: $(VENV)/.dev ## A million events under kills, on a PostgreSQL and a RabbitMQ of their own; DATABASE_URL names any PostgreSQL.
	$(BIN)/pytest -n 0 -s tests/faults/events -k test_with_rabbitmq --faults-events=1000000 $(TEST_ARGS)

.PHONY: oracle
oracle: $(VENV)/.dev ## A million windows of random histories against their definitions, in fractions.
	$(BIN)/pytest -n 0 tests/oracle --oracle-windows=1000000 $(TEST_ARGS)

.PHONY: bench
bench: $(BENCH_VENV)/.all ## Measure; prints what benchmarks/README.md records.
	$(BENCH_VENV)/bin/python -m benchmarks

.PHONY: format
format: $(VENV)/.dev ## Rewrite the files the way lint wants them.
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet . || true

.PHONY: messages
messages: $(VENV)/.run ## Collect the texts to translate into portal/locale, and compile what is translated; needs gettext.
	$(MANAGE) makemessages --locale ar --no-wrap --no-location --ignore '.venv*' --ignore var
	$(MANAGE) compilemessages --locale ar --ignore '.venv*' --ignore var

.PHONY: screenshots
screenshots: $(VENV)/.dev ## Picture a running portal into var/screenshots; set PORTAL_USERNAME and PORTAL_PASSWORD.
	$(BIN)/python -m tests.browser.screenshots var/screenshots

.PHONY: lock
lock: $(BIN)/uv ## Compile the pinned, hashed requirement files from their .in files.
	for name in requirements-bootstrap requirements requirements-dev requirements-bench; do \
	  $(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCK_ARGS) $$name.in -o $$name.txt || exit 1; done

.PHONY: clean
clean: ## Remove .venv and caches; keeps var/, where the portal's data is.
	rm -rf $(VENV) $(BENCH_VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
