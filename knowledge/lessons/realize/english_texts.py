"""Choose the words that introduce an English text of a graph, by what kind of text it is.

introductions of a relation + text -> those that it goes on from, and the text as it stands there

A clause goes on after a comma, an instruction after "to prevent gout,", what is "used" or "avoided"
after a verb, and a fragment after a colon.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.lessons.realize import letter_case

_INSTRUCTS = re.compile(
    r"(?:Wash|Have|Use|Avoid|Complete|Keep|Take|Get|Stop|Eat|Drink|Cover|Wear|Limit|Treat|Clean|"
    r"Do not|Vaccinate|Check|Protect|Rinse|Brush|Change|Quit|Start|Halve|Lower|Lengthen|Leave|"
    r"Watch|Pause|Dose) ",
    re.IGNORECASE,
)
_USED = re.compile(
    r"(?:(?:not|usually|best|only|often|never|rarely|generally|mostly|commonly) )*(?:to be )?"
    r"(?:used|avoided|recommended|continued|contraindicated|given|preferred|reserved|stopped|"
    r"dosed)\b",
    re.IGNORECASE,
)
_ABLE = re.compile(r"(?:can|may|might|should|must) ", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|can|may|might|should|must|need|needs|cannot|do|does|falls?|rises?|"
    r"prevents?|protects?|lowers?|reduces?|raises?|helps?|spreads?|cross(?:es)?|harms?|adds?|passes|"
    r"slows?|causes?|finds?|makes?|keeps?|leads?|increases?|affects?|accumulates?|occurs?)\b"
)
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where|when|as|than|if|because|since|after)\b|;")
_NO_SUBJECT = re.compile(
    r"(?:no more|not|only|by|below|above|little experience|no change|up to|at most|for|in|under)\b",
    re.IGNORECASE,
)
_USED_END, _ABLE_END = "<is|are>", "{s}"


PEOPLE = re.compile(
    r"^(?:children|newborn|infants?|bab(?:y|ies)|people|women|men|neonates|patients|adults|anyone|"
    r"those|nursing|breastfeeding women|pregnant)\b|\b(?:carriers|patients|people|women|users)$",
    re.IGNORECASE,
)
_IN_CASE = re.compile(r"in cases of|where there|if there|in the presence of|with \{o\}")
_GIVEN_TO = re.compile(r"(?:contraindicated in|given to) \{o\}")
"""Names of people who are not given a medicine, and sentences for an illness and for people."""


class Introduced(NamedTuple):
    """Introductions that a text goes on from, and how it is written there."""

    intros: tuple[str, ...]
    said: str


def is_clause(text: str) -> bool:
    """Say whether a text is a sentence with a subject and a verb of its own.

    >>> is_clause("repeated doses can make the infant drowsy"), is_clause("renal function")
    (True, False)
    >>> is_clause("lower the dose"), is_clause("avoided near term"), is_clause("no more than 10 mg")
    (False, False, False)
    """
    if any(each.match(text) for each in (_INSTRUCTS, _USED, _ABLE, _NO_SUBJECT)):
        return False
    verb = _VERB.search(text)
    return verb is not None and verb.start() > 0 and not _RELATIVE.search(text[: verb.start()])


def instructs(text: str) -> bool:
    """Say whether a text tells somebody to do something.

    >>> instructs("halve the dose in liver disease"), instructs("avoided in liver disease")
    (True, False)
    """
    return _INSTRUCTS.match(text) is not None


def fitting_intros(intros: Sequence[str], text: str) -> Introduced:
    """Return the introductions that a text goes on from.

    >>> fitting_intros(["on {s} in pregnancy:", "in pregnancy, {s} <is|are>"], "Avoided.").intros
    ('in pregnancy, {s} <is|are>',)
    """
    if is_clause(text):
        fit = [each for each in intros if each.endswith(",") and not each.startswith("to ")]
    elif _USED.match(text):
        fit = [each for each in intros if each.endswith(_USED_END)]
    elif _ABLE.match(text):
        fit = [each for each in intros if each.endswith(_ABLE_END)]
    elif _INSTRUCTS.match(text):
        fit = [each for each in intros if each.startswith("to ") and each.endswith(",")]
    else:
        fit = []
    if fit:
        return Introduced(tuple(fit), lower_first(text))
    ends = (",", _USED_END, _ABLE_END)
    return Introduced(
        tuple(each for each in intros if not each.endswith(ends)) or tuple(intros), text
    )


def are_mixed(names: Sequence[str]) -> bool:
    """Say whether a list holds people and illnesses, which no one sentence fits.

    >>> are_mixed(["gout", "newborn babies"]), are_mixed(["gout"])
    (True, False)
    """
    return len({PEOPLE.search(name) is not None for name in names}) > 1


def fit_to_people(templates: Sequence[str], names: Sequence[str]) -> Sequence[str]:
    """Return the templates that fit a list of illnesses, or of people, who are not "there".

    >>> fit_to_people(["not where there is {o}.", "not given to {o}."], ["children under 2 years"])
    ['not given to {o}.']
    """
    people = [PEOPLE.search(name) is not None for name in names]
    wrong = _IN_CASE if any(people) else _GIVEN_TO
    fit = [each for each in templates if not wrong.search(each)]
    if any(people) and not all(people):  # neither fits a mixed list
        fit = [each for each in fit if not _GIVEN_TO.search(each)]
    return fit or templates


def lower_titled(text: str) -> str:
    """Return a text that begins with what it is on, as it stands within a sentence.

    >>> lower_titled("Stroke: Not within six months.")
    'stroke: not within six months.'
    """
    return ": ".join(lower_first(part) for part in text.split(": "))


def lower_first(text: str) -> str:
    """Return a text with its first word small, unless it is a proper name or an acronym."""
    first = re.split(r"[ ,;:]", text, maxsplit=1)[0]
    return (
        text
        if first.isupper() and len(first) > 1
        else letter_case.lower_first_word(text, {first.lower()})
    )
