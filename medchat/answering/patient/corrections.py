"""Read a correction of what is known of the patient as the statement that it stands for.

"I meant 76 not 67" -> "76 years old" where the age was 67; "COPD not asthma" -> "COPD, no asthma"
"""

import re

from medchat.answering.patient.cues import cue
from medchat.answering.patient_state import PatientState

_AGE = "age"


def as_statement(message: str, before: PatientState) -> str:
    """Return a message in which a correction is told in full; another message as it is.

    >>> as_statement("actually 76", PatientState(age=67))
    'patient is 76 years old'
    >>> as_statement("sorry, COPD not asthma", PatientState(age=67))
    'patient has COPD, no asthma'
    """
    if before.is_empty or cue("request").search(message.casefold()):
        return message
    return _number(message, before) or _swapped(message) or message


def whole_words(message: str) -> str:
    """Return a message with the Chinese words whole that an aspect sign parts: 中过风 -> 中风."""
    return cue("split_word").sub(r"\1\2", message)


def _number(text: str, before: PatientState) -> str | None:
    """Return what a bare number corrects; None where it is not clear which fact it is of."""
    match = cue("corrected_number").match(text)
    if match is None:
        return None
    parts = match.groupdict()
    new = next(parts[name] for name in ("new", "new2", "new3", "new4") if parts[name])
    old = next((parts[name] for name in ("old", "old2", "old3", "old4") if parts[name]), None)
    known = {name: value.value for name, value in before.measurements.items()}
    if before.age is not None:
        known[_AGE] = f"{before.age:g}"
    names = [name for name, value in known.items() if old is None or float(value) == float(old)]
    if len(names) > 1 and old is None:
        names = [name for name in names if sorted(known[name]) == sorted(new)]
    if len(names) != 1:
        return None
    if names[0] == _AGE:
        return f"patient is {new} years old" if 0 < float(new) < 125 else None
    return f"{names[0]} {new} {before.measurements[names[0]].unit}"


def _swapped(text: str) -> str | None:
    """Return "A, not B" as what is there and what is not."""
    match = cue("corrected_name").match(text)
    if match is None:
        return None
    parts = {name: value.strip() for name, value in match.groupdict().items() if value}
    if "en_new" in parts and "en_old" in parts:
        return f"patient has {parts['en_new']}, no {parts['en_old']}"
    new, old = (
        parts.get("zh_new") or parts.get("zh_new2"),
        parts.get("zh_old") or parts.get("zh_old2"),
    )
    return f"患者有{new}，没有{old}" if new and old else None


def is_of_another(text: str) -> bool:
    """Say whether a folded message tells that somebody else is allergic, not the patient."""
    return re.search(cue("not_the_patient"), text) is not None
