"""Linker: the longest name wins, spelling is forgiven within reason, everyday words are left."""

import random
import string
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from knowledge.graph import linker
from knowledge.graph.catalog import NameRow, SourceRow
from knowledge.graph.linker import KnownName, Linker
from knowledge.ingest import updates
from knowledge.text.names import language_of, normalise


def _called(entity: str, text: str, kind: str = "condition", preferred: bool = True) -> KnownName:
    return KnownName(entity, kind, text, normalise(text), language_of(text), preferred)


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
        ("pressure, high blood", []),  # in a list these are two things
        ("blood pressure high", [("blood pressure high", "hypertension")]),
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


def test_a_short_form_means_what_the_text_says_it_means() -> None:
    called = [
        _called("arthritis", "rheumatoid arthritis"),
        _called("anaemia", "refractory anaemia"),
        _called("anaemia", "RA", preferred=False),
        _called("arthritis", "RA", preferred=False),
    ]
    linker = Linker(called)
    alone = linker.find("RA was treated")
    assert set(alone[0].entities) == {"arthritis", "anaemia"}
    for name, meant in (("rheumatoid arthritis", "arthritis"), ("refractory anemia", "anaemia")):
        found = linker.find(f"Patients with {name} (RA) improved; RA remitted.")
        assert [mention.entities[0] for mention in found] == [meant] * 3


def test_a_short_form_that_no_name_knows_is_known_once_it_was_introduced() -> None:
    text = "T2 was early; type 2 diabetes (T2) came late, then T2 again, not t2."
    found = LINKER.find(text)
    assert [(mention.text, mention.start) for mention in found] == [
        ("type 2 diabetes", 14),
        ("T2", 31),
        ("T2", 51),
    ]
    assert {mention.entities for mention in found} == {("t2d",)}


def test_of_two_that_bear_a_name_the_one_related_to_the_rest_is_meant() -> None:
    def related(candidates: Collection[str], others: Collection[str]) -> dict[str, int]:
        assert set(candidates) == {"cold", "copd"} and set(others) == {"metformin"}
        return {"copd": 1}

    called = [
        _called("cold", "COLD"),
        _called("copd", "COLD"),
        _called("metformin", "metformin", "medicine"),
    ]
    assert Linker(called).find("COLD and metformin")[0].entities == ("cold", "copd")
    assert Linker(called, related).find("COLD and metformin")[0].entities == ("copd", "cold")


COLDS = """\
format: medchat-records
title: Two of one short name
licence: CC0-1.0
source: Written for the tests.
records:
- kind: condition
  en: [Mitral sorexis, MSX]
  symptom: [hoarseness]
- kind: condition
  en: [Multiple sorexis, MSX]
  symptom: [double vision]
"""


def test_the_graph_tells_which_of_two_is_meant_and_names_are_read_once(
    engine: Engine, tmp_path: Path
) -> None:
    graph, note = tmp_path / "colds.yaml", tmp_path / "note.md"
    graph.write_text(COLDS)
    note.write_text("---\nkey: note:1\ntitle: A note\n---\nSome words.\n")
    updates.add(engine, tmp_path, [graph])
    first = linker.load(engine, 1)
    with engine.connect() as connection:
        query = select(NameRow.text, NameRow.entity_id).where(NameRow.rank == 0)
        ids = {text: id for text, id in connection.execute(query)}
    for symptom, meant in (
        ("hoarseness", "Mitral sorexis"),
        ("double vision", "Multiple sorexis"),
    ):
        (short, _) = first.find(f"MSX with {symptom}")
        assert short.entities[0] == ids[meant] and len(short.entities) == 2
    updates.add(engine, tmp_path, [note])
    assert linker.load(engine, 2)._names is first._names
    updates.remove(engine, tmp_path, [_source_of(engine, "medchat-records")])
    assert linker.load(engine, 3).find("MSX with hoarseness") == []


def _source_of(engine: Engine, format: str) -> str:
    with engine.connect() as connection:
        found = connection.scalar(select(SourceRow.id).where(SourceRow.format == format))
    assert found is not None
    return found


@given(st.text(alphabet="型糖尿病二2Ⅱ高血压 metforinB1.，-’ⅸ½①", max_size=60))
def test_mentions_never_overlap_and_quote_the_text(text: str) -> None:
    place = 0
    for mention in LINKER.find(text):
        assert place <= mention.start < mention.end
        assert text[mention.start : mention.end] == mention.text
        place = mention.end


def test_each_of_many_names_is_found_among_other_words() -> None:
    pick = random.Random(7)
    words = ["".join(pick.choices(string.ascii_lowercase, k=9)) for _ in range(20_000)]
    names = {f"e{n}": f"{pick.choice(words)} syndrome" for n in range(25_000)}
    names |= {
        f"z{n}": "".join(chr(pick.randint(0x4E00, 0x9000)) for _ in range(5)) for n in range(25_000)
    }
    found = Linker(_called(id, name) for id, name in names.items())
    for id in pick.sample(sorted(names), 200):
        (mention,) = found.find(f"Patients with {names[id]} were treated.")
        assert mention.text == names[id] and id in mention.entities


def test_an_empty_catalogue_links_nothing(engine: Engine) -> None:
    assert linker.load(engine, 1).find("fever and 发热") == []
