"""Choose the stock sentences that fit who asks, what it is about and what was just said.

templates + asker + page + facts told last -> those whose conditions hold

`templates/stock_conditions.yaml` holds rules: what a sentence says, and what must hold for that to
be said. All rules that a template meets count; one that meets none is not used.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, cast

import yaml

from knowledge.lessons.facts import fact_fitness
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import patient_profiles
from knowledge.records import Language

Asker = Literal["patient", "reader", "colleague"]
"""Who is ill or close to somebody who is, who wants to know, and who treats others."""

_ORDER: tuple[Asker, ...] = ("colleague", "reader", "patient")
"""Whose words count first: a reader, too, says "I"."""


class Occasion(NamedTuple):
    """When a stock sentence is to be said: to whom, about what, and after which facts."""

    asker: Asker
    page: FactPage
    relation: str = ""
    told: Sequence[PageFact] = ()


def fitting(templates: Sequence[str], occasion: Occasion) -> tuple[str, ...]:
    """Return the templates that may be said; one that says nothing always may."""
    language = occasion.page.language
    return tuple(
        each
        for each in templates
        if not each
        or ((needs := conditions(each, language)) is not None and _all_hold(needs, occasion))
    )


@cache
def conditions(template: str, language: Language) -> frozenset[str] | None:
    """Return what must hold for a template to be said, or None where no rule knows it.

    >>> conditions("并不是每个人都会出现，说明书上写着各自有多常见。", "zh") >= {"several", "taken"}
    True
    """
    met = [needs for says, needs in _rules(language) if says.search(template)]
    return frozenset(need for needs in met for need in needs) if met else None


def asker_of(question: str, language: Language) -> Asker:
    """Return who asks a question, by its words.

    >>> asker_of("有位患者在用地高辛。用药期间需要查什么？", "zh"), asker_of("什么是痛风？", "zh")
    ('colleague', 'reader')
    """
    marks = cast(Any, _held())["askers"][language]
    for asker in _ORDER:
        if re.search(marks.get(asker, "(?!)"), question):
            return asker
    return "reader"


def may_be_pregnant(question: str, language: Language) -> bool:
    """Say whether a pregnancy may concern whom a question is about.

    >>> may_be_pregnant("My father is on warfarin.", "en"), may_be_pregnant("我吃的药", "zh")
    (False, True)
    """
    return re.search(cast(Any, _held())["never_pregnant"][language], question) is None


def _all_hold(needs: frozenset[str], occasion: Occasion) -> bool:
    return all(_HOLDS[need](occasion) for need in needs)


def _is_lasting(occasion: Occasion) -> bool:
    page = occasion.page
    if page.entity.kind == "medicine":
        return fact_fitness.is_taken_for_long(page.name)
    return patient_profiles.profile_of(page).pace == "lasting"


def is_self_taken(page: FactPage) -> bool:
    """Say whether people take a medicine at home, so that there is a leaflet and a choice."""
    described = " ".join(item.text for item in page.groups.get("description", ()))
    if page.entity.kind != "medicine":
        return True
    held = cast(Any, _held())
    named = re.search(held["given_by_name"][page.language], page.name, re.IGNORECASE)
    given = named or re.search(held["given_by_others"][page.language], f"{page.name} {described}")
    return patient_profiles.is_taken(page) and not given


def _speaks_of(key: str) -> Callable[[Occasion], bool]:
    def holds(occasion: Occasion) -> bool:
        words = cast(Any, _held())[key][occasion.page.language]
        return any(re.search(words, item.text, re.IGNORECASE) for item in occasion.told)

    return holds


_HOLDS: dict[str, Callable[[Occasion], bool]] = {
    "patient": lambda occasion: occasion.asker == "patient",
    "not_patient": lambda occasion: occasion.asker != "patient",
    "not_colleague": lambda occasion: occasion.asker != "colleague",
    "several": lambda occasion: len(occasion.told) > 1,
    "many": lambda occasion: len(occasion.told) > 2,
    "care": lambda occasion: occasion.relation not in ("description", "drug_class", "body_part"),
    "lasting": _is_lasting,
    "taken": lambda occasion: is_self_taken(occasion.page),
    "medicine": lambda occasion: not patient_profiles.is_food(occasion.page),
    "habits": _speaks_of("habits"),
    "contagious": _speaks_of("contagious"),
}
"""What a condition asks of an occasion."""


@cache
def _rules(language: Language) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple(
        (re.compile(rule["says"], re.IGNORECASE), tuple(rule["needs"]))
        for rule in cast(Any, _held())["rules"][language]
    )


@cache
def _held() -> object:
    path = files("knowledge.lessons.templates").joinpath("stock_conditions.yaml")
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
