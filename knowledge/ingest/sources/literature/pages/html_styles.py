"""Write what the styles of an HTML page say of signs as elements that say the same.

    <span style="vertical-align: super">9</span> -> <sup>9</sup>
    <span style="font-family: Symbol">m</span>g  -> µg

Word, EPUB and old pages raise figures, strike words out and draw µ and ≥ by styles alone; without
them 10⁹ would read 109, and 5 µg would read 5 mg.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.markup import symbol_fonts

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"(?:[a-z][\w-]*)?((?:[.#][a-z_-][\w-]*)+)", re.IGNORECASE)
_MARKS = re.compile(r"[.#][\w-]+")
_LONGEST_SHEET = 200_000

_INLINE = frozenset(("span", "a", "b", "i", "em", "strong", "font", "small", "big", "u", "tt"))
_LONGEST_SHIFTED = 30
"""Characters of a text that is raised; a longer one is set lower or higher for its looks."""

_LENGTH = re.compile(r"([+-]?\d*\.?\d+)(px|pt|em|rem|ex|%)")
_LEAST = {"px": 2.0, "pt": 1.5, "em": 0.15, "rem": 0.15, "ex": 0.3, "%": 15.0}
"""By how much signs are raised that mean a power, and are not set by eye."""

_FONT = re.compile(
    r"(?:^|[\s,])['\"]?(symbol|wingdings(?: [23])?|webdings|mt extra)['\"]?\s*(?:,|$)"
)
_UNICODE = frozenset("µ×÷")
"""Signs that nobody types for another one: Word writes them in Symbol by other codes."""


class StyleSheet:
    """The rules of a page for classes and ids, by which its elements are drawn and hidden.

    Rules for some devices only, and selectors of several elements, are not read. `linked` are the
    sheets that lie beside the page.
    """

    def __init__(self, root: "HtmlElement", linked: Iterable[str] = ()) -> None:
        self._rules: list[tuple[frozenset[str], dict[str, str]]] = []
        for text in linked:
            self._read(text)
        for sheet in root.iter("style"):
            if (sheet.get("media") or "all").lower() in ("all", "screen"):
                self._read(sheet.text or "")
        self._names = {name for marks, _ in self._rules for name in marks}

    def _read(self, text: str) -> None:
        text = _AT_RULE.sub("", _COMMENT.sub("", text[:_LONGEST_SHEET]))
        for selectors, declared in _RULE.findall(text):
            style = declarations(declared)
            for selector in selectors.split(","):
                found = _SELECTOR.fullmatch(selector.strip())
                if found and style:
                    self._rules.append((frozenset(_MARKS.findall(found[1])), style))

    def rules(self, element: "HtmlElement") -> list[dict[str, str]]:
        """Return the rules that hold for an element, in their order."""
        if not self._rules:
            return []
        marks = {f".{name}" for name in (element.get("class") or "").split()}
        marks |= {f"#{element.get('id')}"} if element.get("id") else set()
        marks &= self._names
        return [style for rule, style in self._rules if rule <= marks] if marks else []

    def style(self, element: "HtmlElement") -> dict[str, str]:
        """Return the properties of an element, by the rules and by its own style."""
        found: dict[str, str] = {}
        for style in self.rules(element):
            found |= style
        return found | own_style(element)


def own_style(element: "HtmlElement") -> dict[str, str]:
    """Return the properties of an element's own style, names and values in lower case."""
    written = element.get("style")
    return declarations(_COMMENT.sub("", written)) if written else {}


def declarations(style: str) -> dict[str, str]:
    """Return the properties of a rule with their values, both in lower case.

    >>> declarations("Display: none !important; color:red")
    {'display': 'none', 'color': 'red'}
    """
    parts = (part.partition(":") for part in style.lower().split(";"))
    found = {name.strip(): value.replace("!important", "").strip() for name, _, value in parts}
    return {name: value for name, value in found.items() if name}


def write_styles(root: "HtmlElement", sheet: StyleSheet) -> None:
    """Turn what styles raise, lower and strike out into elements, and read symbol fonts."""
    for element in [*root.iter()]:
        if not isinstance(element.tag, str):
            continue
        style = sheet.style(element)
        font = _font(style, element)
        if font:
            _read_in_font(element, font, sheet)
        line = style.get("text-decoration", "") + style.get("text-decoration-line", "")
        if "line-through" in line and element.tag not in ("html", "body"):
            element.tag = "s"
        elif element.tag in _INLINE and (shift := _shift(style)):
            words = element.text_content().strip()
            around = next(element.iterancestors("sup", "sub"), None)
            plain = all(child.tag in _INLINE for child in element.iterdescendants())
            if 0 < len(words) <= _LONGEST_SHIFTED and around is None and plain:
                element.tag = shift


def _shift(style: dict[str, str]) -> str:
    """Return the element that says what a style does: sup, sub, or nothing.

    >>> _shift({"vertical-align": "super"}), _shift({"position": "relative", "top": "-4pt"})
    ('sup', 'sup')
    >>> _shift({"vertical-align": "middle"}), _shift({"vertical-align": "-25%"})
    ('', 'sub')
    """
    align = style.get("vertical-align", "")
    if align in ("super", "sub"):
        return "sup" if align == "super" else "sub"
    small = "font-size" in style and not style["font-size"].startswith(("100%", "1em"))
    if align in ("text-top", "top") and small:
        return "sup"
    if align in ("text-bottom", "bottom") and small:
        return "sub"
    by = _height(align)
    if not by and style.get("position") == "relative":
        by = -_height(style.get("top", "")) or _height(style.get("bottom", ""))
    return "sup" if by > 0 else "sub" if by < 0 else ""


def _height(value: str) -> float:
    found = _LENGTH.fullmatch(value)
    if found is None or abs(float(found[1])) < _LEAST[found[2]]:
        return 0.0
    return float(found[1])


def _font(style: dict[str, str], element: "HtmlElement") -> str:
    """Return the font of signs in which the text of an element is set first of all."""
    named = style.get("font-family") or (element.get("face") if element.tag == "font" else "") or ""
    first = named.split(",")[0].strip().strip("'\"").lower()
    if symbol_fonts.is_sign_font(first):
        return first
    found = _FONT.search(style.get("font", ""))
    return found[1] if found else ""


def _read_in_font(element: "HtmlElement", font: str, sheet: StyleSheet) -> None:
    """Write the signs of an element as what its font shows; what sets another font has that."""
    element.text = _signs(element.text, font)
    for child in element:
        child.tail = _signs(child.tail, font)
        if isinstance(child.tag, str):
            style = sheet.style(child)
            if not {"font-family", "font"} & style.keys() and not child.get("face"):
                _read_in_font(child, font, sheet)


def _signs(text: str | None, font: str) -> str | None:
    if not text or not text.strip():
        return text
    return "".join(
        sign if sign.isspace() or sign in _UNICODE else symbol_fonts.read_in_font(sign, font)
        for sign in text
    )
