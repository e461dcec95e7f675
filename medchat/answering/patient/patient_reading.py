"""Read what a message tells of the patient, and update what is known.

message + state before -> Reading(state, what was told, whether it only tells)

Deterministic, in English and Chinese. What is denied is never held as so; a general question is no
statement: "What is asthma?" makes nobody asthmatic. The later of two statements counts.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from knowledge.graph.linker import EntityMention
from knowledge.text.scripts import fold_script
from medchat.answering.patient import cues
from medchat.answering.patient.allergies import Allergies, read_allergies
from medchat.answering.patient.corrections import as_statement, is_of_another
from medchat.answering.patient.cues import cue
from medchat.answering.patient.measurements import read_measurements
from medchat.answering.patient.mentions import Finder, Message, Named, read_names, without_family
from medchat.answering.patient.people import Person, read_person
from medchat.answering.patient_state import NamedThing, PatientState
from medchat.answering.screening.rules import cue as screen_cue
from medchat.answering.screening.statements import mark_men

_NAMED = ("medicines", "conditions", "findings", "absent", "allergies")
_ALLERGY = "allergies"
_MOSTLY = 0.6
"""What has this share of the words of an allergy is what it is to."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message told: `state` after it, `before` what of the earlier state still holds.

    `told` is the message's own part. `removed` are names that it took back; `another` says that a
    new patient is spoken of, `cleared` that all was to be forgotten. `only_tells` says that it asks
    for nothing.
    """

    state: PatientState
    before: PatientState = PatientState()
    told: PatientState = PatientState()
    removed: tuple[str, ...] = ()
    another: bool = False
    cleared: bool = False
    only_tells: bool = False


def read_message(message: str, before: PatientState, find: Finder) -> Reading:
    """Return what is known after a message; `before` is what was known until then."""
    said = _message(as_statement(message, before))
    text = said.text
    if screen_cue("clear").search(text):
        return Reading(PatientState(), before, cleared=True, only_tells=True)
    before = _without_passing(before)
    if (match := cue("remove").search(text)) and not cue("request").search(text):
        words = next(each for each in match.groups() if each).strip()
        taken = _remove(before, words, find(words))
        if taken is not None:
            state, names = taken
            return Reading(state, before, removed=names, only_tells=True)

    told, named, allergic = _told(said, find)
    another = _is_another(text, told, before)
    base = PatientState() if another else before
    state, removed = _updated(base, told, named, _denied(said, allergic, base, find))
    asks = bool(cue("request").search(text))
    tells = not asks and (told != PatientState() or bool(named.given_up))
    return Reading(state, before, told, removed, another and not before.is_empty, False, tells)


def _message(message: str) -> Message:
    written = mark_men(fold_script(_plain(message)))
    folded = written.casefold()
    return Message(message, written, folded if len(folded) == len(written) else written.lower())


def _plain(message: str) -> str:
    """Return a message with plain apostrophes, digits and spaces, each sign in its place."""
    return "".join(_plain_sign(sign) for sign in message)


def _plain_sign(sign: str) -> str:
    if sign in "’‘`´":
        return "'"
    if sign != "\n" and sign.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", sign)
    # Chinese commas stay: they end what English ones do not
    return folded if len(folded) == 1 and (folded.isalnum() or folded in "%/+.") else sign


def _told(said: Message, find: Finder) -> tuple[PatientState, Named, Allergies]:
    """Return what a message tells by itself."""
    text = said.text
    own = without_family(text)
    allergic = read_allergies(own)
    if is_of_another(text) and not allergic.told:
        allergic = replace(allergic, none=bool(cue("allergic").search(text)))
    mentions = tuple(find(said.written))
    individual = bool(cue("individual").search(text))
    asks = bool(cue("request").search(text))
    person = read_person(_without_names(own, mentions))
    measures = read_measurements(text, alone=True)
    # what is told of age, pregnancy or a value is told of somebody
    spoken = individual or (not asks and bool(allergic.told or measures or _tells(person)))
    named = read_names(said, lambda _: mentions, allergic, individual=spoken)
    certain = individual or not asks
    passing: list[str] = []
    if not certain:
        person = _at_large(person, passing)
    allergies = _things(allergic.told, said, find)
    if not certain:
        passing += [f"{_ALLERGY}:{each.text}" for each in allergies]
    state = PatientState(
        age=person.age,
        age_group=person.age_group,
        sex=person.sex if individual or not asks else None,
        pregnant=person.pregnant,
        pregnancy_week=person.week,
        trimester=person.trimester,
        breastfeeding=person.breastfeeding,
        measurements=measures,
        medicines=_distinct(named.medicines),
        conditions=_distinct(named.conditions),
        findings=_distinct(named.findings),
        absent=_distinct(named.absent),
        allergies=allergies,
        passing=tuple(passing),
    )
    return state, named, allergic


def _without_names(text: str, mentions: Iterable[EntityMention]) -> str:
    """Return a text without the signs of names that could be of a person: 他 in 辛伐他汀."""
    signs = list(text)
    for each in mentions:
        for place in range(each.start, min(each.end, len(signs))):
            if signs[place] in "他她男女":
                signs[place] = " "
    return "".join(signs)


def _tells(person: Person) -> bool:
    return person.age is not None or bool(person.pregnant) or bool(person.breastfeeding)


def _at_large(person: Person, passing: list[str]) -> Person:
    """Note what a question on people at large names; it holds for this question only."""
    if person.pregnant and person.week is None:
        passing += ["pregnant", *(["trimester"] if person.trimester else [])]
    if person.breastfeeding is not None:
        passing.append("breastfeeding")
    if person.age_group is not None:
        passing.append("age_group")
    return person


def _things(
    places: tuple[tuple[int, int], ...], said: Message, find: Finder
) -> tuple[NamedThing, ...]:
    """Return what stands at some places as names, linked where the base knows them."""
    found = []
    for start, end in places:
        linked = [
            each
            for each in find(said.written[start:end])
            if each.end - each.start >= _MOSTLY * (end - start)
        ]
        found.append(said.name(start, end, linked[0].entities if linked else ()))
    return _distinct(found)


def _denied(
    said: Message, allergic: Allergies, base: PatientState, find: Finder
) -> tuple[NamedThing, ...]:
    """Return the allergies that a message denies: those it names, or all."""
    return base.allergies if allergic.none else _things(allergic.denied, said, find)


def _is_another(text: str, told: PatientState, before: PatientState) -> bool:
    """Say whether a message introduces another patient than the one who is known."""
    if before.is_empty:
        return False
    if cue("new_patient").search(text) and not cue("request").search(text):
        return True
    if not cue("introduced").search(text):
        return False
    older = before.age is not None and told.age is not None and abs(before.age - told.age) > 1
    return older or bool(before.sex and told.sex and before.sex != told.sex)


def _updated(
    base: PatientState,
    told: PatientState,
    named: Named,
    no_allergy: tuple[NamedThing, ...],
) -> tuple[PatientState, tuple[str, ...]]:
    """Return a state with what was told; what was told later counts."""
    gone = tuple(each.text for each in named.given_up if _holds(base.medicines, each))
    medicines = _less(_joined(base.medicines, told.medicines), _less_named(named))
    conditions = _joined(_less(base.conditions, told.absent), told.conditions)
    findings = _joined(_less(base.findings, told.absent), told.findings)
    present = (*told.conditions, *told.findings)
    absent = _joined(_less(base.absent, present), _less(told.absent, present))
    state = replace(
        base,
        age=told.age if told.age is not None else base.age,
        age_group=None if told.age is not None else told.age_group or base.age_group,
        sex=told.sex or base.sex,
        breastfeeding=_either(told.breastfeeding, base.breastfeeding),
        measurements={**base.measurements, **told.measurements},
        medicines=medicines,
        conditions=conditions,
        findings=findings,
        absent=absent,
        allergies=_joined(_less(base.allergies, no_allergy), told.allergies),
        passing=tuple(each for each in told.passing if not _known(base, each)),
    )
    if told.pregnant is not None:
        state = replace(
            state,
            pregnant=told.pregnant,
            pregnancy_week=told.pregnancy_week or (base.pregnancy_week if told.pregnant else None),
            trimester=told.trimester or (base.trimester if told.pregnant else None),
        )
    return state, gone


def _known(base: PatientState, passing: str) -> bool:
    """Say whether something that a question names at large is known of the patient anyway."""
    name, _, text = passing.partition(":")
    if text:
        return any(each.text == text for each in getattr(base, name))
    return getattr(base, name) is not None


def _less_named(named: Named) -> tuple[NamedThing, ...]:
    return tuple(each for each in named.given_up if not _holds(tuple(named.medicines), each))


def _either(new: bool | None, old: bool | None) -> bool | None:
    return old if new is None else new


def _without_passing(state: PatientState) -> PatientState:
    """Return a state without what held for the last question only."""
    for each in state.passing:
        name, _, text = each.partition(":")
        kept = tuple(one for one in getattr(state, name) if one.text != text) if text else None
        state = replace(state, **{name: kept})  # type: ignore[arg-type]
    return replace(state, passing=())


def _remove(
    state: PatientState, words: str, mentions: Iterable[EntityMention]
) -> tuple[PatientState, tuple[str, ...]] | None:
    """Return a state without what is named, and the names; None where it holds no such thing."""
    asked = NamedThing(words, _entities(mentions))
    changes: dict[str, object] = {}
    names: list[str] = []
    for field_name in _NAMED:
        held: tuple[NamedThing, ...] = getattr(state, field_name)
        kept = _less(held, (asked,))
        if kept != held:
            changes[field_name] = kept
            names += [each.text for each in held if each not in kept]
    left = {
        name: value
        for name, value in state.measurements.items()
        if not (name in cues.called() and cues.called()[name].fullmatch(words))
    }
    if left != state.measurements:
        changes["measurements"] = left
        names.append(words)
    for group, pattern in cues.removable().items():
        if pattern.match(words):
            changes |= _FORGOTTEN[group]
            names.append(words)
    if not changes:
        return None
    return replace(state, **changes), tuple(dict.fromkeys(names))  # type: ignore[arg-type]


_FORGOTTEN: dict[str, dict[str, object]] = {
    "age": {"age": None, "age_group": None},
    "sex": {"sex": None},
    "pregnancy": {"pregnant": None, "pregnancy_week": None, "trimester": None},
    "nursing": {"breastfeeding": None},
}


def _entities(mentions: Iterable[EntityMention]) -> tuple[str, ...]:
    return tuple(id for each in mentions for id in each.entities)


def _same(one: NamedThing, other: NamedThing) -> bool:
    if one.text.casefold() == other.text.casefold():
        return True
    return bool(set(one.entities) & set(other.entities))


def _holds(names: tuple[NamedThing, ...], name: NamedThing) -> bool:
    return any(_same(each, name) for each in names)


def _less(names: tuple[NamedThing, ...], taken: tuple[NamedThing, ...]) -> tuple[NamedThing, ...]:
    return tuple(each for each in names if not _holds(taken, each))


def _joined(names: tuple[NamedThing, ...], more: tuple[NamedThing, ...]) -> tuple[NamedThing, ...]:
    return _distinct([*names, *more])


def _distinct(names: list[NamedThing]) -> tuple[NamedThing, ...]:
    found: list[NamedThing] = []
    for name in names:
        if not _holds(tuple(found), name):
            found.append(name)
    return tuple(found)
