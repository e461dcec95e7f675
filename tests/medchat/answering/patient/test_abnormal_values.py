"""A value out of range is read as the condition that it is; no other value is."""

from functools import partial

import pytest

from knowledge.graph.linker import KnownName, Linker
from knowledge.search.query_parser import parse_query
from knowledge.text.names import language_of, normalise
from medchat.answering.patient.abnormal_values import find_abnormal
from medchat.answering.understanding import understand_question

LINKER = Linker(
    KnownName(f"{kind}:1", kind, name, normalise(name), language_of(name), True)
    for kind, names in {
        "condition": ("hyperkalaemia", "高钾血症"),
        "medicine": ("spironolactone", "螺内酯"),
    }.items()
    for name in names
)


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("what to do about a serum sodium of 121 mmol/l?", "en", "hyponatraemia"),
        ("k+ 2.9, how to replace?", "en", "hypokalaemia"),
        ("a calcium of 12.2 mg/dl", "en", "hypercalcaemia"),
        ("a calcium of 2.4 mmol/l", "en", ""),
        ("potassium 4.4", "en", ""),
        ("potassium was 6.8 last year", "en", ""),
        ("warfarin with an inr of 6.4", "en", ""),
        ("肌酐 240 μmol/l 怎么办", "zh", ""),
        ("anion gap with sodium 150, potassium 6.1", "en", ""),
        ("血钾5.9怎么处理", "zh", "高钾血症"),
        ("血小板18×10⁹/l要注意什么", "zh", "血小板减少症"),
        ("血钠140正常吗", "zh", ""),
    ],
)
def test_the_only_value_out_of_range_is_named(text: str, language: str, name: str) -> None:
    found = find_abnormal(text, "zh" if language == "zh" else "en")
    assert (found.name if found else "") == name


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("How do I treat a potassium of 6.1?", "hyperkalaemia"),
        ("How do I treat a potassium of 4.1?", ""),
        ("Potassium 6.1: may I give spironolactone?", ""),
        ("血钾6.1怎么处理？", "高钾血症"),
    ],
)
def test_a_question_on_a_value_is_one_on_the_condition(question: str, read: str) -> None:
    asked = understand_question(question, [], partial(parse_query, linker=LINKER))
    assert [each.read for each in asked.readings] == ([read] if read else [])
