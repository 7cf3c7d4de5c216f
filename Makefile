# What a person types. Each target says what it does in `make help`; the work is done in bin/.

PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help run setup test check docs translate bench drill migration lock

# The scripts in bin/ need nothing but a Python of 3.11 or newer.
STEP = @command -v $(PYTHON) >/dev/null || { echo "Stopped because there is no $(PYTHON): install Python 3.11 or newer, then run the same command again."; exit 1; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Stopped because $(PYTHON) is older than 3.11: name a newer one, for example “make $@ PYTHON=python3.12”."; exit 1; }; \
	exec $(PYTHON) -m

help: ## Say what can be typed
	@echo "Homeward: make TARGET"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-14s%s\n", $$1, $$2}'

run: ## Install what is missing, prepare the data, serve the site (PORT=8000)
	$(STEP) bin.run

setup: ## Install what development needs, without starting anything
	$(STEP) bin.setup

test: ## Run the whole suite on SpatiaLite and on PostGIS (ARGS="-k match" for a part)
	$(STEP) bin.test

check: ## Lint, types, import contracts, translations, docs, licences
	$(STEP) bin.check

translate: ## Bring new sentences into translations/ and say what is missing
	$(STEP) bin.develop translate

docs: ## Write anew the parts of docs/ that come from the code
	$(STEP) bin.develop docs

bench: ## Run the benchmarks and print machine, size, median, p95 (BENCH=matching for one)
	$(STEP) bin.develop bench

drill: ## Run what the suite leaves out: long drills of faults, fuzzing and leaks (ARGS="-k match" for a part)
	$(STEP) bin.develop drill

migration: ## Make the first migration anew from the models, until the first release
	$(STEP) bin.develop migration

lock: ## Pin the newest versions that fit pyproject.toml, with hashes
	$(STEP) bin.develop lock
