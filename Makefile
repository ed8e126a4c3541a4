PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
ifeq ($(strip $(PYTHON)),)
$(error Shugu needs Python 3.11 or newer with venv; none was found (python3.11, python3 …))
endif

.PHONY: setup setup-dev
setup:
	@$(PYTHON) scripts/bootstrap.py
setup-dev:
	@$(PYTHON) scripts/bootstrap.py --dev
