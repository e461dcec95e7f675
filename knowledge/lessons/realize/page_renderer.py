"""Render the facts of an entity as the items of a page in one language.

    entity -> name, alone and within a sentence; fact -> item, or nothing where it is unusable

Sources tell the same thing in two wordings, lists that lack what matters, and what fits another age
or sex; none of that is on a page.
"""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from knowledge.lessons.facts import (
    chinese_closed_book,
    closed_book,
    definitions,
    fact_fitness,
    harmful_medicines,
    source_notes,
    taught_uses,
    treatment_claims,
    whole_lists,
    youngest_ages,
)
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.fact_store import FactView
from knowledge.lessons.facts.source_habits import SourceHabits
from knowledge.lessons.realize import chinese_sentences, letter_case, patient_profiles, usable_names
from knowledge.lessons.realize.realizer import split_by_level
from knowledge.records import Entity, Language
from knowledge.text import names
from knowledge.vocabulary import INVERSE, TREATING

_LONGEST_GUESS = 6
"""A Chinese name of more signs is that of a special form, which findings alone do not tell."""

_REVIEWED = 2
"""Where a relation has so many curated facts, those of scraped sources are left out."""

LONGEST_TEXT = {"en": definitions.LONGEST, "zh": 160}
"""Longer texts make lessons that nobody reads and small models cannot hold."""

_ILLNESS_ZH = re.compile("(?:炎|症|病|征|梗死|增高|高压|癌|瘤|中毒|感染|结核|脓肿|骨折|脱位)$")
_ALIKE_ZH = ("symptom", "sign", "cause", "test", "treatment", "complication", "department")
"""Relations of which Chinese sources list the same thing in two wordings."""

_OF_CHILDREN = re.compile("儿科|小儿|儿童|新生儿")


class _Called(NamedTuple):
    """What an entity is called in a language: alone, within a sentence, and to be compared.

    `names` are all that it has, in any language.
    """

    text: str
    said: str
    key: str
    kind: str
    names: tuple[str, ...] = ()


class PageRenderer:
    """Says in one language what facts state; what entities are called is settled once for each."""

    def __init__(
        self,
        language: Language,
        common: Collection[str],
        filler: Collection[str] = (),
        habits: SourceHabits | None = None,
    ) -> None:
        self._language = language
        self._common = common
        self._filler = filler
        self._habits = habits or SourceHabits()
        self._known: dict[str, _Called] = {}

    def forget(self) -> None:
        """Forget what entities are called."""
        self._known.clear()

    def page(
        self, id: str, facts: Sequence[FactView], entities: Mapping[str, Entity]
    ) -> FactPage | None:
        """Return the page of an entity, or None where nothing can be said of it."""
        own = self._called(id, entities)
        if not own.text:
            return None
        named = " ".join(name.text for name in entities[id].names)
        groups: dict[str, dict[str, PageFact]] = {}
        reviewed: dict[str, int] = {}
        unnamed: Counter[str] = Counter()
        untold: Counter[str] = Counter()
        hidden: list[str] = []
        hides_uses = False
        for fact in facts:  # curated ones first
            relation, other = fact.relation, fact.other
            if not fact.curated and reviewed and reviewed.get(relation, 0) >= _REVIEWED:
                continue
            called = self._called(other, entities) if other else self._told(fact)
            if not called.text or called.key == own.key:
                unnamed[relation] += bool(other and not called.text)
                untold[relation] += not called.text
                continue
            if other and not usable_names.can_be_object(relation, called.kind, called.text):
                continue
            if not self._is_fit(fact, called, named, own):
                continue
            if fact.hidden:
                hides_uses = hides_uses or relation in _TREATED
                hidden += [fact.level] if relation not in _TREATED else []
                continue
            items = groups.setdefault(relation, {})
            known = items.get(called.key)
            if known is None or (fact.level and not known.level):
                text, said, key, kind, every = called
                if self._language == "zh" and relation == "test" and other:
                    said = chinese_sentences.name_test(text)
                proof = (fact.licence, fact.level, every, not fact.curated)
                items[key] = PageFact(fact.id, text, said, other, kind, *proof)
            if fact.curated:
                reviewed[relation] = reviewed.get(relation, 0) + 1
        for relation in groups.keys() - reviewed.keys():
            if not _is_whole(relation, groups[relation].values(), unnamed[relation]):
                groups[relation] = {}
        kept = {relation: tuple(items.values()) for relation, items in groups.items() if items}
        if "interaction" in kept:
            kept["interaction"] = tuple(itertools.chain(*split_by_level(kept["interaction"])))
        kind = entities[id].kind
        uses = treatment_claims.StatedUses(
            frozenset(fact.id for fact in facts if fact.listed),
            frozenset(fact.id for fact in facts if fact.own_use),
        )
        kept, left_out = treatment_claims.fit_to_show(own.text, kind, kept, uses, self._language)
        partial = whole_lists.partial(id, kept, untold, hidden)
        if not reviewed:
            given = {fact.other for fact in facts if fact.relation in _TREATING} - {""}
            names = {self._called(other, entities).text for other in given}
            kept = self._with_core_treatment(entities[id], names, kept)
        about = (entities[id], self._language, own.text, own.said)
        if self._language == "zh":
            kept = drop_repeated_items(own.text, kept)
            kept = chinese_closed_book.showable(id, own.text, kept, reviewed, self._habits)
            told = chinese_closed_book.select(id, own.text, kept, reviewed, self._habits)
            short = len(own.text) <= _LONGEST_GUESS
            familiar = "symptom" in reviewed or (short and self._habits.is_familiar(id))
            told = {each: items for each, items in told.items() if each not in partial}
            told, untellable = treatment_claims.fit_to_tell(kind, told, reviewed, hides_uses)
            left_out |= untellable
            shown = kept if told != kept else {}
            page = FactPage(*about, told, shown=shown, is_familiar=familiar, left_out=left_out)
            page = _for_children(_for_adults(page))
            return page if kept or left_out else None
        support = closed_book.Support(
            frozenset(fact.id for fact in facts if fact.unread),
            frozenset(fact.id for fact in facts if fact.agreed),
        )
        told = closed_book.tellable(kept, reviewed, support, (own.text, *own.names))
        if not reviewed:
            names = {item.text for each in _TREATING for item in told.get(each, ())}
            told = self._with_core_treatment(entities[id], names, told)
        told = {each: items for each, items in told.items() if each not in partial}
        told, untellable = treatment_claims.fit_to_tell(kind, told, reviewed, hides_uses)
        told, untaught = treatment_claims.fit_to_teach(own.text, kind, told, reviewed)
        left_out |= untellable | untaught
        shown = kept if told != kept else {}
        page = _for_children(FactPage(*about, told, shown=shown, left_out=left_out))
        return page if kept or left_out else None

    def _is_fit(self, fact: FactView, called: "_Called", named: str, own: "_Called") -> bool:
        """Say whether a fact may be told; what somebody wrote and read is not doubted."""
        if fact.relation == "interaction" and fact.other:
            return fact.level in source_notes.LEVELS or (fact.curated and not fact.level)
        if fact.curated:
            return True
        if not fact.other:
            if fact.relation == "description" and self._language == "en":
                known = fact_fitness.is_definition(called.text, own.names)
                return known and definitions.is_about(called.text, own.names)
            return not _CURE_RATE.match(called.text)
        if fact.relation in _TREATED and not self._is_use(fact, own.text, called.text):
            return False
        if fact.relation == "medicine" and not self._is_use(fact, called.text, own.text):
            return False
        if fact.relation == "complication" and fact.other in self._filler:
            return False
        if fact.relation in _OF_A_SEX:
            signs = patient_profiles.sex_signs(called.text)
            if signs and signs & ~patient_profiles.sex_signs(named):
                return False
        return fact_fitness.is_tellable(fact.relation, called.kind, called.text, self._language)

    def _is_use(self, fact: FactView, medicine: str, condition: str) -> bool:
        """Say whether a scraped use of a medicine may be shown."""
        if not fact_fitness.is_use(medicine, condition):
            return False
        if self._language == "zh":
            return True
        if harmful_medicines.is_harmful(condition, medicine, "en"):
            return False
        return not (fact.crowd or taught_uses.contradicts(medicine, condition))

    def _with_core_treatment(
        self, entity: Entity, names: Collection[str], groups: dict[str, tuple[PageFact, ...]]
    ) -> dict[str, tuple[PageFact, ...]]:
        """Leave out lists of treatment that lack what a condition is treated with.

        `names` are those of its treatments. A medicine is told to be for a condition only where it
        is what that is treated with.
        """
        own = self._called(entity.id, {entity.id: entity}).text
        treated = entity.kind == "condition" and not _TREATING.isdisjoint(groups)
        if treated and not fact_fitness.has_core(own, tuple(sorted(names))):
            return {each: items for each, items in groups.items() if each not in _TREATING}
        for relation in _TREATED.intersection(groups):
            fit = [each for each in groups[relation] if fact_fitness.has_core(each.text, (own,))]
            groups = {**groups, relation: tuple(fit)}
        return {each: items for each, items in groups.items() if items}

    def _called(self, id: str, entities: Mapping[str, Entity]) -> _Called:
        known = self._known.get(id)
        if known is None:
            entity = entities.get(id)
            text = usable_names.choose_name(entity, self._language) if entity else ""
            kind = entity.kind if entity else ""
            every = tuple([name.text for name in entity.names]) if entity and text else ()
            known = self._known[id] = self._named(text, kind)._replace(names=every)
        return known

    def _told(self, fact: FactView) -> _Called:
        """Return the text of a fact that has no object, or nothing where it is not to be told."""
        own = self._language == "en"
        text = (definitions.as_told(fact.relation, fact.en) if own else fact.zh).strip()
        native = bool(usable_names.CJK.search(text)) == (self._language == "zh")
        if not native or len(text) > LONGEST_TEXT[self._language] or usable_names.is_damaged(text):
            return _NOT_CALLED
        if self._language == "en":
            if usable_names.is_cut(text):
                return _NOT_CALLED
            text = letter_case.lower_shouted(text, self._common)
        said = letter_case.lower_first_word(text, self._common)
        return _Called(text, said, names.normalise(text), "")

    def _named(self, name: str, kind: str) -> _Called:
        """Return a name, and it within a sentence: in English with the article that it takes."""
        said = letter_case.within_sentence(name, kind, self._language, self._common)
        return _Called(name, said, names.normalise(name), kind)


_CURE_RATE = re.compile("治愈率")
"""A rate of cure that no source stands behind is nobody's outlook."""

_TREATING = frozenset(TREATING)
_YOUNGEST_SCHOOLED = 6
"""Years of a child of whom a children's illness is told where no age is."""

_TREATED = frozenset({f"medicine{INVERSE}", f"first_line{INVERSE}"})
_LISTED = frozenset({"test", "treatment", "medicine", "first_line"})
"""Relations whose lists are left out where the greater part has no name in the language."""

_OF_A_SEX = frozenset({"symptom", "sign", "test", "complication", "medicine", "department"})
"""Relations whose objects may belong to one sex: no pregnancy scan for a wart."""

_MORE_THAN_STATISTICS = ("complication", "cause", "risk_factor", "symptom", "sign")

_AGE_ZH = re.compile("小儿|新生儿|婴幼儿|婴儿|老年人|老年|儿童|妊娠")
"""How names of illnesses of one age begin."""

_NOT_CALLED = _Called("", "", "", "")


def _is_whole(relation: str, items: Collection[PageFact], unnamed: int) -> bool:
    """Say whether a scraped list tells enough: not what few names of a longer list are left."""
    if relation == "side_effect":
        return fact_fitness.are_telling_effects([item.text for item in items])
    return relation not in _LISTED or unnamed <= len(items)


def drop_repeated_items(
    name: str, groups: dict[str, tuple[PageFact, ...]]
) -> dict[str, tuple[PageFact, ...]]:
    """Leave out what a Chinese list says twice, and complications that the name itself holds.

    A complication or a cause is no mere association in the statistics.
    """
    kept = {}
    known = {item.object for each in _MORE_THAN_STATISTICS for item in groups.get(each, ())}
    for relation, items in groups.items():
        if relation in ("complication", "symptom", "sign"):
            items = tuple(item for item in items if not _is_within(name, relation, item.text))
        if relation == "associated_with":
            items = tuple(item for item in items if item.object not in known)
        if relation in _ALIKE_ZH and len(items) > 1:
            first = set(chinese_sentences.drop_synonyms(item.text for item in items if item.object))
            items = tuple(item for item in items if not item.object or item.text in first)
        if items:
            kept[relation] = items
    return kept


def _is_within(name: str, relation: str, text: str) -> bool:
    """Say whether a finding is but the illness itself, or a complication a part or kind of it.

    Nor does an illness lead to one of another age: 小儿支气管炎 follows no 肺炎 of an adult.
    """
    if relation == "complication":
        age = _AGE_ZH.match(text)
        return text in name or text.endswith(name) or (age is not None and age[0] not in name)
    return text in name and _ILLNESS_ZH.search(text) is not None


def _for_children(page: FactPage) -> FactPage:
    """Return the page of a children's illness without medicines for those who are older."""
    if page.entity.kind != "condition" or not _TREATING.intersection(page.groups):
        return page
    if patient_profiles.profile_of(page).stage not in ("baby", "child"):
        return page
    groups = {
        relation: tuple(
            item
            for item in items
            if relation not in _TREATING
            or youngest_ages.of_name(item.text, page.name) <= _YOUNGEST_SCHOOLED
        )
        for relation, items in page.groups.items()
    }
    kept = {relation: items for relation, items in groups.items() if items}
    if kept == page.groups:
        return page
    return replace(page, groups=kept, shown=page.shown or page.groups)


def _for_adults(page: FactPage) -> FactPage:
    """Return a page that names no department of children where adults are ill as well."""
    places = page.groups.get("department", ())
    adult = tuple(item for item in places if not _OF_CHILDREN.search(item.text))
    if page.entity.kind != "condition" or not adult or len(adult) == len(places):
        return page
    if patient_profiles.profile_of(page).stage in ("baby", "child"):
        return page
    shown = page.shown or page.groups
    return replace(page, groups={**page.groups, "department": adult}, shown=shown)
