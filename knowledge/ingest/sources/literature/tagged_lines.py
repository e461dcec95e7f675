"""Read entries of tagged lines: what the readers of RIS and MEDLINE text share.

    lines -> fields, with the lines that go on -> one entry at a time -> identifiers, sections

What a tag means is decided by each reader; how lines become entries, and what both formats write
alike, is here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.ingest.sources.literature import known_tags, markup, pubmed
from knowledge.ingest.sources.streams import limits, text_lines
from knowledge.records import ReadReport, Section


@dataclass(slots=True)
class TaggedEntry:
    """One reference: its fields in order, and the line on which it starts."""

    line: int
    fields: list[tuple[str, list[str]]] = field(default_factory=list)
    size: int = 0

    def all(self, *tags: str) -> list[str]:
        """Return every value of these tags as a line of text, the first tag's values first.

        Tags of HTML and JATS are taken off, and entities are read once.
        """
        found = [
            markup.join_lines(known_tags.plain("\n".join(lines)))
            for wanted in tags
            for tag, lines in self.fields
            if tag == wanted
        ]
        return [value for value in found if value]

    def first(self, *tags: str) -> str:
        """Return the first value of the first of these tags that has one, or nothing."""
        return next(iter(self.all(*tags)), "")

    def raw(self, *tags: str) -> list[str]:
        """Return the lines of these tags one by one, for fields that hold a list."""
        found = (line for tag, lines in self.fields if tag in tags for line in lines)
        return [text for text in map(markup.tidy, found) if text]

    def text(self, tag: str) -> str:
        """Return the values of a tag as paragraphs."""
        values = (
            markup.plain_paragraphs(known_tags.plain("\n".join(lines)))
            for each, lines in self.fields
            if each == tag
        )
        return "\n\n".join(value for value in values if value)


def read_entries(
    path: Path, tag: re.Pattern[str], opens: str, closes: str, report: ReadReport
) -> Iterator[TaggedEntry]:
    """Yield the entries of a file.

    `tag` matches the start of a field and has the groups `tag` and `value`; an entry begins at the
    tag `opens`, and ends at `closes`, at the next beginning or with the file. Lines without a tag
    go on with the field before. Raises KnowledgeError where an entry has no end.
    """
    entry: TaggedEntry | None = None
    for number, line in text_lines.read_lines(path):
        text = line.rstrip()
        found = tag.match(text.lstrip("\ufeff"))
        name = found["tag"].strip() if found else ""
        if name == opens:
            if entry is not None:
                yield entry
            entry = TaggedEntry(number)
        if entry is None:
            if text.strip(" \t\ufeff") and not _COUNT.fullmatch(text) and name != closes:
                report.skip("line outside a reference", text)
            continue
        # EndNote's list of tags has an "ER" with a value; only an empty one ends a reference.
        if found and name == closes and not found["value"]:
            yield entry
            entry = None
            continue
        entry.size += len(text) + _HELD
        if entry.size > limits.LONGEST_RECORD:
            reason = f"that reference takes more than {limits.LONGEST_RECORD} bytes"
            raise limits.too_large_error(path, reason, entry.line)
        if found:
            entry.fields.append((name, [found["value"] or ""]))
        elif entry.fields:
            entry.fields[-1][1].append(text.strip())
    if entry is not None:
        yield entry


_HELD = 200
"""Bytes that Python holds for a line beside its text."""

_COUNT = re.compile(r"\s*\d+\.?\s*")
"""Ovid counts its references on lines of their own."""

_LABEL = re.compile(r"(?:^|(?<=[.!?)] )|(?<=\n\n))(?P<label>[A-Z][A-Z ,/&'’()-]{2,60}): (?=\S)")


def split_abstract(text: str) -> tuple[Section, ...]:
    """Return an abstract by its sections, where it starts with a label such as `METHODS:`."""
    text = pubmed.TRUNCATED.sub("", text).strip()
    labels = list(_LABEL.finditer(text))
    if len(labels) < 2 or labels[0].start():
        return (Section("", text),) if text else ()
    ends = [label.start() for label in labels[1:]] + [len(text)]
    return tuple(
        Section(label["label"].strip().capitalize(), text[label.end() : end].strip())
        for label, end in zip(labels, ends, strict=True)
        if text[label.end() : end].strip()
    )


_DOI = re.compile(r"\b10\.\d{4,9}(?:\.\d+)*/(?:[^\s\"<>]|<\w*::?[\w.-]+>(?=\w))+")
"""A DOI; old ones hold angle brackets: 10.1002/(SICI)1097(1999)1:1<1::AID-A1>3.0.CO;2-X."""

_PAIRS = {"(": ")", "[": "]", "{": "}", "（": "）", "【": "】"}
_STOPS = ".,;:'’”*。，；、"
_PERCENT = re.compile(r"%(2[89F]|3[ABCE]|5[BD])", re.IGNORECASE)
"""Signs of DOIs that addresses escape."""

_PMID = re.compile(r"(?:\bpmid:?\s*|ncbi\.nlm\.nih\.gov/(?:m/)?(?:pubmed/)?)(\d{1,8})\b", re.I)


def find_doi(text: str) -> str:
    """Return the DOI that a text or an address holds, in lower case, or nothing."""
    found = _DOI.search(_PERCENT.sub(lambda sign: chr(int(sign[1], 16)), text))
    return _without_closing(found[0]).lower() if found else ""


def _without_closing(doi: str) -> str:
    """Return a DOI without the stops and brackets of the sentence around it.

    A bracket that the DOI itself opens is a part of it: 10.1016/S0140-6736(05)66912-7.
    """
    open_signs: list[str] = []
    for place, sign in enumerate(doi):
        if sign in _PAIRS:
            open_signs.append(_PAIRS[sign])
        elif sign in _PAIRS.values() and (not open_signs or open_signs.pop() != sign):
            doi = doi[:place]
            break
    return doi.rstrip(_STOPS)


def find_pmid(text: str) -> str:
    """Return the number that a text or an address marks as PubMed's, or nothing."""
    found = _PMID.search(text)
    return found[1] if found else ""
