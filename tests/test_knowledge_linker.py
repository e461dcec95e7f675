"""Linker: the longest name wins, spelling is forgiven within reason, everyday words are left."""

import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from knowledge import linker
from knowledge.linker import Called, Linker
from knowledge.names import language_of, normalise


def _called(entity: str, text: str, kind: str = "condition", preferred: bool = True) -> Called:
    return Called(entity, kind, text, normalise(text), language_of(text), preferred)


LINKER = Linker(
    [
        _called("t2d", "Type 2 diabetes"),
        _called("t2d", "2型糖尿病"),
        _called("diabetes", "Diabetes"),
        _called("diabetes", "糖尿病"),
        _called("metformin", "metformin", "medicine"),
        _called("alzheimer", "Alzheimer's disease"),
        _called("hypertension", "高血压"),
        _called("hypertension", "High blood pressure", preferred=False),
        _called("hypertensive", "高血压肾病"),
        _called("b12", "维生素B12", "medicine"),
        _called("copd", "COPD"),
        _called("as", "AS"),
        _called("all", "ALL"),
        _called("cold", "cold"),
        _called("ra", "类风湿关节炎"),
        _called("treating", "治疗", "treatment"),
        _called("cough", "咳", "symptom"),
        _called("fever-sign", "fever", "symptom"),
        _called("fever", "Fever"),
        _called("coeliac", "Coeliac disease"),
    ]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("symptoms of Type II diabetes", [("Type II diabetes", "t2d")]),
        ("diabetes, type 2 or not", [("diabetes", "diabetes")]),
        ("Ⅱ型糖尿病的症状", [("Ⅱ型糖尿病", "t2d")]),
        ("二型糖尿病与糖尿病", [("二型糖尿病", "t2d"), ("糖尿病", "diabetes")]),
        ("metfromin or metformine", [("metfromin", "metformin"), ("metformine", "metformin")]),
        ("diabetis", [("diabetis", "diabetes")]),
        ("Alzheimer’s diseases", [("Alzheimer’s diseases", "alzheimer")]),
        ("celiac disease", [("celiac disease", "coeliac")]),
        ("高血压肾病患者", [("高血压肾病", "hypertensive")]),
        ("老年高血压患者", [("高血压", "hypertension")]),
        ("缺乏维生素b12时", [("维生素b12", "b12")]),
        ("high-blood-pressure", [("high-blood-pressure", "hypertension")]),
        ("copd", [("copd", "copd")]),
        ("AS and ALL", [("AS", "as"), ("ALL", "all")]),
    ],
)
def test_names_are_found_where_they_stand(text: str, expected: list[tuple[str, str]]) -> None:
    found = LINKER.find(text)
    assert [(mention.text, mention.entities[0]) for mention in found] == expected
    assert all(text[mention.start : mention.end] == mention.text for mention in found)


@pytest.mark.parametrize(
    "text",
    [
        "as cold as all that",  # everyday words that are also names
        "治疗咳的方法",  # a common word, and a single character
        "metform is short",  # two letters are missing
        "a type of blood. Pressure is high",  # a full stop stands between
        "法国的首都是哪里？",
        "",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert LINKER.find(text) == []


def test_all_that_bear_a_name_are_told_conditions_first() -> None:
    (mention,) = LINKER.find("fevers")
    assert mention.entities == ("fever", "fever-sign")


@given(st.text(alphabet="型糖尿病二2Ⅱ高血压 metforinB1.，-’ⅸ½①", max_size=60))
def test_mentions_never_overlap_and_quote_the_text(text: str) -> None:
    place = 0
    for mention in LINKER.find(text):
        assert place <= mention.start < mention.end
        assert text[mention.start : mention.end] == mention.text
        place = mention.end


def test_many_names_load_in_seconds_and_find_in_milliseconds() -> None:
    pick = random.Random(7)
    words = ["".join(pick.choices(string.ascii_lowercase, k=9)) for _ in range(20_000)]
    names = [_called(f"e{n}", f"{pick.choice(words)} syndrome") for n in range(25_000)]
    names += [
        _called(f"z{n}", "".join(chr(pick.randint(0x4E00, 0x9000)) for _ in range(5)))
        for n in range(25_000)
    ]
    start = time.process_time()
    found = Linker(names)
    assert time.process_time() - start < 4  # 0.4 s when idle
    text = "Patients with raised pressure and an unknwon disease were treated. " * 15
    found.find(text)
    start = time.process_time()
    found.find(text)
    assert time.process_time() - start < 0.02  # 1.5 ms when idle


def test_an_empty_catalogue_links_nothing(engine: Engine) -> None:
    assert linker.load(engine, 1).find("fever and 发热") == []
