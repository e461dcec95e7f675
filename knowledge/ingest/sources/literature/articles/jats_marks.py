"""Write formulas, pictures of signs and marks of notes of a JATS article as text, within its tree.

<inline-formula> -> one line | <inline-graphic> -> a hole | 5<xref ref-type="table-fn">a</xref>
"""

from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.articles import jats_oasis
from knowledge.ingest.sources.literature.markup.linear_formulas import read_formula
from knowledge.ingest.sources.literature.markup.markup import element_text
from knowledge.records import ReadReport
from knowledge.text.holes import HOLE

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_FORMULAS = {"inline-formula", "disp-formula", "math", "tex-math"}
_PICTURES_OF_SIGNS = {"inline-graphic", "private-char", "inline-media"}
_BESIDE = {"rt": "reading above characters (not read)", "rp": ""}
_BESIDE |= dict.fromkeys(("index-term", "index-term-range-end"), "term of an index (not read)")
"""Elements that stand in a sentence and are no part of its words."""

_CELLS = {"td", "th"}
_NOTES = ("table-fn", "fn")


def prepare(article: "Element", report: ReadReport) -> None:
    """Replace formulas by their text, pictures of signs by holes, and marks of footnotes.

    Struck-out text, which its author withdrew, is taken out and counted, and so are terms for
    an index and readings above characters, which are no part of their sentence.
    """
    cells: list[Element] = []
    marks: list[Element] = []
    for each in list(article.iter()):
        tag = each.tag
        if tag in _CELLS or tag == "entry":
            cells.append(each)
        elif tag == "table":
            jats_oasis.rewrite(each)
        elif tag == "xref":
            marks.append(each)
        elif tag in _FORMULAS:
            _write_formula(each)
        elif tag == "strike":
            report.skip("struck-out text (not read)", element_text(each))
            _become_text(each, "")
        elif tag in _BESIDE:
            if _BESIDE[tag]:
                report.skip(_BESIDE[tag], element_text(each))
            _become_text(each, "")
        elif tag == "abbrev" and each.find("def") is not None:
            _become_text(each, _abbreviated(each))
        elif tag in _PICTURES_OF_SIGNS or (
            tag == "chem-struct" and not "".join(each.itertext()).strip()
        ):
            _become_text(each, HOLE)
    for cell in cells:
        if len(cell):
            _name_notes(cell)
    for mark in marks:
        noted = mark.tag == "xref" and mark.get("ref-type") in _NOTES
        if noted and len("".join(mark.itertext())) <= 3:
            _become_text(mark, "")


def _abbreviated(abbreviation: "Element") -> str:
    """Return a short form with what it stands for, in brackets."""
    meant = "; ".join(element_text(each) for each in abbreviation.findall("def"))
    short = element_text(abbreviation, frozenset({"def"}))
    return f"{short} ({meant})" if meant else short


def _become_text(element: "Element", text: str) -> None:
    for child in list(element):
        element.remove(child)
    element.text = text
    element.tag = "named-content"


def _write_formula(formula: "Element") -> None:
    label = element_text(formula.find("label"))
    if any(each.tag in ("math", "tex-math") for each in formula.iter()):
        said = read_formula(formula)
    else:
        pictures = any(each.tag in ("graphic", "inline-graphic") for each in formula.iter())
        said = element_text(formula, frozenset({"label", "graphic", "alt-text"}))
        said = HOLE if pictures or not said else said
    displayed = formula.tag == "disp-formula"
    named = f"Equation {label.strip('()')}: {said}" if label and displayed else said
    _become_text(formula, f" {named} " if displayed else named)


def _name_notes(cell: "Element") -> None:
    """Write the marks of notes in a cell as "(note a)", for "100 mga" is no dose."""
    for parent in list(cell.iter()):
        for mark in parent:
            links = [each for each in mark.iter("xref") if each.get("ref-type") in _NOTES]
            alone = mark.tag == "xref" or (
                mark.tag == "sup" and all(child.tag == "xref" for child in mark)
            )
            if links and alone and mark.get("ref-type", _NOTES[0]) in _NOTES:
                text = " ".join("".join(mark.itertext()).split()).strip(",")
                _become_text(mark, f" (note {text})" if text else "")
