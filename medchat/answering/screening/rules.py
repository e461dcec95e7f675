"""Load the rules of the screen from YAML: findings, vital signs, emergencies, other openings.

    rules/cues.yaml         how a message denies, dates and relates, and writes vital signs
    rules/findings.yaml     what may be stated, as patterns in both languages
    rules/lay_words.yaml    more words for it, those of lay people and short reports
    rules/vital_signs.yaml  limits of vital signs and values, each a finding
    rules/emergencies/*.yaml  which findings together are an emergency, what is said, the source
    rules/openings.yaml     self-harm, harm to others, small talk: patterns and the reply
    rules/request_cues.yaml  what is asked for, of whom, to what end
    rules/harm_cues.yaml    more of these: harm in secret, medicines and tests outside care
    rules/refusals.yaml     which of these together are declined
    rules/second_net.yaml   what is said where no rule, but the second net finds something

In a pattern `a ~ b` means both within five words (English) or ten characters (Chinese) of each
other, in either order, with no word of denial between them; the rest is a regular expression that
begins at a word. Raises MedchatError where a file names what is not there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

import yaml

from knowledge.records import Language
from medchat.answering.screening.literals import LiteralIndex
from medchat.errors import MedchatError

_GAP_EN = r"(?:[\s,:'-]+(?!no\b|not\b|without\b|denies\b|never\b|nor\b)[\w'/%-]+){0,5}?[\s,:'-]+"
_GAP_ZH = r"(?:(?!没有|没|无|否认|不伴|未见|，无)[^。；！？\n]){0,10}?"
_CHINESE = re.compile("[\u4e00-\u9fff]")
ADULT = 480.0
"""The age in months of somebody of whom no age is told."""

_DECLINED: Mapping[Language, str] = {
    "en": "I cannot help with this: it asks for {what}. I am glad to answer questions on "
    "diagnosis, treatment, safety and good practice.",
    "zh": "这个请求涉及{what}，我不能提供帮助。关于诊断、治疗、用药安全和规范行医的问题，"
    "我很乐意回答。",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a vital sign or value: at or beyond it the finding is there."""

    finding: str
    sign: str
    at_least: float | None
    at_most: float | None
    months: tuple[float, float]
    critical: bool
    text: Mapping[Language, str]
    source: str


@dataclass(frozen=True, slots=True)
class Combination:
    """Findings that together make an emergency, unless one of `unless` is there as well."""

    findings: tuple[frozenset[str], ...]
    unless: frozenset[str]


@dataclass(frozen=True, slots=True)
class Emergency:
    """One emergency: its name, what to do at once, and the findings that suggest it.

    `condition` is under which name its treatment is looked up, empty where it has none. What is
    `urgent` needs care today, not an ambulance. `place` orders: what comes before all else, a
    cause that is named, and a sign that many causes have. One that is not `named` is of the second
    net: which one it is, is not known.
    """

    id: str
    name: Mapping[Language, str]
    act: Mapping[Language, str]
    source: str
    when: tuple[Combination, ...]
    condition: Mapping[Language, str]
    urgent: bool
    place: int
    named: bool = True


@dataclass(frozen=True, slots=True)
class Opening:
    """A kind of message that is answered without a search, by a reply of its own."""

    id: str
    kind: str
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    reply: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind of request that is declined: which cues together make it, and the reply."""

    id: str
    when: tuple[Combination, ...]
    opening: Opening


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of the screen."""

    findings: Mapping[str, Mapping[Language, tuple[re.Pattern[str], ...]]]
    limits: tuple[Limit, ...]
    emergencies: tuple[Emergency, ...]
    openings: tuple[Opening, ...]
    request_cues: Mapping[str, tuple[re.Pattern[str], ...]]
    refusals: tuple[Refusal, ...]


@cache
def load() -> Rules:
    """Return the rules, read once in a process."""
    entries = read_emergencies()
    findings = _findings(entries)
    cues = {**read_map("request_cues"), **read_map("harm_cues")}
    request_cues = {name: _patterns(each) for name, each in cues.items()}
    limits = tuple(_limit(each) for each in read_list("vital_signs"))
    known = {*findings, *(each.finding for each in limits), *COMPUTED}
    emergencies = tuple(_emergency(each, known) for each in entries)
    openings = tuple(_opening(each) for each in read_list("openings"))
    refusals = tuple(_refusal(each, {*request_cues}) for each in read_list("refusals"))
    return Rules(findings, limits, emergencies, openings, request_cues, refusals)


@cache
def unnamed() -> Emergency:
    """Return the emergency that is told where only the second net finds one."""
    held = read_map("second_net")["emergency"]
    last = _PLACES["sign"]
    return Emergency(
        "unnamed", held["name"], held["act"], held["source"], (), {}, False, last, False
    )


@cache
def net_opening(kind: Literal["self-harm", "harmful"]) -> Opening:
    """Return the reply to a message that only the second net finds to be of a kind."""
    held = read_map("second_net")
    if kind == "self-harm":
        return next(each for each in load().openings if each.id == held["self_harm"])
    return Opening("harmful", "refusal", (), (), _declined(held["harmful"]["what"]))


def is_beyond(sign: str, value: float) -> bool:
    """Say whether a vital sign or value lies beyond a limit of adults."""
    return any(
        each.sign == sign
        and each.months[1] > ADULT >= each.months[0]
        and (each.at_least is None or value >= each.at_least)
        and (each.at_most is None or value <= each.at_most)
        for each in load().limits
    )


def _findings(
    emergencies: Sequence[Mapping[str, Any]],
) -> dict[str, dict[Language, tuple[re.Pattern[str], ...]]]:
    """Return the patterns of each finding, and of each emergency that is named outright."""
    texts: dict[str, dict[Language, list[str]]] = {}
    named = {_named(entry): entry["named"] for entry in emergencies if "named" in entry}
    for entries in (read_map("findings"), read_map("lay_words"), named):
        for name, by_language in entries.items():
            held = texts.setdefault(name, {"en": [], "zh": []})
            held["en"] += by_language.get("en", ())
            held["zh"] += by_language.get("zh", ())
    return {
        name: {language: tuple(map(pattern, each)) for language, each in held.items()}
        for name, held in texts.items()
    }


def _named(entry: Mapping[str, Any]) -> str:
    return f"{entry['id']} named"


@cache
def literals() -> LiteralIndex:
    """Return what tells which patterns of findings a text can match at all."""
    return LiteralIndex(load().findings)


@cache
def cue(name: str) -> re.Pattern[str]:
    """Return one expression of `rules/cues.yaml`; its English ends where Chinese begins."""
    return _expression(_cues()[name])


@cache
def signs() -> Mapping[str, re.Pattern[str]]:
    """Return how each vital sign is written; its number is the first group, its unit the second."""
    return {name: _expression(text) for name, text in _cues()["signs"].items()}


def _expression(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("{is}", _cues()["is"]), re.ASCII)


@cache
def _cues() -> Mapping[str, Any]:
    return read_map("cues")


COMPUTED = frozenset(
    {"someone", "case", "newborn", "infant", "child", "adult", "over_50", "over_60", "male",
     "female", "pregnant"}
)  # fmt: skip
"""Findings that are not matched but computed: who a message is about, and that it tells a case."""


def read_map(name: str) -> Mapping[str, Any]:
    """Return a file of rules that holds names with what they stand for."""
    return cast(Mapping[str, Any], _read(name))


def read_list(name: str) -> list[Mapping[str, Any]]:
    """Return a file of rules that holds one rule after the other."""
    return cast(list[Mapping[str, Any]], _read(name))


def _read(name: str) -> object:
    path = files("medchat.answering.screening").joinpath("rules", f"{name}.yaml")
    return cast(object, yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def read_emergencies() -> list[Mapping[str, Any]]:
    """Return the emergencies of all files of their folder."""
    folder = files("medchat.answering.screening").joinpath("rules", "emergencies")
    names = sorted(each.name.removesuffix(".yaml") for each in folder.iterdir())
    return [entry for name in names for entry in read_list(f"emergencies/{name}")]


def pattern(text: str) -> re.Pattern[str]:
    """Return the expression that a pattern of the rules stands for.

    >>> bool(pattern("chest ~ pain").search("a pain deep inside my chest"))
    True
    """
    alternatives = [_alternative(each) for each in split_alternatives(text)]
    body = "|".join(alternatives)
    return re.compile(body if _CHINESE.search(text) else rf"(?<![a-z0-9])(?:{body})")


def _alternative(text: str) -> str:
    """Return the expression of one alternative, with or without a `~`."""
    chinese = bool(_CHINESE.search(text))
    first, *second = [f"(?:{each.strip()})" for each in text.split(" ~ ")]
    if not second:
        return first
    if len(second) > 1:
        raise MedchatError(f"A pattern has more than one ~: {text}", where="screening/rules")
    gap, end, begin = (_GAP_ZH, "", "") if chinese else (_GAP_EN, r"\w*", r"(?<![a-z0-9])")
    return f"(?:{first}{end}{gap}{begin}{second[0]}|{second[0]}{end}{gap}{begin}{first})"


def split_alternatives(text: str) -> list[str]:
    """Split a pattern at each `|` that stands in no bracket."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "([") - (sign in ")]")
        if sign == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _limit(entry: Mapping[str, Any]) -> Limit:
    years = entry.get("years", [0, 150])
    return Limit(
        finding=entry["finding"],
        sign=entry["sign"],
        at_least=entry.get("at_least"),
        at_most=entry.get("at_most"),
        months=(years[0] * 12, years[1] * 12),
        critical=bool(entry.get("critical", False)),
        text=entry["text"],
        source=entry["source"],
    )


_PLACES: Mapping[str, int] = {"first": 0, "cause": 1, "sign": 2}
"""In which order emergencies of one message stand, before the number of their findings."""


def _emergency(entry: Mapping[str, Any], known: set[str]) -> Emergency:
    named = [f"{_named(entry)} + case"] if "named" in entry else []
    return Emergency(
        id=entry["id"],
        name=entry["name"],
        act=entry["act"],
        source=entry["source"],
        when=tuple(_combination(each, entry["id"], known) for each in (*entry["when"], *named)),
        urgent=bool(entry.get("urgent", False)),
        place=_PLACES[entry.get("place", "cause")],
        condition=entry.get("condition", {}),
    )


def _combination(text: str, emergency: str, known: set[str]) -> Combination:
    """Read "a + b|c - d": a, and b or c, and not d."""
    wanted, *unwanted = text.split(" - ")
    groups = tuple(frozenset(each.strip().split("|")) for each in wanted.split(" + "))
    unless = frozenset(name.strip() for each in unwanted for name in each.split("|"))
    missing = sorted({name for group in groups for name in group} | unless - known)
    missing = [name for name in missing if name not in known]
    if missing:
        raise MedchatError(f"{emergency} names no known cue: {', '.join(missing)}", where=text)
    return Combination(groups, unless)


def _opening(entry: Mapping[str, Any]) -> Opening:
    return Opening(
        id=entry["id"],
        kind=entry["kind"],
        patterns=_patterns(entry["patterns"]),
        unless=_patterns(entry.get("unless", {})),
        reply=entry["reply"],
    )


def _refusal(entry: Mapping[str, Any], known: set[str]) -> Refusal:
    when = tuple(_combination(each, entry["id"], known) for each in entry["when"])
    reply = _declined(entry["what"])
    return Refusal(entry["id"], when, Opening(entry["id"], "refusal", (), (), reply))


def _declined(what: Mapping[Language, str]) -> dict[Language, str]:
    """Return the sentence that declines, with what is asked for, in each language."""
    return {
        language: _DECLINED[language].replace("{what}", text) for language, text in what.items()
    }


def _patterns(by_language: Mapping[str, Sequence[str]]) -> tuple[re.Pattern[str], ...]:
    return tuple(pattern(each) for texts in by_language.values() for each in texts)
