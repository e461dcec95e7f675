"""Read the entries of a BibTeX file one at a time, with their lines and macros.

    @article{key, title = {A} # macro} -> type, key, {field: value}

A brace that is missing is an error with the line of its entry.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams import limits, text_lines
from knowledge.records import ReadReport
from knowledge.text.holes import HOLE

_START = re.compile(r"@\s*([A-Za-z][\w-]*)\s*([{(])")
_NEW = re.compile(r"@\s*[A-Za-z][\w-]*\s*\{\s*[^\s{}=,\"]+\s*,\s*$")
_BRACES = re.compile(r"[{}]")
_SIGNS = re.compile(r"[{}()\"]")
_NAME = re.compile(r"\s*,?\s*([^\s=,{}\"#()%'@]+)\s*=\s*")
_PART = re.compile(r"\s*(?:(\d+)|([^\s=,{}\"#()]+)|([{\"]))")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(slots=True)
class BibEntry:
    """An entry with its type and the names of its fields in lower case."""

    type: str
    key: str
    line: int
    fields: dict[str, str] = field(default_factory=dict)


def read_entries(path: Path, report: ReadReport) -> Iterator[BibEntry]:
    """Yield the entries of a file; text between them is no entry and is not read.

    Raises KnowledgeError where an entry has no end or is none, with its line.
    """
    macros = {name: name for name in _MONTHS}
    for line, kind, body in _read_blocks(path):
        if kind in ("comment", "preamble"):
            continue
        if kind == "string":
            for name, value in _read_fields(path, line, body, 0, macros, report):
                macros[name] = value
            continue
        key, comma, _ = body.partition(",")
        bare = "=" in key  # an entry without a key
        entry = BibEntry(kind, "" if bare else key.strip(), line)
        start = 0 if bare else len(key) + len(comma)
        for name, value in _read_fields(path, line, body, start, macros, report):
            if name in entry.fields and entry.fields[name] != value:
                report.skip(f"second field {name[:40]} of an entry (not read)", entry.key)
            entry.fields.setdefault(name, value)
        yield entry


def _read_blocks(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the line, the type, and what stands between the brackets of each entry."""
    kind, first, bracket = "", 0, ""
    depth, quoted, size = 0, False, 0
    held: list[str] = []
    number = 0
    for number, text in text_lines.read_lines(path):
        place = 0
        while place < len(text):
            if not kind:
                if text.lstrip().startswith("%"):
                    break
                found = _START.search(text, place)
                if not found:
                    break
                kind, bracket, first = found[1].lower(), found[2], number
                depth, quoted, size, held = 1, False, 0, []
                place = found.end()
                continue
            if number > first and place == 0 and _NEW.match(text.rstrip("\r\n")):
                raise _unclosed(path, kind, first, f"before line {number}")
            end = -1
            for sign in (_BRACES if bracket == "{" else _SIGNS).finditer(text, place):
                if bracket == "{":
                    depth += 1 if sign[0] == "{" else -1
                    closed = not depth
                else:
                    depth += {"{": 1, "}": -1}.get(sign[0], 0)
                    quoted ^= sign[0] == '"' and depth == 1
                    closed = sign[0] == ")" and depth == 1 and not quoted
                if closed:
                    end = sign.start()
                    break
            held.append(text[place : end if end >= 0 else len(text)])
            size += len(held[-1]) + _HELD
            if size > limits.LONGEST_OBJECT:
                reason = f"that entry takes more than {limits.LONGEST_OBJECT} bytes"
                raise limits.too_large_error(path, reason, first)
            if end < 0:
                break
            yield first, kind, "".join(held)
            kind, place = "", end + 1
    if kind:
        raise _unclosed(path, kind, first, "before the file ends")


_HELD = 60
"""Bytes that Python holds for a line beside its text."""


def _unclosed(path: Path, kind: str, line: int, where: str) -> KnowledgeError:
    return KnowledgeError(
        f"The BibTeX of {path.name} is broken: the entry @{kind[:40]} that begins at line {line} "
        f"is not closed {where}.",
        where=f"{path}, line {line}",
        remedy="Add the brace that is missing, or export the library again.",
    )


def _read_fields(
    path: Path, line: int, body: str, place: int, macros: dict[str, str], report: ReadReport
) -> Iterator[tuple[str, str]]:
    """Yield the names and values of an entry."""
    while True:
        found = _NAME.match(body, place)
        if not found:
            rest = body[place:].strip(" \t\r\n,")
            if rest:
                raise _broken(path, line + body.count("\n", 0, place), rest)
            return
        name, place = found[1].lower(), found.end()
        parts: list[str] = []
        while True:
            part = _PART.match(body, place)
            if not part:
                raise _broken(path, line + body.count("\n", 0, place), body[place:])
            place = part.end()
            if part[3]:
                end = _end_of(body, place, part[3])
                if end < 0:
                    raise _broken(path, line + body.count("\n", 0, place), body[place:])
                parts.append(body[place:end])
                place = end + 1
            elif part[1]:
                parts.append(part[1])
            else:
                parts.append(_expand(part[2], name, macros, report))
            hash_sign = _HASH.match(body, place)
            if not hash_sign:
                break
            place = hash_sign.end()
        yield name, "".join(parts)


_HASH = re.compile(r"\s*#")
_TEXTS = {"title", "subtitle", "abstract"}


def _expand(word: str, name: str, macros: dict[str, str], report: ReadReport) -> str:
    if word.lower() in macros:
        return macros[word.lower()]
    report.skip("macro that the file does not define", word)
    return HOLE if name in _TEXTS else word


def _end_of(body: str, place: int, opening: str) -> int:
    """Return where a value in braces or quotes ends, or -1."""
    depth = 0
    for sign in (_BRACES if opening == "{" else _QUOTED).finditer(body, place):
        if sign[0] == "{":
            depth += 1
        elif sign[0] == "}":
            depth -= 1
            if depth < 0:
                return sign.start() if opening == "{" else -1
        elif not depth:
            return sign.start()
    return -1


_QUOTED = re.compile(r"[{}\"]")


def _broken(path: Path, line: int, rest: str) -> KnowledgeError:
    shown = " ".join(rest.split())[:40]
    return KnowledgeError(
        f"The BibTeX of {path.name} is broken at line {line}: no field and value at {shown!r}.",
        where=f"{path}, line {line}",
        remedy="Repair that entry, or export the library again.",
    )
