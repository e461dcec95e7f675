"""The words that a file holds, found without the readers of medchat: what `words_lost` measures by.

    file -> blocks (a paragraph, a cell, a title) -> words and figures in order

XML, HTML and Word are walked with lxml; RIS and MEDLINE text by their lines. What a raised or
lowered figure holds is apart, so that 10<sup>9</sup> read as 109 is two figures lost.
"""

import html
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-" * 2)
RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+|[₀₁₂₃₄₅₆₇₈₉₊₋]+")
CHINESE = "\u3400-\u9fff"
TOKEN = re.compile(
    rf"\d+(?:[.,·]\d+)*|[<>≤≥≈=±×÷%‰°~+]|(?<![\w)\]])-(?=\d)|[{CHINESE}]|[^\W\d_{CHINESE}]+"
)
FIGURE = re.compile(r"[\d<>≤≥≈=±×÷%‰°~+-]")
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
NUMBERED = re.compile(r"^\s*(?:\d+(?:\.\d+)*\.?|[IVX]+\.)\s+(?=\S)")
"""The number of a section before its title is no word of it."""

SOFT = "\ufdd1"
"""Stands at the edges of raised and lowered letters, which may be read apart or joined."""

DASHES = re.compile("[‐‑‒–—−﹣－]")
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a source's own text: where it stands, and the part that may be left out whole."""

    text: str
    place: str
    group: str = ""


def tokens(text: str) -> list[str]:
    """Return the words and figures of a text in order; a Chinese character is a word.

    >>> tokens("Give ≤5 mg/kg; 10⁹/L")
    ['give', '≤', '5', 'mg', 'kg', '10', '9', 'l']
    """
    apart = RUN.sub(lambda run: f" {run[0].translate(RAISED)} ", text)
    plain = unicodedata.normalize("NFKC", DASHES.sub("-", UNSEEN.sub("", apart.replace("^", " "))))
    return [word.casefold() for word in TOKEN.findall(plain)]


def soft_tokens(text: str) -> tuple[list[str], set[int]]:
    """Return the tokens of a text, and before which of them it may be read joined.

    >>> soft_tokens(f"C{SOFT}max{SOFT} of 5")
    (['c', 'max', 'of', '5'], {1})
    """
    found: list[str] = []
    soft: set[int] = set()
    before = ""
    for part in text.split(SOFT):
        if found and before[-1:].strip() and part[:1].strip():
            soft.add(len(found))
        found += tokens(part)
        before = part or before
    return found, soft


def is_figure(token: str) -> bool:
    """Say whether a token is a number or a sign."""
    return FIGURE.match(token) is not None


_RAISING = {"sup", "sub"}
_BLOCKS = {
    "p", "title", "label", "td", "th", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "term",
    "figcaption", "caption", "pre", "blockquote", "div", "section", "body", "table", "tr", "ul",
    "ol", "sec", "list", "list-item", "def-list", "def-item", "def", "fig", "table-wrap", "bio",
    "fn", "disp-formula", "disp-quote", "statement", "attrib", "supplementary-material", "aside",
    "abstract", "AbstractText", "ArticleTitle", "ack", "app", "notes", "glossary", "header", "hr",
    "subtitle", "article-title", "trans-title", "boxed-text", "fn-group", "media", "thead", "tbody",
    "table-wrap-foot", "figure",
}  # fmt: skip
_NO_TEXT = {"ref-list", "script", "style", "head", "annotation", "object-id", "permissions"}
_NO_TEXT |= {"alt-text", "tex-math", "kwd-group", "sub-article", "response", "contrib-group"}


def _name(element: "_Element") -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _cites(element: "_Element") -> bool:
    """Say whether an element is a mark that points to the list of references."""
    if _name(element) == "xref" and element.get("ref-type") == "bibr":
        said = "".join(element.itertext())
        return not any(sign.isalpha() for sign in said) and not YEAR.search(said)
    return _name(element) == "sup" and len(element) > 0 and all(map(_cites, element))


def walk(element: "_Element", place: str = "", group: str = "") -> Iterator[Block]:
    """Yield the text under an XML or HTML element, block by block."""
    held: list[str] = []

    def flush(where: str, part: str) -> Iterator[Block]:
        text = "".join(held)
        if where.endswith("sec/title"):
            text = NUMBERED.sub("", text)
        held.clear()
        if tokens(text) and not where.endswith("sec/label"):
            yield Block(text, where, part)

    def visit(node: "_Element", where: str, part: str) -> Iterator[Block]:
        name = _name(node)
        if not name or name in _NO_TEXT or _cites(node):
            held.append(" " if name else "")
            return
        block = name in _BLOCKS
        if block:
            yield from flush(where, part)
            where = f"{where}/{name}"
        if name in ("sec", "ack", "app", "notes", "fn-group", "glossary", "bio", "OtherAbstract"):
            title = node.find("{*}title")
            said = "".join(title.itertext()).strip() if title is not None else ""
            part = f"{name}: {said[:60]}#{node.sourceline}"
        letters = any(sign.isalpha() for sign in "".join(node.itertext()))
        apart = name in _RAISING and not letters or name in ("break", "br")
        edge = " " if apart else SOFT if name in _RAISING else ""
        held.append(edge + (node.text or ""))
        for child in node:
            yield from visit(child, where, part)
            held.append(child.tail or "")
        if block:
            yield from flush(where, part)
        elif edge:
            held.append(edge)

    yield from visit(element, place, group)
    yield from flush(place, group)


def of_jats(path: Path) -> Iterator[Block]:
    """Yield titles, abstracts, body and what stands behind; the list of references is no text."""
    from lxml import etree

    tree = etree.parse(path, etree.XMLParser(load_dtd=False, resolve_entities=True, huge_tree=True))
    for article in tree.iter("article"):
        for where in ("front/article-meta/title-group", "front/article-meta", "body", "back"):
            for part in article.findall(where):
                if where.endswith("article-meta"):
                    for abstract in (*part.findall("abstract"), *part.findall("trans-abstract")):
                        yield from walk(abstract, "abstract")
                else:
                    yield from walk(part, where.split("/")[0])
        for part in article.findall("floats-group"):
            yield from walk(part, "floats-group")


def of_pubmed(path: Path) -> Iterator[Block]:
    """Yield the title of each article, and its abstracts with their labels."""
    from lxml import etree

    tree = etree.parse(path, etree.XMLParser(load_dtd=False, huge_tree=True))
    for name in ("ArticleTitle", "Abstract", "OtherAbstract"):
        for part in tree.iter(name):
            group = f"{name}: {part.get('Language', '')}#" if name == "OtherAbstract" else ""
            for text in part.iter("AbstractText"):
                if text.get("Label", "").upper() not in ("", "UNASSIGNED", "UNLABELLED"):
                    yield Block(text.get("Label"), f"{name}/label", group)
                yield from walk(text, name, group)
            if name == "ArticleTitle":
                yield from walk(part, name)


def of_html(path: Path) -> Iterator[Block]:
    """Yield the text of a page's body."""
    from lxml import html as pages

    yield from walk(pages.parse(path, pages.HTMLParser(encoding="utf-8")).getroot().find("body"))


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def of_docx(path: Path) -> Iterator[Block]:
    """Yield the paragraphs of a Word document and of its notes; raised and lowered runs apart."""
    from lxml import etree

    with zipfile.ZipFile(path) as package:
        names = [f"word/{part}.xml" for part in ("document", "footnotes", "endnotes")]
        for name in [name for name in names if name in package.namelist()]:
            for paragraph in etree.fromstring(package.read(name)).iter(f"{_W}p"):
                text = "".join(_word_run(run) for run in paragraph.iter(f"{_W}r", f"{_M}r"))
                inside = any(True for _ in paragraph.iterancestors(f"{_W}tc"))
                math = paragraph.find(f".//{_M}r") is not None
                place = name[5:-4] + ("/cell" if inside else "/p") + ("/formula" if math else "")
                if tokens(text):
                    yield Block(text, place)


def _word_run(run: "_Element") -> str:
    text = "".join(
        (part.text or "") if _name(part) == "t" else " "
        for part in run
        if _name(part) in ("t", "br", "tab")
    )
    raised = run.find(f"{_W}rPr/{_W}vertAlign") is not None
    script = any(_name(each) in ("sup", "sub") for each in run.iterancestors())
    if not (raised or script):
        return text
    edge = SOFT if any(map(str.isalpha, text)) else " "
    return f"{edge}{text}{edge}"


_RIS = re.compile(r"^([A-Z][A-Z0-9])[ \t]{1,3}-(?:[ \t](.*))?$")
_NBIB = re.compile(r"^([A-Z]{2,4}) *- (.*)$")


def of_lines(path: Path) -> Iterator[Block]:
    """Yield title and abstract of RIS or MEDLINE text, whose lines go on without a tag."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    pattern = _RIS if _RIS.match(text.lstrip().split("\n")[0]) else _NBIB
    fields: list[tuple[str, str]] = []
    for line in text.splitlines():
        found = pattern.match(line.rstrip())
        if found:
            fields.append((found[1], found[2] or ""))
        elif fields and line.strip():
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
    for tag in (("TI", "T1"), ("AB", "N2")):
        said = [value for name, value in fields if name in tag and value.strip()]
        for value in dict.fromkeys(said):  # some exports write the same value under both tags
            yield Block(html.unescape(re.sub(r"</?(?:sup|sub)>", " ", value)), tag[0])


def of_plain(path: Path) -> Iterator[Block]:
    """Yield the paragraphs of a text that is given as it is."""
    for part in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        yield Block(part, "paragraph")
