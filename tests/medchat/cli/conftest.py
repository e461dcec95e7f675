"""Fixtures of the command line's tests: a command as the shell runs it, a small filled home."""

import sys

import pytest
from toy_home import open_filled

from medchat.cli import main


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command line as the shell would; return its status, stdout and stderr."""

    def run(*words, stdin=""):
        monkeypatch.setattr(sys, "argv", ["medchat", *words])
        with pytest.raises(SystemExit) as ended:
            main.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return run


@pytest.fixture
def engine(home, monkeypatch):
    monkeypatch.setenv("MEDCHAT_WRITER", "quote")
    engine = open_filled(home)
    yield engine
    engine.dispose()
