"""Check the medicines of a turn, and say the verdict first.

    Turn -> medicines and patient -> findings -> Lead (verdict, alerts)

It speaks where a message asks whether a medicine may be given, added or combined; elsewhere only
an alert is given, and only where what was told before makes a medicine dangerous.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.index import lexical
from knowledge.search.searcher import Search
from knowledge.text.citations import uncited
from knowledge.text.denial import is_denied
from knowledge.text.exact_names import ExactName
from knowledge.text.names import language_of, normalise
from knowledge.text.sentences import split_sentences
from knowledge.vocabulary import TREATING
from medchat.answering import literature
from medchat.answering.answer import Alert, Answer
from medchat.answering.leads import Lead, Turn
from medchat.answering.medication.doses import read_doses
from medchat.answering.medication.medication_findings import Check, Finding, dose_finding, pairs_of
from medchat.answering.medication.medication_rules import Medicine, Rule, Rules
from medchat.answering.medication.medication_telling import MOST, Telling, alert, join_same, titles
from medchat.answering.medication.medicine_wording import (
    allergens,
    cue,
    everyday,
    say,
    unknown_conditions,
)
from medchat.answering.medication.patient import (
    ADULT,
    CONDITION,
    PARTS,
    Patient,
    alternatives,
    medicine_id,
    medicine_mentions,
    read_patient,
)
from medchat.answering.patient_state import NamedThing, PatientState

_TOLD_IN_WORDS = ("dialysis", "pregnant", "breastfeeding", "liver", "kidney", "end_stage_kidney")
"""Cues of what a message tells of its patient, in words that name nothing else."""

_SHORT = 80
"""A message of so many characters that names a medicine and a patient asks for a verdict."""


def check_medication(turn: Turn) -> Lead | None:
    """Return the verdict on the medicines of a turn, or None where they are not its matter."""
    turn = _with_misspelt(turn)
    text = turn.asked.question
    rules = Rules(turn.search.graph)
    medicines, doubled = _medicines(turn, rules)
    whole = text if turn.message in text else f"{text}\n{turn.message}"
    patient = read_patient(whole, turn.asked.mentions, turn.patient, turn.search.linker)
    allergic = {medicine_id(each) for each in patient.allergies}
    groups = {group for one in medicines for group in one.classes}
    medicines = [one for one in _asked_now(turn, medicines) if one.id not in allergic | groups]
    held = [one for one in _held(turn, rules) if one.id not in allergic]
    review = not medicines and _asks_of_all(turn)
    medicines = held if review else medicines
    if not medicines:
        return None
    known = {one.id for one in held}
    several = len(medicines) > 1 or bool(doubled)
    asks = review or _asks(whole, several=several) or _states(whole, patient, several=several)
    apart = alternatives(text, turn.asked.mentions)
    checked = _Checked(
        Check(rules, turn.language),
        tuple(medicines),
        tuple(one for one in held if one.id not in {each.id for each in medicines}),
        tuple(one for one in medicines if one.id not in known),
        patient,
        apart,
    )
    found = [*_findings(checked), *_doses(turn, checked), *(() if apart else doubled)]
    found = _sorted(found, checked)
    if not asks:
        # what was told before counts whatever is asked; what is only asked about is no patient
        serious = [each for each in found if each.severity == "serious"]
        told = not turn.patient.is_empty and cue("tells").search(whole) is None
        language = turn.language
        alerts = tuple(alert(each, turn.search.graph, language, asked=False) for each in serious)
        return Lead(alerts=alerts) if told and alerts else None
    if apart and not found:
        return None  # a comparison
    return _answer(turn, checked, found)


def _asks_of_all(turn: Turn) -> bool:
    """Say whether a message asks about all that a patient takes: "Anything to stop?"."""
    if cue("review").search(turn.message):
        return True
    unnamed = not turn.search.linker.find(turn.message)
    return unnamed and cue("review_unnamed").search(turn.message) is not None


@dataclass(frozen=True, slots=True)
class _Checked:
    """What is checked: the medicines of a message, those taken besides, those that are new.

    `apart` are pairs of which one is to be chosen.
    """

    check: Check
    medicines: tuple[Medicine, ...]
    taken: tuple[Medicine, ...]
    new: tuple[Medicine, ...]
    patient: Patient
    apart: frozenset[frozenset[str]]

    @property
    def pairs(self) -> list[tuple[Medicine, Medicine]]:
        """Return each two medicines that may be taken together."""
        pairs = pairs_of(self.medicines, self.taken)
        return [pair for pair in pairs if frozenset(one.id for one in pair) not in self.apart]

    def is_asked(self, about: str) -> bool:
        """Say whether a finding is on a new medicine, or on none that is taken already."""
        old = [one for one in (*self.medicines, *self.taken) if one not in self.new]
        if not self.new or any(one.name in about for one in self.new):
            return True
        return not any(one.name in about for one in old)


def _held(turn: Turn, rules: Rules) -> list[Medicine]:
    """Return the medicines that the patient takes."""
    return [
        rules.medicine(id, turn.language, each.text)
        for each in turn.patient.medicines
        if (id := medicine_id(each))
    ]


def _answer(turn: Turn, checked: _Checked, found: Sequence[Finding]) -> Lead | None:
    telling = Telling(turn.search.graph, turn.language)
    shown = found[:MOST]
    asked = [each for each in shown if checked.is_asked(each.about)]
    for each in asked:
        telling.finding(each)
    tells = turn.reading is not None and turn.reading.only_tells and _narrates(turn.message)
    for text in () if tells else _nothing(turn, checked, found):
        telling.plain(text)
    for each in shown:
        if each not in asked:
            telling.finding(each, also=True)
    told = telling.told()
    if told is None:
        return None
    alerts = [
        alert(each, turn.search.graph, turn.language, asked=each in shown)
        for each in found
        if each.severity == "serious" or each not in shown
    ]
    complete = not (_unknown(turn) or tells) and bool(found or checked.pairs)
    study = not found and literature.is_study_question(turn.asked)
    return Lead(told=told, alerts=tuple(alerts), complete=complete, beside_papers=study)


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
        two = {normalise(first), normalise(each.text)}
        if len(two) > 1 and two <= rules.names(id) and not doubled:
            about = say("same_medicine", language, a=first, b=each.text)
            said = say("count_once", language)
            doubled.append(Finding("duplicate", about, Rule(None, ("avoid",)), said, ()))
    for name, pattern in everyday().items() if found else ():
        id = rules.named(name) if pattern.search(text) else ""
        if id:
            found.setdefault(id, rules.medicine(id, language, name))
    return list(found.values()), doubled


def _asked_now(turn: Turn, medicines: Sequence[Medicine]) -> list[Medicine]:
    """Leave out, of a follow-up, medicines that only an earlier question named.

    "And azithromycin?" is asked of what the patient takes, not of what was asked about before.
    """
    held = {medicine_id(each) for each in turn.patient.medicines}
    named = {medicine_id(each) for each in turn.search.linker.find(turn.message)} - {""}
    if not (turn.asked.follows and held and named):
        return list(medicines)
    return [one for one in medicines if one.id in named | held]


def _with_misspelt(turn: Turn) -> Turn:
    """Return the turn with medicines of which one letter is wrong, even in a word with a capital.

    Elsewhere such a word may be somebody's name; a verdict says which medicine it is about.
    """
    asked = turn.asked
    found = [
        each
        for each in turn.search.linker.find(asked.question)
        if each.corrected
        and medicine_id(each)
        and all(each.end <= one.start or one.end <= each.start for one in asked.mentions)
    ]
    if not found:
        return turn
    words = {each.text.casefold() for each in found}
    mentions = tuple(sorted((*asked.mentions, *found), key=lambda each: each.start))
    exact = tuple(name for name in asked.exact if name.text.casefold() not in words)
    return replace(turn, asked=replace(asked, mentions=mentions, exact=exact))


def _states(text: str, patient: Patient, *, several: bool) -> bool:
    """Say whether a message only names what is to be checked: "Metformin with an eGFR of 25?"."""
    if cue("tells").search(text) or cue("research").search(text) or len(text) >= _SHORT:
        return False
    return several or bool(patient.told_now)


def _asks(text: str, *, several: bool) -> bool:
    """Say whether a message asks if a medicine may be given, added or combined."""
    if cue("research").search(text):
        return False
    if cue("dose").search(text) and cue("too_much").search(text):
        return True
    if (cue("lists").search(text) and not several) or cue("asks").search(text) is None:
        return False
    return cue("tells").search(text) is None or cue("clearly").search(text) is not None


def _findings(checked: _Checked) -> list[Finding]:
    """Return what is recorded of the pairs and of each medicine; the same is said once."""
    found = [each for pair in checked.pairs for each in checked.check.pair(*pair)]
    alone = [
        (each, medicine.name)
        for medicine in (*checked.medicines, *checked.taken)
        for each in checked.check.patient(medicine, checked.patient)
        if medicine not in checked.taken or (each.severity == "serious" and checked.new)
    ]
    return [*found, *join_same(alone, checked.check.language)]


def _doses(turn: Turn, checked: _Checked) -> Iterator[Finding]:
    """Yield how the doses of a message stand to the maximum that is recorded."""
    for dose in read_doses(turn.asked.question, turn.asked.mentions):
        for medicine in checked.medicines:
            if medicine.id == dose.medicine:
                found = dose_finding(checked.check, medicine, dose, checked.patient)
                if found is not None:
                    yield found


def _sorted(found: Sequence[Finding], checked: _Checked | None = None) -> list[Finding]:
    """Return findings once each, the most severe first, what cannot be checked last.

    What is on a new medicine stands before what is on those that are taken already.
    """

    def place(each: Finding) -> tuple[bool, bool, int]:
        old = checked is not None and not checked.is_asked(each.about)
        return bool(each.missing), old, each.rank

    return sorted(dict.fromkeys(found), key=place)


def _narrates(message: str) -> bool:
    """Say whether a message tells a story, and is no bare heading such as "losartan at term"."""
    return cue("narrates").search(message) is not None


def _unknown(turn: Turn) -> list[ExactName]:
    """Return the names of a message that no source knows; "haemodialysis" is no such name."""
    return [
        name
        for name in turn.asked.exact
        if name.worded
        and not any(cue(each).search(name.text) for each in _TOLD_IN_WORDS)
        and not any(pattern.search(name.text) for pattern in allergens().values())
    ]


def _nothing(turn: Turn, checked: _Checked, found: Sequence[Finding]) -> Iterator[str]:
    """Yield for what was asked that nothing is recorded, or that it cannot be checked."""
    language, check = turn.language, checked.check
    known = titles(check.rules.stating("interaction"), language)
    new = {one.id for one in checked.new}
    unrecorded = [
        say("with", language, a=one.name, b=other.name)
        for one, other in checked.pairs
        if (not new or new & {one.id, other.id}) and not check.pair(one, other)
    ]
    if unrecorded:
        joint = "；" if language == "zh" else "; "
        yield say("no_pair", language, pairs=joint.join(unrecorded), sources=known)
    unknown = _unknown(turn)
    for name in unknown:
        yield say("unknown", language, word=name.text, sources=known)
    if checked.pairs or found or unknown:
        return
    first = checked.medicines[0]
    kinds = titles(check.rules.stating("contraindication"), language)
    contexts = list(_contexts(turn, checked.patient, first))
    for context in contexts:
        yield say("no_rule", language, a=first.name, context=context, sources=kinds)
    word = "" if contexts or checked.patient.told_now else _unknown_condition(turn)
    if word:
        yield say("unknown", language, word=word, sources=kinds)


def _contexts(turn: Turn, patient: Patient, medicine: Medicine) -> Iterator[str]:
    """Yield in what a message asks whether a medicine may be given."""
    language = turn.language
    told = patient.told_now
    for allergy in patient.allergies:
        yield say("in_allergy", language, b=allergy.text)
    if patient.age is not None and patient.age >= ADULT:
        told = told - {"age"}
    for name in dict.fromkeys(called for part, (_, called) in PARTS.items() if part in told):
        yield say(name, language)
    for condition in patient.conditions if "conditions" in told else ():
        if condition.text in patient.implied:
            continue
        is_symptom = not any(id.startswith(CONDITION) for id in condition.entities)
        if is_symptom or condition.text in patient.purposes:
            continue
        if not _treats(turn, medicine, condition):
            named = language_of(condition.text) == language or not condition.entities
            rules = Rules(turn.search.graph)
            yield condition.text if named else rules.name(condition.entities[0], language)


def _unknown_condition(turn: Turn) -> str:
    """Return the condition that a message names and no source knows, or nothing."""
    text, asked = turn.asked.question, turn.asked
    for pattern in unknown_conditions():
        match = pattern.search(text)
        if match is None or any(
            each.start < match.end("name") and match.start("name") < each.end
            for each in asked.mentions
        ):
            continue
        if not lexical.distinct_terms(match["name"]).isdisjoint(asked.rest):
            return match["name"].strip()
    return ""


def _treats(turn: Turn, medicine: Medicine, condition: NamedThing) -> bool:
    """Say whether a medicine is recorded as what a condition is treated with."""
    graph = turn.search.graph
    return any(
        fact.relation in TREATING
        for id in condition.entities
        for fact in graph.between(id, medicine.id)
    )


def check_answer(
    answer: Answer, patient: PatientState, search: Search, said: Sequence[Alert]
) -> tuple[Alert, ...]:
    """Return alerts on medicines that an answer names and its patient should not have.

    A sentence that itself warns of a medicine needs no alert.
    """
    if patient.is_empty or answer.abstained:
        return ()
    language = answer.language
    rules = Rules(search.graph)
    check = Check(rules, language)
    known = read_patient("", (), patient, search.linker)
    taken = tuple(
        rules.medicine(id, language, each.text)
        for each in patient.medicines
        if (id := medicine_id(each))
    )
    held = {one.id for one in taken}
    found: list[tuple[Finding, str]] = []
    for sentence in split_sentences(uncited(answer.text)):
        if is_denied(sentence):
            continue
        for id in dict.fromkeys(map(medicine_id, search.linker.find(sentence, correct=False))):
            if not id or id in held:
                continue
            one = rules.medicine(id, language)
            kinds: set[str] = set()
            alone = _Checked(check, (one,), taken, (), known, frozenset())
            for each in _sorted(_findings(alone)):
                if each.severity == "serious" and not each.missing and each.kind not in kinds:
                    kinds.add(each.kind)
                    found.append((each, one.name))
    told = {each.text.split(". ")[0].rstrip(".") for each in said}
    ranked = sorted(join_same(found, language), key=lambda each: each.rank)
    alerts = [alert(each, search.graph, language, asked=False) for each in ranked]
    return tuple(each for each in alerts if each.text.split(". ")[0] not in told)
