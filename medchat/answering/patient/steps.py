"""Say what a message changed of what is known of the patient, before anything is looked up.

Turn -> what was taken back or contradicted; the reply to a message that only tells -> Lead
"""

from knowledge.search.searcher import Search
from knowledge.text.names import language_of
from medchat.answering.answer import Language, Sentence
from medchat.answering.answer_check import CheckedAnswer
from medchat.answering.leads import Lead, Turn
from medchat.answering.patient import patient_wording as wording
from medchat.answering.patient.patient_wording import Namer
from medchat.answering.patient_state import NamedThing, PatientState


def say_changes(turn: Turn) -> Lead | None:
    """Say what the message took back or contradicts, where it asks for something as well."""
    if turn.reading is None or _only_tells(turn):
        return None
    said = wording.changes(turn.reading, turn.language, namer(turn.search))
    return _lead(said, complete=False) if said else None


def acknowledge(turn: Turn) -> Lead | None:
    """Reply to a message that only tells of the patient: what is known now."""
    if turn.reading is None or not _only_tells(turn):
        return None
    said = wording.acknowledge(turn.reading, turn.language, namer(turn.search))
    return _lead(said, complete=True)


def about(patient: PatientState, language: Language, search: Search) -> str:
    """Return what is known in a line, its names in the language of the question."""
    return wording.about(patient, language, namer(search))


def namer(search: Search) -> Namer:
    """Return what says the name of a thing in a language: the base's where it was another's."""

    def say(thing: NamedThing, language: Language) -> str:
        if language_of(thing.text) == language or not thing.entities:
            return thing.text
        known = search.graph.entities(thing.entities[:1])
        return next((each.name(language) for each in known.values()), thing.text)

    return say


def _only_tells(turn: Turn) -> bool:
    """Say whether a message is answered by what is known: findings are looked up, danger too."""
    reading = turn.reading
    if reading is None or not reading.only_tells or turn.urgent or reading.told.findings:
        return False
    # a misspelt request is one too: "treatmnt of malarria"
    return not (turn.asked.readings and turn.asked.relations)


def _lead(said: str, *, complete: bool) -> Lead:
    return Lead(CheckedAnswer((Sentence(said, (), "none", 0.0),), ()), complete=complete)
