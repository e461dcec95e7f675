"""From an empty home to a chat that answers, at toy size."""

import json

import pytest
import yaml
from toy_finetune import base, recipe
from toy_home import NOTE, RECORDS

from finetune import adapters
from medchat import doctor
from medchat.chat import open_chat
from medchat.demo import is_empty, prepare
from medchat.settings import load


@pytest.fixture
def settings(tmp_path, monkeypatch):
    shape = recipe(base()).values()
    shape["rounds"] = [{**each, "max_steps": 2} for each in shape["rounds"]]
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


def states(settings):
    return {finding.name: finding.state for finding in doctor.examine(settings).findings}


def test_the_demo_makes_what_lacks_and_only_that(settings, sources):
    seen = []
    assert states(settings)["database"] == "empty"
    assert is_empty(settings)
    steps = list(prepare(settings, lambda *told: seen.append(told[0]), sources))
    assert [step.name for step in steps] == ["database", "knowledge", "data", "rounds"]
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
