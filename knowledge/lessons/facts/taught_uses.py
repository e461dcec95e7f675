"""Compare the uses that scraped tables list with those that the shipped starter records teach.

    medicine + condition -> do the starter records know both, and not the one for the other
    medicine + its listed uses -> do these hold what it is mainly used for
    condition + its listed medicines -> do these hold what it is treated with first

What the starter records do not know is not judged.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeVar, cast

import yaml

from knowledge.lessons.facts.fact_fitness import stems

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

Stems = frozenset[str]
"""The beginnings of the words of a name, which spellings of it share."""

_HARMED_BY = ("side_effect", "contraindication")
_SPELLINGS = (
    ("ae", "e"), ("oe", "e"), ("our", "or"), ("ph", "f"), ("th", "t"), ("y", "i"), ("rrh", "rr"),
)  # fmt: skip
"""What names differ in on the two sides of the Atlantic."""

_SAME = {
    "neoplasms": "cancer", "neoplasm": "cancer", "carcinoma": "cancer", "depressive": "depression",
    "acquired immunodeficiency": "hiv", "kidney failure": "chronic kidney", "seizures": "epilepsy",
}  # fmt: skip
"""Words of a thesaurus, and those of the starter records for the same."""

_GENERAL = {"syndr", "primar", "essen", "human"}


@dataclass(frozen=True, slots=True)
class _Taught:
    """What the starter records say, under names that are spelt alike."""

    conditions: frozenset[Stems] = frozenset()
    uses: Mapping[str, frozenset[Stems]] = field(default_factory=dict)
    harms: Mapping[str, frozenset[Stems]] = field(default_factory=dict)
    firsts: Mapping[Stems, frozenset[str]] = field(default_factory=dict)


def knows(medicine: str) -> bool:
    """Say whether the starter records tell what a medicine is used for.

    >>> knows("Metformin"), knows("zaltoprofen")
    (True, False)
    """
    return _key(medicine) in _taught().uses


def contradicts(medicine: str, condition: str) -> bool:
    """Say whether the starter records know a medicine and a condition, and not as a use of it.

    >>> contradicts("Prednisone", "Peptic Ulcer"), contradicts("Prednisone", "Asthma")
    (True, False)
    """
    taught, key = _taught(), _key(medicine)
    uses = taught.uses.get(key)
    if not uses:
        return False
    called = _stems(condition)
    if any(_meet(called, each) for each in uses):
        return False
    return called in taught.conditions or called in taught.harms.get(key, ())


def lacks_main_use(medicine: str, conditions: Collection[str]) -> bool:
    """Say whether listed uses lack half or more of those that the starter records teach.

    >>> lacks_main_use("bisoprolol", ["Hypertension"]), lacks_main_use("zaltoprofen", ["Pain"])
    (True, False)
    """
    uses = _taught().uses.get(_key(medicine), frozenset())
    listed = [_stems(each) for each in conditions]
    held = sum(any(_meet(each, use) for each in listed) for use in uses)
    return 2 * held <= len(uses) if uses else False


def lacks_first_choice(condition: str, medicines: Collection[str]) -> bool:
    """Say whether listed medicines hold none that the starter records teach as a first choice.

    >>> lacks_first_choice("Depressive Disorder", ["Nortriptyline"])
    True
    """
    firsts = _taught().firsts.get(_stems(condition), frozenset())
    return bool(firsts) and not any(_key(each) in firsts for each in medicines)


def rank_medicine(condition: str, medicine: str) -> int:
    """Return 0 for a taught first choice for a condition, 1 for a taught medicine, 2 otherwise.

    >>> [rank_medicine("Depression", each) for each in ("Sertraline", "Mirtazapine", "Lofepramine")]
    [0, 1, 2]
    """
    taught, key, called = _taught(), _key(medicine), _stems(condition)
    if key in taught.firsts.get(called, ()):
        return 0
    return 1 if called in taught.uses.get(key, ()) else 2


def is_taught_use(medicine: str, condition: str) -> bool:
    """Say whether the starter records teach a use under that very name, however it is spelt.

    >>> is_taught_use("Amlodipine", "Hypertension"), is_taught_use("Amlodipine", "Arthritis")
    (True, False)
    """
    return _stems(condition) in _taught().uses.get(_key(medicine), ())


def are_within(one: str, other: str) -> bool:
    """Say whether a name is broader than another, which has all its words and more.

    >>> are_within("Diabetes Mellitus", "Type 2 Diabetes Mellitus"), are_within("Gout", "Gout")
    (True, False)
    """
    return bool(_stems(one)) and _stems(one) < _stems(other)


def are_alike(one: str, other: str) -> bool:
    """Say whether two names are spellings of one, or words that the starter takes for the same.

    >>> are_alike("Seizures", "Epilepsy"), are_alike("Gout", "Pseudogout")
    (True, False)
    >>> are_alike("Hypertension", "Hyperplasia")
    False
    """
    return _stems(one) == _stems(other)


def _meet(one: Stems, other: Stems) -> bool:
    """Say whether one name holds all words of the other: a kind of it, or the same."""
    return bool(one and other) and (one <= other or other <= one)


@lru_cache(maxsize=1 << 14)
def _stems(name: str) -> Stems:
    plain = name.casefold()
    for word, same in _SAME.items():
        plain = plain.replace(word, same)
    plain = plain.replace("hyper", "h").replace("hypo", "o")  # a stem ends before what follows
    return frozenset(stems(_spell(plain)) - _GENERAL)


def _key(medicine: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _spell(medicine.casefold()))


def _spell(text: str) -> str:
    for one, other in _SPELLINGS:
        text = text.replace(one, other)
    return text


@cache
def _taught() -> _Taught:
    names: dict[str, set[str]] = defaultdict(set)
    uses: dict[str, set[Stems]] = defaultdict(set)
    harms: dict[str, set[Stems]] = defaultdict(set)
    firsts: dict[Stems, set[str]] = defaultdict(set)
    members: dict[str, list[str]] = {}
    conditions: set[Stems] = set()
    records = list(_records())
    for record in records:
        called = record.get("en", [])
        if record["kind"] == "medicine":
            for each in called:
                names[_key(each)].update(map(_key, called))
                members[_key(each)] = list(_english(record.get("member", ())))
    for record in records:
        called = record.get("en", [])
        if record["kind"] == "condition":
            own = [_stems(each) for each in called]
            conditions.update(own)
            first = {_key(each) for each in _english(record.get("first_line", ()))}
            given = first | {_key(each) for each in _english(record.get("medicine", ()))}
            for each in own:
                firsts[each] |= first
            for medicine in given:
                uses[medicine].update(own[:1])
        elif record["kind"] == "medicine":
            for medicine in map(_key, called):
                for each in _english(record.get("used_for", ())):
                    uses[medicine].add(_stems(each))
                for relation in _HARMED_BY:
                    harms[medicine] |= {_stems(each) for each in _english(record.get(relation, ()))}
    for found in firsts.values():
        for medicine in list(found):
            found |= names.get(medicine, set())
            found.update(map(_key, members.get(medicine, ())))
        found &= uses.keys()
    for same in list(names.values()):
        together = set().union(*(uses.get(each, set()) for each in same))
        for each in same if together else ():
            uses[each] = together
    return _Taught(
        frozenset(conditions - {frozenset()}), _frozen(uses), _frozen(harms), _frozen(firsts)
    )


def _frozen(found: Mapping[_Key, set[_Value]]) -> dict[_Key, frozenset[_Value]]:
    return {key: frozenset(values) for key, values in found.items()}


def _english(values: Iterable[str] | str) -> Iterator[str]:
    """Yield the English names of the objects of a record: before what they are in Chinese."""
    for each in [values] if isinstance(values, str) else values:
        yield re.sub(r"^\[[^]]*\]\s*", "", each.split(" >> ")[0]).split(" = ")[0].strip()


def _records() -> Iterator[dict[str, Any]]:
    folder = files("knowledge.ingest.starter")
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.endswith(".yaml"):
            text = path.read_text(encoding="utf-8")
            yield from cast(Any, yaml.load(text, Loader=yaml.CSafeLoader))["records"]
