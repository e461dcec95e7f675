"""Pairs of answers: read, refused where they teach nothing, held out by subject, shown as chat."""

import json

import pytest
from toy_finetune import base, pairs, recipe, rows, write_data, write_pairs

from finetune import FinetuneError, dataset, model
from finetune.objectives.objective_protocols import ExampleSource
from finetune.rows import answer_pairs
from finetune.templates import rendering
from medchat.composition import TEXT_TOOLS


@pytest.fixture(scope="module")
def tokenizer():
    return model.tokenizer(str(base()))


def data_with(folder, lines, train=None):
    write_data(folder, train or rows(32), rows(4, 32))
    write_pairs(folder, lines)
    return dataset.read(folder)


@pytest.fixture
def data(tmp_path):
    return data_with(tmp_path / "data", pairs(rows(32)))


def decoded(tokenizer, pair):
    return [tokenizer.decode(one) for one in (pair.prompt_ids, pair.chosen_ids, pair.rejected_ids)]


def test_a_pair_knows_its_row_and_its_kind_of_fault(data):
    read = answer_pairs.read(data)
    assert len(read) == 32
    assert all(pair.row and pair.row.messages[0]["content"] == pair.prompt for pair in read)
    assert {pair.kind for pair in read} == {"swapped fact", "needless refusal"}
    assert {pair.subject for pair in read} == {row.entities[0] for row in data.train}


def test_all_pairs_on_one_subject_are_on_one_side(data):
    train, held = answer_pairs.split(answer_pairs.read(data))
    assert len(train) + len(held) == 32
    assert 10 <= len(held) <= 16
    assert not {one.subject for one in train} & {one.subject for one in held}


def test_what_is_held_out_does_not_depend_on_the_order(data):
    read = answer_pairs.read(data)
    _, held = answer_pairs.split(read)
    _, again = answer_pairs.split(read[::-1])
    assert {one.place for one in held} == {one.place for one in again}


def test_both_answers_stand_after_the_prompt_that_chat_would_render(data, tokenizer):
    mine = recipe(base(), distractors=2)
    shown, report = answer_pairs.show(
        answer_pairs.read(data), data.train, tokenizer, mine, 1, TEXT_TOOLS
    )
    assert report.kept == len(shown) == 32
    for pair, row in zip(shown, data.train, strict=True):
        asked, better, worse = decoded(tokenizer, pair)
        assert row.sources[0].quote in asked and row.messages[0]["content"] in asked
        # to the token what chat renders before it writes
        lines = [line.split("] ", 1)[1] for line in asked.splitlines() if line.startswith("[")]
        prompt = rendering.grounded(row.messages[0]["content"], lines, row.language)
        assert pair.prompt_ids == rendering.prompt_ids(tokenizer, prompt)
        assert better.endswith("</s>") and worse.endswith("</s>")


def test_a_worse_answer_cites_what_the_better_one_cites_and_a_refusal_nothing(data, tokenizer):
    read = answer_pairs.read(data)
    shown, _ = answer_pairs.show(read, data.train, tokenizer, recipe(base()), 1, TEXT_TOOLS)
    for pair, one in zip(read, shown, strict=True):
        _, better, worse = decoded(tokenizer, one)
        assert "[" in better
        if pair.kind == "swapped fact":
            assert (
                worse[worse.index("[") : worse.index("]")]
                == (better[better.index("[") : better.index("]")])
            )
        else:
            assert "[" not in worse


def test_a_pair_without_a_row_is_a_plain_question(tmp_path, tokenizer):
    lines = pairs(rows(32))
    lines[0] = {
        "prompt": "Is tea good for me?",
        "chosen": "In moderation.",
        "rejected": "Always, in any amount.",
        "why": "too sure",
    }
    data = data_with(tmp_path / "data", lines)
    first, *_ = answer_pairs.read(data)
    assert first.row is None and first.kind == "other"
    (shown,), _ = answer_pairs.show([first], data.train, tokenizer, recipe(base()), 1, TEXT_TOOLS)
    question = [{"role": "user", "content": "Is tea good for me?"}]
    assert shown.prompt_ids == rendering.prompt_ids(tokenizer, question)
    _, *answers = decoded(tokenizer, shown)
    assert [one.strip() for one in answers] == ["In moderation.</s>", "Always, in any amount.</s>"]


def test_exported_feedback_is_read_beside_the_pairs_or_alone(data, tmp_path):
    export = tmp_path / "feedback.jsonl"
    lines = [
        {"prompt": f"Question {n}?", "chosen": f"Right {n}.", "rejected": f"Wrong {n}.", "why": ""}
        for n in range(12)
    ]
    export.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert len(answer_pairs.read(data, str(export))) == 32 + 12
    (data.folder / answer_pairs.FILE).unlink()
    assert len(answer_pairs.read(data, str(export))) == 12
    with pytest.raises(FinetuneError, match="no file of feedback"):
        answer_pairs.read(data, str(tmp_path / "none.jsonl"))


def test_a_pair_that_is_too_long_is_left_out_whole(tmp_path, tokenizer):
    lines = pairs(rows(32))
    for line in lines[:20]:
        line["rejected"] += " fever" * 400
    data = data_with(tmp_path / "data", lines)
    mine = recipe(base(), max_tokens=384)
    shown, report = answer_pairs.show(
        answer_pairs.read(data), data.train, tokenizer, mine, 1, TEXT_TOOLS
    )
    assert report.left_out == {"too long": 20} and len(shown) == report.kept == 12
    for one in shown:
        assert len(one.prompt_ids) + max(len(one.chosen_ids), len(one.rejected_ids)) <= 384
    with pytest.raises(FinetuneError, match=r"Of \d+ preference pairs only \d can be shown") as bad:
        for line in lines:
            line["rejected"] += " fever" * 400
        longer = data_with(tmp_path / "longer", lines)
        answer_pairs.training(ExampleSource(longer, tokenizer, mine, 1, TEXT_TOOLS))
    assert "max_tokens" in bad.value.remedy


def swapped_sides(line):
    return {**line, "chosen": line["rejected"], "rejected": line["chosen"]}


def without_row(line):
    return {key: one for key, one in line.items() if key != "id"}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda lines: [], "has no preference pairs"),
        (lambda lines: lines[:9], "has 9 preference pairs, and 10 are the least"),
        (lambda lines: [*lines, {**lines[0], "rejected": lines[0]["chosen"] + " "}], "same answer"),
        (lambda lines: [swapped_sides(lines[0]), *lines[1:]], "rejects the better answer"),
        (
            lambda lines: [{**swapped_sides(without_row(lines[0])), "prompt": "Well?"}, *lines],
            "rejects the better answer",
        ),
        (
            lambda lines: [
                *lines,
                {"prompt": "A?", "chosen": "x", "rejected": "y"},
                {"prompt": "A?", "chosen": "y", "rejected": "x"},
            ],
            "prefers what .*:34 rejects",
        ),
        (lambda lines: [*lines, {"prompt": "A?", "chosen": "x"}], ":33 is not a preference pair"),
        (lambda lines: [*lines, {**lines[0], "chosen": " "}], ":33 is not a preference pair"),
        (lambda lines: [*lines, [1]], ":33 is not a preference pair"),
    ],
)
def test_pairs_that_teach_nothing_are_refused_in_a_sentence(tmp_path, change, what):
    data = data_with(tmp_path / "data", change(pairs(rows(32))))
    with pytest.raises(FinetuneError, match=what) as caught:
        answer_pairs.read(data)
    assert caught.value.status == 2 and caught.value.remedy and "\n" not in caught.value.what


def test_a_data_set_without_the_file_has_no_pairs(tmp_path):
    data = dataset.read(write_data(tmp_path, rows(16), rows(4, 16)))
    with pytest.raises(FinetuneError, match="has no preference pairs") as caught:
        answer_pairs.read(data)
    assert "--style preference" in caught.value.remedy
