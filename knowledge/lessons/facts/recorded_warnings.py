"""Tell whether a graph records anything against a medicine in an illness, or beside another.

facts of a medicine, of its classes and members + names of what it meets -> is anything recorded

Names that share a word that matters, and names of the same part of the body, count as the same: the
answer "nothing is recorded" is to be right for "severe renal impairment", too, where a source says
"kidney failure". What a text on a medicine mentions counts like a fact.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Engine, select

from knowledge.graph.catalog import FactRow, NameRow, holds
from knowledge.graph.id_queries import id_batches, raw_rows
from knowledge.lessons.facts import rule_files
from knowledge.records import Language

WARNING = ("contraindication", "interaction", "cross_allergy", "duplication", "side_effect")
"""Relations whose objects speak against a medicine."""

_TEXTS = (
    *WARNING, "precaution", "interaction_advice", "pregnancy", "breastfeeding", "children",
    "renal", "liver", "red_flag", "monitoring", "dose_limit",
)  # fmt: skip
_LATIN = re.compile(r"[a-z]{4,}")
_CJK = re.compile("[\u3400-\u9fff]+")


class _Purpose(NamedTuple):
    """Kinds of medicines that stand in for each other in some conditions, and who is left."""

    kinds: re.Pattern[str]
    where: re.Pattern[str] | None
    but: re.Pattern[str] | None
    left: re.Pattern[str] | None

    def is_in(self, condition: list[str]) -> bool:
        """Say whether the kinds serve this purpose in a condition of these names."""
        if self.but and any(map(self.but.search, condition)):
            return False
        return self.where is None or any(map(self.where.search, condition))


class RecordedWarnings:
    """What one generation records against medicines, read when it is first asked for."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self._generation = generation
        self._read = False
        self._classes: dict[str, set[str]] = {}
        self._members: dict[str, set[str]] = {}
        self._met: dict[str, set[str]] = {}
        self._crossed: dict[str, set[str]] = {}
        self._barred: dict[str, set[str]] = {}
        self._texts: dict[str, list[tuple[str, str]]] = {}
        self._kinds: dict[str, list[str]] = {}
        self._subjects: dict[str, str] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def has_any(self) -> bool:
        """Say whether the graph records contraindications or interactions at all."""
        self._read_once()
        return bool(self._subjects)

    def classes(self, medicine: str) -> tuple[str, ...]:
        """Return the classes of a medicine."""
        self._read_once()
        return tuple(sorted(self._classes.get(medicine, ())))

    def is_class(self, medicine: str) -> bool:
        """Say whether a medicine is a class of others."""
        self._read_once()
        return medicine in self._members

    def subject_of(self, fact: str) -> str:
        """Return which medicine a contraindication or an interaction is about."""
        self._read_once()
        return self._subjects.get(fact, "")

    def class_adds(self, medicine: str, relation: str, told: Collection[str]) -> bool:
        """Say whether classes of a medicine record warnings of a relation that a list lacks."""
        self._read_once()
        warned = {"interaction": self._crossed, "contraindication": self._barred}.get(relation, {})
        recorded = {each for id in self.classes(medicine) for each in warned.get(id, ())}
        return not recorded <= {*told, medicine}

    def names(self, id: str) -> tuple[str, ...]:
        """Return the names of an entity that a warning names."""
        self._read_once()
        return self._names.get(id, ())

    def kind_words(self, medicine: str) -> frozenset[str]:
        """Return the words that tell the kind of a medicine: its drug class, and its classes."""
        self._read_once()
        told = [text for id in self._family(medicine) for text in self._kinds.get(id, ())]
        told += [name for id in self.classes(medicine) for name in self.names(id)]
        return frozenset(word for text in told for word in telling_words(text))

    def are_of_one_kind(self, one: str, other: str) -> bool:
        """Say whether two medicines are of one kind: two antibiotics need not be."""
        return bool((self.kind_words(one) & self.kind_words(other)) - _words("broad"))

    def are_alternatives(self, condition: Iterable[str], one: str, other: str) -> bool:
        """Say whether two medicines, of different kinds, serve one purpose in a condition."""
        return any(self._purposes_of(list(condition), one, other))

    def may_replace(self, condition: Iterable[str], left: str, out: str) -> bool:
        """Say whether a medicine serves the purpose of another, and is chosen for it."""
        told = self._told_kinds(left)
        return any(
            each.left is None or any(map(each.left.search, told))
            for each in self._purposes_of(list(condition), left, out)
        )

    def is_barred_in(self, medicine: str, condition: Iterable[str]) -> bool:
        """Say whether a medicine, or a class of it, is contraindicated in what names mean."""
        self._read_once()
        barred = [
            name
            for id in self._family(medicine)
            for each in self._barred.get(id, ())
            for name in self.names(each)
        ]
        return are_akin(condition, barred)

    def _purposes_of(self, names: list[str], one: str, other: str) -> Iterator["_Purpose"]:
        told = [self._told_kinds(one), self._told_kinds(other)]
        if not all(told) or self.are_of_one_kind(one, other):
            return
        for each in _purposes():
            fits = all(any(map(each.kinds.search, texts)) for texts in told)
            if fits and each.is_in(names):
                yield each

    def _told_kinds(self, medicine: str) -> list[str]:
        self._read_once()
        own = list(self._kinds.get(medicine, ()))
        classes = [name for id in self.classes(medicine) for name in self.names(id)]
        return [*own, *classes, *self.names(medicine)] if own else []

    def speak_against(self, medicine: str, other: str, but: str = "") -> bool:
        """Say whether anything recorded may speak against a medicine where there is something else.

        Texts of the relation `but` are left out: whoever asks quotes them.
        """
        self._read_once()
        own, theirs = self._family(medicine), self._family(other)
        if own & theirs or any(self._met.get(id, set()) & theirs for id in own):
            return True
        told = [name for id in theirs for name in self.names(id)]
        if not told:
            return True
        met = [name for id in own for each in self._met.get(id, ()) for name in self.names(each)]
        texts = [
            text for id in own for relation, text in self._texts.get(id, ()) if relation != but
        ]
        if are_akin(told, [*met, *texts]):
            return True
        return other.startswith("medicine:") and bool(
            self.kind_words(medicine) & self.kind_words(other)
        )

    def _family(self, id: str) -> set[str]:
        """Return an entity with its classes, the classes of these, and its members."""
        found, waiting = set[str](), [id]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self._classes.get(one, ())
        return found | self._members.get(id, set())

    def _read_once(self) -> None:
        if self._read:
            return
        self._read = True
        query = select(
            FactRow.id, FactRow.subject_id, FactRow.relation, FactRow.object_id, FactRow.value_en,
            FactRow.value_zh,
        ).where(
            FactRow.relation.in_((*_TEXTS, "member", "drug_class")),
            FactRow.subject_id.like("medicine:%"),
            holds(FactRow, self._generation),
        )  # fmt: skip
        wanted: set[str] = set()
        with self._engine.connect() as connection:
            for id, subject, relation, object, en, zh in raw_rows(connection, query):
                wanted.update(end for end in (subject, object) if end)
                if relation == "member" and object:
                    self._classes.setdefault(object, set()).add(subject)
                    self._members.setdefault(subject, set()).add(object)
                elif relation == "drug_class":
                    self._kinds.setdefault(subject, []).extend(filter(None, (en, zh)))
                elif object:
                    self._met.setdefault(subject, set()).add(object)
                    if relation != "side_effect":
                        self._met.setdefault(object, set()).add(subject)
                    if relation in ("contraindication", "interaction"):
                        self._subjects[id] = subject
                    if relation == "interaction":
                        self._crossed.setdefault(subject, set()).add(object)
                        self._crossed.setdefault(object, set()).add(subject)
                    if relation == "contraindication":
                        self._barred.setdefault(subject, set()).add(object)
                else:
                    texts = [(relation, text) for text in (en, zh) if text]
                    self._texts.setdefault(subject, []).extend(texts)
            for chunk in id_batches(sorted(wanted)):
                named = select(NameRow.entity_id, NameRow.text).where(
                    NameRow.entity_id.in_(chunk), holds(NameRow, self._generation)
                )
                for id, text in raw_rows(connection, named):
                    self._names[id] = (*self._names.get(id, ()), text)


def are_akin(names: Iterable[str], texts: Iterable[str]) -> bool:
    """Say whether texts mention what names mean: a word that matters, or the same part of the body.

    >>> are_akin(["severe renal impairment"], ["Kidney failure"])
    True
    >>> are_akin(["gout"], ["asthma"])
    False
    """
    names, texts = list(names), list(texts)
    words = frozenset(word for name in names for word in telling_words(name))
    topics = frozenset(topic for name in names for topic in _topics_of(name))
    return any(words & telling_words(text) or topics & _topics_of(text) for text in texts)


def is_state(names: Iterable[str]) -> bool:
    """Say whether a name means something that a patient can have beside another illness."""
    unfit = _pattern("no_state")
    return not any(unfit.search(name) for name in names)


def is_taken(names: Iterable[str]) -> bool:
    """Say whether a name means a medicine that somebody goes on taking, and no food or drink."""
    unfit = _pattern("not_taken")
    return not any(unfit.search(name) for name in names)


def is_open_to_infection(taken: Iterable[str], condition: Iterable[str]) -> bool:
    """Say whether somebody takes what lowers the defence against the infection that they have."""
    lowers, infection = _pattern("lowers_defence"), _pattern("infection")
    return any(map(lowers.search, taken)) and any(map(infection.search, condition))


def is_alarming(findings: Iterable[str]) -> bool:
    """Say whether any of some findings calls for an examination at once when it is new."""
    return any(_pattern("alarming").search(each) for each in findings)


def allows(text: str, language: Language) -> bool:
    """Say whether a text on a medicine in pregnancy or breast-feeding speaks for its use.

    >>> allows("May be used in pregnancy; much experience without harm.", "en")
    True
    >>> allows("Not recommended in pregnancy.", "en")
    False
    """
    speaks_for, speaks_against = (_pattern(f"{each}_{language}") for each in ("allowed", "barred"))
    return bool(speaks_for.search(text)) and not speaks_against.search(text)


@lru_cache(maxsize=1 << 16)
def telling_words(text: str) -> frozenset[str]:
    """Return the words of a text that tell what it is about; of Chinese, pairs of signs."""
    plain = _words("plain")
    found = {word for word in _LATIN.findall(text.lower()) if word not in plain}
    for run in _CJK.findall(text):
        found.update(run[place : place + 2] for place in range(len(run) - 1))
    return frozenset(word for word in found if word not in plain)


@lru_cache(maxsize=1 << 16)
def _topics_of(text: str) -> frozenset[int]:
    return frozenset(place for place, topic in enumerate(_topics()) if topic.search(text))


@cache
def _topics() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(each, re.IGNORECASE) for each in _rules()["topics"])


@cache
def _purposes() -> tuple[_Purpose, ...]:
    """Return kinds of medicines that serve one purpose, and in which conditions they do."""
    return tuple(
        _Purpose(
            _either(each["kinds"]),
            *(_either(each[key]) if key in each else None for key in ("for", "but", "left")),
        )
        for each in _rules()["purposes"]
    )


def _either(patterns: str | list[str]) -> re.Pattern[str]:
    every = [patterns] if isinstance(patterns, str) else patterns
    return re.compile("|".join(every), re.IGNORECASE)


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(word for line in _rules()[key] for word in line.split())


@cache
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("|".join(_rules()[key]), re.IGNORECASE)


@cache
def _rules() -> Mapping[str, Any]:
    return cast(Mapping[str, Any], rule_files.read("warning_topics"))
