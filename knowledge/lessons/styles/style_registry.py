"""List every style of lesson by name, and declare what the module of a style provides."""

import random
from typing import Protocol

from knowledge.lessons.facts.fact_page import FactPage, PageKind
from knowledge.lessons.styles import (
    chatdoctor,
    dialogue,
    grounded,
    huatuo,
    knowledge_call,
    literature,
    multi_hop,
    preference,
    safety,
    tools,
    vignette,
)
from knowledge.records import Lesson


class Style(Protocol):
    """What the module of a style provides."""

    @property
    def NAME(self) -> str:
        """The name, as the command line takes it."""

    @property
    def PAGE_KINDS(self) -> tuple[PageKind, ...]:
        """What its pages describe."""

    def topics(self, page: FactPage) -> dict[str, tuple[str, ...]]:
        """Return the topics of a page, and the forms of a lesson on each."""

    def write(self, page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
        """Write one lesson, or none if the page has too few facts."""


STYLES: dict[str, Style] = {
    chatdoctor.NAME: chatdoctor,
    huatuo.NAME: huatuo,
    grounded.NAME: grounded,
    vignette.NAME: vignette,
    multi_hop.NAME: multi_hop,
    dialogue.NAME: dialogue,
    literature.NAME: literature,
    knowledge_call.NAME: knowledge_call,
    tools.NAME: tools,
    safety.NAME: safety,
    preference.NAME: preference,
}
