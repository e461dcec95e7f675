"""Drop rows with a source whose licence was not asked for."""

from collections.abc import Sequence

from knowledge.records import Lesson

UNLICENSED = "a licence that was not asked for"


class LicenceFilter:
    """A row filter that keeps rows whose sources all have one of some licences."""

    def __init__(self, licences: Sequence[str]) -> None:
        self._licences = frozenset(licences)

    def __call__(self, lesson: Lesson) -> str:
        """Return why a lesson is dropped."""
        own = set(lesson.licence.split(" AND "))
        return "" if own <= self._licences else UNLICENSED
