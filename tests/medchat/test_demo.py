"""From an empty home to a chat that answers, at toy size."""

import json
from pathlib import Path

import pytest
import yaml
from toy_finetune import base, recipe, rows, write_data
from toy_home import NOTE, RECORDS

from finetune import adapters, ledger, rounds
from finetune.bases import adding
from finetune.files import adapter_files
from finetune.recipe import Evaluation, RoundPlan
from medchat import demo, doctor
from medchat.answering.writer import open_writer
from medchat.chat import open_chat
from medchat.composition import TEXT_TOOLS
from medchat.demo import is_empty, prepare
from medchat.settings import load


@pytest.fixture
def settings(tmp_path, monkeypatch):
    shape = recipe(base()).values()
    shape["rounds"] = [{**each, "max_steps": 2} for each in shape["rounds"]]
    shape["gate"] = {**shape["gate"], "least_facts": 1.0}  # no round of two steps passes it
    path = tmp_path / "toy.yaml"
    path.write_text(yaml.safe_dump(json.loads(json.dumps(shape))), encoding="utf-8")
    monkeypatch.setenv("MEDCHAT_RECIPE", str(path))
    monkeypatch.setenv("MEDCHAT_BASE", str(base()))
    return load()


@pytest.fixture
def sources(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "records.yaml").write_text(RECORDS, encoding="utf-8")
    (folder / "note.md").write_text(NOTE, encoding="utf-8")
    return [folder]


@pytest.fixture(autouse=True)
def nothing_ships(tmp_path, monkeypatch):
    monkeypatch.setattr(adapter_files, "_SHIPPED", tmp_path / "nothing")


def states(settings):
    return {finding.name: finding.state for finding in doctor.examine(settings).findings}


def test_the_demo_makes_what_lacks_and_only_that(settings, sources):
    seen = []
    assert states(settings)["database"] == "empty"
    assert is_empty(settings)
    steps = list(prepare(settings, lambda *told: seen.append(told[0]), sources))
    assert [step.name for step in steps] == [
        "database",
        "knowledge",
        "data",
        "rounds",
        "answers",
    ]
    made = adapters.list_adapters(settings.home)[0]
    reason = ledger.gate_of(made)["reason"]
    assert (steps[3].told, steps[4].told) == (
        f"trained {made.name}, not promoted",
        f"quotations of the evidence; {made.name} was not promoted: {reason.rstrip('.')}",
    )
    assert seen
    assert not is_empty(settings)
    assert (settings.home / "data" / "starter" / "MANIFEST.json").is_file()
    assert len(adapters.list_adapters(settings.home)) == 1

    again = list(prepare(settings, sources=sources))
    assert [step.skipped for step in again[:3]] == [True, True, True]
    assert len(adapters.list_adapters(settings.home)) == 1

    examined = doctor.examine(settings)
    assert examined.usable
    assert states(settings)["knowledge"] == "good"
    answer = open_chat(settings).ask("What causes gout?")
    assert answer.sentences[0].support == "supported"
    assert "urate crystals" in answer.text


def test_a_killed_step_is_done_again(settings, sources):
    steps = prepare(settings, sources=sources)
    assert [next(steps).name, next(steps).name] == ["database", "knowledge"]
    steps.close()
    assert [step.skipped for step in prepare(settings, sources=sources)][:3] == [True, True, False]


@pytest.fixture
def shipping(settings, sources, tmp_path, monkeypatch):
    """An adapter that ships, made in another home, its base a toy one that the catalogue names."""
    other = tmp_path / "maker"
    adding.add(other, str(base()), name="smollm2")
    data = write_data(tmp_path / "lessons", rows(8), rows(4, 8))
    plan = RoundPlan(max_steps=1, learning_rate=0.01, batch_tokens=256)
    brief = Evaluation(rows=1, answers=0, max_new_tokens=2)
    made = recipe(Path("smollm2"), rounds=(plan,), evaluation=brief)
    rounds.run(ledger.Wanted(made, 1, other, data), tools=TEXT_TOOLS)
    folder = tmp_path / "shipped" / "toy"
    adapter_files.export(other, adapters.named(other, "toy/round-1"), folder)
    monkeypatch.setattr(adapter_files, "_SHIPPED", folder.parent)
    # the home's own rounds are not what is tried here, and another recipe's name is in use
    monkeypatch.setattr(demo, "_run_rounds", lambda home: "none")
    return folder


def test_what_ships_is_added_and_answers_where_asked_to(shipping, settings, sources, monkeypatch):
    monkeypatch.setattr(adding, "_write", copied)
    assert open_writer(settings).model is None
    settings = settings.model_copy(update={"writer": "auto"})
    steps = {step.name: step for step in prepare(settings, sources=sources)}
    assert not steps["base"].left_out and "parameters" in steps["base"].told
    assert adapters.promoted(settings.home).name == "toy/round-1"
    assert steps["answers"].told == "toy/round-1"
    assert open_writer(settings).about.adapter == "toy/round-1"
    adapters.rollback(settings.home)
    again = {step.name: step for step in prepare(settings, sources=sources)}
    assert again["base"].skipped and again["adapter"].skipped
    assert adapters.promoted(settings.home) is None
    assert open_writer(settings).model is None


def test_without_a_network_what_ships_is_left_out(shipping, settings, sources, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    *_, last, answers = prepare(settings, sources=sources)
    assert answers.told == "quotations of the evidence"
    assert (last.name, last.left_out) == ("base", True)
    assert "reaches no registry" in last.told and "quotations" in last.told
    assert open_writer(settings).model is None
    assert not is_empty(settings)


def copied(source, partial, progress, consent):
    """Write the toy base, as if it came from the registry."""
    del source
    return adding._from_folder(str(base()), partial / "model", progress, consent)
