"""Build the sections of an article from the passages of BioC.

passages in order -> headings above paragraphs | tables row by row with caption and notes
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.ingest.sources.literature.articles import jats_blocks, jats_marks
from knowledge.ingest.sources.literature.markup import known_tags, tables
from knowledge.ingest.sources.literature.references import references
from knowledge.records import ReadReport, Section
from knowledge.text.holes import HOLE
from knowledge.text.sentences import split_sentences

_NAMES = {
    **{"ABSTRACT": "Abstract", "INTRO": "Introduction", "METHODS": "Methods", "CASE": "Case"},
    **{"RESULTS": "Results", "DISCUSS": "Discussion", "CONCL": "Conclusion", "FIG": "Figure"},
    **{"TABLE": "Table", "APPENDIX": "Appendix", "SUPPL": "Supplement"},
}  # fmt: skip
_COUNTED = {
    "REF": "reference (not read)",
    "ACK_FUND": "acknowledgements (not read)",
    "AUTH_CONT": "contributions of the authors (not read)",
    "COMP_INT": "competing interests (not read)",
    "ABBR": "abbreviations (not read)",
    "KEYWORD": "keywords (not read)",
    "REVIEW_INFO": "information on the review (not read)",
}
_HEADING = re.compile(r"(?:abstract_)?title(?:_(?P<level>\d))?")
_LOST_POWER = re.compile(
    r"(?<=[×*]\s10)(?:[1-9]\d?|[-−–]\d{1,2})(?![\d.,]\d|\d)"
    r"|(?<=[×*]10)(?:[1-9]\d?|[-−–]\d{1,2})(?![\d.,]\d|\d)"
    r"|(?<=\d x 10)(?:[1-9]\d?|[-−–]\d{1,2})(?![\d.,]\d|\d)"
    r"|(?<=\b10)(?:6|9|12)(?=\s?/\s?(?:[LlµμmM]))"
)
"""What was raised in "5 × 109/L"; a factor such as "3 × 100 mg" ends with a nought."""

_LONGEST_TITLE = 150
_LONGEST_TABLE = 2_000_000


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: what its infons say, and its text."""

    infons: Mapping[str, str]
    text: str


@dataclass(slots=True)
class _Float:
    """A table or figure that passages of one id tell."""

    name: str
    caption: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class SectionBuilder:
    """Takes the passages of one document in order; `title` is that of the document."""

    def __init__(self, report: ReadReport) -> None:
        self._report = report
        self._path: list[tuple[int, str]] = []
        self._kind = ""
        self._held: list[str] = []
        self._sections: list[Section] = []
        self._floats: dict[str, _Float] = {}
        self._float = ""
        self.title = ""
        self.is_full_text = False

    def add(self, passage: Passage) -> None:
        """Take the next passage."""
        kind = passage.infons.get("section_type", "").upper()
        type = passage.infons.get("type", "").lower()
        if not kind and type in ("abstract", "title"):
            kind = "TITLE" if type == "title" and not self.title else "ABSTRACT"
        if kind in _COUNTED or type in ("ref", "reference", "references"):
            if not _HEADING.fullmatch(type):
                self._report.skip(_COUNTED.get(kind, _COUNTED["REF"]), self.title)
            return
        text = _plain(passage.text)
        if type == "front" or kind == "TITLE":
            self.title = self.title or text
            if text and self.title != text:
                self._held.append(text)
            return
        self.is_full_text |= kind not in ("", "ABSTRACT")
        if kind in ("TABLE", "FIG") or type.startswith(("table", "fig")):
            self._add_float(passage, kind, type, text)
            return
        heading = _HEADING.fullmatch(type)
        self._turn_to(kind)
        if heading:
            self._close()
            level = int(heading["level"] or 1)
            title = text.rstrip(" .:")
            title = title.capitalize() if title.isupper() and len(title) > 5 else title
            self._path = [part for part in self._path if part[0] < level] + [(level, title)]
        elif text:
            self._held.append(text)

    def finish(self) -> tuple[Section, ...]:
        """Return the sections: those of the text in order, then tables and figures."""
        self._close()
        for each in self._floats.values():
            self._sections += self._float_sections(each)
        return tuple(self._sections)

    def _turn_to(self, kind: str) -> None:
        if kind != self._kind:
            self._close()
            self._kind, self._path = kind, []

    def _close(self) -> None:
        if not self._held:
            return
        titles = [title for _, title in self._path if title]
        name = _NAMES.get(self._kind, "")
        if name and (not titles or (self._kind == "ABSTRACT" and titles[0] != name)):
            titles = [name, *titles]
        self._sections.append(Section(": ".join(titles), "\n\n".join(self._held)))
        self._held = []

    def _add_float(self, passage: Passage, kind: str, type: str, text: str) -> None:
        name = "Figure" if kind == "FIG" or type.startswith("fig") else "Table"
        id = passage.infons.get("id") or passage.infons.get("file") or self._float or name
        self._float = id
        held = self._floats.setdefault(id, _Float(name))
        if type == "table":
            held.rows += self._rows(passage)
        elif "foot" in type:
            held.notes += [text] if text else []
        elif text:
            held.caption.append(text)

    def _rows(self, passage: Passage) -> list[str]:
        raw = passage.infons.get("xml", "")
        rows = _xml_rows(raw, self._report) if raw else None
        if rows is not None:
            return rows
        lines = [
            [_plain(cell) for cell in line.split("\t")]
            for line in re.split(r"\t[ \u00a0]\t|\n", passage.text)
        ]
        grid = tables.plain_grid(line for line in lines if any(line))
        return list(tables.statements(grid, 1)) if grid else []

    def _float_sections(self, held: _Float) -> list[Section]:
        words = " ".join(held.caption)
        first = split_sentences(words)[0].rstrip(" .") if words else ""
        title = first if first and len(first) <= _LONGEST_TITLE else held.name
        caption = [words] if words else []
        if not held.rows:
            text = "\n\n".join([*caption, *held.notes])
            return [Section(title, text)] if text else []
        return [Section(title, part) for part in tables.split_parts(held.rows, held.notes, caption)]


def _plain(text: str) -> str:
    """Return a text on one line, in which a power that lost its sign is a hole."""
    return _LOST_POWER.sub(HOLE, references.plain_line(text))


def _xml_rows(raw: str, report: ReadReport) -> list[str] | None:
    """Return the rows of a table that an infon holds as XML, or None where it cannot be read."""
    from xml.etree.ElementTree import Element

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if len(raw) > _LONGEST_TABLE or known_tags.is_too_deep(raw):
        return None
    try:
        table = fromstring(raw)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    for each in table.iter():
        each.tag = str(each.tag).rsplit("}", 1)[-1]
    section, wrap = Element("sec"), Element("table-wrap")
    wrap.append(table)
    section.append(wrap)
    jats_marks.prepare(section, report)
    found = jats_blocks.read_blocks(section, report)
    rows = [row for _, text in found.floats for row in text.split("\n\n")]
    return [*rows, *found.paragraphs]
