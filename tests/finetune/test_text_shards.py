"""Texts in memory-mapped shards: built once, read as rows, documents apart, some held out."""

import json
from dataclasses import replace

import numpy as np
import pytest
from toy_finetune import base, recipe, rows, write_data

from finetune import FinetuneError, adapters, model, rounds
from finetune.ledger import Wanted
from finetune.packing import joined, pack
from finetune.recipe import Evaluation, RoundPlan
from finetune.rows import text_shards
from finetune.templates.rendering import Rendered
from medchat.composition import TEXT_TOOLS

TEXTS = [f"Document {n}: " + "fever; cough. " * (n % 7 + 1) for n in range(60)]


@pytest.fixture(scope="module")
def tokenizer():
    return model.tokenizer(str(base()))


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    lines = (json.dumps({"text": text}) + "\n" for text in [*TEXTS[:50], TEXTS[0]])
    (folder / "a.jsonl").write_text("".join(lines), encoding="utf-8")
    for text in TEXTS[50:]:
        (folder / f"{text.split(':')[0]}.txt").write_text(text + "\n", encoding="utf-8")
    return folder


def texts_of(packed_rows, tokenizer):
    ids = [token for row in packed_rows for token in row.ids]
    return [text.strip() for text in tokenizer.decode(ids).split("</s>") if text.strip()]


def build(home, folder, tokenizer):
    return text_shards.build(home, text_shards.files_of([str(folder)]), tokenizer)


def test_each_document_is_on_one_side_once(tmp_path, files, tokenizer):
    shards = build(tmp_path / "home", files, tokenizer)
    train = texts_of(shards.packing(64).rows, tokenizer)
    held = [
        tokenizer.decode(one.ids).removesuffix("</s>").strip()
        for one in shards.held_out_documents(500, 100)
    ]
    assert sorted([*train, *held]) == sorted(text.strip() for text in TEXTS)
    assert held and not set(train) & set(held)
    assert shards.documents == 60


@pytest.mark.parametrize("shard_tokens", [1 << 26, 37])
def test_rows_are_full_and_documents_apart_over_any_shards(
    tmp_path, files, tokenizer, monkeypatch, shard_tokens
):
    monkeypatch.setattr(text_shards, "_SHARD_TOKENS", shard_tokens)
    shards = build(tmp_path / "home", files, tokenizer)
    packing = shards.packing(64)
    assert all(len(row.ids) == 64 for row in packing.rows[:-1])
    assert packing.efficiency > 0.98
    assert packing.tokens == sum(len(row.ids) for row in packing.rows) == shards.tokens
    end = tokenizer.eos_token_id
    for row in packing.rows:
        for place in range(1, len(row.ids)):
            begins = row.ids[place - 1] == end
            assert (row.positions[place] == 0) == begins
            assert row.learn[place] == (not begins)
    assert len(packing.rows[1:3]) == 2 and packing.rows[-1] == packing.rows[len(packing.rows) - 1]
    with pytest.raises(IndexError):
        packing.rows[len(packing.rows)]


def test_shards_are_built_once_for_a_tokenizer_and_files(tmp_path, files, tokenizer):
    home = tmp_path / "home"
    first = build(home, files, tokenizer)
    stamps = {path: path.stat().st_mtime_ns for path in first.folder.iterdir()}
    assert build(home, files, tokenizer) == first
    assert {path: path.stat().st_mtime_ns for path in first.folder.iterdir()} == stamps
    (files / "more.txt").write_text("Something else.", encoding="utf-8")
    other = build(home, files, tokenizer)
    assert other.folder != first.folder and other.documents == 61
    assert np.memmap(first.folder / "train.00000.bin", dtype=np.uint32).size == first.tokens


def test_a_long_text_file_is_cut_where_paragraphs_end(tmp_path, tokenizer):
    paragraph = "fever; cough.\n" * 300 + "\n"
    (tmp_path / "long.txt").write_text(paragraph * 60, encoding="utf-8")
    documents = list(text_shards._of_text(tmp_path / "long.txt"))
    assert len(documents) > 20 and "".join(documents) == paragraph * 60
    assert all(one.endswith("\n\n") for one in documents if one)


def test_rows_of_files_stand_before_those_of_a_data_set(tmp_path, files, tokenizer):
    read = build(tmp_path / "home", files, tokenizer).packing(64)
    more = pack([Rendered([5, 6, 7], [True] * 3)] * 30, 64)
    both = joined(read, more)
    assert list(both.rows) == [*read.rows, *more.rows]
    assert both.tokens == read.tokens + more.tokens
    assert both.efficiency == pytest.approx(both.tokens / (64 * len(both.rows)), rel=0.02)


def test_a_round_learns_the_files_and_is_measured_on_their_held_out_documents(tmp_path, files):
    data = write_data(tmp_path / "data", rows(16), rows(4, 16))
    plan = RoundPlan(
        objective="pretrain",
        settings={"texts": [str(files)]},
        max_steps=12,
        epochs=9,
        learning_rate=0.03,
        batch_tokens=256,
    )
    mine = recipe(base(), rounds=(plan,), evaluation=Evaluation(8, 0, 8, False), max_tokens=256)
    home = tmp_path / "home"
    made = rounds.run(Wanted(mine, 1, home, data), tools=TEXT_TOOLS)
    record = adapters.manifest(made.adapter)
    own = text_shards.build(home, text_shards.files_of([str(files)]), model.tokenizer(str(base())))
    assert record["data"]["tokens"] > own.tokens
    assert record["scores"]["after"]["nll"] < record["scores"]["before"]["nll"]
    assert record["gate"]["interval"][1] < 0
    # other texts make another round
    (files / "more.txt").write_text("Something else.", encoding="utf-8")
    with pytest.raises(FinetuneError, match="its data was"):
        rounds.run(Wanted(mine, 1, home, data), tools=TEXT_TOOLS)
    assert rounds.run(Wanted(replace(mine, name="b"), 1, home, data), tools=TEXT_TOOLS).adapter


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("none", None, "There is no text to read at"),
        ("a.pdf", b"%PDF", "There is no text to read at"),
        ("a.jsonl", b'{"text": "x"}\n{"title": "y"}\n', "Line 2 of .*a.jsonl holds no text"),
        ("a.jsonl", b'{"text": 3}\n', "Line 1 of .*a.jsonl holds no text"),
        ("a.jsonl", b"nothing\n", "Line 1 of .*a.jsonl is not JSON"),
        ("a.txt", b"\xff\xfe", "is not UTF-8"),
        ("a.txt", b"One document.", "hold 1 documents, of which none could be held out"),
        ("a.txt", b"  \n ", "hold 0 documents"),
    ],
)
def test_texts_that_cannot_be_read_are_refused(tmp_path, tokenizer, name, content, what):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FinetuneError, match=what) as caught:
        build(tmp_path / "home", path, tokenizer)
    assert caught.value.status == 2 and caught.value.remedy
    assert not list((tmp_path / "home").glob("shards/*/MANIFEST.json"))
