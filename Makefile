# Everything a developer or an operator runs. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE := 1
# One thread a process: workers are the parallelism, and native pools do not survive a fork.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.DEFAULT_GOAL := help
.PHONY: help run digest test check evaluate bench soak image-check format pin golden clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-virtualenv -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/run
	$(BIN)/python -m pip install --quiet --require-virtualenv -r requirements-dev.txt
	@touch $@

$(VENV)/evaluation: requirements-evaluation.txt $(VENV)/dev
	$(BIN)/python -m pip install --quiet --require-virtualenv -r requirements-evaluation.txt
	@touch $@

run: $(VENV)/run ## serve on 127.0.0.1:8000 (HOST, PORT, WEB_CONCURRENCY by environment)
	@exec $(BIN)/gunicorn -c deploy/gunicorn.conf.py 'service.api:create_app()'

digest: $(VENV)/run ## print the digest of text files: make digest FILES="a.txt b.txt"
	@$(BIN)/python -m service $(FILES)

test: $(VENV)/dev ## all tests; what needs ../shared or Chromium says so and skips without it
	$(BIN)/python -m pytest -q

check: $(VENV)/dev ## ruff, mypy, import-linter, the OpenAPI document, the Kubernetes manifests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/openapi-spec-validator openapi.yaml
	$(BIN)/python deploy/validate.py

evaluate: $(VENV)/evaluation ## quality on the data in ../shared, against evaluation/floors.json
	$(BIN)/python -m evaluation.text
	$(BIN)/python -m evaluation.entities
	$(BIN)/python -m evaluation.figures
	$(BIN)/python -m evaluation.merge
	$(BIN)/python -m evaluation.summary
	$(BIN)/python -m evaluation.digestbench

bench: $(VENV)/evaluation ## speed of the whole service beside the stack one would build otherwise; wants wrk
	$(BIN)/python -m evaluation.bench

soak: $(VENV)/dev ## the slow tests, then ten minutes of load with faults (SOAK_SECONDS), and two of overload (OVERLOAD_SECONDS)
	$(BIN)/python -m pytest -q -m slow
	$(BIN)/python -m evaluation.soak

image-check: ## build the image without an engine and run it read-only, without a network; wants root
	@deploy/image_check.sh

format: $(VENV)/dev ## put the code in the project's format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

golden: $(VENV)/dev ## rewrite the golden digests and the answers in the documentation; read the diff
	$(BIN)/python -m pytest -q --rewrite tests/golden tests/api/test_examples.py

pin: $(VENV)/dev ## pin the newest releases that pyproject.toml allows
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url -c requirements.txt --extra limit --extra otel pyproject.toml -o requirements-extras.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url -c requirements-extras.txt --all-extras --group dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url -c requirements-dev.txt --group evaluation pyproject.toml -o requirements-evaluation.txt

clean: ## remove the environment and every cache
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
