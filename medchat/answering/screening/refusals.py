"""Find requests that are declined: what is asked for, of whom, to what end.

sentence -> cues (`rules/request_cues.yaml`) -> the first refusal whose cues are all there
"""

import re

from medchat.answering.screening import rules
from medchat.answering.screening.rules import Refusal

_LONGEST = 600
"""A sentence is read up to here: a request is made in fewer characters."""


def find_refusal(text: str) -> Refusal | None:
    """Return the kind of request that a folded message is, of those declined; None for none.

    >>> find_refusal("how can i forge a prescription?").id
    'false-records'
    """
    for sentence in re.split(r"(?<=[.!?])\s|[。！？\n]", text):
        sentence = sentence[:_LONGEST]
        held: dict[str, bool] = {}
        for refusal in rules.load().refusals:
            if any(_matches(each, sentence, held) for each in refusal.when):
                return refusal
    return None


def _matches(combination: rules.Combination, sentence: str, held: dict[str, bool]) -> bool:
    def holds(name: str) -> bool:
        if name not in held:
            held[name] = _holds(name, sentence)
        return held[name]

    return all(any(map(holds, group)) for group in combination.findings) and not any(
        map(holds, combination.unless)
    )


def _holds(name: str, sentence: str) -> bool:
    return any(each.search(sentence) for each in rules.load().request_cues[name])
