"""Check that the rejected answer of a preference pair is worse than its row's own, as it is said.

row + pair -> prompt and chosen answer are the row's -> what the kind claims -> what is wrong

Nothing of the code that makes pairs is used. A pair whose sides are exchanged is found at once: the
chosen answer must be the one that was proven.
"""

import re
from ast import literal_eval
from collections.abc import Callable, Mapping
from functools import cache

from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import PreferenceWords, SafetyWords, UrgencyWords
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Language, Lesson
from knowledge.text.citations import cited_numbers, uncited
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import RELATIONS

_STANDS = re.compile(r"^[^:]+: (.+?) stands in place of ('.*?'|\".*?\"|[-+.\d]+)(?=$|[, ])")
_WARNINGS = ("red_flag", "contraindication", "interaction")
_SPLIT = {"en": re.compile(r"; (?=\S)"), "zh": re.compile("；")}
_SIGNS = " .。;；,，、"


def fault(lesson: Lesson, pair: Mapping[str, str]) -> str:
    """Return what is wrong with a pair that a row gives, or an empty text."""
    if pair.get("prompt") != lesson.messages[-2].content:
        return "the prompt of a pair is not the row's question"
    chosen, rejected = pair.get("chosen", ""), pair.get("rejected", "")
    if chosen != lesson.messages[-1].content:
        return "the chosen answer of a pair is not the row's"
    if not rejected.strip() or _letters(rejected) == _letters(chosen):
        return "the sides of a pair do not differ"
    kind, _, _ = pair.get("why", "").partition(":")
    check = _CHECKS.get(kind)
    if check is None:
        return "a pair is of no known kind"
    return check(lesson, rejected, pair["why"])


def _swapped(lesson: Lesson, rejected: str, why: str) -> str:
    chosen, (new, old) = lesson.messages[-1].content, _exchanged(why)
    if not new or not old:
        return "a pair does not say what was swapped"
    objects = lesson.meta.get("objects")
    own = {str(each).casefold() for each in objects} if isinstance(objects, list) else set()
    if new.casefold() in own or new.casefold() not in _plain(rejected):
        return "the rejected answer of a pair holds nothing that is swapped"
    if old.casefold() not in _plain(chosen):
        return "the chosen answer of a pair does not hold what was swapped"
    counts = _plain(rejected).count(old.casefold()), _plain(chosen).count(old.casefold())
    return "" if counts[0] < counts[1] or old.casefold() in new.casefold() else _AS_GOOD


def _misquoted(lesson: Lesson, rejected: str, why: str) -> str:
    chosen = lesson.messages[-1].content
    if uncited(rejected) != uncited(chosen):
        return "the rejected answer of a pair differs in more than its citations"
    return "" if cited_numbers(rejected) != cited_numbers(chosen) else _AS_GOOD


def _unflagged(lesson: Lesson, rejected: str, why: str) -> str:
    if lesson.meta.get("relation") != "red_flag" or not _warned(
        lesson, lesson.messages[-1].content, ("red_flag",)
    ):
        return "the chosen answer of a pair warns of nothing"
    return _AS_GOOD if _warned(lesson, rejected, ("red_flag",)) else ""


def _overdosed(lesson: Lesson, rejected: str, why: str) -> str:
    new, old = _exchanged(why)
    chosen = lesson.messages[-1].content
    try:
        higher = float(new) >= 2 * float(old) > 0
    except ValueError:
        return "a pair does not say which dose was changed"
    return "" if higher and new in rejected and old in chosen else _AS_GOOD


def _refused(lesson: Lesson, rejected: str, why: str) -> str:
    if any(lesson.meta.get(key) for key in ("refused", "declined", "partly")):
        return "a refusal that was right is told as needless"
    refuses = _refusals(lesson.language).fullmatch(rejected.strip().lower())
    return "" if refuses else "the rejected answer of a pair does not refuse"


def _misused(lesson: Lesson, rejected: str, why: str) -> str:
    words = load(PreferenceWords, lesson.language).misused_formula
    result = any_of(words, lesson.language, {"f": ".+", "r": r"-?\d.*"})
    given = re.fullmatch(result, rejected, re.IGNORECASE)
    return "" if given and _calculates(lesson) else _AS_GOOD


def _unhurried(lesson: Lesson, rejected: str, why: str) -> str:
    if not lesson.meta.get("urgent"):
        return "a pair misses an urgency that its row does not have"
    if found := _only_left_out(lesson, rejected):
        return found
    words = load(UrgencyWords, lesson.language)
    heads = {
        part
        for template in (*words.to_patient, *words.to_clinician)
        for part in re.split(r"\{\w+\}", template)
        if len(part.strip(_SIGNS)) > 3
    }
    urgent = any(head in rejected for head in heads)
    return _AS_GOOD if urgent or _warned(lesson, rejected, ("red_flag",)) else ""


def _unsafe(lesson: Lesson, rejected: str, why: str) -> str:
    if found := _only_left_out(lesson, rejected):
        return found
    if not _warned(lesson, lesson.messages[-1].content, _WARNINGS):
        return "the chosen answer of a pair warns of nothing"
    return _AS_GOOD if _warned(lesson, rejected, _WARNINGS) else ""


def _waved_through(lesson: Lesson, rejected: str, why: str) -> str:
    if not _warned(lesson, lesson.messages[-1].content, ("contraindication", "interaction")):
        return "the chosen answer of a pair warns of nothing"
    words = load(PreferenceWords, lesson.language).waved_through
    said = re.fullmatch(any_of(words, lesson.language, {}), rejected.lower())
    return "" if said else "the rejected answer of a pair passes over no warning"


def _overconfident(lesson: Lesson, rejected: str, why: str) -> str:
    words = load(PreferenceWords, lesson.language).overconfident
    certain = re.compile(any_of(words, lesson.language, {}))
    parts = [rejected[start:end].strip() for start, end in sentence_spans(rejected)]
    own = [each for each in parts if not certain.fullmatch(each.lower())]
    last = parts[-1:] != own[-1:] and len(parts) == len(own) + 1
    if not last:
        return "the rejected answer of a pair claims no certainty"
    return _only_left_out(lesson, " ".join(own) if lesson.language == "en" else "".join(own))


def _incomplete(lesson: Lesson, rejected: str, why: str) -> str:
    objects = lesson.meta.get("objects")
    names = [str(each).casefold() for each in objects] if isinstance(objects, list) else []
    chosen = lesson.messages[-1].content
    told, left = ([name for name in names if name in _plain(text)] for text in (chosen, rejected))
    if not _is_shortened(rejected, chosen):
        return "the rejected answer of a pair says something of its own"
    return "" if left and set(left) < set(told) and 2 * len(left) <= len(told) else _AS_GOOD


def _wrongly_chosen(lesson: Lesson, rejected: str, why: str) -> str:
    """Exactly the two medicines of a choice change places, in the sentence that chooses."""
    listed = lesson.meta.get("objects")
    two = [str(each) for each in listed[:2]] if isinstance(listed, list) else []
    if lesson.style != "multi-hop" or lesson.meta.get("relation") not in _WARNINGS or len(two) < 2:
        return "a pair exchanges medicines of no choice"
    if not all(repr(name) in why for name in two):
        return "a pair does not say what was exchanged"
    answer = lesson.messages[-1].content
    own = {_letters(answer[start:end]).casefold() for start, end in sentence_spans(answer)}
    changed = []
    for start, end in sentence_spans(rejected):
        text = _letters(rejected[start:end]).casefold()
        if text not in own:
            changed.append(text)
    if len(changed) != 1:
        return _AS_GOOD
    marks = dict(zip((_letters(name).casefold() for name in two), "\1\2", strict=True))
    turned = changed[0]
    for name, mark in marks.items():
        turned = turned.replace(name, mark)
    for name, mark in zip(marks, "\2\1", strict=True):
        turned = turned.replace(mark, name)
    return "" if turned in own else "the rejected answer of a pair says something of its own"


_AS_GOOD = "the rejected answer of a pair is not worse in the way that is named"

_CHECKS: Mapping[str, Callable[[Lesson, str, str], str]] = {
    "swapped fact": _swapped,
    "invented citation": _misquoted,
    "missed red flag": _unflagged,
    "dangerous dose": _overdosed,
    "needless refusal": _refused,
    "misused formula": _misused,
    "missed urgency": _unhurried,
    "missed warning": _waved_through,
    "correct but unsafe": _unsafe,
    "overconfident": _overconfident,
    "incomplete": _incomplete,
    "wrong choice": _wrongly_chosen,
}
"""What makes the rejected answer worse, by the kind with which `why` begins."""


def _exchanged(why: str) -> tuple[str, str]:
    """Return what stands in place of what, as the reason of a pair tells it."""
    found = _STANDS.match(why)
    if not found:
        return "", ""
    try:
        return str(literal_eval(found[1])), str(literal_eval(found[2]))
    except (ValueError, SyntaxError):
        return "", ""


def _warned(lesson: Lesson, text: str, relations: tuple[str, ...]) -> bool:
    """Say whether a text tells what a fact of relations that warn says."""
    language = lesson.language
    plain = _plain(text)
    for source in lesson.sources:
        for relation in relations:
            label = RELATIONS[relation].label(language)
            head = f" — {label}: " if language == "en" else f"——{label}："
            _, found, listed = source.quote.partition(head)
            if found and any(
                part.strip(_SIGNS).casefold() in plain for part in _SPLIT[language].split(listed)
            ):
                return True
    return False


def _only_left_out(lesson: Lesson, rejected: str) -> str:
    """Say whether each sentence of the rejected answer is one of the row's, and some are gone."""
    chosen = lesson.messages[-1].content
    own = [_letters(chosen[start:end]) for start, end in sentence_spans(chosen)]
    left = [_letters(rejected[start:end]) for start, end in sentence_spans(rejected)]
    if not left or not set(left) <= set(own):
        return "the rejected answer of a pair says something of its own"
    return "" if len(left) < len(own) else _AS_GOOD


def _is_shortened(rejected: str, chosen: str) -> bool:
    """Say whether one run of signs was taken out of an answer."""
    gone = len(chosen) - len(rejected)
    head = next(
        (place for place, sign in enumerate(rejected) if chosen[place] != sign), len(rejected)
    )
    return gone > 0 and any(
        chosen[:place] + chosen[place + gone :] == rejected for place in range(head + 1)
    )


def _calculates(lesson: Lesson) -> bool:
    return any(source.calculated for source in lesson.sources)


def _plain(text: str) -> str:
    return text.casefold()


def _letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


@cache
def _refusals(language: Language) -> re.Pattern[str]:
    needless = load(PreferenceWords, language).needless_refusal
    refusal = load(SafetyWords, language).refusal
    return re.compile(any_of((*needless, *refusal), language, {}))
