"""Select the facts of scraped Chinese sources that may be told where no evidence is shown.

    groups of a page -> those that an answer may give as knowledge; the others are only shown

An answer without a source reads as what is so. A lone odd test, a treatment that a source gives to
everything, or a list of medicines without the usual ones would mislead. A scraped list of
complications holds causes, anomalies and injuries too: those are told that are named after the
condition. That something does not spread is not told, as nobody would ask. Lines of evidence show
all of it as what a record holds. What somebody wrote and read is not asked. The words stand in
`chinese_closed_book.yaml`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

import yaml

from knowledge.lessons.facts import fact_fitness
from knowledge.lessons.facts.fact_page import PageFact
from knowledge.vocabulary import INVERSE

Groups = dict[str, tuple[PageFact, ...]]
"""The facts of a page by their relation."""

_FEWEST = {"symptom": 3, "test": 2, "complication": 2, "treatment": 2, "diet_avoided": 3}
"""So many names make a list that can be told; fewer are what is left of one."""

_FORM = re.compile(
    "^(?:注射用|复方(?=.{4})|盐酸|硫酸|醋酸|马来酸|枸橼酸|苯磺酸|酒石酸|富马酸)|"
    "(?:肠溶|缓释|控释|分散|咀嚼|泡腾|口服|软|滴|干混悬|混悬)*"
    "(?:片|胶囊|颗粒|注射液|溶液|糖浆|悬剂|乳膏|软膏|凝胶|滴眼液|眼膏|丸|散|气雾剂|喷雾剂|贴|栓|液|剂)$"
)
"""What tells apart the forms of one medicine."""

_NONE = re.compile("无|非|不|没有")

_USES = (f"medicine{INVERSE}", f"first_line{INVERSE}")
_MEDICINES = ("medicine", "first_line")
_TREATING = ("treatment", "first_line", "medicine")

_UNTOLD = {"symptom": "no_symptom", "test": "odd_test", "complication": "no_complication"}

_COMMON = 25
_UNRELATED = 10
"""From how many subjects, of how many departments, a value says nothing of any of them."""

_TOGETHER = 3
"""Of the medicines that are given together so many have to be known."""

_JUDGED = 5
_ANYWHERE = 25
_NEAR = 0.1
"""From how many conditions on a test is known by them, by how many departments it belongs to all,
and what part of its conditions a department must treat for the test to belong to it."""

_FAMILIAR, _LARGE = 5, 500
"""So many conditions must lead to one for it to be thought of by findings alone; and in graphs in
which so many conditions follow others, one that follows none is so rare that its lists are odd."""

_OF_KNOWN = ("symptom", "test", "complication")
"""Relations that are told of conditions that are not rare."""

DEFAULTED = ("treatment", "course", "prognosis")
"""Relations that sources fill with one value for everything."""

Statement = tuple[str, str, str]
"""Subject, relation and value: the id of an entity, or a text."""


@dataclass(frozen=True, slots=True)
class SourceHabits:
    """What the facts of all conditions together tell of how sources filled their tables.

    `defaults` are values that are given to unrelated conditions, `departments` those that treat
    each condition, `tested` the conditions of each test, `followed` how many lead to a condition.
    """

    defaults: frozenset[tuple[str, str]] = frozenset()
    departments: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tested: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    followed: Mapping[str, int] = field(default_factory=dict)

    def is_test_of(self, condition: str, test: str) -> bool:
        """Say whether a test belongs to the departments of a condition, as far as is known."""
        own, having = self.departments.get(condition), self.tested.get(test, ())
        if not own or len(having) < _JUDGED:
            return True
        kinds = [self.departments.get(each, frozenset()) for each in having if each != condition]
        if len(frozenset().union(*kinds)) >= _ANYWHERE:
            return True
        return sum(bool(own & each) for each in kinds) >= _NEAR * len(kinds)

    def is_rare(self, condition: str) -> bool:
        """Say whether a condition of a large graph is named by no other."""
        return len(self.followed) >= _LARGE and not self.followed.get(condition)

    def is_familiar(self, condition: str) -> bool:
        """Say whether a condition is named often enough to be thought of by findings alone."""
        return self.followed.get(condition, 0) >= _FAMILIAR


def read_habits(stated: Iterable[Statement], names: Mapping[str, str]) -> SourceHabits:
    """Return the habits that the facts of all conditions show; `names` are those of departments."""
    departments: dict[str, set[str]] = defaultdict(set)
    subjects: dict[tuple[str, str], set[str]] = defaultdict(set)
    tested: dict[str, set[str]] = defaultdict(set)
    followed: Counter[str] = Counter()
    for subject, relation, value in stated:
        if relation == "department":
            departments[subject].add(value)
        elif relation == "test":
            tested[value].add(subject)
        elif relation == "complication":
            followed[value] += 1
        else:
            subjects[relation, value].add(subject)
    defaults = frozenset(
        key
        for key, having in subjects.items()
        if len(having) >= _COMMON
        and len(set().union(*(departments.get(each, ()) for each in having))) >= _UNRELATED
    )
    special = {
        subject: kept
        for subject, places in departments.items()
        if (kept := frozenset(each for each in places if not _is_general(names.get(each, ""))))
    }
    return SourceHabits(
        defaults, special, {test: tuple(having) for test, having in tested.items()}, followed
    )


def _is_general(department: str) -> bool:
    return _holds("general_department", department)


def select(
    id: str, name: str, groups: Groups, reviewed: Collection[str], habits: SourceHabits
) -> Groups:
    """Return the facts of a Chinese page that may be told without a source being shown.

    `reviewed` are the relations of which somebody wrote a fact and read it. Of illnesses that are
    known to another medicine alone nothing is told.
    """
    places = groups.get("department", ())
    if not reviewed and places and all(_holds("other_medicine", item.text) for item in places):
        return {}
    if not reviewed and _holds("no_condition", name):
        return {}
    kept = {}
    for relation, items in groups.items():
        if relation not in reviewed:
            if relation in _OF_KNOWN and id.startswith("condition:") and habits.is_rare(id):
                continue
            items = _select_of(id, name, relation, items, habits)
        if items:
            kept[relation] = items
    if "treatment" in kept and "treatment" not in reviewed:
        names = [item.text for each in _TREATING for item in kept.get(each, ())]
        unknown = fact_fitness.has_core(name, ())  # what it is treated with at heart
        if unknown or not fact_fitness.has_core(name, tuple(sorted(names))):
            del kept["treatment"]
    return kept


def _select_of(
    id: str, name: str, relation: str, items: tuple[PageFact, ...], habits: SourceHabits
) -> tuple[PageFact, ...]:
    kept = [item for item in items if _is_fit(id, name, relation, item, habits)]
    if relation == "test" and not _has_core_test(name, kept):
        kept = [item for item in kept if not item.object]
    named = sum(bool(item.object) for item in kept)
    if 0 < named < _FEWEST.get(relation, 0):
        kept = [item for item in kept if not item.object]
    if relation in _USES:
        kept = [
            item
            for item in kept
            if not any(other is not item and _holds_all(item.text, other.text) for other in kept)
        ]
    if relation in _MEDICINES:
        kept = list({_stem(item.text): item for item in reversed(kept)}.values())[::-1]
        if _holds("treated_together", name) and len(kept) < _TOGETHER:
            kept = []
    return tuple(kept)


def _repeats(name: str, finding: str) -> bool:
    """Say whether a finding is but a kind of the illness: 情绪性高血压 in 继发性高血压."""
    return any(finding[-size:] == name[-size:] for size in range(3, len(name)))


def _holds_all(longer: str, shorter: str) -> bool:
    """Say whether one use is but a kind of another: 肠子宫内膜异位 of 子宫内膜异位."""
    return len(longer) > len(shorter) >= 3 and shorter in longer


def _stem(medicine: str) -> str:
    """Return what a medicine is called without its form: 氯雷他定片 and 氯雷他定胶囊 are one."""
    return _FORM.sub("", medicine) or medicine


def _is_fit(id: str, name: str, relation: str, item: PageFact, habits: SourceHabits) -> bool:
    text = item.text
    if relation in _MEDICINES:
        return is_usual(name, text)
    if relation in _USES:
        return is_usual(text, name)
    if relation in DEFAULTED and (relation, item.object or text) in habits.defaults:
        return False
    if relation == "course":
        return _holds("telling_course", text)
    if relation in ("diet_recommended", "prognosis"):
        return False
    if relation == "population":
        return not _holds("no_population", text) and not _is_named(name, text)
    if relation == "transmission":
        return _holds("catching", name) and not _NONE.match(text)
    if not item.object:
        return True
    if relation == "body_part" or _holds(_UNTOLD.get(relation, "nothing"), text):
        return False
    if relation == "symptom":
        alone = not (text.endswith(name) or "或" in text or _repeats(name, text))
        return alone and _belongs_of("symptoms", name, text)
    if relation == "test":
        return _belongs_of("tests", name, text) and habits.is_test_of(id, item.object)
    if relation == "complication":
        return name in text  # a complication that is named after what it follows
    return True


@lru_cache(maxsize=1 << 16)
def _belongs_of(key: str, condition: str, name: str) -> bool:
    """Say whether a test or finding of one part of the body or one illness is of a condition."""
    for held, known in _kinds(key):
        if held.search(name):
            return known.search(condition) is not None
    return True


@lru_cache(maxsize=1 << 16)
def is_usual(condition: str, medicine: str) -> bool:
    """Say whether a condition is usually treated with a medicine.

    >>> is_usual("肺结核", "异烟肼片"), is_usual("肺结核", "结核丸"), is_usual("肝癌", "平消片")
    (True, False, False)
    """
    if any(one.search(condition) and other.search(medicine) for one, other in _harmful()):
        return False
    for known, usual in _classes():
        if known.search(condition):
            return usual is not None and usual.search(medicine) is not None
    return False


@lru_cache(maxsize=1 << 16)
def _holds(key: str, text: str) -> bool:
    return _pattern(key).search(text) is not None


@cache
def _pattern(key: str) -> re.Pattern[str]:
    given = _rules()[key]
    return re.compile(given if isinstance(given, str) else "|".join(cast(Sequence[str], given)))


@cache
def _classes() -> tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...]:
    return tuple(
        (re.compile(each["of"]), re.compile(each["told"]) if each["told"] else None)
        for each in _rules()["usual_medicine"]
    )


@cache
def _harmful() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(each["in"]), re.compile(each["not"])) for each in _rules()["harmful"])


def _has_core_test(condition: str, tests: Sequence[PageFact]) -> bool:
    for of, told in _core_tests():
        if of.search(condition):
            return any(told.search(each.text) for each in tests)
    return not tests or any(not _holds("general_test", each.text) for each in tests)


def _is_named(condition: str, people: str) -> bool:
    """Say whether a condition's name tells already whom it befalls: 小儿肺炎, 儿童."""
    return any(
        _holds(each, condition) and _holds(each, people) for each in ("child", "old", "pregnancy")
    )


@cache
def _core_tests() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (re.compile(each["of"]), re.compile(each["told"])) for each in _rules()["core_test"]
    )


@cache
def _kinds(key: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(each["name"]), re.compile(each["of"])) for each in _rules()[key])


@cache
def _rules() -> Mapping[str, Any]:
    path = files("knowledge.lessons.facts").joinpath("chinese_closed_book.yaml")
    return cast(
        Mapping[str, Any], yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    )
