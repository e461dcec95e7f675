"""Tell tags from comparison signs in texts that may hold both.

    "ALT <ULN and 10<sup>9</sup>/L" -> "ALT <ULN and 10⁹/L"

Only elements that HTML, JATS and MathML know are tags. All other signs are what an author wrote.
"""

import html
import re

from knowledge.ingest.sources.literature.markup import markup, raised_figures
from knowledge.ingest.sources.literature.markup.line_breaks import BREAK
from knowledge.ingest.sources.literature.markup.linear_formulas import read_formula
from knowledge.ingest.sources.streams.limits import DEEPEST
from knowledge.text.holes import HOLE

_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "boxed-text", "caption", "dd"),
        *("details", "disp-formula", "disp-quote", "div", "dl", "dt", "fig", "figcaption"),
        *("figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr"),
        *("li", "list", "list-item", "main", "nav", "ol", "p", "pre", "sec", "section", "summary"),
        *("table", "table-wrap", "tbody", "tfoot", "thead", "title", "tr", "ul", "abstract"),
    }
)
"""Elements that begin and end a paragraph."""

_INLINE = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "bold", "br", "break", "button"),
        *("center", "cite", "code", "data", "del", "dfn", "email", "em", "ext-link", "font", "i"),
        *("img", "inline-formula", "input", "ins", "italic", "kbd", "label", "mark", "monospace"),
        *("named-content", "nobr", "overline", "q", "rp", "rt", "ruby", "s", "samp", "sc"),
        *("script", "select", "small", "span", "strike", "strong", "style", "styled-content"),
        *("sub", "sup", "svg", "td", "textarea", "th", "time", "tt", "u", "underline", "uri"),
        *("var", "wbr", "xref"),
    }
)
"""Elements within a line."""

_MATH = frozenset(
    {
        *("math", "mrow", "mi", "mn", "mo", "mtext", "mfrac", "msup", "msub", "msubsup", "msqrt"),
        *("mroot", "mover", "munder", "munderover", "mfenced", "mtable", "mtr", "mtd", "mspace"),
        *("mstyle", "semantics", "annotation"),
    }
)

NAMES = _BLOCKS | _INLINE | _MATH
"""Names of elements, without prefix and in lower case."""

_TAG = re.compile(
    r"<(?P<close>/?)(?:jats:|mml:|m:)?(?P<name>[A-Za-z][A-Za-z0-9-]*)"
    r"(?P<attributes>(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=]+)"
    r"|\s+(?:hidden|open|reversed|checked|disabled|nowrap)(?=[\s/>]))*)\s*/?>"
)
_FORMULA = re.compile(
    r"<(?P<tag>(?:[a-z]{1,5}:)?(?:math|tex-math|inline-formula|disp-formula))\b[^<>]*>"
    r"(?:(?!<(?P=tag)\b).)*?</(?P=tag)\s*>",
    re.DOTALL | re.IGNORECASE,
)
_LONGEST_FORMULA = 20_000
_FORMULA_TAG = re.compile(r"<(/?)(?:[a-z]{1,5}:)?([a-z][a-z0-9-]*)([^<>]*?)(/?)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"\s(?:notation|open|close|separators|linethickness)=(?:\"[^\"<&]*\"|'[^'<&]*')"
)
_CELLS = {"td", "th"}
_BREAKS = {"br", "break"}
_STRUCK = re.compile(r"<(?P<name>del|s|strike)>(?P<text>(?:(?!<(?P=name)>).)*?)</(?P=name)>", re.S)

_SHIFTED = re.compile(
    r"<(?P<tag>(?:jats:)?(?P<name>su[pb]))(?:\s[^<>]*)?>(?P<text>[^<>]*(?:<(?!/?(?:jats:)?su[pb]\b)"
    r"[^<>]*>[^<>]*)*)</(?P=tag)\s*>",
    re.IGNORECASE,
)


def strip_tags(text: str) -> str:
    """Return a text without tags: raised signs are raised, blocks become paragraphs.

    A formula in MathML or TeX is written on one line. Entities are left as they are. What is
    struck out is taken out, and counted where `markup.count_invisible` is at work.

    >>> strip_tags("<p>ALT <ULN at 10<sup>9</sup>/L</p>")
    'ALT <ULN at 10⁹/L'
    """
    if "<" not in text:
        return text
    text = _STRUCK.sub(lambda found: strike_out(found["text"]), text)
    text = raise_tagged(_FORMULA.sub(_write_formula, text))
    opened = {found["name"].lower() for found in _TAG.finditer(text) if not found["close"]}
    closed = {found["name"].lower() for found in _TAG.finditer(text) if found["close"]}

    def replace(found: re.Match[str]) -> str:
        name = found["name"].lower()
        # "p<b>5" compares: a letter alone is a tag where it is also closed.
        alone = len(name) == 1 and name != "p" and not found["attributes"]
        if name not in NAMES or (alone and name not in opened & closed):
            return found[0]
        if name in _BREAKS:
            return BREAK
        if name in _CELLS:
            return "" if found["close"] else "; "
        return "\n\n" if name in _BLOCKS else ""

    return _TAG.sub(replace, text).strip("\n")


def take_hidden(text: str) -> tuple[str, list[str]]:
    """Return a text without the elements that say of themselves that they are hidden, and those.

    >>> take_hidden("Give <b hidden>9 mg</b>5 mg.")
    ('Give 5 mg.', ['9 mg'])
    """
    taken: list[str] = []
    if "hidden" not in text and "none" not in text:
        return text, taken
    place = 0
    while (found := _HIDDEN.search(text, place)) is not None:
        within, end, depth = len(text), len(text), 0
        tags = re.compile(rf"<(/?){found['name']}\b[^<>]*>", re.IGNORECASE)
        for tag in tags.finditer(text, found.start()):
            depth += -1 if tag[1] else 1
            if not depth:
                within, end = tag.span()
                break
        else:
            place = found.end()  # never closed: it may hide nothing
            continue
        taken.append(strip_tags(text[found.end() : within]))
        text = text[: found.start()] + text[end:]
        place = found.start()
    return text, taken


_HIDDEN = re.compile(
    r"<(?P<name>[A-Za-z][A-Za-z0-9]*)\b(?=[^<>]*?(?:\shidden(?=[\s>=])|style\s*=\s*[\"'][^\"'<>]*"
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden)))[^<>]*(?<!/)>",
    re.IGNORECASE,
)


def strike_out(text: str) -> str:
    """Count a text that is struck out, and return what stands in its place: nothing."""
    markup.note_struck(text)
    return ""


def _write_formula(found: re.Match[str]) -> str:
    """Return a formula on one line, or a hole where it cannot be read."""
    from defusedxml.ElementTree import ParseError, fromstring

    raw = found[0]
    if "formula" in found["tag"].lower() and not re.search(r"<(?:\w+:)?(?:tex-)?math\b", raw):
        return raw  # words in a frame
    if len(raw) > _LONGEST_FORMULA:
        return HOLE
    if is_too_deep(raw):
        return HOLE
    try:
        formula = fromstring(_FORMULA_TAG.sub(_plain_tag, unescape_signs(raw)))
    except ParseError:
        return HOLE
    said = read_formula(formula)
    return html.escape(said, quote=False)  # its signs are read once, with the text around it


def is_too_deep(raw: str) -> bool:
    """Say whether the elements of a piece of XML are nested deeper than readers go."""
    depth = 0
    for tag in _FORMULA_TAG.finditer(raw):
        depth += -1 if tag[1] else not tag[4]
        if depth > DEEPEST:
            return True
    return False


def _plain_tag(tag: re.Match[str]) -> str:
    attributes = "".join(each[0] for each in _ATTRIBUTE.finditer(tag[3]))
    return f"<{tag[1]}{tag[2].lower()}{attributes}{tag[4]}>"


def unescape_signs(text: str) -> str:
    """Return a text with its entities read, but for those of the signs of XML.

    >>> unescape_signs("&alpha; &lt; &#181;")
    'α &lt; µ'
    """
    return _ENTITY.sub(lambda found: html.escape(html.unescape(found[0]), quote=False), text)


def raise_tagged(text: str) -> str:
    """Return a text in which what `sup` and `sub` hold is raised and lowered.

    >>> raise_tagged("10<sup>9</sup>/L, H<sub>2</sub>O")
    '10⁹/L, H₂O'
    """
    return _SHIFTED.sub(_shift, text)


def _shift(found: re.Match[str]) -> str:
    inside = strip_tags(found["text"])
    before = found.string[: found.start()][-1:]
    if found["name"].lower() == "sup":
        return raised_figures.raised(html.unescape(inside))
    return raised_figures.lowered(html.unescape(inside), before)


def plain(text: str) -> str:
    """Return a text without tags and with entities read once.

    >>> plain("ALT &lt; 3, <i>n</i> = 4 &amp;lt;")
    'ALT < 3, n = 4 &lt;'
    """
    return unescape(strip_tags(text))


_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")


def unescape(text: str) -> str:
    """Return a text with its entities read once; only what ends with a semicolon is an entity.

    >>> unescape("R&D &lt; 5 &times;")
    'R&D < 5 ×'
    """
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def escape_signs(page: str) -> str:
    """Return a page of HTML in which every `<` that begins no tag is written as an entity.

    A name that HTML does not know is a tag where the page closes it or where it has a hyphen.

    >>> escape_signs("<p>ALT <ULN, <3</p>")
    '<p>ALT &lt;ULN, &lt;3</p>'
    """
    closed: set[str] = set()

    def replace(found: re.Match[str]) -> str:
        name = (found["name"] or "").lower()
        if name and not closed:
            closed.update(each.lower() for each in _CLOSING.findall(page))
            closed.add("")
        known = bool(name) and (name in closed or "-" in name or ":" in name)
        return found[0] if known else "&lt;" + found[0][1:]

    return _ANY.sub(replace, page)


_PAGE = NAMES | frozenset(
    {
        *("html", "base", "link", "meta", "noscript", "template", "object", "embed", "param"),
        *("iframe", "map", "area", "audio", "video", "source", "track", "canvas", "picture", "col"),
        *("colgroup", "optgroup", "option", "fieldset", "legend", "datalist", "output", "progress"),
        *("meter", "dialog", "menu", "slot", "search", "hgroup", "frame", "frameset", "noframes"),
        *("applet", "basefont", "dir", "marquee", "blink", "bgsound", "keygen", "isindex"),
        *("listing", "plaintext", "xmp", "rb", "rtc", "portal", "path", "g", "rect", "circle"),
    }
)
_ANY = re.compile(
    rf"<(?!!|\?|/?(?:{'|'.join(sorted(_PAGE))})(?![\w.:-]))/?(?P<name>[A-Za-z][\w.:-]*)?",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"</([A-Za-z][\w.:-]*)")
