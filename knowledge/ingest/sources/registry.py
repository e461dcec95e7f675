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
from knowledge.ingest.sources import file_streams
from knowledge.ingest.sources.graph import (
    chatdoctor_csv,
    cmekg,
    drug_interactions,
    drug_labels,
    hetionet,
    medchat_records,
    medicalgraph,
    obo,
    terminologies,
    triples,
)
from knowledge.ingest.sources.literature import (
    docx,
    html,
    jats,
    markup,
    medrag,
    nbib,
    pdf,
    plain_text,
    pubmed,
    ris,
)
from knowledge.records import DocumentRecord, ReadReport, Record


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be added: how to recognise a file of it, and how to read one."""

    name: str
    title: str
    holds: Literal["graph", "literature"]
    recognise: Callable[[Path, bytes], bool]
    read: Callable[[Path, ReadReport], Iterator[Record]]
    licence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself: its title, its licence, and where it comes from."""

    title: str
    licence: str
    note: str


_UNKNOWN_LICENCE = "not stated"
_HETIONET_NOTE = (
    "Gathered by program; symptoms and sites were found beside the disease in the literature and "
    "are associations only; palliation is told as use."
)

FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        Format(
            "medchat-records",
            "medchat records (YAML)",
            "graph",
            medchat_records.recognise,
            medchat_records.read,
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
            chatdoctor_csv.recognise,
            chatdoctor_csv.read,
            "academic use",
            "Statistical associations, some of them wrong; not advice on treatment.",
        ),
        Format(
            "obo",
            "ontology of diseases or findings (OBO)",
            "graph",
            obo.recognise,
            obo.read,
            "per ontology",
            "Names, identifiers and definitions; what is a kind of what is left out.",
        ),
        Format(
            "hpo-zh",
            "HPO in Chinese (Babelon table)",
            "graph",
            terminologies.recognise_babelon,
            terminologies.read_babelon,
            "HPO licence (attribution, unaltered)",
            "Names only, from translations that are marked official.",
        ),
        Format(
            "mesh",
            "MeSH terms (tables of ids and names)",
            "graph",
            terminologies.recognise_mesh,
            terminologies.read_mesh,
            "CC0-1.0",
            "Names only; headings whose kind the table does not say are left out.",
        ),
        Format(
            "hetionet-json",
            "Hetionet (JSON of nodes and edges)",
            "graph",
            hetionet.recognise_json,
            hetionet.read_json,
            "CC0-1.0 and terms of its sources",
            _HETIONET_NOTE,
        ),
        Format(
            "hetionet-edges",
            "Hetionet edges (table beside its table of nodes)",
            "graph",
            hetionet.recognise_edges,
            hetionet.read_edges,
            "CC0-1.0 and terms of its sources",
            _HETIONET_NOTE,
        ),
        Format(
            "hetionet-nodes",
            "Hetionet nodes (table of names)",
            "graph",
            hetionet.recognise_nodes,
            hetionet.read_nodes,
            "CC0-1.0 and terms of its sources",
            "Names only.",
        ),
        Format(
            "ddi-csv",
            "pairs of interacting medicines (CSV, as DDInter gives them)",
            "graph",
            drug_interactions.recognise_csv,
            drug_interactions.read_csv,
            _UNKNOWN_LICENCE,
            "That two medicines interact, and at which level.",
        ),
        Format(
            "worldvista",
            "interactions of medicines (WorldVistA XML)",
            "graph",
            drug_interactions.recognise_xml,
            drug_interactions.read_xml,
            _UNKNOWN_LICENCE,
            "French recommendations as of 2016 in translation; spelling as published.",
        ),
        Format(
            "sider",
            "uses or side effects (SIDER tables)",
            "graph",
            drug_labels.recognise_sider,
            drug_labels.read_sider,
            "CC-BY-NC-SA-4.0",
            "Found in labels by program; not reviewed by clinicians.",
        ),
        Format(
            "indications",
            "uses of medicines (LabeledIn table)",
            "graph",
            drug_labels.recognise_labeled,
            drug_labels.read_labeled,
            "CC0-1.0",
            "Uses found in labels by experts or by a crowd.",
        ),
        Format(
            "qamedicalkg-dict",
            "Chinese word lists (dictionaries of QASystemOnMedicalKG)",
            "graph",
            terminologies.recognise_list,
            terminologies.read_list,
            _UNKNOWN_LICENCE,
            "Names only, compiled from health websites; some stand in the wrong list.",
        ),
        Format(
            "triples",
            "triples of head, relation and tail (CSV, TSV, JSON)",
            "graph",
            triples.recognise,
            triples.read,
            _UNKNOWN_LICENCE,
            "Columns and relations are told by their names, or by a mapping beside the file.",
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
        Format(
            "medrag",
            "passages of medical texts (MedRAG JSON lines)",
            "literature",
            medrag.recognise,
            medrag.read,
            _UNKNOWN_LICENCE,
        ),
        Format(
            "nbib",
            "MEDLINE text (nbib)",
            "literature",
            nbib.recognise,
            nbib.read,
            "NLM terms of use",
        ),
        Format("ris", "references (RIS)", "literature", ris.recognise, ris.read),
        Format("docx", "Word documents (.docx)", "literature", docx.recognise, docx.read),
        Format("pdf", "PDF", "literature", pdf.recognise, pdf.read),
        Format("html", "pages (HTML)", "literature", html.recognise, html.read),
        Format(
            "markdown",
            "Markdown",
            "literature",
            plain_text.recognise_markdown,
            plain_text.read_markdown,
        ),
        Format("text", "plain text", "literature", plain_text.recognise_text, plain_text.read_text),
    )
}
"""Every format by name; the first one that recognises a file has it."""

_HINTS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "It is a ZIP archive or an Office document other than .docx; unpack it first."),
    (b"\xd0\xcf\x11\xe0", "It is an old or encrypted Office document; save it as .docx."),
    (b"SQLite format 3", "It is an SQLite database."),
    (b"BZh", "It is packed with bzip2; unpack it first."),
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


def read(path: Path, format_name: str, report: ReadReport) -> Iterator[Record]:
    """Yield the records of a file, counting in the report what is read and what is left out.

    Raises KnowledgeError where the format is unknown or the file is not of that format.
    """
    _start(path)
    format = _format(format_name)
    found = format.read(path, report)
    # Names are cleaned by rules of their own, which count what they refuse.
    for record in _seen(found, report) if format.holds == "literature" else found:
        report.read += 1
        yield record
    if not report.read and not report.left_out:
        report.skip("file without a record", path.name)


def begin(path: Path, format_name: str) -> None:
    """Read a file's first record, so that what cannot be read is refused before its hash is made.

    Raises KnowledgeError as `read` does.
    """
    if path.stat().st_size > _LARGE:
        next(read(path, format_name, ReadReport()), None)


_LARGE = 64 * 1024 * 1024
"""Bytes of a file whose hash takes noticeably longer than its first record."""


def _seen(found: Iterator[Record], report: ReadReport) -> Iterator[Record]:
    """Yield records, and count the characters that nobody sees and that were taken out of each."""
    while True:
        with markup.watched() as unseen:
            record = next(found, None)
        if unseen.count:
            place = record.key if isinstance(record, DocumentRecord) else ""
            report.skip("invisible characters removed", place, unseen.count)
        if record is None:
            return
        yield record


_HEADERS: dict[str, Callable[[Path], tuple[str, str, str]]] = {
    "medchat-records": medchat_records.header,
    "jats": jats.header,
    "markdown": plain_text.header,
}
"""What reads the title, licence and note that a file of a format states of itself."""


def header(path: Path, format_name: str) -> Header:
    """Return title, licence and note of a file, from itself where it says, else from its format."""
    known = _format(format_name)
    own = _HEADERS.get(format_name)
    title, licence, note = own(path) if own else ("", "", "")
    return Header(title or path.stem, licence or known.licence, note or known.note)


def expand(paths: Iterable[Path], report: ReadReport | None = None) -> list[Path]:
    """Return the files behind paths: folders are walked in sorted order, known formats only.

    Files inside folders that no format recognises are counted in the report; a file named by
    itself is returned whatever it is. Raises KnowledgeError for a missing path or a folder
    without any known file.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(
                dict.fromkeys(_inside(path, report if report is not None else ReadReport()))
            )
        elif path.is_file():
            found[path] = None
        elif path.exists():
            raise KnowledgeError(
                f"{path} is a pipe or a device, not a file.",
                where=str(path),
                remedy="Save what comes out of it in a file and add that.",
            )
        else:
            raise KnowledgeError(
                f"{path} does not exist.", where=str(path), remedy="Check the spelling of the path."
            )
    return list(found)


def _inside(folder: Path, report: ReadReport) -> list[Path]:
    known: list[Path] = []
    try:
        inside = sorted(folder.rglob("*"))
    except OSError as error:
        raise KnowledgeError(
            f"The folder {folder.name} cannot be looked through: {error.strerror}.",
            where=str(folder),
            remedy="Add the files or folders in it that are meant.",
        ) from error
    for path in inside:
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file():
            continue
        start = file_streams.head(path)
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
    start = file_streams.head(path)
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
        return "It is JSON, but with neither id and content nor the keys of a graph that is known."
    if text.startswith("<"):
        return f"It is XML with the root element {file_streams.root_name(text) or '?'}."
    names = file_streams.columns(text)
    return f"Its columns are {', '.join(names[:12])}." if len(names) > 1 else ""
