"""Read for whom medicines are asked about: from the message, and from what was told before.

message + patient state -> Patient (age, pregnancy, kidney, liver, conditions, allergies)
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.graph.linker import Linker
from knowledge.text.sentence_support import EntitySpan
from medchat.answering.medication.medicine_wording import (
    ages,
    allergens,
    cue,
    number_words,
    people,
)
from medchat.answering.patient_state import NamedThing, PatientState

MEDICINE, CONDITION = "medicine:", "condition:"

_TERM = 28
_SECOND = 14
_STAGES = {"1": 90.0, "2": 75.0, "3": 59.0, "3a": 59.0, "3b": 44.0, "4": 29.0, "5": 14.0}
_ROMAN = {"iii": "3", "iv": "4", "v": "5", "三": "3", "四": "4", "五": "5", "一": "1", "二": "2"}
_KIDNEY = {"dialysis": 5.0, "end_stage_kidney": 10.0, "severe_kidney": 29.0}
"""The function of the kidney that is meant where it is told in words."""

PARTS: Mapping[str, tuple[str, str]] = {
    "pregnant": ("pregnancy", "in_pregnancy"),
    "breastfeeding": ("breastfeeding", "in_breastfeeding"),
    "age": ("children", "in_childhood"),
    "child": ("children", "in_childhood"),
    "kidney": ("renal", "in_kidney"),
    "liver": ("liver", "in_liver"),
    "older": ("precaution", "in_old_age"),
}
"""Which relation holds what of a part of a patient, and how that part is called."""

CHILD, ADULT, OLDER = 12, 18, 65
"""The ages in years below which somebody is a child, and from which an adult, and old."""

_HALF_YEAR = 0.5
_TEENAGER = 15.0


@dataclass(frozen=True, slots=True)
class Patient:
    """For whom medicines are asked about; None where it is not told.

    `age` is in years. `child` says that a child is spoken of whose age is not told. `kidney` and
    `liver` say that these are told to be ill; `kidney_words` is how, where that is no number
    ("dialysis", "stage 4"). `told_now` are the parts that this message tells, `purposes`
    conditions that it names as what a medicine is for, `implied` those that others are kinds of.
    `anaphylaxis` says that a reaction was told to be one, `older` that old people are spoken of
    and no age is told.
    """

    age: float | None = None
    child: bool = False
    pregnant: bool = False
    trimester: int | None = None
    breastfeeding: bool = False
    egfr: float | None = None
    kidney: bool = False
    liver: bool = False
    weight: float | None = None
    conditions: tuple[NamedThing, ...] = ()
    allergies: tuple[NamedThing, ...] = ()
    told_now: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    kidney_words: str = ""
    implied: frozenset[str] = frozenset()
    anaphylaxis: bool = False
    older: bool = False

    @property
    def is_young(self) -> bool:
        """Say whether a child is told of, or an age of one."""
        return self.child or (self.age is not None and self.age < CHILD)


def read_patient(
    text: str, mentions: Sequence[EntitySpan], before: PatientState, linker: Linker
) -> Patient:
    """Return the patient of a message in simplified characters, completed by what was known."""
    allergies = _allergies(text, mentions, linker)
    had = [each for each in mentions if _is_condition(each) and not _is_denied(text, each)]
    conditions = tuple(NamedThing(each.text, tuple(each.entities)) for each in had)
    kinds = {name: match for name, pattern in people().items() if (match := pattern.search(text))}
    conditions += tuple(
        NamedThing(each.text, tuple(each.entities)) for name in kinds for each in linker.find(name)
    )
    implied = frozenset(
        name
        for name, match in kinds.items()
        if any(each.start < match.end() and match.start() < each.end for each in had)
    )
    purposes = frozenset(each.text for each in had if _is_purpose(text, each))
    now = _read_message(text)
    told = {name for name, value in now.items() if value not in (None, False)}
    told |= {"conditions"} if conditions else set()
    told |= {"allergies"} if allergies else set()
    measured = {name: _number(each.value) for name, each in before.measurements.items()}
    pregnant = bool(now["pregnant"] or (before.pregnant and not now["not_pregnant"]))
    trimester = now["trimester"] or before.trimester or _trimester_of(before.pregnancy_week)
    age = now["age"] if now["age"] is not None else before.age
    return Patient(
        age=_float(age),
        child=bool(now["child"]) and age is None,
        pregnant=pregnant,
        trimester=int(trimester) if trimester and pregnant else None,
        breastfeeding=bool(now["breastfeeding"] or before.breastfeeding),
        egfr=_float(now["egfr"]) or measured.get("egfr"),
        kidney=bool(now["kidney"]) or _names(before, "kidney"),
        liver=bool(now["liver"]) or _names(before, "liver"),
        weight=_float(now["weight"]) or measured.get("weight"),
        conditions=(*conditions, *before.conditions),
        allergies=(*allergies, *(_substance(each, linker) for each in before.allergies)),
        told_now=frozenset(told - {"not_pregnant", "weight", "kidney_words", "older"}),
        purposes=purposes,
        kidney_words=str(now["kidney_words"] or ""),
        implied=implied,
        older=bool(now["older"]),
        anaphylaxis=any(
            cue("anaphylaxis").search(each)
            for each in (text, *(one.text for one in (*before.findings, *before.conditions)))
        ),
    )


def medicine_mentions(text: str, mentions: Sequence[EntitySpan]) -> list[EntitySpan]:
    """Return where a message names medicines that are, or may be, taken."""
    return [
        each
        for each in mentions
        if medicine_id(each)
        and not cue("stopped_before").search(text[: each.start])
        and not is_allergy(text, each)
    ]


def alternatives(text: str, mentions: Sequence[EntitySpan]) -> frozenset[frozenset[str]]:
    """Return pairs of medicines of which one is to be chosen: "A or B", "A和B哪个好"."""
    named = [each for each in mentions if medicine_id(each)]
    joint = cue("joins") if cue("choose").search(text) else cue("or")
    beside = [pair for pair in pairwise(named) if joint.search(text[pair[0].end : pair[1].start])]
    return frozenset(frozenset(map(medicine_id, pair)) for pair in beside)


def medicine_id(mention: EntitySpan | NamedThing) -> str:
    """Return the medicine that a name may mean, or nothing."""
    return next((id for id in mention.entities if id.startswith(MEDICINE)), "")


def is_allergy(text: str, mention: EntitySpan) -> bool:
    """Say whether a medicine is named as what somebody is allergic to."""
    return _is_allergen(text, mention.start, mention.end)


def _is_allergen(text: str, start: int, end: int) -> bool:
    sentence = re.split(r"[.;?!。；？！]", text[end:])[0]
    after = bool(cue("allergy_after").search(sentence))
    before = cue("allergy_before").search(text[:start])
    if before and before[0].startswith("对"):
        return cue("allergy_zh").search(sentence) is not None
    return after or before is not None


def _read_message(text: str) -> dict[str, float | bool | str | None]:
    week = _first(cue("week").search(text))
    month = _first(cue("month").search(text))
    trimester = _trimester_of(float(week) if week else float(month) * 4.3 if month else None)
    for number, name in enumerate(("first", "second", "third"), 1):
        if cue(f"{name}_trimester").search(text):
            trimester = number
    denied = cue("not_pregnant").search(text) is not None
    egfr, kidney_words = _egfr(text)
    # "trying for a baby" is of no child
    text = cue("first_trimester").sub(" ", text)
    age = _age(text) if not (week or month) else _age(cue("week").sub(" ", text))
    if age is None and cue("newborn").search(text) and not cue("breastfeeding").search(text):
        age = 0.04
    if age is None and cue("infant").search(text) and not cue("breastfeeding").search(text):
        age = 0.5
    if age is None and cue("teenager").search(text):
        age = _TEENAGER
    older = age is None and cue("older").search(text) is not None
    lactating = cue("breastfeeding").search(text) and not cue("not_breastfeeding").search(text)
    weight = _first(cue("weight").search(text))
    return {
        "pregnant": not denied and (bool(cue("pregnant").search(text)) or trimester is not None),
        "not_pregnant": denied,
        "trimester": None if denied else trimester,
        "breastfeeding": bool(lactating),
        "age": 70.0 if older else age,
        "older": older,
        "child": cue("child").search(text) is not None and not lactating,
        "egfr": egfr,
        "kidney_words": kidney_words,
        "kidney": egfr is not None or cue("kidney").search(text) is not None,
        "liver": cue("liver").search(text) is not None,
        "weight": float(weight) if weight else None,
    }


def _age(text: str) -> float | None:
    match = cue("age").search(text)
    if match is None:
        return None
    number, unit, *plain, chinese, chinese_unit = match.groups()
    if number:
        return _number_of(number) * _unit(unit)
    if chinese:
        half = _HALF_YEAR if chinese_unit == "岁半" else 0.0
        return _number_of(chinese) * _unit(chinese_unit) + half
    return float(next(each for each in plain if each))


def _unit(written: str) -> float:
    known = ages()
    for letters in sorted(known, key=len, reverse=True):
        if written.lower().startswith(letters):
            return known[letters]
    return 1.0


def _number_of(written: str) -> float:
    return float(number_words().get(written.lower(), 0) or _number(written) or 0)


def _egfr(text: str) -> tuple[float | None, str]:
    """Return the function of the kidney, and in what words it is told where it is no number."""
    if match := cue("egfr").search(text):
        return float(match[2]) - (0.1 if match[1] else 0.0), ""
    if cue("dialysis").search(text):
        return _KIDNEY["dialysis"], "dialysis"
    if match := cue("stage").search(text):
        written = (_first(match) or "").lower()
        stage = _ROMAN.get(written, written)
        return _STAGES.get(stage), f"stage {stage}"
    told = next((name for name in _KIDNEY if cue(name).search(text)), "")
    return (_KIDNEY[told], told) if told else (None, "")


def _substance(allergy: NamedThing, linker: Linker) -> NamedThing:
    """Return an allergy with the substance that its words name, where they name no medicine."""
    if medicine_id(allergy):
        return allergy
    for name, pattern in allergens().items():
        if pattern.search(allergy.text):
            for each in linker.find(name):
                return NamedThing(allergy.text, tuple(each.entities))
    return allergy


def _allergies(text: str, mentions: Sequence[EntitySpan], linker: Linker) -> tuple[NamedThing, ...]:
    if cue("no_allergy").search(text):
        return ()
    found = [
        NamedThing(each.text, tuple(each.entities))
        for each in mentions
        if medicine_id(each) and is_allergy(text, each)
    ]
    for each in mentions:
        whole = None if medicine_id(each) else cue("allergy_name").match(each.text)
        for name in linker.find(whole["en"] or whole["zh"]) if whole else ():
            if medicine_id(name):
                found.append(NamedThing(name.text, tuple(name.entities)))
    known = [(each.start, each.end) for each in mentions if medicine_id(each)]
    for substance, pattern in allergens().items():
        match = pattern.search(text)
        if match is None or any(low < match.end() and match.start() < end for low, end in known):
            continue
        if _is_allergen(text, *match.span()):
            named = linker.find(substance)
            found += [NamedThing(match[0], tuple(each.entities)) for each in named]
    return tuple(dict.fromkeys(found))


def _is_condition(mention: EntitySpan) -> bool:
    return mention.entities[0].startswith((CONDITION, "symptom:"))


def _is_purpose(text: str, mention: EntitySpan) -> bool:
    return bool(
        cue("purpose_before").search(text[: mention.start])
        or cue("purpose_after").search(text[mention.end :])
    )


def _is_denied(text: str, mention: EntitySpan) -> bool:
    return cue("denied_before").search(text[: mention.start]) is not None


def _names(before: PatientState, organ: str) -> bool:
    return any(cue(organ).search(each.text) for each in before.conditions)


def _trimester_of(week: float | None) -> int | None:
    if week is None:
        return None
    return 1 if week < _SECOND else 2 if week < _TERM else 3


def _first(match: re.Match[str] | None) -> str | None:
    return next((each for each in match.groups() if each), None) if match else None


def _number(text: str) -> float | None:
    match = re.search(r"\d+(?:\.\d+)?", text)
    return float(match[0]) if match else None


def _float(value: float | bool | str | None) -> float | None:
    return None if value is None or isinstance(value, bool | str) else float(value)
