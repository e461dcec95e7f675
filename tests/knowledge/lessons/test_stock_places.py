"""Where stock sentences stand, how a row says it is told, and from which end a fact is seen."""

import random

import pytest

from knowledge.calculators.formulas import formula_registry
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import (
    AttributeQuestionsWords,
    ConsultationWords,
    HuatuoWords,
    PatientsWords,
    VignetteWords,
)
from knowledge.lessons.verify import (
    calculation_wording,
    manner_check,
    person_check,
    stock_place_check,
    stock_sentences,
)
from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.records import Lesson, LessonMessage, LessonSource

PICK = random.Random(7)
VALUE = {"en": "", "zh": ""}
ITCH = SourceContent("f:1", "condition:scabies", "symptom", "symptom:itch", VALUE)
CREAM = SourceContent("f:2", "condition:scabies", "medicine", "medicine:permethrin", VALUE)
GERD = SourceContent("f:3", "condition:reflux", "symptom", "symptom:itch", VALUE)
FLAG = SourceContent("f:4", "condition:scabies", "red_flag", "", {"en": "Pus.", "zh": "流脓。"})


def row(*facts, style="chatdoctor", subject="condition:scabies", language="en", **meta):
    lesson = Lesson(
        id="x",
        messages=(LessonMessage("user", "?"), LessonMessage("assistant", "!")),
        language=language,
        style=style,
        sources=tuple(LessonSource("fact", each.id, "") for each in facts),
        entities=(subject,),
        split_key=subject,
        licence="CC0-1.0",
        meta={"relation": "symptom", **meta},
    )
    return RowFacts(lesson, facts, {})


def stock(table, entry="", style="chatdoctor", language="en"):
    """Return the tables of a sentence that is drawn from one of them."""
    held = stock_sentences.table(table, language)
    lines = held[entry] if entry else held
    said = grammar.draw([each for each in lines if each], PICK).lower()
    found = stock_sentences.origins(said, style, language)
    assert (table, entry) in found
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("table", "entry", "fits"),
    [
        ("consultation.why", "symptom", True),
        ("consultation.why", "dose_limit", False),
        ("open_lists.more", "medicine", True),
        ("open_lists.more", "monitoring", False),
        ("open_lists.not_stopped", "", True),
        ("consultation.at_once", "", False),
        ("chatdoctor.medicine_closing", "", False),
        ("consultation.heard_medicine", "", False),
        ("consultation.heeded", "", True),
        ("chatdoctor.prognosis_closing", "", False),
    ],
)
def test_a_stock_sentence_speaks_of_what_the_answer_tells(table, entry, fits, language):
    said = stock(table, entry, language=language)
    fault = stock_place_check.fault(row(ITCH, CREAM, language=language), [said])
    assert bool(fault) is not fits


def test_what_is_said_of_a_sign_follows_a_sign():
    said = [stock("consultation.at_once")]
    assert stock_place_check.fault(row(ITCH, FLAG), said) == ""
    assert stock_place_check.fault(row(ITCH), said)


def test_other_help_is_offered_in_refusals_alone():
    said = [stock("safety.offer_of_help", style="safety")]
    assert stock_place_check.fault(row(ITCH, style="safety", refused=True), said) == ""
    assert stock_place_check.fault(row(ITCH, style="safety"), said)


def test_whoever_is_sent_to_hospital_is_not_sent_home_too():
    urgent, routine = stock("consultation.urgent_named"), stock("chatdoctor.closing")
    assert stock_place_check.fault(row(ITCH), [urgent]) == ""
    assert stock_place_check.fault(row(ITCH), [routine]) == ""
    assert stock_place_check.fault(row(ITCH), [routine, urgent])


def told(style, register, difficulty, *facts, said=(), keys=(), asked=()):
    about = row(*(facts or (ITCH,)), style=style, register=register, difficulty=difficulty)
    return manner_check.fault(about, keys, said, asked)


def test_the_register_is_that_of_the_words():
    thanks, closing = stock("consultation.heard_named"), stock("vignette.closing")
    assert told("dialogue", "plain", "medium", said=[thanks]) == ""
    assert told("dialogue", "professional", "medium", said=[thanks])
    assert told("dialogue", "professional", "medium", said=[closing]) == ""
    assert told("dialogue", "plain", "medium", said=[closing])
    assert told("dialogue", "plain", "medium") == told("dialogue", "professional", "medium") == ""
    assert told("vignette", "professional", "medium") == ""
    assert told("vignette", "plain", "medium")


def test_a_case_is_hard_where_another_illness_is_weighed():
    assert told("vignette", "professional", "hard", ITCH, GERD) == ""
    assert told("vignette", "professional", "hard", ITCH)
    assert told("dialogue", "plain", "easy", ITCH, GERD)


def test_a_question_on_two_things_is_harder_than_one():
    few, topic = load(HuatuoWords, "en"), load(AttributeQuestionsWords, "en").topic_name
    one = f"name three {few.some_name['symptom'].lower()} of \5."
    two = f"i would like to know about \5: {topic['symptom']} and {topic['cause']}.".lower()
    for asked, own, other in ((one, "easy", "medium"), (two, "medium", "easy")):
        assert told("huatuo", "plain", own, asked=[asked]) == ""
        assert told("huatuo", "plain", other, asked=[asked])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_to_patients_is_not_taken_for_what_clinicians_say(language):
    for table, own in (
        (load(PatientsWords, language).likely, "vignette.supports"),
        (load(VignetteWords, language).supports["symptom"], "patients.likely"),
    ):
        for _ in range(300):
            text = grammar.draw(table, PICK).replace("{s}", "\5").replace("{a}", "\0")
            key = stock_sentences.key_of(
                text.lower(), frozenset({"symptom"}), frozenset(), language
            )
            assert key != own


def test_a_fact_is_seen_from_either_end():
    pair = SourceContent("f", "medicine:a", "interaction", "medicine:b", VALUE)
    quoted = SourceContent("p", "document:a", "", "", VALUE)
    assert CREAM.relation_from("condition:scabies") == "medicine"
    assert CREAM.relation_from("medicine:permethrin") == "medicine~"
    assert CREAM.is_turned_from("medicine:permethrin")
    assert pair.relation_from("medicine:b") == "interaction"
    assert quoted.relation_from("condition:scabies") == ""


def test_a_figure_behind_a_name_with_a_figure_is_no_part_of_it():
    formula = formula_registry.FORMULAS["pf-ratio"]
    names = [name for each in formula.inputs for name in each.names("en")]
    for name in ("FiO2", "PaO2"):
        assert name in names
        sound = calculation_wording.masked(f"{name} of 40", (), names, formula, "en")
        wrong = calculation_wording.masked(f"{name}7 of 40", (), names, formula, "en")
        assert name.lower() not in sound
        assert f"{name}7".lower() in wrong


def test_a_miscarriage_befalls_nobody_of_seventy():
    names = {"condition:scabies": ("threatened miscarriage",)}
    lesson = row(ITCH).lesson
    for age, sound in ((30, True), (70, False)):
        asked = LessonMessage("user", f"A {age}-year-old woman is bleeding. What is it?")
        one = Lesson(
            "x", (asked, lesson.messages[1]), "en", "chatdoctor", lesson.sources, lesson.entities,
            lesson.split_key, lesson.licence, lesson.meta,
        )  # fmt: skip
        assert (person_check.fault(one, names.__getitem__) == "") is sound


def test_the_tables_that_are_named_are_tables_of_stock():
    every = {key for keys in stock_sentences.stock().values() for key in keys}
    named = {
        *stock_place_check._BY_RELATION, *stock_place_check._AFTER, *stock_place_check._OF_KIND,
        *stock_place_check._REFUSING, *stock_place_check._URGENT, *stock_place_check._ROUTINE,
        *manner_check._TO_PATIENTS, *manner_check._AMONG_CLINICIANS,
    }  # fmt: skip
    assert named <= every
    assert load(ConsultationWords, "en").why.keys() >= {"test", "symptom"}
