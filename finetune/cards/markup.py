"""Build HTML of which every text is escaped, and the page around it.

    element("p", "a < b") -> <p>a &lt; b</p>        page(title, parts) -> one file without scripts

A page loads nothing and runs nothing: its policy forbids both, whatever a text holds.
"""

from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_VOID = ("br", "hr", "meta", "col")


class Html(str):
    """Text that is HTML already, and is not escaped again."""

    __slots__ = ()


def element(tag: str, /, *content: object, **attributes: str) -> Html:
    """Return an element; content that is no Html is escaped, as attributes are.

    An attribute that Python reserves is written with `_` at its end.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
    )
    if tag in _VOID:
        return Html(f"<{tag}{given}>")
    return Html(f"<{tag}{given}>{joined(content)}</{tag}>")


def joined(parts: Iterable[object]) -> Html:
    """Return parts one after the other."""
    return Html("".join(one if isinstance(one, Html) else escape(str(one)) for one in parts))


def section(title: str, *content: object) -> Html:
    """Return a part of a page under its heading."""
    return element("section", element("h2", title), *content)


def table(head: Sequence[object], rows: Iterable[Sequence[object]], kind: str = "") -> Html:
    """Return a table whose first column names the rows; it scrolls where the page is narrow."""
    first = element("tr", *(element("th", one, scope="col") for one in head))
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", one) for one in row[1:]))
        for row in rows
    ]
    top = element("thead", first) if head else ""
    inner = element("table", top, element("tbody", *body), class_=kind or "figures")
    return element("div", inner, class_="scroll")


def figure(text: str, kind: str = "") -> Html:
    """Return a value whose interval, in brackets, goes to a new line whole where that is needed."""
    value, bracket, interval = text.partition(" (")
    parts = [element("span", value, class_="whole")]
    if bracket:
        parts += [Html(" "), element("span", f"({interval}", class_="whole")]
    return element("span", *parts, class_=kind) if kind else joined(parts)


def facts(rows: Iterable[tuple[str, object]]) -> Html:
    """Return names and values; a value that is empty is left out with its name."""
    return table((), [row for row in rows if row[1] not in ("", None)], "facts")


def page(title: str, *content: object) -> str:
    """Return a whole page, to be opened from a file."""
    style = resources.files("finetune.cards").joinpath("page.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(style)),
    )
    body = element("body", element("main", *content))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"
