"""Patient cards: what a plain card and a FHIR bundle tell, and what of them is left out."""

import json

import pytest
import yaml
from answering_names import LINKER

from medchat.answering.patient import patient_wording as wording
from medchat.answering.patient.cues import measured
from medchat.answering.patient.patient_card import parse_card
from medchat.errors import MedchatError


def read(document, *, plain=False):
    text = yaml.safe_dump(document, allow_unicode=True) if plain else json.dumps(document)
    return parse_card(text.encode(), "card", LINKER.find)


def bundle(*resources):
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": each} for each in resources],
    }


def concept(text=None, *codes):
    made = {"coding": [{"code": code} for code in codes]}
    return {**made, "text": text} if text else made


PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "gender": "female",
    "birthDate": "1950-03",
    "name": [{"family": "Zaphod"}],
}
GOUT = {"resourceType": "Condition", "code": concept("Gout (disorder)")}


def medicine(text, status="active", **more):
    return {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": concept(text),
        **more,
    }


def value(code, number, unit, **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": concept(None, code),
        "valueQuantity": {"value": number, "code": unit},
        **more,
    }


def test_a_bundle_is_the_state_of_a_talk():
    card = read(
        bundle(
            PATIENT,
            GOUT,
            {"resourceType": "AllergyIntolerance", "code": concept("Penicillin")},
            medicine("Warfarin sodium 5 MG Oral Tablet"),
            value("98979-8", 25, "mL/min/{1.73_m2}"),
            {
                "resourceType": "Observation",
                "status": "final",
                "code": concept(None, "85354-9"),
                "component": [
                    {
                        "code": concept(None, "8480-6"),
                        "valueQuantity": {"value": 150, "code": "mm[Hg]"},
                    },
                    {
                        "code": concept(None, "8462-4"),
                        "valueQuantity": {"value": 95, "code": "mm[Hg]"},
                    },
                ],
            },
        )
    )
    state = card.state
    assert state.sex == "female" and state.age >= 75
    assert [each.entities for each in state.conditions] == [("condition:0",)]
    assert [each.text for each in state.medicines] == ["Warfarin"]
    assert [each.text for each in state.allergies] == ["Penicillin"]
    assert "BP 150/95 mmHg" in wording.about(state, "en")
    assert card.left_out == {}
    assert "Zaphod" not in str(state) + card.note("en")


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ({**GOUT, "clinicalStatus": concept(None, "resolved")}, "inactive"),
        ({**GOUT, "clinicalStatus": concept(None, "inactive")}, "inactive"),
        ({**GOUT, "verificationStatus": concept(None, "refuted")}, "refuted"),
        ({**GOUT, "verificationStatus": concept(None, "entered-in-error")}, "error"),
        ({**GOUT, "verificationStatus": concept(None, "provisional")}, "unconfirmed"),
        ({**GOUT, "clinicalStatus": concept(None, "sleeping")}, "unknown_state"),
        ({**GOUT, "subject": {"reference": "Patient/p2"}}, "another"),
        ({**GOUT, "code": concept("Family history of gout")}, "not_theirs"),
        ({**GOUT, "code": concept(None, "1234")}, "code"),
        ({"resourceType": "AllergyIntolerance", "code": concept("No known allergy")}, "not_theirs"),
        (medicine("Warfarin", "stopped"), "stopped"),
        (medicine("Warfarin", "entered-in-error"), "error"),
        (medicine("Warfarin", intent="proposal"), "planned"),
        (medicine("Warfarin", doNotPerform=True), "planned"),
        ({"resourceType": "MedicationStatement", "status": "not-taken"}, "stopped"),
        (value("98979-8", 25, "mL/min/{1.73_m2}", status="cancelled"), "error"),
        (value("98979-8", "25", "mL/min/{1.73_m2}"), "unit"),
        (value("98979-8", 25, "furlong"), "unit"),
        (value("98979-8", 25, "kg"), "unit"),
        (value("0000-0", 25, "kg"), "code"),
        ({"resourceType": "Encounter"}, "type"),
        ({"resourceType": 7}, "malformed"),
        (7, "malformed"),
    ],
)
def test_what_does_not_hold_now_is_left_out_and_counted(resource, why):
    card = read(bundle(PATIENT, resource))
    assert card.left_out == {why: 1}
    assert not (card.state.conditions or card.state.medicines or card.state.measurements)


def test_the_latest_of_several_values_counts():
    values = [
        value("98979-8", number, "mL/min/{1.73_m2}", effectiveDateTime=when)
        for number, when in ((40, "2025-01-01"), (25, "2026-01-01"), (60, "2024-01-01"))
    ]
    card = read(bundle(PATIENT, *values))
    assert card.state.measurements["egfr"].value == "25"
    assert (card.read, card.left_out) == (2, {"older": 2})


@pytest.mark.parametrize(
    ("resource", "known"),
    [
        (
            {"resourceType": "Observation", "status": "final", "code": concept(None, "82810-3"),
             "valueCodeableConcept": concept(None, "77386006")},
            {"pregnant": True},
        ),
        (value("11885-1", 20, "wk"), {"pregnant": True, "pregnancy_week": 20, "trimester": 2}),
        ({"resourceType": "Condition", "code": concept("Pregnancy")}, {"pregnant": True}),
    ],
)  # fmt: skip
def test_a_pregnancy_is_read_from_its_codes(resource, known):
    state = read(bundle(PATIENT, resource)).state
    assert {name: getattr(state, name) for name in known} == known


def test_a_medicine_may_stand_in_a_resource_of_its_own():
    statement = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationReference": {"reference": "Medication/m1"},
    }
    named = {"resourceType": "Medication", "id": "m1", "code": concept("Zorblix 5 mg")}
    card = read(bundle(PATIENT, statement, named))
    assert [each.text for each in card.state.medicines] == ["Zorblix 5 mg"]
    assert "Not known to the knowledge base, so not checked: Zorblix 5 mg." in card.note("en")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"resourceType": "Patient"}, "not a Bundle"),
        (bundle(PATIENT, {**PATIENT, "id": "p2"}), "2 patients"),
        (bundle(), "Nothing of the patient card"),
        (bundle({"resourceType": "Encounter"}), "Nothing of the patient card"),
        ({"resourceType": "Bundle", "entry": "no list"}, "Nothing of the patient card"),
        ({"shoe": 9}, "Nothing of the patient card"),
        ([1, 2], "not a table"),
        ("text", "not a table"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(document, says):
    with pytest.raises(MedchatError, match=says) as raised:
        read(document)
    assert raised.value.status == 2


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{", b"a: [", b"{" * 20000])
def test_what_is_neither_json_nor_yaml_is_refused(content):
    with pytest.raises(MedchatError, match="neither JSON nor YAML"):
        parse_card(content, "card", LINKER.find)


def test_a_plain_card_is_read_in_both_languages():
    english = read(
        {"age": "3 months", "sex": "F", "weight": "5.2 kg", "BP": "90/50", "medicines": ["aspirin"],
         "allergies": "penicillin", "conditions": ["asthma", "family history of gout"],
         "shoe": 9, "creatinine": {"a": 1}, "pregnant": "maybe"},
        plain=True,
    )  # fmt: skip
    assert english.state.age == 0.25 and english.state.sex == "female"
    assert english.state.measurements["weight"].value == "5.2"
    assert english.state.measurements["sbp"].value == "90"
    assert english.left_out == {"not_theirs": 1, "key": 1, "malformed": 2}
    chinese = read(
        {
            "年龄": 67,
            "性别": "女",
            "孕周": 20,
            "肌酐": "150 μmol/L",
            "用药": ["华法林"],
            "过敏": ["青霉素"],
        },
        plain=True,
    )
    assert wording.about(chinese.state, "zh") == (
        "67岁 · 女 · 妊娠20周 · 肌酐 150 μmol/L · 华法林 · 青霉素过敏"
    )
    assert "仅在本次会话中使用" in chinese.note("zh")


def test_every_code_names_a_measurement_and_every_unit_is_possible_somewhere():
    from medchat.answering.patient.card_parts import card_data, possible_units

    names = set(card_data()["loinc"].values())
    assert names <= {*measured(), *card_data()["units"]}
    units = {unit for name in names for unit in possible_units(name)}
    assert set(card_data()["ucum"].values()) <= units


def test_each_known_thing_can_be_removed_by_the_message_of_its_button():
    from medchat.answering.patient.patient_reading import read_message

    card = read(
        {"age": 30, "sex": "f", "pregnancy_week": 20, "breastfeeding": False, "BP": "150/90",
         "eGFR": 25, "weight": 70, "creatinine": "150", "medicines": ["warfarin"],
         "conditions": ["gout"], "allergies": ["penicillin"], "absent": ["fever"]},
        plain=True,
    )  # fmt: skip
    for language in ("en", "zh"):
        state = card.state
        for shown, message in wording.chips(state, language):
            before = len(wording.chips(state, language))
            state = read_message(message, state, LINKER.find).state
            assert len(wording.chips(state, language)) == before - 1, (shown, message)
        assert state.is_empty
