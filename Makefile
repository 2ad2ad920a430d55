# Every chore by one name. `make demo` and `make test` do all their own set-up; nothing else is needed but Python and make.
# The first Python that really runs and is new enough: a name on the PATH may be a shim with nothing behind it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
STORY ?= store-pos
SPEED ?= 300

.PHONY: demo serve test quick lint bench soak browser screenshots docs lock sbom clean

demo: $(READY) ## play a case in a sandbox, no Slack account needed
	$(BIN)/jibungoto demo --story $(STORY) --speed $(SPEED) $(DEMO)

serve: $(READY) ## run the bot with the tokens of the environment
	$(BIN)/jibungoto serve

test: $(READY) lint ## everything that has to pass
	$(BIN)/pytest -r s

quick: $(READY) ## the tests alone
	$(BIN)/pytest -x

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) ## figures for this machine, loopback only; REPORT=FILE.md writes them down, ONLY=WORD some of them
	BENCH_REPORT=$(REPORT) $(BIN)/pytest tests/benchmarks -m benchmark -s $(if $(ONLY),-k "$(ONLY)")

soak: $(READY) ## kills, people and trouble for SOAK seconds (600), with a summary
	$(BIN)/pytest tests/soak -m soak -s

browser: $(READY) ## the sandbox's page in a real browser; needs chromium
	$(BIN)/pytest tests/browser -r s

screenshots: $(READY) ## the pictures in docs/screenshots, anew; needs chromium and fonts-noto-cjk
	$(BIN)/python -m tests.browser.screenshots

docs: $(READY) ## the reference that is made from the settings
	$(BIN)/python -m docs.reference
	$(BIN)/python -m docs.policy_tables

lock: $(READY) ## the locked dependencies, anew
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements/base.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra dev pyproject.toml -o requirements/dev.lock

sbom: $(READY) ## the software bill of materials, CycloneDX: build/sbom.cdx.json
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements/base.lock --pyproject pyproject.toml --sv 1.6 --of JSON --output-reproducible --validate -o build/sbom.cdx.json

$(READY): requirements/dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found: install it, or say make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is not Python 3.11 or newer: install one, or say make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@# setuptools explains editable installs at length on stderr; only a failure is worth reading.
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null || $(BIN)/pip install --no-deps --no-build-isolation -e .
	@touch $(READY)

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
