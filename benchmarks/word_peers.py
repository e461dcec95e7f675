"""What other libraries read of the same files; installed by hand, or skipped with a reason.

path -> the text that a caller of the library gets
"""

import gzip
import html
import re
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path


def _docx2python(path: Path) -> str:
    from docx2python import docx2python

    with docx2python(path) as read:
        return str(read.text)


def _mammoth(path: Path) -> str:
    import mammoth

    with path.open("rb") as stream:
        return re.sub(r"(?s)<[^>]+>", " ", html.unescape(mammoth.extract_raw_text(stream).value))


def _python_docx(path: Path) -> str:
    import docx

    document = docx.Document(str(path))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join((*(each.text for each in document.paragraphs), *cells))


def _trafilatura(path: Path) -> str:
    import trafilatura

    page = path.read_text(encoding="utf-8")
    return trafilatura.extract(page, include_tables=True, favor_recall=True) or ""


def _pubmed_xml(path: Path) -> str:
    import pubmed_parser

    with tempfile.NamedTemporaryFile(suffix=".xml.gz") as packed:  # it reads packed files only
        packed.write(gzip.compress(path.read_bytes()))
        packed.flush()
        found = [*pubmed_parser.parse_medline_xml(packed.name)]
    return "\n".join(f"{each['title']}\n{each['abstract']}" for each in found)


def _pubmed_jats(path: Path) -> str:
    import pubmed_parser

    about = pubmed_parser.parse_pubmed_xml(str(path))
    said = [about["full_title"], about["abstract"]]
    for part in pubmed_parser.parse_pubmed_paragraph(str(path), all_paragraph=True):
        said += [part["section"], part["text"]]
    for figure in pubmed_parser.parse_pubmed_caption(str(path)) or ():
        said += [figure["fig_label"], figure["fig_caption"]]
    for table in pubmed_parser.parse_pubmed_table(str(path), return_xml=False) or ():
        said += [table["label"], table["caption"], *map(str, table["table_columns"])]
        said += [str(cell) for row in table["table_values"] for cell in row]
    return "\n".join(str(part) for part in said if part)


def _pdfminer(path: Path) -> str:
    from pdfminer.high_level import extract_text

    return str(extract_text(str(path)))


def _pypdf(path: Path) -> str:
    import pypdf

    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def _rispy(path: Path) -> str:
    import rispy

    found = rispy.loads(path.read_text(encoding="utf-8-sig", errors="replace"))
    names = ("title", "primary_title", "abstract", "notes_abstract")
    return "\n".join(str(each[name]) for each in found for name in names if name in each)


def _bibtexparser(path: Path) -> str:
    import bibtexparser

    found = bibtexparser.parse_string(path.read_text(encoding="utf-8")).entries
    names = ("title", "abstract")
    return "\n".join(str(each[name]) for each in found for name in names if name in each)


def _biopython(path: Path) -> str:
    from Bio import Medline

    with path.open(encoding="utf-8") as stream:
        return "\n".join(
            f"{each.get('TI', '')}\n{each.get('AB', '')}" for each in Medline.parse(stream)
        )


def _mistune(path: Path) -> str:
    import mistune

    made = mistune.html(path.read_text(encoding="utf-8"))
    return html.unescape(re.sub(r"(?s)<[^>]+>", " ", str(made)))


def _markdown_it(path: Path) -> str:
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark").enable("table").render(path.read_text(encoding="utf-8"))
    return html.unescape(re.sub(r"(?s)<[^>]+>", " ", made))


def _ebooklib(path: Path) -> str:
    import ebooklib
    from ebooklib import epub

    book = epub.read_epub(str(path))
    parts = (each.get_content().decode() for each in book.get_items_of_type(ebooklib.ITEM_DOCUMENT))
    return html.unescape(re.sub(r"(?s)<[^>]+>", " ", "\n".join(parts)))


PEERS: dict[str, tuple[tuple[str, Callable[[Path], str]], ...]] = {
    "pubmed": (("pubmed_parser", _pubmed_xml),),
    "jats": (("pubmed_parser", _pubmed_jats),),
    "nbib": (("biopython", _biopython),),
    "ris": (("rispy", _rispy),),
    "bibtex": (("bibtexparser", _bibtexparser),),
    "docx": (("docx2python", _docx2python), ("mammoth", _mammoth), ("python-docx", _python_docx)),
    "html": (("trafilatura", _trafilatura),),
    "markdown": (("mistune", _mistune), ("markdown-it-py", _markdown_it)),
    "pdf": (("pdfminer.six", _pdfminer), ("pypdf", _pypdf)),
    "epub": (("EbookLib", _ebooklib),),
}
"""Each format's peers by the name of their distribution; the others have none."""


def installed(name: str) -> str:
    """Return the version of a distribution, or nothing where it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
