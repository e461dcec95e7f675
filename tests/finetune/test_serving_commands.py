import json
import shlex

import pytest
from toy_finetune import base, trained

from finetune import FinetuneError, adapters, model
from finetune.files import serving_commands


@pytest.fixture
def folder(tmp_path):
    made = trained().copy(tmp_path)
    return adapters.named(made.home, "toy/round-1").folder


def option(command, name):
    return command[command.index(name) + 1]


def test_vllm_is_told_all_that_the_adapter_needs(folder):
    command = serving_commands.vllm(folder, base(), "toy/round-1")
    assert command[:3] == ["vllm", "serve", str(base())]
    assert shlex.split(shlex.join(command)) == command
    config = json.loads((folder / model.CONFIG).read_text(encoding="utf-8"))
    assert int(option(command, "--max-lora-rank")) == config["r"] == 8
    named, path = option(command, "--lora-modules").split("=")
    assert named == "toy-round-1"
    assert path == str(folder)
    template = option(command, "--chat-template")
    assert template.startswith(str(folder)) and model.locate(str(base())).is_dir()
    assert "assistant" in (folder / "chat_template.jinja").read_text(encoding="utf-8")
    assert option(command, "--max-model-len") == "512"


@pytest.mark.parametrize(("rank", "room"), [(4, "8"), (33, "64"), (512, "512")])
def test_vllm_reserves_room_for_a_rank(folder, rank, room):
    change(folder, r=rank)
    assert option(serving_commands.vllm(folder, base(), "a/b"), "--max-lora-rank") == room


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"use_dora": True}, "DoRA"),
        ({"modules_to_save": ["score"]}, "whole modules"),
        ({"bias": "all"}, "biases"),
        ({"r": 1000}, "rank 1000"),
        ({"peft_type": "PREFIX_TUNING"}, "PREFIX_TUNING"),
    ],
)
def test_what_vllm_cannot_load_is_told(folder, values, named):
    change(folder, **values)
    with pytest.raises(FinetuneError, match=named) as caught:
        serving_commands.vllm(folder, base(), "toy/round-1")
    assert "merge" in caught.value.remedy


def test_a_merged_folder_becomes_a_gguf_beside_it(tmp_path):
    command = serving_commands.gguf(tmp_path / "merged")
    assert option(command, "--outfile") == f"{tmp_path / 'merged'}.gguf"
    assert command[2] == str(tmp_path / "merged")


def change(folder, **values):
    path = folder / model.CONFIG
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**config, **values}), encoding="utf-8")
