"""Turn Markdown into paragraphs of plain text.

    blocks -> list items, rows of tables, quotes -> inline marks off -> text

A sign is a mark only where CommonMark makes it one and no author of medicine means the sign
itself: HLA-B*58:01, 5*10^9, C_max, <ULN and >3 times stay as they are written.
"""

import re
from collections.abc import Iterator

from knowledge.ingest.sources.literature.markup import (
    known_tags,
    latex_text,
    line_breaks,
    markup,
    plain_lines,
    raised_figures,
    tables,
)

_KEPT = re.compile("\ue000(\\d+)\ue001")
_LITERAL = re.compile(
    r"\\\((?P<inner>[^\n]{1,300}?)\\\)|\\([!-/:-@\[-`{-~])"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?P<code>.{1,2000}?)(?<!`)(?P=ticks)(?!`)"
    r"|(?<![\w$])(?P<dollar>\$\$?)(?=[^\s$])(?P<tex>[^$\n]{1,300})(?<=[^\s$\\])(?P=dollar)(?![\d$])"
    r"|(?<=[\d\w)\]])\$(?P<script>[\^_][^$\n]{1,40})\$(?!\d)",
    re.DOTALL,
)
_FORMULA = re.compile(r"[\\^_{}<>=]")
_STRUCK = re.compile(r"(?<!~)~~(?=[^\s~])((?:(?!~~).){1,2000}?)(?<=[^\s~])~~(?!~)", re.DOTALL)
_RAISED = re.compile(r"(?<=[\w)\]])\^([^\s^]{1,20})\^(?![\w^])")
_HARD_BREAK = re.compile(r"(?: {2,}|(?<!\\)\\)\n")
_TARGET = r"\(\s*(?:<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+[\"'][^\"']*[\"'])?\s*\)"
_OPENS = r"(?<![A-Za-z0-9*)\]/])"
_INLINE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL), ""),
    (re.compile(rf"!\[[^\]]{{0,1000}}\]{_TARGET}"), ""),
    (re.compile(rf"\[([^\[\]]{{1,1000}})\]{_TARGET}"), r"\1"),
    (re.compile(r"\[(?=[^\[\]]{0,40}[^\W\d_]{2})([^\[\]]{1,1000})\]\[[^\[\]]{0,1000}\]"), r"\1"),
    (re.compile(r"\[\^[^\]]+\]:?"), ""),
    (re.compile(r"<((?:https?|mailto):[^\s<>]+)>"), r"\1"),
)
_EMPHASIS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"{_OPENS}\*\*\*(?=[^\s*])([^*]+?)(?<=[^\s*])\*\*\*(?!\*)"),
    re.compile(rf"{_OPENS}\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![A-Za-z0-9(])"),
    re.compile(rf"{_OPENS}\*\*(?=[^\s*])(.{{1,2000}}?)(?<=[^\s*])\*\*(?!\*)", re.DOTALL),
    re.compile(rf"{_OPENS}\*([^\W\d_][^*\n\d]{{0,40}})(?<=[^\s*])\*(?=[^\W\d_])"),
    re.compile(r"(?<!\w)__(?=[^\s_])(.{1,300}?)(?<=[^\s_])__(?!\w)", re.DOTALL),
    re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?!\w)"),
)
_BEGINS = frozenset("`~-*_+><[0123456789")
_MARKS = frozenset("\\`[]<&*_~$^\ue000")
_LITERAL_SIGNS = frozenset("\\`$")
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
_BREAK = re.compile(r"^\s{0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_HTML_TABLE = re.compile(r"^\s{0,3}<table\b", re.IGNORECASE)
_HTML_TABLE_TAG = re.compile(r"<table\b", re.IGNORECASE)
_NOTE = re.compile(r"^\s{0,3}\[\^[^\]\s]+\]:\s*")
_ITEM = re.compile(r"^\s*(?P<mark>[-*+]|\d{1,3}[.)])\s+(?=\S)")
_QUOTE = re.compile(r"^\s{0,3}>(?P<space>\s?)(?P<first>.?)")
_DEFINITION = re.compile(r"^\s{0,3}\[[^\]^]+\]:\s+(?:<|https?:|mailto:|/|#|\.)\S*")
_ENDED = re.compile(r"[.:;!?。：；！？)）]\s*$")


def markdown_paragraphs(markdown: str) -> str:
    """Return Markdown as paragraphs of plain text, with an empty line between them.

    A list item is a paragraph of its own, and so is a row of a table, which is told with the
    heads of its columns; lines of one paragraph are joined.
    """
    texts: list[str] = []
    for part in markdown_parts(markdown):
        texts += part.rows if isinstance(part, tables.Table) else [part[1]]
    return "\n\n".join(filter(None, texts))


def markdown_parts(markdown: str) -> Iterator[tables.Part]:
    """Yield the paragraphs of Markdown with level 0, and its tables."""
    for part in _paragraphs(markdown.split("\n")):
        yield (0, part) if isinstance(part, str) else part


def strip_markdown(markdown: str) -> str:
    """Return one block of Markdown as one line of plain text.

    What is struck out is not in it, and is counted where `markup.count_invisible` is at work.

    >>> strip_markdown("**HLA-B*58:01** or 5*10^9 at <ULN, 10<sup>9</sup>/L")
    'HLA-B*58:01 or 5*10^9 at <ULN, 10⁹/L'
    """
    return markup.join_lines(_strip(markdown))


def _strip(markdown: str) -> str:
    """Return a block without its marks, its forced breaks as they stand."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        tex = found["inner"] or found["tex"] or found["script"]
        if tex is not None and not _FORMULA.search(tex):
            return found[0] if found["inner"] is None else f"({tex})"
        if tex is not None:
            kept.append(latex_text.write_formula(tex, found.string[: found.start()][-1:]))
        else:
            kept.append(found[2] or found["code"].strip(" "))
        return f"\ue000{len(kept) - 1}\ue001"

    def put_back(found: re.Match[str]) -> str:
        place = int(found[1])
        return kept[place] if place < len(kept) else ""

    if _MARKS.isdisjoint(markdown):  # most blocks hold no mark at all
        return markdown
    text = _LITERAL.sub(keep, markdown) if not _LITERAL_SIGNS.isdisjoint(markdown) else markdown
    if "[" in text or "<" in text:
        for pattern, replacement in _INLINE:
            text = pattern.sub(replacement, text)
    if "~" in text:
        text = _STRUCK.sub(lambda found: known_tags.strike_out(found[1]), text)
    if "^" in text:
        text = _RAISED.sub(lambda found: raised_figures.raised(found[1]), text)
    text = known_tags.strip_tags(text)
    if "*" in text or "_" in text:
        for pattern in _EMPHASIS:
            text = pattern.sub(r"\1", text)
    text = known_tags.unescape(text)
    return _KEPT.sub(put_back, text) if "\ue000" in text else text


def _paragraphs(lines: list[str]) -> Iterator[str | tables.Table]:
    held: list[str] = []
    in_item = False
    place = 0

    def flush() -> Iterator[str]:
        if held:
            text = "\n".join(held)
            if "  \n" in text or "\\\n" in text:
                text = _HARD_BREAK.sub(line_breaks.BREAK, text)
            yield from map(markup.join_lines, line_breaks.part_lines(_strip(text)))
            held.clear()

    while place < len(lines):
        line = lines[place]
        place += 1
        first = line.lstrip()[:1]
        if first and first not in _BEGINS and "|" not in line:
            held.append(line)  # most lines are nothing but text
        elif _FENCE.match(line):
            yield from flush()
            end = _end_of_fence(lines, place)
            for part in plain_lines.parts("\n".join(lines[place:end])):
                yield part if isinstance(part, tables.Table) else part[1]
            place = end + 1
        elif not line.strip() or _BREAK.match(line):
            yield from flush()
            in_item = False
        elif _is_table(lines, place - 1):
            yield from flush()
            end = place + 1
            while end < len(lines) and "|" in lines[end]:
                end += 1
            rows = [_cells(row) for row in (line, *lines[place + 1 : end])]
            grid, heads = tables.plain_grid(rows[not any(rows[0]) :]), int(any(rows[0]))
            if heads:
                grid, heads = tables.join_heads(grid)
            yield tables.Table(list(tables.statements(grid, heads)))
            place = end
        elif _HTML_TABLE.match(line):
            yield from flush()
            end = _end_of_table(lines, place - 1)
            yield from _read_html_tables("\n".join(lines[place - 1 : end]))
            place = end
        elif note := _NOTE.match(line):
            yield from flush()
            held.append(line[note.end() :])
        elif _TABLE_RULE.match(line) and "|" in line:
            yield from flush()
        elif line.strip().startswith("|"):
            yield from flush()
            yield "; ".join(filter(None, _cells(line)))
        elif _DEFINITION.match(line) and not held:
            continue
        elif (item := _ITEM.match(line)) and _begins_item(item, line, held, in_item):
            yield from flush()
            held.append(line[item.end() :])
            in_item = True
        else:
            held.append(_without_quote(line, held))
    yield from flush()


def _read_html_tables(text: str) -> Iterator[str | tables.Table]:
    """Yield the tables that are written in HTML, and what stands around them."""
    from knowledge.ingest.sources.literature.pages.html import fragment_parts

    for part in fragment_parts(text):
        yield part if isinstance(part, tables.Table) else markup.join_lines(part[1])


def _end_of_table(lines: list[str], place: int) -> int:
    """Return where the HTML table that begins at a line ends, tables within it included."""
    depth = 0
    for end in range(place, len(lines)):
        depth += len(_HTML_TABLE_TAG.findall(lines[end]))
        depth -= lines[end].lower().count("</table")
        if depth <= 0:
            return end + 1
    return len(lines)


def _end_of_fence(lines: list[str], place: int) -> int:
    return next((end for end in range(place, len(lines)) if _FENCE.match(lines[end])), len(lines))


def _is_table(lines: list[str], place: int) -> bool:
    """Say whether a line is the head of a table: it has cells, and a rule is below it."""
    rule = lines[place + 1] if place + 1 < len(lines) else ""
    if "|" not in lines[place] or "|" not in rule or not _TABLE_RULE.match(rule):
        return False
    return any(cell for cell in _cells(lines[place]))


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [
        markup.join_lines(line_breaks.part_cell(_strip(cell)))
        for cell in re.split(r"(?<!\\)\|", inner)
    ]


def _begins_item(item: re.Match[str], line: str, held: list[str], in_item: bool) -> bool:
    """Say whether a mark begins an item; within a paragraph a number or a minus may be text."""
    if in_item or not held:
        return True
    if item["mark"][0].isdigit():
        return item["mark"][:-1] == "1"
    return bool(_ENDED.search(held[-1])) or not line[item.end()].isdigit()


def _without_quote(line: str, held: list[str]) -> str:
    """Return a line without the mark of a quotation; ">3 times" compares, and stays."""
    quote = _QUOTE.match(line)
    if quote is None:
        return line
    compares = quote["first"].isdigit() or quote["first"] == "="
    goes_on = bool(held) and not _ENDED.search(held[-1])
    if compares and (not quote["space"] or goes_on):
        return line
    return _without_quote(line[quote.end("space") :], held)
