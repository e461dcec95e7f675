"""What a case concludes, of whom, and what it tells of what cannot wait."""

import random
from dataclasses import replace
from types import SimpleNamespace

import pytest

from knowledge.lessons.facts import case_fitness, urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.realize import case_answer, case_plan, patient_profiles, urgency
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import Rival
from knowledge.records import Entity, Lesson, LessonMessage, LessonSource, Name

LONG = Manner("professional", "long")


def named(kind, *texts):
    return tuple(
        PageFact(f"f:{kind}:{each}", each, each, f"{kind}:{each}", kind, names=(each,))
        for each in texts
    )


def page(*names, **groups):
    entity = Entity(f"condition:{names[0]}", "condition", tuple(Name(each, "en") for each in names))
    return FactPage(entity, "en", names[0], names[0], groups)


def ill(*names, felt=(), tests=()):
    return page(*names, symptom=named("symptom", *felt), test=named("test", *tests))


def linked(subject, *others):
    """Return a page from which others are found by their findings."""
    pages = {each.id: each for each in others}

    def having(ids):
        return frozenset(
            id
            for id, each in pages.items()
            if set(ids) <= {item.object for item in each.entity_facts("symptom")}
        )

    links = SimpleNamespace(page=lambda id, _: pages.get(id), having=having, warnings=None)
    return subject.with_neighbours((), lambda _: tuple(others), links)


def test_what_is_listed_leaves_no_room_for_what_only_looks_alike():
    felt = ("bloating", "loose stools", "cramps")
    gut = ill("Irritable bowel syndrome", felt=felt)
    blocked = ill("Bowel obstruction", felt=felt)
    gluten = ill("Sprue", "Celiac disease", felt=felt[:1])
    subject = linked(gut, blocked, gluten)
    told = subject.entity_facts("symptom")
    rivals = case_rivals.rivals_of(subject, told, "symptom")
    assert rivals[0][0].name == "Sprue"
    assert case_rivals.weighed_against(subject, told, rivals, rivals[0][0]) is None
    other = linked(ill("Sarcoidosis", felt=felt), blocked, gluten)  # which is not listed
    rivals = case_rivals.rivals_of(other, told, "symptom")
    assert case_rivals.weighed_against(other, told, rivals, gluten)[0].name == "Bowel obstruction"


def test_no_illness_of_the_old_is_weighed_in_the_young():
    one = page("Tension-type headache", risk_factor=named("factor", "stress"))
    for other, fits in (("Giant cell arteritis", False), ("Migraine", True)):
        assert patient_profiles.may_befall(one, page(other)) is fits


def test_no_tumour_of_later_years_is_weighed_at_twenty():
    one = page("Irritable bowel syndrome")
    for other, fits in (("Colorectal cancer", False), ("Crohn's disease", True)):
        assert patient_profiles.may_befall(one, page(other)) is fits


def test_a_tumour_of_women_is_not_told_of_men_who_seldom_have_it():
    found = page("Breast cancer", population=named("population", "women", "men"))
    assert patient_profiles.profile_of(found).sex == "f"


@pytest.mark.parametrize(
    ("name", "known"),
    [("Kidney contusion", True), ("肺挫伤", True), ("Dumping syndrome", True), ("Gout", False)],
)
def test_what_follows_an_injury_or_an_operation_is_told_by_the_history(name, known):
    assert urgent_flags.is_known_to_whom_it_befell(page(name)) is known


def test_a_complaint_is_no_conclusion():
    felt = named("symptom", "stiffness", "pins and needles")
    for name, points in (("Neck pain", False), ("Cervical radiculopathy", True)):
        assert case_plan.points_somewhere(page(name, symptom=felt), felt) is points
    assert case_fitness.is_complaint("慢性腰痛")


def weigh(subject, *others, told=(), to_patient=False, manner=LONG):
    """Return the answer to a case that is weighed against one or two conditions."""
    pick = random.Random(5)
    mine = subject.entity_facts("symptom")[0]
    both = [(mine, each.entity_facts("symptom")[0]) for each in others]
    third = (others[1], both[1][1]) if len(others) > 1 else None
    plan = case_plan.plan_case(
        subject,
        "test",
        manner,
        pick,
        findings=told or subject.entity_facts("symptom"),
        rival=Rival(others[0], both[0], third=third),
        to_patient=to_patient,
    )
    answer = AnswerBuilder(subject, pick, asker="colleague")
    case_answer.tell(plan, "supports", answer, pick)
    return answer.text


def test_what_is_excluded_first_is_tested_for():
    heart = ill("Heart attack", felt=("fullness",), tests=("electrocardiogram", "troponin"))
    mild = ill("Gastritis", felt=("fullness",), tests=("breath test",))
    subject = ill("Dyspepsia", felt=("fullness", "heartburn"), tests=("gastroscopy",))
    text = weigh(subject, mild, heart)
    assert "troponin" in text and "breath test" not in text
    assert text.index("troponin") < text.index("gastroscopy")


@pytest.mark.parametrize(("test", "shown"), [("peak flow", False), ("electrocardiogram", True)])
def test_nothing_slow_comes_before_an_emergency(test, shown):
    subject = ill("Anaphylaxis", felt=("wheezing", "weals"), tests=("tryptase",))
    rival = ill("Acute coronary syndrome", felt=("wheezing",), tests=(test,))
    assert (test in weigh(subject, rival)) is shown


def test_a_colleague_hears_first_what_cannot_wait():
    rival = ill("Gastritis", felt=("melaena",))
    for felt, first in ((("melaena", "heartburn"), True), (("hiccups", "heartburn"), False)):
        subject = ill("Peptic ulcer", felt=felt, tests=("gastroscopy",))
        opening = weigh(subject, rival).split(". ")[0]
        assert ("hospital" in opening or "emergency department" in opening) is first


@pytest.mark.parametrize(
    ("rival", "now"), [("Heart attack", True), ("Pulmonary embolism", True), ("Gastritis", False)]
)
def test_who_may_have_an_emergency_is_not_told_to_come_in_a_day_or_two(rival, now):
    subject = ill("Reflux disease", felt=("chest pain", "heartburn"), tests=("gastroscopy",))
    other = ill(rival, felt=("chest pain",), tests=("troponin",))
    text = weigh(subject, other, to_patient=True, manner=Manner("plain", "long"))
    assert ("what is dangerous is ruled out" in " ".join(text.split())) is now


@pytest.mark.parametrize("finding", ["distorted vision", "a scotoma", "central blind spot"])
def test_distorted_vision_is_seen_soon(finding):
    assert urgent_flags.alarm_of([finding], "en") == "soon"


def test_who_wakes_early_does_not_deny_bad_sleep():
    told = named("symptom", "early morning waking")
    assert not case_fitness.can_be_denied(named("symptom", "sleep disturbance")[0], told)
    assert case_fitness.can_be_denied(named("symptom", "flashbacks")[0], told)


def test_a_warning_of_treated_illness_is_none_of_a_suspicion():
    flag = "Sudden withdrawal of dopaminergic medicine can cause high fever."
    assert urgent_flags.is_of_treatment(PageFact("f", flag, flag))
    flag = "Withdrawal from friends is a sign."
    assert not urgent_flags.is_of_treatment(PageFact("f", flag, flag))


def test_a_case_opens_with_the_emergency_of_what_it_follows():
    lines = (
        "Pulmonary embolism — symptoms: coughing up blood.",
        "Pulmonary embolism — tests: D-dimer.",
        "Aortic dissection — symptoms: syncope.",
    )
    sources = tuple(LessonSource("fact", f"f{at}", each) for at, each in enumerate(lines))
    row = Lesson("a", (), "en", "vignette", sources, (), "", "", {})
    tear, blood, clot = (
        urgency.Emergency(name, name, "act")
        for name in ("aortic dissection", "coughing up blood", "pulmonary embolism")
    )
    found = urgency._of_subject_first((blood, clot), row)
    assert [each.id for each in found] == ["pulmonary embolism", "coughing up blood"]
    assert urgency._leads_elsewhere(tear, row)
    assert not urgency._leads_elsewhere(blood, row)


@pytest.mark.parametrize(("name", "kept"), [("Lewy body dementia", False), ("Delirium", True)])
def test_what_comes_on_over_years_is_not_opened_as_sudden(name, kept):
    sources = (LessonSource("fact", "f", f"{name} — symptoms: sudden confusion."),)
    said = (LessonMessage("user", "She is lost."), LessonMessage("assistant", "It may be that."))
    row = Lesson("a", said, "en", "vignette", sources, (), "", "", {"support": [[0]]})
    row = replace(row, sources=(*sources, LessonSource("fact", "g", f"{name} — red flags: x.")))
    found = (urgency.Emergency("confusion", "sudden confusion", "act"),)
    opened = urgency.open_answer(row, lambda *_: found, random.Random(1))
    assert (opened is not None) is kept
