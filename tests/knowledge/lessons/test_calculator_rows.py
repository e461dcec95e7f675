"""Test rows that calculate, in both languages, each proven by computing the result again."""

import json
import random
import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace

import pytest
from planted_sums import changed_input, other_formula, swapped_unit, wrong_result
from toy_lessons import opened

from knowledge.calculators import calls
from knowledge.calculators.formulas.formula_registry import FORMULAS
from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import CatalogBase, connect
from knowledge.ingest import updates
from knowledge.lessons import build, ray_workers
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import check, read_lessons
from knowledge.lessons.facts import calculator_cases
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.realize import value_phrases
from knowledge.lessons.row_plan import PageSources, RowPlan
from knowledge.lessons.styles import corruptions
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.lessons.verify.prover import Prover
from knowledge.lessons.workers import RowWriter
from knowledge.records import LessonMessage

LIMIT = 1500


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def built(graph, tmp_path_factory):
    """Give the folder of a build of this style alone, and its report."""
    folder = tmp_path_factory.mktemp("tools") / "data"
    return folder, build.build(*graph, folder, BuildOptions(styles=("tools",), limit=LIMIT, seed=3))


@pytest.fixture(scope="module")
def rows(built):
    return [
        row for name in ("train.jsonl", "validation.jsonl") for row in read_lessons(built[0] / name)
    ]


@pytest.fixture(scope="module")
def prover(graph):
    return Prover(*graph)


def first(rows, language, wanted):
    return next(row for row in rows if row.language == language and wanted(row))


def facts_of(row):
    return [calls.parse_call_with_result(source.quote, row.language) for source in row.sources]


def put(row, place, text):
    """Return a row with one message changed."""
    messages = list(row.messages)
    messages[place] = LessonMessage(messages[place].role, text)
    return replace(row, messages=tuple(messages))


def test_rows_are_kept_and_proven(graph, built, rows):
    folder, report = built
    assert report.rows == LIMIT
    dropped = sum(report.dropped.values())
    assert dropped < 0.03 * LIMIT, report.dropped
    assert not any(reason.startswith("not proven") for reason in report.dropped)
    assert not any(reason.startswith("personal") for reason in report.dropped)
    done = check(*graph, folder)
    assert (done.proven, done.faults) == (LIMIT, [])
    assert min(report.languages.values()) > 0.4 * LIMIT
    assert report.relations == {"calculation": LIMIT}
    assert len({row.meta["relation"] for row in rows}) == len(FORMULAS)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_row_names_its_formula_inputs_and_result(rows, language):
    for row in (each for each in rows if each.language == language):
        assert row.split_key == f"formula:{row.meta['relation']}" and not row.entities
        assert {source.kind for source in row.sources} == {"fact"}
        assert all(source.calculated for source in row.sources)
        for call, result in facts_of(row):
            assert call.answer(language) == result


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_form_occurs(rows, language):
    mine = [row for row in rows if row.language == language]

    def count(wanted):
        return sum(1 for row in mine if wanted(row))

    def last_calls(row):
        return [m.content for m in row.messages if calls.is_call(m.content)]

    said = [m.content for row in mine for m in row.messages if m.role == "assistant"]
    assert not [text for text in said if "calculate(" in text and " = " in text.partition(")")[2]]
    assert count(lambda row: any(c.startswith("equation(") for c in last_calls(row))) > 20
    assert count(lambda row: any(isinstance(c, calls.Equation) for c, _ in facts_of(row))) > 20
    assert count(lambda row: facts_of(row)[0][1] == "?") > 20  # missing
    beyond = "not applicable" if language == "en" else "不适用"
    assert count(lambda row: facts_of(row)[0][1] == beyond) > 10
    assert count(lambda row: len(last_calls(row)) == 2) > 20  # converted, changed
    assert count(lambda row: row.messages[1].role == "assistant" and not last_calls(row)) > 20


def test_no_formula_of_validation_is_in_training(built, rows):
    train = {row.split_key for row in read_lessons(built[0] / "train.jsonl")}
    apart = {row.split_key for row in read_lessons(built[0] / "validation.jsonl")}
    assert train and apart and not train & apart
    assert all(map(is_validation, apart)) and not any(map(is_validation, train))
    names = [name for key in apart for name in FORMULAS[key.removeprefix("formula:")].en]
    called = re.compile(rf'calculate\("(?:{"|".join(map(re.escape, names))})"')
    for row in read_lessons(built[0] / "train.jsonl"):
        assert not called.search(" ".join(message.content for message in row.messages))


def test_words_vary(rows):
    for language in ("en", "zh"):
        asked = [re.sub(r"\d+(\.\d+)?", "0", row.messages[0].content) for row in rows
                 if row.language == language]  # fmt: skip
        assert len(set(asked)) > 0.99 * len(asked)
        opening = Counter(text[:12] for text in asked)
        assert opening.most_common(1)[0][1] < 0.12 * len(asked)


@pytest.mark.parametrize(
    "plant", [wrong_result, swapped_unit, changed_input, other_formula], ids=lambda p: p.__name__
)
def test_planted_errors_are_found(rows, prover, plant):
    pick = random.Random(11)
    wrong = [each for row in rows if (each := plant(row, pick)) is not None]
    assert len(wrong) > 300
    passed = [row for row, fault in zip(wrong, prover.faults(wrong), strict=True) if not fault]
    assert not passed, [message.content for message in passed[0].messages]


@pytest.mark.parametrize(
    ("language", "more"),
    [
        ("en", " That is not so."),
        ("en", " It is 12.34 in a healthy person."),
        ("en", " Take colchicine."),
        ("zh", "并非如此。"),
        ("zh", "健康人为12.34。"),
        ("zh", "请服用秋水仙碱。"),
    ],
)
def test_what_is_added_to_an_answer_is_found(rows, prover, language, more):
    row = first(rows, language, lambda row: len(row.messages) == 4)
    assert prover.faults([row]) == [""]
    assert prover.faults([put(row, -1, row.messages[-1].content + more)]) != [""]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_answer_may_not_exchange_its_inputs(rows, prover, language):
    wrong = []
    for row in rows:
        call = facts_of(row)[-1][0]
        if row.language != language or row.split_key != "formula:anion-gap" or call.missing:
            continue
        one, other = call.given["sodium"], call.given["chloride"]
        answer = row.messages[-1].content
        if one in answer and other in answer:
            swapped = re.sub(rf"{one}|{other}", lambda hit: other if hit[0] == one else one, answer)  # noqa: B023
            wrong.append(put(row, -1, swapped))
    assert wrong and all(prover.faults(wrong))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_calls_and_results_are_held_against_the_facts(rows, prover, language):
    row = first(rows, language, lambda row: len(row.messages) == 4 and len(row.sources) == 1)
    call, result = row.messages[1].content, row.messages[2].content
    faults = {
        "a call stands among other words": put(row, 1, f"Sure. {call}"),
        "a call is not in its grammar, or its result is wrong": put(row, 1, call[:-1]),
        "the result of a call is not what it gives": put(row, 2, result + " or so"),
        "a fact is named twice": replace(row, sources=row.sources * 2),
        "the row names another formula than it is about": replace(row, split_key="formula:bmi")
        if row.split_key != "formula:bmi" else replace(row, split_key="formula:map"),
        "the row is about no formula": replace(row, split_key="gout"),
        "the row ends with a call": replace(row, messages=row.messages[:2]),
    }  # fmt: skip
    for fault, wrong in faults.items():
        found = prover.faults([wrong])[0]
        assert found, fault
        if fault != "the row ends with a call":
            assert found == fault


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_missing_must_be_missing(rows, prover, language):
    row = first(rows, language, lambda row: facts_of(row)[0][1] == "?"
                and facts_of(row)[0][0].missing[0].key == "sex")  # fmt: skip
    told = " She is a woman." if language == "en" else "患者为女性。"
    wrong = put(row, 0, row.messages[0].content + told)
    assert prover.faults([row, wrong])[1] == "the question does not give the sex of the call"
    result = "The result is 12." if language == "en" else "结果为12。"
    assert prover.faults([put(row, -1, result)]) != [""]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_formula_beyond_its_limits_gives_no_result(rows, prover, language):
    row = first(rows, language, lambda row: row.split_key == "formula:ldl-friedewald"
                and len(row.messages) == 2 and "\n" not in row.messages[1].content
                and facts_of(row)[0][1] in ("not applicable", "不适用"))  # fmt: skip
    assert "400 mg/dL" in row.messages[-1].content
    call = facts_of(row)[0][0]
    exact = f"{call.formula.exact(call.given):.0f} mg/dL"
    told = f"The LDL is {exact}." if language == "en" else f"低密度脂蛋白为{exact}。"
    assert prover.faults([put(row, -1, told), put(row, -1, row.messages[-1].content + told)]) != [
        "",
        "",
    ]


def test_pairs_are_slips(built, rows):
    pairs = [
        json.loads(line)
        for line in (built[0] / "preference.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    kinds = Counter(pair["why"].split(":")[0] for pair in pairs)
    assert set(kinds) == {"misused formula"}
    slipped = [slip for row in rows if (slip := corruptions.corrupt(row))]
    assert all(slip.answer.count("\n") == 0 and "(" not in slip.why for slip in slipped)
    assert len(slipped) > 30


def test_a_slip_does_not_prove(rows, prover):
    wrong = [put(row, -1, slip.answer) for row in rows if (slip := corruptions.corrupt(row))]
    assert wrong and all(prover.faults(wrong))


def test_other_tools_get_the_rows(built):
    folder, report = built
    alpaca = json.loads((folder / "alpaca.json").read_text(encoding="utf-8"))
    sharegpt = json.loads((folder / "sharegpt.json").read_text(encoding="utf-8"))
    chatglm = (folder / "chatglm.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(alpaca) == len(sharegpt) == report.train < len(chatglm)
    text = json.dumps(alpaca, ensure_ascii=False)
    assert "calculate(" in text and "RESULT: " in text and "计算结果：" in text


def test_the_same_seed_gives_the_same_bytes(graph, built, tmp_path):
    build.build(
        *graph, tmp_path / "two", BuildOptions(styles=("tools",), limit=LIMIT, seed=3, workers=2)
    )
    for path in built[0].iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    other = build.build(
        *graph, tmp_path / "other", BuildOptions(styles=("tools",), limit=40, seed=4)
    )
    assert other.rows == 40


def test_rows_and_tasks_travel_as_json(graph, rows):
    """What Ray carries between machines comes back as it was."""
    supplies = PageSources(*graph)
    tasks = [*islice(RowPlan(supplies, 3, ["en", "zh"]).tasks([STYLES["tools"]]), 60)]
    assert ray_workers._decode_tasks(ray_workers._encode_tasks(tasks)) == tasks
    made = RowWriter(graph[0], supplies).write(tasks)
    assert len(made) == 60 and not any(reason for _, reason in made)
    assert ray_workers._decode_candidates(ray_workers._encode_candidates(made)) == made


def test_a_mixed_build_is_not_flooded(graph, tmp_path):
    report = build.build(*graph, tmp_path / "data")
    assert 0.01 * report.rows < report.styles["tools"] < 0.08 * report.rows


def test_it_needs_no_graph(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    note = "---\nkey: note:x\ntitle: Water\nlanguage: en\n---\n## Background\nDrink enough water.\n"
    (tmp_path / "note.md").write_text(note, encoding="utf-8")
    generation = updates.add(engine, tmp_path, [tmp_path / "note.md"]).generation
    chinese = {"languages": ("zh",), "limit": 30}
    report = build.build(
        engine, generation, tmp_path / "data", BuildOptions(styles=("tools",), **chinese)
    )
    assert report.rows == 30
    with pytest.raises(KnowledgeError, match="holds no facts"):
        build.build(engine, generation, tmp_path / "all", BuildOptions(**chinese))
    engine.dispose()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_calculation_stands_behind_the_conversion_that_it_uses(language, rows, prover):
    row = first(
        rows,
        language,
        lambda row: [message.content[:4] for message in row.messages[1:4:2]] == ["equa", "calc"],
    )
    question, turning, turned, call, called, *rest = row.messages
    early = replace(row, messages=(question, call, called, turning, turned, *rest))
    assert prover.faults([row, early]) == [
        "",
        "a calculation comes before the conversion that it uses",
    ]


@pytest.mark.parametrize(
    "change",
    [lambda text: text.replace(" ", " \u00ad", 1), lambda text: f"{text} {text}"],
    ids=["an unseen sign", "said twice"],
)
def test_what_no_calculation_adds_is_found(change, rows, prover):
    row = first(rows, "en", lambda row: row.messages[-1].content.endswith(("ms.", "mL.", "kg.")))
    *before, answer = row.messages
    wrong = replace(row, messages=(*before, LessonMessage("assistant", change(answer.content))))
    assert prover.faults([row])[0] == "" and prover.faults([wrong])[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_answer_names_all_inputs_or_none(language):
    scores = [
        formula
        for formula in FORMULAS.values()
        if any(each.choices and each.key != "sex" for each in formula.inputs)
    ]
    assert len(scores) > 3
    for formula in scores:
        case = SimpleNamespace(formula=formula, given={}, stated={})
        assert value_phrases.restate_values(case, language) == ""


def test_who_takes_oestrogen_is_no_man():
    perc = next(each for each in FORMULAS.values() if each.id == "perc")
    men = re.compile(r"\b(?:man|male|gentleman|boy)\b|男")
    for language in ("en", "zh"):
        for seed in range(60):
            pick = random.Random(seed)
            case = calculator_cases.draw(perc, language, pick)
            case = replace(case, given={**case.given, "hormones": "yes"})
            assert not men.search(value_phrases.describe_patient(case, language, pick))
            assert value_phrases.choose_relative(case, language, pick).her not in ("his", "他")
