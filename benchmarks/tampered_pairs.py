"""The ways in which `tampering` changes one preference pair; the check of pairs alone judges it."""

import random
from collections.abc import Callable, Sequence

from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans

Pair = dict[str, str]
PairChange = Callable[[Lesson, Pair, random.Random, Sequence[Pair]], Pair | None]

_DROPS = ("missed urgency", "correct but unsafe", "missed red flag")


def kind_of(pair: Pair) -> str:
    """Return the kind of a pair."""
    return pair["why"].partition(":")[0]


def _sides(row: Lesson, pair: Pair, pick: random.Random, others: Sequence[Pair]) -> Pair:
    return {**pair, "chosen": pair["rejected"], "rejected": pair["chosen"]}


def _equal(row: Lesson, pair: Pair, pick: random.Random, others: Sequence[Pair]) -> Pair:
    return {**pair, "rejected": pick.choice(("", " ")) + pair["chosen"].replace("  ", " ")}


def _put_back(row: Lesson, pair: Pair, pick: random.Random, others: Sequence[Pair]) -> Pair | None:
    """Put the sentences that matter back into the rejected answer."""
    if kind_of(pair) not in _DROPS:
        return None
    chosen, support = pair["chosen"], row.meta.get("support")
    spans = sentence_spans(chosen)
    if not isinstance(support, list) or len(support) != len(spans):
        return None
    gone = [chosen[start:end] for start, end in spans if chosen[start:end] not in pair["rejected"]]
    joint = " " if row.language == "en" else ""
    return {**pair, "rejected": pair["rejected"] + joint + joint.join(gone)} if gone else None


def _whole_list(
    row: Lesson, pair: Pair, pick: random.Random, others: Sequence[Pair]
) -> Pair | None:
    """Leave out a closing sentence in place of facts."""
    start = sentence_spans(pair["chosen"])[-1][0]
    rejected = pair["chosen"][:start].rstrip()
    if kind_of(pair) != "incomplete" or not rejected:
        return None
    return {**pair, "rejected": rejected}


def _own_words(row: Lesson, pair: Pair, pick: random.Random, others: Sequence[Pair]) -> Pair | None:
    """Put a sentence of care into an answer that is to be worse."""
    said = {"en": "Please see a doctor today.", "zh": "请今天就去看医生。"}[row.language]
    if kind_of(pair) not in (*_DROPS[:2], "incomplete", "needless refusal", "missed warning"):
        return None
    return {**pair, "rejected": f"{pair['rejected']} {said}"}


def _certainty_gone(
    row: Lesson, pair: Pair, pick: random.Random, others: Sequence[Pair]
) -> Pair | None:
    if kind_of(pair) != "overconfident":
        return None
    start = sentence_spans(pair["rejected"])[-1][0]
    return {**pair, "rejected": pair["rejected"][:start].rstrip()}


def _other_kind(
    row: Lesson, pair: Pair, pick: random.Random, others: Sequence[Pair]
) -> Pair | None:
    """Name the reason of another pair."""
    why = pick.choice(others)["why"]
    kinds = {kind_of(pair), why.partition(":")[0]}
    # What leaves out all that is urgent leaves out its warnings, too.
    true = len(kinds) == 1 or kinds <= set(_DROPS)
    return None if true else {**pair, "why": why}


def _other_answer(
    row: Lesson, pair: Pair, pick: random.Random, others: Sequence[Pair]
) -> Pair | None:
    """Choose the answer of another row."""
    other = pick.choice(others)
    return {**pair, "chosen": other["chosen"]} if other["chosen"] != pair["chosen"] else None


def _other_rejected(
    row: Lesson, pair: Pair, pick: random.Random, others: Sequence[Pair]
) -> Pair | None:
    """Reject what another row answers rightly."""
    other = pick.choice(others)
    if other["chosen"] == pair["chosen"] or kind_of(pair) == "missed red flag":
        return None
    return {**pair, "rejected": other["chosen"]}


def _other_prompt(
    row: Lesson, pair: Pair, pick: random.Random, others: Sequence[Pair]
) -> Pair | None:
    other = pick.choice(others)
    return {**pair, "prompt": other["prompt"]} if other["prompt"] != pair["prompt"] else None


PAIRS: dict[str, PairChange] = {
    "pair with its sides exchanged": _sides,
    "pair whose sides say the same": _equal,
    "pair with what was left out put back": _put_back,
    "pair with a whole list rejected": _whole_list,
    "pair with advice in what is rejected": _own_words,
    "pair without the certainty": _certainty_gone,
    "pair of another kind": _other_kind,
    "pair with another answer chosen": _other_answer,
    "pair with another answer rejected": _other_rejected,
    "pair with another prompt": _other_prompt,
}
"""Each way to change a pair; it returns None where a pair does not carry it."""
