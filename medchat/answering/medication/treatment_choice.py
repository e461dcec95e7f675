"""Tell what is given for a condition to this patient, and what of it is not for them.

    Turn -> condition, patient -> medicines recorded for it, each checked -> Lead

"Gout in stage 4 kidney disease: what can I give?" is answered by the treatments of gout that
nothing speaks against, then by those to be avoided or given with care. Without anything known of
the patient the evidence itself is the answer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.text.names import language_of, normalise
from knowledge.text.sentence_support import EntitySpan
from knowledge.vocabulary import TREATING
from medchat.answering.answer import Language
from medchat.answering.leads import Lead, Turn
from medchat.answering.longer_names import find_longer_names
from medchat.answering.medication.medication_findings import Check, Finding
from medchat.answering.medication.medication_rules import Medicine, Rule, Rules
from medchat.answering.medication.medication_telling import Telling, alert, join_same, list_names
from medchat.answering.medication.medicine_wording import aims, cue, say
from medchat.answering.medication.patient import (
    ADULT,
    OLDER,
    PARTS,
    Patient,
    is_allergy,
    medicine_id,
    medicine_mentions,
    read_patient,
)
from medchat.answering.patient_state import NamedThing

_OF_PATIENTS = ("pregnancy", "breastfeeding", "children", "renal", "liver", "precaution")
_BESIDE = frozenset({*TREATING, *_OF_PATIENTS, "description"})
"""Relations that a question for a treatment may name too; any other is what it asks for."""

_NEED_RECORD = ("pregnant", "breastfeeding", "child", "liver")
"""Parts of a patient of whom no record is no leave."""

_MOST_TARGETS = 2
_MOST_NAMED = 8
_MOST_AVOIDED = 3
_MOST_CAUTIONS = 3
_MOST_LEAVES = 2


@dataclass(frozen=True, slots=True)
class _Option:
    """A medicine that is recorded for a condition, the fact that says so, and what was found."""

    medicine: Medicine
    rule: Rule
    first_line: bool
    findings: tuple[Finding, ...] = ()
    silent: str = ""
    """In whom nothing is recorded of it, where that matters."""

    @property
    def is_open(self) -> bool:
        """Say whether nothing speaks against it, or asks for care."""
        return not self.silent and not self.needs_care

    @property
    def needs_care(self) -> bool:
        """Say whether something speaks against it, or asks for care."""
        return any(each.severity != "info" for each in self.findings)

    @property
    def is_out(self) -> bool:
        """Say whether it is to be avoided."""
        return any(each.severity == "serious" and not each.missing for each in self.findings)


def choose_treatment(turn: Turn) -> Lead | None:
    """Return what may be given to the patient of a message, or None where that is not asked."""
    text = turn.asked.question
    if turn.urgent or not _asks(turn):
        return None
    rules = Rules(turn.search.graph)
    named = [medicine_id(each) for each in medicine_mentions(text, turn.asked.mentions)]
    members = {
        id: {one.id for one in rules.members(rules.medicine(id, turn.language), turn.language)}
        for id in named
    }
    if not all(members.values()) and not cue("which").search(text):
        return None
    patient = read_patient(text, turn.asked.mentions, turn.patient, turn.search.linker)
    wanted: frozenset[str] = frozenset()
    if not cue("replaces").search(text):
        classes = turn.asked.members if turn.asked.classes else ()
        drugs = (id for id in classes if id.startswith("medicine:"))
        wanted = frozenset(drugs).union(*members.values())
    targets = _targets(turn, rules, wanted)
    if not targets or not _is_known(turn, patient, targets):
        return None
    telling = Telling(turn.search.graph, turn.language)
    _say_broader(telling, turn, targets)
    serious = [
        each for target in targets for each in _tell(turn, rules, patient, target, telling, wanted)
    ]
    told = telling.told()
    if told is None or not any(each.citations for each in told.sentences):
        return None
    about = frozenset(id for target in targets for id in target.entities)
    return Lead(
        told=told,
        alerts=tuple(alert(each, turn.search.graph, turn.language, asked=True) for each in serious),
        complete=True,
        told_of=about,
    )


def _asks(turn: Turn) -> bool:
    """Say whether a message asks what is given for a condition, and for nothing else."""
    text, relations = turn.asked.question, set(turn.asked.relations)
    if cue("research").search(text) or cue("gives_no_treatment").search(text):
        return False
    if not relations <= _BESIDE:
        return False
    return bool(relations.intersection(TREATING)) or cue("what_to_give").search(text) is not None


def _targets(turn: Turn, rules: Rules, wanted: frozenset[str]) -> list[NamedThing]:
    """Return the conditions that a message asks a treatment for; two where it does not say."""
    text = turn.asked.question
    others = _of_other_diseases(turn)
    named = [
        each
        for each in turn.asked.mentions
        if not medicine_id(each) and not is_allergy(text, each) and each.start not in others
    ]
    if others and not any(_has_options(turn, each, wanted) for each in named):
        return []
    found = [each for each in named if _has_options(turn, each, wanted)]
    if not found and len(named) == 1 and (kind := _kind(turn, rules, named[0], wanted)):
        return [kind]
    if not found and cue("what_to_give").search(text):
        known = [each for each in turn.patient.conditions if _has_options(turn, each, wanted)]
        return known[-1:]
    organs = [each for each in found if any(cue(o).search(each.text) for o in ("kidney", "liver"))]
    if len(organs) == len(found) and (aimed := _aimed(turn, wanted)):
        return [aimed]
    if 0 < len(organs) < len(found):
        found = [each for each in found if each not in organs]
    if len(found) > 1:
        found = _meant(text, found, rules)
    return [NamedThing(each.text, tuple(each.entities)) for each in found[:_MOST_TARGETS]]


def _of_other_diseases(turn: Turn) -> frozenset[int]:
    """Return where the names begin that are but a part, or the cause, of another disease's."""
    names = find_longer_names(turn.asked)
    parts = [name.mention for name in names if not name.is_kind]
    causes = [name.cause for name in names if name.cause is not None]
    return frozenset(each.start for each in (*parts, *causes))


def _say_broader(telling: Telling, turn: Turn, targets: Sequence[NamedThing]) -> None:
    """Say first where what is told is recorded for a broader disease than the one asked for."""
    names = {
        name.mention.text: name.text
        for name in find_longer_names(turn.asked)
        if not name.alike and name.text.endswith(name.mention.text)
    }
    text, written = turn.asked.question, turn.asked.written or turn.asked.question
    for each in turn.asked.mentions:
        before = cue("patients_before").search(text[: each.start])
        after = cue("patients_after").match(text, each.end)
        start = before.start() if before else each.start
        end = after.end() if after else each.end
        if before or after:
            names.setdefault(each.text, written[start:end])
    for target in targets:
        if target.text in names:
            said = say("give_broader", turn.language, a=names[target.text], b=target.text)
            telling.plain(said)


def _aimed(turn: Turn, wanted: frozenset[str]) -> NamedThing | None:
    """Return what a medicine is to change, where a message tells that and names no condition."""
    for name, pattern in aims().items():
        if pattern.search(turn.asked.question):
            entities = tuple(each.id for each in turn.search.graph.named(name))
            aimed = NamedThing(name, entities)
            if entities and _has_options(turn, aimed, wanted):
                return aimed
    return None


def _kind(turn: Turn, rules: Rules, named: EntitySpan, wanted: frozenset[str]) -> NamedThing | None:
    """Return a kind of a condition of which nothing is recorded: of pneumonia, that at home."""
    kinds = [
        NamedThing(rules.name(id, turn.language), (id,))
        for id in turn.asked.members
        if id.startswith("condition:")
    ]
    called = [each for each in kinds if named.text.casefold() in each.text.casefold()]
    options = [len(list(_facts(turn, each.entities, wanted))) for each in called]
    return called[options.index(max(options))] if any(options) else None


def _meant(text: str, found: Sequence[EntitySpan], rules: Rules) -> list[EntitySpan]:
    """Return of several conditions the one that the question is about, where its words say so."""
    asked = cue("what_to_give").search(text)
    for each in found:
        if cue("purpose_before").search(text[: each.start]):
            return [each]
    if asked:
        clause = _clause(text, asked.start())
        inside = [each for each in found if clause[0] <= each.start < clause[1]]
        if len(inside) == 1:
            return inside
        for name, pattern in aims().items():
            if pattern.search(text, *clause):
                meant = [each for each in found if _is_called(each, name, rules)]
                if meant:
                    return meant[:1]
    first, second = found[0], found[1]
    between = text[first.end : second.start]
    if cue("then_has").search(between):
        return [second]
    if cue("in_one_with").search(between):
        return [first]
    return list(found)


def _is_called(mention: EntitySpan, name: str, rules: Rules) -> bool:
    return any(normalise(name) in rules.names(id) for id in mention.entities)


def _clause(text: str, place: int) -> tuple[int, int]:
    """Return where the clause around a place begins and ends."""
    marks = [match.end() for match in re.finditer(r"[,.;?!，。；？！]", text)]
    start = max([end for end in marks if end <= place], default=0)
    end = min([end for end in marks if end > place], default=len(text))
    return start, end


def _has_options(turn: Turn, named: EntitySpan | NamedThing, wanted: frozenset[str]) -> bool:
    return any(True for _ in _facts(turn, named.entities, wanted))


def _facts(
    turn: Turn, entities: Sequence[str], wanted: frozenset[str]
) -> Iterator[tuple[str, Rule]]:
    """Yield the relation and the fact of each medicine that is recorded for a condition."""
    graph = turn.search.graph
    for relation in TREATING:
        for id in entities:
            for fact in graph.facts(id, relation):
                object = fact.object or ""
                if object.startswith("medicine:") and (not wanted or object in wanted):
                    yield relation, Rule(fact, ("info",))


def _is_known(turn: Turn, patient: Patient, targets: Sequence[NamedThing]) -> bool:
    """Say whether enough is known of the patient for a choice between treatments."""
    meant = {id for target in targets for id in target.entities}
    others = [each for each in patient.conditions if meant.isdisjoint(each.entities)]
    ill = [each for each in others if any(id.startswith("condition:") for id in each.entities)]
    aged = patient.age is not None and not ADULT <= patient.age < OLDER
    return bool(
        ill
        or len(targets) > 1
        or aged
        or patient.child
        or patient.allergies
        or patient.pregnant
        or patient.breastfeeding
        or patient.kidney
        or patient.liver
        or patient.egfr is not None
        or turn.patient.medicines
        or medicine_mentions(turn.asked.question, turn.asked.mentions)
    )


def _tell(
    turn: Turn,
    rules: Rules,
    patient: Patient,
    target: NamedThing,
    telling: Telling,
    wanted: frozenset[str],
) -> list[Finding]:
    """Say what is given for one condition; return what makes a medicine one to be avoided."""
    language = turn.language
    options = list(_options(turn, rules, patient, target, wanted))
    name = target.text
    if language_of(name) != language:
        name = rules.name(target.entities[0], language)
    first = [each for each in options if each.first_line]
    fine = [each for each in first if each.is_open]
    shown = [*first]
    if fine:
        _name(telling, "give_first", fine, name, turn)
    others = [each for each in options if not each.first_line and each.is_open]
    if not fine and others:
        head = "give_other" if first else "give_any"
        _name(telling, head, others[:_MOST_NAMED], name, turn)
    if not first or not fine:
        shown = options
    for each in _merged(_with_leave(fine or others[:_MOST_NAMED]), language)[:_MOST_LEAVES]:
        telling.finding(each)
    for context in dict.fromkeys(each.silent for each in shown if each.silent):
        silent = [each for each in shown if each.silent == context and not each.needs_care]
        if silent:
            names = list_names([each.medicine.name for each in silent[:_MOST_NAMED]], language)
            telling.plain(say("give_silent", language, a=names, b=context))
    out = _merged([each for each in options if each.is_out], language)
    careful = _merged([e for e in shown if e.needs_care and not e.is_out], language)
    if not fine and not others and (out or careful) and not any(e.silent for e in shown):
        telling.plain(say("give_none", language, b=name))
    for each in out[:_MOST_AVOIDED]:
        telling.finding(each)
    for each in careful[:_MOST_CAUTIONS]:
        telling.finding(each)
    return out[:_MOST_AVOIDED]


def _with_leave(options: Sequence[_Option]) -> list[_Option]:
    """Return the options of which it is recorded that such a patient may have them."""
    return [each for each in options if each.findings]


def _name(
    telling: Telling, head: str, options: Sequence[_Option], condition: str, turn: Turn
) -> None:
    names = list_names([each.medicine.name for each in options], turn.language)
    text = say(head, turn.language, a=names, b=condition)
    telling.together(text, [each.rule for each in options])


def _options(
    turn: Turn, rules: Rules, patient: Patient, target: NamedThing, wanted: frozenset[str]
) -> Iterator[_Option]:
    """Yield what is recorded for a condition, checked in the patient; each medicine once."""
    check = Check(rules, turn.language)
    ill = tuple(
        each for each in patient.conditions if set(target.entities).isdisjoint(each.entities)
    )
    other = replace(patient, conditions=ill)
    named = medicine_mentions(turn.asked.question, turn.asked.mentions)
    held = dict.fromkeys([*map(medicine_id, turn.patient.medicines), *map(medicine_id, named)])
    taken = [rules.medicine(id, turn.language) for id in held if id]
    taken = [one for one in taken if not rules.members(one, turn.language)]
    replaced = (
        set(map(medicine_id, named)) if cue("replaces").search(turn.asked.question) else set()
    )
    taken = [one for one in taken if one.id not in replaced]
    needed = [PARTS[part] for part in _NEED_RECORD if _is_told(patient, part)]
    seen: set[str] = set()
    for relation, rule in _facts(turn, target.entities, wanted):
        if rule.object in seen or rule.object in held:
            continue
        seen.add(rule.object)
        medicine = rules.medicine(rule.object, turn.language)
        if not replaced.isdisjoint(medicine.ids):
            continue
        found = check.patient(medicine, other)
        found += [each for one in taken for each in check.pair(medicine, one)]
        silent = next(
            (called for held_in, called in needed if not rules.of(medicine.ids, held_in)), ""
        )
        said = say(silent, turn.language) if silent else ""
        yield _Option(medicine, rule, relation == "first_line", tuple(found), said)


def _is_told(patient: Patient, part: str) -> bool:
    return patient.is_young if part == "child" else bool(getattr(patient, part))


def _merged(options: Iterable[_Option], language: Language) -> list[Finding]:
    """Return the gravest finding of each medicine; medicines of which the same is said as one."""
    gravest = [
        (min(each.findings, key=lambda one: (bool(one.missing), one.rank)), each.medicine.name)
        for each in options
    ]
    return join_same(gravest, language)
