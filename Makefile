# The two commands: `make run` and `make test`. `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PY := .venv/bin/python
PIP_INSTALL = $(PY) -m pip install --disable-pip-version-check --progress-bar off --require-hashes
DOTS = awk '/^Collecting/ {printf "."; n++; fflush()} /^Installing/ {printf " unpacking"; fflush()} END {if (n) print " " n " packages"}'
JOBS ?= 2
RUN_STAMP := .venv/.run-$(shell cksum requirements/run.txt 2>/dev/null | cut -d' ' -f1)
DEV_STAMP := .venv/.dev-$(shell cksum requirements/dev.txt 2>/dev/null | cut -d' ' -f1)

.PHONY: help run setup compiled test lint types imports check tests test-postgres bench lock shots clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

run: $(RUN_STAMP) compiled ## set everything up and start the mechanism at http://127.0.0.1:8000
	@exec $(PY) manage.py up

setup: $(RUN_STAMP) ## only build .venv with what running needs

# Every process that starts would translate the sources again where the environment forbids Python
# to keep the result (PYTHONDONTWRITEBYTECODE).
compiled: $(RUN_STAMP)
	@$(PY) -m compileall -q config experts models rrmm streams tests manage.py

test: $(DEV_STAMP) compiled lint types imports ## lint, types, import contracts, all tests
	$(PY) -m pytest -n $(JOBS) --no-loadscope-reorder

test-postgres: $(DEV_STAMP) ## the tests of services, stages and pages again, on PostgreSQL
	$(PY) -m tests.on_postgres -n $(JOBS) tests/stages tests/web -m "not (browser or kafka or postgres or data)"

lint: $(DEV_STAMP)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(DEV_STAMP)
	$(PY) -m mypy .

imports: $(DEV_STAMP)
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check
	$(PY) manage.py document --check

bench: $(DEV_STAMP) ## measure; ratios against peers where there is one
	$(PY) -m bench

lock: $(DEV_STAMP) ## write requirements/*.txt anew from requirements/*.in
	cd requirements && for name in run dev; do ../.venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 --custom-compile-command "make lock" $$name.in -o $$name.txt; done

clean: ## remove what running and testing left (not your data in var/)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@python3 -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is " + sys.version.split()[0])'
	@echo "Making .venv"
	@python3 -m venv .venv

$(RUN_STAMP): .venv/bin/python requirements/run.txt
	@echo "Installing what running needs (once; a minute or two)"
	@$(PIP_INSTALL) -r requirements/run.txt | $(DOTS)
	@rm -f .venv/.run-*; touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements/dev.txt
	@echo "Installing what testing needs (once)"
	@$(PIP_INSTALL) -r requirements/dev.txt | $(DOTS)
	@rm -f .venv/.dev-*; touch $@
