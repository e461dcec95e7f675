"""Answer which medicines are out in a condition, interact with one, or share an effect.

    Turn -> a question for a list, or for a limit -> rules of the graph -> Lead, classes first

"Which drugs are bad in gout?", "什么药和华法林有相互作用", "at which eGFR is metformin stopped?"
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.text.names import language_of, normalise
from medchat.answering.answer import Severity
from medchat.answering.leads import Lead, Turn
from medchat.answering.medication.medication_findings import holds
from medchat.answering.medication.medication_rules import Medicine, Rule, Rules
from medchat.answering.medication.medication_telling import Telling
from medchat.answering.medication.medicine_wording import cue, edible, say, topics
from medchat.answering.medication.patient import (
    ADULT,
    OLDER,
    PARTS,
    Patient,
    medicine_id,
    medicine_mentions,
    read_patient,
)
from medchat.answering.patient_state import NamedThing

_MOST = 60
"""So many medicines of one severity are named; the rest are counted."""

_COLON = re.compile("[:：]")


@dataclass(frozen=True, slots=True)
class _Item:
    """A medicine of a list, the rule that puts it there, and when that holds."""

    id: str
    name: str
    rule: Rule
    when: str = ""


def list_medicines(turn: Turn) -> Lead | None:
    """Return the list or the limit that a message asks for, or None where it asks for none."""
    text = turn.asked.question
    if cue("research").search(text):
        return None
    rules = Rules(turn.search.graph)
    medicines = [
        rules.medicine(id, turn.language, each.text)
        for each in medicine_mentions(text, turn.asked.mentions)
        if (id := medicine_id(each))
    ]
    patient = read_patient(text, turn.asked.mentions, turn.patient, turn.search.linker)
    alone = len(medicines) == 1 and len(turn.asked.mentions) <= 1
    if alone and not turn.asked.relations and cue("members_of").search(text):
        return _members(turn, rules, medicines[0].id)
    if len(medicines) == 1 and "conditions" not in patient.told_now:
        if cue("threshold").search(text) and patient.egfr is None:
            return _limits(turn, rules, medicines[0])
        unknown = any(name.worded for name in turn.asked.exact)
        of_class = bool(turn.asked.classes and cue("which_medicines").search(text))
        if (of_class or cue("interactions_of").search(text)) and not unknown:
            members = turn.asked.members if turn.asked.classes else ()
            return _interactions(turn, rules, medicines[0], frozenset(members))
    groups = {one.id: {each.id for each in rules.members(one, turn.language)} for one in medicines}
    if not all(groups.values()) or not cue("which_medicines").search(text):
        return None
    wanted = frozenset(id for group, members in groups.items() for id in (group, *members))
    for name, pattern in topics().items():
        if pattern.search(text) and (id := rules.named(name)):
            return _members(turn, rules, id)
    if not (cue("not_given").search(text) or cue("is_safe").search(text)):
        return None
    wanted |= set(turn.asked.members) if turn.asked.classes else set()
    if cue("vaccines").search(text) and (live := rules.named("live vaccines")):
        wanted |= {live}
    return _by_patient(turn, rules, patient, wanted) or _by_condition(turn, rules, patient, wanted)


def _limits(turn: Turn, rules: Rules, medicine: Medicine) -> Lead | None:
    """Return at which function of the kidney a medicine is stopped, or given otherwise."""
    found = [rule for rule in rules.of(medicine.ids, "renal") if rule.conditions]
    own = [rule for rule in found if rule.subject == medicine.id]
    telling = Telling(turn.search.graph, turn.language)
    for rule in own or found:
        about = say("below", turn.language, a=medicine.name, value=_number(rule))
        how = "avoid" if rule.severity == "serious" else "caution"
        telling.rule(
            say(how, turn.language, about=about, words=rule.words(turn.language)).strip(), rule
        )
    told = telling.told()
    return Lead(told=told, complete=True) if told else None


def _interactions(
    turn: Turn, rules: Rules, medicine: Medicine, wanted: frozenset[str]
) -> Lead | None:
    """Return what a medicine and its classes interact with, by how severe that is."""
    foods: set[str] = set()
    if cue("asks_food").search(turn.asked.question):
        foods = {rules.named(name) for name in edible()}
    items: dict[str, _Item] = {}
    for rule in rules.of(medicine.ids, "interaction"):
        other = rule.object if rule.subject in medicine.ids else rule.subject
        if not other or other in medicine.ids or not _is_of(rules, other, wanted):
            continue
        if not foods or other in foods:
            items.setdefault(other, _Item(other, rules.name(other, turn.language), rule))
    for rule in () if foods or wanted else rules.of(medicine.classes, "duplication"):
        name = say("others_of", turn.language, a=rules.name(rule.subject, turn.language))
        items.setdefault(rule.subject, _Item(rule.subject, name, rule))
    heads = {"serious": "list_avoid_with", "caution": "list_care_with", "info": "list_note_with"}
    return _told(turn, rules, items.values(), heads, a=medicine.name)


def _members(turn: Turn, rules: Rules, id: str) -> Lead | None:
    """Return the members of a class of medicines of one effect, and what is said of two of them."""
    language = turn.language
    found = rules.of([id], "member")
    names = [rules.name(rule.object, language) for rule in found if rule.object]
    if not names:
        return None
    telling = Telling(turn.search.graph, language)
    group = rules.name(id, language)
    text = say("list_members", language, a=_capital(group), names=_join(names, turn))
    telling.rule(text, *found)
    for rule in rules.of([id], "duplication")[:1]:
        telling.rule(say("list_two", language, words=rule.words(language)), rule)
    return Lead(told=telling.told(), complete=True)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:] if name[:1].isascii() else name


def _by_patient(turn: Turn, rules: Rules, patient: Patient, wanted: frozenset[str]) -> Lead | None:
    """Return what is out, needs care or may be used in pregnancy, childhood or organ failure."""
    told = patient.told_now - ({"age"} if (patient.age or 0) >= ADULT else set())
    if "age" in patient.told_now - told and (patient.age or 0) >= OLDER:
        told |= {"older"}
    part = next((each for each in PARTS if each in told), "")
    ill = any(condition.entities for condition in patient.conditions)
    if not part or (ill and part not in ("pregnant", "breastfeeding", "kidney")):
        return None
    relation, called = PARTS[part]
    items: dict[str, _Item] = {}
    subjects = dict.fromkeys(id for id, _ in turn.search.graph.texts([relation]))
    for id in subjects:
        if not _is_of(rules, id, wanted):
            continue
        for rule in rules.of([id], relation):
            timed = relation != "precaution" or rule.conditions
            if timed and rule.level and holds(rule, patient) is not None:
                item = _Item(id, rules.name(id, turn.language), rule, _when(rule, patient, turn))
                items.setdefault(id, item)
    heads = {"serious": "list_avoid", "caution": "list_care", "info": "list_may"}
    if cue("not_given").search(turn.asked.question):
        del heads["info"]
    else:
        heads = dict(reversed(heads.items()))
    return _told(turn, rules, items.values(), heads, a=say(called, turn.language))


def _by_condition(
    turn: Turn, rules: Rules, patient: Patient, wanted: frozenset[str]
) -> Lead | None:
    """Return what the first condition that forbids medicines forbids, and asks care for."""
    if not cue("not_given").search(turn.asked.question):
        return None
    for condition in patient.conditions:
        items = _against(turn, rules, condition, wanted)
        if items:
            shown = condition.text
            if language_of(shown) != turn.language:
                shown = rules.name(condition.entities[0], turn.language)
            heads = {"serious": "list_avoid", "caution": "list_care"}
            return _told(turn, rules, items.values(), heads, a=shown)
    return None


def _against(
    turn: Turn, rules: Rules, condition: NamedThing, wanted: frozenset[str]
) -> dict[str, _Item]:
    """Return the medicines that a condition forbids, or asks care for, by their ids."""
    graph, language = turn.search.graph, turn.language
    names = {name for id in condition.entities for name in rules.names(id)}
    items: dict[str, _Item] = {}
    for id in condition.entities:
        for fact in graph.inverse(id, "contraindication"):
            for rule in rules.of([fact.subject], "contraindication"):
                if rule.object == id and _is_of(rules, fact.subject, wanted):
                    strict = rule if rule.level else Rule(rule.fact, ("avoid",))
                    name = rules.name(fact.subject, language)
                    items.setdefault(fact.subject, _Item(fact.subject, name, strict))
    for id, text in graph.texts(["precaution"]):
        openings = {normalise(_COLON.split(line)[0]) for line in text.split("\n")}
        if id in items or names.isdisjoint(openings):
            continue
        for rule in rules.of([id], "precaution"):
            if normalise(rule.about) in names and _is_of(rules, id, wanted):
                items.setdefault(id, _Item(id, rules.name(id, language), rule))
    return items


def _told(
    turn: Turn, rules: Rules, items: Iterable[_Item], heads: Mapping[str, str], *, a: str
) -> Lead | None:
    """Return a list as sentences, one for each severity, each medicine with its fact."""
    held = {item.id: item for item in items}
    telling = Telling(turn.search.graph, turn.language)
    for severity, head in heads.items():
        chosen = list(_without_members(rules, held, severity, turn))
        if chosen:
            named = [(item.name + item.when, item.rule) for item in chosen[:_MOST]]
            rest = str(len(chosen) - _MOST) if len(chosen) > _MOST else ""
            telling.listed(say(head, turn.language, a=a), named, rest)
    told = telling.told()
    return Lead(told=told, complete=True) if told else None


def _without_members(
    rules: Rules, held: Mapping[str, _Item], severity: Severity | str, turn: Turn
) -> Iterator[_Item]:
    """Yield the medicines of a severity, classes first, without members of a class that is named.

    A member is named where more holds for it than for its class.
    """
    chosen = [item for item in held.values() if item.rule.severity == severity]
    groups = {item.id for item in chosen if rules.of([item.id], "member")}
    yield from (item for item in chosen if item.id in groups)
    for item in chosen:
        classes = rules.medicine(item.id, turn.language).classes
        above = [held[id].rule.rank for id in classes if id in held]
        if item.id not in groups and all(item.rule.rank < rank for rank in above):
            yield item


def _is_of(rules: Rules, id: str, wanted: frozenset[str]) -> bool:
    """Say whether a medicine or class is one of those that a message asks about, if of some."""
    return (
        not wanted
        or id in wanted
        or any(rule.object in wanted for rule in rules.of([id], "member"))
    )


def _when(rule: Rule, patient: Patient, turn: Turn) -> str:
    """Return the condition of a rule in brackets, where the patient's value is not known."""
    if not rule.conditions or (patient.trimester if "trimester" in rule.conditions[0] else False):
        return ""
    name, _, value = rule.conditions[0].partition(" ")
    known = {"age": patient.age, "egfr": patient.egfr}.get(name)
    if known is not None:
        return ""
    key = f"when_{name}" if name != "trimester" else f"when_trimester_{value}"
    return say(key, turn.language, value=value)


def _number(rule: Rule) -> str:
    return rule.conditions[0].rpartition(" ")[2]


def _join(names: Sequence[str], turn: Turn) -> str:
    return ("、" if turn.language == "zh" else ", ").join(names)
