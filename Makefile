# Everything a person types here. `make` alone lists it.

# What makes .venv: the system's own Python if it may, since distributions build theirs to be fast.
# One that was compiled without that, as pyenv does it, takes a quarter longer for every page.
PYTHON ?= $(shell for one in /usr/bin/python3 python3; do "$$one" -c 'import sys, ensurepip, venv; \
	sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done; echo "$$one")
PORT ?= 8000
ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test bench lighthouse screenshots guide-pictures check messages format lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/demo.installed ## run the site at http://127.0.0.1:8000 (PORT=8001; N=10000 invented entries)
	@exec $(BIN)/python -m civicnet.demo --port $(PORT) $(if $(N),--invented $(N))

test: .venv/dev.installed ## run every test (ARGS="-k word" for some)
	@exec $(BIN)/python -m pytest -n 2 $(ARGS)

bench: .venv/demo.installed ## measure the site beside its peers with 400,000 entries (N=4000; QUICK=1)
	@exec $(BIN)/python -m bench $(if $(N),--number $(N)) $(if $(QUICK),--quick)

lighthouse: .venv/demo.installed ## measure four pages as a phone meets them (needs npm and Chromium)
	@exec $(BIN)/python -m bench.lighthouse

screenshots: .venv/dev.installed ## picture every page in every state in var/screenshots
	@exec $(BIN)/python -m pytest -q -n 0 tests/screenshots.py $(ARGS)

guide-pictures: .venv/dev.installed ## picture the administration pages for the guide of editors
	@exec $(BIN)/python -m pytest -q -n 0 tests/guide_pictures.py $(ARGS)

check: .venv/dev.installed ## style, types, layers, migrations, deployment, translations
	@exec $(BIN)/python checks.py

messages: .venv/dev.installed ## collect the interface texts into locale/ and compile them
	@exec $(BIN)/python checks.py messages

format: .venv/dev.installed ## lay out the Python code
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

lock: ## pin the newest allowed versions in requirements/*.txt
	@$(PYTHON) requirements/lock.py

clean: ## delete the environment and all data of the demo
	rm -rf .venv var

# The environment is built again only when the pinned versions change. The development set holds
# the demo's, so whoever has it needs no second one.
.venv/demo.installed: requirements/demo.txt
	@$(PYTHON) requirements/install.py demo

.venv/dev.installed: requirements/dev.txt
	@$(PYTHON) requirements/install.py dev
