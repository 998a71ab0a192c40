# Every target does its own set-up; nothing needs to be installed before but Python 3.11 or newer (with venv and pip), git and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
QUICK  := not slow and not browser and not crash

.PHONY: setup dev demo test quick check fix bench lock clean

setup: $(VENV)/.runtime

dev: $(VENV)/.dev

$(VENV)/.runtime: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable plugins/courier_express
	touch $@

demo:                      ## the main job: a demo shop sends orders through the hub; watch them in the browser (PORT=…)
	@test -e $(VENV)/.runtime || echo "Setting up (about a minute the first time)…"
	@$(MAKE) --silent setup
	@trap : INT; $(BIN)/orderloom demo $(if $(PORT),--port $(PORT)) || test $$? = 130

test: dev chromium check   ## everything: lint, types, layers, and the whole test suite
	$(BIN)/pytest

quick: dev                 ## the tests that take under a minute
	$(BIN)/pytest -n 2 -m "$(QUICK)"

check: dev                 ## format, lint, types, layers, flows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python tools/vendor.py --check
	$(BIN)/orderloom check flows/

fix: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: dev                 ## the reference flow beside the plain function, as ratios in one run
	$(BIN)/python benchmarks/reference.py

.PHONY: chromium
chromium:                  ## the browser tests need Debian's Chromium and a Chinese font; elsewhere they skip, but for CI
	@{ command -v chromium || command -v chromium-browser; } >/dev/null 2>&1 && fc-list :lang=zh 2>/dev/null | grep -q . \
	  || { command -v apt-get >/dev/null 2>&1 && test "$$(id -u)" = 0 \
	    && echo "Installing Chromium for the browser tests (about a minute)…" && export DEBIAN_FRONTEND=noninteractive \
	    && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fontconfig fonts-noto-cjk >/dev/null; } \
	  || echo "Chromium or a Chinese font is missing and cannot be installed here: without Chromium the browser tests are skipped."

lock: dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.11 --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info
