# The everyday commands. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
RUN_STAMP := .venv/.ready-to-run
STAMP := .venv/.ready
# Where a machine is told to keep no bytecode, each of the processes of a run would compile all of the tests anew.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest
.DEFAULT_GOAL := help
.PHONY: help setup run test test-quick lint security format check lock record bench fuzz soak outage mutation screenshots clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 16

setup: $(STAMP) ## install what is needed into .venv; does nothing when nothing changed

define set_up
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Copper Tickets needs Python 3.11 or newer, and there is no $(PYTHON) here. Install it, or name another: make $(or $(MAKECMDGOALS),run) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) scripts/check_python.py $(or $(MAKECMDGOALS),run)
	@$(PYTHON) scripts/setup.py $(1)
endef

$(STAMP): requirements.txt requirements-dev.txt requirements-uv.txt
	$(call set_up,requirements-dev.txt)

$(RUN_STAMP): requirements.txt requirements-uv.txt
	$(call set_up,requirements.txt)

run: $(RUN_STAMP) ## start the dashboard with made-up tickets, or with Copper when COPPER_API_KEY is set
	@$(BIN)/python -m scripts.run

test: setup ## run all tests; says how long that takes, and what is skipped and why
	@$(PYTEST) -n auto

test-quick: setup ## run the tests that need no browser, no server and no database service: under a minute
	@$(PYTEST) -n auto -m "not browser and not server and not service"

lint: setup ## find mistakes without running anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/djlint templates --extension jinja --profile jinja --lint --quiet
	@$(BIN)/complexipy . --max-complexity-allowed 12 --failed --plain && echo "No function is harder to follow than 12 (cognitive complexity)."
	@git ls-files '*.py' ':!*/migrations/*' | xargs wc -l | awk '$$1 > 300 && $$2 != "total" {print $$2 ": " $$1 " lines, at most 300"; long = 1} END {exit long}' && echo "No module is over 300 lines, those of the tests among them."

# Values that stand for secrets in examples.
EXAMPLES := ^(password|a-long-random-text|sk_test_of-the-account|copper-tickets(-tls)?|%s)$$
# What production runs with, for the checks that look at settings.
PRODUCTION := ENV_FILE=/dev/null ALLOWED_HOSTS=tickets.example.com COPPER_API_KEY=sk_test_X SECRET_KEY=for-this-check-alone-not-for-any-site-that-runs-0123456789

security: setup ## look for what an attacker would look for: code, settings, secrets, packages, and what runs the site
	$(BIN)/bandit --quiet --recursive --severity-level medium --exclude ./.venv,./tests,./benchmarks .
	@git ls-files -z | grep -zv '^tests/' | xargs -0 $(BIN)/detect-secrets-hook --exclude-secrets '$(EXAMPLES)' && echo "No secret in what is tracked."
	@git ls-files -z tests | xargs -0 $(BIN)/detect-secrets-hook --disable-plugin KeywordDetector --disable-plugin BasicAuthDetector && echo "No secret in the tests."
	@env $(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/hadolint --failure-threshold info Dockerfile
	$(BIN)/docker-compose config --quiet
	$(BIN)/yamllint --strict compose.yaml deploy
	@$(BIN)/python scripts/audit.py

format: setup ## put all code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: ## what CI runs
	@bash .ci/run

lock: setup ## pin the requirements anew, with hashes, for every Python we support
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --quiet requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --quiet --constraint requirements-dev.txt requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --quiet --constraint requirements-dev.txt requirements-uv.in -o requirements-uv.txt

record: setup ## record the cassettes anew: from the sandbox, or from Copper when COPPER_API_KEY is set
	RECORD_WITH_KEY="$$COPPER_API_KEY" $(BIN)/python -m pytest tests/tickets_app/copper/test_cassettes.py --record-mode=rewrite -p no:randomly

bench: setup ## measure searches, pages and crowds and write docs/benchmarks.md (25 minutes; QUICK=1: 3, nothing written; VS=commit: beside that version)
	@$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(VS),--vs $(VS))

fuzz: setup ## send 100,000 odd requests to the server as it runs: none may be an error of ours (REQUESTS=n, SEED=n: others)
	@$(BIN)/python -m tests.fuzz --requests $(or $(REQUESTS),100000) $(if $(SEED),--seed $(SEED))

mutation: setup ## change the code in 261 small ways: which ones no test notices (an hour or more; SEED=n, CHANGES=n, ONLY="3 17")
	@$(BIN)/python -m tests.mutation $(if $(SEED),--seed $(SEED)) $(if $(CHANGES),--changes $(CHANGES)) $(if $(ONLY),--only $(ONLY))

soak: setup ## let people use the site for 10,000 requests: what it takes may not grow (MINUTES=20 PEOPLE=50: so many for so long)
	@$(BIN)/python -m tests.soak $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(REQUESTS),--requests $(REQUESTS)) $(if $(PEOPLE),--people $(PEOPLE))

outage: setup ## let 50 people read while Copper is down for a minute (CACHE=redis://…; HOW=silent; PEOPLE=n)
	@$(BIN)/python -m tests.outage $(if $(PEOPLE),--people $(PEOPLE)) $(if $(CACHE),--cache $(CACHE)) $(if $(HOW),--how "$(HOW)")

screenshots: setup ## take the pictures of the README and the guide anew, from the sandbox (TO=folder: there)
	@TO=$(TO) $(BIN)/python -m scripts.screenshots

clean: ## remove what setup and runs made
	rm -rf .venv staticfiles .local db.sqlite3 .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .complexipy_cache
