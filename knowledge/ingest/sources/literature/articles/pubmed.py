"""Read PubMed and MEDLINE citations with abstracts from XML.

    XML -> one article at a time -> title, sections of the abstract, year, type, identifiers

Only abstracts in English and Chinese are kept. What a citation says of another one, or of itself,
is a notice: deleted, retracted, under an expression of concern, corrected (`pubmed_notices`).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.graph import revisions
from knowledge.ingest.sources.literature.articles import jats_marks, pubmed_notices
from knowledge.ingest.sources.literature.markup.markup import element_text, tidy
from knowledge.ingest.sources.streams import encodings, xml_elements
from knowledge.records import (
    DocumentRecord,
    Language,
    NoticeRecord,
    ReadReport,
    Record,
    Section,
)
from knowledge.text import names

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOTS = {
    "PubmedArticleSet",
    "PubmedArticle",
    "PubmedBookArticleSet",
    "PubmedBookArticle",
    "MedlineCitationSet",
    "MedlineCitation",
}
_DELETIONS = {"DeleteCitation", "DeleteDocument"}
_ARTICLES = {"PubmedArticle", "PubmedBookArticle", "MedlineCitation", *_DELETIONS}

_TYPES: tuple[tuple[str, str], ...] = (
    ("practice guideline", "guideline"),
    ("guideline", "guideline"),
    ("consensus development conference", "guideline"),
    ("systematic review", "systematic review"),
    ("meta-analysis", "meta-analysis"),
    ("network meta-analysis", "meta-analysis"),
    ("randomized controlled trial", "randomized controlled trial"),
    ("pragmatic clinical trial", "randomized controlled trial"),
    ("controlled clinical trial", "clinical trial"),
    ("clinical trial", "clinical trial"),
    ("clinical trial protocol", "protocol"),
    ("observational study", "observational study"),
    ("multicenter study", "multicenter study"),
    ("retraction of publication", "retraction notice"),
    ("expression of concern", "expression of concern"),
    ("published erratum", "correction"),
    ("case reports", "case report"),
    ("review", "review"),
    ("editorial", "editorial"),
    ("letter", "letter"),
    ("comment", "comment"),
    ("news", "news"),
    ("historical article", "historical article"),
)
"""PubMed's publication types, the strongest first, and what we call them."""

_LANGUAGES: dict[str, Language] = {"eng": "en", "en": "en", "chi": "zh", "zh": "zh", "zho": "zh"}
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_NO_LABEL = {"", "UNASSIGNED", "UNLABELLED"}
TRUNCATED = re.compile(r"\s*\(ABSTRACT TRUNCATED[^)]*\)\s*$")
"""What MEDLINE writes at the end of an abstract that was too long for it."""


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is XML of PubMed or MEDLINE."""
    return xml_elements.root_name(encodings.decode_head(path, start)) in _ROOTS


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the articles of a file; an article without abstract is kept with its title alone."""
    latest = ""
    for number, element in xml_elements.read_elements(path, _ARTICLES):
        name = element.tag
        if name in _DELETIONS:
            report.skip("deleted by PubMed", count=len(element))
            for each in element.iter("PMID"):
                # A deletion has no date: it is issued with the latest revision beside it.
                when = revisions.compose(each.get("Version", "1"), latest, path)
                yield NoticeRecord(f"pmid:{element_text(each)}", "deletion", number, revision=when)
        elif name == "PubmedBookArticle":
            yield from _documents(element, element, path, number, report)
        else:
            citation = element if name == "MedlineCitation" else element.find("MedlineCitation")
            if citation is None:
                report.skip("article without a citation", f"article {number}")
                continue
            latest = max(latest, _date_revised(citation))
            yield from _documents(citation, element, path, number, report)


def _documents(
    citation: "Element", whole: "Element", path: Path, number: int, report: ReadReport
) -> Iterator[Record]:
    article = citation.find("Article")
    if article is None:
        article = citation.find("BookDocument")
    pmid = element_text(citation.find("PMID")) or element_text(citation.find(".//PMID"))
    if article is None or not pmid:
        report.skip("article without PMID", f"article {number}")
        return
    if article.find(".//math") is not None:
        jats_marks.prepare(article, report)
    title = _title(article)
    sections = _sections(article.find("Abstract"))
    if not title and not sections:
        report.skip("article without title and abstract", f"pmid:{pmid}")
        return
    if not sections:
        report.skip("no abstract (kept with its title)", f"pmid:{pmid}")
    language = names.language_of(" ".join(section.text for section in sections) or title)
    kinds = [element_text(kind).lower() for kind in article.iter("PublicationType")]
    stated = pubmed_notices.read_title(title)
    revision = _revision(citation, path)
    retracted = "retracted publication" in kinds or stated.retracted
    yield DocumentRecord(
        key=f"pmid:{pmid}",
        title=title or sections[0].text[:100],
        language=language,
        sections=sections,
        year=_year(article, citation),
        type=stated.type or classify_type(kinds, title),
        journal=element_text(article.find("Journal/Title"))
        or element_text(article.find("Book/BookTitle")),
        identifiers=_identifiers(pmid, article, whole),
        retracted=retracted,
        line=number,
        revision=revision,
    )
    links = [
        pubmed_notices.Link(
            note.get("RefType", ""),
            element_text(note.find("PMID")),
            element_text(note.find("RefSource")),
            element_text(note.find("Note")),
        )
        for note in citation.findall("CommentsCorrectionsList/CommentsCorrections")
    ]
    yield from pubmed_notices.read_links(links, f"pmid:{pmid}", kinds, stated, number, report)
    yield from _translations(citation, article, pmid, retracted, revision, number, report)


def _translations(
    citation: "Element",
    article: "Element",
    pmid: str,
    retracted: bool,
    revision: str,
    number: int,
    report: ReadReport,
) -> Iterator[DocumentRecord]:
    """Yield an abstract in Chinese as a document of its own; other languages are counted."""
    for other in citation.findall("OtherAbstract"):
        language = _LANGUAGES.get(other.get("Language", "eng").lower())
        sections = _sections(other)
        if language == "zh" and sections:
            title = element_text(article.find("VernacularTitle")) or element_text(
                article.find("ArticleTitle")
            )
            yield DocumentRecord(
                key=f"pmid:{pmid}:zh",
                title=clean_title(title),
                language="zh",
                sections=sections,
                year=_year(article, citation),
                type="journal article",
                journal=element_text(article.find("Journal/Title")),
                identifiers=(f"pmid:{pmid}",),
                retracted=retracted,
                line=number,
                revision=revision,
            )
        elif sections:
            declared = other.get("Language", "eng")
            kind = "second abstract in English" if language else f"abstract in language {declared}"
            report.skip(kind, f"pmid:{pmid}")


def _title(article: "Element") -> str:
    title = element_text(article.find("ArticleTitle")) or element_text(
        article.find("Book/BookTitle")
    )
    if not title.strip("[]. ") or title.lower().startswith("[not available]"):
        title = element_text(article.find("VernacularTitle"))
    return clean_title(title)


def clean_title(title: str) -> str:
    """Return a title without its end stop, and without the brackets that mark a translation."""
    title = re.sub(r"(?<!\.)\.$", "", title.strip())
    if title.startswith("[") and title.endswith("]") and title.count("[") == 1:
        title = re.sub(r"(?<!\.)\.$", "", title[1:-1].strip())
    return title


def _sections(abstract: "Element | None") -> tuple[Section, ...]:
    if abstract is None:
        return ()
    found: list[Section] = []
    for part in abstract.findall("AbstractText"):
        text = TRUNCATED.sub("", element_text(part))
        label = tidy(part.get("Label", "")).strip(" :")
        title = "" if label.upper() in _NO_LABEL else label.capitalize()
        if text:
            found.append(Section(title, text))
    return tuple(found)


def find_year(text: str) -> int | None:
    """Return the first year of a date in any notation."""
    found = _YEAR.search(text)
    return int(found[1]) if found else None


def _year(article: "Element", citation: "Element") -> int | None:
    dates = ("Journal/JournalIssue/PubDate", "ArticleDate", "Book/PubDate", "ContributionDate")
    places = (*(article.find(date) for date in dates), citation.find("DateCompleted"))
    return next((year for year in map(find_year, map(element_text, places)) if year), None)


def classify_type(kinds: list[str], title: str) -> str:
    """Return the type of a document by its publication types in lower case, or by its title."""
    for kind, ours in _TYPES:
        if any(each == kind or each.startswith(f"{kind},") for each in kinds):
            return _refine_review(ours, title)
    return _refine_review("journal article", title)


_SYSTEMATIC = re.compile(r"\bsystematic review\b", re.IGNORECASE)


def _refine_review(ours: str, title: str) -> str:
    # PubMed has the type "systematic review" only since 2019; older ones say so in the title.
    unsure = ours in ("review", "journal article")
    return "systematic review" if unsure and _SYSTEMATIC.search(title) else ours


def _identifiers(pmid: str, article: "Element", whole: "Element") -> tuple[str, ...]:
    found = {f"pmid:{pmid}": None}
    places = [*whole.findall("PubmedData/ArticleIdList/ArticleId")]
    places += whole.findall("PubmedBookData/ArticleIdList/ArticleId")
    for each in places:
        text, kind = element_text(each), each.get("IdType")
        if text and kind == "doi":
            found[f"doi:{text.lower()}"] = None
        elif text and kind == "pmc":
            found[f"pmc:{text.upper()}"] = None
    for each in article.findall("ELocationID"):
        if each.get("EIdType") == "doi" and each.get("ValidYN", "Y") == "Y":
            found[f"doi:{element_text(each).lower()}"] = None
    return tuple(found)


def _revision(citation: "Element", path: Path) -> str:
    """Return version, date and file of a citation, as revisions are compared."""
    pmid = citation.find("PMID")
    version = pmid.get("Version", "1") if pmid is not None else "1"
    return revisions.compose(version, _date_revised(citation), path)


def _date_revised(citation: "Element") -> str:
    date = [element_text(citation.find(f"DateRevised/{part}")) for part in ("Year", "Month", "Day")]
    return "-".join(f"{part:0>2}" for part in date if part)
