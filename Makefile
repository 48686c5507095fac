# Two commands for a newcomer: `make demo` and `make test`. Everything lands in .venv beside this file.
ifeq ($(filter oneshell,$(.FEATURES)),)
$(error Hørt's Makefile needs GNU Make 3.82 or newer; on macOS: brew install make, then gmake)
endif
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help
# Without compiled modules each process that starts compiles all it imports anew: seconds, in dozens of processes.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help install install-dev demo test check bench soak gallery image aiogram lock tools browser strace compiled

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.install-stamp
DEV_STAMP := $(VENV)/.install-stamp-dev
AIOGRAM := .venv-aiogram
AIOGRAM_STAMP := $(AIOGRAM)/.install-stamp
# Four on two cores: while two wait for a process, a page or a disk, the others count (tests/conftest.py lays them so).
WORKERS ?= 4
PORT ?= 8080

help:  ## this list
	awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP)  ## what running needs, from requirements.lock into .venv

install-dev: $(DEV_STAMP)

demo: $(STAMP)  ## the whole product with invented municipalities, in the browser
	exec $(VENV)/bin/hoert demo --port $(PORT)

test: $(DEV_STAMP)  ## everything, on SQLite, a real PostgreSQL and a real browser; ARGS="-k offers" for a part
	$(MAKE) --no-print-directory -j3 tools aiogram compiled
	$(PY) -c 'from tests.postgres import find_binaries; find_binaries()'
	# In memory where there is room: each database forced to a disk, thousands of times, is a third of the time.
	room=$${TMPDIR:-/tmp}
	free=$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $$4}')
	if [ -w /dev/shm ] && [ "$${free:-0}" -gt 4000000 ]; then room=/dev/shm; fi
	room=$$(mktemp -d "$$room/hoert.XXXXXX")
	trap 'rm -rf "$$room"' EXIT
	chmod 711 "$$room"
	TMPDIR=$$room $(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: $(DEV_STAMP)  ## format, lint, types, imports, laws, texts, locks, Dockerfile
	failed=""
	run() { echo "== $$1"; shift; "$$@" || failed=yes; }
	run "format" $(PY) -m ruff format --check .
	run "lint" $(PY) -m ruff check .
	# Types on one core, laws on the other.
	said=$$(mktemp)
	trap 'rm -f "$$said"' EXIT
	$(PY) -m mypy > "$$said" 2>&1 & types=$$!
	run "laws, texts, locks, templates" $(PY) -m pytest tests/house
	echo "== types"
	wait "$$types" || failed=yes
	cat "$$said"
	run "Dockerfile" $(VENV)/bin/hadolint Dockerfile
	if [ -x $(VENV)/bin/pip-audit ]; then
	  run "advisories" $(VENV)/bin/pip-audit --strict --require-hashes -r requirements.lock
	else
	  echo "== advisories: not looked up (pip-audit is not installed)"
	fi
	if [ -n "$$failed" ]; then echo "make check found something to mend, see above." >&2; exit 1; fi
	echo "make check: all clean"

bench: $(DEV_STAMP) aiogram  ## the measurements in benchmarks/
	$(call run_all,bench_*.py)

soak: $(DEV_STAMP)  ## the long runs in benchmarks/
	$(call run_all,soak_*.py)

gallery: $(DEV_STAMP) browser  ## every screen of the chat and every page of the desk, as pages and pictures in gallery/
	$(PY) -m tests.gallery $(ARGS)

image:  ## the container image, with Docker or (as root) without; then a look inside
	docs/production/build_image.sh $(ARGS)

lock:  ## both locks anew: hashes, no addresses
	command -v uv >/dev/null || { echo "make lock needs uv (pip install uv)." >&2; exit 1; }
	compile="uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml"
	$$compile -o requirements.lock
	$$compile --group dev -c requirements.lock -o requirements-dev.lock
	for other in aiogram uv; do
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "requirements-$$other.in" -o "requirements-$$other.lock"
	done

# The stamp is a copy of the lock that was installed: a lock that is only newer, not different, installs nothing.
$(STAMP): requirements.lock
	$(call install_lock,requirements.lock,$(STAMP),--compile-bytecode)

$(DEV_STAMP): requirements-dev.lock $(STAMP)
	$(call install_lock,requirements-dev.lock,$(DEV_STAMP))

# uv installs in a quarter of pip's time: the one on the path, else its own wheel from the index that pip uses. Where that
# does not go, pip does all.
define find_uv
	uv=$$(command -v uv || true)
	if [ -z "$$uv" ]; then
	  [ -x $(VENV)/bin/uv ] || $(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-uv.lock 2>/dev/null || true
	  if [ -x $(VENV)/bin/uv ]; then uv=$(VENV)/bin/uv; fi
	fi
	index=$${PIP_INDEX_URL:-$$($(PY) -m pip config get global.index-url 2>/dev/null || true)}
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$index}"; fi
	if [ -n "$${PIP_CERT:-}" ]; then export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"; fi
endef

define install_lock
	if [ -x $(PY) ] && $(PY) -c 'pass' 2>/dev/null && cmp -s $(1) $(2); then touch $(2); exit 0; fi
	$(make_venv)
	echo "Installing $(1) …"
	$(find_uv)
	if [ -n "$$uv" ] && "$$uv" pip install -q $(3) --require-hashes --python $(PY) -r $(1); then :
	else
	  $(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip -q
	  $(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r $(1)
	fi
	$(link_project)
	cp $(1) $(2)
endef

aiogram: $(AIOGRAM_STAMP)  ## aiogram in an environment of its own: the tests' second opinion on Telegram

$(AIOGRAM_STAMP): requirements-aiogram.lock $(STAMP)
	if [ -x $(AIOGRAM)/bin/python ] && cmp -s requirements-aiogram.lock $(AIOGRAM_STAMP); then touch $(AIOGRAM_STAMP); exit 0; fi
	echo "Installing requirements-aiogram.lock …"
	rm -rf $(AIOGRAM)
	$(find_uv)
	if [ -n "$$uv" ] && "$$uv" venv -q --python $(PY) $(AIOGRAM) && "$$uv" pip install -q --require-hashes --python $(AIOGRAM)/bin/python -r requirements-aiogram.lock; then :
	else
	  rm -rf $(AIOGRAM)
	  $(PY) -m venv $(AIOGRAM)
	  $(AIOGRAM)/bin/python -m pip --version >/dev/null 2>&1 || $(AIOGRAM)/bin/python -m ensurepip -q
	  $(AIOGRAM)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-aiogram.lock
	fi
	cp requirements-aiogram.lock $(AIOGRAM_STAMP)

# Any Python from 3.11. Debian ships venv apart: as root it is installed, otherwise a sentence says how.
define make_venv
	if ! { [ -x $(PY) ] && $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }; then
	  python=""
	  for name in "$${PYTHON:-python3}" python3 python3.13 python3.12 python3.11; do
	    if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi
	  done
	  if [ -z "$$python" ]; then echo "Hørt needs Python 3.11 or newer as python3 (or: make PYTHON=/path/to/python3.11 …)." >&2; exit 1; fi
	  if ! "$$python" -c 'import ensurepip' 2>/dev/null && ! command -v uv >/dev/null; then
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	      echo "Installing Debian's python3-venv …"
	      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
	    else
	      echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1
	    fi
	  fi
	  rm -rf $(VENV)
	  "$$python" -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); uv venv -q --python "$$python" $(VENV); }
	fi
endef

# The repository goes on the path by a relative line and a launcher, so the folder may be moved; nothing is built.
define link_project
	site=$$($(PY) -c 'import os, sysconfig; print(sysconfig.get_path("purelib"))')
	$(PY) -c 'import os, sys; print(os.path.relpath(".", sys.argv[1]))' "$$site" > "$$site/hoert.pth"
	printf '%s\n' '#!/bin/sh' 'exec "$$(dirname "$$(readlink -f "$$0")")/python" -P -m hoert "$$@"' > $(VENV)/bin/hoert
	chmod 755 $(VENV)/bin/hoert
endef

# What Debian has: one after the other, its packages are installed by one at a time.
tools:
	$(MAKE) --no-print-directory browser
	$(MAKE) --no-print-directory strace

# Each worker reads all tests, and would compile them anew beside the others: once is half a minute of each of them.
compiled: $(DEV_STAMP)
	if compgen -G "tests/domain/__pycache__/*-pytest-*.pyc" >/dev/null; then exit 0; fi
	$(PY) -m pytest --collect-only -qq --ignore=tests/house >/dev/null || true  # what is wrong is said by those who run

# Tests drive a real browser: Debian's headless shell, which costs half of a whole Chromium, and the whole one where
# notices are shown. Without Debian's packages the one on the path does for all, else Playwright's own.
browser:
	if command -v chromium >/dev/null && command -v chromium-headless-shell >/dev/null; then exit 0; fi
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	  echo "Installing Debian's chromium and its headless shell …"
	  install="apt-get install -y -qq --no-install-recommends fonts-dejavu-core fonts-noto-color-emoji chromium"
	  export DEBIAN_FRONTEND=noninteractive
	  if apt-get update -qq && { $$install chromium-headless-shell || $$install; } >/dev/null; then exit 0; fi
	fi
	for name in chromium chromium-browser google-chrome-stable google-chrome; do
	  if command -v "$$name" >/dev/null; then exit 0; fi
	done
	echo "Installing Playwright's chromium …"
	if $(PY) -m playwright install chromium; then exit 0; fi
	echo "The tests need a browser and none could be installed. Install chromium, then make test again." >&2
	exit 1

# The power cut is played with what a process really wrote and synced, as strace saw it.
strace:
	if command -v strace >/dev/null; then exit 0; fi
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	  echo "Installing Debian's strace …"
	  if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends strace >/dev/null; then exit 0; fi
	fi
	echo "The tests need strace and it could not be installed. Install it, then make test again." >&2
	exit 1

define run_all
	found=$$(find benchmarks -name '$(1)' 2>/dev/null | sort || true)
	if [ -z "$$found" ]; then echo "There is no benchmarks/$(1): nothing was measured." >&2; exit 1; fi
	for file in $$found; do echo "== $$file"; $(PY) "$$file" $(ARGS); done
endef
