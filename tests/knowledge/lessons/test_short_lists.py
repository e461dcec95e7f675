"""Short lists are not asked for whole, and questions fit how a medicine is come by."""

import random
import re

import pytest

from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.facts.recorded_warnings import RecordedWarnings
from knowledge.lessons.styles import chatdoctor, comparison, huatuo, safety
from knowledge.records import Entity, Name

PLAIN = Manner("plain", "medium")


def named(kind, *names, level=""):
    return tuple(PageFact(f"f:{each}", each, each, f"{kind}:{each}", kind, level=level)
                 for each in names)  # fmt: skip


def medicine(name, language="en", links=None, **groups):
    entity = Entity(f"medicine:{name}", "medicine", (Name(name, language),))
    return FactPage(entity, language, name, name, groups, links=links)


class Links:
    """Leads to the warnings of classes that a test gives."""

    def __init__(self, crossed):
        self.warnings = RecordedWarnings(None, 0)
        self.warnings._read = True
        self.warnings._classes = {"medicine:trandolol": {"medicine:lolols"}}
        self.warnings._crossed = {"medicine:lolols": set(crossed)}


def test_a_list_of_one_interaction_is_asked_about_that_one_alone():
    few = medicine("trandolol", interaction=named("medicine", "verapamil", level="major"))
    assert few.is_lone("interaction")
    assert "interaction" not in chatdoctor.topics(few)
    assert huatuo.topics(few)["interaction"] == ("is",)
    met = ("verapamil", "clonidine", "digoxin")
    more = medicine("trandolol", interaction=named("medicine", *met, level="major"))
    assert not more.is_lone("interaction")
    assert "all" in huatuo.topics(more)["interaction"]


def test_a_list_that_lacks_what_the_class_warns_of_is_not_asked_for_whole():
    met = named("medicine", "verapamil", "clonidine", "digoxin", level="major")
    whole = medicine("trandolol", links=Links({"medicine:digoxin"}), interaction=met)
    lacking = medicine("trandolol", links=Links({"medicine:insulin"}), interaction=met)
    assert not whole.is_lone("interaction")
    assert lacking.is_lone("interaction")


def test_one_check_does_not_stand_for_all_monitoring_but_a_text_on_use_stands_alone():
    check = (PageFact("f:1", "heart rate", "heart rate"),)
    text = (PageFact("f:2", "Not with severe asthma.", "not with severe asthma."),)
    one = medicine("trandolol", monitoring=check, contraindication=text)
    assert one.is_lone("monitoring") and not one.is_lone("contraindication")
    two = medicine(
        "trandolol", monitoring=(*check, PageFact("f:3", "blood pressure", "blood pressure"))
    )
    assert not two.is_lone("monitoring")


@pytest.mark.parametrize(
    ("name", "language", "unfit"),
    [
        ("terlipressin", "en", "A friend gave me|coffee|swapping|sedate"),
        ("特利加压素", "zh", "朋友给了我|偷偷|多大剂量|迷晕|暗中"),
    ],
)
def test_nobody_has_at_hand_what_is_given_in_hospital(name, language, unfit):
    kind = {
        "en": ("unstable angina", "variceal bleeding"),
        "zh": ("不稳定型心绞痛", "静脉曲张出血"),
    }
    barred, use = kind[language]
    page = medicine(
        name, language,
        contraindication=named("condition", barred), **{"medicine~": named("condition", use)},
    )  # fmt: skip
    for seed in range(60):
        pick = random.Random(seed)
        for row in (
            safety.write(page, "contraindication", "meets", pick, PLAIN),
            safety.write(page, "medicine~", "harm", pick, PLAIN),
        ):
            assert row and not re.search(unfit, row.messages[0].content)


def test_somebody_is_sedated_only_with_what_sedates():
    effects = {"calmazepam": "drowsiness", "roborin": "dry cough"}
    asked = {}
    for name, effect in effects.items():
        page = medicine(
            name,
            side_effect=named("symptom", effect),
            **{"medicine~": named("condition", "insomnia")},
        )
        rows = [
            safety.write(page, "medicine~", "harm", random.Random(seed), PLAIN)
            for seed in range(80)
        ]
        asked[name] = any("sedate" in row.messages[0].content for row in rows)
    assert asked == {"calmazepam": True, "roborin": False}


def test_a_comparison_lists_no_medicines_without_those_that_are_tried_first():
    def ill(name, **groups):
        entity = Entity(f"condition:{name}", "condition", (Name(name, "en"),))
        return FactPage(entity, "en", name, name, groups)

    first, other = named("medicine", "prednisolone"), named("medicine", "methotrexate")
    mine = ill("polymyalgia", first_line=first, medicine=other)
    theirs = ill("wear of the joints", medicine=named("medicine", "naproxen"))
    listed = comparison._Compared("medicine", [], list(other), list(theirs.groups["medicine"]))
    assert comparison._leaves_out_first(mine, theirs, [listed])
    told = comparison._Compared("first_line", [], list(first), list(other))
    assert not comparison._leaves_out_first(mine, theirs, [told, listed])
    assert not comparison._leaves_out_first(ill("a"), ill("b"), [listed])
