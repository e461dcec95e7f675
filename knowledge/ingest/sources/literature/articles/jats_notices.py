"""Read what an article in JATS says of itself and of others: retractions, concerns, corrections.

    article-type + related-article + title -> notice on the article itself | on another

Most kinds of `related-article` tell by their name which of the two the article is; for the others
its own type does: a correction speaks of the article that it names, an article of its correction.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.articles import pubmed_notices
from knowledge.ingest.sources.literature.markup.markup import element_text
from knowledge.records import DocumentRecord, NoticeKind, NoticeRecord, ReadReport

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NOTICE_TYPES: dict[str, NoticeKind] = {
    "retraction": "retraction",
    "partial-retraction": "partial",
    "expression-of-concern": "concern",
    "correction": "correction",
    "corrigendum": "correction",
    "erratum": "correction",
    "addendum": "correction",
}
"""Values of `article-type` that say that an article is a notice on another."""

_DOCUMENT_TYPES: dict[NoticeKind, str] = {
    "retraction": "retraction notice",
    "partial": "retraction notice",
    "concern": "expression of concern",
    "correction": "correction",
}
_RETRACTED_TYPES = ("retracted-article", "retracted")

_ABOUT_OTHERS: dict[str, NoticeKind] = {
    "retracted-article": "retraction",
    "partially-retracted-article": "partial",
    "object-of-concern": "concern",
    "corrected-article": "correction",
    "addended-article": "correction",
    "updated-article": "update",
}
_ABOUT_ITSELF: dict[str, NoticeKind] = {
    "retraction-forward": "retraction",
    "partial-retraction-forward": "partial",
    "concern-forward": "concern",
    "expression-of-concern-forward": "concern",
    "expressed-concern": "concern",
    "correction-forward": "correction",
    "addendum-forward": "correction",
    "update-forward": "update",
}
_BY_OWN_TYPE: dict[str, NoticeKind] = {
    "retraction": "retraction",
    "partial-retraction": "partial",
    "concern": "concern",
    "expression-of-concern": "concern",
    "correction": "correction",
    "corrigendum": "correction",
    "erratum": "correction",
    "addendum": "correction",
    "update": "update",
    "republication": "republication",
    "republished-article": "republication",
}
_HREF = "{http://www.w3.org/1999/xlink}href"
_IDS = {"pmid": "pmid", "pubmed": "pmid", "pmc": "pmc", "pmcid": "pmc", "doi": "doi"}


def is_retracted(article: "Element", title: str) -> bool:
    """Say whether an article is marked as retracted, by its type or in its title.

    What a `related-article` says is a notice, as it may be on part of the article only.
    """
    own = article.get("article-type", "").lower()
    return own in _RETRACTED_TYPES or pubmed_notices.read_title(title).retracted


def find_type(article: "Element", title: str) -> str:
    """Return the type of a document that is a notice, or nothing."""
    kind = _NOTICE_TYPES.get(article.get("article-type", "").lower())
    return _DOCUMENT_TYPES[kind] if kind else pubmed_notices.read_title(title).type


def read_notices(
    article: "Element", meta: "Element", document: DocumentRecord, report: ReadReport
) -> Iterator[NoticeRecord]:
    """Yield the notices that an article holds on itself or on others."""
    own = document.key
    stated = pubmed_notices.read_title(document.title)
    notice = _NOTICE_TYPES.get(article.get("article-type", "").lower(), stated.kind)
    named = False
    for related in _find_all(meta, "related-article", "related-object"):
        kind = (related.get("related-article-type") or related.get("link-type") or "").lower()
        keys = _keys(related)
        said, itself = _kind_of(kind, notice)
        if said is None:
            continue
        if itself:
            words = element_text(related)
            by = next(iter(keys), words or related.get(_HREF, ""))
            yield NoticeRecord(own, said, document.line, by)
            continue
        named = named or bool(keys)
        for key in keys:
            if key not in document.identifiers:
                yield NoticeRecord(key, said, document.line, own)
        if not keys:
            report.skip("notice that names no article", own)
    if notice is not None and not named:
        if stated.about:
            yield NoticeRecord(f"title:{stated.about}", notice, document.line, own)
        else:
            report.skip("notice that names no article", own)
    elif stated.retracted and stated.about:
        yield NoticeRecord(f"title:{stated.about}", "retraction", document.line)


def _kind_of(kind: str, notice: NoticeKind | None) -> tuple[NoticeKind | None, bool]:
    """Return what a relation says, and whether it says it of the article in which it stands."""
    if kind in _ABOUT_OTHERS:
        said = _ABOUT_OTHERS[kind]
        return ("partial" if said == "retraction" and notice == "partial" else said), False
    if kind in _ABOUT_ITSELF:
        return _ABOUT_ITSELF[kind], True
    if kind in _BY_OWN_TYPE:
        return _BY_OWN_TYPE[kind], notice is None
    return None, False


def _keys(related: "Element") -> list[str]:
    """Return the identifiers of the article that a relation names, whichever attribute has them."""
    found: dict[str, None] = {}
    kinds = (related.get("ext-link-type"), related.get("document-id-type"))
    values = (related.get(_HREF), related.get("document-id"))
    for kind, value in [*zip(kinds, values, strict=True)]:
        found.update(dict.fromkeys(_key(kind or "", value or "")))
    for each in _find_all(related, "pub-id", "article-id", "object-id"):
        found.update(dict.fromkeys(_key(each.get("pub-id-type", ""), element_text(each))))
    if not found:
        found.update(dict.fromkeys(pubmed_notices.find_identifiers(element_text(related))))
    return list(found)


def _key(kind: str, value: str) -> tuple[str, ...]:
    """Return the key that an identifier of a stated kind makes, or those found in an address."""
    value = value.strip()
    register = _IDS.get(kind.lower(), "")
    if register == "pmid" and value.isdecimal():
        return (f"pmid:{value}",)
    if register == "pmc" and value.upper().removeprefix("PMC").isdecimal():
        return (f"pmc:PMC{value.upper().removeprefix('PMC')}",)
    return pubmed_notices.find_identifiers(value)


def _find_all(element: "Element", *names: str) -> list["Element"]:
    return [each for each in element.iter() if each.tag in names]
