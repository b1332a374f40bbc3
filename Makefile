# Everything a developer runs. Needs Python 3.11 or newer and, the first time, a package index; nothing else.
# Paths are relative on purpose: the clone may lie below a folder with spaces in its name.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run demo test check fmt bench-gateway bench-registry \
	compose-build compose-up compose-down compose-test clean

UV := .uv/bin/uv
PYTHON := .venv/bin/python
STAMP := .venv/.synced
SIZE ?= 1
export SIZE

export UV_PYTHON_DOWNLOADS := never
# Once at setup, instead of at each start of a dozen processes where bytecode is not written.
export UV_COMPILE_BYTECODE := 1

# Runs the repository's own check when it is there: $(call own_check,NAME)
own_check = @if [ -e cli/checks/$(1).py ] || [ -d cli/checks/$(1) ]; then echo "$(PYTHON) -m cli.checks.$(1)"; \
	$(PYTHON) -m cli.checks.$(1); fi

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## Make .venv with everything in uv.lock (costs nothing the second time)

# The first Python that is new enough. `python3` may be a version manager's shim that refuses, so each is tried.
$(UV):
	@for python in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do \
		if "$$python" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "uv with $$("$$python" --version)"; \
			"$$python" -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9' && exit 0; \
			rm -rf .uv; echo "Could not install uv with $$python (see above)." >&2; exit 1; \
		fi; \
	done; \
	echo "Bangfu needs Python 3.11 or newer (with venv), and none of python3, python3.11 … is." >&2; exit 1

$(STAMP): uv.lock pyproject.toml $(wildcard */pyproject.toml services/*/pyproject.toml) | $(UV)
	$(UV) sync --quiet --frozen --all-packages --all-groups --python .uv/bin/python
	@touch $@

run: setup ## Start the whole platform at http://127.0.0.1:8000 (PORT=, DATA=); Ctrl-C stops it
	@./bangfu dev up $(if $(PORT),--port $(PORT)) $(if $(DATA),--data "$(DATA)")

demo: setup ## Play one season from registration to payment, at a fixed date, on free ports
	@./bangfu dev demo

test: setup ## Run all tests (ARGS= for pytest, such as ARGS="tests/registry -x")
	$(PYTHON) -m pytest -n auto $(ARGS)

check: setup ## Format, lint, types, import contracts, migrations, OpenAPI, traceability
	.venv/bin/ruff format --check --quiet .
	.venv/bin/ruff check --quiet .
	.venv/bin/mypy .
	.venv/bin/lint-imports --no-logo
	$(call own_check,migrations)
	$(call own_check,openapi)
	$(call own_check,traceability)

fmt: setup ## Format, and mend what the linter can
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench-gateway: setup ## Measure the gateway beside a direct connection (SIZE= scales it)
	$(PYTHON) -m bench.gateway

bench-registry: setup ## Measure the register's lists and loading (SIZE= scales it)
	$(PYTHON) -m bench.registry

# The plugin of Docker (v2) or the older program; both read docker-compose.yml.
COMPOSE = $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)
COMPOSE_SECRETS := .data/compose

# Made once, like the passwords that the init container makes from it. The folder is private, so the file may be
# readable for the containers' own user.
$(COMPOSE_SECRETS)/postgres-password:
	@mkdir -p -m 700 $(COMPOSE_SECRETS)
	@umask 022; od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > $@

compose-build: ## Build the images with Docker
	$(COMPOSE) build --quiet

compose-up: compose-build $(COMPOSE_SECRETS)/postgres-password ## Start the platform in containers, at http://127.0.0.1:8000
	$(COMPOSE) up --detach
	@echo "Accounts: $(COMPOSE) exec gateway cat /var/lib/bangfu/out/credentials.json"

compose-down: ## Stop the containers; their data stays
	$(COMPOSE) down

compose-test: setup compose-build $(COMPOSE_SECRETS)/postgres-password ## Play the whole loop against the containers
	$(PYTHON) -m pytest --no-header -q tests/compose/play.py $(ARGS)

clean: ## Remove caches, and the data of `make run` and `make demo`
	@if [ -x $(PYTHON) ]; then for data in run demo; do ./bangfu dev clean --data ".data/$$data" || exit 1; done; fi
	rm -rf .data/run .data/demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './.uv/*' -prune -exec rm -rf {} +
