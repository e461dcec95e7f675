"""Write formulas of Word (Office MathML) as one line of text.

    m:f of (140 − age) × weight and 72 × creatinine -> ((140 − age) × weight)/(72 × creatinine)

Brackets stand wherever a line without them could be read otherwise. An element that is not known
becomes a mark, so that a formula with a hole is never taken for a whole one.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.markup import raised_figures
from knowledge.text.holes import HOLE

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ONE = re.compile(r"[\w.,]*")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_DEEPEST = 40
_DROPPED = {f"{_W}del", f"{_W}moveFrom"}
_THROUGH = {f"{M}{name}" for name in ("oMath", "oMathPara", "box", "borderBox", "e", "num", "den")}
_THROUGH |= {f"{M}{name}" for name in ("sup", "sub", "deg", "lim", "fName", "groupChr", "phant")}
_THROUGH |= {f"{_W}ins", f"{_W}moveTo", f"{_W}smartTag", f"{_W}sdt", f"{_W}sdtContent"}
_THROUGH |= {f"{_W}hyperlink", f"{_W}customXml", f"{_W}fldSimple"}

ReadRun = Callable[["Element"], str]
"""What reads a run that stands within a formula, of Word or of mathematics."""


def linear(element: "Element", read_run: ReadRun, depth: int = 0) -> str:
    """Return a formula, or a part of one, on one line."""
    if depth > _DEEPEST:
        return HOLE
    return "".join(_part(child, read_run, depth + 1) for child in element)


def _part(part: "Element", read_run: ReadRun, depth: int) -> str:
    tag = part.tag
    if not isinstance(tag, str) or tag in _DROPPED or tag.endswith("Pr"):
        return ""
    if tag in (f"{M}r", f"{_W}r"):
        return read_run(part)
    if tag == f"{M}phant" and unseen(part):
        return ""
    if tag in _THROUGH:
        return linear(part, read_run, depth)
    write = _FORMS.get(tag.removeprefix(M))
    if write is not None:
        return write(lambda name: _named(part, name, read_run, depth), part)
    empty = not "".join(part.itertext()).strip()
    return "" if empty else HOLE


def unseen(phantom: "Element") -> bool:
    """Say whether a phantom only takes the room of what it holds."""
    return _value(phantom, "show", "1") in ("0", "off", "false")


def plain_letters(text: str) -> str:
    """Return a text in which letters of mathematics are ordinary ones."""
    return "".join(map(_plain, text))


def _plain(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign) if "\U0001d400" <= sign <= "\U0001d7ff" else sign


Named = Callable[[str], list[str]]


def _named(part: "Element", name: str, read_run: ReadRun, depth: int) -> list[str]:
    """Return the parts of this name, each on one line; a row of a matrix with commas."""
    parts = part.findall(f"{M}{name}")
    if name == "mr":
        return [", ".join(_named(row, "e", read_run, depth + 1)) for row in parts]
    return [linear(child, read_run, depth).strip() for child in parts]


def _one(named: Named, name: str) -> str:
    return "".join(named(name))


def _value(part: "Element", name: str, default: str = "") -> str:
    kind = part.tag.removeprefix(M)
    mark = part.find(f"{M}{kind}Pr/{M}{name}")
    return default if mark is None else mark.get(f"{M}val", "")


def group(text: str) -> str:
    """Return a part of a formula in brackets, unless it is a single name or number.

    >>> group("72"), group("72 × a"), group("(a + b)")
    ('72', '(72 × a)', '(a + b)')
    """
    whole = _ONE.fullmatch(text) or _BRACKETED.fullmatch(text)
    return text if whole else f"({text})"


def _power(text: str) -> str:
    return raised_figures.power(text, group(text))


def _index(text: str) -> str:
    return raised_figures.index(text, group(text))


def _fraction(named: Named, part: "Element") -> str:
    above, below = group(_one(named, "num")), group(_one(named, "den"))
    return f"({above} over {below})" if _value(part, "type") == "noBar" else f"{above}/{below}"


def _root(named: Named, part: "Element") -> str:
    degree, inside = _one(named, "deg"), _one(named, "e")
    return f"root({degree}, {inside})" if degree else f"sqrt({inside})"


def _sum(named: Named, part: "Element") -> str:
    sign = _value(part, "chr", "∫") or "∫"
    below, above = _one(named, "sub"), _one(named, "sup")
    low, high = f"_{group(below)}" if below else "", f"^{group(above)}" if above else ""
    return f"{sign}{low}{high}({_one(named, 'e')})"


def _brackets(named: Named, part: "Element") -> str:
    opening, closing = _value(part, "begChr", "("), _value(part, "endChr", ")")
    return opening + _value(part, "sepChr", "|").join(named("e")) + closing


def _matrix(named: Named, part: "Element") -> str:
    return "[" + "; ".join(named("mr")) + "]"


def _function(named: Named, part: "Element") -> str:
    inside = _one(named, "e")
    bracketed = group(inside)
    return f"{_one(named, 'fName')}{'' if bracketed.startswith('(') else ' '}{bracketed}"


_FORMS: dict[str, Callable[[Named, "Element"], str]] = {
    "f": _fraction,
    "rad": _root,
    "nary": _sum,
    "d": _brackets,
    "m": _matrix,
    "func": _function,
    "sSup": lambda named, part: group(_one(named, "e")) + _power(_one(named, "sup")),
    "sSub": lambda named, part: group(_one(named, "e")) + _index(_one(named, "sub")),
    "sSubSup": lambda named, part: (
        group(_one(named, "e")) + _index(_one(named, "sub")) + _power(_one(named, "sup"))
    ),
    "sPre": lambda named, part: (
        _index(_one(named, "sub")) + _power(_one(named, "sup")) + group(_one(named, "e"))
    ),
    "eqArr": lambda named, part: "; ".join(named("e")),
    "limLow": lambda named, part: f"{_one(named, 'e')}_{group(_one(named, 'lim'))}",
    "limUpp": lambda named, part: f"{_one(named, 'e')}^{group(_one(named, 'lim'))}",
    "acc": lambda named, part: _one(named, "e") + (_value(part, "chr", "\u0302") or "\u0302"),
    "bar": lambda named, part: f"bar({_one(named, 'e')})",
}
