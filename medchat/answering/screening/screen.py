"""Screen a message: which emergencies it suggests, and whether it is answered without a search.

    message + earlier messages -> rules, then the second net -> Screening(emergencies, opening)

Deterministic: no language model is asked. An emergency never blocks: the answer follows the banner.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.records import Language
from medchat.answering.screening import patient_facts, rules, second_net, vital_signs
from medchat.answering.screening.refusals import find_refusal
from medchat.answering.screening.rules import Combination, Emergency, Limit, Opening, cue
from medchat.answering.screening.statements import clauses, fold, is_asserted, tells_a_case

MOST = 3
"""A message is told of at most this many emergencies, those with the most findings first."""

_WRITTEN: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile("[a-z]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
}
"""What a message holds where words of a language can be found in it."""

_HIDDEN = " · "
"""Stands for a name within which a word of danger states nothing."""

_EARLIER = 4
"""How many earlier messages of a conversation still count for what is stated now."""


@dataclass(frozen=True, slots=True)
class Suspected:
    """An emergency that a message suggests, and the findings and readings that it rests on."""

    emergency: Emergency
    findings: frozenset[str]
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screening:
    """What the screen found in a message; an emergency stands beside a message that is declined."""

    emergencies: tuple[Suspected, ...] = ()
    opening: Opening | None = None

    @property
    def names_one(self) -> bool:
        """Whether an emergency is named; the second net finds one without a name."""
        return any(each.emergency.named for each in self.emergencies)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a message states: its findings, and its readings beyond a limit."""

    findings: frozenset[str]
    limits: tuple[tuple[Limit, float], ...]


def screen(message: str, earlier: Sequence[str], language: Language) -> Screening:
    """Return what the screen finds in a message; earlier messages are those of its conversation."""
    found = screen_by_rules(message, earlier, language)
    return found if found != Screening() else screen_by_net(message)


def screen_by_rules(message: str, earlier: Sequence[str], language: Language) -> Screening:
    """Return what the rules find in a message."""
    opening = find_opening(message) or _self_harm_before(message, earlier)
    if opening is not None and opening.kind != "small-talk":
        return Screening((), opening)
    suspected = find_emergencies(message, earlier, language)
    declined = find_declined(message)
    return Screening(suspected, declined) if suspected else Screening((), opening or declined)


def screen_by_net(message: str) -> Screening:
    """Return what the second net finds in a message."""
    if cue("clear").search(fold(message).strip()):
        return Screening()
    kind = second_net.likely(message)
    if kind == "emergency":
        return Screening((Suspected(rules.unnamed(), frozenset()),))
    return Screening((), rules.net_opening(kind) if kind is not None else None)


def _self_harm_before(message: str, earlier: Sequence[str]) -> Opening | None:
    """Return the reply to self-harm where it was told before and an amount is asked for now."""
    if cue("amount").search(fold(message)) is None:
        return None
    before = (find_opening(each) or screen_by_net(each).opening for each in earlier[-_EARLIER:])
    return next((each for each in before if each is not None and each.kind == "self-harm"), None)


def find_declined(message: str) -> Opening | None:
    """Return the reply to a message that asks to do wrong; None for another."""
    refusal = find_refusal(fold(message).strip())
    return refusal.opening if refusal is not None else None


def find_opening(message: str) -> Opening | None:
    """Return the first kind of message, other than a question, that a message is; None for none."""
    text = fold(message).strip()
    for opening in rules.load().openings:
        if any(each.search(text) for each in opening.patterns) and not any(
            each.search(text) for each in opening.unless
        ):
            return opening
    return None


def find_emergencies(
    message: str, earlier: Sequence[str], language: Language
) -> tuple[Suspected, ...]:
    """Return the emergencies that a message suggests, the best founded first.

    What was stated in earlier messages counts too, where this message states a part.
    """
    now = stated(message)
    if not now.findings - rules.COMPUTED:  # each combination needs one that this message states
        return ()
    before: set[str] = set()
    for each in earlier[-_EARLIER:]:
        before |= stated(each).findings
    told = now.findings | before
    found = [
        Suspected(emergency, matched, _readings(now.limits, matched, language))
        for emergency in rules.load().emergencies
        if (matched := _matched(emergency.when, told, now.findings))
    ]
    found.sort(key=lambda each: (each.emergency.place, -len(each.findings)))
    return tuple(found[:MOST])


def stated(message: str) -> Stated:
    """Return what a message states as so, now, of somebody."""
    known = rules.load()
    text = cue("name_only").sub(_HIDDEN, fold(message))
    who = patient_facts.read(text)
    found, someone = set(), False
    languages = [language for language, sign in _WRITTEN.items() if sign.search(text)]
    possible = rules.literals().possible(text, languages)
    for clause in clauses(text):
        someone = someone or clause.someone
        for name, patterns in possible.items():
            if name not in found and any(
                is_asserted(clause, match.start(), match.end())
                for pattern in patterns
                for match in pattern.finditer(clause.text)
            ):
                found.add(name)
    past = cue("past_when").search(text) and not cue("now_en").search(text)
    readings = [] if past and not cue("now_zh").search(text) else vital_signs.read(text)
    limits = tuple(_beyond(known.limits, readings, who.months))
    found |= {limit.finding for limit, _ in limits}
    found |= who.findings
    if someone:
        found.add("someone")
    if readings or tells_a_case(text):
        found.add("case")
    return Stated(frozenset(found), limits)


def _beyond(
    limits: Iterable[Limit], readings: Sequence[vital_signs.Reading], months: float | None
) -> list[tuple[Limit, float]]:
    """Return the limits that readings lie at or beyond, for the age told; adults' where none is."""
    age = rules.ADULT if months is None else months
    return [
        (limit, reading.value)
        for limit in limits
        for reading in readings
        if reading.sign == limit.sign
        and limit.months[0] <= age < limit.months[1]
        and (limit.at_least is None or reading.value >= limit.at_least)
        and (limit.at_most is None or reading.value <= limit.at_most)
    ]


def _matched(
    when: Iterable[Combination], told: frozenset[str] | set[str], now: frozenset[str]
) -> frozenset[str]:
    """Return the findings of the fullest combination that is there; empty where none is.

    A combination needs a finding of this message beyond who it is about.
    """
    best: frozenset[str] = frozenset()
    for each in when:
        if each.unless & told or not all(group & told for group in each.findings):
            continue
        matched = frozenset(name for group in each.findings for name in group & told)
        if matched & now - rules.COMPUTED and len(matched) > len(best):
            best = matched
    return best


def _readings(
    limits: Sequence[tuple[Limit, float]], matched: frozenset[str], language: Language
) -> tuple[str, ...]:
    """Return the readings that an emergency rests on, as they are shown."""
    shown = [
        limit.text[language].format(value=f"{value:g}")
        for limit, value in limits
        if limit.finding in matched
    ]
    return tuple(dict.fromkeys(shown))
