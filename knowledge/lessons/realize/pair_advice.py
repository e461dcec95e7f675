"""Find what a graph advises on a pair of medicines, and say how the two interact beside it.

    page + interaction -> its own advice, if there is any -> sentence on the level + that advice

A sentence on what is usual at a level may say the opposite of what is advised on one pair: where
there is advice, only the level is stated before it.
"""

import re
from collections.abc import Sequence

from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import InteractionsWords
from knowledge.records import Language

ADVICE = "interaction_advice"

_ORDER = re.compile(
    r"(?:[:;,.]|\band|\bor) (?:choose|use|check|halve|lower|reduce|raise|adjust|measure|monitor|"
    r"give|start|stop|leave|watch|limit|replace|switch|keep|add|space|separate|wait|"
    r"avoid unless)\b|\bECG\b|\bINR\b|\bcreatinine\b",
    re.IGNORECASE,
)
"""How a text tells a prescriber what to do."""

_ALCOHOL = ("alcohol", "酒精")
_FORBIDDING = ("contraindicated", "major")

_TITLE_END = re.compile("[:：]")


def find(page: FactPage, item: PageFact, relation: str = ADVICE) -> PageFact | None:
    """Return the text that advises on a medicine together with what it interacts with, or meets."""
    names = {each.casefold() for each in (item.text, item.said, *item.names)}
    for text in page.text_facts(relation):
        title, *rest = _TITLE_END.split(text.text, maxsplit=1)
        if rest and title.strip().casefold() in names:
            return text
    return None


def on_alcohol(page: FactPage, items: Sequence[PageFact]) -> tuple[PageFact, ...]:
    """Return what is advised on alcohol, where it stands among interactions that forbid it.

    It is no medicine whose dose somebody adjusts: whoever is told of it is told not to drink.
    """
    drunk = [each for each in items if each.text in _ALCOHOL and each.level in _FORBIDDING]
    return tuple(advice for each in drunk if (advice := find(page, each)))


def distinct(texts: Sequence[PageFact]) -> tuple[PageFact, ...]:
    """Return those of some texts that do not advise the same as one before, on another pair."""
    kept: dict[str, PageFact] = {}
    for text in texts:
        kept.setdefault(_TITLE_END.split(text.text, maxsplit=1)[-1].strip(), text)
    return tuple(kept.values())


def is_order(advice: PageFact, language: Language) -> bool:
    """Say whether an English advice tells a prescriber what to do, and not who takes both.

    >>> is_order(PageFact("f", "warfarin: check the INR.", ""), "en")
    True
    """
    return language == "en" and _ORDER.search(advice.text) is not None


def sentences(
    page: FactPage,
    item: PageFact,
    usual: Sequence[str],
    advice: PageFact | None,
    *,
    reviewed: bool = False,
) -> Sequence[str]:
    """Return the templates for an interaction: the `usual` ones unless the pair has advice.

    Who takes both is told not to without asking; who has them `reviewed` is told the level.
    """
    if advice is None or item.level in ("", "contraindicated"):
        return usual
    words = load(InteractionsWords, page.language)
    return words.with_subject[item.level] if reviewed else words.answer[item.level][1:]
