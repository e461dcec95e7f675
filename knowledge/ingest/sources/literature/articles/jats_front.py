"""Count what stands before and around an article in JATS and is not read.

    journal-meta, article-meta, front | beside the body -> reasons with counts

Identifiers, dates and notices on articles are read elsewhere, and only their text counts here.
"""

from typing import TYPE_CHECKING

from knowledge.records import ReadReport

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_READ = {"article-id", "article-version", "article-version-alternatives", "pub-date"}
_READ |= {"abstract", "trans-abstract", "title-group", "related-article", "related-object"}
_READ |= {"pub-date-not-available", "journal-title-group", "journal-title", "journal-id", "issn"}
_READ |= {"issn-l", "article-meta", "journal-meta", "isbn"}

_DETAILS = "bibliographic details (not read)"
_BIBLIOGRAPHIC = {
    *("permissions", "conference", "custom-meta-group", "supplement", "history", "pub-history"),
    *("volume", "volume-id", "volume-series", "volume-issue-group", "issue", "issue-id"),
    *("issue-part", "issue-sponsor", "issue-title", "issue-title-group", "elocation-id", "fpage"),
    *("lpage", "page-range", "self-uri", "counts", "email", "ext-link", "uri", "processing-meta"),
    *("publisher", "abbrev-journal-title", "journal-subtitle", "self-uri", "era", "season"),
}
_NOTES_OF = {
    "article-categories": "keywords (not read)",
    "kwd-group": "keywords (not read)",
    "unstructured-kwd-group": "keywords (not read)",
    "contrib-group": "authors (not read)",
    "aff": "authors (not read)",
    "aff-alternatives": "authors (not read)",
    "author-notes": "notes on the authors (not read)",
    "funding-group": "funding (not read)",
    "support-group": "funding (not read)",
    "contract-num": "funding (not read)",
    "contract-sponsor": "funding (not read)",
    "product": "work that is reviewed (not read)",
    "supplementary-material": "supplementary file (not read)",
    "notes": "notes before the article (not read)",
}
_OTHER_TITLES = {"alt-title", "trans-title-group", "trans-title", "trans-subtitle", "fn-group"}
_PARTS = {"front", "body", "back", "floats-group", "sub-article", "response", "processing-meta"}


def count_unread(article: "Element", meta: "Element", report: ReadReport) -> None:
    """Count each part before and beside an article that holds text and is not read."""
    found: set[str] = set()
    journal = article.find("front/journal-meta")
    beside = [*([] if journal is None else journal), *_titles_beside(journal)]
    if any(each.tag not in _READ and _has_text(each) for each in beside):
        found.add(_DETAILS)
    for part in (*meta, *article.findall("front/*")):
        if not isinstance(part.tag, str) or part.tag in _READ or not _has_text(part):
            continue
        if part.tag in _BIBLIOGRAPHIC:
            found.add(_DETAILS)
        else:
            report.skip(_NOTES_OF.get(part.tag, f"{part.tag} before the article (not read)"))
    for reason in sorted(found):  # one for each article, however many there are
        report.skip(reason)
    for title in meta.findall("title-group/*"):
        if title.tag in _OTHER_TITLES and _has_text(title):
            report.skip("other title of the article (not read)")
    for part in article:
        if isinstance(part.tag, str) and part.tag not in _PARTS and _has_text(part):
            report.skip(f"{part.tag} beside the article (not read)")


def _titles_beside(journal: "Element | None") -> "list[Element]":
    group = None if journal is None else journal.find("journal-title-group")
    return [] if group is None else [each for each in group if each.tag != "journal-title"]


def _has_text(element: "Element") -> bool:
    return any(text.strip() for text in element.itertext())
