"""Code in a base's folder: never run without consent, pinned and hashed with it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from toy_finetune import base, recipe, rows, write_data

from finetune import FinetuneError, adapters, model, rounds
from finetune.bases import adding, base_records, remote_code
from finetune.bases.remote_code import Consent
from finetune.files import merged_model
from finetune.ledger import Wanted
from finetune.recipe import Evaluation
from medchat.composition import TEXT_TOOLS

CODE = """
from pathlib import Path

from transformers import LlamaConfig, LlamaForCausalLM

Path({marker!r}).touch()


class ToyConfig(LlamaConfig):
    model_type = "toyglm"


class ToyModel(LlamaForCausalLM):
    config_class = ToyConfig
"""


@pytest.fixture
def marker(tmp_path):
    return tmp_path / "the-code-was-run"


@pytest.fixture
def source(tmp_path, marker) -> Path:
    """Write a base as first-generation ChatGLM is: of a kind that only its own code knows."""
    folder = tmp_path / "toyglm"
    shutil.copytree(base(), folder)
    (folder / "modeling_toy.py").write_text(CODE.format(marker=str(marker)))
    config = json.loads((folder / "config.json").read_text())
    names = {"AutoConfig": "modeling_toy.ToyConfig", "AutoModel": "modeling_toy.ToyModel"}
    changed = {**config, "model_type": "toyglm", "auto_map": names, "architectures": ["ToyModel"]}
    (folder / "config.json").write_text(json.dumps(changed))
    return folder


def test_without_consent_no_code_is_run(source, marker, tmp_path):
    data = write_data(tmp_path / "data", rows(6), rows(2, 6))
    wanted = Wanted(recipe(source), 1, tmp_path / "home", data)
    for attempt in (
        lambda: rounds.run(wanted, tools=TEXT_TOOLS),
        lambda: rounds.estimate(wanted, tools=TEXT_TOOLS),
        lambda: model.load(str(source)),
        lambda: adding.add(tmp_path / "home", str(source)),
    ):
        with pytest.raises(FinetuneError, match="needs code from its own folder") as caught:
            attempt()
        assert "(toyglm)" in caught.value.what and "--remote-code" in caught.value.remedy
    assert not marker.exists()


def test_with_consent_a_round_trains_and_other_code_is_refused(source, marker, tmp_path):
    home = tmp_path / "home"
    added, new = adding.add(home, str(source), consent=Consent())
    assert new and marker.exists() and added.family == "toyglm"
    assert adding.add(home, str(source), consent=Consent())[1] is False
    data = write_data(tmp_path / "data", rows(12), rows(4, 12))
    mine = recipe(Path("toyglm"), evaluation=Evaluation(3, 1, 4, probes=False))
    mine = replace(mine, rounds=(replace(mine.rounds[0], max_steps=3),))
    assert rounds.estimate(Wanted(mine, 1, home, data), tools=TEXT_TOOLS).steps == 3
    made = rounds.run(Wanted(mine, 1, home, data), tools=TEXT_TOOLS).adapter
    test = adapters.manifest(made)["self_test"]
    assert test["reload_difference"] <= 1e-4 < test["change"]
    folder = base_records.find(home, "toyglm")
    with pytest.raises(FinetuneError, match="runs code of its own"):
        merged_model.merge(folder, made.folder, tmp_path / "merged")
    assert model.load(folder, made.folder).adapter == "toy/round-1"
    assert list((home / "bases" / ".code").rglob("modeling_toy.py"))

    with (Path(folder) / "modeling_toy.py").open("a") as file:
        file.write("# another line\n")
    with pytest.raises(FinetuneError, match="is not what was added"):
        model.load(folder)
    with pytest.raises(FinetuneError, match="is not what was added"):
        rounds.estimate(Wanted(mine, 1, home, data), tools=TEXT_TOOLS)


@pytest.mark.parametrize("revision", [None, "main", "0123abc"])
def test_code_of_the_hub_runs_only_from_a_commit(revision, tmp_path):
    with pytest.raises(FinetuneError, match="only from a fixed revision"):
        adding.add(tmp_path, "some/chatglm", consent=Consent(revision))
    Consent("0" * 40).check("some/chatglm")


def test_flags_that_contradict_or_find_nothing_are_refused(tmp_path):
    with pytest.raises(FinetuneError, match="no consent"):
        remote_code.asked(False, "0" * 40)
    assert remote_code.asked(False, None) is None
    assert remote_code.asked(True, "0" * 40) == Consent("0" * 40)
    with pytest.raises(FinetuneError, match="holds no code"):
        adding.add(tmp_path, str(base()), name="plain", consent=Consent())
    assert not base_records.list_bases(tmp_path)
