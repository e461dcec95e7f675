"""Pair a proven answer with one that is worse in one known way (style preference).

    row -> a kind of fault that it can have -> prompt, chosen, rejected, why

The chosen answer is a row's own. Kinds: a swapped fact, an invented citation, a missed red flag, a
dangerous dose, a needless refusal, a misused formula, and those of
`weaker_answers`: missed urgency, a missed warning, correct but unsafe, overconfident, incomplete.
`why` begins with the kind.
As a style it writes no rows of its own: it raises the share of rows that give a pair, and allows
all kinds. Dialogues of several turns give none, since a pair has no history.
"""

import hashlib
import random
import re
from collections import deque
from collections.abc import Callable, Iterable
from typing import Literal

from knowledge.lessons.facts import reportable_findings
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.realize import articles
from knowledge.lessons.styles import corruptions, weaker_answers
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import PreferenceWords, SafetyWords
from knowledge.records import Lesson
from knowledge.text.citations import cited_numbers, markers, numbered_lines
from knowledge.text.sentences import sentence_spans

NAME = "preference"
PAGE_KINDS: tuple[Literal["entities"], ...] = ()

PAIR_SHARE = 0.5
"""Share of the training rows that give a pair if the style is asked for."""

LOW_PAIR_SHARE = 0.2
"""The share if it is not; those pairs are swapped facts and wrong calculations only."""

_GENERAL = re.compile(
    "(?:药物|支持|支持性|对症|中医|西医|中药|西药|手术|康复|综合|病因|一般|饮食|心理|护理).{0,4}|"
    ".{0,2}常规|血常规检查|尿常规检查|心电图|"
    "大生化检查|体格检查|内科|外科|急诊科|中医科|中西医结合科|发烧|发热|乏力|疼痛|不适|全身|"
    ".*检查项目"
)
"""Names that go with nearly every condition: swapped in, they make no answer worse."""

_POOL = 400
_DRAWS = 30
"""How many names are drawn to find one that the subject is not related to."""

_NUMBER = re.compile(r"(?<![\w.,/])\d+(?:\.\d+)?(?![\w/]|\.\d)")
_UNIT = re.compile(r"\s?(?:mg|g|mcg|micrograms?|units?|mL|μg|毫克|克|微克|单位|毫升)")
_LISTS = re.compile(r"(?: — |——)(?!red flags|prevention|description|警示征象|预防|描述)")
"""A line of evidence that may list names."""

_UNSAFE, _INCOMPLETE, _OVERCONFIDENT, _SWAPPED = 0.5, 0.5, 0.5, 0.8
"""Up to which chance a warning is left out, a list cut short or certainty put in, and from which
on it is refused."""

_EFFECTS = re.compile("(?: — side effects:|——(?:不良反应|副作用)：)")
_EXAM = "exam"

_REFUSABLE = {"chatdoctor", "huatuo", "safety", "vignette", "grounded"}

PreferencePair = dict[str, str]


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return nothing: pairs are made from the rows of the other styles."""
    return {}


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write nothing."""
    return None


class PreferencePairs:
    """Makes pairs from rows as they pass; the names of a row may be swapped into later ones.

    `fault` says of a pair in what it is not worse as it says; such a pair is not made.
    """

    def __init__(
        self,
        related: Callable[[str], set[str]],
        every: bool = True,
        fault: Callable[[Lesson, PreferencePair], str] = lambda lesson, pair: "",
    ) -> None:
        self._related = related
        self._fault = fault
        self._every = every
        self._pool: dict[tuple[str, str], deque[tuple[str, str]]] = {}

    def __call__(self, lesson: Lesson) -> PreferencePair | None:
        """Return a pair for some rows, or none."""
        named = _named(lesson)
        pair = None
        if _drawn(lesson.id, PAIR_SHARE if self._every else LOW_PAIR_SHARE) and _single(lesson):
            pair = self._pair(lesson, named)
            if pair and self._fault(lesson, pair):
                pair = None
        for id, name in named:
            pool = self._pool.setdefault((lesson.language, _kind(id)), deque(maxlen=_POOL))
            pool.append((id, name))
        return pair

    def _pair(self, lesson: Lesson, named: list[tuple[str, str]]) -> PreferencePair | None:
        """Return a pair of the rarest kind that a row can have, or of a common one by chance."""
        pick = random.Random(int.from_bytes(_digest(lesson.id)[:8], "big"))
        if any(source.calculated for source in lesson.sources):
            corrupted = corruptions.corrupt(lesson)
            return _made(lesson, corrupted.answer, corrupted.why) if corrupted else None
        if not self._every:
            return self._swapped(lesson, named, pick)
        weaker = (
            weaker_answers.unhurried(lesson)
            or weaker_answers.waved_through(lesson, pick)
            or (pick.random() < _UNSAFE and weaker_answers.unsafe(lesson))
        )
        if weaker:
            return _made(lesson, weaker.answer, weaker.why)
        if rare := _missed(lesson, pick) or _overdosed(lesson):
            return rare
        return self._common(lesson, named, pick)

    def _common(
        self, lesson: Lesson, named: list[tuple[str, str]], pick: random.Random
    ) -> PreferencePair | None:
        """Return a pair of a kind that many rows can have."""
        drawn = pick.random()
        if drawn < _INCOMPLETE and (weaker := weaker_answers.incomplete(lesson)):
            return _made(lesson, weaker.answer, weaker.why)
        if drawn < _OVERCONFIDENT and (weaker := weaker_answers.overconfident(lesson, pick)):
            return _made(lesson, weaker.answer, weaker.why)
        if invented := _invented(lesson, pick):
            return invented
        if drawn > _SWAPPED and lesson.style in _REFUSABLE:
            return _declined(lesson, pick)
        return self._swapped(lesson, named, pick)

    def _swapped(
        self, lesson: Lesson, named: list[tuple[str, str]], pick: random.Random
    ) -> PreferencePair | None:
        """Put a name that the graph does not relate to the subject in place of a right one."""
        # A name of the question is not swapped: the answer would be about something else. Nor one
        # of many effects: whatever stands in its place may be one, too. In an exam the answer that
        # is given would still stand before the reason.
        asked = lesson.messages[-2].content.casefold()
        unasked = [
            each
            for each in named
            if each[1].casefold() not in asked and not _is_effect(lesson, each[1])
        ]
        if not unasked or lesson.meta.get("refused") or lesson.style == _EXAM:
            return None
        true = self._related(lesson.split_key) | set(lesson.entities)
        id, right = pick.choice(unasked)
        pool = self._pool.get((lesson.language, _kind(id)), ())
        drawn = (pick.choice(pool) for _ in range(_DRAWS if pool else 0))
        unrelated = next(
            (name for other, name in drawn if other not in true and _is_worse(right, name)),
            "",
        )
        chosen = lesson.messages[-1].content
        if not unrelated:
            return None
        rest = [other for _, other in named if other != right]
        said, instead = right, unrelated
        if lesson.language == "en" and articles.with_article(right).lower() in chosen.lower():
            said, instead = articles.with_article(right), articles.with_article(unrelated)
        rejected = "".join(
            _replaced(part, said, instead, rest) if states else part
            for part, states in _parts(lesson, chosen)
        )
        # The word "examination" that is added to some tests may now stand there twice.
        rejected = rejected.replace("检查检查", "检查")
        return _made(
            lesson,
            rejected,
            f"swapped fact: {unrelated!r} stands in place of {right!r}, "
            "and the graph does not relate it to the subject",
        )


def _is_effect(lesson: Lesson, name: str) -> bool:
    """Say whether a row tells a name as a side effect."""
    wanted = name.casefold()
    return any(
        wanted in source.quote.casefold() and _EFFECTS.search(source.quote)
        for source in lesson.sources
    )


def _is_worse(right: str, unrelated: str) -> bool:
    """Say whether a name makes an answer worse: it does not if it fits anything or is a synonym."""
    if _GENERAL.fullmatch(unrelated) or reportable_findings.are_alike(right, unrelated):
        return False
    return unrelated[:2] != right[:2] or right.isascii()


def _parts(lesson: Lesson, text: str) -> list[tuple[str, bool]]:
    """Return a text by its sentences, and whether each states facts of entities.

    A name within a text that the graph holds as a whole, such as a red flag, is no fact by itself.
    """
    support = lesson.meta.get("support")
    spans = sentence_spans(text)
    if not isinstance(support, list) or len(support) != len(spans):
        return [(text, True)]
    named = [bool(_LISTS.search(source.quote)) for source in lesson.sources]
    parts, place = [], 0
    for (start, end), indices in zip(spans, support, strict=True):
        parts.append((text[place:start], False))
        parts.append(
            (text[start:end], isinstance(indices, list) and any(named[each] for each in indices))
        )
        place = end
    return [*parts, (text[place:], False)]


def _missed(lesson: Lesson, pick: random.Random) -> PreferencePair | None:
    """Leave the red flag out of an answer on it, and reassure the patient instead."""
    if lesson.meta.get("relation") != "red_flag" or lesson.meta.get("declined"):
        return None
    flags = {
        place
        for place, source in enumerate(lesson.sources)
        if "red flags:" in source.quote or "警示征象：" in source.quote
    }
    answer, support = lesson.messages[-1].content, lesson.meta.get("support")
    if not flags or not isinstance(support, list):
        return None
    kept = [
        answer[start:end]
        for (start, end), indices in zip(sentence_spans(answer), support, strict=True)
        if isinstance(indices, list) and indices and not flags & set(indices)
    ]
    calm = pick.choice(load(PreferenceWords, lesson.language).false_calm)
    joint = " " if lesson.language == "en" else ""
    return _made(
        lesson, joint.join([calm, *kept]), "missed red flag: the answer leaves out what is urgent"
    )


def _overdosed(lesson: Lesson) -> PreferencePair | None:
    """Make the limit of a dose ten times as high."""
    if lesson.meta.get("relation") != "dose_limit" or lesson.meta.get("declined"):
        return None
    answer = lesson.messages[-1].content
    doses = [found for found in _NUMBER.finditer(answer) if _UNIT.match(answer, found.end())]
    if not doses:
        return None
    dose = max(doses, key=lambda found: float(found[0]))
    more = f"{float(dose[0]) * 10:g}"
    rejected = answer[: dose.start()] + more + answer[dose.end() :]
    return _made(
        lesson, rejected, f"dangerous dose: {more!r} stands in place of {dose[0]!r} of the source"
    )


def _invented(lesson: Lesson, pick: random.Random) -> PreferencePair | None:
    """Cite a line that is not there, or one that says something else."""
    answer = lesson.messages[-1].content
    found = markers(answer)
    if not found:
        return None
    shown = numbered_lines(lesson.messages[-2].content)
    marker = pick.choice(found)
    told = [name for _, name in _named(lesson) if name in _sentence_at(answer, marker.start)]
    others = [
        number
        for number, line in shown.items()
        if number not in cited_numbers(answer) and not any(name in line for name in told)
    ]
    absent = len(shown) + pick.randint(1, 4)
    number = pick.choice([absent, *others[:1]])
    says = "there is no such line" if number == absent else "that line says something else"
    rejected = f"{answer[: marker.start]}[{number}]{answer[marker.end :]}"
    was = answer[marker.start + 1 : marker.end - 1]
    why = f"invented citation: '{number}' stands in place of {was!r}, and {says}"
    return _made(lesson, rejected, why)


def _sentence_at(text: str, place: int) -> str:
    """Return the sentence that holds a place of a text."""
    return next((text[a:b] for a, b in sentence_spans(text) if a <= place < b), text)


def _declined(lesson: Lesson, pick: random.Random) -> PreferencePair | None:
    if any(lesson.meta.get(key) for key in ("refused", "declined", "partly")):
        return None
    needless = load(PreferenceWords, lesson.language).needless_refusal
    refusals = (*needless, *load(SafetyWords, lesson.language).refusal[:3])
    return _made(
        lesson,
        grammar.draw(refusals, pick),
        "needless refusal: the question asks for nothing that harms",
    )


def _made(lesson: Lesson, rejected: str, why: str) -> PreferencePair | None:
    chosen = lesson.messages[-1].content
    if rejected == chosen:
        return None
    prompt = lesson.messages[-2].content
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected, "why": why}


def _single(lesson: Lesson) -> bool:
    return sum(message.role == "user" for message in lesson.messages) == 1


def _named(lesson: Lesson) -> list[tuple[str, str]]:
    """Return the objects of a row with their names, if each has one."""
    objects = lesson.meta.get("objects")
    names = list(dict.fromkeys(map(str, objects))) if isinstance(objects, list) else []
    ids = list(lesson.entities[1:])
    return list(zip(ids, names, strict=True)) if len(ids) == len(names) else []


def _kind(id: str) -> str:
    return id.split(":", 1)[0]


def _drawn(id: str, share: float) -> bool:
    return _digest(id)[0] < 256 * share


def _digest(id: str) -> bytes:
    return hashlib.sha256(id.encode()).digest()


def _replaced(text: str, name: str, other: str, rest: Iterable[str]) -> str:
    """Replace a name, but not where it is part of another name of the row or of a Latin word."""
    wanted = name.lower()
    if any(wanted in each.lower() for each in rest):
        return text
    lower = text.lower()
    if len(lower) != len(text):  # a sign that is two in small letters: places do not agree
        return text
    done, place = "", 0
    while (start := lower.find(wanted, place)) >= 0:
        end = start + len(wanted)
        if _latin(text[start - 1 : start]) or _latin(text[end : end + 1]):
            done += text[place:end]
        else:
            begins = not text[:start].strip(" \"'“‘（(")  # else a capital is a person's name
            said = other[:1].upper() + other[1:] if begins and text[start].isupper() else other
            done += text[place:start] + said
        place = end
    return done + text[place:]


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
