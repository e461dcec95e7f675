"""Read age, sex, pregnancy and breast-feeding of the one whom a message is about.

"a 28-year-old woman, 20 weeks pregnant" -> age 28, female, pregnant, week 20, second trimester
"""

import re
from dataclasses import dataclass
from typing import Literal

from medchat.answering.patient.cues import cue, trimesters
from medchat.answering.patient_state import AgeGroup, Sex
from medchat.answering.screening import patient_facts
from medchat.answering.screening.rules import cue as screen_cue

Trimester = Literal[1, 2, 3]

_TRIMESTERS: dict[int, Trimester] = {1: 1, 2: 2, 3: 3}
_GROUPS: tuple[AgeGroup, ...] = ("newborn", "infant", "child")  # the narrowest first
_SIGNS = {sign: number for number, sign in enumerate("零一二三四五六七八九")}
_CHINESE_AGE = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)(?=周?岁)")


@dataclass(frozen=True, slots=True)
class Person:
    """What is told of a person; None where it is not."""

    age: float | None = None
    age_group: AgeGroup | None = None
    sex: Sex | None = None
    pregnant: bool | None = None
    week: int | None = None
    trimester: Trimester | None = None
    breastfeeding: bool | None = None


def read_person(text: str) -> Person:
    """Return what a folded message tells of the one it is about."""
    text = _CHINESE_AGE.sub(_figures, text)
    who = patient_facts.read(text)
    group = next((each for each in _GROUPS if each in who.findings), None)
    pregnant = _is_pregnant(text)
    week = _week(text) if pregnant else None
    return Person(
        age=round(who.months / 12, 2) if who.months is not None else None,
        age_group=group if who.months is None else None,
        sex=_sex(text),
        pregnant=pregnant,
        week=week,
        trimester=_trimester(text, week) if pregnant else None,
        breastfeeding=_is_nursing(text),
    )


def trimester_of(week: int) -> Trimester:
    """Return the trimester in which a week of pregnancy lies."""
    if week < 14:
        return 1
    return 2 if week < 28 else 3


def _sex(text: str) -> Sex | None:
    """Return the sex that is told first: who is spoken of later is somebody else."""
    found: list[tuple[int, Sex]] = []
    for sex in ("male", "female"):
        match = screen_cue(sex).search(text)
        if match:
            found.append((match.start(), "male" if sex == "male" else "female"))
    return min(found)[1] if found else None


def _is_pregnant(text: str) -> bool | None:
    """Return whether a pregnancy is told or denied; the later of both counts."""
    said: list[tuple[int, bool]] = [
        (match.end(), False) for match in cue("not_with_child").finditer(text)
    ]
    denied = [match.span() for match in cue("not_with_child").finditer(text)]
    denied += [match.span() for match in cue("about_pregnancy").finditer(text)]
    for match in cue("with_child").finditer(text):
        if not any(start <= match.start() < end for start, end in denied):
            said.append((match.end(), True))
    if not said and cue("week").search(text):
        return True
    return max(said)[1] if said else None


def _is_nursing(text: str) -> bool | None:
    if cue("not_nursing").search(text):
        return False
    return True if cue("nursing").search(text) else None


def _week(text: str) -> int | None:
    match = cue("week").search(text)
    week = int(next(each for each in match.groups() if each)) if match else 0
    return week if 1 <= week <= 42 else None


def _trimester(text: str, week: int | None) -> Trimester | None:
    if week is not None:
        return trimester_of(week)
    for number, pattern in trimesters().items():
        if pattern.search(text):
            return _TRIMESTERS[number]
    match = cue("month").search(text)
    if match is None:
        return None
    written = next(each for each in match.groups() if each)
    month = _SIGNS.get(written) or int(written)
    return 1 if month <= 3 else 2 if month <= 6 else 3


def _figures(match: re.Match[str]) -> str:
    """Return a Chinese number below a hundred in figures."""
    return f"{_SIGNS.get(match[1], 1) * 10 + _SIGNS.get(match[2], 0)}"
