# The two commands of the README are `make run` and `make test`; the rest are the steps behind them.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# The first Python 3.11 or 3.12 that really starts: a shim may be on the path and fail.
PYTHON ?= $(shell for python in python3.12 python3.11 python3 python; do \
  "$$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1 \
  && echo "$$python" && break; done)
BIN := .venv/bin
# Modules are compiled when they are first imported: most of the scientific ones never are.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# platform/ is a source root, as src/ is elsewhere: see CONTRIBUTING.md
export PYTHONPATH := .:platform
PORT ?= 8000
export PORT
APPS := platform accounts activities matching notifications
# Settings as in production, with throw-away secrets, for Django's own deployment checks.
PRODUCTION := DEBUG=0 HTTPS=1 STATIC_MANIFEST=1 ALLOWED_HOSTS=ningju.example \
  SECRET_KEY=only-for-the-checks-$$(printf 'abcdefghijklmnopqrstuvwxyz0123456789') \
  FIELD_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
  SIGNING_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
  EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend SMS_BACKEND=accounts.sms.NoSms

.PHONY: words help machine run test lint types layers migrations deploy-check messages format unit browser bench-serving bench-matching bench-live bench-hours bench-attendance bench-search venv venv-dev forget

# Checks and tests see neither .env nor anybody's services.
test lint types layers migrations deploy-check unit browser: export ENV_FILE := /dev/null

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

run: machine venv ## the whole site on http://127.0.0.1:8000 (PORT= changes the port), until Ctrl-C
	@exec $(BIN)/python -m config.runner

test: lint types layers migrations deploy-check words ## everything that CI runs
	@.ci/tests

machine:
	@[ -z "$(PYTHON)" ] || $(PYTHON) platform/config/embedded/machine.py

venv:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or 3.12 with venv is needed (Debian: apt install python3 python3-venv)."; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || { echo "Making .venv with $$($(PYTHON) --version) ..."; rm -rf .venv; $(PYTHON) -m venv .venv; }
	@cmp -s requirements.txt .venv/requirements.txt || { \
	  echo "Installing the Python packages of requirements.txt (the first time this takes a minute) ..."; \
	  $(PIP) -r requirements.txt && cp requirements.txt .venv/requirements.txt; }

venv-dev: venv
	@cmp -s requirements-dev.txt .venv/requirements-dev.txt || { \
	  echo "Installing the tools of requirements-dev.txt ..."; \
	  $(PIP) -r requirements-dev.txt && cp requirements-dev.txt .venv/requirements-dev.txt; }

lint: venv-dev ## ruff, djlint, and whether every word is translated
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet $(APPS)
	$(BIN)/python manage.py messages --check

format: venv-dev ## puts the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: venv-dev ## mypy, strict
	$(BIN)/mypy

layers: venv-dev ## who may import whom
	$(BIN)/lint-imports

migrations: venv-dev ## whether the models have changed without a migration
	$(BIN)/python -m config.embedded manage.py makemigrations --check --dry-run

deploy-check: venv-dev ## Django's checks with the settings of production
	$(PRODUCTION) $(BIN)/python -m config.embedded manage.py check --deploy --fail-level WARNING

messages: venv ## collects new words into the catalogues and compiles them
	$(BIN)/python manage.py messages

words: venv
	@$(BIN)/python manage.py messages --compile

unit: venv-dev words ## every test but those in the browser
	$(BIN)/pytest -n 2 -m "not browser and not journey"

browser: venv-dev words ## the tests in the browser
	$(BIN)/pytest -m "browser or journey"

bench-serving: venv-dev ## how pages are best served here: bench/serving
	$(BIN)/python -m bench.serving

bench-matching: venv-dev ## the engine's table: bench/matching (FULL=1 for all of it, BENCH_DATA for the public files)
	for bench in plan replan one_request worlds asking serving_acceptance; do $(BIN)/python bench/matching/bench_$$bench.py || exit 1; done
	$(BIN)/python -m config.embedded bench/matching/bench_load.py

bench-search: venv-dev ## how well and how fast the search finds, a million documents (DOCUMENTS=)
	$(BIN)/python -m bench.search

bench-attendance: venv-dev ## 500 people check in at one activity within a minute: bench/attendance (PEOPLE, SECONDS)
	$(BIN)/python -m bench.attendance

bench-live: venv-dev ## live updates to 5,000 clients beside a bare broadcast: bench/live (CLIENTS, ROUNDS)
	$(BIN)/python -m bench.live
	$(BIN)/python -m bench.live.cancelled
	$(BIN)/python -m bench.live.endurance

bench-hours: venv-dev ## the ledger with 10,000,000 records: bench/hours (RECORDS=, PEOPLE= for less)
	@$(BIN)/python -m config.embedded -m bench.hours

forget: ## deletes this checkout's embedded database and everything else that `make run` made
	@$(BIN)/python -m config.embedded --forget
