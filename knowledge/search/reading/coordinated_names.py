"""Give each of two joined names the words that it shares with the other one.

"type 1 and type 2 diabetes" -> "type 1 diabetes and type 2 diabetes"
"hepatitis B and C" -> "hepatitis B and hepatitis C"; 甲型和乙型肝炎 -> 甲型肝炎和乙型肝炎
"""

import re
from collections.abc import Iterator

from knowledge.graph.linker import Linker

_JOINED_EN = re.compile(r"\s(?:and|or|vs\.?|versus|from|than)\s|\s?/\s?", re.IGNORECASE)
_WORDS_BEFORE = re.compile(r"[A-Za-z0-9'’-]+(?: [A-Za-z0-9'’-]+){0,2}$")
_WORDS_AFTER = re.compile(r"[A-Za-z0-9'’-]+(?: [A-Za-z0-9'’-]+){0,2}")
_JOINED_ZH = re.compile("(?<=[\u4e00-\u9fff])(?:和|与|跟|同|及|或|、)(?=[A-Za-z0-9\u4e00-\u9fff])")
_MOST_ZH = 4
"""So many characters before a joint may be a name without its end."""


def completions(text: str, linker: Linker) -> Iterator[tuple[int, int, str]]:
    """Yield where a name stands without the words that it shares, and how it reads with them.

    Both must be known whole, and one of them not as it stands.
    """
    for joint in _JOINED_EN.finditer(text):
        yield from _english(text, joint.start(), joint.end(), linker)
    for joint in _JOINED_ZH.finditer(text):
        yield from _chinese(text, joint.start(), joint.end(), linker)


def _english(text: str, end: int, start: int, linker: Linker) -> Iterator[tuple[int, int, str]]:
    before, after = _WORDS_BEFORE.search(text[:end]), _WORDS_AFTER.match(text, start)
    if before is None or after is None:
        return
    lefts, rights = before[0].split(" "), after[0].split(" ")
    for own in range(len(lefts), 0, -1):
        for other in range(len(rights), 0, -1):
            left, right = lefts[-own:], rights[:other]
            completed = _completed(left, right, linker)
            if completed is not None:
                begun, ended = " ".join(left), " ".join(right)
                for place, written, read in (
                    (end - len(begun), begun, completed[0]),
                    (start, ended, completed[1]),
                ):
                    if read != written:
                        yield place, place + len(written), read
                return


def _completed(left: list[str], right: list[str], linker: Linker) -> tuple[str, str] | None:
    """Return two names with the words that they share, where they are known only so."""
    if _is_known(" ".join(left), linker) and _is_known(" ".join(right), linker):
        return None
    for shared_end in range(len(right)):
        for shared_begin in range(len(left)):
            if not (shared_end or shared_begin):
                continue
            one = [*left, *right[len(right) - shared_end :]]
            other = [*left[:shared_begin], *right]
            names = " ".join(one), " ".join(other)
            if names[0] != names[1] and all(_is_known(name, linker) for name in names):
                return names
    return None


def _chinese(text: str, end: int, start: int, linker: Linker) -> Iterator[tuple[int, int, str]]:
    other = next(
        (each for each in linker.find(text[start:], correct=False) if each.start == 0), None
    )
    if other is None:
        return
    for length in range(min(_MOST_ZH, end), 0, -1):
        written = text[end - length : end]
        if _is_known(written, linker):
            return
        for shared in range(len(other.text) - 1, 1, -1):
            name = written + other.text[-shared:]
            if name != other.text and _is_known(name, linker):
                yield end - length, end, name
                return


def _is_known(name: str, linker: Linker) -> bool:
    return bool(linker.bearers(name))
