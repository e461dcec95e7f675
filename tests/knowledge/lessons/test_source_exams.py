"""Exams on lists that a program gathered: as what a source says, and only where that is fair."""

import random

import pytest

from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.styles import exam
from knowledge.records import Entity, Name


def page(name, *, familiar=True, **groups):
    told = {
        relation: tuple(
            PageFact(
                f"{name}:{each}", each, each, f"{relation}:{each}",
                scraped=True, kind=relation, names=(each,),
            )
            for each in items
        )
        for relation, items in groups.items()
    }  # fmt: skip
    entity = Entity(f"condition:{name}", "condition", (Name(name, "zh"),))
    return FactPage(entity, "zh", name, name, told, is_familiar=familiar)


EYE = page("虹膜炎", symptom=("流泪", "畏光", "视力障碍"), department=("眼科",))
NEAR = (
    page("毛囊炎", symptom=("毛囊丘疹", "脓头", "红斑块"), department=("皮肤科",)),
    page("关节炎", symptom=("关节僵硬", "关节肿大"), department=("风湿科",)),
    page("角膜炎", symptom=("眼红",), department=("眼科",)),
)


def telling(own):
    return frozenset(item.object for item in own.entity_facts("symptom"))


def with_near(own, near=NEAR):
    return own.with_neighbours(near, lambda _: (), None, telling)


def test_a_gathered_list_of_a_familiar_condition_is_asked_about():
    forms = exam.topics(with_near(EYE))
    assert set(forms) == {"symptom", "department"}
    assert forms["department"] == ("gap",) and "which-not" not in forms["symptom"]


def test_what_is_rare_or_has_several_departments_is_not():
    assert exam.topics(with_near(page("少见病", familiar=False, symptom=("流泪", "畏光")))) == {}
    two = page("虹膜炎", department=("眼科", "中医科"))
    assert exam.topics(with_near(two)) == {}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("form", ["which", "right", "wrong"])
def test_it_is_asked_and_denied_as_what_a_source_says(form, seed):
    row = exam.write(with_near(EYE), "symptom", form, random.Random(seed))
    asked, said = (message.content for message in row.messages)
    assert "资料" in asked and "典型" not in asked + said
    assert "眼红" not in asked  # a condition of the same department may well show it
    if form == "wrong":
        assert "资料" in said
    assert "不是虹膜炎" not in said and "不属于虹膜炎" not in said


def test_without_anything_to_deny_nothing_is_affirmed():
    alone = with_near(EYE, NEAR[2:])
    assert exam.write(alone, "symptom", "right", random.Random(1)) is None
