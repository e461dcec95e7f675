"""Check how a row is written and what it records of itself, before what it says is proven.

row + names of what it may name -> signs, spaces and letters of its texts -> keys of its meta

A sign that nobody types, a word in large letters or a key that no style writes is sound only where
the names and quotations of the row hold it.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from functools import cache, lru_cache

from knowledge.datasets import row_counts
from knowledge.datasets.lookup_calls import RESULT
from knowledge.lessons.facts.manner import DIFFICULTIES, LENGTHS, REGISTERS
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import TABLES
from knowledge.lessons.verify.name_masks import large
from knowledge.records import Language, Lesson
from knowledge.text.citations import numbered_lines, uncited
from knowledge.text.sentences import sentence_spans

_ALL = frozenset({
    "relation", "support", "objects", "quality", "urgent", "parallel", "teacher",
    row_counts.BASE_KNOWS,
})  # fmt: skip
_MANNER: Mapping[str, Collection[str]] = {
    "register": REGISTERS,
    "length": LENGTHS,
    "difficulty": DIFFICULTIES,
}
_KEYS: Mapping[str, Collection[str]] = {
    "chatdoctor": (),
    "huatuo": (),
    "safety": ("refused",),
    "vignette": ("trace",),
    "dialogue": ("turns", "confirmed"),
    "grounded": ("partly", "declined", "conflict", "not_beside"),
    "multi-hop": ("trace",),
    "literature": ("turns",),
    "knowledge-call": ("turns",),
    "overview": (),
    "tools": (),
    "exam": ("form", "answer", "options", "accepted"),
    "comparison": ("versus",),
}
"""What rows of a style record beside what all do; those of styles not named here may vary."""

_TOLD = ("chatdoctor", "huatuo", "safety", "vignette", "dialogue")
"""Styles that record how they are told."""

_FREE = ("appraisal", "two-papers")
"""Styles that show the text of papers, as these are written."""

_LINED = ("exam", "tools")
"""Styles whose answers may have several lines."""

_PLAIN = re.compile(r"[\n\x20-\x7e]*")
_ODD_KINDS = ("Cc", "Cf", "Co", "Cn", "Cs", "Zs", "Zl", "Zp", "Mn", "Mc", "Me", "Nd")
_FILLERS = "\u115f\u1160\u3164\uffa0\ufffd"
_SET_APART = re.compile("[０-９Ａ-Ｚａ-ｚ]")
"""Wide letters and figures, which a name may hold."""
_GAPS = re.compile(r"[^\S\n]{2}|\n{3}|[^\S\n]\n|\n[^\S\n]")
_PLAIN_SQUARE = re.compile(r"\bm[23]\b")
_SMALL = "a sentence begins with a small letter"
_MAY_BEGIN_SMALL = re.compile(r"(?:^|[.!?]\s+)[^\W\dA-Z_]")
_SPLIT = re.compile("[。！？；] ")

Names = Callable[[str], Collection[str]]


def fault(lesson: Lesson, names: Names) -> str:
    """Return what is wrong with the form of a row, or an empty text.

    `names` gives those of an entity or document.
    """
    if any(source.calculated and source.kind != "fact" for source in lesson.sources):
        return "a calculation is no passage"
    if len(set(lesson.entities)) < len(lesson.entities):
        return "an entity is named twice"
    if found := _wrong_keys(lesson):
        return found
    odd = frozenset[str]().union(*(_odd_signs(each.content) for each in lesson.messages))
    gaps = [] if lesson.style in _FREE else _other_gaps(lesson)
    if not odd and not gaps:
        return ""
    own = _own_texts(lesson, names)
    if not odd <= frozenset[str]().union(*map(_odd_signs, own)):
        return "a message holds a sign that is in none of its sources"
    if any(not any(gap in each for each in own) for gap in gaps):
        return "a message has spaces that nobody writes"
    return ""


def letter_fault(lesson: Lesson, names: Names) -> str:
    """Say where words are in large letters that no name, quotation or template writes so.

    The row comes without the opening of an emergency, whose words are not of the templates alone.
    """
    if lesson.style in _FREE:
        return ""
    if lesson.style == "tools":  # formulas and units have letters of their own
        plain = _PLAIN_SQUARE.search(lesson.messages[-1].content)
        return "a unit has no raised figure" if plain else ""
    said = {word for each in lesson.messages for word in large(each.content)}
    said -= _large_words(lesson.language)
    small = lesson.language == "en" and _small_sentences(lesson)
    if not said and not small:
        return ""
    own = _own_texts(lesson, names)
    if not said.issubset(word for text in own for word in large(text)):
        return "a word stands in large letters"
    if small and _begins_small(small, own):
        return _SMALL
    return ""


def _small_sentences(lesson: Lesson) -> list[str]:
    """Return the sentences of the answer that begin with a small letter."""
    answer = uncited(lesson.messages[-1].content)
    if lesson.style == "exam":
        answer = answer.partition("\n")[2]  # the name that fills a blank is written as it is
    if not _MAY_BEGIN_SMALL.search(answer):
        return []
    spans = sentence_spans(answer)
    return [answer[start:end] for start, end in spans if answer[start : start + 1].islower()]


def _begins_small(sentences: Collection[str], own: Collection[str]) -> bool:
    """Say whether a sentence that begins small is none of a quotation, nor begins with a name."""
    begun = {name.split(" ")[0] for name in own if name[:1].islower()}
    begun = {word for word in begun if not word.islower()}  # mRNA, pH
    return any(
        not any(each.strip(" .") in text for text in own)
        and each.split(" ")[0].strip(",.;") not in begun
        for each in sentences
    )


def _wrong_keys(lesson: Lesson) -> str:
    """A row records what its style does, and how it is told as a whole or not at all."""
    meta, known = lesson.meta, _KEYS.get(lesson.style)
    told = _MANNER if lesson.style in _TOLD else {}
    if known is not None and not meta.keys() <= {*_ALL, *known, *told}:
        return "the row records what rows of its style do not"
    held = [key for key in told if key in meta]
    wanted = [key for key in told if key != "length" or not meta.get("teacher")]
    if held and not set(wanted) <= set(held):
        return "the row records but in part how it is told"
    if any(meta[key] not in told[key] for key in held):
        return "the row records that it is told as no row is"
    return ""


def _own_texts(lesson: Lesson, names: Names) -> list[str]:
    """Return the names, quotations and lines that a row may tell as they are written."""
    options = lesson.meta.get("options")
    ids = [*lesson.entities, lesson.split_key, *(options if isinstance(options, list) else ())]
    found = [name for id in ids for name in names(str(id))]
    for source in lesson.sources:
        found += [source.quote, *names(source.id)]
    for message in lesson.messages:
        found += numbered_lines(message.content).values()
    return found


@lru_cache(maxsize=1 << 14)
def _odd_signs(text: str) -> frozenset[str]:
    """Return the signs of a text that nobody types."""
    if _PLAIN.fullmatch(text):
        return frozenset()
    return frozenset(sign for sign in set(text) if _is_odd(sign))


@cache
def _is_odd(sign: str) -> bool:
    if sign == "\n" or " " <= sign <= "~":
        return False
    odd = unicodedata.category(sign) in _ODD_KINDS or sign in _FILLERS
    return odd or _SET_APART.fullmatch(sign) is not None


def _other_gaps(lesson: Lesson) -> list[str]:
    """Return how parts of messages stand apart but by one space, or by none in Chinese."""
    found: list[str] = []
    for message in lesson.messages:
        text = message.content
        found += _GAPS.findall(text)
        if text != text.strip():
            found.append(text)
        if message.role == "assistant":
            found += ["\n"] * ("\n" in text and lesson.style not in _LINED)
            if lesson.language == "zh":
                found += _SPLIT.findall(text)
    return found


@cache
def _large_words(language: Language) -> frozenset[str]:
    """Return the words with several large letters that templates have."""
    texts = [RESULT[language], *(repr(load(table, language)) for table in TABLES)]
    return frozenset(word for text in texts for word in large(text))
