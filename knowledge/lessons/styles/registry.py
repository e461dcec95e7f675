"""List every style of lesson by name, and declare what the module of a style provides."""

import random
from typing import Literal, Protocol

from knowledge.lessons.facts.pages import Page
from knowledge.lessons.styles import (
    chatdoctor,
    dialogue,
    grounded,
    huatuo,
    knowledge_call,
    literature,
    preference,
    safety,
    tools,
    vignette,
)
from knowledge.records import Lesson

Supply = Literal["entities", "documents", "formulas"]


class Style(Protocol):
    """What the module of a style gives."""

    @property
    def NAME(self) -> str:
        """Its name, as the command line takes it."""

    @property
    def OF(self) -> tuple[Supply, ...]:
        """What its pages are of."""

    def topics(self, page: Page) -> dict[str, tuple[str, ...]]:
        """Return what a page can be asked about, and the forms of asking for each."""

    def write(self, page: Page, relation: str, form: str, pick: random.Random) -> Lesson | None:
        """Write one lesson, or none where the page does not carry it."""


STYLES: dict[str, Style] = {
    chatdoctor.NAME: chatdoctor,
    huatuo.NAME: huatuo,
    grounded.NAME: grounded,
    vignette.NAME: vignette,
    dialogue.NAME: dialogue,
    literature.NAME: literature,
    knowledge_call.NAME: knowledge_call,
    tools.NAME: tools,
    safety.NAME: safety,
    preference.NAME: preference,
}
