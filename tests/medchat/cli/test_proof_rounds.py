"""The recipe proof-rl from the command line: lessons, then reinforcement against the graph."""

import json

import pytest
import yaml
from toy_lessons import fill
from typer.testing import CliRunner

from finetune.errors import FinetuneError
from finetune.recipes import recipe_reader
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from medchat.cli.main import app
from medchat.composition import find_urgent
from medchat.settings import load
from medchat.storage.database import open_engine


@pytest.fixture
def data(home, tmp_path):
    """Give a home with a small graph, and a folder of lessons from it."""
    settings = load()
    settings.home.mkdir(parents=True)
    engine = open_engine(settings)
    generation = fill(engine, settings.home, tmp_path / "source")
    options = BuildOptions(styles=("huatuo", "safety"), limit=80, urgency=find_urgent)
    build.build(engine, generation, tmp_path / "data", options)
    engine.dispose()
    return tmp_path / "data"


def shortened(folder, **settings):
    """Write the shipped recipe with rounds of two steps, and few questions."""
    values = yaml.safe_load(recipe_reader.text("proof-rl"))
    values |= {"max_tokens": 400, "rehearsal": 0.0, "distractors": 1}
    values["evaluation"] = {"rows": 4, "answers": 2, "max_new_tokens": 24, "probes": False}
    for plan in values["rounds"]:
        plan["max_steps"] = 2
    few = {"questions": 1, "samples": 2, "max_new_tokens": 64, "held_out": 3}
    values["rounds"][1]["settings"] |= few | settings
    file = folder / "short.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return file


def test_lessons_then_the_proof(data, tmp_path, home):
    call = ["finetune", "--recipe", str(shortened(tmp_path)), "--data", str(data), "--json"]
    for number, parent in ((1, None), (2, "proof-rl/round-1")):
        given = [*call, "--round", str(number), *(["--from", parent] if parent else [])]
        result = CliRunner().invoke(app, given)
        assert result.exit_code in (0, 1), result.output  # two steps need not pass the gate
    record = json.loads((home / "adapters/proof-rl/round-2/MANIFEST.json").read_text())
    assert record["objective"] == "grpo" and record["parent"]["name"] == "proof-rl/round-1"
    assert record["steps"] == 2 and record["tokens"] > 0
    for when in ("before", "after"):
        assert record["scores"][when]["own"]["reward"]["of"] >= 2
        assert 0 <= record["scores"][when]["own"]["proven"]["value"] <= 1
    assert record["gate"]["checks"][0]["measure"] == "reward"
    measured = {name for point in record["curve"] for name in point["measured"]}
    assert {"reward", "proven", "kl", "asked"} <= measured  # not each question asks for facts


def test_data_without_questions_that_can_be_proven_is_refused(data, tmp_path):
    recipe = shortened(tmp_path, max_new_tokens=1)
    call = ["finetune", "--recipe", str(recipe), "--data", str(data), "--round", "2"]
    result = CliRunner().invoke(app, [*call, "--from", "base"])
    assert isinstance(result.exception, FinetuneError)
    assert result.exception.status == 2
    assert "are questions whose answers can be scored" in result.exception.what
    assert "its own answer is longer than max_new_tokens" in result.exception.what
