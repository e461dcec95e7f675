"""Tell the same facts in both languages, and hold such pairs of rows together.

    row in one language -> page in the other with its facts alone -> row that rests on all of them
    pairs among kept rows -> both next to each other, or a single row without the shared id
    rows of a folder -> what is wrong with their pairs

Both rows of a pair have the same `meta.parallel`, which follows from their style, topic and facts.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from itertools import chain

from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.urgent_words import users_words
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.row_plan import RowTask
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.records import Language, Lesson

KEY = "parallel"
"""The key of a row's meta that holds the shared id."""

OTHER: Mapping[Language, Language] = {"en": "zh", "zh": "en"}

_TRIES = 8
_APART = 4
"""So many rows may stand between the two of a pair before they are put together."""

WriteOn = Callable[[FactPage, RowTask, random.Random], Lesson | None]
"""Writes the row of a task on a page."""

_BEHAVIOUR = ("relation", "register", "declined", "partly", "refused", "conflict", "urgent")
"""What the two rows of a pair must have in common beside their facts."""


def shared_id(lesson: Lesson) -> str:
    """Return the id that rows of any language share which tell the same facts on a topic."""
    facts = sorted(source.id for source in lesson.sources)
    told = [lesson.style, str(lesson.meta.get("relation")), *facts]
    return blake2b(chr(31).join(told).encode(), digest_size=8).hexdigest()


def are_parallel(one: Lesson, other: Lesson) -> bool:
    """Say whether two rows tell the same in two languages."""
    alike = all(one.meta.get(key) == other.meta.get(key) for key in _BEHAVIOUR)
    return alike and _on_same_facts(one, other)


def _on_same_facts(one: Lesson, other: Lesson) -> bool:
    facts, others = (sorted(source.id for source in row.sources) for row in (one, other))
    return (
        OTHER[one.language] == other.language
        and (one.style, one.split_key) == (other.style, other.split_key)
        and facts == others
    )


def marked(lesson: Lesson) -> Lesson:
    """Return a row with the id that it shares."""
    return replace(lesson, meta={**lesson.meta, KEY: shared_id(lesson)})


def write_other(
    lesson: Lesson, task: RowTask, sources: PageSources, write: WriteOn
) -> Lesson | None:
    """Write in the other language what a row tells, or None where that cannot be done."""
    if any(source.kind != "fact" or source.calculated for source in lesson.sources):
        return None
    language = OTHER[lesson.language]
    page = sources.by_kind[task.kind].page(task.id, language, task.neighbours)
    if page is None:
        return None
    facts = frozenset(source.id for source in lesson.sources)
    narrow = _with_facts(page, facts, own=True)
    if not _carries(narrow, task):
        return None
    own = sources.by_kind[task.kind].page(task.id, lesson.language, task.neighbours)
    asked = _asked(lesson, own) if own else frozenset()
    for number in range(_TRIES):
        pick = random.Random(f"{task.seed}|{language}|{number}")
        other = write(narrow, task, pick)
        if other is not None and _on_same_facts(lesson, other) and _asked(other, narrow) == asked:
            return other
    return None


def _carries(page: FactPage, task: RowTask) -> bool:
    return task.form in STYLES[task.style].topics(page).get(task.relation, ())


def is_left_to_other(task: RowTask, sources: PageSources, write: WriteOn) -> bool:
    """Say whether the task of the other language makes both rows, so that none is told twice."""
    language = OTHER[task.language]
    own = blake2b(f"{task.id}|{task.relation}|{task.form}".encode(), digest_size=1).digest()[0] % 2
    if (own == 0) == (task.language == "en"):
        return False
    seed = task.seed.replace(f"|{task.language}|", f"|{language}|", 1)
    theirs = task._replace(language=language, seed=seed)
    page = sources.by_kind[task.kind].page(task.id, language, task.neighbours)
    if page is None or not _carries(page, theirs):
        return False
    row = write(page, theirs, random.Random(seed))
    return row is not None and write_other(row, theirs, sources, write) is not None


def _asked(lesson: Lesson, page: FactPage) -> frozenset[str]:
    """Return the facts of a page whose objects the user names."""
    told = "\n".join(users_words(lesson)).casefold()
    return frozenset(
        item.fact
        for items in page.as_evidence().groups.values()
        for item in items
        if item.object and (item.text.casefold() in told or item.said.casefold() in told)
    )


def _with_facts(page: FactPage, facts: frozenset[str], *, own: bool = False) -> FactPage:
    """Return a page with some facts alone; so are those that it is compared with."""
    groups, shown = (
        {
            relation: kept
            for relation, items in each.items()
            if (kept := tuple(item for item in items if item.fact in facts))
        }
        for each in (page.groups, page.shown)
    )
    about = (page.entity, page.language, page.name, page.said, groups, page.passages, page.licence)
    if not own:
        return FactPage(*about, shown=shown)
    return FactPage(
        *about,
        shown=shown,
        neighbours=page.neighbours,
        find_similar=lambda _: tuple(_with_facts(each, facts) for each in page.find_similar(page)),
    )


def settle_pairs(rows: Iterable[Lesson]) -> Iterator[Lesson]:
    """Yield rows with pairs side by side; one that has lost its other stands alone."""
    waiting: dict[str, tuple[int, Lesson]] = {}
    done: set[str] = set()
    for place, row in enumerate(chain(rows, [None])):
        late = [key for key, (since, _) in waiting.items() if row is None or place - since > _APART]
        for key in late:
            yield _single(waiting.pop(key)[1])
        if row is None:
            return
        key = str(row.meta.get(KEY, ""))
        if not key or row.imported:
            yield row
        elif key in done:
            yield _single(row)
        elif key in waiting and are_parallel(waiting[key][1], row):
            done.add(key)
            yield waiting.pop(key)[1]
            yield row
        elif key in waiting:
            yield _single(row)
        else:
            waiting[key] = place, row


def _single(row: Lesson) -> Lesson:
    return replace(row, meta={key: value for key, value in row.meta.items() if key != KEY})


class PairsRead:
    """Takes the rows of a data set with their places, and says which pairs are none."""

    def __init__(self) -> None:
        self._seen: dict[str, list[tuple[str, int, Lesson]]] = {}

    def add(self, lesson: Lesson, file: str, line: int) -> None:
        """Take a row, and where it stands."""
        key = lesson.meta.get(KEY)
        if key is not None and not lesson.imported:
            self._seen.setdefault(str(key), []).append((file, line, lesson))

    def faults(self) -> Iterator[tuple[str, int, str, str]]:
        """Yield file, line and id of rows that are no half of a pair, and why."""
        for key, rows in self._seen.items():
            why = self._fault(key, [row for _, _, row in rows], {file for file, _, _ in rows})
            for file, line, row in rows if why else ():
                yield file, line, row.id, why

    def _fault(self, key: str, rows: list[Lesson], files: set[str]) -> str:
        if len(rows) != 2:
            return "the row has no row, or several, in the other language"
        if not are_parallel(*rows) or any(shared_id(row) != key for row in rows):
            return "the row and that in the other language do not rest on the same facts"
        return "" if len(files) == 1 else "the two languages stand in different parts of the split"
