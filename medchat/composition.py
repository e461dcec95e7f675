"""Connect `finetune` to `knowledge`, and both to the rules of a turn; neither may import them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.errors import FinetuneError
from finetune.text_tools import TextTools
from finetune.training.round_progress import Tick
from knowledge.records import Language, Progress
from knowledge.text.citations import cite, uncited
from knowledge.text.sentences import sentence_spans

if TYPE_CHECKING:
    from finetune.objectives.rewards import OpenReward, Reward
    from knowledge.lessons.facts.urgent_words import Emergency
    from medchat.settings import Settings

TEXT_TOOLS = TextTools(sentence_spans=sentence_spans, cite=cite, uncited=uncited)
"""The text functions that training takes from its caller."""


def training_tools(settings: "Settings") -> TextTools:
    """Return the text functions, with the proof against the home's graph for who asks for it."""

    @cache
    def opened() -> "OpenReward":
        from knowledge.index import generations
        from medchat import proof_reward
        from medchat.storage.database import open_engine

        engine = open_engine(settings)
        generation = generations.newest(engine)
        if generation is None:
            raise FinetuneError(
                "The home holds no knowledge against which answers could be proven.",
                where="settings.reward",
                remedy="Add some with `medchat kb add`, or run `medchat demo`.",
            )
        return proof_reward.opener(engine, generation)

    def open_reward(folder: Path) -> "Reward":
        return opened()(folder)

    return replace(TEXT_TOOLS, proof=open_reward)


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
