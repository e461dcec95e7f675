"""Uses that scraped tables list are compared with those that the starter records teach."""

import pytest

from knowledge.lessons.facts import taught_uses, treatment_claims
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.records import Entity, Name
from knowledge.vocabulary import INVERSE


@pytest.mark.parametrize(
    ("medicine", "condition", "wrong"),
    [
        ("Ibuprofen", "Heart Failure", True),  # it speaks against it
        ("Verapamil", "Asthma", True),  # both are known, and not together
        ("Amlodipine", "Hypertension", False),
        ("Rifampin", "Tuberculosis", False),  # its other name
        ("Metformin", "Type 2 Diabetes Mellitus", False),  # another form of the name
        ("zaltoprofen", "Heart Failure", False),  # not judged
        ("Ibuprofen", "Berylliosis", False),
    ],
)
def test_a_use_that_the_starter_records_do_not_know_beside_others_is_none(
    medicine, condition, wrong
):
    assert taught_uses.contradicts(medicine, condition) == wrong


@pytest.mark.parametrize(
    ("medicine", "conditions", "lacking"),
    [
        ("Amlodipine", ["Hypertension", "Angina Pectoris"], False),
        ("Carvedilol", ["Wounds"], True),
        ("Bisoprolol", ["Hypertension"], True),  # one of several
        ("Amlodipine", ["Hyperplasia", "Angina Pectoris"], True),  # no high blood pressure
        ("zaltoprofen", ["Pain"], False),
    ],
)
def test_uses_without_the_main_ones_are_known(medicine, conditions, lacking):
    assert taught_uses.lacks_main_use(medicine, conditions) == lacking


@pytest.mark.parametrize(
    ("condition", "medicines", "lacking"),
    [
        ("Depressive Disorder", ["Imipramine", "Doxepin"], True),
        ("Depression", ["Sertraline", "Imipramine"], False),
        ("Tuberculosis", ["Isoniazid"], False),
        ("Berylliosis", ["Prednisone"], False),
    ],
)
def test_medicines_without_a_first_choice_are_known(condition, medicines, lacking):
    assert taught_uses.lacks_first_choice(condition, medicines) == lacking


def _named(*names):
    return tuple(PageFact(f"fact:{each}", each, each, f"x:{each}", scraped=True) for each in names)


def test_a_scraped_list_without_the_main_use_is_not_told_and_a_reviewed_one_is():
    uses = {f"medicine{INVERSE}": _named("Berylliosis")}
    fit = treatment_claims.fit_to_teach("Carvedilol", "medicine", uses, ())
    assert not fit.groups and set(fit.left_out.values()) == {treatment_claims.MAIN_USE}
    assert treatment_claims.fit_to_teach("Carvedilol", "medicine", uses, tuple(uses)).groups == uses


def test_what_no_medicine_treats_is_no_use_of_one():
    listed = {f"medicine{INVERSE}": _named("Drooling", "Cerebral Palsy", "Down Syndrome")}
    fit = treatment_claims.fit_to_teach("zaltoprofen", "medicine", listed, ()).groups
    assert [each.text for each in fit[f"medicine{INVERSE}"]] == ["Drooling"]
    alone = {f"medicine{INVERSE}": _named("Autistic Disorder")}
    assert not treatment_claims.fit_to_teach("zaltoprofen", "medicine", alone, ()).groups
    known = treatment_claims.fit_to_teach("zaltoprofen", "medicine", alone, tuple(alone)).groups
    assert known == alone


def test_a_scraped_list_without_the_first_choice_is_not_told():
    listed = {"medicine": _named("Imipramine"), "symptom": _named("low mood")}
    fit = treatment_claims.fit_to_teach("Depression", "condition", listed, ())
    assert set(fit.groups) == {"symptom"}
    assert treatment_claims.fit_to_teach("Depression", "condition", listed, ("medicine",)).groups


def test_what_somebody_is_born_with_has_no_prevention():
    text = PageFact("fact:d", "An inherited disorder of red cells.", "an inherited disorder")
    groups = {"description": (text,), "prevention": (PageFact("fact:p", "Drink.", "drink"),)}
    assert set(treatment_claims.fit_to_teach("thalassaemia", "condition", groups, ()).groups) == {
        "description"
    }


@pytest.mark.parametrize(
    ("kind", "name", "relation", "objects", "lone"),
    [
        ("medicine", "zaltoprofen", "medicine~", ["pain", "arthritis"], True),
        ("medicine", "zaltoprofen", "medicine~", ["pain", "arthritis", "gout"], False),
        ("medicine", "metformin", "medicine~", ["type 2 diabetes"], False),
        ("condition", "berylliosis", "symptom", ["cough", "fatigue"], True),
        ("condition", "berylliosis", "symptom", ["cough", "fatigue", "weight loss"], False),
    ],
)
def test_few_scraped_uses_or_findings_do_not_stand_for_all(kind, name, relation, objects, lone):
    entity = Entity(f"{kind}:x", kind, (Name(name, "en"),))
    page = FactPage(entity, "en", name, name, {relation: _named(*objects)})
    assert page.is_lone(relation) == lone
