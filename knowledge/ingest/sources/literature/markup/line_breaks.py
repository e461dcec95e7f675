"""Tell lines that an author broke on purpose from those that go on.

    "Aspirin 100 mg<br>Statin 20 mg<br>in the evening" -> "Aspirin 100 mg" | "Statin 20 mg in …"

A forced break (`<br>`, two blanks at the end of a line of Markdown) parts what would else be read
as one sentence; where the line plainly goes on, it must not: "Do not" alone would say nothing.
"""

import re

from knowledge.ingest.sources.literature.markup import markup

BREAK = "\u2028"
"""Stands for a forced break; wherever nobody asks for it, it is a blank like any other."""

_GOES_ON = re.compile(r"[,，、(（\[/–-]$")
_ENDED = re.compile(r"[.:;!?。：；！？]\W?$")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OPEN = _words(
    "a about above after all an and any are as at be been before below between but by can could "
    "do does during each every except for from had has have if in into is least less more most "
    "must never no nor not of off on only or over per should such than that the their then this "
    "those through to under unless until up upon via was were when where which while who will "
    "with within without would"
)
_LAST_WORD = re.compile(r"[A-Za-z]+$")
_LABEL = re.compile(r"[^:：,.;，。；]{1,30}[:：]")
_MARKED = re.compile(
    r"(?:[•·▪◦‣*–—-]\s|[（(]?(?:\d{1,2}|[a-z]|[一二三四五六七八九十]{1,3})[)）.、．](?!\d))"
)
_VALUE = re.compile(r"[<>≤≥≈~±]?\s?\d")
_CHINESE = re.compile("[\u4e00-\u9fff]")


def part_lines(text: str) -> list[str]:
    """Return a text parted at its forced breaks, but for those after which a line goes on.

    >>> part_lines(f"Dose: 5 mg{BREAK}Most: 10 mg"), part_lines(f"Do not{BREAK}Give it")
    (['Dose: 5 mg', 'Most: 10 mg'], ['Do not Give it'])
    """
    if BREAK not in text:
        return [text]
    found: list[str] = []
    above = ""
    for raw in text.split(BREAK):
        line = markup.join_lines(raw)
        if above and line and _joins(above, line):
            found[-1] = markup.join_lines(f"{found[-1]}\n{line}")
        elif line:
            found.append(line)
        above = line  # an empty line parts in any case
    return found


def part_cell(text: str) -> str:
    """Return the lines of a cell of a table in one, with semicolons where they are parted."""
    lines = part_lines(text)
    return "; ".join(line.rstrip(" ;；") for line in lines) if len(lines) > 1 else "".join(lines)


def _joins(before: str, line: str) -> bool:
    """Say whether a line goes on with the one before it."""
    if _MARKED.match(line):
        return False
    if before.endswith((":", "：")) and _VALUE.match(line):
        return True
    if _ENDED.search(before):
        return False
    last = _LAST_WORD.search(before)
    if _GOES_ON.search(before) or (last and last[0].lower() in _OPEN):
        return True
    if _LABEL.match(line):
        return False
    if _CHINESE.match(line) or line[0].islower():
        return True
    if line[0].isdigit():  # "Dose", "5 mg" is one line, "5 mg Abazine", "9 mg Betazine" are two
        return not before[0].isdigit()
    return not line[0].isupper()
