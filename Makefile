# make chat   set up and serve the web chat        make test   set up and run the tests
# On Linux plain pip takes torch's CUDA build. For the CPU build name its index for torch alone:
#   make chat TORCH_FLAGS="--index-url URL"

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 7860
TORCH_FLAGS ?=
PIP = .venv/bin/python -m pip --disable-pip-version-check

.PHONY: chat test test-fast families lint types docs reference wheel tools lock adapter check clean

chat: .venv/installed
	.venv/bin/medchat serve --host $(HOST) --port $(PORT) $(ARGS)

test: .venv/installed-dev
	.venv/bin/python -m pytest $(ARGS)

# Without the tests that are marked as slow, on two processes: under two minutes on two cores.
test-fast: .venv/installed-dev
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -m "not slow" -n 2 --dist worksteal $(ARGS)

# Each promise of the table of families, methods and objectives, by training a small model.
families: .venv/installed-dev
	MEDCHAT_EVERY_CELL=1 .venv/bin/python -m pytest tests/finetune/test_capabilities.py $(ARGS)

# Style, format, spelling, and whether the requirements are what the code imports.
lint: .venv/installed-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/codespell
	.venv/bin/deptry .

types: .venv/installed-dev
	.venv/bin/mypy

docs: .venv/installed-dev
	NO_MKDOCS_2_WARNING=1 .venv/bin/python -m mkdocs build --quiet

# What of the documents is written from the code: the module tree and the command reference.
reference: .venv/installed-dev
	.venv/bin/python docs/scripts/reference.py

wheel: .venv/installed-dev
	.venv/bin/python -m build --wheel --no-isolation --outdir dist .

# Data sets against the tools that define their formats, which medchat itself does not need.
tools: .venv/installed-dev
	@$(PIP) install --quiet --no-deps --upgrade --target .venv/tools llamafactory==0.9.5
	PYTHONPATH=.venv/tools .venv/bin/python -m pytest tests/knowledge/datasets/test_other_tools.py

# One resolution for all platforms and Python versions, as a hashed lock and as plain constraints.
lock: .venv/created
	@$(PIP) install --quiet uv
	.venv/bin/python .ci/lock.py

# The adapter that ships, made anew in a home of its own: six hours on two cores. A run that
# was stopped goes on. Its folder goes into the package: finetune/shipped/smollm2.
ADAPTER_HOME ?= $(CURDIR)/build/adapter
ADAPTER_LESSONS = $(ADAPTER_HOME)/data/round
adapter: export MEDCHAT_HOME = $(ADAPTER_HOME)
adapter: .venv/installed
	.venv/bin/medchat db upgrade
	.venv/bin/medchat bases add smollm2
	test -d $(ADAPTER_HOME)/knowledge \
		|| .venv/bin/medchat kb add knowledge/ingest/starter/*.yaml knowledge/ingest/starter/notes
	for round in 1 2 3 4 5; do \
		test -f $(ADAPTER_LESSONS)-$$round/MANIFEST.json || .venv/bin/medchat build-data \
			--out $(ADAPTER_LESSONS)-$$round --style grounded --limit $$((round < 4 ? 12000 : 16000)) --seed $$((round + 4)) \
		&& .venv/bin/medchat finetune --recipe smollm2 --round $$round \
			--data $(ADAPTER_LESSONS)-$$round || exit; \
	done
	rm -rf finetune/shipped/smollm2
	.venv/bin/medchat adapters export smollm2/round-5 --out finetune/shipped/smollm2

check: test lint types docs

clean:
	rm -rf .venv build dist site *.egg-info

.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "medchat needs Python 3.11 or newer: name one with PYTHON=..."; exit 2; }
	@$(PYTHON) -m venv .venv \
		|| { echo "Python cannot make a virtual environment: install python3-venv."; exit 2; }
	@touch $@

# The lock holds every package with the hashes of its files, but for torch: its builds and what
# they need differ from machine to machine, so it comes in a step of its own. The lock goes first
# and installs no dependencies by itself, so that nothing but that step decides which build is taken.
.venv/locked: .venv/created requirements.lock
	@echo "Installing what medchat needs (a few minutes, once)"
	@$(PIP) install --quiet --require-hashes --no-deps --requirement requirements.lock
	@touch $@

.venv/torch: .venv/locked constraints.txt
	@echo "Installing torch"
	@$(PIP) install --quiet --constraint constraints.txt $(TORCH_FLAGS) torch
	@touch $@

.venv/installed: .venv/torch pyproject.toml
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@$(PIP) install --quiet --require-hashes --no-deps --requirement requirements-dev.lock
	@touch $@
