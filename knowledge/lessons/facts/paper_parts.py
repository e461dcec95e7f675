"""Say of each sentence of a paper that can be quoted which part of the paper it is.

    passages -> (part, passage, words), in their order

A titled section says what its sentences are, headings within a text as well (目的, 方法, …), and
elsewhere only words that leave no doubt. `paper_parts.yaml` says which sentences answer a question
on a part at all: who took part is no finding, and how figures were tested is no approach.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from knowledge.lessons.facts import rule_files
from knowledge.lessons.facts.quotable_sentences import quotable
from knowledge.lessons.facts.study_parts import HEADED, HEADING
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import LiteratureWords
from knowledge.records import Language, Passage

_FEWEST_HEADINGS = 2
_UNTITLED = ("unlabelled", "unlabeled", "unassigned")
_ABSTRACT = re.compile(r"^(?:abstract|摘要)\s*[:：]\s*", re.IGNORECASE)
"""What stands before the titles of an abstract's sections in a full text."""

_NO_PROSE = re.compile(
    r"\b(?:table|figure|fig|supplement\w*|appendix|footnotes?|references)\b|[表图]\d"
)
_KEYS = ("needs", "unless", "cues", "opens", "best")
_INNER = re.compile(r"\b(?:this|these|those|they|such|both groups|the latter)\b", re.IGNORECASE)
"""Words by which a sentence within a section points at the ones before it."""

_STUDIED = ("method", "result")
"""Parts that papers on studies have, and other texts do not."""


class Quotation(NamedTuple):
    """A part of a paper, a passage of it, and the words quoted."""

    part: str
    passage: Passage
    words: str

    @property
    def place(self) -> tuple[str, str]:
        """Return the part that is quoted, and the section's title if the part has no name."""
        return self.part, self.passage.section if self.part == "part" else ""


def read(passages: Sequence[Passage]) -> list[Quotation]:
    """Return what can be quoted, in the order of the paper.

    Where nothing is known of any sentence, the first and the last one are known for what they are.
    """
    if not passages:
        return []
    found = [each for passage in passages for each in _titled(passage)]
    if not found:
        found = list(_headed(passages)) or list(_cued(passages))
    language = passages[0].language
    fitting = [each for each in found if _answers(each, language)]
    opening = _openings(passages)
    fitting = [each for each in fitting if _opens(each, opening, language)]
    return _preferred(fitting, language) or list(_ends(passages))


def is_study(quotations: Sequence[Quotation]) -> bool:
    """Say whether a text is a paper on a study: it has methods or results."""
    return any(each.part in _STUDIED for each in quotations)


def parts(quotations: Sequence[Quotation]) -> Counter[str]:
    """Return the parts of a paper, with the number of sentences of each."""
    return Counter(each.part for each in quotations)


def _titled(passage: Passage) -> Iterator[Quotation]:
    section = _ABSTRACT.sub("", passage.section.strip().rstrip(":：").lower())
    if not section or section in _UNTITLED or _NO_PROSE.search(section):
        return
    part = _section_parts().get(section, "part")
    for words in quotable(passage):
        yield Quotation(_aim_or_background(part, words, passage.language), passage, words)


def _headed(passages: Sequence[Passage]) -> Iterator[Quotation]:
    """Yield sentences of a text that names its parts within itself."""
    found: list[Quotation] = []
    headings, current = 0, ""
    for passage in passages:
        for words in quotable(passage):
            if heading := HEADING.match(words):
                headings, current = headings + 1, HEADED[heading[1]]
            bare = HEADING.sub("", words)
            if current and bare:
                found.append(Quotation(current, passage, bare))
    if headings >= _FEWEST_HEADINGS:
        yield from found


def _cued(passages: Sequence[Passage]) -> Iterator[Quotation]:
    for passage in passages:
        for words in quotable(passage):
            for part, rules in _rules().items():
                cue = rules.cues.get(passage.language)
                if cue and cue.search(words):
                    yield Quotation(part, passage, words)
                    break


def _ends(passages: Sequence[Passage]) -> Iterator[Quotation]:
    first, last = passages[0], passages[-1]
    opening, closing = quotable(first), quotable(last)
    if opening and first.text.startswith(opening[0]):
        yield Quotation("first", first, opening[0])
    if closing and last.text.rstrip().endswith(closing[-1]) and closing[-1] not in opening[:1]:
        yield Quotation("last", last, closing[-1])


def _aim_or_background(part: str, words: str, language: Language) -> str:
    if part not in ("aim", "background"):
        return part
    return "aim" if _rules()["aim"].needs[language].search(words) else "background"


def _answers(quotation: Quotation, language: Language) -> bool:
    rules = _rules().get(quotation.part)
    if rules is None:
        return True
    needs, unless = rules.needs.get(language), rules.unless.get(language)
    if needs and not needs.search(quotation.words):
        return False
    return not (unless and unless.search(quotation.words))


def _openings(passages: Sequence[Passage]) -> set[tuple[str, str]]:
    """Return the sentence that each titled section begins with, and its passage."""
    found, seen = set(), set()
    for passage in passages:
        if passage.section not in seen:
            seen.add(passage.section)
            said = quotable(passage)
            if said and passage.text.lstrip().startswith(said[0]):
                found.add((passage.id, said[0]))
    return found


def _opens(quotation: Quotation, openings: Collection[tuple[str, str]], language: Language) -> bool:
    """Say whether a sentence may be quoted where it stands: first, or with words of its part."""
    rules = _rules().get(quotation.part)
    words = rules.opens.get(language) if rules else None
    if words is None or (quotation.passage.id, quotation.words) in openings:
        return True
    return words.search(quotation.words) is not None and not _INNER.search(quotation.words)


def _preferred(found: Sequence[Quotation], language: Language) -> list[Quotation]:
    """Return, of each part, what the abstract says if it does, and of that what tells it best."""
    kept = list(found)
    for part, rules in _rules().items():
        own = [each for each in kept if each.part == part]
        in_abstract = [each for each in own if _ABSTRACT.match(each.passage.section)]
        best = rules.best.get(language)
        chosen = in_abstract or own
        if best:
            chosen = [each for each in chosen if best.search(each.words)] or chosen
        kept = [each for each in kept if each.part != part or each in chosen]
    return kept


@cache
def _section_parts() -> dict[str, str]:
    """Return which part of a paper the titles of sections stand for, in every language."""
    tables = [load(LiteratureWords, language).section_title for language in LANGUAGES]
    return {title: part for table in tables for part, titles in table.items() for title in titles}


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of a part; `paper_parts.yaml` says what each key of it is for."""

    needs: Mapping[Language, re.Pattern[str]]
    unless: Mapping[Language, re.Pattern[str]]
    cues: Mapping[Language, re.Pattern[str]]
    opens: Mapping[Language, re.Pattern[str]]
    best: Mapping[Language, re.Pattern[str]]


@cache
def _rules() -> dict[str, _Rules]:
    raw: dict[str, Any] = rule_files.read("paper_parts")
    return {
        part: _Rules(*(_patterns(of.get(key, {})) for key in _KEYS)) for part, of in raw.items()
    }


def _patterns(raw: Mapping[Language, Sequence[str]]) -> dict[Language, re.Pattern[str]]:
    return {key: re.compile("|".join(of), re.IGNORECASE) for key, of in raw.items()}
