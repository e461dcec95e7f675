# make chat   set up and serve the web chat        make test   set up and run the tests
# On Linux plain pip takes torch's CUDA build. For the CPU build name its index for torch alone:
#   make chat TORCH_FLAGS="--index-url URL"

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 7860
TORCH_FLAGS ?=
PIP = .venv/bin/python -m pip --disable-pip-version-check

.PHONY: chat test tools lint types wheel check clean

chat: .venv/installed
	.venv/bin/medchat serve --host $(HOST) --port $(PORT)

test: .venv/installed-dev
	.venv/bin/python -m pytest $(ARGS)

lint: .venv/installed-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: .venv/installed-dev
	.venv/bin/mypy

wheel: .venv/installed-dev
	.venv/bin/python -m build --wheel --outdir dist .

# Data sets against the tools that define their formats, which medchat itself does not need.
tools: .venv/installed-dev
	@$(PIP) install --quiet --no-deps --upgrade --target .venv/tools trl==1.16.0 llamafactory==0.9.5
	PYTHONPATH=.venv/tools .venv/bin/python -m pytest tests/knowledge/datasets/test_other_tools.py

check: test lint types

clean:
	rm -rf .venv build dist *.egg-info

.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "medchat needs Python 3.11 or newer: name one with PYTHON=..."; exit 2; }
	@$(PYTHON) -m venv .venv \
		|| { echo "Python cannot make a virtual environment: install python3-venv."; exit 2; }
	@touch $@

# torch goes first, so that nothing after it decides which build is taken.
.venv/torch: .venv/created constraints.txt
	@echo "Installing torch"
	@$(PIP) install --quiet --constraint constraints.txt $(TORCH_FLAGS) torch
	@touch $@

.venv/installed: .venv/torch pyproject.toml
	@echo "Installing medchat and what it needs (a few minutes, once)"
	@$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/installed-dev: .venv/installed
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
