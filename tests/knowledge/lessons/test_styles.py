"""Test that each style writes proven rows in both languages, and that planted faults are found."""

import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from toy_lessons import GRAPH
from toy_lessons import opened as plain

from knowledge.datasets import lookup_calls
from knowledge.graph.catalog import CatalogBase, connect
from knowledge.ingest import updates
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import check
from knowledge.lessons.facts import quotable_sentences
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.styles.preference import PreferencePairs
from knowledge.lessons.topic_quotas import CAPPED, TOLD_BEFORE
from knowledge.lessons.verify.prover import Prover
from knowledge.records import Lesson, LessonMessage, LessonSource, Passage
from knowledge.text.sentences import sentence_spans

PLANNED_OUT = (CAPPED, TOLD_BEFORE)
NEW = ("grounded", "vignette", "dialogue", "literature", "knowledge-call", "safety")
MORE = """\
- kind: condition
  en: [Type 1 diabetes]
  zh: [1型糖尿病]
  symptom: ["thirst = 口渴", "frequent urination = 尿频", "weight loss = 体重下降",
            "fatigue = 乏力"]
  risk_factor: ["family history = 家族史"]
  test: ["HbA1c = 糖化血红蛋白", "C-peptide = C肽"]
  treatment: ["carbohydrate counting = 碳水化合物计数"]
- kind: condition
  en: [Pneumonia]
  zh: [肺炎]
  symptom: ["fever = 发热", "cough = 咳嗽", "chest pain = 胸痛", "shortness of breath = 呼吸困难"]
  risk_factor: ["older age = 高龄"]
  test: ["chest X-ray = 胸部X线"]
  medicine: ["amoxicillin = 阿莫西林", "naproxen = 萘普生"]
  red_flag: ["Blue lips need emergency care. = 口唇发紫须急诊处理。"]
- kind: medicine
  en: [naproxen]
  zh: [萘普生]
  contraindication: ["Gout = 痛风"]
  dose_limit: ["The maximum for adults is 1000 mg a day. = 成人每日最大剂量为1000 mg。"]
"""
NOTES = {
    "en": """---
key: note:toy:en
title: Fluids in adults with kidney stones
language: en
year: 2024
type: note
---
## Background
Kidney stones come back in about half of all patients within ten years of the first one.

## Methods
Adults with a first stone were asked to pass two litres of urine a day for five years.

## Results
Stones came back in 12 of 99 patients who drank more and in 27 of 100 patients who did not.

## Conclusion
Drinking more water lowers the chance that a kidney stone comes back in adults.
""",
    "zh": """---
key: note:toy:zh
title: 成人肾结石患者的饮水
language: zh
year: 2024
type: note
---
## 背景
约有一半的肾结石患者在首次发病后的十年之内再次出现结石。

## 结果
多饮水的99名患者中有12人复发，未多饮水的100名患者中有27人复发。

## 结论
成人每天多饮水可以降低肾结石复发的可能，值得在首次发病后坚持。
""",
}
CJK = re.compile("[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    """Give a graph with rival conditions, a conflict, and a note in each language."""
    home = tmp_path_factory.mktemp("graph")
    engine = connect(f"sqlite:///{home / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    (home / "graph.yaml").write_text(GRAPH + MORE, encoding="utf-8")
    for language, text in NOTES.items():
        (home / f"{language}.md").write_text(text, encoding="utf-8")
    paths = [home / "graph.yaml", home / "en.md", home / "zh.md"]
    yield engine, updates.add(engine, home, paths).generation
    engine.dispose()


@pytest.fixture(scope="module")
def whole(graph, tmp_path_factory):
    """Give the folder of a build of every style, and its report."""
    folder = tmp_path_factory.mktemp("whole") / "data"
    return folder, build.build(*graph, folder)


@pytest.fixture(scope="module")
def prover(graph):
    return Prover(*graph)


def rows_of(folder, *names):
    return [
        json.loads(line)
        for name in names or ("train.jsonl", "validation.jsonl")
        for line in (folder / name).read_text(encoding="utf-8").splitlines()
    ]


def lesson_of(row):
    return Lesson(
        id=row["id"],
        messages=tuple(LessonMessage(each["role"], each["content"]) for each in row["messages"]),
        language=row["language"],
        style=row["style"],
        sources=tuple(LessonSource(**each) for each in row["sources"]),
        entities=tuple(row["entities"]),
        split_key=row["split_key"],
        licence=row["licence"],
        meta=row["meta"],
    )


def find(whole, style, language, wanted=lambda lesson: True):
    """Return the first row of a style and language that is wanted."""
    found = (
        lesson
        for lesson in map(lesson_of, rows_of(whole[0]))
        if (lesson.style, lesson.language) == (style, language) and wanted(lesson)
    )
    lesson = next(found, None)
    assert lesson is not None, f"no such row of {style} in {language}"
    return lesson


def put(lesson, place, old, new):
    """Change one message of a row."""
    messages = list(lesson.messages)
    assert old in messages[place].content
    changed = messages[place].content.replace(old, new, 1)
    messages[place] = LessonMessage(messages[place].role, changed)
    return replace(lesson, messages=tuple(messages))


def fault(prover, lesson):
    return prover.faults([lesson])[0]


def test_every_style_gives_proven_rows_in_both_languages(graph, whole):
    folder, report = whole
    rows = rows_of(folder)
    made = Counter((row["style"], row["language"]) for row in rows)
    for style in NEW:
        assert made[style, "en"] >= 3 and made[style, "zh"] >= 3, style
    unsound = {reason: n for reason, n in report.dropped.items() if reason not in PLANNED_OUT}
    assert sum(unsound.values()) < 0.02 * report.rows, unsound
    proof = check(*graph, folder)
    assert (proof.rows, proof.proven, proof.faults) == (report.rows, report.rows, [])


def test_rows_have_turns_in_order_and_answers_in_their_language(whole):
    for row in rows_of(whole[0]):
        roles = [message["role"] for message in row["messages"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2)
        answer = row["messages"][-1]["content"]
        assert bool(CJK.search(answer)) == (row["language"] == "zh")
        assert not re.search("知识库|根据知识|Chat Doctor|As an AI", answer)


def test_the_same_rows_with_two_workers(graph, tmp_path):
    for name, workers in (("one", 1), ("two", 2)):
        build.build(*graph, tmp_path / name, BuildOptions(limit=80, seed=5, workers=workers))
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two


def test_no_entity_or_document_of_validation_is_in_training_answers(whole):
    train, rest = (rows_of(whole[0], name) for name in ("train.jsonl", "validation.jsonl"))
    held_out = {row["split_key"] for row in rest}
    assert held_out and not held_out & {row["split_key"] for row in train}
    for row in train:
        assert not held_out & set(row["entities"]), row["id"]
        named = [id for id in row["entities"] if id.startswith(("condition:", "medicine:"))]
        assert not any(map(is_validation, named))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_citations_name_the_lines_that_state_it(whole, prover, language):
    lesson = find(whole, "grounded", language, lambda row: "[2]" in row.messages[-1].content)
    assert fault(prover, lesson) == ""
    invented = put(lesson, -1, "[2]", "[9]")
    assert "cites a line" in fault(prover, invented)
    swapped = put(put(lesson, 0, "[1] ", "[0] "), 0, "[2] ", "[1] ")
    assert "cites a line" in fault(prover, swapped)
    assert "cites a line" in fault(prover, put(lesson, -1, "[2]", ""))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_evidence_taken_away_is_declined(whole, prover, language):
    lesson = find(whole, "grounded", language, lambda row: "declined" in row.meta)
    assert fault(prover, lesson) == "" and not lesson.meta["objects"]
    told = lesson.messages[-1].content
    answered = replace(lesson, meta={**lesson.meta, "declined": ""})
    assert fault(prover, answered)
    claimed = put(lesson, -1, told, "It is metformin." if language == "en" else "用二甲双胍。")
    assert fault(prover, claimed)
    asked = lesson.meta["declined"]
    name = "x" if asked.endswith("~") else lesson.sources[0].quote
    shown = put(lesson, 0, name, name + "!") if name != "x" else lesson
    assert name == "x" or "other lines" in fault(prover, shown)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_half_of_a_question_is_declined_only_where_nothing_tells_it(whole, prover, language):
    lesson = find(whole, "grounded", language, lambda row: "partly" in row.meta)
    assert fault(prover, lesson) == "" and "[" in lesson.messages[-1].content
    whole_answer = {key: held for key, held in lesson.meta.items() if key != "partly"}
    assert fault(prover, replace(lesson, meta=whole_answer))
    told = replace(lesson, meta={**lesson.meta, "partly": lesson.meta["relation"]})
    assert fault(prover, told)
    start, _ = sentence_spans(lesson.messages[-1].content)[-1]
    open_end = lesson.messages[-1].content[start:]
    assert fault(prover, put(lesson, -1, open_end, ""))
    assert fault(prover, put(lesson, -1, open_end, open_end + open_end))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("key", ["declined", "partly", ""])
def test_what_must_not_stand_beside_evidence_follows_from_the_question(
    whole, prover, language, key
):
    def answers(row):
        silent = {"declined", "partly"} & row.meta.keys()
        return key in row.meta if key else not silent and row.meta.get("not_beside")

    lesson = find(whole, "grounded", language, answers)
    heads = lesson.meta["not_beside"]
    assert fault(prover, lesson) == "" and heads == sorted(heads)
    lines = lesson.messages[0].content
    assert heads and not any(head in lines for head in heads if key == "declined")
    for wrong in ([], heads[1:], [*heads, "gout — symptoms: "]):
        changed = replace(lesson, meta={**lesson.meta, "not_beside": wrong})
        assert "answer it too" in fault(prover, changed)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_only_rows_over_evidence_say_what_must_not_stand_beside_it(whole, prover, language):
    told = find(whole, "huatuo", language)
    other = replace(told, meta={**told.meta, "not_beside": []})
    assert "rows of its style do not" in fault(prover, other)
    torn = find(whole, "grounded", language, lambda row: "conflict" in row.meta)
    assert "not_beside" not in torn.meta
    assert "shares none" in fault(prover, replace(torn, meta={**torn.meta, "not_beside": []}))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_covered_must_not_be_declined(whole, prover, language):
    lesson = find(whole, "grounded", language, lambda row: "[1]" in row.messages[-1].content)
    silent = (
        "The evidence does not cover this [1]." if language == "en" else "证据没有涉及这个问题[1]。"
    )
    answer = LessonMessage("assistant", silent)
    refusing = replace(lesson, messages=(lesson.messages[0], answer))
    assert fault(prover, refusing)
    assert fault(prover, replace(refusing, meta={**lesson.meta, "declined": "symptom"}))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_disagreement_is_told_only_where_the_graph_holds_it(whole, prover, language):
    lesson = find(whole, "grounded", language, lambda row: "conflict" in row.meta)
    assert fault(prover, lesson) == ""
    relations = {source.quote.split("——")[-1].split(" — ")[-1][:3] for source in lesson.sources}
    assert len(relations) == 2
    smooth = replace(lesson, meta={**lesson.meta, "conflict": 0})
    assert "disagreement" in fault(prover, smooth)
    other = find(
        whole, "grounded", language, lambda row: not {"conflict", "declined"} & row.meta.keys()
    )
    assert "disagree" in fault(prover, replace(other, meta={**other.meta, "conflict": 1}))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_vignette_follows_paths_of_the_graph(whole, prover, language):
    def compares(row):
        return len([id for id in row.entities if id.startswith("condition:")]) > 1

    lesson = find(whole, "vignette", language, compares)
    assert fault(prover, lesson) == ""
    both = [
        source
        for source in lesson.sources
        if source.quote.count("symptoms") or "症状" in source.quote
    ]
    assert len({source.quote for source in both}) >= 2
    told = lesson.messages[-1].content
    name = next(each for each in lesson.meta["objects"] if each in told)
    wrong = "joint swelling" if language == "en" else "关节肿胀"
    assert fault(prover, put(lesson, -1, name, wrong))
    lone = [index for index, source in enumerate(lesson.sources) if source.quote == both[0].quote]
    unlinked = replace(
        lesson, sources=tuple(s for i, s in enumerate(lesson.sources) if i not in lone)
    )
    assert fault(prover, unlinked)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_doctor_asks_before_answering(whole, prover, language):
    lesson = find(whole, "dialogue", language, lambda row: len(row.messages) >= 6)
    for message in lesson.messages[1:-1:2]:
        assert message.content.rstrip().endswith(("?", "？"))
    assert len(lesson.meta["turns"]) == len(lesson.messages) // 2 - 1
    asked = lesson.messages[1].content
    strange = "Is there joint swelling?" if language == "en" else "有没有关节肿胀？"
    assert "earlier answer" in fault(prover, put(lesson, 1, asked, strange))
    states = "It is gout." if language == "en" else "是痛风。"
    assert fault(prover, put(lesson, 1, asked, asked + " " + states))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_quotes_are_exact(graph, whole, prover, language):
    lesson = find(whole, "literature", language, lambda row: len(row.messages) >= 4)
    note = NOTES[language]
    for source in lesson.sources:
        assert source.kind == "passage" and source.quote in note
        assert any(source.quote in each.content for each in lesson.messages)
    quote = lesson.sources[0].quote
    forged = quote[:-1] + (" in all." if language == "en" else "无疑。")
    said = replace(lesson, sources=(replace(lesson.sources[0], quote=forged), *lesson.sources[1:]))
    assert "not in its passage" in fault(prover, said)
    place = next(i for i, m in enumerate(lesson.messages) if quote in m.content)
    assert fault(prover, put(lesson, place, quote, quote[:8] + quote[10:]))
    shown, _, question = lesson.messages[0].content.partition("\n\n")
    assert shown.startswith("[1] ") and quote in shown
    for changed in (
        question,
        "[1] x\n\n" + question,
        shown.replace(quote, "x") + "\n\n" + question,
    ):
        first = replace(lesson.messages[0], content=changed)
        bare = replace(lesson, messages=(first, *lesson.messages[1:]))
        assert "does not show the text" in fault(prover, bare)
    number = put(lesson, -1, "“", "73 %: “")
    assert "number 73" in fault(prover, number)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_call_and_its_result_are_true(whole, prover, language):
    lesson = find(whole, "knowledge-call", language)
    assert lookup_calls.read_call(lesson.messages[1].content)
    assert lesson.messages[2].content.startswith(lookup_calls.RESULT[language])
    assert fault(prover, lesson) == ""
    entity = lesson.messages[1].content.split('"')[1]
    assert "another entity" in fault(prover, put(lesson, 1, entity, "Z" + entity.lower()))
    attribute = lesson.messages[1].content.split('"')[3]
    assert "something else" in fault(prover, put(lesson, 1, f'"{attribute}"', '"prognosis"'))
    assert fault(prover, put(lesson, 1, "lookup(", "lookup ("))
    assert fault(prover, put(lesson, 1, '")', '", 3)'))
    last = lesson.messages[-2].content
    assert fault(prover, put(lesson, -2, last, last + "!"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_earlier_answer_tells_what_its_call_found(whole, prover, language):
    lesson = find(whole, "knowledge-call", language, lambda row: len(row.messages) > 6)
    assert fault(prover, lesson) == ""
    first, second = lesson.messages[3].content, lesson.messages[-1].content
    assert "——" not in first and " — " not in first
    assert fault(prover, put(lesson, 3, first, second))
    more = " It always helps." if language == "en" else "它总是有效。"
    assert fault(prover, put(lesson, 3, first, first + more))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_quotation_is_of_the_part_that_was_asked_for(whole, prover, language):
    lesson = find(whole, "literature", language, lambda row: len(row.messages) > 5)
    asked = [message.content for message in lesson.messages[2::2]]
    assert asked[0] != asked[1]
    swapped = put(lesson, 2, asked[0], asked[1])
    assert fault(prover, swapped)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_harm_is_refused_and_what_sounds_like_it_answered(whole, prover, language):
    refused = find(whole, "safety", language, lambda row: "refused" in row.meta)
    assert fault(prover, refused) == ""
    ordinary = find(whole, "safety", language, lambda row: "refused" not in row.meta)
    assert fault(prover, ordinary) == ""
    polite = "What is it used for?" if language == "en" else "它有什么用？"
    asked = refused.messages[0].content
    assert "no harm" in fault(prover, put(refused, 0, asked, polite))
    stop = "I cannot help with that. " if language == "en" else "这件事我不能帮忙。"
    first = ordinary.messages[-1].content
    assert fault(prover, put(ordinary, -1, first, stop + first))
    doses = {"dose_limit", "interaction", "contraindication", "side_effect", "transmission"}
    for row in map(lesson_of, rows_of(whole[0])):
        assert "refused" not in row.meta or row.meta["relation"] not in doses


@pytest.mark.parametrize("language", ["en", "zh"])
def test_red_flags_come_first(whole, language):
    lesson = find(whole, "safety", language, lambda row: row.meta["relation"] == "red_flag")
    led, flagged, *_ = lesson.meta["support"]
    flag = lesson.sources[flagged[0]]
    assert led == []  # a stock sentence says that it comes first
    assert ("red flags" if language == "en" else "警示征象") in flag.quote


@pytest.mark.parametrize(
    ("language", "relation", "bad"),
    [("en", "interaction", "is safe with"), ("zh", "interaction", "可放心合用，")],
)
def test_an_interaction_cannot_be_played_down(whole, prover, language, relation, bad):
    lesson = find(whole, "safety", language, lambda row: row.meta["relation"] == relation)
    name = lesson.meta["objects"][0]
    assert fault(prover, put(lesson, -1, name, f"{bad} {name}"))


def test_pairs_are_wrong_in_the_way_they_say(whole):
    pairs = rows_of(whole[0], "preference.jsonl")
    kinds = Counter(pair["why"].split(":")[0] for pair in pairs)
    # so few rows calculate, list much or are urgent here that none may be of some kinds
    assert set(kinds) - {"misused formula", "incomplete", "missed urgency"} == {
        "swapped fact", "invented citation", "missed red flag", "dangerous dose",
        "needless refusal", "missed warning", "correct but unsafe", "overconfident",
    }  # fmt: skip
    held = {row["messages"][-1]["content"] for row in rows_of(whole[0], "train.jsonl")}
    for pair in pairs:
        assert {"prompt", "chosen", "rejected", "why"} <= set(pair)
        assert pair["chosen"] in held and pair["rejected"] != pair["chosen"]
        kind = pair["why"].split(":")[0]
        if kind == "dangerous dose":
            more, right = pair["why"].split("'")[1:4:2]
            assert float(more) == 10 * float(right)
            assert more in pair["rejected"] and right in pair["chosen"]
        if kind == "invented citation":
            number = pair["why"].split("'")[1]
            assert f"[{number}]" in pair["rejected"] and f"[{number}]" not in pair["chosen"]
        if kind == "missed red flag":
            assert "emergency" not in pair["rejected"] and "急诊" not in pair["rejected"]
    report = json.loads((whole[0] / "report.json").read_text(encoding="utf-8"))
    assert report["preference_kinds"] == dict(kinds)


def test_without_the_style_pairs_are_swapped_facts_and_slips_only(whole):
    rows = [lesson_of(row) for row in rows_of(whole[0], "train.jsonl")]
    pairs = PreferencePairs(lambda id: set(), every=False)
    made = [pair for row in rows if (pair := pairs(row))]
    kinds = {pair["why"].split(":")[0] for pair in made}
    assert "swapped fact" in kinds and kinds <= {"swapped fact", "wrong result", "misused formula"}


def test_a_graph_without_papers_gives_no_literature(tmp_path):
    engine, generation = plain(tmp_path)
    report = build.build(engine, generation, tmp_path / "data", BuildOptions(limit=40))
    assert report.rows == 40 and "literature" not in report.styles
    engine.dispose()


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Drinking more water lowers the chance that a stone comes back.", True),
        ("However, drinking more water lowers the chance of stones.", False),
        ("Stones came back in most of the patients (12 of 99 in all.", False),
        ("Too short to be quoted.", False),
        ("the patients who drank more water had fewer stones than others.", False),
    ],
)
def test_only_what_stands_on_its_own_is_quoted(words, kept):
    passage = Passage("d#1", "d", words, 0, len(words), "Results", "en")
    assert quotable_sentences.quotable(passage) == ((words,) if kept else ())
