"""Check the medicines of a turn, and say the verdict first.

    Turn -> medicines and patient -> findings -> Lead (verdict, alerts)

It speaks where a message asks whether a medicine may be given, added or combined; elsewhere only
an alert is given, and only where what was told before makes a medicine dangerous.
"""

from collections.abc import Iterator, Sequence

from knowledge.text.names import normalise
from medchat.answering.leads import Lead, Turn
from medchat.answering.medication.findings import Check, Finding, pairs_of
from medchat.answering.medication.patient import (
    Patient,
    medicine_id,
    medicine_mentions,
    read_patient,
)
from medchat.answering.medication.rules import Medicine, Rule, Rules
from medchat.answering.medication.telling import MOST, Telling, alert, titles
from medchat.answering.medication.wording import cue, say

_CONTEXTS = {
    "pregnant": "in_pregnancy",
    "breastfeeding": "in_breastfeeding",
    "age": "in_childhood",
    "child": "in_childhood",
    "kidney": "in_kidney",
    "liver": "in_liver",
}
_ADULT = 18

_SHORT = 80
"""A message of so many characters that names a medicine and a patient asks for a verdict."""


def check_medication(turn: Turn) -> Lead | None:
    """Return the verdict on the medicines of a turn, or None where they are not its matter."""
    text = turn.asked.question
    rules = Rules(turn.search.graph)
    language = turn.language
    medicines, doubled = _medicines(turn, rules)
    whole = text if turn.message in text else f"{text}\n{turn.message}"
    patient = read_patient(whole, turn.asked.mentions, turn.patient, turn.search.linker)
    allergic = {medicine_id(each) for each in patient.allergies}
    groups = {group for one in medicines for group in one.classes}
    medicines = [one for one in medicines if one.id not in allergic | groups]
    if not medicines:
        return None
    several = len(medicines) > 1
    asks = _asks(whole) or (not several and _states(whole, patient))
    taken = [
        rules.medicine(id, language, each.text)
        for each in turn.patient.medicines
        if (id := medicine_id(each)) and id not in {one.id for one in medicines}
    ]
    check = Check(rules, language)
    found = [*doubled, *_findings(check, medicines, taken, patient)]
    if not asks:
        # what was told before counts whatever is asked; what is only asked about is no patient
        serious = [each for each in found if each.severity == "serious"]
        known = not turn.patient.is_empty and cue("tells").search(whole) is None
        alerts = tuple(alert(each, language, asked=False) for each in serious)
        return Lead(alerts=alerts) if known and alerts else None
    return _answer(turn, check, medicines, taken, patient, found)


def _answer(
    turn: Turn,
    check: Check,
    medicines: Sequence[Medicine],
    taken: Sequence[Medicine],
    patient: Patient,
    found: Sequence[Finding],
) -> Lead | None:
    telling = Telling(turn.search.graph, turn.language)
    for each in found[:MOST]:
        telling.finding(each)
    nothing = list(_nothing(turn, check, medicines, taken, patient, found))
    for text in nothing:
        telling.plain(text)
    told = telling.told()
    if told is None:
        return None
    alerts = [
        alert(each, turn.language, asked=each in found[:MOST])
        for each in found
        if each.severity == "serious" or each not in found[:MOST]
    ]
    pair = len(medicines) + len(taken) > 1
    unknown = any(name.worded for name in turn.asked.exact)
    complete = not unknown and (bool(found) or pair)
    return Lead(told=told, alerts=tuple(alerts), complete=complete)


def _medicines(turn: Turn, rules: Rules) -> tuple[list[Medicine], list[Finding]]:
    """Return the medicines of a message, and what names one of them twice."""
    text, language = turn.asked.question, turn.language
    found: dict[str, Medicine] = {}
    written: dict[str, str] = {}
    doubled: list[Finding] = []
    for each in medicine_mentions(text, turn.asked.mentions):
        id = medicine_id(each)
        found.setdefault(id, rules.medicine(id, language, each.text))
        first = written.setdefault(id, each.text)
        if normalise(first) != normalise(each.text) and not doubled:
            about = say("same_medicine", language, a=first, b=each.text)
            said = say("count_once", language)
            doubled.append(Finding("duplicate", about, Rule(None, ("avoid",)), said, ()))
    if found and cue("alcohol").search(text):
        for named in turn.search.linker.find("alcohol"):
            if id := medicine_id(named):
                found.setdefault(id, rules.medicine(id, language, named.text))
    return list(found.values()), doubled


def _states(text: str, patient: Patient) -> bool:
    """Say whether a message names but a medicine and a patient: "Metformin with an eGFR of 25?"."""
    return bool(patient.told_now) and cue("tells").search(text) is None and len(text) < _SHORT


def _asks(text: str) -> bool:
    """Say whether a message asks if a medicine may be given, added or combined."""
    if cue("lists").search(text) or cue("asks").search(text) is None:
        return False
    return cue("tells").search(text) is None or cue("clearly").search(text) is not None


def _findings(
    check: Check, medicines: Sequence[Medicine], taken: Sequence[Medicine], patient: Patient
) -> list[Finding]:
    found = check.pairs(medicines, taken)
    for medicine in medicines:
        found += check.patient(medicine, patient)
    return sorted(dict.fromkeys(found), key=lambda each: (bool(each.missing), each.rank))


def _nothing(
    turn: Turn,
    check: Check,
    medicines: Sequence[Medicine],
    taken: Sequence[Medicine],
    patient: Patient,
    found: Sequence[Finding],
) -> Iterator[str]:
    """Yield for what was asked that nothing is recorded, or that it cannot be checked."""
    language = turn.language
    known = titles(check.rules.stating("interaction"), language)
    pairs = pairs_of(medicines, taken)
    unrecorded = [
        say("with", language, a=one.name, b=other.name)
        for one, other in pairs
        if not check.pair(one, other)
    ]
    if unrecorded:
        joint = "；" if language == "zh" else "; "
        yield say("no_pair", language, pairs=joint.join(unrecorded), sources=known)
    unknown = [name for name in turn.asked.exact if name.worded]
    for name in unknown:
        yield say("unknown", language, word=name.text, sources=known)
    if pairs or found or unknown:
        return
    kinds = titles(check.rules.stating("contraindication"), language)
    for context in _contexts(turn, patient):
        yield say("no_rule", language, a=medicines[0].name, context=context, sources=kinds)


def _contexts(turn: Turn, patient: Patient) -> Iterator[str]:
    """Yield in what a message asks whether a medicine may be given."""
    language = turn.language
    told = patient.told_now
    for allergy in patient.allergies if "allergies" in told else ():
        yield say("in_allergy", language, b=allergy.text)
    if patient.age is not None and patient.age >= _ADULT:
        told = told - {"age"}
    for name in dict.fromkeys(_CONTEXTS[part] for part in _CONTEXTS if part in told):
        yield say(name, language)
    for condition in patient.conditions if "conditions" in told else ():
        yield condition.text
