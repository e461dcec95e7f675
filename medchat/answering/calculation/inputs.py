"""Find what a formula takes in the messages of a conversation and in what is known of the patient.

    messages, patient -> numbers, findings, choices -> Inputs(given, missing, refused, said beside)

The last message that tells an input counts. Findings of a score that are not mentioned count as
absent only where others are told; which they were is said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.calculators import arithmetic
from knowledge.calculators.formulas.formula import Formula, Input
from medchat.answering.calculation.admission_text import at_admission
from medchat.answering.calculation.input_wording import (
    ages,
    asking,
    choices,
    findings,
    quantities_of,
)
from medchat.answering.calculation.measured_quantities import (
    Reading,
    age_reading,
    is_signed,
    read_lone_number,
    read_quantities,
)
from medchat.answering.calculation.score_findings import finding_states, read_choice, read_sex
from medchat.answering.patient_state import PatientState
from medchat.answering.screening import patient_facts
from medchat.answering.screening.statements import fold

_LONG = 350
"""A message of so many characters is a note: what it leaves out is not there."""

_DENSE = 2.7
"""A Chinese character tells as much as so many letters."""

_YEARS = {
    "m": 1 / 12,
    "w": 7 / 365,
    "d": 1 / 365,
    "个": 1 / 12,
    "月": 1 / 12,
    "周": 7 / 365,
    "天": 1 / 365,
}
_OLDEST = 120
_LONE_AGE = re.compile(r"^[^\d]{0,20}(\d{1,3})[^\d]{0,10}$")
_NONE = re.compile(
    r"^\W*(?:no|none|nope|none of (?:them|these|those|the (?:above|others))|nothing else|neither|"
    r"没有|无|都没有|均无|以上(?:都|均)?(?:没有|无)|否)\W*$"
)
_NO_RISKS = re.compile(
    r"\b(?:no|without(?: any)?) (?:other |further |additional )?(?:risk factors?|comorbidit\w+)|"
    r"\bno other (?:\w+ )?(?:problems?|conditions?|illness\w*|diseases?|history)|"
    r"\botherwise (?:healthy|well|fit)|"
    r"(?:无|没有)(?:其他|其它)?(?:的)?(?:危险因素|风险因素|合并症|基础疾病|基础病)|"
    r"(?:无|没有)(?:其他|其它)(?:的)?(?:病史?|疾病)"
)
_YES = re.compile(r"^\W*(?:yes|yep|yeah|是|有|是的|有的)\W*$")


@dataclass(slots=True)
class Inputs:
    """What was found for a formula: values by key, and what must be said beside the result.

    `shown` are the inputs as they were written; `unclear` lack a unit, `impossible` cannot be;
    `absent` are findings not mentioned; `competing` holds the other values of an input. `age` is
    known or told, whether or not the formula takes it; `child` and `pregnant` likewise.
    """

    formula: Formula
    given: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    missing: list[Input] = field(default_factory=list)
    unclear: list[Reading] = field(default_factory=list)
    impossible: list[Reading] = field(default_factory=list)
    absent: list[Input] = field(default_factory=list)
    competing: dict[str, list[Reading]] = field(default_factory=dict)
    age: float | None = None
    child: bool = False
    pregnant: bool = False
    stated: int = 0
    numbers: int = 0

    @property
    def complete(self) -> bool:
        """Say whether the formula can be worked out."""
        return not (self.missing or self.unclear or self.impossible)


def read_inputs(
    formula: Formula, turns: Sequence[str], patient: PatientState, awaited: Sequence[str] = ()
) -> Inputs:
    """Return the inputs that folded messages tell, the last of them first.

    `awaited` are the keys of the inputs that were asked for just before.
    """
    found = Inputs(formula)
    ages = (read_age(turn) for turn in reversed(turns))
    found.age = next((age for age in ages if age is not None), patient.age)
    found.child = patient.age_group in ("newborn", "infant", "child")
    found.pregnant = bool(patient.pregnant)
    known = _known(patient)
    texts = [*([known] if known else []), *turns]
    wanted = _wanted(formula)
    read = [_of_admission(text, read_quantities(text, wanted)) for text in texts]
    for one in formula.inputs:
        if one.key == "age":
            _take_age(found, one, turns, awaited)
        elif one.key == "sex":
            _take_sex(found, one, turns, patient)
        elif not one.choices:
            _take_number(found, one, texts, read, awaited)
    _derive_globulin(found, texts)
    told = [at_admission(text) for text in texts]
    for one in formula.inputs:
        if one.choices and not one.is_finding and one.key != "sex":
            _take_choice(found, one, told)
    _take_findings(found, formula, told, read, awaited)
    return found


def _of_admission(text: str, read: dict[str, list[Reading]]) -> dict[str, list[Reading]]:
    """Return the readings of the admission, where that is asked for and some are of it."""
    kept = at_admission(text)
    if kept == text:
        return read
    first = {
        id: [each for each in every if kept[each.start : each.start + 8].strip()]
        for id, every in read.items()
    }
    return first if any(first.values()) else read


def _wanted(formula: Formula) -> frozenset[str]:
    ids = {each.id for one in formula.inputs for each in quantities_of(one.en[0])}
    for one in formula.inputs:
        if one.is_finding and (above := findings()[one.en[0]].above):
            ids.add(above[0])
    return frozenset(ids)


def _known(patient: PatientState) -> str:
    """Return what is known of a patient as a message would tell it."""
    told = [
        f"{name.replace('_', ' ')} {each.value} {each.unit}"
        for name, each in patient.measurements.items()
    ]
    told += [each.text for each in (*patient.conditions, *patient.findings)]
    told += [f"no {each.text}" for each in patient.absent]
    return fold(". ".join(told))


def _take_age(found: Inputs, one: Input, turns: Sequence[str], awaited: Sequence[str]) -> None:
    found.numbers += any(read_age(turn) is not None for turn in turns)
    lone = _LONE_AGE.match(turns[-1]) if list(awaited) == ["age"] and turns else None
    age = found.age = float(lone[1]) if lone else found.age
    if age is None:
        found.missing.append(one)
    elif not 0 <= age <= _OLDEST:
        found.readings[one.key] = age_reading(age)
        found.impossible.append(found.readings[one.key])
    else:
        found.given[one.key] = found.shown[one.key] = f"{age:.4g}"


def read_age(text: str) -> float | None:
    """Return the age in years that a folded message tells.

    >>> read_age("a 76 year old woman"), read_age("男，67岁"), read_age("smoked for 10 years")
    (76.0, 67.0, None)
    """
    places = []
    for pattern in ages():
        match = pattern.search(text)
        if match:
            unit = match[2][0] if pattern.groups > 1 and match[2] else ""
            years = float(match[1]) * _YEARS.get(unit, 1)
            sign = -1 if is_signed(text, match.start(1)) else 1
            places.append((match.start(1), sign * years))
    if places:
        return min(places)[1]
    months = patient_facts.read(text).months
    return None if months is None else months / 12


def _take_sex(found: Inputs, one: Input, turns: Sequence[str], patient: PatientState) -> None:
    told = next((sex for turn in reversed(turns) if (sex := read_sex(turn))), "")
    told = told or (patient.sex or ("female" if patient.pregnant else ""))
    if told:
        found.given[one.key] = found.shown[one.key] = told
    else:
        found.missing.append(one)


def _take_number(
    found: Inputs,
    one: Input,
    texts: Sequence[str],
    read: Sequence[dict[str, list[Reading]]],
    awaited: Sequence[str],
) -> None:
    candidates: list[Reading] = []
    for text, readings in reversed(list(zip(texts, read, strict=True))):
        candidates = [each for q in quantities_of(one.en[0]) for each in readings.get(q.id, ())]
        is_answer = text is texts[-1] and list(awaited) == [one.key] and not any(readings.values())
        if not candidates and is_answer:
            lone = (read_lone_number(text, each) for each in quantities_of(one.en[0]))
            candidates = [each for each in lone if each is not None][:1]
        if not candidates and one.en[0] in choices():
            number = read_choice(text, one.en[0])
            if number:
                found.given[one.key] = found.shown[one.key] = number
                found.stated += 1
                return
        if candidates:
            candidates = _by_choice(text, candidates)
        if candidates:
            break
    if not candidates:
        found.missing.append(one)
        return
    found.numbers += 1
    used, *others = candidates
    _accept(found, one, used)
    competing = [
        each for each in others if abs(each.value - used.value) > 0.015 * abs(used.value) + 1e-9
    ]
    if competing:
        found.competing[one.key] = competing


def _derive_globulin(found: Inputs, texts: Sequence[str]) -> None:
    """Take the total protein less the albumin for the globulin, where that is not told."""
    wanted = next((one for one in found.missing if one.key == "globulin"), None)
    if wanted is None or "albumin" not in found.given:
        return
    wanted_too = frozenset({"total-protein"})
    read = [read_quantities(text, wanted_too).get("total-protein", []) for text in texts]
    protein = [each for every in read for each in every if not each.fault]
    if protein and protein[-1].value > float(found.given["albumin"]):
        found.given["globulin"] = f"{protein[-1].value - float(found.given['albumin']):.6g}"
        found.missing.remove(wanted)


def _by_choice(text: str, candidates: list[Reading]) -> list[Reading]:
    """Return the value that counts first: a sound one, the last told or that of the admission."""
    sound = [each for each in candidates if not each.fault] or candidates
    first = bool(asking("admission").search(text))
    if first:
        sound = [each for each in sound if not _is_later(text, each.start)]
    current = [each for each in sound if not _is_baseline(text, each.start)]
    sound = current or sound
    ordered = sorted(sound, key=lambda each: each.start if first else -each.start)
    return list(dict.fromkeys(ordered))


def _is_baseline(text: str, place: int) -> bool:
    """Say whether a value is told as one of before: "baseline creatinine of 1.5"."""
    return asking("baseline").search(text[max(0, place - 40) : place]) is not None


def _is_later(text: str, place: int) -> bool:
    """Say whether the sentence of a value speaks of a time after the admission."""
    start = max(text.rfind(". ", 0, place), text.rfind("。", 0, place), place - 150, 0)
    english = text[start : place + 60].removeprefix(". ").split(". ")[0]
    return bool(
        asking("discharge").search(english)
        or asking("discharge_zh").search(text[max(start, place - 16) : place])
    )


def _accept(found: Inputs, one: Input, reading: Reading) -> None:
    found.readings[one.key] = reading
    if reading.fault == "unit":
        found.unclear.append(reading)
        return
    if reading.fault:
        found.impossible.append(reading)
        return
    factors = reading.quantity.units
    own = factors[own_unit(one, reading)] if 1 in factors.values() else 1
    value = reading.value / own
    found.given[one.key] = f"{value:.10g}"
    found.shown[one.key] = f"{value:.10g}"


def own_unit(one: Input, reading: Reading) -> str:
    """Return an input's own unit as quantities name it."""
    unit = one.unit.replace("²", "2")
    return unit if unit in reading.quantity.units else reading.quantity.unit


def _take_choice(found: Inputs, one: Input, texts: Sequence[str]) -> None:
    name = one.en[0]
    told = next((key for text in reversed(texts) if (key := read_choice(text, name))), "")
    if told:
        found.given[one.key] = found.shown[one.key] = told
        found.stated += 1
    else:
        found.missing.append(one)


def is_note(text: str) -> bool:
    """Say whether a message is a note: what it leaves out is not there."""
    dense = sum("\u4e00" <= sign <= "\u9fff" for sign in text)
    return len(text) + (_DENSE - 1) * dense > _LONG


def _take_findings(
    found: Inputs,
    formula: Formula,
    texts: Sequence[str],
    read: Sequence[dict[str, list[Reading]]],
    awaited: Sequence[str],
) -> None:
    wanted = [one for one in formula.inputs if one.is_finding]
    unmentioned: list[Input] = []
    for one in wanted:
        told = _finding(one, texts, read)
        if told is None and one.key in awaited and texts:
            told = _short_reply(texts[-1], alone=len(awaited) == 1)
        if told is None:
            unmentioned.append(one)
            continue
        found.stated += 1
        found.given[one.key] = found.shown[one.key] = "yes" if told else "no"
    if not unmentioned:
        return
    notes = [text for text in texts if is_note(text)]
    listed = any(one.key in found.given for one in wanted)
    listed = listed or any(_NO_RISKS.search(text) for text in texts)
    if listed or (notes and len(wanted) < len(formula.inputs)):
        must = {
            one.key
            for one in unmentioned
            if notes
            and (wording := findings()[one.en[0]]).must
            and not any(wording.unless.search(note) for note in notes)
        }
        found.missing += [one for one in unmentioned if one.key in must]
        found.absent = [one for one in unmentioned if one.key not in must]
        for one in found.absent:
            found.given[one.key] = found.shown[one.key] = "no"
    else:
        found.missing += unmentioned


def _finding(
    one: Input, texts: Sequence[str], read: Sequence[dict[str, list[Reading]]]
) -> bool | None:
    above = findings()[one.en[0]].above
    for text, readings in reversed(list(zip(texts, read, strict=True))):
        values = [each for each in readings.get(above[0], ()) if not each.fault] if above else []
        told = finding_states(text, one.en[0])
        if above and values and (one.en[0].startswith(("fever above", "creatinine")) or not told):
            ordered = _by_choice(text, values)
            if ordered and ordered[0].value > above[1]:
                return True
            if ordered and one.en[0].startswith(("fever above", "creatinine")):
                return False
        if told is not None:
            return told
    return None


def _short_reply(text: str, *, alone: bool) -> bool | None:
    if _NONE.match(text):
        return False
    return True if alone and _YES.match(text) else None


def rounded(number: str) -> str:
    """Return a number with at most four decimals, as it is told."""
    try:
        text = arithmetic.round_half_up(float(number), 4)
    except ValueError:
        return number
    return text.rstrip("0").rstrip(".") if "." in text else text
