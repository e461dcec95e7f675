"""Exam questions: right options are in the graph, wrong ones provably not, in both languages."""

import random
import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from test_overview import starter  # noqa: F401 - a fixture

from knowledge.datasets.row_ids import id_of
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import FILES, read_lessons
from knowledge.lessons.facts import exam_rules, likeness
from knowledge.lessons.facts.exam_rules import BLANK, DENIABLE, LETTERS
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import ExamWords
from knowledge.lessons.verify.prover import Prover
from knowledge.lessons.verify.recorded_facts import FactRecords

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from tampering import changed_rows
from tampering_kinds import exams
from tampering_kinds.row_changes import Others

FORMS = ("which", "which-not", "right", "wrong", "gap")


@pytest.fixture(scope="module")
def rows(starter, tmp_path_factory):  # noqa: F811
    folder = tmp_path_factory.mktemp("rows") / "data"
    build.build(*starter, folder, BuildOptions(limit=1600, styles=("exam",)))
    return [row for name in FILES for row in read_lessons(folder / name)]


@pytest.fixture(scope="module")
def prover(starter):  # noqa: F811
    return Prover(*starter)


@pytest.fixture(scope="module")
def records(starter):  # noqa: F811
    return FactRecords(*starter)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written(rows, language, form):
    found = [row for row in rows if row.language == language and row.meta["form"] == form]
    assert found
    for row in found:
        asked, answer = (message.content for message in row.messages)
        assert "{" not in asked + answer
        assert (BLANK in asked) == (form == "gap")
        assert bool(re.search(r"^A\. .+\nB\. .+\nC\. .+\nD\. .+$", asked, re.M)) == (
            form in ("which", "which-not")
        )


def test_wrong_options_are_not_in_the_graph(rows, records):
    for row in rows:
        if row.meta["form"] not in ("which", "which-not", "wrong"):
            continue
        own = records.read([row.split_key])[row.split_key]
        right = own.objects[row.meta["relation"]]
        held = [id in right for id in row.meta["options"]]
        assert held.count(True) == {"which": 1, "which-not": 3, "wrong": 0}[row.meta["form"]]
        for id, is_right in zip(row.meta["options"], held, strict=True):
            assert is_right or id not in own.related
        if row.meta["form"] != "wrong":
            place = LETTERS.index(row.meta["answer"])
            assert held[place] == (row.meta["form"] == "which")
            assert held.count(held[place]) == 1


def test_letters_are_balanced(rows):
    letters = Counter(row.meta["answer"] for row in rows if row.meta["form"] == "which")
    assert set(letters) == set(LETTERS)
    assert max(letters.values()) < 0.55 * letters.total()


def test_nothing_is_denied_of_a_relation_where_that_is_not_fair(rows):
    denied = [row for row in rows if row.meta["form"] in ("which", "which-not", "wrong")]
    assert denied and {row.meta["relation"] for row in denied} <= set(DENIABLE)
    assert not {"contraindication", "interaction", "side_effect", "red_flag"} & set(DENIABLE)


def test_a_blank_is_left_only_where_few_answers_are_right(rows):
    gaps = [row for row in rows if row.meta["form"] == "gap" and row.meta["options"]]
    assert gaps and {row.meta["relation"] for row in gaps} <= set(exam_rules.FILLED)
    assert not exam_rules.can_be_filled("symptom", 1)
    assert not exam_rules.can_be_filled("cause", 2)


def test_a_blank_accepts_every_name_of_its_answer(rows):
    gaps = [row for row in rows if row.meta["form"] == "gap"]
    assert any(len(row.meta["accepted"]) > 1 for row in gaps)
    for row in gaps:
        accepted = {name.casefold() for name in row.meta["accepted"]}
        assert row.meta["answer"].casefold() in accepted
        assert row.messages[1].content.partition("\n")[0].endswith(row.meta["answer"])


@pytest.mark.parametrize("kind", exams.KINDS)
def test_a_changed_exam_is_found(kind, rows, prover):
    pick = random.Random(kind)
    wrong = changed_rows(rows, exams.KINDS[kind], Others(rows), 20, pick)
    wrong = [replace(row, id=id_of(row)) for row in wrong]
    missed = [row for row, why in zip(wrong, prover.faults(wrong), strict=True) if not why]
    assert len(wrong) > 5 and missed == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("joint pain", "pain", True),
        ("insulin glargine", "insulin", True),
        ("acute kidney injury", "chronic kidney injury", True),
        ("gout", "asthma", False),
        ("PE", "speech therapy", False),
        ("右上腹痛", "腹痛", True),
        ("发热", "发烧", True),
        ("皮疹", "咳嗽", False),
        ("肺炎", "pneumonia", False),
    ],
)
def test_names_of_one_thing_are_alike(one, other, alike):
    assert likeness.are_alike([one], [other]) is alike
    assert likeness.are_alike([other], ["nothing else", one]) is alike


@pytest.mark.parametrize("language", LANGUAGES)
def test_general_names_stand_there_once(language):
    named = [name.casefold() for name in load(ExamWords, language).too_general]
    assert len(named) == len(set(named)) and all(map(exam_rules.is_too_general, named))
