"""Connect `finetune` to `knowledge`, and both to the rules of a turn; neither may import them."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from finetune.round_progress import Tick
from finetune.text_tools import TextTools
from knowledge.records import Language, Progress
from knowledge.text.citations import cite, uncited
from knowledge.text.sentences import sentence_spans

if TYPE_CHECKING:
    from knowledge.lessons.facts.urgent_words import Emergency

TEXT_TOOLS = TextTools(sentence_spans=sentence_spans, cite=cite, uncited=uncited)
"""The text functions that training takes from its caller."""


def report_ticks(report: Progress) -> Callable[[Tick], None]:
    """Return a function that reports the ticks of a round as steps."""
    return lambda tick: report(tick.name, tick.done, tick.total)


@lru_cache(maxsize=1 << 12)
def find_urgent(messages: tuple[str, ...], language: Language) -> "tuple[Emergency, ...]":
    """Return the emergencies that a user's messages suggest, by the rules of the turn's screen.

    Each message is screened with those before it; what any of them suggests counts.
    """
    from knowledge.lessons.facts.urgent_words import Emergency
    from medchat.answering.screening.screen import find_emergencies

    found = {
        each.emergency.id: each.emergency
        for place, message in enumerate(messages)
        for each in find_emergencies(message, messages[:place], language)
    }
    return tuple(
        Emergency(id, each.name[language], each.act[language]) for id, each in found.items()
    )
