"""Join the pages of a PDF: running heads out, hyphens and sentences over line and page ends joined.

    rows of each page -> without what repeats on every page -> paragraphs and tables -> sections

A sentence that goes on over a page is in the section of its first page, under which it is cited.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.ingest.sources.literature.markup import markup
from knowledge.ingest.sources.literature.markup.tables import Cell
from knowledge.ingest.sources.literature.pdf import pdf_gutters, pdf_layout, pdf_tables
from knowledge.ingest.sources.literature.pdf.pdf_glyphs import Rule
from knowledge.ingest.sources.literature.pdf.pdf_lines import Piece, Row, Word
from knowledge.ingest.sources.literature.pdf.pdf_paragraphs import Paragraph, goes_on
from knowledge.ingest.sources.literature.pdf.pdf_tables import Table
from knowledge.records import ReadReport, Section
from knowledge.text.sentences import split_sentences

_EDGE_ROWS = 2
_FEW_PAGES = 4
_LONGEST_HEAD = 120
_PAGE_NUMBER = re.compile(
    r"\W*(?:page|p\.?|第)?\s*\d{1,4}\s*(?:页)?\s*(?:(?:of|/|共|，共)\s*\d{1,4}\s*页?)?\W*", re.I
)
_HYPHEN = re.compile(r"([^\W_][\w-]*)[-\u00ad\u2010]\n([^\W_]+)")
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_FIRST_PARTS = frozenset(
    ("with", "there", "here", "over", "under", "some", "every", "where", "when", "what", "inter")
)
"""Words that others begin with, without a hyphen."""

_COMPOUND_HEADS = frozenset(
    (
        "alpha", "beta", "gamma", "non", "low", "high", "long", "short", "well", "self", "half",
        "double", "single", "two", "three", "four", "first", "second", "third", "end", "dose",
        "drug", "age", "sex", "time", "risk", "placebo", "evidence", "follow", "post", "pre",
        "anti", "intention", "cross", "open", "once", "twice",
    )
)  # fmt: skip
"""What begins compounds that keep their hyphen where a line ends in it."""

_LONG_PART = 7
"""Letters of a part before a line end that is a word, where a hyphen follows the next part too."""

_CAPTION = re.compile(
    r"(?:table|tab\.|supplementary table|表|附表)\s*[\dA-ZⅠ-Ⅹ一二三四五六七八九十]", re.I
)
_NOTE = re.compile(
    r"(?i:notes?\b|abbreviations?\b|source\b|data are\b|values are\b)"
    r"|注[:：]|[*†‡§¶#]|[⁰¹²³⁴-⁹]|\^[a-z]\b"
)


@dataclass(slots=True)
class _Told:
    """What a page says: its paragraphs, and its tables."""

    paragraphs: list[Paragraph]
    tables: list[Table]


class Pages:
    """The pages of a PDF in turn, packed until all are known."""

    def __init__(self) -> None:
        self._packed: list[str] = []
        self._rules: list[list[Rule]] = []
        self._edges: list[list[str]] = []
        self._apart: list[set[tuple[str, int]]] = []
        self._rows_alike: set[str] = set()
        self._words: set[str] = set()
        self._compounds: set[str] = set()
        self._first = ""

    def add(
        self, rows: Sequence[Row], rules: Sequence[Rule], aside: Sequence[Sequence[Row]] = ()
    ) -> None:
        """Add a page: its rows, its ruled lines, and rows that are written in other directions."""
        texts = [row.text for row in rows]
        # Rows of a table may differ in their figures alone; no running head stands there thrice.
        patterns = Counter(map(_pattern, texts))
        self._rows_alike.update(line for line, count in patterns.items() if count > 2)
        self._edges.append([_pattern(text) for text in _edge(texts)])
        self._apart.append(_rows_apart(rows))
        self._packed.append(json.dumps([_pack(rows), *map(_pack, aside)]))
        self._rules.append(list(rules))
        for row in rows:
            for piece in row.pieces:
                # the first and last word of a line may be parts of words
                whole = piece.text.lower().partition(" ")[2].rpartition(" ")[0]
                self._words.update(_WORD.findall(whole))
                self._compounds.update(_COMPOUND.findall(whole))
        if len(self._packed) == 1:
            self._first = "\n".join(texts)

    def first_text(self) -> str:
        """Return all that stands on the first page, as it stands there."""
        return self._first

    def sections(self, report: ReadReport) -> Iterator[tuple[int, Section]]:
        """Yield a section for each page, and one for each table, with the number of its page."""
        running = self._running()
        told = [self._page(place, running, report) for place in range(len(self._packed))]
        size = _body_size(told)
        for page, after in zip(told, told[1:], strict=False):
            self._join_pages(page, after, size)
        for number, page in enumerate(told, 1):
            text = "\n\n".join(part.text for part in page.paragraphs if part.text)
            if any(sign.isalnum() for sign in text):
                yield number, Section(f"Page {number}", text)
            for table in page.tables:
                name = (
                    f"Page {number}: {table.caption}" if table.caption else f"Page {number}: table"
                )
                if not table.is_sound():
                    report.skip(pdf_tables.UNSOUND, name)
                    continue
                for part in table.parts():
                    yield number, Section(name, part)

    def _page(self, place: int, running: set[str], report: ReadReport) -> _Told:
        main, *aside = (_unpack(rows) for rows in json.loads(self._packed[place]))
        kept = self._without_running(main, running)
        if len(kept) < len(main):
            report.skip("running header or footer", main[0].text, len(main) - len(kept))
        parts = pdf_layout.read_order(kept, self._rules[place])
        for rows in aside:
            parts += [
                part for part in pdf_layout.read_order(rows, ()) if isinstance(part, Paragraph)
            ]
        for part in parts:
            if isinstance(part, Paragraph):
                part.text = self._finished(part.text)
            else:
                part.rows = [
                    [_with_text(cell, self._finished(cell.text)) for cell in row]
                    for row in part.rows
                ]
        return _with_captions(parts)

    def _finished(self, text: str) -> str:
        """Return the lines of a paragraph joined, with hyphens that only part words taken out."""
        return markup.join_lines(_HYPHEN.sub(self._joined, text))

    def _joined(self, match: re.Match[str]) -> str:
        left, right = match[1], match[2]
        part = left.rpartition("-")[2]
        word, compound = f"{part}{right}".lower(), f"{part}-{right}".lower()
        keeps = (
            not (part[-1:].isalpha() and right[:1].islower())
            or len(part) < 2
            or any(sign.isdigit() for sign in part)
            or any(sign.isupper() for sign in part[1:])
        )
        goes_on = match.string[match.end() : match.end() + 1] in ("-", "\u2010")
        if not keeps and goes_on and min(len(part), len(right)) >= _LONG_PART:
            keeps = word not in self._words  # angiotensin-converting-enzyme
        if not keeps and word not in self._words:
            known = compound in self._compounds or "-" in left
            both = {part.lower(), right.lower()} <= self._words
            keeps = known or part.lower() in _COMPOUND_HEADS or (both and part not in _FIRST_PARTS)
        return f"{left}-{right}" if keeps else f"{left}{right}"

    def _running(self) -> set[str]:
        """Return the first and last lines that most pages share, page numbers apart."""
        seen: Counter[str] = Counter()
        for edges in self._edges:
            seen.update(set(edges))
        pages = len(self._edges)
        few = self._running_on_few() if pages <= _FEW_PAGES else set()
        return (
            few - self._rows_alike
            | {
                line
                for line, count in seen.items()
                if line
                and count > 2
                and (count * 2 > pages or (count * 5 > pages and len(line) > 3))
            }
            - self._rows_alike
        )

    def _running_on_few(self) -> set[str]:
        """Return the lines apart from the text that two of a few pages have at the same place."""
        seen = Counter(line for page in self._apart for line in page)
        return {line for (line, _), count in seen.items() if line and count > 1}

    def _without_running(self, rows: list[Row], running: set[str]) -> list[Row]:
        texts = [row.text for row in rows]
        edge = {*range(_EDGE_ROWS), *range(len(rows) - _EDGE_ROWS, len(rows))}
        last = len(rows) - 1
        kept = []
        for place, row in enumerate(rows):
            if place in edge and _pattern(texts[place]) in running:
                continue
            if place in (0, last) and last > 2 and _is_number(rows, place):
                continue
            kept.append(row)
        return kept

    def _join_pages(self, page: _Told, after: _Told, size: float) -> None:
        """Move the end of a sentence that goes on over a page to the page where it began."""
        body = [part for part in page.paragraphs if part.size > 0.93 * size and part.text]
        first = next((part for part in after.paragraphs if part.text), None)
        if not body or first is None or abs(first.size - body[-1].size) > 0.08 * first.size:
            return
        last = body[-1]
        if not goes_on(last.text, first.text):
            return
        sentence = split_sentences(first.text)[0]
        last.text = self._finished(f"{last.text}\n{sentence}")
        first.text = first.text[first.text.index(sentence) + len(sentence) :].strip()


def _edge(texts: Sequence[str]) -> list[str]:
    return [*texts[:_EDGE_ROWS], *texts[-_EDGE_ROWS:]]


def _pattern(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip())


def _rows_apart(rows: Sequence[Row]) -> set[tuple[str, int]]:
    """Return the first and the last row, each with its height, where it is apart from the text."""
    found: set[tuple[str, int]] = set()
    for place in (0, len(rows) - 1) if len(rows) > 3 else ():
        row, beside = rows[place], rows[1] if place == 0 else rows[place - 1]
        if _is_apart(row, beside) and len(row.text) < _LONGEST_HEAD:
            found.add((_pattern(row.text), round(row.base / 3)))
    return found


def _is_apart(row: Row, beside: Row) -> bool:
    return abs(row.base - beside.base) > 2.2 * max(row.size, beside.size)


def _is_number(rows: list[Row], place: int) -> bool:
    """Say whether a row is a page number that stands apart from the text."""
    row = rows[place]
    beside = rows[1] if place == 0 else rows[place - 1]
    return _is_apart(row, beside) and bool(_PAGE_NUMBER.fullmatch(row.text))


def _pack(rows: Sequence[Row]) -> list[object]:
    return [
        [
            [
                (
                    *(word.text, round(word.left, 1), round(word.right, 1), round(word.base, 2)),
                    *(round(word.size, 2), int(word.bold), int(word.space), word.raised),
                )
                for word in piece.words
            ]
            for piece in row.pieces
        ]
        for row in rows
    ]


def _unpack(rows: list[list[list[list[object]]]]) -> list[Row]:
    return [Row([Piece([_word(*word) for word in piece]) for piece in row]) for row in rows]


def _word(*parts: object) -> Word:
    return Word(*parts)  # type: ignore[arg-type]


def _with_text(cell: Cell, text: str) -> Cell:
    return Cell(text, columns=cell.columns, rows=cell.rows)


def _body_size(pages: Sequence[_Told]) -> float:
    """Return the size of most letters."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for part in page.paragraphs:
            sizes[round(part.size, 1)] += len(part.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _with_captions(parts: list[Paragraph | Table]) -> _Told:
    """Give tables the caption above and the notes below them."""
    told = _Told([], [])
    body = _body_size([_Told([part for part in parts if isinstance(part, Paragraph)], [])])
    for place, part in enumerate(parts):
        if isinstance(part, Paragraph):
            before = parts[place - 1] if place else None
            if isinstance(before, Table) and _is_note(part, before, body):
                before.notes.append(part.text)
                before.bottom = part.bottom
                parts[place] = before
            else:
                told.paragraphs.append(part)
            continue
        last = told.paragraphs[-1] if told.paragraphs else None
        if last is not None and parts[place - 1] is last and _is_caption(last, part):
            part.caption = told.paragraphs.pop().text
            more = told.paragraphs[-1] if told.paragraphs else None
            if more is not None and len(more.text) < 20 and pdf_gutters.CAPTION.match(more.text):
                part.caption = f"{told.paragraphs.pop().text} {part.caption}"
        told.tables.append(part)
    return told


def _is_caption(part: Paragraph, table: Table) -> bool:
    if pdf_gutters.CAPTION.match(part.text):
        return True
    near = 0 < part.bottom - table.top < 3 * table.size
    goes_on = pdf_gutters.ENDED.search(part.text) or pdf_gutters.WITHIN.search(part.text)
    return near and len(part.text) < 90 and not goes_on and not part.text[:1].islower()


def _is_note(part: Paragraph, table: Table, body: float) -> bool:
    if not 0 < table.bottom - part.bottom < 40 * table.size or pdf_gutters.CAPTION.match(part.text):
        return False
    near = table.bottom - (part.top - part.size) < 3.2 * table.size
    # Text in the size of the page is no note, even below a table in larger letters.
    small = part.size < 0.93 * table.size and (part.size < 0.97 * body or table.size <= body)
    return near and (bool(_NOTE.match(part.text)) or small)
