"""The starter's rules on medicines: each is graded, holds when it says, and is told twice."""

import functools
import re

import pytest

from knowledge.errors import KnowledgeError
from knowledge.ingest import starter
from knowledge.ingest.sources.graph import medchat_records
from knowledge.records import EntityRecord, ReadReport, Statement

CONDITION = re.compile(
    r"trimester [123]|(?:egfr|age) (?:<|>=) \d+(?:\.\d+)?|\d+(?:\.\d+)? mg(?:/kg)? per (?:day|week)"
)
GRADED = (
    *("interaction_advice", "precaution", "pregnancy", "breastfeeding", "children"),
    *("renal", "liver", "duplication", "cross_allergy"),
)


@functools.cache
def _statements() -> list[tuple[EntityRecord, Statement]]:
    return [
        (record, statement)
        for path in starter.files()
        if path.name.startswith("medicine")
        for record in medchat_records.read(path, ReadReport())
        if isinstance(record, EntityRecord)
        for statement in record.statements
    ]


def test_every_rule_has_a_level_and_a_condition_that_is_known() -> None:
    for record, statement in _statements():
        condition = re.search(r"if: ([^;]+)", statement.note)
        assert condition is None or CONDITION.fullmatch(condition[1]), (record.names, statement)
        if statement.relation in GRADED and statement.term is None:
            assert statement.note.startswith("level: "), (record.names, statement)
            assert {name.language for name in statement.text} == {"en", "zh"}, statement


def test_pairs_are_graded_and_advised() -> None:
    graded = {
        frozenset((record.names[0].text, statement.term.names[0].text))
        for record, statement in _statements()
        if statement.relation == "interaction" and statement.term and statement.note
    }
    advised = [each for _, each in _statements() if each.relation == "interaction_advice"]
    paired = {
        frozenset((record.names[0].text, statement.term.names[0].text))
        for record, statement in _statements()
        if statement.relation == "interaction" and statement.term
    }
    assert graded == paired
    assert 250 <= len(advised) <= len(graded)


def test_what_is_forbidden_together_says_so() -> None:
    forbids = {
        "en": re.compile("never together|do not|contraindicated|no aged|no alcohol", re.IGNORECASE),
        "zh": re.compile("禁|不吃|不得合用"),
    }
    forbidden = [
        each
        for _, each in _statements()
        if each.relation == "interaction_advice" and each.note.startswith("level: contraindicated")
    ]
    assert len(forbidden) > 100
    for statement in forbidden:
        for name in statement.text:
            assert forbids[name.language].search(name.text), name.text


def test_a_pair_that_is_listed_on_both_sides_is_advised_on_both() -> None:
    listed, advised = set[tuple[str, str]](), set[tuple[str, str]]()
    for record, statement in _statements():
        name = record.names[0].text
        if statement.relation == "interaction" and statement.term:
            listed.add((name, statement.term.names[0].text))
        if statement.relation == "interaction_advice":
            advised.add((name, statement.text[0].text.split(": ")[0]))
    assert advised
    lacking = {(a, b) for a, b in listed - advised if (b, a) in advised}
    assert not lacking


@pytest.mark.parametrize(
    ("medicine", "relation", "words"),
    [
        ("amoxicillin-clavulanate", "description", "A penicillin"),
        ("amitriptyline", "description", "for depression"),
        ("atenolol", "precaution", "Never stopped suddenly"),
        ("atenolol", "precaution", "Asthma"),
        ("phenelzine", "precaution", "fluoxetine for five weeks"),
        ("phenelzine", "precaution", "hypertensive crisis"),
        ("tamoxifen", "side_effect", "endometrial cancer"),
        ("tamoxifen", "precaution", "blood clot"),
        ("omeprazole", "description", "CYP2C19"),
        ("desmopressin", "precaution", "lowers the sodium"),
        ("ribavirin", "pregnancy", "nine months"),
        ("medroxyprogesterone", "side_effect", "venous thromboembolism"),
        ("medroxyprogesterone", "precaution", "bone density"),
        ("ceftriaxone", "children", "beyond the newborn period"),
    ],
)
def test_the_main_point_of_a_medicine_is_taught(medicine, relation, words):
    told = " ".join(
        statement.term.names[0].text if statement.term else statement.text[0].text
        for record, statement in _statements()
        if record.names[0].text == medicine and statement.relation == relation
    )
    assert words in told, told


@pytest.mark.parametrize(
    ("medicine", "use"),
    [
        ("intravenous immunoglobulin", "Immune thrombocytopenia"),
        ("mannitol", "cerebral oedema"),
        ("gentamicin", "Infective endocarditis"),
        ("aflibercept", "Wet age-related macular degeneration"),
    ],
)
def test_the_main_use_of_a_medicine_is_taught(medicine, use):
    treated = {
        record.names[0].text
        for path in starter.files()
        if path.suffix == ".yaml"
        for record in medchat_records.read(path, ReadReport())
        if isinstance(record, EntityRecord)
        for statement in record.statements
        if statement.relation == "medicine" and statement.term
        if statement.term.names[0].text == medicine
    }
    assert use in treated
    assert "Age-related macular degeneration" not in treated


def test_levels_conditions_and_words_are_read(tmp_path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "format: medchat-records\ntitle: T\nlicence: CC0-1.0\nsource: S\nrecords:\n"
        "- kind: medicine\n  en: [Aa]\n  zh: [甲]\n"
        '  renal: "[avoid if egfr < 30] Stop it. = 停用。"\n'
        '  interaction: ["[major] bb = 乙 >> Check it. = 检查。", "cc = 丙"]\n'
        '  precaution: "[caution] Gout = 痛风 >> Take care. = 小心。"\n'
        '  cross_allergy: "[avoid] >> All of them. = 全部。"\n',
        encoding="utf-8",
    )
    record = next(iter(medchat_records.read(path, ReadReport())))
    told = [
        (each.relation, each.term.names[0].text if each.term else each.text[0].text, each.note)
        for each in record.statements
    ]
    assert told == [
        ("renal", "Stop it.", "level: avoid; if: egfr < 30"),
        ("interaction", "bb", "level: major"),
        ("interaction_advice", "bb: Check it.", "level: major; with: bb"),
        ("interaction", "cc", ""),
        ("precaution", "Gout: Take care.", "level: caution; with: Gout"),
        ("cross_allergy", "All of them.", "level: avoid"),
    ]


def test_words_in_another_language_than_what_they_are_about_are_refused(tmp_path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "format: medchat-records\ntitle: T\nlicence: CC0-1.0\nsource: S\nrecords:\n"
        '- kind: medicine\n  en: [Aa]\n  interaction: "[major] bb >> 检查。"\n',
        encoding="utf-8",
    )
    with pytest.raises(KnowledgeError, match="another language"):
        list(medchat_records.read(path, ReadReport()))


def test_every_sartan_is_monitored_by_kidney_potassium_and_pressure() -> None:
    monitored: dict[str, set[str]] = {}
    for record, statement in _statements():
        name = record.names[0].text
        if name.endswith("sartan") and statement.relation == "monitoring":
            told = {each.text.rstrip(".") for each in statement.text}
            monitored.setdefault(name, set()).update(told)
    assert len(monitored) >= 6
    for name, told in monitored.items():
        assert {"renal function", "serum potassium", "blood pressure"} <= told, name
