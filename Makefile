# weighbridge: `make help` says what there is.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export PYTHONPATH := controller
TOOLS = $(shell tools/build.sh --folder)
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes
T ?= tests
TESTS ?=
PURE := $(patsubst %,controller/weighbridge/%,model/* workloads/* cards/* licenses/* lineage/* weights/* provenance/* reports/* review.py facts.py changes.py verdict.py answers.py)
# A part of the tests covers a part of the code: the bar holds for the whole run.
GATE := $(if $(TESTS)$(filter-out tests,$(T)),0,1)
comma := ,
empty :=
space := $(empty) $(empty)

.DEFAULT_GOAL := help
.PHONY: help demo run test lint fix score bench fuzz tools packages lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## weigh a few workloads against a small hub of our own, end to end (Python only, no Go)
	@$(PY) demo/demo.py

run: $(VENV)/.runtime ## check manifests: make run ARGS="path/to/manifests --offline"
	@$(PY) -m weighbridge check $(ARGS)

test: tools packages $(VENV)/.dev lint ## lint, types, and every test, against real OPA and a real kube-apiserver (T=path TESTS=-kname)
	@begun=$$(date +%s); rm -f .coverage .coverage.*; \
	WEIGHBRIDGE_TOOLS=$(TOOLS) $(VENV)/bin/coverage run -m pytest -q $(T) $(TESTS) && \
	$(VENV)/bin/coverage combine -q && \
	if [ $(GATE) = 1 ]; then \
	  $(VENV)/bin/coverage report --skip-covered --skip-empty --fail-under=95 && \
	  $(VENV)/bin/coverage report --skip-covered --skip-empty --fail-under=100 --include='$(subst $(space),$(comma),$(PURE))' > .coverage-pure || { cat .coverage-pure; exit 1; }; \
	fi && rm -f .coverage-pure && \
	echo "weighbridge: lint, types and tests passed in $$(( $$(date +%s) - begun )) s"

lint: tools $(VENV)/.dev ## formats, rules, types, layers, policies, chart
	@$(VENV)/bin/ruff format --check --quiet controller tests demo
	@$(VENV)/bin/ruff check --quiet controller tests demo
	@$(VENV)/bin/mypy --no-error-summary
	@$(VENV)/bin/lint-imports --no-cache > .lint-imports.log || { cat .lint-imports.log; exit 1; }; rm -f .lint-imports.log
	@$(TOOLS)/opa fmt --fail --list policies
	@$(TOOLS)/opa check --strict --schema policies/schemas/input.json --capabilities policies/capabilities.json policies/main policies/lib policies/rules
	@$(TOOLS)/helm lint --strict --quiet charts/weighbridge

fix: tools $(VENV)/.dev ## format and mend what can be mended by itself
	@$(VENV)/bin/ruff check --fix --quiet controller tests demo || true
	@$(VENV)/bin/ruff format --quiet controller tests demo
	@$(TOOLS)/opa fmt --write policies
	@$(PY) tools/schema.py > policies/schemas/input.json
	@$(PY) tools/rule_pages.py

score: tools $(VENV)/.dev ## measure against the corpus of real manifests and repositories, where it lies beside the project
	@WEIGHBRIDGE_TOOLS=$(TOOLS) $(PY) tests/score/score.py

bench: tools $(VENV)/.dev ## time per review, per extraction, and webhook requests per second, as ratios against the floor
	@WEIGHBRIDGE_TOOLS=$(TOOLS) $(PY) tests/benchmarks/bench.py
	@$(PY) tests/benchmarks/evidence.py
	@$(PY) tests/benchmarks/store.py
	@$(PY) tests/benchmarks/provenance.py
	@$(PY) tests/benchmarks/cards.py
	@$(PY) tests/benchmarks/page.py
	@$(PY) tests/benchmarks/licenses.py

SECONDS ?= 60
fuzz: $(VENV)/.dev ## break the workloads of all stories for a while and see that nothing crashes (SECONDS=60)
	@$(PY) tests/fuzz/workloads.py --seconds $(SECONDS)

tools: ## build the pinned OPA, etcd, kube-apiserver, controller manager and Helm that are missing (needs Go)
	@tools/build.sh

packages: ## install Debian's chromium and redis-server for the tests, where they are missing (needs root)
	@tools/packages.sh

lock: $(VENV)/.dev ## resolve the dependencies again
	@$(VENV)/bin/uv pip compile -q --universal --generate-hashes --upgrade pyproject.toml -o requirements.lock
	@$(VENV)/bin/uv pip compile -q --universal --generate-hashes --upgrade --group dev pyproject.toml -o requirements-dev.lock

clean: ## remove what was built here; the tool cache stays
	@rm -rf $(VENV) build dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed. Fix: make PYTHON=python3.12 ..."; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	@echo "installing dependencies ..."
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/bin/python
	@echo "installing dependencies for development ..."
	@$(PIP) -r requirements-dev.lock
	@touch $@ $(VENV)/.runtime
