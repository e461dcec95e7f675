"""Give the steps of reasoning that a row carries: one sentence for each fact, in its order.

row -> `meta.trace`, pairs of a fact's id and a sentence that states it -> one text for exports
"""

from knowledge.records import Lesson

STYLES = ("multi-hop", "vignette")
"""Styles whose rows carry the path that leads from what is asked to what is concluded."""

BROUGHT = "reasoning"
"""The mark of the reasoning that an imported row brings before its last answer."""

FROM_OBJECT = ("symptom", "sign", "contraindication", "member")
"""Relations that reasoning follows from the object: from a finding to what it is a symptom of."""


def steps(lesson: Lesson) -> list[tuple[str, str]]:
    """Return the steps of a row, each the id of a fact and its sentence; none where it has none."""
    trace = lesson.meta.get("trace")
    if not isinstance(trace, list):
        return []
    return [
        (str(step[0]), str(step[1])) for step in trace if isinstance(step, list) and len(step) == 2
    ]


def text(lesson: Lesson) -> str:
    """Return the reasoning of a row as one text, or an empty one."""
    if own := brought(lesson):
        return own
    joint = " " if lesson.language == "en" else ""
    return joint.join(sentence for _, sentence in steps(lesson))


def brought(lesson: Lesson) -> str:
    """Return the reasoning that an imported row brought, or an empty text."""
    return str(lesson.meta.get(BROUGHT) or "") if lesson.imported else ""
