"""Read MedRAG JSON lines: passages of medical texts with id, title and content.

    {"id", "title", "content", "contents"} -> one document a row

`contents` is the title and the content once more, and is read only where there is no content.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.ingest.sources.literature.markup import known_tags, markup
from knowledge.ingest.sources.streams import encodings, json_records
from knowledge.records import DocumentRecord, ReadReport, Record, Section

TITLE_WORDS = 8
"""Words of the text that stand for a title where a row has none."""

TITLE_CHARS = 80
"""A stand-in for a title is no longer than this, which matters where there are no spaces."""

_ID = re.compile(r'"(?:id|_id)"\s*:')
_CONTENT = re.compile(r'"contents?"\s*:')
_PMID = re.compile(r"pmid:\s*(\d+)", re.IGNORECASE)


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file holds objects with an id and a content."""
    text = encodings.decode_head(path, start).lstrip("\ufeff \r\n\t")
    found = _ID.search(text) and _CONTENT.search(text)
    return text[:1] in ("{", "[") and bool(found)


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one document for each row; a row without id or content is counted and left out."""
    for line, row in json_records.read_objects(path):
        id = _field_text(row, "id") or _field_text(row, "_id")
        raw = known_tags.plain(str(row.get("content") or row.get("contents") or ""))
        content = markup.plain_paragraphs(raw)
        if not id:
            report.skip("row without id", f"line {line}")
        elif not content:
            report.skip("row without content", id)
        else:
            yield _document(row, id, content, line)


def _document(row: dict[str, object], id: str, content: str, line: int) -> DocumentRecord:
    key = _key(id)
    pmid = key if key.startswith("pmid:") else f"pmid:{_field_text(row, 'PMID')}"
    return DocumentRecord(
        key=key,
        title=_field_text(row, "title") or _first_words(content),
        language=markup.language_of(content),
        sections=(Section("", content),),
        identifiers=(pmid,) if pmid != "pmid:" else (),
        line=line,
    )


def _field_text(row: dict[str, object], name: str) -> str:
    value = row.get(name)
    return markup.tidy(known_tags.plain(str(value))) if isinstance(value, str | int) else ""


def _key(id: str) -> str:
    """Return the id under which a row is kept; an id of PubMed is the one of its other formats."""
    pmid = _PMID.fullmatch(id)
    if pmid:
        return f"pmid:{pmid[1]}"
    return id if ":" in id else f"medrag:{id}"


def _first_words(content: str) -> str:
    # A title stands above every passage when it is indexed, so a whole sentence would weigh twice.
    # The first words alone leave the ranking as it is (of 500 questions, vectors alone put 493
    # first with them and 492 without), and a page, a citation and a list have something to show.
    words = content.split(" ", TITLE_WORDS)
    short = " ".join(words[:TITLE_WORDS])[:TITLE_CHARS].rstrip(" ,;:.。，；：")
    return short if short == content else f"{short} …"
