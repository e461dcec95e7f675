"""Ask several questions on one thing over one set of evidence, as turns of one dialogue.

rows that number their own evidence -> rows on one thing -> their lines together, numbered anew ->
a question and its answer after the other, also of what none of these lines tells

Reading the evidence is most of a row's cost; here several answers are learned for it, and what
decides between answering and declining stands side by side. A row says by the heads of lines, such
as `Gout — symptoms: `, what must not stand beside it, since it would answer its question too.
"""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from finetune.dataset import Row
from finetune.templates.rendering import Message

MARKS = re.compile(r"(?:\[\d+\])+")
_LINE = re.compile(r"^\[\d+\] (.+)$")
_HEAD_ENDS = re.compile(r":\s|：")
_NAME_ENDS = re.compile(" — |——")


@dataclass(frozen=True, slots=True)
class _Question:
    """A row, its lines in their order, those that its answer cites, and what must not stand there.

    `silent` says that the answer tells of something that no line covers.
    """

    row: Row
    lines: tuple[str, ...]
    cited: tuple[str, ...]

    @property
    def silent(self) -> bool:
        return self.row.declined or self.row.declines_part

    def bears(self, line: str) -> bool:
        """Say whether a line may stand beside the row's own without answering its question."""
        if line in self.lines:
            return True
        if line.startswith(self.row.not_beside):
            return False
        names = {_NAME_ENDS.split(head, maxsplit=1)[0].casefold() for head in self.row.not_beside}
        text = line.casefold()
        return not self.silent or not any(name in text[len(name) :] for name in names)


def join(
    rows: Iterable[Row], most: int, extra: int, seed: int, fits: Callable[[Row], bool]
) -> list[Row]:
    """Return rows of which those on one thing are joined, up to `most` in a dialogue.

    Beside the lines that are cited stand up to `extra` others. A dialogue that does not fit stays
    apart, and so do rows that are no single question over lines of their own. Each row is asked
    once; the same seed gives the same dialogues.
    """
    groups: dict[tuple[str, str], list[_Question]] = {}
    joined: list[Row] = []
    for row in rows:
        if question := _question(row):
            groups.setdefault((row.entities[0], row.language), []).append(question)
        else:
            joined.append(row)
    for (entity, language), group in groups.items():
        pick = random.Random(f"{seed}:{entity}:{language}")
        pick.shuffle(group)
        while group:
            chosen = _choose(group, pick.randint(1, most), pick)
            dialogue = _dialogue(chosen, extra, pick) if len(chosen) > 1 else chosen[0].row
            joined += [dialogue] if fits(dialogue) else [one.row for one in chosen]
            group = [one for one in group if one not in chosen]
    return joined


def _question(row: Row) -> _Question | None:
    """Read a row that may be joined; None where it is of another shape."""
    if not row.joinable or [one["role"] for one in row.messages] != ["user", "assistant"]:
        return None
    found = map(_LINE.match, row.messages[0]["content"].split("\n"))
    lines = tuple(each[1] for each in found if each)
    numbers = re.findall(r"\[(\d+)\]", row.messages[1]["content"])
    places = [int(number) - 1 for number in dict.fromkeys(numbers)]
    if not lines or not row.entities or any(place >= len(lines) for place in places):
        return None
    return _Question(row, lines, tuple(lines[place] for place in places))


def _choose(group: Sequence[_Question], wanted: int, pick: random.Random) -> list[_Question]:
    """Choose rows of which none is answered by what another cites.

    As large a share of them is silent as of the group, so that how many questions a dialogue has
    tells nothing of whether to decline.
    """
    silent = [one for one in group if one.silent]
    answered = [one for one in group if not one.silent]
    quiet = round(wanted * len(silent) / len(group) + pick.random() - 0.5)
    chosen: list[_Question] = []
    for one in (*silent, *answered):
        full = len(chosen) == wanted or (one.silent and len(chosen) >= quiet)
        if not full and all(_go_together(one, other) for other in chosen):
            chosen.append(one)
    return chosen or [group[0]]


def _go_together(one: _Question, other: _Question) -> bool:
    heads = {_HEAD_ENDS.split(line, maxsplit=1)[0]: line for line in one.cited}
    return (
        one.row.messages != other.row.messages
        and all(one.bears(line) for line in other.cited)
        and all(other.bears(line) for line in one.cited)
        and all(
            heads.get(_HEAD_ENDS.split(line, maxsplit=1)[0], line) == line for line in other.cited
        )
    )


def _dialogue(chosen: Sequence[_Question], extra: int, pick: random.Random) -> Row:
    lines = list(dict.fromkeys(line for one in chosen for line in one.cited))
    heads = {_HEAD_ENDS.split(line, maxsplit=1)[0] for line in lines}
    further = list(dict.fromkeys(line for one in chosen for line in one.lines))
    pick.shuffle(further)
    most = len(lines) + pick.randint(0 if lines else 1, max(extra, 1))
    for line in further:
        head = _HEAD_ENDS.split(line, maxsplit=1)[0]
        if len(lines) < most and head not in heads and all(one.bears(line) for one in chosen):
            lines.append(line)
            heads.add(head)
    pick.shuffle(lines)
    order = pick.sample(chosen, len(chosen))
    number = {line: place for place, line in enumerate(lines, 1)}
    messages: list[Message] = []
    for place, one in enumerate(order):
        asked, answer = (each["content"] for each in one.row.messages)
        said = _renumbered(answer, one.lines, number)
        question = _bare(asked) if place else _over(asked, lines)
        messages += [
            {"role": "user", "content": question},
            {"role": "assistant", "content": said},
        ]
    return replace(
        order[-1].row,
        id="+".join(one.row.id for one in order),
        messages=tuple(messages),
        sources=(),
        support=None,
        objects=(),
    )


def _renumbered(answer: str, lines: Sequence[str], number: dict[str, int]) -> str:
    """Return an answer that cites the same lines by their new numbers."""

    def marks(found: re.Match[str]) -> str:
        cited = {number[lines[int(one) - 1]] for one in re.findall(r"\d+", found[0])}
        return "".join(f"[{one}]" for one in sorted(cited))

    return MARKS.sub(marks, answer)


def _over(asked: str, lines: Sequence[str]) -> str:
    """Return a question over other lines, which stand where its own did."""
    before, after = _around(asked)
    shown = [f"[{place}] {line}" for place, line in enumerate(lines, 1)]
    return "\n".join([*before, *shown, *after])


def _bare(asked: str) -> str:
    """Return a question without its lines and without the line that announces them."""
    before, after = _around(asked)
    kept = before[:-1] if "".join((*before[:-1], *after)).strip() else before
    return "\n".join([*kept, *after]).strip()


def _around(asked: str) -> tuple[list[str], list[str]]:
    """Return the lines of a message before its numbered ones, and those behind them."""
    every = asked.split("\n")
    places = [place for place, line in enumerate(every) if _LINE.match(line)]
    return every[: places[0]], every[places[-1] + 1 :]
