"""Sources: one reader per family of formats, the format found by content.

    paths -> expand -> recognise -> read -> records (entities or documents)

A reader streams its file and counts in the report what it leaves out and why. It knows nothing of
the catalogue, and never changes what a source says beyond cleaning it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from knowledge.errors import KnowledgeError
from knowledge.records import Record, Report
from knowledge.sources import (
    chatdoctor,
    cmekg,
    files,
    jats,
    medicalgraph,
    pubmed,
    records,
    text,
)


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be added: how to recognise a file of it, and how to read one."""

    name: str
    title: str
    holds: Literal["graph", "literature"]
    recognise: Callable[[Path, bytes], bool]
    read: Callable[[Path, Report], Iterator[Record]]
    licence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself: its title, its licence, and where it comes from."""

    title: str
    licence: str
    note: str


_UNKNOWN_LICENCE = "not stated"

FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        Format(
            "medchat-records",
            "medchat records (YAML)",
            "graph",
            records.recognise,
            records.read,
        ),
        Format(
            "medicalgraph-csv",
            "Chinese disease records (CSV of QASystemOnMedicalGraph)",
            "graph",
            medicalgraph.recognise_csv,
            medicalgraph.read_csv,
            _UNKNOWN_LICENCE,
            "Compiled from health websites; not reviewed by clinicians.",
        ),
        Format(
            "medicalkg-json",
            "Chinese disease records (medical.json of QASystemOnMedicalKG)",
            "graph",
            medicalgraph.recognise_json,
            medicalgraph.read_json,
            _UNKNOWN_LICENCE,
            "Compiled from health websites; not reviewed by clinicians.",
        ),
        Format(
            "cmekg",
            "cMeKG entity records (JSON with 中心词)",
            "graph",
            cmekg.recognise,
            cmekg.read,
            _UNKNOWN_LICENCE,
        ),
        Format(
            "cmekg-triples",
            "texts with triples (JSON with spo_list)",
            "graph",
            cmekg.recognise_triples,
            cmekg.read_triples,
            _UNKNOWN_LICENCE,
            "Triples extracted from text by a model.",
        ),
        Format(
            "chatdoctor",
            "ChatDoctor's disease database (CSV)",
            "graph",
            chatdoctor.recognise,
            chatdoctor.read,
            "academic use",
            "Statistical associations, some of them wrong; not advice on treatment.",
        ),
        Format(
            "pubmed",
            "PubMed or MEDLINE (XML, plain or gzip)",
            "literature",
            pubmed.recognise,
            pubmed.read,
            "NLM terms of use",
        ),
        Format(
            "jats",
            "full text of articles (JATS XML)",
            "literature",
            jats.recognise,
            jats.read,
            "per article",
        ),
        Format("markdown", "Markdown", "literature", text.recognise_markdown, text.read_markdown),
        Format("text", "plain text", "literature", text.recognise_text, text.read_text),
    )
}
"""Every format by name; the first one that recognises a file has it."""

_HINTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "It is a PDF; convert it to text first."),
    (b"PK\x03\x04", "It is a ZIP archive or an Office document; unpack or export it first."),
    (b"SQLite format 3", "It is an SQLite database."),
    (b"PMID- ", "It is MEDLINE text; download the same list as PubMed XML."),
    (b"TY  - ", "It is RIS; download the same list as PubMed XML."),
    (b"<html", "It is an HTML page; save it as text or Markdown."),
)


def recognise(path: Path) -> str:
    """Return the name of a file's format, found by content.

    Raises KnowledgeError where the file is missing, empty, or of no known format; it lists what
    was tried.
    """
    start = _start(path)
    name = _recognised(path, start)
    if name:
        return name
    raise KnowledgeError(
        f"{path.name} is of no known format. {_hint(start)}".rstrip(),
        where=str(path),
        remedy=f"Tried: {', '.join(FORMATS)}. Name the format with --format if it is one of these.",
    )


def read(path: Path, format_name: str, report: Report) -> Iterator[Record]:
    """Yield the records of a file, counting in the report what is read and what is left out.

    Raises KnowledgeError where the format is unknown or the file is not of that format.
    """
    _start(path)
    for record in _format(format_name).read(path, report):
        report.read += 1
        yield record
    if not report.read and not report.left_out:
        report.skip("file without a record", path.name)


def header(path: Path, format_name: str) -> Header:
    """Return title, licence and note of a file, from itself where it says, else from its format."""
    known = _format(format_name)
    own = {"medchat-records": records.header, "jats": jats.header}.get(format_name)
    title, licence, note = own(path) if own else ("", "", "")
    return Header(title or path.stem, licence or known.licence, note or known.note)


def expand(paths: Iterable[Path], report: Report | None = None) -> list[Path]:
    """Return the files behind paths: folders are walked in sorted order, known formats only.

    Files inside folders that no format recognises are counted in the report; a file named by
    itself is returned whatever it is. Raises KnowledgeError for a missing path or a folder
    without any known file.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_inside(path, report if report is not None else Report())))
        elif path.exists():
            found[path] = None
        else:
            raise KnowledgeError(
                f"{path} does not exist.", where=str(path), remedy="Check the spelling of the path."
            )
    return list(found)


def _inside(folder: Path, report: Report) -> list[Path]:
    known: list[Path] = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file():
            continue
        start = files.head(path)
        if start.strip() and _recognised(path, start):
            known.append(path)
        else:
            report.skip("file of no known format", str(path.relative_to(folder)))
    if not known:
        raise KnowledgeError(
            f"The folder {folder} holds no file of a known format.",
            where=str(folder),
            remedy=f"Known formats: {', '.join(FORMATS)}.",
        )
    return known


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise KnowledgeError(
            f"There is no format {name!r}.",
            where="--format",
            remedy=f"Choose one of: {', '.join(FORMATS)}.",
        )
    return FORMATS[name]


def _recognised(path: Path, start: bytes) -> str:
    return next((name for name, each in FORMATS.items() if each.recognise(path, start)), "")


def _start(path: Path) -> bytes:
    if path.is_dir():
        raise KnowledgeError(
            f"{path} is a folder, not a file.", where=str(path), remedy="Name the files in it."
        )
    if not path.exists():
        raise KnowledgeError(
            f"{path} does not exist.", where=str(path), remedy="Check the spelling of the path."
        )
    start = files.head(path)
    if not start.strip():
        raise KnowledgeError(
            f"{path.name} is empty.", where=str(path), remedy="Add a file that holds records."
        )
    return start


def _hint(start: bytes) -> str:
    for mark, hint in _HINTS:
        if mark in start[:4096]:
            return hint
    text = start[:4096].decode("utf-8", errors="ignore").lstrip("\ufeff \r\n\t")
    if text.startswith(("{", "[")):
        return "It is JSON, but has neither 中心词 nor spo_list nor the keys of medical.json."
    if text.startswith("<"):
        return f"It is XML with the root element {files.root_name(text) or '?'}."
    names = files.columns(text)
    return f"Its columns are {', '.join(names[:12])}." if len(names) > 1 else ""
