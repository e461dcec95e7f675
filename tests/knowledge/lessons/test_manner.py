"""Test how doctor rows are told: register, length, difficulty, and what the proof makes of them."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from toy_lessons import opened

from knowledge.datasets.row_ids import lesson_id
from knowledge.errors import KnowledgeError
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.facts import reportable_findings
from knowledge.lessons.facts.fact_fitness import is_speakable
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import ANY, LENGTHS, Manner, WantedManners, length_of
from knowledge.lessons.pages import related_pages
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.realize import case_plan, page_renderer, urgency
from knowledge.lessons.row_plan import RowPlan
from knowledge.lessons.styles.style_registry import DOCTOR_STYLES, STYLES
from knowledge.lessons.verify.prover import Prover
from knowledge.lessons.workers import OTHER_LENGTH, RowWriter
from knowledge.records import Entity, Name


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("manner"))
    yield engine, generation
    engine.dispose()


def written(toy, wanted):
    engine, generation = toy
    sources = PageSources(engine, generation)
    plan = RowPlan(sources, 5, ("en", "zh"), wanted)
    tasks = list(plan.tasks([STYLES[name] for name in DOCTOR_STYLES]))
    return RowWriter(engine, sources).write(tasks[:400])


@pytest.fixture(scope="module")
def mixed(toy):
    return [row for row, reason in written(toy, ANY) if row and not reason]


def told(rows, name):
    return Counter(row.meta[name] for row in rows)


def test_a_mix_has_all_registers_lengths_and_difficulties(mixed):
    assert set(told(mixed, "register")) == {"plain", "professional"}
    assert set(told(mixed, "length")) == set(LENGTHS)
    assert set(told(mixed, "difficulty")) >= {"easy", "medium"}
    assert {row.meta["register"] for row in mixed if row.style == "vignette"} <= {"professional"}


@pytest.mark.parametrize("length", LENGTHS)
def test_only_answers_of_the_wanted_length_are_kept(toy, length):
    made = written(toy, WantedManners(lengths=(length,)))
    rows = [row for row, reason in made if row and not reason]
    assert rows
    for row in rows:
        assert length_of(row.messages[-1].content, row.language) == length == row.meta["length"]
    assert {reason for row, reason in made if row is None} <= {OTHER_LENGTH} | {
        reason for row, reason in written(toy, ANY) if row is None
    }


def test_a_wanted_register_or_difficulty_leaves_out_the_others(toy):
    plain = written(toy, WantedManners(registers=("plain",), difficulties=("easy",)))
    rows = [row for row, reason in plain if row and not reason]
    assert rows and set(told(rows, "register")) == {"plain"}
    assert set(told(rows, "difficulty")) == {"easy"}
    assert "vignette" not in told_styles(rows)


def told_styles(rows):
    return {row.style for row in rows}


def test_a_plain_answer_says_more_than_a_brief_one(mixed):
    def size(register):
        few = [
            len(row.messages[-1].content)
            for row in mixed
            if row.style == "chatdoctor" and row.meta["register"] == register
        ]
        return sum(few) / len(few)

    assert size("plain") > size("professional")


def test_a_length_that_the_answer_has_not_is_a_fault(toy, mixed):
    prover = Prover(*toy)
    row = next(row for row in mixed if row.meta["length"] == "short")
    assert prover.faults([row]) == [""]
    wrong = replace(row, meta={**row.meta, "length": "long"})
    assert prover.faults([wrong]) == ["the length is not that of the answer"]


def test_the_subject_of_a_row_cannot_be_exchanged_with_its_rival(toy, mixed):
    prover = Prover(*toy)
    row = next(row for row in mixed if len(row.entities) > 2)
    other = replace(row, entities=(row.entities[1], row.entities[0], *row.entities[2:]))
    other = replace(
        other,
        id=lesson_id(other.style, other.language, other.messages, [s.id for s in row.sources]),
    )
    assert "subject" in prover.faults([other])[0]


@pytest.mark.parametrize(
    "wanted",
    [
        WantedManners(registers=("loud",)),
        WantedManners(lengths=("endless",)),
        WantedManners(difficulties=("none",)),
    ],
)
def test_a_manner_that_is_unknown_is_refused(wanted):
    with pytest.raises(KnowledgeError, match="There is no"):
        BuildOptions(manners=wanted)


def test_a_manner_is_drawn_in_its_shares():
    pick = random.Random(3)
    drawn = [ANY.draw(("plain", "professional"), pick) for _ in range(400)]
    plain = sum(each is not None and each.is_plain for each in drawn)
    assert 250 < plain < 350
    assert ANY.draw((), pick) is None


def test_a_test_named_by_its_place_in_a_catalogue_is_not_spoken():
    assert not is_speakable("尿液检查-镜检-红细胞", "test")
    assert is_speakable("尿常规", "test")


def finding(name):
    return PageFact(f"fact:{name}", name, name, f"symptom:{name}", "symptom")


def condition(name, language="zh", **groups):
    entity = Entity(f"condition:{name}", "condition", (Name(name, language),))
    return FactPage(entity, language, name, name, groups)


def test_a_case_holds_a_finding_that_few_conditions_have():
    telling = finding("皮肤结节")
    known = [finding("发热"), finding("乏力"), finding("头痛"), telling]
    page = replace(
        condition("结节病", symptom=tuple(known)),
        find_telling=lambda page: frozenset([telling.object]),
    )
    for seed in range(30):
        chosen = case_plan.choose_findings(page, known, 2, random.Random(seed))
        assert telling in chosen and len(chosen) == 2


def test_a_pain_without_a_place_goes_without_saying():
    felt = reportable_findings.select_felt([finding("疼痛"), finding("关节痛")])
    assert [item.text for item in felt] == ["关节痛"]
    assert [i.text for i in reportable_findings.select_felt([finding("疼痛")])] == ["疼痛"]


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("支气管炎", "小儿慢性支气管炎", False),
        ("支气管炎", "肺炎", True),
        ("糖尿病", "糖尿病肾病", True),
        ("扁桃体炎", "老年人肺炎", False),
        ("小儿肺炎", "小儿心力衰竭", True),
    ],
)
def test_an_illness_leads_to_none_of_its_own_kind_or_of_another_age(name, text, kept):
    groups = {"complication": (finding(text),)}
    assert ("complication" in page_renderer.drop_repeated_items(name, groups)) is kept


def test_what_was_asked_for_is_told_first_of_a_named_condition():
    page = condition(
        "肾结石",
        test=(finding("尿常规"),),
        medicine=(finding("排石颗粒"),),
        department=(finding("泌尿外科"),),
    )
    for seed in range(20):
        plan = case_plan.plan_case(page, "department", Manner("plain", "long"), random.Random(seed))
        assert plan.steps[0][0] == "department"


def test_nothing_that_can_wait_is_said_in_an_emergency(mixed):
    row = next(
        row
        for row in mixed
        if row.style == "chatdoctor" and [] in row.meta["support"] and row.language == "en"
    )
    opened_row = urgency.with_opening(row, "Call an ambulance now.", ["chest"])
    assert opened_row.meta["support"].count([]) == 1
    assert opened_row.meta["support"][1:] == [each for each in row.meta["support"] if each]
    assert opened_row.messages[-1].content.startswith("Call an ambulance now. ")


def test_two_conditions_without_departments_need_two_findings_in_common():
    one = condition("asthma", "en", symptom=(finding("cough"), finding("wheezing")))
    other = condition("bronchitis", "en", symptom=(finding("cough"), finding("phlegm")))
    like = condition("emphysema", "en", symptom=(finding("cough"), finding("wheezing")))
    assert not related_pages._is_alternative(one, other, "symptom")
    assert related_pages._is_alternative(one, like, "symptom")
