"""Choose the samples of a card, and write them.

    rows as they pass -> the best rows of each style and language, by what they show and quality
    rows as they pass -> some drawn by lot, and one of each thing that an answer may do

The choice depends on the rows alone and not on their order, so that it can be repeated.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from knowledge.datasets import tool_turns
from knowledge.datasets.row_counts import answers_of
from knowledge.records import Lesson

Rank = tuple[int, str]

_FITTING = {"en": (120, 700), "zh": (45, 260)}
"""Signs of an answer that shows what a style does, and stays short enough to be read."""

_LONGEST_TALK = {"en": 1600, "zh": 600}
_DULL = {"associated_with", "department", "body_part", "first", "last"}
_OF_ONE_FACT = (*tool_turns.CALLING_STYLES, "huatuo", "literature")
"""Styles whose rows show what they do with a single fact."""

_MANY = 5
"""More facts than this make no better sample."""

_MOST = 2
"""So many rows of a style and language are shown, each on another topic."""

_ANY = "any row"
_BY_LOT = 5
"""So many rows of a language are drawn by lot, and one more of each of these."""

_DRAWN_OF = ("urgent", "refuses", "declines", "asks for a value")

_SPEAKERS = {"system": "System", "user": "Question", "assistant": "Answer",
             "call": "Call", "result": "Result"}  # fmt: skip


class CardSamples:
    """Keeps the best rows of each style and language, the best pair of each kind, rows by lot."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], dict[str, tuple[Rank, Lesson]]] = {}
        self._pairs: dict[str, tuple[Rank, dict[str, str]]] = {}
        self._lots: dict[tuple[str, str], list[tuple[str, Lesson]]] = {}

    def see(self, lesson: Lesson) -> None:
        """Take the next row."""
        self._draw(lesson)
        of_style = self._kept.setdefault((lesson.style, lesson.language), {})
        topic, faults = str(lesson.meta.get("relation", "")), _faults(lesson)
        kept = of_style.get(topic)
        if kept is None or faults <= kept[0][0]:
            rank = (faults, _drawn(lesson.id))
            if kept is None or rank < kept[0]:
                of_style[topic] = (rank, lesson)

    def _draw(self, lesson: Lesson) -> None:
        lot = _drawn(f"lot {lesson.id}")
        for name in (_ANY, *(each for each in answers_of(lesson) if each in _DRAWN_OF)):
            kept = self._lots.setdefault((lesson.language, name), [])
            most = _BY_LOT if name == _ANY else 1
            if len(kept) < most or lot < kept[-1][0]:
                kept.append((lot, lesson))
                kept.sort(key=lambda each: each[0])
                del kept[most:]

    def see_pair(self, kind: str, pair: dict[str, str]) -> None:
        """Take the next preference pair, of a kind of fault."""
        size = sum(len(pair[name]) for name in ("prompt", "chosen", "rejected"))
        rank = (int(size > 900), _drawn(pair["prompt"] + pair["rejected"]))
        if kind not in self._pairs or rank < self._pairs[kind][0]:
            self._pairs[kind] = (rank, pair)

    @property
    def lessons(self) -> list[Lesson]:
        """Return the rows, by style and language, the best first."""
        return [
            lesson
            for key in sorted(self._kept)
            for _, lesson in sorted(self._kept[key].values(), key=lambda each: each[0])[:_MOST]
        ]

    @property
    def by_lot(self) -> list[tuple[str, Lesson]]:
        """Return rows drawn by lot: of each language some of all, then one of each rarer thing."""
        return [
            (name, lesson)
            for language in sorted({language for language, _ in self._lots})
            for name in (_ANY, *_DRAWN_OF)
            for _, lesson in self._lots.get((language, name), ())
        ]

    @property
    def pairs(self) -> list[dict[str, str]]:
        """Return the pairs, by kind."""
        return [self._pairs[kind][1] for kind in sorted(self._pairs)]


def lines(lessons: Iterable[Lesson], styles: Mapping[str, str]) -> Iterator[str]:
    """Yield the rows under the name of their style, and what a style is."""
    style = ""
    for lesson in lessons:
        if not style:
            yield from (
                "## Samples",
                "",
                "The rows of each style and language that rules rate highest: no fair sample.",
                "",
            )
        if style != lesson.style:
            style = lesson.style
            told = f": {styles[style]}" if style in styles else ""
            yield from (f"### {style}{told}", "")
        proof = "; ".join(dict.fromkeys(source.quote for source in lesson.sources))
        yield from _talk(lesson)
        yield from (
            f"> **Proven by:** {_quoted(proof)}"
            if proof
            else f"> **Not proven**, from {lesson.meta.get('imported')}",
            "",
            f"`{lesson.id}`",
            "",
        )


def lot_lines(drawn: Iterable[tuple[str, Lesson]]) -> Iterator[str]:
    """Yield rows that were drawn by lot, each under what it was drawn from."""
    for place, (name, lesson) in enumerate(drawn):
        if not place:
            yield from (
                "## Samples drawn by lot",
                "",
                f"{_BY_LOT} rows of each language, whatever they are, and one of each that puts an "
                "emergency first, refuses, declines, or asks for a value.",
                "",
            )
        yield from (f"*{name}: {lesson.style}*", "", *_talk(lesson))
        yield from (f"> `{lesson.id}`", "")


def _talk(lesson: Lesson) -> Iterator[str]:
    for turn in tool_turns.turns_of(lesson):
        yield from (f"> **{_SPEAKERS[turn.kind]}:** {_quoted(turn.text)}", ">")


def pair_lines(pairs: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Yield preference pairs, each under what is wrong with its worse side."""
    for place, pair in enumerate(pairs):
        if not place:
            yield from ("## Samples of preference pairs", "")
        yield from (
            f"*{pair['why']}*",
            "",
            f"> **Question:** {_quoted(pair['prompt'])}",
            ">",
            f"> **Chosen:** {_quoted(pair['chosen'])}",
            ">",
            f"> **Rejected:** {_quoted(pair['rejected'])}",
            "",
        )


def _faults(lesson: Lesson) -> int:
    """Return how much speaks against showing a row: nothing, or the more the less it shows."""
    low, high = _FITTING[lesson.language]
    answer = len(lesson.messages[-1].content)
    talk = sum(len(message.content) for message in lesson.messages)
    called = tool_turns.calls_tools(lesson) and len(lesson.messages) == 2
    faults = (
        (answer > high)
        + 2 * (answer < low and lesson.style not in tool_turns.CALLING_STYLES)
        + 2 * (talk > _LONGEST_TALK[lesson.language])
        + 2 * (lesson.meta.get("relation") in _DULL)
        + (len(lesson.sources) < 2 and lesson.style not in _OF_ONE_FACT)
        + called
        + bool(lesson.meta.get("declined"))
    )
    rated = lesson.meta.get("quality")
    shown = 2 * min(len(lesson.sources), _MANY)
    return 100 * faults - shown - (rated if isinstance(rated, int) else 0)


def _drawn(text: str) -> str:
    """Return what decides between rows that are equally good."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _quoted(text: str) -> str:
    """Return a text whose lines all stay within a quotation."""
    return text.replace("\n", "\n> ")
