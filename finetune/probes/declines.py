"""Tell whether an answer says that the evidence does not cover the question.

answer -> no citation in it, and a phrase of declines.yaml
"""

import re
from functools import cache
from importlib import resources

import yaml

from finetune.templates import rendering
from finetune.templates.rendering import Language

_CITATION = re.compile(r"\[\d+\]")


def declines(text: str, language: Language) -> bool:
    """Return whether a text declines: it cites nothing and says that nothing is covered."""
    if _CITATION.search(text):
        return False
    return rendering.NOT_COVERED[language].rstrip("。.") in text or bool(
        _phrases(language).search(text)
    )


@cache
def _phrases(language: Language) -> re.Pattern[str]:
    with (
        resources.files("finetune.probes").joinpath("declines.yaml").open(encoding="utf-8") as file
    ):
        phrases = yaml.load(file, Loader=yaml.CSafeLoader)[language]
    return re.compile("|".join(f"(?:{one})" for one in phrases), re.IGNORECASE)
