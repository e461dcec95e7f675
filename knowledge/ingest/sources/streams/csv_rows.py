"""Read CSV and TSV files row by row, with the line on which each row starts."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams import archives, encodings
from knowledge.ingest.sources.streams.encodings import undecodable_error
from knowledge.ingest.sources.streams.limits import LONGEST_CELL, LONGEST_RECORD, too_large_error
from knowledge.ingest.sources.streams.text_lines import bounded_lines, open_text


def read_rows(
    path: Path, wanted: set[str], title: str, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file with the line on which each starts.

    Cells beyond the header are kept under the empty name; a quote in a table cut by tabs is a
    sign like any other. Raises KnowledgeError where a wanted column is missing or the CSV is
    broken.
    """
    table = _read_table(path, wanted, title, delimiter)
    _, header = next(table)
    for line, cells in table:
        yield line, _named_row(header, cells)


def read_cells(
    path: Path, wanted: tuple[str, str, str], title: str, delimiter: str = ","
) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Yield three cells of each row: faster than `read_rows` where most rows are left out."""
    table = _read_table(path, set(wanted), title, delimiter)
    _, header = next(table)
    one, two, three = (_last_index(header, name) for name in wanted)
    for line, row in table:
        if len(row) == len(header):
            yield line, (row[one], row[two], row[three])
        else:
            named = _named_row(header, row)
            yield line, (named[wanted[0]], named[wanted[1]], named[wanted[2]])


def read_lists(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row that is not blank, the first one too."""
    return _read_table(path, set(), "", delimiter)


def _last_index(header: list[str], name: str) -> int:
    """Return the place of a column; of two with one name the later one counts, as in a row."""
    return len(header) - 1 - header[::-1].index(name)


def _read_table(
    path: Path, wanted: set[str], title: str, delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield the header of a CSV file, then its rows that are not blank, each with its line."""
    csv.field_size_limit(LONGEST_CELL)
    quoting: Literal[0, 3] = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    if delimiter == ",":
        delimiter = find_delimiter(encodings.decode_head(path, archives.read_head(path)))
    with open_text(path) as stream:
        text = _BoundedRow(stream, path)
        # Without quotes a row is a line, and lines are bounded as they are.
        source = bounded_lines(stream, path) if quoting == csv.QUOTE_NONE else text
        reader = csv.reader(source, delimiter=delimiter, quoting=quoting, strict=True)
        line = 1
        try:
            header = [cell.strip() for cell in next(reader, [])]
            if _NAMES_DELIMITER.fullmatch(delimiter.join(header)):
                header = [cell.strip() for cell in next(reader, [])]
            _check_columns(path, header, wanted, title)
            yield line, header
            line = reader.line_num + 1
            for row in reader:
                if row and (row[0].strip() or any(map(str.strip, row))):
                    yield line, row
                line = reader.line_num + 1
                text.size = 0
        except UnicodeDecodeError as error:
            raise undecodable_error(path, error, line) from error
        except csv.Error as error:
            raise KnowledgeError(
                f"The CSV file {path.name} is broken at line {line}: {error}.",
                where=f"{path}, line {line}",
                remedy="Repair the quotes of that row and add the file again.",
            ) from error


class _BoundedRow:
    """Lines of a table, refused where one row goes on over too many of them."""

    def __init__(self, stream: IO[str], path: Path) -> None:
        self._lines = bounded_lines(stream, path)
        self._path = path
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.size += len(line)
            if self.size > LONGEST_RECORD:
                raise too_large_error(
                    self._path, f"one row has more than {LONGEST_RECORD} characters"
                )
            yield line


def _check_columns(path: Path, header: list[str], wanted: set[str], title: str) -> None:
    missing = sorted(wanted - set(header))
    if missing:
        raise KnowledgeError(
            f"{path.name} lacks the columns {', '.join(missing)} of {title}; "
            f"it has {', '.join(filter(None, header)) or 'none'}.",
            where=f"{path}, line 1",
            remedy="Check --format, or leave it out so that the format is found by content.",
        )


def _named_row(header: list[str], cells: list[str]) -> dict[str, str]:
    if len(header) == len(cells) and "" not in header:
        return dict(zip(header, cells, strict=True))
    row = dict.fromkeys(header, "")
    for place, cell in enumerate(cells):
        name = header[place] if place < len(header) else ""
        row[name] = cell if name else " ".join(filter(None, (row.get("", ""), cell.strip())))
    return row


def split_header(start: str, delimiter: str = ",") -> list[str]:
    """Return the column names in the first line of a CSV text.

    Where they are not separated by commas, they may be by semicolons, tabs or bars.
    """
    first = first_line(start)
    header = _split(first, delimiter)
    if delimiter != "," or len(header) > 1:
        return header
    return max((header, *(_split(first, each) for each in _OTHERS)), key=len)


def first_line(start: str) -> str:
    """Return the first line of a table, behind one that only names its delimiter, as Excel does."""
    lines = _LINE_END.split(start.lstrip("\ufeff"), maxsplit=2)
    return lines[1] if len(lines) > 1 and _NAMES_DELIMITER.fullmatch(lines[0]) else lines[0]


def find_delimiter(start: str) -> str:
    """Return what separates the cells of a table whose cells are separated by commas, mostly."""
    first = first_line(start)
    return max(",", *_OTHERS, key=lambda each: (len(_split(first, each)), each == ","))


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


_OTHERS = (";", "\t", "|")
_LINE_END = re.compile("\r\n|\r|\n")
_NAMES_DELIMITER = re.compile(r'"?sep=.?"?', re.IGNORECASE)
