"""Export: the dataset folder, its formats, and what it never overwrites."""

import hashlib
import json

import pytest
from toy_lessons import opened

from knowledge.datasets import export, export_words
from knowledge.datasets.filtering import FilterReport
from knowledge.errors import KnowledgeError
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.records import Lesson, LessonMessage, LessonSource

FILES = {
    "train.jsonl",
    "validation.jsonl",
    "alpaca.json",
    "sharegpt.json",
    "chatglm.jsonl",
    "chat.jsonl",
    "preference.jsonl",
    "dataset_info.json",
    "report.json",
    "CARD.md",
    "distribution.svg",
    "MANIFEST.json",
}
RUN = export.Provenance(3, {"seed": 7, "limit": None})
TURNS = ("How is gout treated?", "With colchicine.", "And what else?", "With naproxen.")


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def data(graph, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "data"
    build.build(*graph, folder, BuildOptions(styles=("chatdoctor", "huatuo")))
    return folder


def read(folder, name):
    text = (folder / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()] if name.endswith("l") else text


def lesson(number=0, contents=TURNS[:2]):
    roles = ("user", "assistant") * 2
    return Lesson(
        id=f"row-{number}",
        messages=tuple(LessonMessage(*each) for each in zip(roles, contents, strict=False)),
        language="en",
        style="huatuo",
        sources=(LessonSource("fact", "fact:1", "Gout — medicines: colchicine."),),
        entities=("condition:gout", "medicine:colchicine"),
        split_key="condition:gout",
        licence="CC0-1.0",
        meta={"relation": "medicine", "support": [[0]], "objects": ["colchicine"]},
    )


def write(rows, out, run=RUN, held_out=lambda id: False):
    return export.write(rows, out, run, FilterReport(), held_out, lambda lesson: None)


def test_the_folder_is_whole_and_its_hashes_agree(data):
    assert {path.name for path in data.iterdir()} == FILES
    manifest = json.loads(read(data, "MANIFEST.json"))
    assert manifest["kind"] == "medchat-dataset" and manifest["seed"] == 0
    assert set(manifest["files"]) == FILES - {"MANIFEST.json"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((data / name).read_bytes()).hexdigest() == digest


def test_other_formats_hold_the_training_rows(data):
    train = read(data, "train.jsonl")
    talks = [[message["content"] for message in row["messages"]] for row in train]
    alpaca = json.loads(read(data, "alpaca.json"))
    assert [[row["input"] or row["instruction"], row["output"]] for row in alpaca] == talks
    for row in alpaca:
        told = (row["style"], row["language"])
        assert bool(row["input"]) == (row["style"] == "chatdoctor")
        assert not row["input"] or row["instruction"] == export_words.task(*told)
    shared = json.loads(read(data, "sharegpt.json"))
    assert [[turn["value"] for turn in row["conversations"]] for row in shared] == talks
    assert {turn["from"] for row in shared for turn in row["conversations"]} == {"human", "gpt"}
    chatglm = read(data, "chatglm.jsonl")
    assert [[row["prompt"], row["response"]] for row in chatglm] == talks
    assert all(row["history"] == [] for row in chatglm)
    chat = read(data, "chat.jsonl")
    assert [row["messages"] for row in chat] == [row["messages"] for row in train]
    for export_rows in (alpaca, shared, chatglm, chat):
        assert [marks(row) for row in export_rows] == [marks(row) for row in train]


def marks(row):
    return [row[key] for key in ("id", "language", "style", "licence")]


def test_the_formats_load_with_the_tool_that_defines_them(data):
    pytest.importorskip("datasets.load", reason="datasets is not installed: make tools")
    import datasets

    info = json.loads(read(data, "dataset_info.json"))
    for entry in info.values():
        path = str(data / entry["file_name"])
        loaded = datasets.Dataset.from_json(path, cache_dir=str(data.parent / "cache"))
        columns = set(entry["columns"].values())
        assert columns <= set(loaded.column_names) and len(loaded) > 0


def test_a_preference_pair_differs_in_one_fact(graph, data):
    pairs = read(data, "preference.jsonl")
    assert pairs
    rows = [marks(row) for row in read(data, "train.jsonl")]
    held = {row["messages"][1]["content"] for row in read(data, "train.jsonl")}
    for pair in pairs:
        assert list(pair) == [
            *("id", "prompt", "chosen", "rejected", "why"),
            *("language", "style", "licence"),
        ]
        assert marks(pair) in rows
        assert pair["chosen"] in held and pair["rejected"] != pair["chosen"]
        assert pair["why"].startswith("swapped fact: ")
        wrong, right = pair["why"].split("'")[1:4:2]
        assert wrong.lower() in pair["rejected"].lower()
        assert right.lower() in pair["chosen"].lower()
        assert right.lower() not in pair["rejected"].lower().replace(wrong.lower(), "")


def test_the_report_and_the_card_count_the_same(data):
    report = json.loads(read(data, "report.json"))
    rows = read(data, "train.jsonl") + read(data, "validation.jsonl")
    assert report["kept"] == len(rows) == report["seen"] - sum(report["dropped"].values())
    assert sum(report["relations"].values()) == sum(report["styles"].values()) == len(rows)
    card = read(data, "CARD.md")
    assert f"{len(rows):,} questions" in card
    assert f"| train.jsonl | {report['train']:,} |" in card
    assert "CC0-1.0" in card and "Proven by" in card
    assert "a patient tells, a doctor answers" in card
    assert "**Chosen:**" in card and "**Rejected:**" in card


def test_turns_before_the_last_become_history(tmp_path):
    write([lesson(contents=TURNS)], tmp_path / "data")
    first, second = read(tmp_path / "data", "chatglm.jsonl")
    assert [first["prompt"], first["response"], first["history"]] == [*TURNS[:2], []]
    assert [second["prompt"], second["response"]] == list(TURNS[2:])
    assert second["history"] == [list(TURNS[:2])] and first["id"] == second["id"] == "row-0"
    [row] = json.loads(read(tmp_path / "data", "alpaca.json"))
    assert row["instruction"] == TURNS[2] and row["history"] == [list(TURNS[:2])]


def test_rows_go_where_their_subject_belongs(tmp_path):
    rows = [lesson(0), lesson(1)]
    counts = write(rows, tmp_path / "data", held_out=lambda id: id == "condition:gout")
    assert (counts.train, counts.validation) == (0, 2)
    assert json.loads(read(tmp_path / "data", "alpaca.json")) == []


def test_the_same_run_may_be_repeated(tmp_path):
    write([lesson(0)], tmp_path / "data")
    write([lesson(0), lesson(1)], tmp_path / "data")
    assert len(read(tmp_path / "data", "train.jsonl")) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "data").mkdir()
    write([lesson()], tmp_path / "data")
    assert {path.name for path in (tmp_path / "data").iterdir()} == FILES


@pytest.mark.parametrize("kind", ["other files", "another run", "a file", "broken manifest"])
def test_what_is_there_is_never_overwritten(tmp_path, kind):
    out = tmp_path / "data"
    if kind == "a file":
        out.write_text("mine", encoding="utf-8")
    elif kind == "another run":
        write([lesson()], out, export.Provenance(3, {"seed": 8, "limit": None}))
    else:
        out.mkdir()
        name = "MANIFEST.json" if kind == "broken manifest" else "thesis.txt"
        (out / name).write_text("mine", encoding="utf-8")
    before = snapshot(out)
    for attempt in (lambda: export.refuse_foreign(out, RUN), lambda: write([lesson()], out)):
        with pytest.raises(KnowledgeError) as caught:
            attempt()
        assert caught.value.where == "--out" and caught.value.remedy
    assert snapshot(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def snapshot(path):
    if path.is_file():
        return path.read_bytes()
    return {each.name: each.read_bytes() for each in path.iterdir()}


def test_no_rows_leave_no_folder(tmp_path):
    with pytest.raises(KnowledgeError, match="gives no lessons"):
        write([], tmp_path / "data")
    assert not list(tmp_path.iterdir())


def test_a_failure_on_the_way_leaves_nothing(tmp_path):
    def failing():
        yield lesson()
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        write(failing(), tmp_path / "data")
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_is_cleared(tmp_path):
    (tmp_path / ".data.partial").mkdir()
    (tmp_path / ".data.partial" / "train.jsonl").write_text("half", encoding="utf-8")
    write([lesson()], tmp_path / "data")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
