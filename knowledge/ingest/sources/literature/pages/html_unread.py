"""Count what an HTML page shows and this program does not read, and take it out of the text.

    tree -> struck-out text, readings above characters, pictures, embedded pages -> counts by name

Struck-out words are what the author withdrew: "Give <del>5</del> 7 mg" must not say "5 7 mg".
"""

from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.pages.html_hidden_text import drop_element
from knowledge.records import ReadReport

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_STRUCK = ".//del | .//s | .//strike | .//*[contains(@style, 'line-through')]"
_READINGS = ".//rt | .//rp | .//rtc"
_EMBEDDED = ".//iframe | .//object | .//embed | .//video | .//audio | .//canvas"


def remove_unread(root: "HtmlElement", report: ReadReport) -> None:
    """Take struck-out text and readings of characters out of a page, and count all unread parts."""
    for path, reason in (
        (_STRUCK, "struck-out text (not read)"),
        (_READINGS, "reading above characters (not read)"),
    ):
        for part in root.xpath(path):
            words = " ".join(part.text_content().split())
            drop_element(part)
            if any(sign.isalnum() for sign in words):
                report.skip(reason, words[:120])
    for part in root.xpath(_EMBEDDED):
        report.skip("embedded page or media (not read)", part.get("title") or part.get("src") or "")


def count_pictures(body: "HtmlElement", report: ReadReport) -> None:
    """Count the pictures that say of themselves what they show; others are ornaments.

    One whose words stand in its caption too has said them.
    """
    for picture in body.iter("img"):
        words = " ".join((picture.get("alt") or "").split())
        figure = next(picture.iterancestors("figure"), None)
        caption = "" if figure is None else " ".join(figure.text_content().split())
        if any(sign.isalnum() for sign in words) and words not in caption:
            report.skip("picture (not read)", words[:120])


def count_outside(root: "HtmlElement", body: "HtmlElement", report: ReadReport) -> None:
    """Count the text of a page that stands outside its main part."""
    around = next(iter(root.iter("body")), root)
    if around is body:
        return
    part = body
    while part is not around and (parent := part.getparent()) is not None:
        for other in parent:
            words = "" if other is part else " ".join(other.text_content().split())
            if isinstance(other.tag, str) and any(sign.isalnum() for sign in words):
                report.skip("text outside the main part of the page", words[:120])
        part = parent
