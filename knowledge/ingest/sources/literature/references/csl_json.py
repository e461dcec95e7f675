"""Read references in CSL-JSON, as Zotero and Mendeley export them and Crossref gives them.

    array | lines | {"items": […]} | {"message": …} -> title, abstract, year, type, identifiers

What Crossref says of updates becomes a notice: retracted, under an expression of concern.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.ingest.sources.literature.references import references
from knowledge.ingest.sources.literature.references.references import FieldCounter, Reference
from knowledge.ingest.sources.streams import archives, encodings, json_lists, json_records
from knowledge.records import NoticeKind, NoticeRecord, ReadReport, Record

_TYPES = {
    **{"book": "book", "monograph": "book", "edited-book": "book", "reference-book": "book"},
    **{"chapter": "book chapter", "book-chapter": "book chapter", "thesis": "thesis"},
    **{"paper-conference": "conference paper", "proceedings-article": "conference paper"},
    **{"dissertation": "thesis", "report": "report", "webpage": "web page", "post": "web page"},
    **{"post-weblog": "web page", "manuscript": "unpublished work", "speech": "conference paper"},
    **{"article": "unpublished work", "posted-content": "unpublished work", "document": "document"},
    **{"article-newspaper": "news", "article-magazine": "news", "dataset": "document"},
    **{"entry-encyclopedia": "book chapter", "reference-entry": "book chapter", "entry": "book"},
}  # fmt: skip
_ARTICLES = {"article-journal", "journal-article", "review", "peer-review"}
_NAMES = "|".join(sorted({*_TYPES, *_ARTICLES}))
_TYPE = re.compile(rf'"type"\s*:\s*"(?:{_NAMES})"')
_FIELD = re.compile(r'"(?:DOI|issued|container-title|title|abstract)"\s*:')
_WRAPPED = re.compile(r'"(items|references)"\s*:\s*\[')
_MESSAGE = re.compile(r'"message"\s*:\s*\{')
_KNOWN = references.names_in(
    "id type title subtitle title-short abstract note annote container-title container-title-short "
    "issued published published-print published-online created deposited indexed DOI PMID PMCID "
    "URL genre keyword categories subject author editor translator volume issue page page-first "
    "number number-of-pages ISSN ISBN publisher publisher-place language accessed source archive "
    "call-number citation-key citation-label collection-title edition event event-place "
    "short-container-title short-title original-title is-referenced-by-count references-count "
    "reference-count reference issn-type isbn-type prefix member score license link resource "
    "relation update-to updated-by update-policy assertion funder content-domain alternative-id "
    "journal-issue journalAbbreviation archive_location shortTitle custom original-date submitted "
    "clinical-trial-number accepted approved content-created content-updated posted institution "
    "standards-body subtype group-title article-number aliases published-other status medium "
    "dimensions references jurisdiction authority chapter-number section system_id"
)
_UPDATES: dict[str, NoticeKind] = {
    **dict.fromkeys(("retraction", "withdrawal", "removal"), "retraction"),
    **dict.fromkeys(("partial_retraction", "partial-retraction"), "partial"),
    **dict.fromkeys(("correction", "erratum", "corrigendum"), "correction"),
    **dict.fromkeys(("expression_of_concern", "expression-of-concern", "concern"), "concern"),
}


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file holds objects with a type of CSL or Crossref and fields of a reference."""
    text = encodings.decode_head(path, start).lstrip("\ufeff \r\n\t")
    return text[:1] in ("{", "[") and bool(_TYPE.search(text) and _FIELD.search(text))


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the references of a file, and what they say of others as notices."""
    counter = FieldCounter(report, _KNOWN)
    for line, item in _items(path):
        yield from _records(item, line, counter)


def _items(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    text = encodings.decode_head(path, archives.read_head(path)).lstrip("\ufeff \r\n\t")
    first = text.find('"type"')
    wrapped = _WRAPPED.search(text) if text.startswith("{") else None
    message = _MESSAGE.search(text) if text.startswith("{") else None
    if wrapped and (wrapped.start() < first or first < 0):
        inside = f"message.{wrapped[1]}" if message else wrapped[1]
        for _, line, value in json_lists.read_items(path, (inside,)):
            if isinstance(value, dict):
                yield line, value
        return
    for line, item in json_records.read_objects(path):
        inner = item.get("message")
        if not isinstance(inner, dict):
            yield line, item
            continue
        items = inner.get("items")
        for each in items if isinstance(items, list) else [inner]:
            if isinstance(each, dict):
                yield line, each


def _records(item: dict[str, object], line: int, counter: FieldCounter) -> Iterator[Record]:
    report = counter.report
    counter.count(item, _text(item, "id") or _text(item, "DOI"))
    notes = [_text(item, "note"), _text(item, "annote")]
    identifiers = references.find_identifiers(
        [_text(item, "DOI")], [_text(item, "PMID")], [_text(item, "PMCID")],
        [*notes[0].split("\n"), notes[1], _text(item, "URL")],
    )  # fmt: skip
    if len(notes[1]) > 30:
        report.skip("note of the library (not read)", notes[1])
    about = [*_updates(item, "update-to")]
    own = [*_updates(item, "updated-by")]
    key = identifiers[0] if identifiers else ""
    yield from references.build_records(
        Reference(
            line=line,
            title=_title(item),
            sections=references.read_abstract(_text(item, "abstract")),
            type="retraction notice"
            if any(kind == "retraction" for _, kind in about)
            else _TYPES.get(
                _text(item, "type"), "" if _text(item, "type") in _ARTICLES else "document"
            ),
            journal=references.plain_line(_text(item, "container-title")),
            dates=[_date(item, name) for name in _DATES],
            kinds=[_text(item, "genre"), *_text(item, "keyword").split(","), *notes[0].split("\n")],
            identifiers=identifiers,
            notes=notes[0].split("\n"),
            notices=[
                *(NoticeRecord(doi, kind, line, key) for doi, kind in about),
                *(NoticeRecord(key, kind, line, doi) for doi, kind in own if key),
            ],
            retracted=any(kind == "retraction" for _, kind in own),
        ),
        "csl",
        report,
    )


_DATES = ("issued", "published-print", "published", "published-online", "original-date")


def _text(item: dict[str, object], name: str) -> str:
    value = item.get(name)
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _title(item: dict[str, object]) -> str:
    parts = [references.plain_line(_text(item, name)) for name in ("title", "subtitle")]
    return ": ".join(part for part in parts if part)


def _date(item: dict[str, object], name: str) -> str:
    """Return a date of CSL as text: its first parts, or what it says in words."""
    value = item.get(name)
    if not isinstance(value, dict):
        return str(value) if isinstance(value, str | int) else ""
    parts = value.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list) and first and first[0]:
        return str(first[0])
    words = value.get("raw") or value.get("literal") or ""
    return words if isinstance(words, str) else ""


def _updates(item: dict[str, object], name: str) -> Iterator[tuple[str, NoticeKind]]:
    value = item.get(name)
    for each in value if isinstance(value, list) else []:
        kind = _UPDATES.get(str(each.get("type", "")).lower()) if isinstance(each, dict) else None
        doi = references.find_identifiers([str(each.get("DOI", ""))], [], []) if kind else ()
        if kind and doi:
            yield doi[0], kind
