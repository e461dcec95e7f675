"""How relations stand to one another: every id is known, and the medical choices are kept."""

import pytest

from knowledge.vocabulary import (
    INVERSE,
    RELATIONS,
    SINGLE,
    accepted_relations,
    are_opposed,
    base_relation,
    confusable_relations,
)


@pytest.mark.parametrize("relation", RELATIONS.values(), ids=lambda relation: relation.id)
def test_relations_name_others_that_exist_and_not_themselves(relation):
    others = (
        *relation.companions,
        *relation.answered_by,
        *relation.stated_as,
        *relation.suggested_by,
        *relation.opposes,
    )
    assert set(others) <= set(RELATIONS) - {relation.id}
    assert set(relation.companions) <= set(relation.answered_by)
    assert set(relation.suggested_by).isdisjoint(relation.answered_by)


@pytest.mark.parametrize(
    ("asked", "answers", "no_answer"),
    [
        ("treatment", {"treatment", "first_line", "medicine"}, {"prevention", "diet_recommended"}),
        ("symptom", {"symptom", "sign", "red_flag", "associated_with"}, {"complication"}),
        ("cause", {"cause", "risk_factor"}, {"population", "complication"}),
        ("side_effect", {"side_effect", "cause"}, {"contraindication"}),
        ("complication", {"complication", "cause"}, {"red_flag"}),
        ("diet_recommended", {"diet_recommended", "diet_avoided"}, set()),
        ("diet_avoided", {"diet_avoided"}, {"diet_recommended"}),
    ],
)
def test_facts_that_answer(asked, answers, no_answer):
    accepted = accepted_relations([asked])
    assert accepted >= answers
    assert accepted.isdisjoint(no_answer)
    assert accepted_relations([asked], prose=True) >= accepted


def test_prose_may_tell_what_facts_would_not_answer():
    assert "prevention" in accepted_relations(["treatment"], prose=True)
    assert "contraindication" in accepted_relations(["side_effect"], prose=True)


def test_confusable_relations_are_so_both_ways_and_seen_from_one_side():
    for relation in RELATIONS:
        for other in confusable_relations(relation):
            assert relation in confusable_relations(other)
    assert confusable_relations("first_line~") == {"first_line~", "medicine~", "treatment~"}
    near = {"pregnancy", "contraindication", "breastfeeding"}
    assert confusable_relations("pregnancy") == near
    assert base_relation("first_line" + INVERSE) == base_relation("first_line") == "first_line"


def test_opposed_and_single_relations():
    assert are_opposed("medicine", "contraindication")
    assert are_opposed("contraindication", "medicine")
    assert are_opposed("diet_avoided", "diet_recommended")
    assert not are_opposed("medicine", "side_effect")
    assert set(SINGLE) == {"dose_limit", "pregnancy", "transmission", "drug_class"}
