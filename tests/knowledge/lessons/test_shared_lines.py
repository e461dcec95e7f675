"""A row that declines shows no line that answers in other words."""

import random

import pytest

from knowledge.lessons.facts import shared_lines
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.styles import grounded
from knowledge.records import Entity, Name
from knowledge.vocabulary import INVERSE, RELATIONS


def _page() -> FactPage:
    told = {
        "side_effect": "nausea", "liver": "It can harm the liver.", "monitoring": "liver function",
        "renal": "Not used below an eGFR of 20.", "dose_limit": "At most 40 mg a day.",
        "drug_class": "a made-up class", "interaction": "digoxin", "contraindication": "gout",
        "precaution": "Watch the weight.", "description": "It calms the gut and can cause thirst.",
    }  # fmt: skip
    named = ("side_effect", "interaction", "contraindication", "drug_class", "monitoring")
    groups = {
        relation: (PageFact(f"f:{relation}", text, text, f"x:{text}" * (relation in named)),)
        for relation, text in told.items()
    }
    entity = Entity("medicine:zorbex", "medicine", (Name("zorbex", "en"),))
    return FactPage(entity, "en", "zorbex", "zorbex", groups)


@pytest.mark.parametrize("form", ["half", "gone"])
@pytest.mark.parametrize("relation", ["side_effect", "contraindication", "monitoring"])
def test_what_is_declined_is_not_told_by_another_line(form, relation):
    page, seen = _page(), 0
    for seed in range(60):
        row = grounded.write(page, relation, form, random.Random(seed))
        if row is None:
            continue
        seen += 1
        silent = str(row.meta.get("declined") or row.meta["partly"])
        heads = tuple(shared_lines.heads("zorbex", shared_lines.may_answer(silent), "en"))
        lines = [source.quote for source in row.sources]
        assert not any(f"] {head}" in row.messages[0].content for head in heads), (silent, lines)
        assert set(heads) - set(row.meta["not_beside"]) == set()
    assert seen > 10


def test_what_may_answer_is_seen_from_the_side_of_the_question():
    assert {"liver", "description", "precaution"} <= shared_lines.may_answer("side_effect")
    assert "drug_class" not in shared_lines.may_answer("side_effect")
    turned = shared_lines.may_answer("cause" + INVERSE) - {"description"}
    assert turned and all(each.endswith(INVERSE) for each in turned)
    for relation in RELATIONS:
        assert {each.removesuffix(INVERSE) for each in shared_lines.may_answer(relation)} <= {
            *RELATIONS
        }
