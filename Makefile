# The house's commands. `run` and `test` set up what they need themselves: once, and again when an input changes.

.DEFAULT_GOAL := help
.PHONY: help run test test-report lint build pictures manual screenshots pins clean
.NOTPARALLEL:

bin := .venv/bin
# The tests mostly wait, for a screen or a bus: one process more than there are processors. A file's tests share one.
jobs = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# The interpreter for a new .venv; empty: scripts/setup looks for one.
export PYTHON ?=

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

run: .venv/run.ready ## start breakd here, in the foreground (ARGS="--console")
	@exec $(bin)/breakd run $(ARGS)

test: .venv/test.ready ## run the tests (ARGS="tests/core -x")
	@exec $(bin)/pytest -n $(jobs) --dist loadfile $(ARGS)

test-report: .venv/browser.ready ## open the report in Chromium, with an accessibility checker (PICTURES=DIR keeps pictures)
	@exec $(bin)/pytest tests/report_browser/check_report.py $(ARGS)

lint: .venv/test.ready ## check style, format, types and import contracts
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy
	$(bin)/lint-imports

build: .venv/test.ready ## build the wheel and the source archive into dist/
	rm -rf dist
	$(bin)/python -m build

pictures: .venv/run.ready ## draw the pictures in breakd/pictures anew
	$(bin)/python scripts/pictures

manual: .venv/test.ready ## write docs/breakd.1 and breakd/completions anew
	$(bin)/python scripts/manual

screenshots: .venv/browser.ready ## make the README's pictures from the real program
	$(bin)/python scripts/screenshots

pins: .venv/test.ready ## move constraints.txt to the newest versions that pyproject.toml allows
	@bash scripts/setup pins

clean: ## remove everything that the other targets made
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

inputs := pyproject.toml constraints.txt scripts/setup

.venv/run.ready: $(inputs)
	@bash scripts/setup run
	@touch $@

# What the tests need includes what `run` needs.
.venv/test.ready: $(inputs)
	@bash scripts/setup test
	@touch .venv/run.ready $@

.venv/browser.ready: $(inputs) tests/report_browser/package-lock.json
	@bash scripts/setup browser
	@touch .venv/run.ready .venv/test.ready $@
