"""List every style of lesson by name, and declare what the module of a style provides."""

import random
from collections.abc import Mapping
from typing import Protocol

from knowledge.lessons.facts.fact_page import FactPage, PageKind
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.styles import (
    appraisal,
    chatdoctor,
    comparison,
    dialogue,
    exam,
    grounded,
    huatuo,
    knowledge_call,
    literature,
    multi_hop,
    overview,
    preference,
    safety,
    tools,
    two_papers,
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


class DoctorStyle(Protocol):
    """What the module of a style provides whose answers are told in a manner that is asked for."""

    @property
    def REGISTERS(self) -> tuple[str, ...]:
        """The registers that it knows."""

    @property
    def DIFFICULTY(self) -> Mapping[str, str]:
        """How much each form asks of a reader."""

    def write(
        self,
        page: FactPage,
        relation: str,
        form: str,
        pick: random.Random,
        manner: Manner | None = None,
    ) -> Lesson | None:
        """Write one lesson in a manner, or none if the page has too few facts."""


STYLES: dict[str, Style] = {
    chatdoctor.NAME: chatdoctor,
    huatuo.NAME: huatuo,
    grounded.NAME: grounded,
    vignette.NAME: vignette,
    multi_hop.NAME: multi_hop,
    dialogue.NAME: dialogue,
    literature.NAME: literature,
    appraisal.NAME: appraisal,
    two_papers.NAME: two_papers,
    knowledge_call.NAME: knowledge_call,
    tools.NAME: tools,
    safety.NAME: safety,
    overview.NAME: overview,
    exam.NAME: exam,
    comparison.NAME: comparison,
    preference.NAME: preference,
}

DOCTOR_STYLES: dict[str, DoctorStyle] = {
    chatdoctor.NAME: chatdoctor,
    huatuo.NAME: huatuo,
    vignette.NAME: vignette,
    dialogue.NAME: dialogue,
    safety.NAME: safety,
}
"""Styles with settings for register, length and difficulty."""
