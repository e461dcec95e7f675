"""The dataset folder loads with the tools that define its formats: datasets, trl, LLaMA-Factory.

The latter two are no part of medchat: without them their tests are skipped, `make tools` runs them.
"""

import importlib.util
import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from toy_lessons import opened

import finetune
from knowledge.datasets.imports.imported_rows import ImportedFile
from knowledge.datasets.tool_turns import turns_of
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import lesson_of

BASE = Path(finetune.__file__).parent / "mini" / "base"
ROWS = 160
MARKS = {"id", "language", "style", "licence"}
TURNS = (
    "I slept badly this week.",
    "What keeps you awake at night?",
    "Noise from the street.",
    "Try ear plugs, and tell me how it goes.",
)
TALK = {
    "messages": [
        {"role": role, "content": text}
        for role, text in zip(("user", "assistant") * 2, TURNS, strict=True)
    ]
}

SEES_NOTHING = types.ModuleType("llamafactory.data.mm_plugin")
SEES_NOTHING.get_mm_plugin = lambda *given, **named: None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give a folder with rows of every style, and with some from outside."""
    place = tmp_path_factory.mktemp("made")
    engine, generation = opened(place / "graph")
    one, more = place / "one.json", place / "more.json"
    one.write_text(
        json.dumps([{"prompt": "My knee hurts when I run.", "response": "Rest it for a few days."}])
    )
    more.write_text(json.dumps([TALK]))
    build.build(
        engine,
        generation,
        place / "data",
        BuildOptions(limit=ROWS, imports=(ImportedFile(one), ImportedFile(more))),
    )
    engine.dispose()
    return place / "data"


@pytest.fixture
def load(folder, tmp_path):
    pytest.importorskip("datasets.load", reason="datasets is not installed: make tools")
    import datasets

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
        ("alpaca.json", {"instruction", "input", "output", "system"} | MARKS),
        ("sharegpt.json", {"conversations", "system", "tools"} | MARKS),
        ("chatglm.jsonl", {"prompt", "response", "history"} | MARKS),
        ("chat.jsonl", {"messages", "tools"} | MARKS),
        ("preference.jsonl", {"prompt", "chosen", "rejected", "why"} | MARKS),
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
                assert set(roles[::2]) <= {tags["user_tag"], tags["observation_tag"]}
                assert set(roles[1::2]) <= {tags["assistant_tag"], tags["function_tag"]}
                assert roles[-1] == tags["assistant_tag"]
                assert all(turn[tags["content_tag"]] for turn in talk)


def test_trl_knows_each_form_as_what_it_is(load):
    trl = pytest.importorskip("trl", reason="trl is not installed: make tools")
    from trl.data_utils import is_conversational_from_value

    for name in ("train.jsonl", "chat.jsonl"):
        for row in load(name):
            assert trl.is_conversational({"messages": row["messages"]})
    for row in load("sharegpt.json"):
        assert is_conversational_from_value(row)
    for row in load("preference.jsonl"):
        pair = {name: row[name] for name in ("prompt", "chosen", "rejected")}
        assert not trl.is_conversational(pair) and all(pair.values())


@pytest.fixture
def factory(monkeypatch):
    """Give LLaMA-Factory's reader of registries and its converters.

    What opens pictures and sounds stands beside them and wants libraries that nothing here needs.
    """
    pytest.importorskip("llamafactory", reason="LLaMA-Factory is not installed: make tools")
    found = importlib.util.find_spec("llamafactory").submodule_search_locations[0]
    package = types.ModuleType("llamafactory.data")
    package.__path__ = [str(Path(found) / "data")]
    monkeypatch.setitem(sys.modules, "llamafactory.data", package)
    return importlib.import_module("llamafactory.data.parser"), importlib.import_module(
        "llamafactory.data.converter"
    )


@pytest.mark.filterwarnings("default")
def test_llama_factory_reads_every_row_whole(folder, load, factory):
    parser, converter = factory
    names = list(json.loads((folder / "dataset_info.json").read_text(encoding="utf-8")))
    read = {}
    for entry, name in zip(parser.get_dataset_list(names, str(folder)), names, strict=True):
        assert entry.load_from == "file" and (folder / entry.dataset_name).is_file()
        convert = converter.get_dataset_converter(entry.formatting, entry, None)
        read[name] = [convert(row) for row in load(entry.dataset_name)]
    rows = [json.loads(line) for line in (folder / "train.jsonl").read_text("utf-8").splitlines()]
    spoken = [[one for one in row["messages"] if one["role"] != "system"] for row in rows]
    for row, talk in zip(read["medchat_alpaca"], spoken, strict=True):
        heard = row["_prompt"] + row["_response"]
        assert heard[:-2] + heard[-1:] == talk[:-2] + talk[-1:]
        assert heard[-2]["role"] == "user" and heard[-2]["content"].endswith(talk[-2]["content"])
    assert any(len(talk) == 4 for talk in spoken)
    systems = [
        "".join(one["content"] for one in row["messages"] if one["role"] == "system")
        for row in rows
    ]
    shared = read["medchat_sharegpt"]
    assert [row["_system"] for row in shared] == systems
    turns = [[turn.text for turn in turns_of(lesson_of(row)) if turn.kind != "system"]
             for row in rows]  # fmt: skip
    for row, said in zip(shared, turns, strict=True):
        heard = row["_prompt"] + row["_response"]
        assert len(heard) == len(said)
        for one, text in zip(heard, said, strict=True):
            if one["role"] == "function":
                assert set(json.loads(one["content"])) == {"name", "arguments"}
            else:
                assert one["content"] == text
    assert {one["role"] for row in shared for one in row["_prompt"]} >= {"function", "observation"}
    pairs = read["medchat_preference"]
    assert pairs and all(len(row["_response"]) == 2 for row in pairs)
    assert all(
        row["_prompt"] and len({one["content"] for one in row["_response"]}) == 2 for row in pairs
    )


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("template", ["qwen", "qwen3", "llama3"])
def test_llama_factory_encodes_the_calls_of_its_templates(
    folder, load, factory, monkeypatch, template
):
    parser, converter = factory
    monkeypatch.setitem(sys.modules, "llamafactory.data.mm_plugin", SEES_NOTHING)
    encoder = importlib.import_module("llamafactory.data.template").TEMPLATES[template]
    tokenizer = pytest.importorskip("transformers").AutoTokenizer.from_pretrained(BASE)
    names = list(json.loads((folder / "dataset_info.json").read_text(encoding="utf-8")))
    entry = parser.get_dataset_list(names, str(folder))[names.index("medchat_sharegpt")]
    convert = converter.get_dataset_converter(entry.formatting, entry, None)
    called = 0
    for row in map(convert, load("sharegpt.json")):
        messages = row["_prompt"] + row["_response"]
        pairs = encoder.encode_multiturn(tokenizer, messages, row["_system"], row["_tools"])
        assert len(pairs) == len(messages) // 2 and all(answer for _, answer in pairs)
        if row["_tools"]:
            heard = tokenizer.decode([id for pair in pairs for ids in pair for id in ids])
            assert all(name in heard for name in ("lookup", "calculate", "equation"))
            called += any(one["role"] == "function" for one in messages)
    assert called > 5


@pytest.mark.parametrize("name", ["qwen2_5", "qwen3", "llama3_1"])
def test_chat_templates_hold_every_word_call_and_result(load, name):
    """The templates are those that trl holds of the models."""
    trl = pytest.importorskip("trl", reason="trl is not installed: make tools")
    tokenizer = pytest.importorskip("transformers").AutoTokenizer.from_pretrained(BASE)
    place = Path(trl.__file__).parent / "chat_templates" / f"{name}.jinja"
    template = place.read_text(encoding="utf-8")
    rows = called = 0
    for row in load("chat.jsonl"):
        tools = json.loads(row["tools"])
        text = tokenizer.apply_chat_template(
            row["messages"], tools=tools, tokenize=False, chat_template=template
        )
        for message in row["messages"]:
            for call in message.get("tool_calls") or ():
                said = json.dumps(call["function"]["arguments"], ensure_ascii=False)
                assert said in text and tools, row["id"]
                called += 1
            content = message["content"].strip()
            quoted = json.dumps(content, ensure_ascii=False)
            assert content in text or quoted in text, row["id"]
        for tool in tools or ():
            assert tool["function"]["description"] in text
        rows += 1
    assert rows >= 100 and called > 10


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("objective", ["sft", "dpo"])
def test_trl_trains_on_the_rows(load, tmp_path, objective):
    trl = pytest.importorskip("trl", reason="trl is not installed: make tools")
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
        template = Path(trl.__file__).parent / "chat_templates" / "qwen2_5.jinja"
        tokenizer.chat_template = template.read_text(encoding="utf-8")
        common["max_length"] = 1024
        rows = load("chat.jsonl").select_columns(["messages", "tools"])
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dataset", "stage", "template"),
    [
        ("medchat_sharegpt", "sft", "qwen"),
        ("medchat_alpaca", "sft", "llama3"),
        ("medchat_preference", "dpo", "qwen"),
    ],
)
def test_llama_factory_trains_on_the_folder(folder, tmp_path, dataset, stage, template):
    """LLaMA-Factory pins versions of its own, so that it has an environment of its own."""
    command = os.environ.get("MEDCHAT_LLAMA_FACTORY")
    if not command:
        pytest.skip("MEDCHAT_LLAMA_FACTORY names no llamafactory-cli")
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(BASE)
    tokenizer.save_pretrained(tmp_path / "model")
    shape = transformers.LlamaConfig(
        vocab_size=len(tokenizer) + 256, hidden_size=16, intermediate_size=32,
        num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2,
    )  # fmt: skip
    transformers.LlamaForCausalLM(shape).save_pretrained(tmp_path / "model")
    settings = {
        "model_name_or_path": str(tmp_path / "model"),
        "stage": stage,
        "do_train": True,
        "finetuning_type": "full",
        "dataset_dir": str(folder),
        "dataset": dataset,
        "template": template,
        "cutoff_len": 1024,
        "output_dir": str(tmp_path / "out"),
        "per_device_train_batch_size": 2,
        "max_steps": 2,
        "save_strategy": "no",
        "report_to": "none",
    }
    (tmp_path / "train.yaml").write_text(json.dumps(settings), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [command, "train", str(tmp_path / "train.yaml")],
        env=kept | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=600,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told[-3000:]
    assert "Invalid role tag" not in told and "abnormal" not in told
    info = json.loads((folder / "dataset_info.json").read_text(encoding="utf-8"))
    text = (folder / info[dataset]["file_name"]).read_text(encoding="utf-8")
    rows = len(json.loads(text)) if text.startswith("[") else len(text.splitlines())
    assert f"Num examples = {rows:,}" in told
