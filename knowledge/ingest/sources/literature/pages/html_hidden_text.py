"""Find and remove the parts of an HTML page that no reader sees.

    tree -> elements hidden by a style, an attribute or their kind -> removed, their words returned

What an element says of itself counts, and what a rule of the page says of its class or id. A rule
for some devices only does not count: it may hold for printers alone.
"""

import re
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.pages.html_styles import StyleSheet, own_style

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_Colour = tuple[int, int, int]

XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

_UNSEEN = {"script", "style", "template", "noscript", "head"}
_CAPTIONS = ("figcaption", "caption")
_NOTHING = r"[+-]?0*\.?0*[a-z%]*"
_FAR = r"-\d{3,}.*"
_HIDING = {
    name: re.compile(value)
    for name, value in {
        "display": "none",
        "visibility": "hidden|collapse",
        "content-visibility": "hidden",
        "opacity": r"0*\.?0*%?",
        "font-size": _NOTHING,
        "font": rf"(?:.*\s)?{_NOTHING.replace('[a-z%]*', '(?:px|pt|em|rem|%)?')}(?:[\s/].*)",
        "text-indent": _FAR,
        "left": _FAR,
        "top": _FAR,
        "clip": r"rect\(0.*",
        "clip-path": r"inset\((?:50|100)%.*",
        "transform": r"scale\(0\)",
    }.items()
}
"""Properties with the values of theirs that hide what is written."""

_SHOWN = frozenset(("display", "visibility"))

_FLAT = ("height", "max-height", "width", "max-width")
_HEX = re.compile(r"#([0-9a-f]{3,8})\b")
_CHANNELS = re.compile(r"rgba?\((\d+%?)[,\s]+(\d+%?)[,\s]+(\d+%?)(?:[,/\s]+(\d*\.?\d+)%?)?\)")
_NAMED = {"white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240)}
_WHITE = (255, 255, 255)
_NEAR = 12
"""Colours whose red, green and blue all differ by less than this look the same."""


def remove(root: "HtmlElement", sheet: StyleSheet | None = None) -> list[str]:
    """Remove the hidden parts of a tree; return the beginning of each one that held words."""
    from lxml import etree

    removed: list[str] = []
    doomed: list[HtmlElement] = []
    backgrounds: list[_Colour | None] = [_WHITE]
    sheet = sheet or StyleSheet(root)
    inside = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
        if event == "comment":
            if not inside:
                doomed.append(element)
        elif event == "end":
            backgrounds.pop()
            inside -= inside > 0
        else:
            style = own_style(element)
            backgrounds.append(_background(element, style, backgrounds[-1]))
            if inside:
                inside += 1
            elif _is_hidden(element, style, backgrounds[-1]) or _rule_hides(element, sheet):
                inside = 1
                doomed.append(element)
    for element in doomed:
        words = " ".join(_text_of(element).split())
        if any(sign.isalnum() for sign in words) and element.tag != "head":
            removed.append(words[:120])
        drop_element(element)
    return removed


def _rule_hides(element: "HtmlElement", sheet: StyleSheet) -> bool:
    """Say whether a rule hides an element and none shows it."""
    said = [
        any(_hides(name, style[name]) for name in _SHOWN if name in style)
        for style in sheet.rules(element)
        if not _SHOWN.isdisjoint(style)
    ]
    return bool(said) and all(said)


def drop_element(element: "HtmlElement") -> None:
    """Take an element out of its tree, and leave the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    element.tail = None
    parent.remove(element)


def _text_of(element: "HtmlElement") -> str:
    return (element.text or "") if callable(element.tag) else "".join(element.itertext())


def _is_hidden(element: "HtmlElement", style: dict[str, str], background: _Colour | None) -> bool:
    said = element.get("hidden") is not None or element.tag in _UNSEEN
    silent = (element.get("aria-hidden") or "").strip().lower() == "true"
    # A caption that readers aloud pass over, since it repeats the picture's text, is seen.
    if said or silent and element.tag not in _CAPTIONS:
        return True
    if any(value and _hides(name, value) for name, value in style.items()):
        return True
    flat = any(style.get(name) and re.fullmatch(_NOTHING, style[name]) for name in _FLAT)
    if flat and style.get("overflow", "").startswith(("hidden", "clip")):
        return True
    colour = _colour(style.get("color") or element.get("color") or "")
    return colour is not None and background is not None and _are_alike(colour, background)


def _hides(name: str, value: str) -> bool:
    return name in _HIDING and _HIDING[name].fullmatch(value) is not None


def _background(
    element: "HtmlElement", style: dict[str, str], inherited: _Colour | None
) -> _Colour | None:
    """Return the colour behind an element's text, None where it is a picture or unknown."""
    value = style.get("background-color") or style.get("background") or element.get("bgcolor") or ""
    if value in ("", "none", "transparent", "inherit", "initial"):
        return inherited
    return _colour(value)


def _colour(value: str) -> _Colour | None:
    value = value.strip().lower()
    if value == "transparent":
        return _WHITE
    for word in value.split():
        if word in _NAMED:
            return _NAMED[word]
    found = _HEX.search(value)
    if found:
        digits = found[1] if len(found[1]) >= 6 else "".join(2 * digit for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    channels = _CHANNELS.search(value)
    if channels:
        if channels[4] and float(channels[4]) == 0:
            return _WHITE
        red, green, blue = (_channel(channels[place]) for place in (1, 2, 3))
        return red, green, blue
    return None


def _channel(text: str) -> int:
    value = int(text.rstrip("%")[:4])  # a number may have any length
    return min(round(value * 2.55) if text.endswith("%") else value, 255)


def _are_alike(one: _Colour, other: _Colour) -> bool:
    return all(abs(a - b) < _NEAR for a, b in zip(one, other, strict=True))
