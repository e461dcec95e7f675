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
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, cast

from knowledge.lessons.facts import (
    chinese_table_faults,
    fact_fitness,
    harmful_medicines,
    rule_files,
)
from knowledge.lessons.facts.chinese_known_lists import RULES, is_kept_from, known_of
from knowledge.lessons.facts.fact_page import PageFact
from knowledge.lessons.facts.reportable_findings import is_new
from knowledge.lessons.facts.source_habits import DEFAULTED, SourceHabits
from knowledge.vocabulary import INVERSE

Groups = dict[str, tuple[PageFact, ...]]
"""The facts of a page by their relation."""

_FEWEST = {
    "symptom": 3,
    "test": 2,
    "complication": 2,
    "treatment": 2,
    "medicine": 2,
    "first_line": 2,
    "diet_avoided": 3,
}
"""So many names make a list that can be told; fewer are what is left of one."""

_FORM = re.compile(
    "^(?:注射用|复方(?=.{4})|乳酸|盐酸|硫酸|醋酸|马来酸|枸橼酸|苯磺酸|酒石酸|富马酸)|"
    "(?:肠溶|缓释|控释|分散|咀嚼|泡腾|口服|软|滴|干混悬|混悬)*"
    "(?:片|胶囊|颗粒|注射液|溶液|糖浆|悬剂|乳膏|软膏|凝胶|滴眼液|眼膏|丸|散|气雾剂|喷雾剂|贴|栓|液|剂)$"
)
"""What tells apart the forms of one medicine."""

_SALT = re.compile("(?<=.{3})[钠镁钾钙]$|钠(?=肠溶)|镁(?=肠溶)")

_KIND_OF_TEST = re.compile(
    "^血清?|液(?=.*培养)|(?<=肺)通气|电子|纤维|无痛|彩色|细菌|病原体?|多普勒|二维|M型|检查|检测|扫描|测定|方?法$|术$|B|彩|声|波|(?<=乳)[腺房]|盆腔和|血清|血浆"
)
"""What tells apart the kinds of one test: 电子胃镜 and 纤维胃镜, 乳腺超声 and 乳房超声检查."""

_NONE = re.compile("无|非|不|没有")

_USES = (f"medicine{INVERSE}", f"first_line{INVERSE}")
_MEDICINES = ("medicine", "first_line")
_TREATING = ("treatment", "first_line", "medicine")

_UNTOLD = {"symptom": "no_symptom", "test": "odd_test", "complication": "no_complication"}
_UNTOLD |= {"population": "anybody", "body_part": "no_place"}

_OF_FAMILIAR = ("symptom", "population")
"""Relations that a table tells oddly of conditions which nothing else in it names."""

_FEWEST_SHOWN = 2
"""So many findings of a condition make a line that can be shown as its findings."""

_TOGETHER = 3
"""Of the medicines that are given together so many have to be known."""

_LONGEST_TREATED = 7
"""Of a longer name is a special form, which needs another treatment than the class it is of."""

_OF_KNOWN = ("symptom", "test", "complication")
"""Relations that are told of conditions that are not rare."""


def is_general(department: str) -> bool:
    """Say whether a department treats anybody."""
    return _holds("general_department", department)


def showable(
    id: str, name: str, groups: Groups, reviewed: Collection[str], habits: SourceHabits
) -> Groups:
    """Return the facts of a Chinese page that a line of evidence may show.

    Not medicines for what is known to be treated otherwise or of which nothing is known, nor what
    is no medicine at all; no tests but those that a condition is known to be found out by; no
    findings that conditions like it do not have, and nothing that is no finding, test or
    complication of anything, or that cannot be so.
    """
    if not reviewed and id.startswith("condition:"):
        places = groups.get("department", ())
        foreign = places and all(_holds("other_medicine", item.text) for item in places)
        if foreign or chinese_table_faults.is_unsaid(name):
            return {}
    groups = _without_faults(id, name, groups, reviewed, habits)
    kept = {
        relation: items
        if relation in reviewed
        else tuple(
            item for item in items if not (item.scraped and _is_odd(name, relation, item.text))
        )
        for relation, items in groups.items()
    }
    if "test" in kept and "test" not in reviewed:
        named = [item.text for item in kept["test"] if item.object]
        fit = known_of("test", name, named)
        kept["test"] = tuple(
            item
            for item in kept["test"]
            if not is_kept_from(name, item.text) and (not item.object or item.text in fit)
        )
    for relation in (*_MEDICINES, *_USES):
        if relation not in kept or relation in reviewed:
            continue
        kept[relation] = tuple(
            item
            for item in kept[relation]
            if (
                _may_be_used(item.text, name)
                if relation in _USES
                else _may_be_used(name, item.text, doubtful=item.scraped)
            )
        )
    if "medicine" not in reviewed and _lacks_of_regimen(name, kept.get("medicine", ())):
        kept.pop("medicine", None)
    if "treatment" in kept and "treatment" not in reviewed:
        named = [item.text for each in _TREATING for item in kept.get(each, ())]
        unknown = fact_fitness.has_core(name, ())  # nothing tells what it is treated with at heart
        few = len(kept["treatment"]) < _FEWEST["treatment"]
        if unknown or few or not fact_fitness.has_core(name, tuple(sorted(named))):
            kept["treatment"] = ()
    return {relation: items for relation, items in kept.items() if items}


def _without_faults(
    id: str, name: str, groups: Groups, reviewed: Collection[str], habits: SourceHabits
) -> Groups:
    """Leave out what tables state of a condition that cannot be so, or that nothing supports."""
    if not id.startswith("condition:"):
        return groups
    departments = [item.text for item in groups.get("department", ())]
    kept: Groups = {}
    for relation, items in groups.items():
        if relation in reviewed:
            kept[relation] = items
            continue
        sound = tuple(
            item
            for item in items
            if not item.scraped
            or not (
                chinese_table_faults.is_at_fault(name, relation, item.text)
                or (
                    relation == "transmission"
                    and chinese_table_faults.is_spread_at_fault(name, item.text, departments)
                )
                or (relation == "population" and not _is_telling_population(name, item.text))
                or (relation == "symptom" and not _is_sound_finding(id, name, item, habits))
                or (relation in _OF_FAMILIAR and habits.is_rare(id))
            )
        )
        scraped = all(item.scraped for item in items)
        few = relation == "symptom" and scraped and len(sound) < _FEWEST_SHOWN
        kept[relation] = () if few else sound
    return kept


def _is_sound_finding(id: str, name: str, item: PageFact, habits: SourceHabits) -> bool:
    """Say whether conditions like one have a finding, too, and it is one of this."""
    alone = not (_repeats(name, item.text) or _is_of_kind(name, item.text))
    return (
        alone
        and _belongs_of("symptoms", name, item.text)
        and (not item.object or habits.is_finding_of(id, item.object))
    )


def _may_be_used(condition: str, medicine: str, *, doubtful: bool = False) -> bool:
    """Say whether nothing is known to speak against a medicine for a condition.

    Where that is `doubtful`, something has to speak for it.
    """
    known = doubtful or any(each.search(condition) for each, _ in _classes())
    real = fact_fitness.is_tellable("medicine", "medicine", medicine, "zh")
    real = real and not harmful_medicines.is_harmful(condition, medicine, "zh")
    return real and (not known or is_usual(condition, medicine))


def _is_odd(name: str, relation: str, text: str) -> bool:
    """Say whether what a table lists is nothing that its relation could be, of anything or of this.

    Complications of tables are causes and chance companions as often as what follows: those named
    after the condition are believed. What is hardly done any more is no treatment. Mothers are told
    of where the condition is of one sex.
    """
    if relation == "complication" and name not in text:
        return True
    if relation == "treatment" and _holds("given_up_treatment", text):
        return True
    if relation == "population" and _holds("mothers", text) and not _holds("of_one_sex", name):
        return True
    return _holds(_UNTOLD.get(relation, "nothing"), text)


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
        if relation in reviewed:  # nothing that a table adds is known to belong
            items = tuple(item for item in items if not item.scraped)
        else:
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
    if relation in RULES and id.startswith("condition:"):
        fit = known_of(relation, name, [item.text for item in kept if item.scraped])
        kept = [item for item in kept if not item.scraped or item.text in fit]
    if relation == "symptom":
        kept = [item for at, item in enumerate(kept) if is_new(item, kept[:at])]
    if relation == "test":
        kept = list({_KIND_OF_TEST.sub("", each.text): each for each in reversed(kept)}.values())
        kept.reverse()
    if relation == "symptom":
        kept = [
            item
            for item in kept
            if not any(other is not item and set(other.text) < set(item.text) for other in kept)
        ]
    if relation == "population":
        kept = kept[:1]  # two of one source say the same, or contradict each other
    if relation in _USES:
        kept = [
            item
            for item in kept
            if not any(other is not item and _holds_all(item.text, other.text) for other in kept)
        ]
    if relation in _MEDICINES:
        kept = list({_stem(item.text): item for item in reversed(kept)}.values())[::-1]
        if _lacks_of_regimen(name, kept):
            kept = []
    named = sum(bool(item.object) for item in kept)
    if 0 < named < _FEWEST.get(relation, 0):
        kept = [item for item in kept if not item.object]
    return tuple(kept)


def _repeats(name: str, finding: str) -> bool:
    """Say whether a finding is but the illness or a kind of it: 情绪性头痛 in 外伤后头痛."""
    return name[-2:] in finding or any(
        finding[-size:] == name[-size:] for size in range(3, len(name))
    )


def _is_of_kind(name: str, finding: str) -> bool:
    """Say whether a finding is one of a kind that the illness is not: 遗传性肥胖, 小儿发热."""
    found = _pattern("kind").match(finding)
    return found is not None and found[0] not in name


def _holds_all(longer: str, shorter: str) -> bool:
    """Say whether one use is but a kind of another: 肠子宫内膜异位 of 子宫内膜异位."""
    return len(longer) > len(shorter) >= 3 and shorter in longer


def _stem(medicine: str) -> str:
    """Return what a medicine is called without its form: 氯雷他定片 and 氯雷他定胶囊 are one."""
    return _SALT.sub("", _FORM.sub("", medicine)) or medicine


def _lacks_of_regimen(condition: str, medicines: Sequence[PageFact]) -> bool:
    """Say whether a list lacks what a condition is given together: one alone breeds resistance."""
    if not _holds("treated_together", condition):
        return False
    told = " ".join(item.text for item in medicines)
    without = _holds("treated_together_with", condition) and not _holds("whole_regimen", told)
    return without or _kinds_of(medicines) < _TOGETHER


def _kinds_of(medicines: Sequence[PageFact]) -> int:
    """Return of how many kinds medicines are: 利福平 and 利福喷丁 are of one."""
    return len({_stem(item.text)[:2] for item in medicines})


def _is_fit(id: str, name: str, relation: str, item: PageFact, habits: SourceHabits) -> bool:
    text = item.text
    if relation in _MEDICINES:
        plain = len(name) <= _LONGEST_TREATED and not _holds("qualified", name)
        return plain and is_usual(name, text)
    if relation in _USES:
        plain = not _holds("qualified", text) and habits.may_be_known(item.object)
        return plain and is_usual(text, name)
    if relation == "treatment" and _holds("given_up_treatment", text):
        return False
    if relation == "treatment" and any(
        treatment.search(text) and not of.search(name) for treatment, of in _treats_only()
    ):
        return False
    if relation in DEFAULTED and (relation, item.object or text) in habits.defaults:
        return False
    if relation == "course":
        return _holds("telling_course", text)
    if relation in ("diet_recommended", "prognosis"):
        return False
    if relation == "population":
        return _is_telling_population(name, text)
    if relation == "transmission":
        return _holds("well_known", name) and not _NONE.search(text) and " " not in text
    if not item.object:
        return True
    if relation == "body_part" or _holds(_UNTOLD.get(relation, "nothing"), text):
        return False
    if relation == "symptom":
        alone = not ("或" in text or _repeats(name, text) or _is_of_kind(name, text))
        return (
            alone and _belongs_of("symptoms", name, text) and habits.is_finding_of(id, item.object)
        )
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
    if _holds("given_up", medicine):
        return False
    if harmful_medicines.is_harmful(condition, medicine, "zh"):
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
def _treats_only() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Return treatments that only some conditions have, and the names of those."""
    return tuple(
        (re.compile(each["treatment"]), re.compile(each["of"])) for each in _rules()["treats_only"]
    )


def _is_telling_population(condition: str, people: str) -> bool:
    """Say whether a text says of people whom a condition befalls more than its name does."""
    if _holds("no_population", people) or not _holds("population", people):
        return False
    named = people.removesuffix("患者").removesuffix("人群")[-2:]
    given = _is_of_one_age(condition) or named in condition or condition[:2] in people
    given = given or chinese_table_faults.is_at_fault(condition, "population", people)
    return not given and not (_holds("one_sex", people) and _holds("of_one_sex", condition))


def _is_of_one_age(condition: str) -> bool:
    """Say whether a condition's name tells already whom it befalls: 小儿肺炎."""
    return any(_holds(each, condition) for each in ("child", "old", "pregnancy", "inborn"))


@cache
def _kinds(key: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(each["name"]), re.compile(each["of"])) for each in _rules()[key])


@cache
def _rules() -> Mapping[str, Any]:
    return cast(Mapping[str, Any], rule_files.read("chinese_closed_book"))
