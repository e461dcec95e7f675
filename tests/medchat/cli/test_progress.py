"""Progress goes to stderr; results to stdout."""

import json
import re
from pathlib import Path

from medchat.cli import output, progress
from medchat.cli.progress import show_progress


def test_steps_are_told_on_stderr(capsys):
    with show_progress() as report:
        report("reading files", 1, 2)
        report("reading files", 2, 2)
        report("embedding passages", 1200, 1200)
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(" in ")[0] for line in err.splitlines()] == [
        "reading files: 2",
        "embedding passages: 1,200",
    ]


def test_a_long_step_is_told_while_it_lasts(capsys, monkeypatch):
    monkeypatch.setattr(progress, "_PAUSE", 0.0)
    with show_progress() as report:
        report("train", 1, 200, "loss 1.234")
        report("read", 0, None)
    assert capsys.readouterr().err.startswith("train: 1 of 200 after 0 s, loss 1.234\n")


def test_no_count_where_nothing_was_counted(capsys):
    with show_progress() as report:
        report("read data", 0, None)
    assert re.fullmatch(r"read data: \d+\.\d s\n", capsys.readouterr().err)


def test_a_step_that_fails_is_told_too(capsys):
    try:
        with show_progress() as report:
            report("reading files", 1, 2)
            raise ValueError
    except ValueError:
        assert "reading files: 1" in capsys.readouterr().err


def test_silence(capsys):
    with show_progress(quiet=True) as report:
        report("reading files", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_columns_align_by_what_letters_take(capsys):
    output.show(None, output.table([("痛风", "a", 1), ("gout", "bb", 22)]), as_json=False)
    assert capsys.readouterr().out == "痛风  a   1\ngout  bb  22\n"
    assert output.table([]) == []


def test_json_is_one_document_with_its_letters(capsys):
    output.show({"name": "痛风", "path": Path("/x"), "set": {1}}, ["never"], as_json=True)
    out = capsys.readouterr().out
    assert json.loads(out) == {"name": "痛风", "path": "/x", "set": [1]}
    assert "痛风" in out
