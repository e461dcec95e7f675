"""The dataset folder loads with the tools that define its formats: datasets and trl."""

import json
from pathlib import Path

import pytest
from toy_lessons import opened

import finetune
from knowledge import lessons
from knowledge.imports import Import
from knowledge.lessons.wishes import Wishes

BASE = Path(finetune.__file__).parent / "mini" / "base"
ROWS = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give a folder with rows of every style, and with some from outside."""
    place = tmp_path_factory.mktemp("made")
    engine, generation = opened(place / "graph")
    talks = place / "talks.json"
    talks.write_text(
        json.dumps([{"prompt": "My knee hurts when I run.", "response": "Rest it for a few days."}])
    )
    lessons.build(
        engine, generation, place / "data", limit=ROWS, wishes=Wishes(imports=(Import(talks),))
    )
    engine.dispose()
    return place / "data"


@pytest.fixture
def load(folder, tmp_path):
    datasets = pytest.importorskip("datasets")

    def load(name):
        return datasets.load_dataset(
            "json", data_files=str(folder / name), split="train", cache_dir=str(tmp_path / "cache")
        )

    return load


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("train.jsonl", {"messages", "sources", "entities", "split_key", "licence", "meta"}),
        ("validation.jsonl", {"messages", "sources", "entities", "split_key", "licence", "meta"}),
        ("alpaca.json", {"instruction", "input", "output"}),
        ("sharegpt.json", {"conversations"}),
        ("chatglm.jsonl", {"prompt", "response", "history"}),
        ("preference.jsonl", {"prompt", "chosen", "rejected", "why"}),
    ],
)
def test_every_file_loads_with_datasets(folder, load, name, columns):
    loaded = load(name)
    text = (folder / name).read_text(encoding="utf-8")
    rows = len(text.splitlines()) if name.endswith("l") else len(json.loads(text))
    assert columns <= set(loaded.column_names) and len(loaded) == rows > 0
    for each in loaded:
        assert all(each[column] is not None for column in columns - {"input"})


def test_the_registry_names_what_the_files_hold(folder, load):
    info = json.loads((folder / "dataset_info.json").read_text(encoding="utf-8"))
    for entry in info.values():
        loaded = load(entry["file_name"])
        assert set(entry["columns"].values()) <= set(loaded.column_names)
        if entry.get("formatting") == "sharegpt":
            tags = entry["tags"]
            for talk in loaded[entry["columns"]["messages"]]:
                roles = [turn[tags["role_tag"]] for turn in talk]
                assert roles == [tags["user_tag"], tags["assistant_tag"]] * (len(roles) // 2)
                assert all(turn[tags["content_tag"]] for turn in talk)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("objective", ["sft", "dpo"])
def test_trl_trains_on_the_rows(load, tmp_path, objective):
    trl = pytest.importorskip("trl", reason="trl is not installed (pip install trl)")
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(BASE)
    shape = transformers.LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32,
        num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(shape)
    common = {
        "output_dir": str(tmp_path / "out"),
        "max_steps": 2,
        "per_device_train_batch_size": 2,
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "report_to": [],
        "save_strategy": "no",
        "max_length": 256,
    }
    if objective == "sft":
        rows = load("train.jsonl").select_columns(["messages"])
        trainer = trl.SFTTrainer(
            model, trl.SFTConfig(**common), train_dataset=rows, processing_class=tokenizer
        )
    else:
        rows = load("preference.jsonl").select_columns(["prompt", "chosen", "rejected"])
        trainer = trl.DPOTrainer(
            model,
            transformers.LlamaForCausalLM(shape),
            args=trl.DPOConfig(**common),
            train_dataset=rows,
            processing_class=tokenizer,
        )
    result = trainer.train()
    assert result.global_step == 2 and 0 < result.training_loss < 20
