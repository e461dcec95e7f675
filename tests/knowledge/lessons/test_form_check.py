"""How a row is written and what it records, and whether the person that it tells of can be."""

import re
from dataclasses import replace

import pytest

from knowledge.lessons.templates.loader import LANGUAGES
from knowledge.lessons.verify import form_check, person_check, relation_phrases, stock_sentences
from knowledge.records import Lesson, LessonMessage, LessonSource
from knowledge.vocabulary import RELATIONS, base_relation

_NAMES = {
    "condition:scabies": ("scabies", "疥疮"),
    "condition:mole": ("hydatidiform mole of pregnancy",),
    "test:sle": ("SLE score",),
}


def _names(id):
    return _NAMES.get(id, ())


def _row(answer, asked="What is it?", style="huatuo", subject="condition:scabies", **meta):
    return Lesson(
        id="x",
        messages=(LessonMessage("user", asked), LessonMessage("assistant", answer)),
        language="zh" if re.search("[一-鿿]", answer) else "en",
        style=style,
        sources=(LessonSource("fact", "fact:1", "scabies — symptoms: itching."),),
        entities=(subject,),
        split_key=subject,
        licence="CC0-1.0",
        meta={"relation": "symptom", "support": [[0]], "objects": ["itching"], **meta},
    )


_SOUND = _row("Scabies can cause itching.")


@pytest.mark.parametrize(
    "answer",
    [
        "Scabies can\0 cause itching.",
        "Scabies can cause \u0301itching.",
        "Scabies can cause\u00a0itching.",
        "Scabies can cause itching for ٣ weeks.",
        "Scabies can cause itching. ",
        "Scabies can cause  itching.",
        "Scabies can\ncause itching.",
        "疥疮可引起瘙痒。 要看医生。",
        "疥疮可引起瘙痒２周。",
    ],
)
def test_signs_and_spaces_that_nobody_writes_are_found(answer):
    assert form_check.fault(_SOUND, _names) == ""
    assert form_check.fault(_row(answer), _names)


def test_a_sign_that_a_quotation_holds_is_sound():
    quote = LessonSource("fact", "fact:1", "scabies — course: 4\u20136\u2009weeks.")
    row = _row("Scabies lasts 4\u20136\u2009weeks.")
    assert form_check.fault(row, _names)
    assert form_check.fault(replace(row, sources=(quote,)), _names) == ""


@pytest.mark.parametrize("answer", ["Scabies CAN cause itching.", "scabies can cause itching."])
def test_letters_are_those_of_templates_and_names(answer):
    assert form_check.letter_fault(_SOUND, _names) == ""
    assert form_check.letter_fault(_row(answer), _names)


def test_a_name_keeps_its_large_letters():
    row = _row("An SLE score may help.")
    assert form_check.letter_fault(row, _names)
    assert form_check.letter_fault(replace(row, entities=("test:sle",)), _names) == ""


@pytest.mark.parametrize(
    "meta",
    [
        {"note": "reviewed by a doctor"},
        {"options": []},
        {"register": "plain"},
        {"register": "rude", "length": "short", "difficulty": "easy"},
    ],
)
def test_a_row_records_what_its_style_does(meta):
    told = {"register": "plain", "length": "short", "difficulty": "easy"}
    assert form_check.fault(_row("It itches.", **told), _names) == ""
    assert form_check.fault(_row("It itches.", **meta), _names)


def test_an_entity_is_named_once():
    row = replace(_SOUND, entities=(*_SOUND.entities, *_SOUND.entities))
    assert form_check.fault(row, _names) == "an entity is named twice"


@pytest.mark.parametrize(
    ("asked", "subject", "wrong"),
    [
        ("My sister is 30. She has scabies.", "condition:scabies", False),
        ("My sister is 30. He has scabies.", "condition:scabies", True),
        ("In a 40-year-old woman with scabies, what next?", "condition:scabies", False),
        ("In a 4-year-old woman with scabies, what next?", "condition:scabies", True),
        ("In a 40-year-old boy with scabies, what next?", "condition:scabies", True),
        ("In a 140-year-old man with scabies, what next?", "condition:scabies", True),
        ("A 30-year-old woman has a mole. What next?", "condition:mole", False),
        ("A 30-year-old man has a mole. What next?", "condition:mole", True),
        ("A 70-year-old woman has a mole. What next?", "condition:mole", True),
    ],
)
def test_the_person_can_be(asked, subject, wrong):
    row = _row("It itches.", asked, subject=subject)
    assert bool(person_check.fault(row, _names)) is wrong


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ("我父亲70岁，其他都好，他得了疥疮，怎么办？", False),
        ("我父亲70岁，她得了疥疮，怎么办？", True),
        ("我丈夫3岁，得了疥疮，怎么办？", True),
    ],
)
def test_the_person_can_be_in_chinese(asked, wrong):
    assert bool(person_check.fault(_row("疥疮可引起瘙痒。", asked), _names)) is wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_that_states_a_relation_says_it(language):
    refused = []
    for key in stock_sentences.STATING:
        for relation in stock_sentences.table(key, language):
            bare = base_relation(str(relation))
            if bare not in RELATIONS:
                continue
            for template in stock_sentences.templates(key, language, str(relation)):
                said = re.sub(r"\{\w+\}", "  ", _first(template))
                if relation_phrases.fault(said, frozenset({bare}), frozenset(), language):
                    refused.append((key, relation, template))
    assert refused == []


def _first(template):
    """Take the first of each choice that a template leaves."""
    while found := re.search(r"[(\[<«]([^()\[\]<>«»]*)[)\]>»]", template):
        template = template.replace(found[0], found[1].split("|")[0], 1)
    return template.replace("\n", " ")
