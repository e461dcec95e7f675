"""Say what each name in a message is to the patient: taken, had, denied, given up, or only asked.

message -> clauses, linked names -> (field, name) for what is told, and what is denied or given up

"On warfarin, can I add ibuprofen?" tells of warfarin; ibuprofen is only asked about.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.graph.linker import EntityMention
from medchat.answering.patient.allergies import Allergies
from medchat.answering.patient.cues import cue
from medchat.answering.patient_state import NamedThing
from medchat.answering.screening.rules import cue as screen_cue
from medchat.answering.screening.statements import Clause, clauses, is_denied

_NOT_NAMES = re.compile(
    "pregnan|妊娠|怀孕|breast-?feeding|哺乳|lactation|allerg|过敏$", re.IGNORECASE
)
"""What is a field of the state and no condition."""

_OWNER = re.compile("(?:her|his)\\b|[他她]")
"""Whose relatives are spoken of tells of the patient."""


Finder = Callable[[str], Iterable[EntityMention]]
"""What finds the names of a text: the linker's `find`."""


@dataclass(slots=True)
class Named:
    """The names that a message tells, and those that it denies or says were given up."""

    medicines: list[NamedThing] = field(default_factory=list)
    conditions: list[NamedThing] = field(default_factory=list)
    findings: list[NamedThing] = field(default_factory=list)
    absent: list[NamedThing] = field(default_factory=list)
    given_up: list[NamedThing] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """A clause, where it begins in the message, and where family is spoken of in it."""

    clause: Clause
    start: int
    family: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message in three forms of one length: as it came, simplified and plain, and folded."""

    original: str
    written: str
    text: str

    def name(self, start: int, end: int, entities: tuple[str, ...] = ()) -> NamedThing:
        """Return the words from one place to another as a name."""
        return NamedThing(self.original[start:end], entities)


def read_names(message: Message, find: Finder, allergies: Allergies, *, individual: bool) -> Named:
    """Return what a message tells by name."""
    found = Named()
    parts = [*_parts(message.text)]
    for mention in find(message.written):
        part = _part_of(mention, parts)
        if part is None or _NOT_NAMES.search(mention.text) or allergies.covers(mention.start):
            continue
        start, end = mention.start - part.start, mention.end - part.start
        if any(low <= start < high for low, high in part.family):
            continue
        name = message.name(mention.start, mention.end, mention.entities)
        kinds = {id.partition(":")[0] for id in mention.entities}
        if "medicine" in kinds:
            _take_medicine(found, name, part.clause, start, end, individual=individual)
        elif kinds & {"condition", "symptom", "factor"}:
            condition = mention.entities[0].startswith("condition:") or "symptom" not in kinds
            _take_condition(
                found, name, part.clause, start, end, condition=condition, individual=individual
            )
    return found


def without_family(text: str) -> str:
    """Return a folded message with blanks where it speaks of relatives of its patient."""
    signs = list(text)
    for part in _parts(text):
        for start, end in part.family:
            owner = _OWNER.match(text, part.start + start)
            first = owner.end() if owner else part.start + start
            signs[first : part.start + end] = " " * (part.start + end - first)
    return "".join(signs)


def _parts(text: str) -> Iterator[_Part]:
    """Yield the clauses of a message with their places."""
    place, own_kin = 0, bool(cue("self").search(text))
    for clause in clauses(text):
        place = text.index(clause.text, place)
        yield _Part(clause, place, tuple(_family(clause.text, own_kin=own_kin)))
        place += len(clause.text)


def _family(text: str, *, own_kin: bool) -> Iterator[tuple[int, int]]:
    """Yield where a clause speaks of relatives of the one whom the message is about."""
    patterns = [cue("family"), cue("own_kin")] if own_kin else [cue("family")]
    for pattern in patterns:
        for match in pattern.finditer(text):
            end = cue("family_end").search(text, match.end())
            yield match.start(), end.start() if end else len(text)


def _part_of(mention: EntityMention, parts: Sequence[_Part]) -> _Part | None:
    for part in parts:
        if part.start <= mention.start < part.start + len(part.clause.text):
            return part
    return None


def _take_medicine(
    found: Named, name: NamedThing, clause: Clause, start: int, end: int, *, individual: bool
) -> None:
    before, after = clause.text[:start], clause.text[end:]
    said, words = _last(before, ("taken", "spoken_of", "given_up_before", "formerly"))
    if (
        said == "given_up_before"
        or cue("given_up_after").search(after)
        or is_denied(clause, start, end)
    ):
        if not (clause.asks and not individual):
            found.given_up.append(name)
        return
    if cue("former").match(words) and screen_cue("past_after_en").search(after):
        return
    listed = individual and not clause.asks and not cue("person_topic").search(clause.text)
    taken = said == "taken" and (individual or not clause.asks)
    either = cue("set_against_before").search(before) or cue("set_against_after").search(after)
    if taken or (said == "" and listed and not either):
        found.medicines.append(name)


def _last(before: str, names: Iterable[str]) -> tuple[str, str]:
    """Return which of several cues ends last before a name, and its words: it governs the name."""
    best, words, where = "", "", (-1, -1)
    for name in names:
        for match in cue(name).finditer(before):
            place = (match.end(), match.end() - match.start())
            if place > where:
                best, words, where = name, match[0], place
    return best, words


def _take_condition(
    found: Named,
    name: NamedThing,
    clause: Clause,
    start: int,
    end: int,
    *,
    condition: bool,
    individual: bool,
) -> None:
    before, after = clause.text[:start], clause.text[end:]
    had = cue("has").search(before) is not None
    if clause.asks and not individual:
        return
    if cue("quit").search(before):
        return
    if cue("supposed").search(before) or cue("supposed_after").search(after):
        return
    if is_denied(clause, start, end):
        found.absent.append(name)
        return
    if cue("recovered").search(before) or cue("recovered").search(after):
        return
    if not individual and not had:
        return
    if condition:
        found.conditions.append(name)
    elif not (
        screen_cue("past_before_en").search(before)
        or screen_cue("past_after_en").search(after)
        or screen_cue("past_before_zh").search(before)
        or clause.asks
    ):
        found.findings.append(name)
