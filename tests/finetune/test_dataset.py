import dataclasses
import json
import re

import pytest
from toy_finetune import base, lesson, recipe, rows, write_data

from finetune import FinetuneError, dataset, model
from finetune.rows.examples import listed_facts, make_examples, show
from finetune.templates import rendering
from medchat.composition import TEXT_TOOLS


@pytest.fixture(scope="module")
def tokenizer():
    return model.tokenizer(str(base()))


@pytest.fixture
def data(tmp_path):
    return dataset.read(write_data(tmp_path / "data", rows(32), rows(8, 32)))


@pytest.mark.parametrize(
    ("line", "listed"),
    [
        ("Gout — symptoms: pain; swelling.", ["pain", "swelling"]),
        ("痛风——症状：疼痛；肿胀。", ["疼痛", "肿胀"]),
        ("Type 2 diabetes — dose limit: 2.5 g a day.", ["2.5 g a day"]),
        ("Gout: a painful disease.", []),
        ("Plain prose without a list.", []),
    ],
)
def test_items_of_evidence_lines(line, listed):
    assert listed_facts(line) == listed


def spoil_manifest(folder):
    (folder / "MANIFEST.json").write_text("{", encoding="utf-8")


def spoil_train(folder):
    with (folder / "train.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")


def relist(folder, text):
    """Put lines into the folder with a manifest that agrees with them."""
    import hashlib

    (folder / "train.jsonl").write_text(text, encoding="utf-8")
    manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    manifest["files"]["train.jsonl"] = hashlib.sha256(text.encode()).hexdigest()
    (folder / "MANIFEST.json").write_text(json.dumps(manifest), encoding="utf-8")


FIRST = json.dumps(rows(1)[0])


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda folder: (folder / "MANIFEST.json").unlink(), "never finished"),
        (spoil_manifest, "cannot be read"),
        (lambda folder: (folder / "MANIFEST.json").write_text("[]"), "not a JSON object"),
        (lambda folder: (folder / "MANIFEST.json").write_text("{}"), "lists no files"),
        (lambda folder: (folder / "MANIFEST.json").write_text('{"files": {}}'), "no hash"),
        (lambda folder: (folder / "validation.jsonl").unlink(), "validation.jsonl is missing"),
        (spoil_train, "train.jsonl is not the one"),
        (lambda folder: relist(folder, ""), "is empty"),
        (lambda folder: relist(folder, FIRST + "\nnot json\n"), "Line 2 of"),
        (lambda folder: relist(folder, FIRST.replace("content", "text")), "Line 1 of"),
        (lambda folder: relist(folder, FIRST.replace('"user"', '"patient"')), "Line 1 of"),
        (lambda folder: relist(folder, FIRST.replace('"en"', '"fr"')), "Line 1 of"),
        (lambda folder: relist(folder, FIRST.replace("{}", '{"support": [[1]]}')), "Line 1 of"),
        (lambda folder: relist(folder, "[]\n"), "Line 1 of"),
    ],
)
def test_damaged_folder_is_told_in_one_sentence(tmp_path, spoil, named):
    folder = write_data(tmp_path / "data", rows(4), rows(2, 4))
    spoil(folder)
    with pytest.raises(FinetuneError) as caught:
        dataset.read(folder)
    assert named in caught.value.what
    assert caught.value.remedy
    assert str(folder) in caught.value.where


def test_few_rows_without_validation_are_split(tmp_path):
    folder = write_data(tmp_path / "data", rows(24), [])
    data, again = dataset.read(folder), dataset.read(folder)
    assert (data.train, data.validation) == (again.train, again.validation)
    held, learned = (
        {row.messages[0]["content"] for row in part} for part in (data.validation, data.train)
    )
    assert held and learned and held.isdisjoint(learned)
    assert len(data.train) + len(data.validation) == 24
    with pytest.raises(FinetuneError, match="a single row cannot be split"):
        dataset.read(write_data(tmp_path / "one", rows(1), []))


def test_reasoning_of_a_row_comes_with_its_last_answer(tmp_path):
    row = {**rows(1)[0], "meta": {"reasoning": "Uric acid, so gout."}}
    data = dataset.read(write_data(tmp_path / "data", [row], rows(1)))
    assert data.train[0].messages[-1]["reasoning_content"] == "Uric acid, so gout."
    assert "reasoning_content" not in data.validation[0].messages[-1]


def test_missing_folder(tmp_path):
    with pytest.raises(FinetuneError, match="no dataset folder"):
        dataset.read(tmp_path / "nowhere")


def test_open_book_cites_its_own_evidence_among_distractors(tokenizer, data):
    made, report = make_examples(data.train, data.train, tokenizer, recipe(base()), 1, TEXT_TOOLS)
    quotes = {row.id: row.sources[0].quote for row in data.train}
    heads = set()
    assert report.kept == report.rows == 32
    for one in (one for one in made if one.covered):
        numbers = re.findall(r"\[(\d+)\]", one.answer)
        assert [one.evidence[int(number) - 1] for number in numbers] == [quotes[one.id]]
        about = [line.split(": ")[0].split("：")[0] for line in one.evidence]
        assert about.count(quotes[one.id].split(": ")[0].split("：")[0]) == 1
        assert one.prompt[-1]["content"].count("\n[") == len(one.evidence) <= 5
        assert len(set(one.evidence)) == len(one.evidence)
        heads.add(numbers[0])
    assert {"1", "2", "3"} <= heads  # the right number is not a habit


def test_answers_alone_are_learned_and_end(tokenizer, data):
    made, _ = make_examples(data.train, data.train, tokenizer, recipe(base()), 1, TEXT_TOOLS)
    for one in made:
        learned = [
            token for token, learn in zip(one.tokens.ids, one.tokens.learn, strict=True) if learn
        ]
        blank = " " if one.language == "en" else ""
        assert tokenizer.decode(learned) == f"{blank}{one.answer}</s>"
        prompt = rendering.prompt_ids(tokenizer, one.prompt)
        assert one.tokens.ids[: len(prompt)] == prompt


def test_a_row_that_numbers_its_own_evidence_gets_no_second(tokenizer, data):
    row = data.train[0]
    asked = {"role": "user", "content": "Evidence:\n[1] A — tests: b.\n\nQuestion: What of A?"}
    said = {"role": "assistant", "content": "A — tests: b [1]."}
    laid = dataclasses.replace(row, messages=(asked, said))
    (made,), _ = make_examples([laid], data.train, tokenizer, recipe(base()), 1, TEXT_TOOLS)
    assert made.prompt == (asked,)
    assert made.answer == said["content"]


LINES = (
    "goitre — tests: thyroid scan.",
    "goitre — signs: neck swelling.",
    "iodine — used for: goitre.",
    "sprain — signs: bruise.",
)


def numbered(row, about, *lines):
    """A row on the signs of goitre that brings these lines, and rests on those `about` tells."""
    text = "\n".join(f"[{place}] {line}" for place, line in enumerate(lines, 1))
    asked = {"role": "user", "content": f"What we have:\n{text}\nSigns of goitre, please?"}
    said = {"role": "assistant", "content": f"Neck swelling [{lines.index(about[0]) + 1}]."}
    sources = tuple(
        dataset.RowSource("fact", f"f{place}", line) for place, line in enumerate(about)
    )
    return dataclasses.replace(row, messages=(asked, said), sources=sources, entities=("goitre",))


def test_a_share_of_rows_that_number_their_evidence_is_declined_too(tokenizer, data):
    bare = [
        numbered(dataclasses.replace(data.train[0], id=f"own{place}"), LINES[1:2], *LINES)
        for place in range(40)
    ]
    mine = recipe(base(), uncovered=0.5)
    made, report = make_examples(bare, data.train, tokenizer, mine, 1, TEXT_TOOLS)
    silent = [one for one in made if not one.covered]
    assert 8 <= len(silent) == report.uncovered <= 32
    for one in silent:
        assert one.answer == rendering.NOT_COVERED["en"]
        # what answers is gone, and so is what names goitre among its facts; numbers count from 1
        assert one.prompt[-1]["content"] == (
            "What we have:\n[1] goitre — tests: thyroid scan.\n[2] sprain — signs: bruise.\n"
            "[3] " + one.evidence[2] + "\nSigns of goitre, please?"
        )
        assert one.evidence[2] in {row.sources[0].quote for row in data.train}
        assert one.asked == ()
    kept = next(one for one in made if one.covered)
    assert kept.prompt == bare[0].messages[:1]


def test_rows_that_decline_anyway_count_towards_the_share(tokenizer, data):
    rows = [
        dataclasses.replace(
            numbered(data.train[0], LINES[1:2], *LINES), id=f"own{place}", declined=place % 4 == 0
        )
        for place in range(80)
    ]
    for wanted, more in ((0.2, 0), (0.5, 20)):
        _, report = make_examples(
            rows, data.train, tokenizer, recipe(base(), uncovered=wanted), 1, TEXT_TOOLS
        )
        assert abs(report.uncovered - more) <= (8 if more else 0)


def test_a_row_whose_only_line_goes_shows_another_or_stays(tokenizer, data):
    alone = numbered(data.train[0], LINES[1:2], LINES[1])
    mine = recipe(base(), uncovered=0.999)
    (made,), _ = make_examples([alone], data.train, tokenizer, mine, 1, TEXT_TOOLS)
    assert not made.covered
    assert made.prompt[-1]["content"].count("\n[") == 1
    assert LINES[1] not in made.prompt[-1]["content"]
    (kept,), _ = make_examples([alone], [alone], tokenizer, mine, 1, TEXT_TOOLS)
    assert kept.covered


def test_a_row_that_calculates_is_shown_without_its_fact(tokenizer, data):
    """The fact holds the result: shown as evidence, it would be copied."""
    row = data.train[0]
    fact = 'calculate("BMI", weight=70 kg, height=1.75 m) = 22.9 kg/m²'
    asked = {"role": "user", "content": "What is the BMI at 70 kg and 1.75 m?"}
    said = {"role": "assistant", "content": f"{fact}\nThe BMI is 22.9 kg/m²."}
    source = dataset.RowSource("fact", "formula:bmi", fact)
    sums = dataclasses.replace(row, messages=(asked, said), sources=(source,), entities=())
    (made,), _ = make_examples(
        [sums], [*data.train, sums], tokenizer, recipe(base()), 1, TEXT_TOOLS
    )
    assert (made.prompt, made.answer) == ((asked,), said["content"])
    many = recipe(base(), distractors=8)
    others, _ = make_examples(data.train, [*data.train, sums], tokenizer, many, 1, TEXT_TOOLS)
    assert others and not any(fact in one.evidence for one in others)


def test_a_share_is_declined_without_its_evidence(tokenizer, data):
    mine = recipe(base(), uncovered=0.5)
    made, report = make_examples(data.train, data.train, tokenizer, mine, 1, TEXT_TOOLS)
    quotes = {row.id: row.sources[0].quote for row in data.train}
    bare = [one for one in made if not one.covered]
    assert 8 <= len(bare) == report.uncovered <= 24
    for one in bare:
        assert one.answer == rendering.NOT_COVERED[one.language]
        assert one.evidence
        assert quotes[one.id] not in one.evidence
        assert one.asked == ()
    assert not make_examples(
        data.train, data.train, tokenizer, recipe(base(), uncovered=0.0), 1, TEXT_TOOLS
    )[1].uncovered


def test_the_draw_hangs_on_seed_and_id_only(tokenizer, data):
    mine = recipe(base())
    one, _ = make_examples(data.train, data.train, tokenizer, mine, 1, TEXT_TOOLS)
    backwards, _ = make_examples(data.train[::-1], data.train, tokenizer, mine, 1, TEXT_TOOLS)
    other, _ = make_examples(data.train, data.train, tokenizer, mine, 2, TEXT_TOOLS)
    assert one == backwards[::-1]
    assert one != other


def many(tmp_path, support=None, **meta):
    row = lesson("many", "en", "What of gout?", "It hurts. It swells. Rest.", "Gout hurts.", "g")
    row["sources"] = [
        {"kind": "passage", "id": "a", "quote": "Gout hurts."},
        {"kind": "passage", "id": "b", "quote": "Gout swells."},
        {"kind": "passage", "id": "c", "quote": "Gout hurts."},
    ]
    row["meta"] = {**meta, **({"support": support} if support is not None else {})}
    return dataset.read(write_data(tmp_path / "data", [row], rows(2)))


@pytest.mark.parametrize(
    ("support", "expected"),
    [
        ([[0], [1, 2], []], "It hurts {a}. It swells {ab}. Rest."),
        (None, "It hurts. It swells. Rest {ab}."),
        ([[0]], "It hurts. It swells. Rest {ab}."),  # does not match the sentences
    ],
)
def test_each_sentence_cites_what_supports_it(tmp_path, tokenizer, support, expected):
    data = many(tmp_path, support)
    mine = recipe(base(), uncovered=0.0)
    made, report = make_examples(data.train, data.train, tokenizer, mine, 1, TEXT_TOOLS)
    assert report.cut == ({"citations within the answer": 1} if support == [[0]] else {})
    a, b = (made[0].evidence.index(text) + 1 for text in ("Gout hurts.", "Gout swells."))
    both = "".join(f"[{number}]" for number in sorted((a, b)))
    assert len(made[0].evidence) == 2  # a quote that two sources share stands once
    assert made[0].answer == expected.format(a=f"[{a}]", ab=both)


def test_sentences_are_those_of_the_writer(tmp_path, tokenizer):
    """Support counts sentences; a stop after "max." or "S." must not shift it."""
    row = lesson("one", "en", "What of it?", "Give max. 2 g daily.\nS. Aureus grew.", "A.", "g")
    row["sources"] = [{"kind": "passage", "id": id, "quote": id} for id in ("Dose.", "Growth.")]
    row["meta"] = {"support": [[0], [1]]}
    data = dataset.read(write_data(tmp_path / "data", [row], rows(2)))
    mine = recipe(base(), uncovered=0.0)
    (made,), report = make_examples(data.train, data.train, tokenizer, mine, 1, TEXT_TOOLS)
    dose, growth = (made.evidence.index(text) + 1 for text in ("Dose.", "Growth."))
    assert made.answer == f"Give max. 2 g daily [{dose}].\nS. Aureus grew [{growth}]."
    assert report.cut == {}


@pytest.mark.parametrize(
    ("meta", "asked"),
    [({"objects": ["pain", "rest"]}, ("pain", "rest")), ({}, ("It hurts", "It swells", "Rest"))],
)
def test_asked_facts_of_prose(tmp_path, tokenizer, meta, asked):
    data = many(tmp_path, **meta)
    made, _ = make_examples(
        data.train, data.train, tokenizer, recipe(base(), uncovered=0.0), 1, TEXT_TOOLS
    )
    assert made[0].asked == asked


def test_asked_facts_of_lines(tokenizer, data):
    made, _ = make_examples(
        data.train[:1], data.train, tokenizer, recipe(base(), uncovered=0.0), 1, TEXT_TOOLS
    )
    assert made[0].asked == ("fever", "cough")


def test_long_rows_lose_distractors_then_go(tokenizer, data):
    roomy, _ = make_examples(
        data.train, data.train, tokenizer, recipe(base(), distractors=9), 1, TEXT_TOOLS
    )
    longest = max(len(one.tokens.ids) for one in roomy)
    tight = recipe(base(), distractors=9, max_tokens=longest - 30)
    made, report = make_examples(data.train, data.train, tokenizer, tight, 1, TEXT_TOOLS)
    assert report.kept == 32
    assert report.cut["distractors"] >= 1
    assert all(len(one.tokens.ids) <= longest - 30 for one in made)
    for one, before in zip(made, roomy, strict=True):
        assert (
            one.prompt[-1]["content"].split("\n")[-1]
            == before.prompt[-1]["content"].split("\n")[-1]
        )
        assert one.tokens.ids[-1] == tokenizer.eos_token_id
        assert TEXT_TOOLS.uncited(one.answer) == TEXT_TOOLS.uncited(before.answer)
    tiny = recipe(base(), max_tokens=16)
    assert make_examples(data.train, data.train, tokenizer, tiny, 1, TEXT_TOOLS)[1].left_out == {
        "too long": 32
    }


def talk(row):
    """Put an earlier turn before a row's question."""
    earlier = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello, " + "well " * 20},
        {"role": "assistant", "content": "How can I help?"},
    ]
    return {**row, "messages": [*earlier, *row["messages"]]}


@pytest.mark.parametrize("uncovered", [0.0, 0.99])
def test_open_book_keeps_what_a_row_tells_the_model_first(tmp_path, tokenizer, uncovered):
    told = [{"role": "system", "content": text} for text in ("You teach nurses.", "Be brief.")]
    own = rows(8)
    own = [{**row, "messages": [*told, *row["messages"]]} for row in own[:4]] + own[4:]
    data = dataset.read(write_data(tmp_path, own, rows(2)))
    mine = recipe(base(), uncovered=uncovered)
    made, _ = make_examples(data.train, data.train, tokenizer, mine, 1, TEXT_TOOLS)
    assert len(made) == 8
    for one, row in zip(made, data.train, strict=True):
        how = rendering.INSTRUCTION[row.language]
        expected = f"You teach nurses.\nBe brief.\n{how}" if len(row.messages) > 2 else how
        assert [each["content"] for each in one.prompt if each["role"] == "system"] == [expected]
        assert expected in tokenizer.decode(one.tokens.ids)


@pytest.mark.parametrize(("evidence", "learned"), [("open", 1), ("closed", 2)])
def test_earlier_turns_stay_until_there_is_no_room(tmp_path, tokenizer, evidence, learned):
    data = dataset.read(write_data(tmp_path, [talk(row) for row in rows(8)], rows(2)))
    mine = recipe(base(), evidence=evidence, uncovered=0.0, distractors=0)
    made, report = make_examples(data.train, data.train, tokenizer, mine, 1, TEXT_TOOLS)
    assert report.cut == {}
    for one in made:
        assert "How can I help?" in tokenizer.decode(one.tokens.ids)
        ends = [
            token
            for token, learn in zip(one.tokens.ids, one.tokens.learn, strict=True)
            if learn and token == tokenizer.eos_token_id
        ]
        assert len(ends) == learned
    size = min(len(one.tokens.ids) for one in made) - 1
    tight = recipe(base(), evidence=evidence, uncovered=0.0, distractors=0, max_tokens=size)
    made, report = make_examples(data.train, data.train, tokenizer, tight, 1, TEXT_TOOLS)
    assert report.cut == {"earlier turns": 8}
    assert all("How can I help?" not in tokenizer.decode(one.tokens.ids) for one in made)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"messages": [{"role": "user", "content": "Hello?"}]},
            "no question with an answer at the end",
        ),
        (
            {
                "messages": [
                    {"role": "user", "content": "Why? " * 400},
                    {"role": "assistant", "content": "Yes."},
                ],
                "sources": [],
            },
            "too long",
        ),
    ],
)
def test_rows_that_cannot_be_shown_are_counted(tmp_path, tokenizer, change, reason):
    data = dataset.read(write_data(tmp_path, [{**rows(1)[0], **change}, *rows(3, 1)], rows(2)))
    made, report = make_examples(data.train, data.train, tokenizer, recipe(base()), 1, TEXT_TOOLS)
    assert len(made) == report.kept == 3
    assert report.left_out == {reason: 1}


@pytest.mark.parametrize("sources", [[], [{"kind": "fact", "id": "f"}]])
def test_rows_without_a_quoted_source_are_shown_as_they_stand(tmp_path, tokenizer, sources):
    messages = [
        {"role": "system", "content": "You are a nurse."},
        {"role": "user", "content": "My ankle swells at night."},
        {"role": "assistant", "content": "Raise your legs, and tell me if it hurts."},
    ]
    row = {**rows(1)[0], "messages": messages, "sources": sources}
    data = dataset.read(write_data(tmp_path, [row, *rows(3, 1)], rows(2)))
    made, report = make_examples(data.train, data.train, tokenizer, recipe(base()), 1, TEXT_TOOLS)
    assert report.kept == 4
    assert report.left_out == {}
    assert list(made[0].prompt) == messages[:2]
    assert made[0].answer == messages[2]["content"]
    assert made[0].evidence == ()


def test_a_template_without_an_end_gets_one(tokenizer):
    """GLM's template ends an answer by the next turn's marker only."""
    endless = (
        "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>{% endif %}"
    )
    own = model.tokenizer(str(base()))
    own.chat_template = endless
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}]
    made = rendering.render(own, messages)
    assert made.ids[-1] == own.eos_token_id
    assert made.learn[-1] is True
    assert rendering.render(tokenizer, messages).ids.count(tokenizer.eos_token_id) == 1


def test_a_template_that_rewrites_turns_makes_no_single_sequence():
    own = model.tokenizer(str(base()))
    own.chat_template = (
        "{% for m in messages %}{{ m['content'] }} {% endfor %}"
        "{% if not add_generation_prompt %}{{ eos_token }}{% endif %}"
    )
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}]
    assert rendering.render(own, messages).learn[-1]
    with pytest.raises(FinetuneError, match="rewrites earlier turns"):
        rendering.render(own, [*messages, *messages])


def test_a_script_shows_rows_without_tools_of_its_own(tokenizer, data):
    from finetune.recipe import Round

    mine = recipe(base(), rounds=(Round(),), evidence="closed")
    shown, report = show(data.train, data.train, tokenizer, mine, 1)
    made, _ = make_examples(data.train, data.train, tokenizer, mine, 1, TEXT_TOOLS)
    assert [one.tokens for one in shown] == [one.tokens for one in made]
    assert report.kept == 32
    opened, _ = show(data.train, data.train, tokenizer, recipe(base()), 1)
    covered = [one for one in opened if one.covered]
    assert covered and all(re.search(r"\[\d\][.。]$", one.answer) for one in covered)
