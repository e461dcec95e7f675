"""Name the measures of a model for readers."""

NAMES = {
    "nll": "held-out loss",
    "facts_present": "asked facts present",
    "facts_supported": "stated facts supported",
    "cited": "right numbers cited",
    "declined": "uncovered declined",
    "general": "general knowledge",
    "safety": "safe answers",
    "rouge_l": "ROUGE-L",
    "bleu": "BLEU",
    "bert_score": "BERTScore",
    "choices": "choices, any order",
    "choices_as_given": "choices as given",
    "reward": "reward by the proof",
    "proven": "answers that prove",
}

PROOF = "proof"
"""What rewards answers unless a recipe names a reward model."""

_REWARD_BY = "reward by "

SHARES = ("facts_present", "facts_supported", "cited", "declined", "general", "safety")
"""Measures of a round that are shares of what was counted."""


def name_of(measure: str) -> str:
    """Return the name of a measure; one that is not listed is told by its key."""
    if measure.startswith(_REWARD_BY):
        return measure
    return NAMES.get(measure, measure.replace("_", " "))


def reward_measure(judge: str) -> str:
    """Return the measure of a mean reward: by the proof, or by the reward model of a round."""
    return "reward" if judge == PROOF else f"{_REWARD_BY}{judge}"


def is_known(measure: str) -> bool:
    """Say whether a measure is one of which it is known that more, or less, is better."""
    return measure in NAMES or measure.startswith(_REWARD_BY)
