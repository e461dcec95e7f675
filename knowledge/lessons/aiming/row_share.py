"""Draw rows so that a share of them rests on facts that a base does not know.

    kept rows -> marked by what the base knows of their facts -> taken in turn, in that share

Rows keep their order but for those that wait for their turn. Rows that rest on no fact of the graph
(formulas, papers, rows from outside) are not counted, and keep the share that they have unaimed.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.row_counts import BASE_KNOWS
from knowledge.errors import KnowledgeError
from knowledge.lessons.aiming.known_facts import KnownFacts
from knowledge.lessons.parallel_rows import KEY as PARALLEL
from knowledge.records import Lesson

Kind = Literal["unknown", "known", "other"]

BEYOND: dict[Kind, str] = {
    "unknown": "it rests on what the base does not know, beyond the share asked for",
    "known": "it rests on what the base knows, beyond the share asked for",
    "other": "it rests on no fact, beyond the share of such rows",
}
"""Why a row is left out."""

_WAITING = 200
"""So many known rows wait for their turn; of others, as many as there may be rows."""

_MOST_WAITING = 20_000


@dataclass(frozen=True, slots=True)
class Aim:
    """What a base knows, and which share of rows is to rest on what it does not."""

    known: KnownFacts
    unknown_share: float
    asked: int
    """How many facts the base was asked about, at most."""

    def __post_init__(self) -> None:
        check_share(self.unknown_share)

    def arguments(self) -> dict[str, object]:
        """Return what decides the rows, for the manifest."""
        return {
            "for": self.known.base,
            "unknown_share": self.unknown_share,
            "asked": self.asked,
            "base_hash": self.known.base_hash,
            "known_facts": self.known.hash,
        }


def check_share(share: float) -> None:
    """Refuse what is no share."""
    if not 0.0 <= share <= 1.0:
        raise KnowledgeError(
            f"--unknown-share is {share}, but must be from 0 to 1.",
            where="--unknown-share",
            remedy="Give a share such as 0.8.",
        )


def mark(lesson: Lesson, known: KnownFacts) -> Lesson:
    """Return a row that says how much of its facts the base knows, in percent."""
    facts = [each.id for each in lesson.sources if each.kind == "fact" and not each.calculated]
    if lesson.imported or not facts:
        return lesson
    relation = str(lesson.meta.get("relation", ""))
    likely = known.likely_known(lesson.language, relation, lesson.split_key)
    asked = [known.is_known(fact, lesson.language) for fact in facts]
    sure = [likely if each is None else float(each) for each in asked]
    return replace(lesson, meta={**lesson.meta, BASE_KNOWS: round(100 * sum(sure) / len(sure))})


def kind_of(lesson: Lesson) -> Kind:
    """Return on what a marked row rests: where half of its facts or more are unknown, on those."""
    told = lesson.meta.get(BASE_KNOWS)
    if not isinstance(told, int):
        return "other"
    return "unknown" if told <= 50 else "known"


def draw(
    rows: Iterable[Lesson], aim: Aim, most: int | None, report: FilterReport
) -> Iterator[Lesson]:
    """Return at most so many rows, in the share asked for; what is left out is counted.

    Where known rows run out, the rest are rows on what is unknown, up to `most`.
    """
    drawing = _Drawing(aim, most, lambda kind, row: report.drop(BEYOND[kind], row))
    return islice(drawing.take(rows), most)


@dataclass(slots=True)
class _Unit:
    """Rows that are taken together: one, or a pair that tells the same facts in two languages."""

    kind: Kind
    rows: list[Lesson]
    pair: str
    state: Literal["waits", "taken", "left out"] = "waits"


class _Drawing:
    """Takes rows in turn: how many of each kind were taken, and which wait.

    Where too many wait, those that come are left out: first rows tell of what no row told before.
    """

    def __init__(self, aim: Aim, most: int | None, drop: Callable[[Kind, Lesson], None]) -> None:
        self._known = aim.known
        self._share = aim.unknown_share
        self._fills = most is not None and aim.unknown_share > 0
        room = min(most or _WAITING, _MOST_WAITING)
        self._room: dict[Kind, int] = {"unknown": room, "known": _WAITING, "other": room}
        self._drop = drop
        self._seen: Counter[Kind] = Counter()
        self._taken: Counter[Kind] = Counter()
        self._waiting: dict[Kind, deque[_Unit]] = {kind: deque() for kind in BEYOND}
        self._last: _Unit | None = None

    def take(self, rows: Iterable[Lesson]) -> Iterator[Lesson]:
        """Yield the rows that are taken."""
        for row in rows:
            marked = mark(row, self._known)
            kind = kind_of(marked)
            self._seen[kind] += 1
            pair = str(marked.meta.get(PARALLEL, ""))
            if self._last and pair and pair == self._last.pair:
                yield from self._follow(self._last, marked)
                continue
            self._last = unit = _Unit(kind, [marked], pair)
            self._waiting[kind].append(unit)
            yield from self._due()
            if len(self._waiting[kind]) > self._room[kind]:
                self._leave_out(self._waiting[kind].pop())
        if self._fills:
            self._share = 1.0  # no more known rows will come
            yield from self._due()
        for left in self._waiting.values():
            for unit in left:
                self._leave_out(unit)

    def _due(self) -> Iterator[Lesson]:
        """Yield the rows whose turn it is."""
        while units := self._waiting[self._next()]:
            unit = units.popleft()
            unit.state = "taken"
            for row in unit.rows:
                self._taken[kind_of(row)] += 1
                yield row

    def _next(self) -> Kind:
        """Return of which kind the next row is to be."""
        others = self._seen["other"] / max(self._seen.total(), 1)
        if self._waiting["other"] and self._taken["other"] < others * (self._taken.total() + 1):
            return "other"
        on_facts = self._taken["unknown"] + self._taken["known"]
        return "unknown" if self._taken["unknown"] < self._share * (on_facts + 1) else "known"

    def _follow(self, unit: _Unit, row: Lesson) -> Iterator[Lesson]:
        """Let a row go the way of its other in the other language."""
        if unit.state == "taken":
            self._taken[kind_of(row)] += 1
            yield row
        elif unit.state == "waits":
            unit.rows.append(row)
        else:
            self._drop(kind_of(row), row)

    def _leave_out(self, unit: _Unit) -> None:
        unit.state = "left out"
        for row in unit.rows:
            self._drop(kind_of(row), row)
