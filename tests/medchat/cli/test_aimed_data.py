"""`build-data --for`: what a base is asked, what is told and kept, what is refused."""

import json
import shutil

import pytest
import toy_finetune
from toy_lessons import GRAPH

from knowledge.ingest import updates
from medchat.settings import load


@pytest.fixture
def filled(engine, tmp_path):
    file = tmp_path / "graph.yaml"
    file.write_text(GRAPH, encoding="utf-8")
    updates.add(engine, load().home, [file])


def test_rows_are_drawn_for_a_base_and_its_answers_are_kept(filled, run, tmp_path):
    base = str(toy_finetune.base())
    words = ("build-data", "--style", "huatuo", "--limit", "30", "--for", base, "--json")
    status, out, err = run(*words, "--out", str(tmp_path / "one"), "--unknown-share", "0.9")
    assert status == 0, err
    assert sum(json.loads(out)["for_base"].values()) > 0
    assert "asked now" in err and "calibration error" in err
    (folder,) = (load().home / "known").iterdir()
    assert {each.name for each in folder.iterdir()} == {
        *("facts.jsonl", "reliability.json", "reliability.svg", "MANIFEST.json")
    }
    status, _, err = run(*words, "--out", str(tmp_path / "two"), "--unknown-share", "0.9")
    assert status == 0 and "asked before" in err
    one, two = (tmp_path / name / "train.jsonl" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert run("build-data", "--check", str(tmp_path / "two"))[0] == 0


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (("--for", "no-such-base"), "--for: There is no base no-such-base in this home."),
        (("--for", "smollm2"), "medchat bases add smollm2"),
        (("--for", "mini", "--unknown-share", "7"), "--unknown-share"),
        (("--unknown-share", "0.5"), "Add --for BASE."),
        (("--ask", "50"), "--ask"),
    ],
)
def test_what_cannot_be_aimed_at_is_refused(filled, run, tmp_path, flags, named):
    status, _, err = run("build-data", "--out", str(tmp_path / "x"), *flags)
    assert status == 2 and named in err and "Traceback" not in err
    assert len(err.strip().splitlines()) == 1 and not (tmp_path / "x").exists()


def test_a_base_without_tokenizer_is_refused(filled, run, tmp_path):
    base = tmp_path / "bare"
    shutil.copytree(toy_finetune.base(), base)
    for file in base.glob("token*"):
        file.unlink()
    status, _, err = run("build-data", "--out", str(tmp_path / "x"), "--for", str(base))
    assert status == 2 and "holds no tokenizer" in err
    assert not (load().home / "known").exists()
