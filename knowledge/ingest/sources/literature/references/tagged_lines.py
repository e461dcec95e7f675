"""Read entries of tagged lines: what the readers of RIS and MEDLINE text share.

    lines -> fields, with the lines that go on -> one entry at a time -> identifiers, sections

What a tag means is decided by each reader; how lines become entries, and what both formats write
alike, is here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.ingest.sources.literature.articles import pubmed
from knowledge.ingest.sources.literature.markup import known_tags, markup
from knowledge.ingest.sources.literature.references.article_ids import find_doi as find_doi
from knowledge.ingest.sources.literature.references.article_ids import find_pmid as find_pmid
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
        held = {tag for tag, _ in self.fields}
        found = [
            markup.join_lines(known_tags.plain("\n".join(lines)))
            for wanted in tags
            if wanted in held
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
    path: Path,
    tag: re.Pattern[str],
    opens: str,
    closes: str,
    report: ReadReport,
    known: frozenset[str] = frozenset(),
) -> Iterator[TaggedEntry]:
    """Yield the entries of a file.

    `tag` matches the start of a field and has the groups `tag` and `value`; an entry begins at the
    tag `opens`, and ends at `closes`, at the next beginning or with the file. Lines without a tag
    go on with the field before, and so does one whose tag is not `known` and whose `gap` before
    the dash is not that of the entry ("IV - 5 mg" is no field).

    Raises KnowledgeError where an entry has no end.
    """
    entry: TaggedEntry | None = None
    gap = None
    for number, line in text_lines.read_lines(path):
        text = line.rstrip()
        found = tag.match(text.lstrip("\ufeff"))
        name = found["tag"].strip() if found else ""
        if name == opens:
            if entry is not None:
                yield entry
            entry = TaggedEntry(number)
            gap = found.groupdict().get("gap") if found else None
        elif found and name not in known and found.groupdict().get("gap") != gap:
            found = None
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
