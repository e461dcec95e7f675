"""Choose what stands beside a row: distractors of other rows, or all but what answers it."""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from finetune.dataset import Row, RowSource
from finetune.templates import rendering

_FIRST_NUMBERED = re.compile(r"^\[1\] ", re.MULTILINE)
_NUMBERED = re.compile(r"^\[\d+\] (.+)$", re.MULTILINE)
_GONE = "\0"


@dataclass(frozen=True, slots=True)
class _Quote:
    text: str
    kind: str
    head: str


class EvidencePool:
    """The quotes of all rows, by language and by entity, to draw distractors from."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._all: dict[str, list[_Quote]] = {"en": [], "zh": []}
        self._near: dict[tuple[str, str], list[_Quote]] = {}
        seen: set[tuple[str, str]] = set()
        for row in rows:
            for source in () if _calculates(row) else row.sources:
                if not source.quote or (row.language, source.quote) in seen:
                    continue
                seen.add((row.language, source.quote))
                quote = _Quote(source.quote, source.kind, _head(source.quote))
                self._all[row.language].append(quote)
                for entity in row.entities[:4]:
                    self._near.setdefault((row.language, entity), []).append(quote)

    def draw(self, row: Row, wanted: int, pick: random.Random, covered: bool) -> list[str]:
        """Draw quotes that do not answer the row; about half on its own entities, to be hard.

        For a row that shall stay uncovered, a neighbour must be a single group of facts on another
        relation: a passage, or anything beside a question on several things, might answer it.
        """
        own = {source.quote for source in row.sources}
        heads = {_head(source.quote) for source in row.sources if source.quote}
        near = [
            quote
            for entity in row.entities[:4]
            for quote in self._near.get((row.language, entity), ())
            if covered or (quote.kind == "fact" and len(heads) == 1)
        ]
        others = self._all[row.language]
        if not covered:
            close = {
                quote.text
                for entity in row.entities[:4]
                for quote in self._near.get((row.language, entity), ())
            }
            own |= close - {quote.text for quote in near}
        drawn: list[str] = []
        for _ in range(8 * wanted):
            source = near if near and pick.random() < 0.5 else others
            quote = pick.choice(source) if source else None
            if quote and quote.text not in own and quote.head not in heads:
                own.add(quote.text)
                drawn.append(quote.text)
            if len(drawn) == wanted:
                break
        return drawn


def stands_alone(row: Row) -> bool:
    """Say whether a row is shown as it stands: nothing quoted proves it, or it brings that."""
    unquoted = not any(source.quote for source in row.sources)
    return unquoted or _numbers_evidence(row) or _calculates(row)


def _calculates(row: Row) -> bool:
    """Say whether a row rests on formulas: its facts hold the result, so they are never shown."""
    return any(source.id.startswith("formula:") for source in row.sources)


def _head(quote: str) -> str:
    """Return what a quote is about: its words up to the first colon, or the whole quote."""
    return re.split(r":\s|：", quote, maxsplit=1)[0]


def _numbers_evidence(row: Row) -> bool:
    """Say whether a row's question brings its own numbered evidence; a second would confuse it."""
    return _FIRST_NUMBERED.search(row.messages[-2]["content"]) is not None


def share_to_silence(rows: Sequence[Row], uncovered: float) -> float:
    """Return which share of the rows that answer must decline for `uncovered` of all to decline.

    Counted are the rows that number their own evidence, of which some decline as they are.
    """
    own = [row for row in rows if len(row.messages) > 1 and _numbers_evidence(row)]
    declining = sum(row.declined for row in own)
    answering = len(own) - declining
    return max(0.0, uncovered * len(own) - declining) / answering if answering else 0.0


def silenced(row: Row, quotes: EvidencePool, share: float, pick: random.Random) -> Row | None:
    """Return a row without the numbered lines that answer it, declined; None where it keeps them.

    So large a `share` of the rows that answer lose them. What else is numbered on the same thing
    stays, so that only the lines tell whether to decline; a line that names the thing among its
    facts goes, since it may answer the other way round.
    """
    question = row.messages[-2]["content"]
    lines = _NUMBERED.findall(question)
    own = {source.quote for source in row.sources if source.quote}
    if row.declined or pick.random() >= share or not own or not own <= set(lines):
        return None
    heads = {_head(quote) for quote in own}
    names = [re.split(" — |——", head)[0].casefold() for head in heads]
    others = [
        line
        for line in [*lines, *quotes.draw(row, len(own), pick, covered=False)]
        if line not in own
        and _head(line) not in heads
        and not any(name in line.casefold()[len(name) :] for name in names)
    ][: max(len(lines) - len(own), 1)]
    if not others:
        return None
    numbered = iter(f"[{number}] {line}" for number, line in enumerate(others, 1))
    asked = _NUMBERED.sub(lambda _: next(numbered, _GONE), question).replace(f"\n{_GONE}", "")
    answer = {"role": "assistant", "content": rendering.NOT_COVERED[row.language]}
    turns = (*row.messages[:-2], {"role": "user", "content": asked}, answer)
    shown = tuple(RowSource("fact", "", line) for line in others)
    return replace(row, messages=turns, sources=shown, support=None, objects=(), declined=True)
