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
}

SHARES = ("facts_present", "facts_supported", "cited", "declined", "general", "safety")
"""Measures of a round that are shares of what was counted."""


def name_of(measure: str) -> str:
    """Return the name of a measure; one that is not listed is told by its key."""
    return NAMES.get(measure, measure.replace("_", " "))
