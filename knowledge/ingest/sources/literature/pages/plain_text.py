"""Read Markdown notes with optional front matter, and plain text.

    front matter + headings | paragraphs -> one document with its sections

The front matter may name key, title, language, year, type, journal and identifiers; and the
collection that a note belongs to, with its licence.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.literature.markup import (
    known_tags,
    markdown_text,
    markup,
    plain_lines,
    tables,
)
from knowledge.ingest.sources.streams import encodings, text_lines
from knowledge.ingest.sources.streams.plain_yaml import YamlNode, YamlReader
from knowledge.records import ContentKey, DocumentRecord, Language, ReadReport, Record, Section

_MARKDOWN = {".md", ".markdown", ".mdown"}
_TEXT = {".txt", ".text", ""}
_FRONT = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^(?P<level>#{1,6})[ \t]+(?P<title>.+?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r"^\s{0,3}(=+|-+)\s*$")
_FENCE = re.compile(r"^\s{0,3}(```|~~~)")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n\s*")
_PICTURE = re.compile(
    r"!\[(?P<alt>[^\]]*\w[^\]]*)\][(\[]|<img\b[^<>]*?\salt\s*=\s*[\"'](?P<other>[^\"'<>]*\w[^\"'<>]*)",
    re.IGNORECASE,
)
_KEYS = (
    "key",
    "title",
    "language",
    "year",
    "type",
    "journal",
    "identifiers",
    "retracted",
    "collection",
    "licence",
)
_OTHER_FORMATS = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:[{\[<]|%PDF|PK\x03\x04|PMID- |TY  - )")
_LONGEST_TITLE = 200


def recognise_markdown(path: Path, start: bytes) -> bool:
    """Say whether a file is Markdown: by its name, and by being text."""
    return path.suffix.lower() in _MARKDOWN and bool(encodings.decode_head(path, start).strip())


def recognise_text(path: Path, start: bytes) -> bool:
    """Say whether a file is plain text: by its name, and by being no other format."""
    plain = path.suffix.lower() in _TEXT and _OTHER_FORMATS.match(start) is None
    return plain and bool(encodings.decode_head(path, start).strip())


def read_header(path: Path) -> tuple[str, str, str]:
    """Return the collection of a note, its licence, and no note."""
    matter = _FRONT.match(text_lines.read_text(path))
    front = _parse_front_matter(path, matter["yaml"]) if matter else {}
    return _field_text(front, "collection"), _field_text(front, "licence"), ""


def read_markdown(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one document whose sections are those under its headings."""
    raw = text_lines.read_text(path)
    matter = _FRONT.match(raw)
    front = _parse_front_matter(path, matter["yaml"]) if matter else {}
    body, hidden = known_tags.take_hidden(raw[matter.end() :] if matter else raw)
    if hidden:
        report.skip("hidden text removed", hidden[0], len(hidden))
    for picture in _PICTURE.finditer(body):
        report.skip("picture (not read)", picture["alt"] or picture["other"])
    empty: list[str] = []
    title = _field_text(front, "title")
    sections = list(_sections(body, empty, title))
    if not title and sections and sections[0].title:
        title = sections[0].title
        if not sections[0].text:
            sections = sections[1:]
    kept = tuple(section for section in sections if section.text)
    markup.count_empty(empty, title, report)
    yield from _document(path, front, title, kept, report)


def read_text(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one document; a short first line is its title."""
    raw = known_tags.raise_tagged(text_lines.read_text(path).strip())
    first, *others = _EMPTY_LINE.split(raw, maxsplit=1)
    rest = "".join(others)
    title = markup.join_lines(first)
    parts = list(plain_lines.parts(rest)) if len(title) <= _LONGEST_TITLE else []
    if not any(isinstance(part, tables.Table) or part[1] for part in parts):
        title, parts = "", list(plain_lines.parts(raw))
    sections = tuple(markup.build_sections(tables.frame_tables(parts), "", report))
    yield from _document(path, {}, title, sections, report)


def _document(
    path: Path,
    front: dict[str, YamlNode],
    title: str,
    sections: tuple[Section, ...],
    report: ReadReport,
) -> Iterator[DocumentRecord]:
    title = markup.tidy(title) or path.stem
    if not sections:
        report.skip("document without text", path.name)
        return
    text = "\n".join(section.text for section in sections)
    identifiers = front.get("identifiers", "")
    yield DocumentRecord(
        key=_field_text(front, "key") or content_key("text", text),
        title=title,
        language=_language(path, _field_text(front, "language"), text),
        sections=sections,
        year=_year(path, _field_text(front, "year")),
        type=_field_text(front, "type") or "document",
        journal=_field_text(front, "journal"),
        identifiers=tuple(
            each
            for each in (identifiers if isinstance(identifiers, list) else [identifiers])
            if isinstance(each, str) and each
        ),
        retracted=_field_text(front, "retracted").lower() in ("true", "yes"),
        line=1,
    )


def content_key(format: str, text: str) -> ContentKey:
    """Return a key made of a text, by which a file that is renamed stays the same document."""
    return ContentKey(f"{format}:{hashlib.sha256(text.encode()).hexdigest()[:16]}")


def _sections(body: str, empty: list[str], title: str) -> Iterator[Section]:
    """Split at headings; a heading carries those above it, but not the title.

    The only heading of the first level is a title; several are sections, and so is one beside
    another title.
    """
    lines = list(_lines(body))
    tops = [markdown_text.strip_markdown(text) for level, text in lines if level == 1]
    top = 2 if len(tops) == 1 and title in ("", tops[0]) else 1
    path: list[markup.Heading] = []
    held: list[str] = []
    for level, text in (*lines, (1, "")):
        if level == 0:
            held.append(text)
            continue
        yield from _section(path, held, top)
        held = []
        path = markup.go_under(path, level, markdown_text.strip_markdown(text), empty)


def _section(path: list[markup.Heading], lines: list[str], top: int) -> Iterator[Section]:
    """Yield the text under a heading, and each table that has a caption or notes by itself."""
    titles = [each.text for each in path if each.level >= top] or [each.text for each in path]
    title = ": ".join(titles)
    parts = tables.frame_tables(markdown_text.markdown_parts("\n".join(lines)))
    found = [
        Section(": ".join(filter(None, (title, each.title))), each.text)
        for each in markup.build_sections(parts, "", ReadReport())
    ]
    for heading in path:
        heading.used |= bool(found)
    if found or path:
        yield from found or [Section(title, "")]


def _lines(body: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its heading level, 0 where it is text."""
    fenced = False
    held: str | None = None
    for line in body.split("\n"):
        first = line.lstrip()[:1]
        if first in ("`", "~") and _FENCE.match(line):
            fenced = not fenced
        heading = _HEADING.match(line) if first == "#" and not fenced else None
        below = first in ("=", "-") and not fenced and bool((held or "").strip())
        underline = _UNDERLINE.match(line) if below else None
        if underline and held and not held.lstrip().startswith(("- ", "* ", "|", "> ")):
            yield (1 if "=" in line else 2), held.strip()
            held = None
            continue
        if held is not None:
            yield 0, held
        held = None if heading else line
        if heading:
            yield len(heading["level"]), heading["title"]
    if held is not None:
        yield 0, held


def _parse_front_matter(path: Path, text: str) -> dict[str, YamlNode]:
    walk = YamlReader(path, text, first_line=2)
    with walk.one_sentence_errors():
        root = walk.begin()
        if isinstance(root, yaml.StreamEndEvent):
            return {}
        found = walk.node(root)
    if not isinstance(found, dict):
        raise KnowledgeError(
            f"The front matter of {path.name} holds no `key: value` lines.",
            where=f"{path}, line 2",
            remedy=f"It may name {', '.join(_KEYS)}.",
        )
    return found


def _field_text(front: dict[str, YamlNode], key: str) -> str:
    value = front.get(key, "")
    return markup.tidy(value) if isinstance(value, str) else ""


def _language(path: Path, declared: str, text: str) -> Language:
    if declared in ("en", "zh"):
        return "en" if declared == "en" else "zh"
    if not declared:
        return markup.language_of(text)
    raise KnowledgeError(
        f"{path.name} names the language {declared!r}.",
        where=f"{path}, line 2",
        remedy="Write language: en or language: zh, or leave it out.",
    )


def _year(path: Path, declared: str) -> int | None:
    if not declared:
        return None
    if re.fullmatch(r"[12]\d{3}", declared):
        return int(declared)
    raise KnowledgeError(
        f"{path.name} names the year {declared!r}.",
        where=f"{path}, line 2",
        remedy="Write the year with four digits, such as year: 2024.",
    )
