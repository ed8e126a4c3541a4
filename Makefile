# Shugu's commands. Everything below sets up what it needs by itself and may be interrupted and repeated.

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
ifeq ($(strip $(PYTHON)),)
$(error Shugu needs Python 3.11 or newer with venv; none was found (tried python3.11, python3 and newer ones))
endif

PY := .venv/bin/python
EMBEDDED := exec $(PY) -m backend.embedded
# Read only to learn the settings' types; nothing connects there.
LINT_ENVIRONMENT := DATABASE_URL=postgresql://x:x@127.0.0.1/x DATABASE_OWNER_URL=postgresql://x:x@127.0.0.1/x \
	REDIS_URL=redis://127.0.0.1/0 SECRET_KEY=x FIELD_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
WORKERS ?= 4
LAST ?= 20
TESTS ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo run mail backup backups restore rehearsal release-data test lint format bench \
	hostile load soak acceptance screenshots pins licences sbom audit clean clean-data

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## make the virtual environment from the pinned packages
	@$(PYTHON) scripts/bootstrap.py && $(PYTHON) scripts/assets.py

setup-dev: ## the same, with what tests and checks need
	@$(PYTHON) scripts/bootstrap.py --dev && $(PYTHON) scripts/assets.py

demo: setup ## run the main job once, from upload to targets and reminders, and stop
	@DEMO=1 $(EMBEDDED) serve --follow-parent --port 0 -- $(PY) manage.py demo --base-url {url} --mailbox {mail}

run: setup ## serve web, API, worker and beat until Ctrl-C (PORT=8000, DEMO=0 for an empty system)
	@$(EMBEDDED) serve --follow-parent

mail: setup ## print the mail that was kept while no EMAIL_URL was set, the latest at the end (LAST=20)
	@$(EMBEDDED) mail --last $(LAST)

backup: setup ## take a backup now, into var/backups or BACKUP_FOLDER
	@$(EMBEDDED) run --follow-parent -- $(PY) -m backend.backups backup

backups: setup ## tell which backups there are, and up to when they reach
	@$(PY) -m backend.backups list

restore: setup ## put a backup back on an empty host (TO=latest, TO=backup or TO=2026-03-31T17:45:00+08:00; BACKUP=its name)
	@$(PY) -m backend.backups restore --to "$(or $(TO),latest)" --backup "$(BACKUP)"

rehearsal: setup ## prove the last backup: restore it on an empty cluster of its own and compare (BACKUP=its name)
	@exec $(PY) -m backend.backups rehearsal --backup "$(BACKUP)"

release-data: setup-dev ## keep the demonstration's data as this release left it, for the upgrade tests of the next ones
	@DEMO=1 $(EMBEDDED) serve --follow-parent --fresh --profile release --port 0 -- \
		sh -c '$(PY) manage.py demo --base-url {url} && $(PY) scripts/release_data.py tests/upgrade/data {url}'

test: setup-dev ## run the tests (TESTS=tests/backend for a part, WORKERS=4)
	@$(EMBEDDED) run --follow-parent --alone --profile test -- \
		$(PY) -m pytest -n $(WORKERS) --dist worksteal -m "not hostile and not soak" --durations=25 $(TESTS)

hostile: setup-dev ## run the forty tests of faults and attacks, and print what was struck and what survived
	@$(EMBEDDED) run --follow-parent --alone --profile test-hostile -- $(PY) -m pytest -m "hostile or forty" $(TESTS)

load: setup-dev ## have 50 partners upload, 20 officers decide and 10 managers look (DURATION=600), and print the times
	@DEMO=0 $(EMBEDDED) serve --follow-parent --fresh --profile load --port 0 -- $(PY) -m tests.load {url}

soak: setup-dev ## run the tests of long running
	@$(EMBEDDED) run --follow-parent --alone --profile test-soak -- $(PY) -m pytest -m soak --timeout 0 $(TESTS)

bench: setup-dev ## print the performance table, also written to var/bench.json
	@$(EMBEDDED) run --follow-parent --alone --fresh --profile bench -- $(PY) -m tests.bench

acceptance: setup ## drive an empty system with a check over HTTP (CHECK=path/to/check.py)
	@test -n "$(CHECK)" || { echo "Say which check: make acceptance CHECK=path/to/check.py"; exit 2; }
	@DEMO=1 $(EMBEDDED) serve --follow-parent --fresh --profile acceptance --port 0 -- $(PY) "$(CHECK)" {url}

screenshots: setup-dev ## renew the pictures in docs/pictures (ALL=1: every page, into var/pictures, to be looked at)
	@DEMO=1 $(EMBEDDED) serve --follow-parent --fresh --profile screenshots --port 0 -- \
		sh -c '$(PY) manage.py demo --base-url {url} && $(PY) -m tests.pictures {url}'

lint: setup-dev ## check format, types, import rules, links in the docs, sizes of files
	@failed=0; \
	$(PY) -m ruff format --check --quiet . || { failed=1; echo "Format: run make format"; }; \
	$(PY) -m ruff check --quiet . || failed=1; \
	$(LINT_ENVIRONMENT) $(PY) -m mypy || failed=1; \
	.venv/bin/lint-imports --no-logo || failed=1; \
	$(PY) scripts/check_tree.py || failed=1; \
	$(PY) scripts/check_imports.py || failed=1; \
	$(PY) scripts/licences.py --check || failed=1; \
	exit $$failed

format: setup-dev ## put the code into shape
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix .

licences: setup ## write docs/licences.md anew: what is run, and under which licence
	@$(PY) scripts/licences.py

sbom: setup ## write what the product is made of to var/sbom.json (CycloneDX)
	@$(PY) scripts/sbom.py

audit: setup ## ask whether vulnerabilities of the pinned packages are known (needs the network)
	@$(PYTHON) scripts/advisories.py

pins: ## resolve requirements*.in into requirements*.txt anew, with the digests that set-up accepts
	@$(PYTHON) scripts/pins.py

clean: ## stop everything; remove the environment, caches and the tests' data
	@$(PYTHON) scripts/clean.py

clean-data: ## the same, and this system's own data, keys included: nothing brings them back
	@$(PYTHON) scripts/clean.py --data
