# `make help` lists what there is. Nothing but python3 (3.11 to 3.13, with venv) and make is needed.
UV_VERSION := 0.13.9
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help run test test-compose check scenario faults faults-long bench reset messages settings-table dashboard texts lock

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/ready  ## start Headend here, in one process, with its files under var/
	@exec $(BIN)/headend run

test: .venv/ready  ## unit, architecture and integration tests; T="tests/unit/billing -k name" runs some
	@$(PYTEST) $(T)

test-compose: .venv/ready  ## docker-compose.yml from nothing: the main job, replicas, restarts (needs Docker)
	@$(PYTEST) tests/compose

check: .venv/ready  ## ruff, bandit, mypy, import-linter, the architecture tests, and pip-audit of what is locked
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml libs services gateway deploy
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(PYTEST) -q tests/architecture
	@$(BIN)/python -m tests.dependency_audit

scenario: .venv/ready  ## import 7,043 customers, bill, pay, remind, report; F="embedded real nemesis" chooses
	@$(BIN)/python -m tests.scenarios $(F)

faults: .venv/ready  ## break everything on purpose, with shortened clocks; F="1 6 ci" chooses, W=1 writes docs/faults.md
	@$(BIN)/python -m tests.faults $(F) $(if $(W),--write)

faults-long: .venv/ready  ## the same with real clocks and full sizes: takes hours
	@$(BIN)/python -m tests.faults $(F) --long $(if $(W),--write)

bench: .venv/ready  ## measure speed in real mode, each figure beside its floor
	@$(BIN)/python -m tests.bench

messages: .venv/ready  ## write docs/messages.md from the contracts
	@$(BIN)/python -m deploy.messages_doc docs/messages.md

settings-table: .venv/ready  ## write the settings table of README.md from the settings
	@$(BIN)/python -m deploy.settings_doc README.md

dashboard: .venv/ready  ## write Grafana's dashboard from deploy/sight/grafana/headend.yaml
	@$(BIN)/python -m deploy.dashboard_doc deploy/sight/grafana/dashboards/headend.json

texts: .venv/ready  ## bring the pages' texts in gateway/texts up to date with the pages
	@$(BIN)/pybabel -q extract -F pyproject.toml -k _l -k ngettext:1,2 -k marked --no-location --omit-header -o .venv/pages.pot gateway
	@for language in fr id pl zh_Hant fa; do $(BIN)/pybabel -q update --no-fuzzy-matching -i .venv/pages.pot -o gateway/texts/$$language.po -l $$language; done

reset:  ## forget everything that `make run` stored (asks first; YES=1 does not)
	@home=$${HEADEND_HOME:-var}; answer=$(if $(YES),yes); \
	 if [ -z "$$answer" ]; then printf 'Remove %s with every customer, payment and mail in it? Type yes: ' "$$home"; read answer || true; fi; \
	 if [ "$$answer" = yes ]; then rm -rf "$$home" && echo "Removed $$home."; else echo 'Nothing removed.'; fi

lock: .venv/ready  ## take the newest allowed versions into uv.lock
	@$(BIN)/uv lock --upgrade

.venv/ready: pyproject.toml uv.lock deploy/make_virtualenv.sh
	@sh deploy/make_virtualenv.sh $(UV_VERSION)
