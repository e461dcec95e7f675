"""Make true statements of the graph's facts, and corrupted ones beside each.

    chosen facts -> pages -> beginning of a sentence + its true object, and objects that are false

The objects of one fact all follow the same words, so that a base can be asked which of them it
holds for the likeliest. The neutral beginning says the same of no subject in particular: what an
object gets there, it gets for being a frequent word.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.lessons.aiming.fact_sample import ASKED_TEXTS, FactSample
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.false_objects import Names, can_stand_as_wrong, names_of
from knowledge.lessons.pages.entity_pages import EntityPages
from knowledge.lessons.realize import articles, realizer
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import RelationSentencesWords
from knowledge.records import Language
from knowledge.vocabulary import INVERSE, KINDS, RELATIONS

CORRUPTED = 4
"""So many corrupted statements stand beside a true one at most."""

FEWEST = 3
"""A fact that has fewer is not asked about: it would be guessed too often."""

_TRIED = 80
_MARK = "\x00"
_ENDS = ("{a}.", "{a}。")
_WORDS, _SIGNS = 14, 24
"""So much of a text is asked about."""

_STEM = 4
_WORD = re.compile(r"[a-z]{4,}")
_HAN = re.compile("[\u3400-\u9fff]+")

Pool = dict[tuple[Language, str, str], list[PageFact]]
"""What is stated of anything, by language, relation and kind: that of the object, of texts that of
their subject."""


@dataclass(frozen=True, slots=True)
class Statements:
    """A fact in one language as statements: the true object first, then those that are false.

    `kind` is that of the subject.
    """

    fact: str
    language: Language
    relation: str
    kind: str
    subject: str
    beginning: str
    neutral: str
    objects: tuple[str, ...]


class _First(random.Random):
    """Draws the first of all alternatives, so that one template gives one sentence."""

    def random(self) -> float:
        """Return nothing."""
        return 0.0


def make(
    entity_pages: EntityPages, sample: FactSample, languages: Sequence[Language]
) -> list[Statements]:
    """Return the statements of those chosen facts that can be told from memory.

    A fact is left out whose object repeats a word of its subject (it would be copied), or which has
    too few objects beside it.
    """
    pages = [
        page
        for language in languages
        for page in entity_pages.pages(sorted(sample.facts), language)
    ]
    pool = _pool_of(pages)
    made: list[Statements] = []
    for page in pages:
        chosen = sample.facts[page.id]
        related = {page.id, *entity_pages.related(page.id)}
        for relation, items in page.groups.items():
            if relation.endswith(INVERSE):
                continue
            for item in items:
                if item.fact in chosen and (told := _state(page, relation, item, related, pool)):
                    made.append(told)
    return made


def _pool_of(pages: Iterable[FactPage]) -> Pool:
    pool: defaultdict[tuple[Language, str, str], dict[str, PageFact]] = defaultdict(dict)
    for page in pages:
        for relation, items in page.groups.items():
            for item in items:
                key = page.language, relation, _kind_of(item, page)
                pool[key][item.object or item.text] = item
    return {key: [found[id] for id in sorted(found)] for key, found in pool.items()}


def _state(
    page: FactPage, relation: str, item: PageFact, related: set[str], pool: Pool
) -> Statements | None:
    if not item.object and relation not in ASKED_TEXTS:
        return None
    called = tuple(name.text for name in page.entity.names)
    true = _object(item, page.language)
    if _repeats(true, (page.name, *called), page.language):
        return None
    wrong = list(_wrong(page, relation, item, related, pool, called))
    if len(wrong) < FEWEST:
        return None
    told, neutral = (
        _beginning(relation, bool(item.object), page.language, name)
        for name in (page.said, _anything(page.entity.kind, page.language))
    )
    objects = (true, *(_object(each, page.language) for each in wrong))
    joint = "" if page.language == "zh" else " "
    fitted = tuple(f"{joint}{_fitted(each, told, page.language)}" for each in objects)
    kind = page.entity.kind
    return Statements(item.fact, page.language, relation, kind, page.id, told, neutral, fitted)


def _wrong(
    page: FactPage,
    relation: str,
    item: PageFact,
    related: set[str],
    pool: Pool,
    called: Names,
) -> Iterator[PageFact]:
    """Yield what is stated of others by the same relation and, by the graph, is false of a page."""
    items = page.groups[relation]
    right = [names_of(each) for each in items]
    taken: list[Names] = [*right, called]
    own = {each.text for each in items}
    offered = pool[page.language, relation, _kind_of(item, page)]
    pick = random.Random(f"{item.fact}|{page.language}")
    found = 0
    for each in pick.sample(offered, min(len(offered), _TRIED)):
        text = _object(each, page.language)
        if relation == "description":  # two long texts always have words in common
            fits = each.text not in own and not _repeats(text, called, page.language)
        else:
            fits = can_stand_as_wrong(each, related, {item.kind}, taken) and not _repeats(
                text, called, page.language
            )
        if fits:
            yield each
            taken.append(names_of(each))
            found += 1
        if found == CORRUPTED:
            return


def _kind_of(item: PageFact, page: FactPage) -> str:
    return item.kind if item.object else page.entity.kind


@lru_cache(maxsize=1 << 12)
def _beginning(relation: str, named: bool, language: Language, name: str) -> str:
    """Return a sentence up to its object."""
    words = load(RelationSentencesWords, language).with_subject.get(relation, ())
    fitting = [each for each in words if each.endswith(_ENDS)] if named else []
    if fitting:
        template = grammar.vary(fitting[0], _First())
    else:
        label = RELATIONS[relation].label(language)
        template = f"{label} of {{s}}: {{a}}." if language == "en" else f"{{s}}的{label}：{{a}}。"
    # As of several facts: a verb that follows the object would tell it.
    return realizer.fill(template, language, 2, s=name, a=_MARK).split(_MARK)[0].rstrip()


def _anything(kind: str, language: Language) -> str:
    """Return what stands for any subject of a kind."""
    return f"this {KINDS[kind].en}" if language == "en" else f"这种{KINDS[kind].zh}"


def _object(item: PageFact, language: Language) -> str:
    """Return an object as it is asked about: of a text, its first words."""
    if item.object:
        return item.said
    if language == "zh":
        return item.text[:_SIGNS]
    return " ".join(item.text.split()[:_WORDS]).rstrip(" .,;:")


def _fitted(text: str, told: str, language: Language) -> str:
    """Return an object without its article where the words before it leave no room."""
    if language == "en" and articles.leaves_no_article(f"{told} "):
        return articles.without_article(text)
    return text


def _repeats(text: str, names: Iterable[str], language: Language) -> bool:
    """Say whether a text has a word of a name, or what that word begins with.

    >>> _repeats("diabetic nephropathy", ["Diabetes mellitus"], "en")
    True
    >>> _repeats("糖尿病肾病", ["2型糖尿病"], "zh"), _repeats("口渴", ["2型糖尿病"], "zh")
    (True, False)
    """
    own = _stems(text, language)
    return any(own & _stems(name, language) for name in names)


def _stems(text: str, language: Language) -> set[str]:
    if language == "en":
        return {word[:_STEM] for word in _WORD.findall(text.casefold())}
    return {run[at : at + 2] for run in _HAN.findall(text) for at in range(len(run) - 1)}
