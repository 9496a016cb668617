# Two commands: make book, make test. Everything they need is made in .venv on the way.
PYTHON ?= python3
BIN := .venv/bin
# Kernels and pandas start three times slower without compiled bytecode.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: book release serve preview test test-nightly pdf notebooks check linted built pins newest hooks nbdime clean browser

book: .venv/ready ## run every notebook and build the site, with every edition of data/editions.yml
	$(BIN)/bet build --all

serve: .venv/ready ## open the built site on this machine, at a port that is free
	$(BIN)/bet serve --open

preview: .venv/ready ## save a file, see its page: only what a change asks for is run and written
	$(BIN)/bet preview --open

# A stage of make test: its commands, then its name and how long it took.
stage = @began=$$(date +%s) && $(2) && echo "-- $(1): $$(($$(date +%s) - began)) s"

test: .venv/complete browser ## everything that must pass: lint, records, notebooks, site
	$(call stage,what needs no test,$(MAKE) --no-print-directory -j2 linted built)
	$(call stage,tests and notebooks,$(BIN)/pytest tests book -n 2 --dist loadfile --nbval --nbval-cell-timeout 120)

linted: .venv/complete
	$(call stage,ruff,$(BIN)/ruff check . && $(BIN)/ruff format --check .)
	$(call stage,rooms,$(BIN)/lint-imports --no-cache)
	$(call stage,types,$(BIN)/mypy)

built: .venv/complete
	$(call stage,records,$(BIN)/bet check)
	$(call stage,site,$(BIN)/bet build --edition article-day)

test-nightly: .venv/complete browser ## every case of every test, where make test takes a sample
	$(BIN)/bet build --all
	$(BIN)/pytest tests book -n 2 --dist loadfile --nbval --nbval-cell-timeout 120 --nightly --inside-sets 40

pdf: .venv/complete browser ## print the built book into one PDF, linked from the site
	$(BIN)/bet pdf

notebooks: .venv/ready ## execute every notebook and write its outputs in place
	$(BIN)/bet refresh

# What needs no built site, browser, kernel or program of its own.
UNIT := assessments base_rates book chapter claim_lists claims edition_tables forecasts growth lint net_charts net_files \
	net_numbers net_pages_drawn net_placing net_records net_review_hidden net_review_records net_review_texts net_words notebooks numbers \
	pages parameters people placing promises prose published records safe scaling scores simulation stake svg tally units \
	verdicts
check: .venv/complete ## records, lint, types and unit tests: what one waits for while one writes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bet check
	$(BIN)/pytest $(UNIT:%=tests/test_%.py) -n 2

browser: .venv/complete ## find a Chromium, or install one
	$(BIN)/python tests/browser.py --install

# rfc3987-syntax is an optional part of jsonschema that compiles 39 grammars, two seconds at every start of
# a notebook, a kernel or a command; nobody here asks for it, so it is left out and pip adds nothing.
PINS := --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	--no-emit-package rfc3987-syntax --no-emit-package lark
pins: .venv/ready ## compile the lists of exact versions from the short list in pyproject.toml
	$(BIN)/python -m pip install -q --upgrade uv
	echo uv | $(BIN)/uv pip compile - $(PINS) -o requirements-uv.txt
	$(BIN)/uv pip compile pyproject.toml --extra test $(PINS) -o requirements-test.txt
	$(BIN)/uv pip compile pyproject.toml -c requirements-test.txt $(PINS) -o requirements.txt

newest: ## an environment with the newest packages that pyproject.toml allows, for the nightly round
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --upgrade --upgrade-strategy eager -e ".[test,audit]"
	touch .venv/ready .venv/complete

hooks: .venv/ready ## check records, prose and notebooks before each commit
	$(BIN)/python -m pip install -q pre-commit
	$(BIN)/pre-commit install

nbdime: .venv/complete ## let git show and merge notebooks cell by cell, without outputs
	git config diff.jupyternotebook.command "$(BIN)/git-nbdiffdriver diff --ignore-outputs --ignore-metadata --ignore-id --ignore-details"
	git config merge.jupyternotebook.driver "$(BIN)/git-nbmergedriver merge %O %A %B %L %P"
	git config merge.jupyternotebook.name "notebooks, cell by cell"

# uv installs in a third of pip's time. Where it is not to be had, or finds no package, pip does the work.
pip = $(BIN)/python -m pip install -q --require-hashes --no-deps -r
uv = $(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode --require-hashes --no-deps -r
pinned = ($(pip) requirements-uv.txt && $(uv) $(1)) || $(pip) $(1)

.venv/ready: requirements.txt requirements-uv.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(call pinned,requirements.txt)
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

# The same environment with what tests, printing and reviewing need as well.
.venv/complete: .venv/ready requirements-test.txt
	$(call pinned,requirements-test.txt)
	touch $@

release: .venv/complete book ## every edition packed: archive, manifest, bill of materials (CycloneDX), SHA256SUMS
	$(BIN)/bet release bet-$$(git describe --always)

clean: ## remove what the commands made
	rm -rf _build .venv
