# Everything sets itself up in .venv: a fresh machine needs python3 (3.11-3.13) with venv, make and git.
# On Windows, or without make:  python3 tasks.py run | demo | test | check | doctor | bench

PYTHON ?= python3
TASKS = $(PYTHON) tasks.py

.PHONY: help run link demo doctor backup restore test check bench sending soak year lock

help:
	@$(TASKS) --help

run link demo doctor backup restore test check bench sending soak year lock:
	@$(TASKS) $@ $(ARGS)
