"""Say of what others have whether it may stand as wrong of a subject.

    object of another's fact + what the subject has -> may stand as wrong, or not

Exams offer such objects as wrong options, and a base is asked about them beside the right ones.
"""

from collections.abc import Collection, Iterable

from knowledge.lessons.facts import exam_rules, likeness
from knowledge.lessons.facts.fact_page import PageFact

Names = tuple[str, ...]


def names_of(item: PageFact) -> Names:
    """Return every name of the object of a fact."""
    return (*item.names, item.text)


def can_stand_as_wrong(
    item: PageFact, related: Collection[str], kinds: Collection[str], taken: Iterable[Names]
) -> bool:
    """Say whether an object is of the right kind, unrelated to the subject and like nothing taken.

    `related` are the entities that a fact relates to the subject, and itself; `kinds` are those of
    the right objects. `taken` are the names of the subject, of the right ones, and of those that
    were chosen before.
    """
    names = names_of(item)
    return (
        item.object not in related
        and item.kind in kinds
        and not any(map(exam_rules.is_too_general, names))
        and not any(likeness.are_alike(names, each) for each in taken)
    )
