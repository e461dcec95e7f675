"""`medchat adapters card` and `compare`, and what `medchat evaluate` adds and keeps."""

import json
import os

import pytest
from toy_finetune import trained


@pytest.fixture
def made(home):
    return trained().copy(home)


def test_a_card_is_written_once(made, run, tmp_path):
    out = tmp_path / "card.html"
    words = ("adapters", "card", "toy/round-1", "--out", str(out))
    status, said, _ = run(*words)
    assert (status, said.strip()) == (0, str(out))
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    status, _, err = run(*words)
    assert status == 2
    assert "there already" in err
    status, _, err = run(*words[:-1], str(tmp_path / "none" / "card.html"))
    assert status == 2
    assert "cannot be written" in err
    status, _, err = run("adapters", "card", "toy/round-7", "--out", str(tmp_path / "b.html"))
    assert status == 2
    assert "no adapter toy/round-7" in err


def test_adapters_are_compared_in_the_terminal_and_on_a_page(made, run, tmp_path):
    page = tmp_path / "both.html"
    words = ("adapters", "compare", "toy/round-1", "toy/round-1")
    status, said, _ = run(*words, "--card", str(page))
    assert status == 0
    assert said.splitlines()[0].split() == ["toy/round-1", "toy/round-1", "difference"]
    assert "+0.000 (+0.000 to +0.000)" in said
    assert "<svg" in page.read_text(encoding="utf-8")
    status, said, _ = run(*words, "--json")
    row = json.loads(said)[0]
    assert (row["measure"], row["language"]) == ("nll", None)
    assert row["adapters"]["toy/round-1"]["difference"]["rows"] == 12


def test_an_evaluation_adds_metrics_and_keeps_what_was_written(made, run, tmp_path):
    suite = tmp_path / "suite.jsonl"
    line = {"question": "Which is a symptom?", "options": ["fever", "gout"], "answer": "A"}
    suite.write_text(json.dumps(line) + "\n")
    out = tmp_path / "report"
    status, said, err = run(
        *("evaluate", "--adapter", "toy/round-1", "--data", str(made.data), "--rows", "4"),
        *("--choices", str(suite), "--out", str(out)),
    )
    assert status in (0, 1), err
    for label in ("ROUGE-L", "BLEU", "choices, any order", "choices as given"):
        assert label in said
    assert "BERTScore" not in said
    assert sorted(os.listdir(out)) == ["outputs.jsonl", "report.json", "scores.jsonl"]
    answers = [json.loads(each) for each in (out / "outputs.jsonl").read_text().splitlines()]
    assert len(answers) == 4
    assert {"question", "reference", "adapter", "against"} <= set(answers[0])
    report = json.loads((out / "report.json").read_text())
    scores = [json.loads(each) for each in (out / "scores.jsonl").read_text().splitlines()]
    rouge = [each["adapter"][0] for each in scores if each["measure"] == "rouge_l"]
    assert sum(rouge) / 4 == pytest.approx(report["scores"]["adapter"]["rouge_l"])
    spoken = report["scores"]["adapter"]["by_language"]
    assert {"en", "zh"} == set(spoken)
    assert all(0 <= spoken[one]["bleu"] <= 100 for one in spoken)


@pytest.mark.parametrize("option", ["--choices", "--encoder"])
def test_a_missing_suite_or_encoder_is_refused(made, run, tmp_path, option):
    status, _, err = run("evaluate", "--adapter", "toy/round-1", option, str(tmp_path / "none"))
    assert status == 2
    assert option in err


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("finetune", "--recipe", "mini", "--round", "2", "--from", "toy/round-7"), "--from"),
        (("evaluate", "--adapter", "toy/round-1", "--against", "toy/round-7"), "--against"),
        (("evaluate", "--adapter", "toy/round-7"), "--adapter"),
        (("adapters", "promote", "toy/round-7"), "adapters"),
    ],
)
def test_an_unknown_adapter_is_told_where_it_was_named(made, run, words, place):
    status, _, err = run(*words)
    assert status == 2
    assert err.startswith(f"{place}: There is no adapter toy/round-7.")
