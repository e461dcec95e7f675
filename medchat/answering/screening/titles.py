"""Title a conversation by its first question, without what nobody else should read in a list.

question without private details -> title | "Conversation of 2026-11-29"
"""

import time
from collections.abc import Mapping

from knowledge.records import Language
from medchat.answering.screening.rules import cue
from medchat.answering.screening.statements import fold

_NEUTRAL: Mapping[Language, str] = {"en": "Conversation of {date}", "zh": "{date} 的对话"}


def title(question: str, language: Language, *, fixed: bool) -> str:
    """Return the title of a conversation that a question without private details begins.

    A neutral one where the question had a `fixed` reply, or speaks of self-harm.
    """
    if fixed or not question or cue("untitled").search(fold(question)):
        return _NEUTRAL[language].format(date=time.strftime("%Y-%m-%d"))
    return question
