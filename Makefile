# One command each; `make` lists them. PYTHON=... chooses another interpreter than the one that `make setup` installs.
ifeq ($(OS),Windows_NT)
PYTHON ?= .venv/Scripts/python
else
PYTHON ?= .venv/bin/python
endif
.DEFAULT_GOAL := help
.PHONY: help setup format lint types test benchmarks screenshots structure docs check

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1: /p' $(MAKEFILE_LIST)

setup:  ## install everything into .venv, editable
	python3 -m venv .venv
	$(PYTHON) -m pip install --editable '.[test,train,cluster]'

format:  ## format, and mend what ruff can
	$(PYTHON) -m ruff check --fix --exit-zero --quiet .
	$(PYTHON) -m ruff format .

lint:  ## check format and style
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .

types:  ## mypy, strict
	$(PYTHON) -m mypy

test:  ## all tests; some of them: make test ARGS='tests/clipmat -k presence'
	$(PYTHON) -m pytest $(ARGS)

benchmarks:  ## speed by ratio within one run
	$(PYTHON) -m pytest tests/benchmarks -m benchmark -s $(ARGS)

screenshots:  ## every state of the window; one setting: make screenshots ARGS='--only light@1x'
	$(PYTHON) tests/screenshots.py $(ARGS)

structure:  ## circles, climbing imports, sizes, names: what breaks the rules of docs/architecture.md
	$(PYTHON) docs/structure.py

docs:  ## write the generated parts of docs/
	$(PYTHON) docs/structure.py --write

check: lint types structure test  ## what a change has to pass
