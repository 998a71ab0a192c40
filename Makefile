# Every target does its own set-up; nothing needs to be installed before but Python 3.11 or newer (with venv and pip), git and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
QUICK  := not slow and not browser and not crash

.PHONY: setup dev demo test test-long quick check fix bench trial lock clean

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
	@test -e $(VENV)/.runtime || echo "Setting up, the first time only: one to five minutes, as fast as this machine and its network are…"
	@$(MAKE) --silent setup
	@trap : INT; $(BIN)/orderloom demo $(if $(PORT),--port $(PORT)) || test $$? = 130

test: dev chromium tools check   ## everything: lint, types, layers, and the whole test suite, two files at a time
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

test-long: dev chromium tools       ## the proofs at length, hours: 500 kills, every crash point, twenty times the examples (SEED=…)
	PROOFS_LONG=1 PROOFS_SEED=$(or $(SEED),1) $(BIN)/pytest tests/crash tests/store tests/run/test_random_graphs.py tests/browser/test_everywhere.py tests/browser/test_everywhere_orders.py tests/sources/test_changed_forms.py tests/docs/test_documents.py $(if $(SEED),--hypothesis-seed=$(SEED))

quick: dev                 ## the tests that take under a minute
	$(BIN)/pytest -n 2 -m "$(QUICK)"

check: dev                 ## format, lint, types, layers, flows; the types beside the rest
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target types form

.PHONY: types form
types:
	$(BIN)/basedpyright

form:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python tools/vendor.py --check
	$(BIN)/orderloom check flows/

fix: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: dev                 ## all figures of the runtime beside their bars (ONLY=throughput, PEERS=1)
	$(BIN)/python benchmarks/run.py $(if $(ONLY),--only $(ONLY)) $(if $(PEERS),--peers)

trial: dev                 ## ten thousand orders of six channels while server and targets are killed, minutes (ORDERS=…, RATE=…)
	$(BIN)/python -m tests.whole $(if $(ORDERS),--orders $(ORDERS)) $(if $(RATE),--rate $(RATE))

.PHONY: chromium
chromium:                  ## the browser tests need Debian's Chromium and a Chinese font; elsewhere they skip, but for CI
	@{ command -v chromium-headless-shell || command -v chromium-browser; } >/dev/null 2>&1 && fc-list :lang=zh 2>/dev/null | grep -q . \
	  || { command -v apt-get >/dev/null 2>&1 && test "$$(id -u)" = 0 \
	    && echo "Installing Chromium for the browser tests (about a minute)…" && export DEBIAN_FRONTEND=noninteractive \
	    && apt-get update -qq && { apt-get install -y -qq --no-install-recommends chromium-headless-shell fontconfig fonts-noto-cjk >/dev/null 2>&1 \
	      || apt-get install -y -qq --no-install-recommends chromium fontconfig fonts-noto-cjk >/dev/null; }; } \
	  || echo "Chromium or a Chinese font is missing and cannot be installed here: without Chromium the browser tests are skipped."

.PHONY: tools
tools:                     ## one proof traces what the service asks of the system; elsewhere it is skipped, but for CI
	@command -v strace >/dev/null 2>&1 \
	  || { command -v apt-get >/dev/null 2>&1 && test "$$(id -u)" = 0 && export DEBIAN_FRONTEND=noninteractive \
	    && apt-get update -qq && apt-get install -y -qq --no-install-recommends strace >/dev/null; } \
	  || echo "strace is missing and cannot be installed here: the proof that orders are on disk before the answer is skipped."

lock: dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.11 --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info
