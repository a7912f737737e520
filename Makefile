# 达成 Dacheng. `make demo` needs python3 >= 3.11 with venv; `make test` fetches the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -q
# Three on two cores: one of them is nearly always waiting for a browser, a database or a process it started.
PARALLEL := -n 3 --dist loadfile --no-loadscope-reorder
UV_LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

.PHONY: demo
demo: ## set up, make the demo company, serve it on port 8000, print sign-in links (ARGS="--port 8001")
	@$(PYTHON) -m scripts.prepare
	exec $(BIN)/dacheng demo $(ARGS)

.PHONY: develop
develop: ## set up everything for tests and lint
	@$(PYTHON) -m scripts.prepare --dev

.PHONY: test
test: develop ## everything, as CI runs it
	@scripts/install_test_programs.sh
	$(PYTEST) $(PARALLEL) $(ARGS)

.PHONY: test-core
test-core: develop ## the pure core only, in seconds
	@$(PYTEST) tests/core $(ARGS)

.PHONY: test-full
test-full: develop ## everything and the exhaustive variants
	@scripts/install_test_programs.sh
	$(PYTEST) $(PARALLEL) --full $(ARGS)

.PHONY: lint
lint: develop ## ruff, import-linter, mypy
	@$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/mypy

.PHONY: golden
golden: develop ## the worked cases of tests/golden, cell by cell
	@$(BIN)/dacheng golden tests/golden $(ARGS)

.PHONY: bench
bench: develop ## measure, and write docs/reference/benchmarks.md
	@scripts/install_test_programs.sh
	$(PYTHON) -m scripts.prepare --bench
	$(BIN)/python -m scripts.bench $(ARGS)

.PHONY: screens
screens: develop ## photograph every page into docs/screens
	@scripts/install_test_programs.sh
	$(BIN)/python -m scripts.contact_sheets $(ARGS)

.PHONY: wheel
wheel: develop ## dist/*.whl with the assets and translations inside: runs without Node
	@rm -rf build dist
	$(BIN)/python -m build --wheel --no-isolation
	ls -l dist

.PHONY: assets
assets: ## bundle the web assets now
	@$(PYTHON) -m scripts.build_assets

.PHONY: reference
reference: develop ## write the reference pages that come from the code
	@$(BIN)/python -m scripts.write_reference
	$(BIN)/python -m scripts.write_api_reference
	@$(BIN)/python -m scripts.schema_reference
	@$(BIN)/python -m scripts.write_glossary

.PHONY: lock
lock: ## renew the lock files within the bounds of pyproject.toml and package.json (needs uv and npm)
	@$(UV_LOCK) --extra pdf pyproject.toml -o requirements.lock $(ARGS)
	$(UV_LOCK) -c requirements.lock --extra pdf --group dev pyproject.toml -o requirements-dev.lock $(ARGS)
	$(UV_LOCK) -c requirements-dev.lock --group build -o requirements-build.lock $(ARGS)
	$(UV_LOCK) --group node -o requirements-node.lock $(ARGS)
	$(UV_LOCK) -c requirements-dev.lock --group bench -o requirements-bench.lock $(ARGS)
	npm install --package-lock-only
