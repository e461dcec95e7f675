"""Read the glyphs and ruled lines of a PDF page, without what nobody sees.

    page -> glyphs with places, upright in one direction each; ruled lines; text that is hidden

A glyph without a meaning in Unicode is a hole. Text that is drawn invisibly, or in white on
nothing, or too small to see, or beside the page, is hidden; a page whose text is all invisible is
a scan with recognised text under its picture, and stays as it is.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from knowledge.ingest.sources.literature.markup import symbol_fonts
from knowledge.text.holes import HOLE

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

Handle: TypeAlias = Any
"""What the library, which has no types, gives and takes."""

DEPTH = 8
"""How deep forms may stand in forms."""

_BOLD = re.compile("bold|black|heavy", re.I)
_INVISIBLE = (3, 7)
_WHITE = 250
_SMALLEST = 1.0
_THIN = 2.5
_LONG = 12.0


class Glyph(NamedTuple):
    """A sign, its place along and across its line, and its font."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    space: bool
    """Whether a space was drawn before it."""


class Rule(NamedTuple):
    """A straight line, or the thin edge of a frame."""

    left: float
    right: float
    low: float
    high: float


@dataclass(slots=True)
class PageContent:
    """What a page holds: its glyphs by quarter turns of their direction, its lines, the rest."""

    turns: dict[int, list[Glyph]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    strokes: list[Rule] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    slanted: int = 0
    glyphs: int = 0
    holes: int = 0
    pictures: int = 0
    largest_picture: float = 0.0
    width: float = 0.0
    height: float = 0.0


class TooDense(Exception):
    """A page has more drawing operations or signs than any text."""


@dataclass(slots=True)
class _Style:
    """What all glyphs of one text object share."""

    turn: int
    size: float
    bold: bool
    font: str
    hidden: bool
    invisible: bool
    slanted: bool
    embedded: bool


_Box = tuple[float, float, float, float]


def read_page(page: "PdfPage", most: int) -> PageContent:
    """Return what a page holds; raise TooDense where it has more than `most` objects or signs."""
    import pypdfium2.raw as raw

    content = PageContent()
    left, low, right, high = page.get_bbox()
    content.width, content.height = right - left, high - low
    painted = _Painted(content, most)
    painted.walk(page.raw, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, 0, None)
    text = page.get_textpage()
    try:
        _read_glyphs(text.raw, content, painted, (left, low, right, high), most)
    finally:
        text.close()
    return content


class _Painted:
    """The objects of a page in the order in which they are painted."""

    def __init__(self, content: PageContent, most: int) -> None:
        self.content = content
        self.left = most
        self.fills: list[tuple[int, _Box]] = []
        self.order: dict[int, int] = {}

    def walk(self, holder: Handle, count: Handle, get: Handle, depth: int, matrix: Handle) -> None:
        """Note the objects of a page or form, those of the forms within it as well."""
        import pypdfium2.raw as raw

        number = count(holder)
        self.left -= number
        if self.left < 0:
            raise TooDense
        for place in range(number):
            item = get(holder, place)
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self.order[_address(item)] = len(self.order)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < DEPTH:
                own = raw.FS_MATRIX()
                raw.FPDFPageObj_GetMatrix(item, own)
                self.walk(
                    item,
                    raw.FPDFFormObj_CountObjects,
                    raw.FPDFFormObj_GetObject,
                    depth + 1,
                    _times(own, matrix),
                )
            elif kind != raw.FPDF_PAGEOBJ_FORM:
                self._note(item, kind, matrix)

    def _note(self, item: Handle, kind: int, matrix: Handle) -> None:
        import pypdfium2.raw as raw

        edges = [ctypes.c_float() for _ in range(4)]
        if not raw.FPDFPageObj_GetBounds(item, *edges):
            return
        box = _moved((edges[0].value, edges[1].value, edges[2].value, edges[3].value), matrix)
        width, height = box[2] - box[0], box[3] - box[1]
        if kind == raw.FPDF_PAGEOBJ_PATH:
            mode, stroke = ctypes.c_int(), ctypes.c_int()
            raw.FPDFPath_GetDrawMode(item, mode, stroke)
            colour = _colour(raw.FPDFPageObj_GetFillColor, item) if mode.value else None
            filled = colour is not None and not _is_white(colour) and colour[3] > 0
            if filled:
                self.fills.append((len(self.order), box))
            if filled or stroke.value:
                framed = bool(stroke.value) and raw.FPDFPath_CountSegments(item) <= 6
                self._note_rules(box, width, height, framed)
            return
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            share = width * height / max(1.0, self.content.width * self.content.height)
            self.content.pictures += share > 0.02
            self.content.largest_picture = max(self.content.largest_picture, share)
        self.fills.append((len(self.order), box))

    def _note_rules(self, box: _Box, width: float, height: float, framed: bool) -> None:
        if max(len(self.content.rules), len(self.content.strokes)) > 5_000:
            return
        left, low, right, high = box
        if height <= _THIN and width > height:
            self.content.strokes.append(Rule(left, right, low, high))
        if height <= _THIN and width >= _LONG or width <= _THIN and height >= _LONG:
            self.content.rules.append(Rule(left, right, low, high))
        elif framed and width >= _LONG and height >= _THIN:
            self.content.rules += [
                Rule(left, right, low, low),
                Rule(left, right, high, high),
                Rule(left, left, low, high),
                Rule(right, right, low, high),
            ]

    def covers(self, item: int, x: float, y: float) -> bool:
        """Say whether something coloured was painted under a place before a text."""
        before = self.order.get(item, len(self.order))
        return any(
            place <= before and box[0] <= x <= box[2] and box[1] <= y <= box[3]
            for place, box in self.fills
        )


def _address(item: Handle) -> int:
    return ctypes.addressof(item.contents)


def _times(own: Handle, outer: Handle) -> tuple[float, ...]:
    a, b, c, d, e, f = own.a, own.b, own.c, own.d, own.e, own.f
    if outer is None:
        return a, b, c, d, e, f
    oa, ob, oc, od, oe, of = outer
    return (
        *(a * oa + b * oc, a * ob + b * od, c * oa + d * oc, c * ob + d * od),
        *(e * oa + f * oc + oe, e * ob + f * od + of),
    )


def _moved(box: _Box, matrix: Handle) -> _Box:
    if matrix is None:
        return box
    a, b, c, d, e, f = matrix
    corners = [(box[0], box[1]), (box[0], box[3]), (box[2], box[1]), (box[2], box[3])]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _colour(get: Handle, item: Handle) -> tuple[int, int, int, int] | None:
    parts = [ctypes.c_uint() for _ in range(4)]
    if not get(item, *parts):
        return None
    return parts[0].value, parts[1].value, parts[2].value, parts[3].value


def _is_white(colour: tuple[int, int, int, int]) -> bool:
    return min(colour[:3]) >= _WHITE


def _read_glyphs(
    text: Handle, content: PageContent, painted: _Painted, page: _Box, most: int
) -> None:
    """Read the signs of a page in the order in which they are drawn."""
    import pypdfium2.raw as raw

    number = raw.FPDFText_CountChars(text)
    if number > most:
        raise TooDense
    found = list(_signs(text, number, painted, page))
    invisible = sum(style.invisible for style, _ in found)
    all_invisible = invisible == len(found)
    turns: dict[int, list[Glyph]] = {}
    hidden: dict[int, list[str]] = {}
    for style, glyph in found:
        if style.hidden or (style.invisible and not all_invisible):
            hidden.setdefault(id(style), []).append(" " * glyph.space + glyph.text)
            continue
        content.glyphs += 1
        content.holes += glyph.text == HOLE
        if style.slanted:
            content.slanted += 1
        else:
            turns.setdefault(style.turn, []).append(glyph)
    content.hidden = ["".join(signs) for signs in hidden.values()]
    content.turns = turns


def _signs(
    text: Handle, number: int, painted: _Painted, page: _Box
) -> Iterator[tuple[_Style, Glyph]]:
    import pypdfium2.raw as raw

    styles: dict[int, _Style] = {}
    text_object, unicode = raw.FPDFText_GetTextObject, raw.FPDFText_GetUnicode
    origin, loose_box = raw.FPDFText_GetCharOrigin, raw.FPDFText_GetLooseCharBox
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    space = False
    for place in range(number):
        item = text_object(text, place)
        if not item:
            continue  # a space or line end that the library made up
        code = unicode(text, place)
        if code in (0x20, 0xA0, 0x09, 0x0A, 0x0D, 0x3000) or 0x2000 <= code <= 0x200A:
            space = True
            continue
        origin(text, place, x, y)
        loose_box(text, place, box)
        key = _address(item)
        style = styles.get(key)
        if style is None:
            middle = ((box.left + box.right) / 2, (box.bottom + box.top) / 2)
            style = styles[key] = _style(text, place, item, painted, middle)
        sign = _sign(text, place, code, style)
        if not sign:
            space = True
            continue
        outside = not (
            page[0] - 1 <= (box.left + box.right) / 2 <= page[2] + 1
            and page[1] - 1 <= (box.bottom + box.top) / 2 <= page[3] + 1
        )
        if outside and not style.hidden:
            style = styles[key] = replace(style, hidden=True)
        left, right, base = _upright(style.turn, box, x.value, y.value)
        yield style, Glyph(sign, left, right, base, style.size, style.bold, space)
        space = False


def _upright(turn: int, box: Handle, x: float, y: float) -> tuple[float, float, float]:
    """Return the ends and the base line of a sign as if its line ran from left to right."""
    if turn == 0:
        return box.left, box.right, y
    if turn == 1:
        return box.bottom, box.top, -x
    if turn == 2:
        return -box.right, -box.left, -y
    return -box.top, -box.bottom, x


def _style(
    text: Handle, place: int, item: Handle, painted: _Painted, middle: tuple[float, float]
) -> _Style:
    import pypdfium2.raw as raw

    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, place, matrix)
    size = raw.FPDFText_GetFontSize(text, place) * math.hypot(matrix.c, matrix.d)
    angle = math.degrees(math.atan2(matrix.b, matrix.a))
    turn = round(angle / 90)
    font = raw.FPDFTextObj_GetFont(item)
    name = _font_name(font)
    mode = raw.FPDFTextObj_GetTextRenderMode(item)
    colour = _colour(raw.FPDFPageObj_GetFillColor, item) if mode in (0, 4) else None
    white = colour is not None and _is_white(colour)
    unseen = (colour is not None and colour[3] == 0) or size < _SMALLEST
    return _Style(
        turn=turn % 4,
        size=max(size, 0.1),
        bold="bold" in name.lower()
        or "black" in name.lower()
        or raw.FPDFFont_GetWeight(font) > 600,
        font=name,
        hidden=unseen or (white and not painted.covers(_address(item), *middle)),
        invisible=mode in _INVISIBLE,
        slanted=abs(angle - 90 * turn) > 5,
        embedded=raw.FPDFFont_GetIsEmbedded(font) == 1,
    )


def _font_name(font: Handle) -> str:
    import pypdfium2.raw as raw

    held = ctypes.create_string_buffer(128)
    length = raw.FPDFFont_GetBaseFontName(font, held, 128)
    name = held.raw[: max(0, min(length, 128) - 1)].decode(errors="replace")
    return name.partition("+")[2] or name


def _sign(text: Handle, place: int, code: int, style: _Style) -> str:
    """Return what a sign says: a hole where nothing tells, nothing where it draws nothing."""
    import pypdfium2.raw as raw

    if code == 2:
        return "-" if raw.FPDFText_IsHyphen(text, place) else HOLE
    error = raw.FPDFText_HasUnicodeMapError(text, place) == 1
    private = 0xE000 <= code <= 0xF8FF
    if not (error or private or code < 0x20 or code == 0xFFFD or 0x7F <= code < 0xA0):
        return chr(code) if code < 0xD800 or 0xE000 <= code <= 0x10FFFF else HOLE
    if style.embedded and _is_blank(text, place):
        return ""
    if private or (error and 0x20 < code < 0x100):
        known = _symbol_font(style.font)
        return symbol_fonts.symbol(known, code) if known else HOLE
    return HOLE


def _is_blank(text: Handle, place: int) -> bool:
    """Say whether a sign of a font in the file draws nothing."""
    import pypdfium2.raw as raw

    sides = [ctypes.c_double() for _ in range(4)]
    return bool(raw.FPDFText_GetCharBox(text, place, *sides)) and (
        sides[1].value - sides[0].value < 0.01 or sides[3].value - sides[2].value < 0.01
    )


def _symbol_font(font: str) -> str:
    name = font.lower().replace("-", "").replace(" ", "").removesuffix("regular")
    for start, known in (
        ("symbol", "symbol"),
        ("wingdings2", "wingdings 2"),
        ("wingdings3", "wingdings 3"),
        ("wingdings", "wingdings"),
        ("webdings", "webdings"),
    ):
        if name.startswith(start):
            return known
    return ""


def main_turn(content: PageContent) -> int:
    """Return the direction in which most of a page is written."""
    counts = Counter({turn: len(glyphs) for turn, glyphs in content.turns.items()})
    return counts.most_common(1)[0][0] if counts else 0


def turned_rules(rules: list[Rule], turn: int) -> list[Rule]:
    """Return ruled lines as they stand beside text of a direction."""
    if turn == 0:
        return rules
    if turn == 1:
        return [Rule(rule.low, rule.high, -rule.right, -rule.left) for rule in rules]
    if turn == 2:
        return [Rule(-rule.right, -rule.left, -rule.high, -rule.low) for rule in rules]
    return [Rule(-rule.high, -rule.low, rule.left, rule.right) for rule in rules]
