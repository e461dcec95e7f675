"""Read the text of Word paragraphs and cells, element by element.

    w:p | w:tc -> runs, symbols, formulas, fields, boxes, notes -> one line of text

Every element that bears text is read, or counted under a reason of its own: deleted and moved text
is not there, hidden text is counted, and what cannot be read leaves a mark in its sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.markup import markup, raised_figures, symbol_fonts
from knowledge.ingest.sources.literature.word import word_formulas
from knowledge.records import ReadReport
from knowledge.text.holes import HOLE

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = word_formulas.M
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
V = "{urn:schemas-microsoft-com:vml}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
FALLBACK = f"{_MC}Fallback"
SKIPPED = {
    f"{W}{name}"
    for name in (
        *("del", "moveFrom", "pPr", "rPr", "tblPr", "trPr", "tcPr", "sdtPr", "sdtEndPr", "tblGrid"),
        *("instrText", "delText", "delInstrText", "softHyphen", "rubyPr", "customXmlPr"),
        *("smartTagPr", "fldData", "ffData", "annotationRef", "footnoteRef", "endnoteRef"),
    )
}
_SPACES = {f"{W}{name}" for name in ("tab", "br", "cr", "ptab")}
_EMBEDDED = {f"{W}altChunk": "embedded document", f"{W}subDoc": "document that is linked"}
_OFF = {"0", "false", "off", "none"}
_WHITE = {"FFFFFF", "FEFEFE"}
_SYMBOL_FIELD = re.compile(r"^\s*SYMBOL\s+(0x[0-9a-f]+|\d+)\b(.*)", re.IGNORECASE | re.DOTALL)
_COMPUTED = {"EQ", "FORMCHECKBOX", "FORMDROPDOWN"}
"""Fields whose result is never in the text of the document."""

_ENTRIES = {"XE", "TC", "TA"}
_SILENT = {"ADDIN", "ASK", "INDEX", "NEXT", "NEXTIF", "PRINT", "PRIVATE", "RD", "SET", "SKIPIF"}
_SILENT |= {"TOA", "TOC", "BIBLIOGRAPHY", "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", ""}
"""Fields that show nothing where they stand, or what is no part of a sentence."""

_FONT = re.compile(r"\\f\s+\"?([^\"\\]+)", re.IGNORECASE)
_HEIGHT = re.compile(r"-?\d{1,4}")
_LEAST_HEIGHT = 4
"""Half points by which a sign is raised that is no longer on its line."""

_LONGEST_SHIFTED = 12
_HEX = re.compile(r"[0-9A-Fa-f]{1,6}")


@dataclass(slots=True)
class _Field:
    """A field such as PAGE or SYMBOL: its instruction, and whether its result has begun."""

    instruction: str = ""
    in_result: bool = False
    shown: bool = False


@dataclass(slots=True)
class TextReader:
    """Reads elements of one document; `notes` are its footnotes and endnotes by kind and id."""

    report: ReadReport
    notes: dict[tuple[str, str], "Element"] = field(default_factory=dict)
    shifted_styles: dict[str, str] = field(default_factory=dict)
    hidden_styles: frozenset[str] = frozenset()
    noted: list[str] = field(default_factory=list)
    _fields: list[_Field] = field(default_factory=list)
    _used: set[tuple[str, str]] = field(default_factory=set)

    def text(self, element: "Element") -> str:
        """Return the text of a paragraph, cell or box on one line."""
        # A field that is not closed must not swallow the paragraphs that follow.
        self._fields = [each for each in self._fields if each.in_result]
        return markup.join_lines(_shifted(self._pieces(element)))

    def part_text(self, part: "Element") -> str:
        """Return the text of an element that stands between paragraphs, on one line."""
        return markup.join_lines(_shifted(self._part(part)))

    def take_notes(self) -> list[str]:
        """Return the notes of what was read since this was last asked, each as a paragraph."""
        taken, self.noted = self.noted, []
        return taken

    def unused_notes(self) -> list[str]:
        """Return the notes to which no place of the text refers."""
        left = [place for place in self.notes if place not in self._used]
        self._used.update(left)
        texts = (self.text(self.notes[place]) for place in left)
        return [text for text in texts if text]

    def _pieces(self, element: "Element") -> Iterator[tuple[str, str]]:
        """Yield pieces of text, each with its place on the line: superscript, subscript or none."""
        for part in element:
            yield from self._part(part)

    def _part(self, part: "Element") -> Iterator[tuple[str, str]]:
        tag = part.tag
        if not isinstance(tag, str) or tag in SKIPPED:
            return
        if tag == f"{W}r":
            yield from self._run(part)
        elif tag in (f"{W}p", f"{W}tr", f"{W}tc"):
            yield "", "\n"
            yield from self._pieces(part)
            yield "", "\n"
        elif tag in (f"{M}oMath", f"{M}oMathPara"):
            for each in part.iter(f"{M}phant"):
                if word_formulas.unseen(each):
                    self.report.skip("hidden text removed", "".join(each.itertext(f"{M}t")))
            yield "", word_formulas.linear(part, self._run_text)
        elif tag == f"{_MC}AlternateContent":
            yield from self._pieces(chosen(part))
        elif tag == f"{W}rt":
            words = "".join(part.itertext(f"{W}t")).strip()
            self.report.skip("reading above characters (not read)", words)
        elif tag in _EMBEDDED:
            self.report.skip(f"{_EMBEDDED[tag]} (not read)")
        elif tag == f"{W}sdt" and is_placeholder(part):
            words = "".join(part.itertext(f"{W}t"))
            self.report.skip("empty field to be filled in (not read)", words)
        elif tag == f"{W}fldSimple" and not "".join(part.itertext(f"{W}t", f"{M}t")):
            yield "", self._unshown(part.get(f"{W}instr", ""))
        elif (text := self._within(part, "")) is not None:
            yield "", text
        else:
            yield from self._pieces(part)

    def _run_text(self, run: "Element") -> str:
        return _shifted(self._run(run))

    def _run(self, run: "Element") -> Iterator[tuple[str, str]]:
        place = self._place(run)
        hidden = _is_hidden(run) or bool(self.hidden_styles) and self._is_styled_hidden(run)
        struck = not hidden and _is_struck(run)
        font = _font(run)
        for part in run:
            text = self._within(part, font)
            if text is None:
                yield from self._other(part)
            elif text.strip() and hidden:
                self.report.skip("hidden text removed", text)
            elif text.strip() and struck:
                self.report.skip("struck-out text (not read)", text)
            elif text and not self._is_instruction():
                if self._fields:
                    self._fields[-1].shown = True
                yield place, text

    def _is_styled_hidden(self, run: "Element") -> bool:
        """Say whether the style of a run, or that of its paragraph, hides it."""
        named = [run.find(f"{W}rPr/{W}rStyle")]
        parent = next(run.iterancestors(f"{W}p"), None)
        named += [] if parent is None else [parent.find(f"{W}pPr/{W}pStyle")]
        return any(
            style is not None and style.get(f"{W}val", "") in self.hidden_styles for style in named
        )

    def _within(self, part: "Element", font: str) -> str | None:
        """Return the text of an element of a run; None where it is no text itself."""
        tag = part.tag
        if tag == f"{W}t":
            return symbol_fonts.read_in_font(part.text or "", font)
        if tag == f"{M}t":
            return word_formulas.plain_letters(part.text or "")
        if tag in _SPACES:
            return " "
        if tag == f"{W}noBreakHyphen":
            return "-"
        if tag == f"{W}sym":
            code = part.get(f"{W}char", "")
            known = int(code, 16) if _HEX.fullmatch(code) else 0
            return symbol_fonts.symbol(part.get(f"{W}font", ""), known)
        return None

    def _other(self, part: "Element") -> Iterator[tuple[str, str]]:
        tag = part.tag
        if tag == f"{W}fldChar":
            yield from self._turn_field(part.get(f"{W}fldCharType", ""))
        elif tag == f"{W}instrText" and self._fields:
            self._fields[-1].instruction += part.text or ""
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            self._note(tag.removeprefix(W).removesuffix("Reference"), part.get(f"{W}id", ""))
        elif tag == f"{W}object" and part.find(f".//{W}txbxContent") is None:
            yield from self._object(part)
        elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            yield from self._drawing(part)
        elif tag == f"{_MC}AlternateContent":
            for each in chosen(part):
                yield from self._other(each)
        elif isinstance(tag, str) and tag not in SKIPPED:
            yield from self._pieces(part)

    def _note(self, kind: str, id: str) -> None:
        note = self.notes.get((kind, id))
        if note is None or (kind, id) in self._used:
            return
        self._used.add((kind, id))
        held, self._fields = self._fields, []
        text = self.text(note)
        self._fields = held
        if text:
            self.noted.append(text)

    def _object(self, part: "Element") -> Iterator[tuple[str, str]]:
        programs = [each.get("ProgID") or "" for each in part.iter() if each.get("ProgID")]
        if any(program.lower().startswith(("equation", "mathtype")) for program in programs):
            yield "", HOLE
        else:
            self.report.skip("embedded object (not read)", next(iter(programs), ""))

    def _drawing(self, part: "Element") -> Iterator[tuple[str, str]]:
        boxes = [box for box in part.iter(f"{W}txbxContent") if not _is_nested(box, part)]
        words = [each.text or "" for each in part.iter(f"{A}t")]
        words += [each.get("string") or "" for each in part.iter(f"{V}textpath")]
        words = [each for each in words if each.strip()]
        for box in boxes:
            yield "", "\n"
            yield from self._pieces(box)
            yield "", "\n"
        if words:
            yield "", f"\n{' '.join(words)}\n"
        elif not boxes:
            titled = [each.get("descr") or each.get("title") or "" for each in part.iter()]
            self.report.skip("picture or diagram (not read)", next(filter(None, titled), ""))

    def _turn_field(self, turn: str) -> Iterator[tuple[str, str]]:
        if turn == "begin":
            self._fields.append(_Field())
        elif turn == "separate" and self._fields:
            self._fields[-1].in_result = True
        elif turn == "end" and self._fields:
            ended = self._fields.pop()
            if not ended.shown and not self._is_instruction():
                yield "", self._unshown(ended.instruction, ended.in_result)

    def _unshown(self, instruction: str, is_empty: bool = False) -> str:
        """Return what a field without a result shows: a symbol, nothing, or else a hole.

        A result that is there and empty is what the field shows, but for those never stored.
        """
        found = _SYMBOL_FIELD.match(instruction)
        if found:
            font = _FONT.search(found[2])
            return symbol_fonts.symbol(font[1] if font else "", int(found[1], 0))
        kind = "".join(instruction.split(maxsplit=1)[:1]).upper()
        if kind in _ENTRIES:
            self.report.skip("entry of an index (not read)", instruction)
        shows = kind not in _ENTRIES | _SILENT and not is_empty
        return HOLE if shows or kind in _COMPUTED else ""

    def _is_instruction(self) -> bool:
        return any(not each.in_result for each in self._fields)

    def _place(self, run: "Element") -> str:
        """Return where a run stands on its line: superscript, subscript, or nothing."""
        mark = run.find(f"{W}rPr/{W}vertAlign")
        value = mark.get(f"{W}val", "") if mark is not None else ""
        if value in ("superscript", "subscript"):
            return value
        height = run.find(f"{W}rPr/{W}position")
        by = height.get(f"{W}val", "") if height is not None else ""
        if _HEIGHT.fullmatch(by) and abs(int(by)) >= _LEAST_HEIGHT:
            words = "".join(run.itertext(f"{W}t")).strip()
            if len(words) <= _LONGEST_SHIFTED:
                return "subscript" if int(by) < 0 else "superscript"
        style = run.find(f"{W}rPr/{W}rStyle")
        if mark is not None or style is None:
            return ""
        return self.shifted_styles.get(style.get(f"{W}val", ""), "")


def is_placeholder(control: "Element") -> bool:
    """Say whether a content control shows only what asks its reader to fill it in."""
    mark = control.find(f"{W}sdtPr/{W}showingPlcHdr")
    return mark is not None and mark.get(f"{W}val", "1") not in _OFF


def _shifted(pieces: Iterator[tuple[str, str]]) -> str:
    """Return pieces as one text; neighbours that are raised are raised together."""
    groups: list[tuple[str, str]] = []
    for place, text in pieces:
        if groups and groups[-1][0] == place:
            groups[-1] = (place, groups[-1][1] + text)
        elif text:
            groups.append((place, text))
    line = ""
    for place, text in groups:
        if place == "superscript":
            line += raised_figures.raised(text)
        else:
            line += raised_figures.lowered(text, line[-1:]) if place else text
    return line


def chosen(alternatives: "Element") -> "Element":
    """Return the one of several forms of the same content that is read."""
    choices = alternatives.findall(f"{_MC}Choice")
    fallback = alternatives.find(FALLBACK)
    for choice in (*choices, *([fallback] if fallback is not None else [])):
        if any((text.text or "").strip() for text in choice.iter(f"{W}t", f"{A}t", f"{W}sym")):
            return choice
    return choices[0] if choices else fallback if fallback is not None else alternatives


def _is_nested(box: "Element", end: "Element") -> bool:
    """Say whether a box stands in another one, or repeats one for older programs."""
    for parent in box.iterancestors():
        if parent is end:
            return False
        if parent.tag in (f"{W}txbxContent", FALLBACK):
            return True
    return False


def _font(run: "Element") -> str:
    fonts = run.find(f"{W}rPr/{W}rFonts")
    if fonts is None:
        return ""
    return fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""


def _is_struck(run: "Element") -> bool:
    properties = run.find(f"{W}rPr")
    if properties is None:
        return False
    marks = (properties.find(f"{W}{name}") for name in ("strike", "dstrike"))
    return any(mark is not None and mark.get(f"{W}val", "1") not in _OFF for mark in marks)


def _is_hidden(run: "Element") -> bool:
    """Say whether a run is marked as hidden, is white on no ground, or smaller than can be seen."""
    properties = run.find(f"{W}rPr")
    if properties is None:
        return False
    for name in ("vanish", "webHidden", "specVanish"):
        mark = properties.find(f"{W}{name}")
        if mark is not None and mark.get(f"{W}val", "1") not in _OFF:
            return True
    size = properties.find(f"{W}sz")
    if size is not None and re.fullmatch("0*[0-4]", size.get(f"{W}val", "")):
        return True
    colour = properties.find(f"{W}color")
    white = colour is not None and colour.get(f"{W}val", "").upper() in _WHITE
    # White words are seen where the paragraph, the cell or the run itself is shaded.
    return white and not any(
        parent.find(f"{W}{kind}/{W}{ground}") is not None
        for parent in (run, *run.iterancestors())
        for kind in ("rPr", "pPr", "tcPr", "tblPr")
        for ground in ("shd", "highlight")
    )
