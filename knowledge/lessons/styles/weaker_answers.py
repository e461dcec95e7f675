"""Weaken the answer of a row so that it stays well worded and is worse in one way that is known.

    row -> sentences with the facts that each rests on -> what is urgent, warned of, open or asked
                                                       is left out, or the contrary is said

The weaker answers are correct as far as they go, or close to it: what makes them worse is what a
reader would miss. `pair_check` looks at each again.
"""

import random
import re
from collections.abc import Sequence
from itertools import takewhile

from knowledge.graph.verbalize import evidence_line
from knowledge.lessons.styles.corruptions import CorruptedAnswer
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import HuatuoWords, PreferenceWords, UrgencyWords
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans

_FLAG = "red_flag"
WARNINGS = (_FLAG, "contraindication", "interaction")
"""Relations that warn: a correct answer without them may do harm."""

_SPOKEN = "chatdoctor"
"""The style in which patients ask about a condition or medicine by its name."""

_OF_ONE_PATIENT = (
    "symptom", "test", "treatment", "medicine", "first_line", "complication", "prognosis",
    "side_effect", "medicine~", "first_line~",
)  # fmt: skip
"""Relations whose facts do not hold for everyone."""

_CASES = ("chatdoctor", "vignette", "multi-hop")
"""Styles whose answers leave open what only an examination or a clinician can settle."""

_LISTING = ("huatuo", "grounded")
"""Styles whose questions ask for all that is known of a relation."""

_CHOOSES = "multi-hop"
"""The style whose answers choose between medicines."""

Told = tuple[tuple[int, int], list[int]]
"""The place of a sentence, and the facts that it rests on."""

_KEPT = ("refused", "declined", "partly", "conflict", "urgent")
"""What rows are left as they are: they say that something is not told, or not to be done."""

_FEWEST = 4
"""So many facts an answer must list, so that half of them can be left out in plain sight."""

_SLOT = re.compile(r"\\\{\w+\\\}")
_URGENT = {
    "en": re.compile(r"emergency|ambulance|urgent|at once|straight away|do not wait|now\b", re.I),
    "zh": re.compile("急诊|急救|救护车|立即|马上|立刻|尽快|较急|拖延|紧急"),
}


def unhurried(lesson: Lesson) -> CorruptedAnswer | None:
    """Leave out what to do now, where the user's words suggest an emergency."""
    if not lesson.meta.get("urgent"):
        return None
    answer, told = lesson.messages[-1].content, _told(lesson)
    opening = _opening_of(lesson)
    kept = [
        answer[start:end]
        for (start, end), facts in told
        if start >= len(opening)
        and (facts or not _URGENT[lesson.language].search(answer[start:end]))
        and not any(_warning(lesson, place) == "red_flag" for place in facts)
    ]
    if not opening or not any(facts and answer[start:end] in kept for (start, end), facts in told):
        return None
    return _left(lesson, kept, "missed urgency: the answer does not say that this may be urgent")


def unsafe(lesson: Lesson) -> CorruptedAnswer | None:
    """Leave out what is urgent beside what was asked; of a medicine's warnings nobody may ask."""
    told = _told(lesson)
    if lesson.style == _CHOOSES and lesson.meta.get("relation") in WARNINGS:
        return _other_choice(lesson, told)
    if lesson.meta.get("refused") or lesson.meta.get("relation") in WARNINGS:
        return None
    answer = lesson.messages[-1].content
    flags = [any(_warning(lesson, place) == _FLAG for place in facts) for _, facts in told]
    left = [
        (span, facts)
        for at, (span, facts) in enumerate(told)
        if not flags[at]
        and not (not facts and any(flags[at + 1 : at + 2]))  # it announces the warning
        and (facts or not _URGENT[lesson.language].search(answer[span[0] : span[1]]))
    ]
    if not any(flags) or not any(facts for _, facts in left):
        return None
    kept = [answer[start:end] for (start, end), _ in left]
    return _left(lesson, kept, "correct but unsafe: the answer leaves out the red flag")


def _other_choice(lesson: Lesson, told: Sequence[Told]) -> CorruptedAnswer | None:
    """Rule out the medicine that is left, and leave the other."""
    names = [name for name in _texts(lesson.meta.get("objects"))[:2]]
    verdict = next((place for place, (_, facts) in enumerate(told) if facts), None)
    if (
        verdict is None
        or len(names) < 2
        or any(one.casefold() in other.casefold() for one, other in (names, names[::-1]))
    ):
        return None
    answer = lesson.messages[-1].content
    kept = [
        answer[start:end]
        for place, ((start, end), facts) in enumerate(told)
        if not facts or place == verdict
    ]
    at = sum(not facts for _, facts in told[:verdict])
    kept[at] = exchanged(kept[at], names[0], names[1])
    why = f"wrong choice: {names[0]!r} and {names[1]!r} are exchanged"
    return _left(lesson, kept, why)


def exchanged(text: str, one: str, other: str) -> str:
    """Return a text in which two names stand for each other, a capital at its start.

    >>> exchanged("Rule out aspirin; paracetamol is left.", "aspirin", "paracetamol")
    'Rule out paracetamol; aspirin is left.'
    """
    either = re.compile("|".join(map(re.escape, (one, other))), re.IGNORECASE)
    said = either.sub(lambda f: other if f[0].casefold() == one.casefold() else one, text)
    return said[:1].upper() + said[1:]


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def waved_through(lesson: Lesson, pick: random.Random) -> CorruptedAnswer | None:
    """Say that nothing speaks against a combination that the answer warns of."""
    relation = lesson.meta.get("relation")
    if lesson.style != "safety" or relation not in ("contraindication", "interaction"):
        return None
    asked = lesson.messages[-2].content.casefold()
    objects = lesson.meta.get("objects")
    named = [str(each) for each in objects] if isinstance(objects, list) else []
    if lesson.meta.get("refused") or not any(name.casefold() in asked for name in named):
        return None
    said = grammar.draw(load(PreferenceWords, lesson.language).waved_through, pick)
    return CorruptedAnswer(said, f"missed warning: the answer passes over the {relation}")


def overconfident(lesson: Lesson, pick: random.Random) -> CorruptedAnswer | None:
    """Put certainty in place of what the answer leaves open."""
    told = _told(lesson)
    if lesson.style not in _CASES or lesson.meta.get("urgent") or len(told) < 2 or told[-1][1]:
        return None
    answer = lesson.messages[-1].content
    parts = [answer[start:end] for (start, end), _ in told]
    if _URGENT[lesson.language].search(parts[-1]):
        return None
    kept = parts[:-1]
    subject = re.split(" — |——", lesson.sources[0].quote)[0]
    named = lesson.style == _SPOKEN and subject.casefold() in lesson.messages[-2].content.casefold()
    if named and lesson.meta.get("relation") not in _OF_ONE_PATIENT:
        return None
    words = load(PreferenceWords, lesson.language).overconfident
    said = grammar.draw(words["named" if named else "case"], pick)
    return _left(lesson, [*kept, said], "overconfident: the answer leaves nothing open")


def incomplete(lesson: Lesson) -> CorruptedAnswer | None:
    """Leave out all but the first and the last of a list that was asked for."""
    objects = lesson.meta.get("objects")
    names = [str(each) for each in objects] if isinstance(objects, list) else []
    answer = lesson.messages[-1].content
    if lesson.style not in _LISTING or _asks_for_some(lesson) or _is_special(lesson):
        return None
    asked = lesson.messages[-2].content.casefold()
    if lesson.style == "huatuo" and any(name.casefold() in asked for name in names):
        return None
    places = sorted((place, name) for name in names if (place := _only(answer, name)) >= 0)
    if len(places) < max(_FEWEST, len(names)):
        return None
    ends = [place + len(name) for place, name in places]
    joints = [answer[end:start] for end, (start, _) in zip(ends, places[1:], strict=False)]
    if any(len(joint) > 12 or re.search("[.。:：\\[]", joint) for joint in joints):
        return None
    joint = joints[-1].lstrip(",;") if joints[-1].strip(",; ") else joints[-1]
    rejected = answer[: ends[0]] + joint + answer[places[-1][0] :]
    why = f"incomplete: 2 of the {len(places)} facts that were asked for are told"
    return CorruptedAnswer(rejected, why)


def _opening_of(lesson: Lesson) -> str:
    """Return the words with which an answer says what to do now, or an empty text."""
    answer, words = lesson.messages[-1].content, load(UrgencyWords, lesson.language)
    for template in words.to_patient:
        if found := re.match(_SLOT.sub(".+?", re.escape(template)), answer):
            return found[0]
    for template in words.to_clinician:  # ends with what to do, in one sentence or several
        if re.match(_SLOT.sub(".+?", re.escape(template)), answer):
            bare = takewhile(lambda each: not each[1], _told(lesson))
            return answer[: max(end for (_, end), _ in bare)]
    return ""


def _warning(lesson: Lesson, place: int) -> str:
    """Return which of the relations that warn a source of a row states, or an empty text."""
    quote = lesson.sources[place].quote
    for relation in WARNINGS:
        label = evidence_line("", relation, [""], lesson.language)[:-1]
        if label in quote:
            return relation
    return ""


def _asks_for_some(lesson: Lesson) -> bool:
    """Say whether a question asks for a number of facts, of which fewer than all will do."""
    asked = lesson.messages[-2].content.casefold()
    numbers = load(HuatuoWords, lesson.language).number.values()
    if lesson.language == "zh":
        return any(number in asked for number in numbers)
    return any(re.search(rf"\b{re.escape(number.casefold())}\b", asked) for number in numbers)


def _is_special(lesson: Lesson) -> bool:
    return any(lesson.meta.get(key) for key in _KEPT)


def _only(answer: str, name: str) -> int:
    """Return where a name stands in an answer, or -1 where it does not stand there once."""
    lower, wanted = answer.casefold(), name.casefold()
    if lower.count(wanted) != 1 or len(lower) != len(answer):
        return -1
    return lower.find(wanted)


def _told(lesson: Lesson) -> list[Told]:
    """Return the places of the sentences of an answer, each with the facts that it rests on."""
    support = lesson.meta.get("support")
    spans = sentence_spans(lesson.messages[-1].content)
    if not isinstance(support, list) or len(support) != len(spans):
        return []
    return [
        (span, [place for place in facts if isinstance(place, int)])
        for span, facts in zip(spans, support, strict=True)
        if isinstance(facts, list)
    ]


def _left(lesson: Lesson, kept: list[str], why: str) -> CorruptedAnswer | None:
    joint = " " if lesson.language == "en" else ""
    text = joint.join(each.strip() for each in kept)
    return CorruptedAnswer(text, why) if text and text != lesson.messages[-1].content else None
