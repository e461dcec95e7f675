"""Recognise that a message asks for a calculation, and of which formulas.

folded message -> names -> is it asked for, or asked about? -> Request(formulas, text without names)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from knowledge.calculators.formulas.formula import Formula
from knowledge.calculators.formulas.formula_registry import FORMULAS
from medchat.answering.calculation.input_wording import (
    asking,
    children,
    for_whom,
    formula_names,
    needs,
    telling_words,
    unknown,
)
from medchat.answering.calculation.inputs import Inputs, read_age

_MARK = "⌖"
_OBJECT = re.compile(
    rf"^\W*(?:(?:please|can you|could you|hi|hello|ok)\W+)*(?:a |an |the |his |her )?{_MARK}|"
    r"\b(?:what(?:'s| is| was| would be| will be| are)|calculat\w+|comput\w+|work(?:ing)? out|"
    r"estimat\w+|give me|tell me|find|determine|score|get|using|need|want|how (?:much|high|many))\b"
    rf"(?: (?!(?:if|when|with|for|in) )[\w'’]+){{0,9}},? ?[\w' ]{{0,20}}{_MARK}|"
    rf"{_MARK}\W*(?:[?？]|$|(?:是|为|有|得)?(?:多少|几分?|几级|怎么样|如何$|结果|多高)|please|应(?:该)?是|会是)|"
    rf"(?:算|求|估算|计算)[^，,。；;]{{0,16}}{_MARK}|using (?:the )?[\w' ]{{0,12}}{_MARK}"
)
_REQUEST = re.compile(
    r"^\W*(?:please |can you |could you |now )*(?:calculate|compute|work out|estimate|determine|"
    r"tell me|give me|what|using|find)\b|请|帮我|帮忙|计算(?!值)|算一?下|多少|几分"
)
_LISTED = re.compile(rf"^\W*{_MARK}\s*[:：(（]")
"""What follows the name of a formula so is what it is worked out from."""

_GENERIC = re.compile(
    r"^(?:e?gfr|(?:estimated )?glomerular filtration rate(?: \(e?gfr\))?|creatinine clearance|crcl|"
    r"cr cl|ccr|(?:估算|估计)?肾小球滤过率(?:估算)?|肌酐清除率)$"
)
_WEIGHTS = {"ideal-weight", "adjusted-weight"}
"""Formulas that a clearance may be asked to be worked out with."""

_SHORT = 300
"""A message of at most so many characters may ask without a question."""

_FIRST = 40
"""A longer one does where it begins with the name of a formula."""

_TRIED = 12
"""So many names of formulas are looked at: a message of hundreds asks for nothing."""

_MANY = 5
"""A formula with so many inputs is needed where all but one of so many are told."""

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|(?<=[。？！；;])|\n")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: formulas to work out, or formulas to choose from, or one not known here.

    `animal` says that it is asked for an animal. `text` is the message with blanks where formulas
    are named.
    """

    formulas: tuple[Formula, ...]
    text: str
    named: str
    choose: bool = False
    unknown: str = ""
    animal: bool = False


@dataclass(frozen=True, slots=True)
class _Named:
    start: int
    end: int
    ids: tuple[str, ...]


def recognise(text: str, read: Callable[[Formula, str], Inputs]) -> Request | None:
    """Return what a folded message asks to be worked out, or None.

    `read` tells which inputs of a formula a text gives.
    """
    names = _names(text)
    if any(each.ids for each in names) and asking("animal_patient").search(text):
        return Request((), text, "", animal=True)
    tried = 0
    for sentence, start in _asking_sentences(text, names):
        inside = [n for n in names if start <= n.start < start + len(sentence)]
        if any("cockcroft-gault" in each.ids for each in inside):
            inside = [each for each in inside if not _WEIGHTS & set(each.ids)]
        told = {each.ids[0] for each in inside if len(each.ids) == 1}
        inside = [each for each in inside if len(each.ids) < 2 or not told & set(each.ids)]
        if any(not each.ids for each in inside):
            inside = [each for each in inside if not (each.ids and _has_value(text, each))]
        for name in sorted(inside, key=lambda each: (not each.ids, each.start)):
            if not name.ids and any(each.ids for each in inside):
                continue
            tried += 1
            if tried > _TRIED:
                return None
            blanked = _blank(text, [each for each in names if each.ids == name.ids])
            request = _request(text, blanked, sentence, start, name, read)
            if request is not None:
                return request
    return _by_need(text, read) if not names else None


def _request(
    text: str,
    blanked: str,
    sentence: str,
    start: int,
    name: _Named,
    read: Callable[[Formula, str], Inputs],
) -> Request | None:
    called = text[name.start : name.end]
    marked = sentence[: name.start - start] + _MARK + sentence[name.end - start :]
    compute = bool(asking("compute").search(marked)) and not _is_definition(marked)
    person = bool(asking("person").search(marked))
    is_object = bool(_OBJECT.search(marked))
    if not name.ids:
        told = bool(re.search(r"\d", blanked)) or _LISTED.match(marked) is not None
        asked = is_object and (compute or person or told)
        return Request((), blanked, called, unknown=called) if asked else None
    formulas = _chosen(name, called, blanked)
    found = max((read(each, blanked) for each in formulas), key=lambda each: each.numbers)
    listed = _LISTED.match(marked) is not None and found.stated > 0 and found.numbers > 0
    if _has_value(text, name) and not (listed or (is_object and found.numbers > 1)):
        return None
    numeric = sum(not each.choices for each in found.formula.inputs)
    most = numeric > 0 and found.numbers >= max(1, numeric - 1)
    means = bool(asking("meaning").search(marked))
    definition = _is_definition(marked)
    if found.numbers:
        asked = (is_object and not (means and not compute)) or (
            most and not (means or definition) and _no_other_matter(marked)
        )
    elif found.stated:
        asked = (
            is_object and not means and (person or compute or not definition or found.stated > 1)
        )
    else:
        asked = is_object and not means and (compute or person)
    if not asked:
        return None
    choose = len(name.ids) > 1 and len(formulas) > 1 and name.ids[0] in telling_words()
    return Request(formulas, blanked, called, choose=choose)


def _has_value(text: str, name: _Named) -> bool:
    """Say whether a name tells a value: "MAP 60"."""
    return asking("value").match(text[name.end :]) is not None


def _no_other_matter(marked: str) -> bool:
    return not asking("more").search(marked)


def _is_definition(marked: str) -> bool:
    return bool(asking("definition").search(marked))


def _chosen(name: _Named, called: str, text: str) -> tuple[Formula, ...]:
    """Return the formulas that a name means in a message: a child's own, or those told apart."""
    ids = name.ids
    if len(ids) > 1 and ids[0] in telling_words():
        told = [id for id in ids if telling_words()[id].search(text)]
        ids = tuple(told) if len(told) == 1 else ids
    age = read_age(text)
    if age is not None and age < 18 and _GENERIC.match(called):
        ids = tuple(children().get(id, id) for id in ids)
    return tuple(FORMULAS[id] for id in ids)


def _by_need(text: str, read: Callable[[Formula, str], Inputs]) -> Request | None:
    """Return the formula that is needed where none is named: most of its inputs must be told."""
    for id, words in needs().items():
        match = words.search(text)
        if match is None or (id in for_whom() and not for_whom()[id].search(text)):
            continue
        formula = FORMULAS[id]
        rest = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
        found = read(formula, rest)
        if not found.numbers:  # the need is told by the inputs themselves
            found, rest = read(formula, text), text
        told = len(found.given) - len(found.absent)
        few = len(formula.inputs) < _MANY
        least = max(2, len(formula.inputs) - 1) if few else _MANY - 1 - (id in for_whom())
        if (found.numbers or found.stated) and told >= min(least, len(formula.inputs)):
            return Request((formula,), rest, match[0])
    return None


def _names(text: str) -> list[_Named]:
    """Return the names of formulas in a message, the longest where they overlap."""
    spans = [
        _Named(match.start(), match.end(), ids)
        for ids, names in formula_names()
        for match in names.finditer(text)
        if match.end() > match.start()
    ]
    spans += [
        _Named(match.start(), match.end(), ())
        for names in unknown()
        for match in names.finditer(text)
    ]
    kept: list[_Named] = []
    for one in sorted(spans, key=lambda each: (each.start - each.end, -len(each.ids))):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda each: each.start)


def _blank(text: str, names: list[_Named]) -> str:
    for name in names:
        text = text[: name.start] + " " * (name.end - name.start) + text[name.end :]
    return text


def _asks(sentence: str, is_note: bool) -> bool:
    """Say whether a sentence asks; one of a note asks only as a question or a request."""
    if re.search(r"[?？]\s*$", sentence):
        return True
    if is_note:
        return bool(_REQUEST.search(sentence))
    return bool(asking("compute").search(sentence) or asking("definition").search(sentence))


def _asking_sentences(text: str, names: list[_Named]) -> list[tuple[str, int]]:
    """Return the sentences that ask and name a formula, or a short message as a whole."""
    found: list[tuple[str, int]] = []
    start = 0
    is_note = len(text) > _SHORT
    for stop in [*_SENTENCE_END.finditer(text), None]:
        end = stop.start() if stop else len(text)
        sentence = text[start:end]
        if any(start <= name.start < end for name in names) and _asks(sentence, is_note):
            found.append((sentence, start))
        start = stop.end() if stop else end
    found.sort(key=lambda each: (not re.search(r"[?？]\s*$", each[0]), -each[1]))
    if not found and (len(text) <= _SHORT or (names and names[0].start < _FIRST)):
        return [(text, 0)]
    return found
