"""Read what citations say of each other: links of PubMed's kinds, and titles that say it.

    link + publication types -> notice on the article itself | on another | no notice
    title -> retracted | notice, and the title of the article of which it speaks

PubMed's XML names the kinds in full, MEDLINE text by tags of two to four letters, exports to other
formats in words; all of them are the same links.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.ingest.sources.literature.references import article_ids
from knowledge.records import NoticeKind, NoticeRecord, ReadReport

_ABOUT_OTHERS: dict[str, NoticeKind] = {
    "RetractionOf": "retraction",
    "RetractedandRepublishedFrom": "retraction",
    "PartialRetractionOf": "partial",
    "ExpressionOfConcernFor": "concern",
    "ErratumFor": "correction",
    "CorrectedandRepublishedFrom": "republication",
    "UpdateOf": "update",
    "RepublishedFrom": "reprint",
    "ReprintOf": "reprint",
}
_ABOUT_ITSELF: dict[str, NoticeKind] = {
    "RetractionIn": "retraction",
    "RetractedandRepublishedIn": "retraction",
    "PartialRetractionIn": "partial",
    "ExpressionOfConcernIn": "concern",
    "ErratumIn": "correction",
    "CorrectedandRepublishedIn": "republication",
    "UpdateIn": "update",
    "RepublishedIn": "reprint",
    "ReprintIn": "reprint",
}

NO_NOTICE = (
    "CommentIn",
    "CommentOn",
    "AssociatedDataset",
    "AssociatedPublication",
    "SummaryForPatientsIn",
    "PatientSummaryIn",
    "OriginalReportIn",
    "Cites",
)
"""Links that change nothing in how an article may be used; a comment may yet voice a concern."""

TAGS = {
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "RRI": "RetractedandRepublishedIn",
    "RRF": "RetractedandRepublishedFrom",
    "PRIN": "PartialRetractionIn",
    "PROF": "PartialRetractionOf",
    "ECI": "ExpressionOfConcernIn",
    "ECF": "ExpressionOfConcernFor",
    "EIN": "ErratumIn",
    "EFR": "ErratumFor",
    "CRI": "CorrectedandRepublishedIn",
    "CRF": "CorrectedandRepublishedFrom",
    "RPI": "RepublishedIn",
    "RPF": "RepublishedFrom",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
    "CIN": "CommentIn",
    "CON": "CommentOn",
}
"""MEDLINE's tags of links, and what PubMed's XML calls them."""

_PHRASES = {
    "retraction in": "RetractionIn",
    "retraction of": "RetractionOf",
    "retracted and republished in": "RetractedandRepublishedIn",
    "retracted and republished from": "RetractedandRepublishedFrom",
    "partial retraction in": "PartialRetractionIn",
    "partial retraction of": "PartialRetractionOf",
    "expression of concern in": "ExpressionOfConcernIn",
    "expression of concern for": "ExpressionOfConcernFor",
    "erratum in": "ErratumIn",
    "erratum for": "ErratumFor",
    "corrected and republished in": "CorrectedandRepublishedIn",
    "corrected and republished from": "CorrectedandRepublishedFrom",
    "republished in": "RepublishedIn",
    "republished from": "RepublishedFrom",
    "update in": "UpdateIn",
    "update of": "UpdateOf",
    "comment in": "CommentIn",
    "comment on": "CommentOn",
}
_PHRASE = re.compile(rf"\W*(?P<phrase>{'|'.join(_PHRASES)})\s*[:：]\s*(?P<source>\S.*)", re.I)
_CONCERN = re.compile(r"expressions? of concern", re.I)
_PARTIAL = re.compile(r"partial(?:ly)? retract", re.I)


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another citation: its kind, the PMID if given, where it stands, and a remark."""

    kind: str
    pmid: str
    source: str
    note: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the identifiers of the other citation."""
        return (f"pmid:{self.pmid}",) if self.pmid else find_identifiers(self.source)

    @property
    def name(self) -> str:
        """Return by what the other citation is shown."""
        return next(iter(self.keys), self.source)


def find_identifiers(text: str) -> tuple[str, ...]:
    """Return the identifiers that a citation in words holds.

    >>> find_identifiers("J Pain. 2020;1(2):3. doi: 10.1000/a.b. PMID: 123.")
    ('pmid:123', 'doi:10.1000/a.b')
    """
    found = {
        "pmid": article_ids.find_pmid(text),
        "pmc": article_ids.find_pmc(text),
        "doi": article_ids.find_doi(text),
    }
    return tuple(f"{register}:{id}" for register, id in found.items() if id)


def parse_citation(kind: str, text: str) -> Link:
    """Return the link that a citation in words makes, such as a field of MEDLINE text."""
    return Link(kind, "", text)


def find_link(line: str) -> Link | None:
    """Return the link that a line of an export's notes makes, or None.

    >>> find_link("Erratum in: JAMA. 2019 Jan 1;321(1):9. PMID: 77").keys
    ('pmid:77',)
    """
    found = _PHRASE.match(line)
    return parse_citation(_PHRASES[found["phrase"].lower()], found["source"]) if found else None


def read_links(
    links: Iterable[Link],
    own: str,
    types: Iterable[str],
    stated: "StatedTitle",
    line: int,
    report: ReadReport,
) -> Iterator[NoticeRecord]:
    """Yield what a citation says of itself and of others, by its links and by its title.

    `own` is its identifier, `types` are its publication types in lower case.
    """
    voices_concern = "expression of concern" in types or stated.kind == "concern"
    named = False
    for link in links:
        kind = _kind_of(link, voices_concern)
        if kind is None:
            continue
        itself = link.kind in _ABOUT_ITSELF or link.kind == "CommentIn"
        if itself:
            yield NoticeRecord(own, kind, line, link.name)
            continue
        named = named or bool(link.keys)
        for key in link.keys:
            if key != own:
                yield NoticeRecord(key, kind, line, own)
        if not link.keys:
            report.skip("notice that names no article", own)
    if stated.kind is not None and not named:
        if stated.about:
            yield NoticeRecord(f"title:{stated.about}", stated.kind, line, own)
        else:
            report.skip("notice that names no article", own)
    elif stated.retracted and stated.about:
        yield NoticeRecord(f"title:{stated.about}", "retraction", line)


def _kind_of(link: Link, voices_concern: bool) -> NoticeKind | None:
    """Return of which kind a link is, or None where it is no notice.

    Concerns were linked as comments until 2018, and partial retractions are as errata.
    """
    kind = _ABOUT_OTHERS.get(link.kind) or _ABOUT_ITSELF.get(link.kind)
    words = f"{link.source} {link.note}"
    about_other = link.kind in ("CommentOn", "ErratumFor") and voices_concern
    told = link.kind in ("CommentIn", "ErratumIn") and _CONCERN.search(words)
    if about_other or told:
        return "concern"
    return "partial" if kind == "correction" and _PARTIAL.search(words) else kind


@dataclass(frozen=True, slots=True)
class StatedTitle:
    """What a title says: `retracted`, or of which kind of notice it is; and of which article.

    `type` is the type of document that a notice is.
    """

    retracted: bool = False
    kind: NoticeKind | None = None
    about: str = ""
    type: str = ""


_TYPES: dict[NoticeKind, str] = {
    "retraction": "retraction notice",
    "partial": "retraction notice",
    "concern": "expression of concern",
    "correction": "correction",
}
_END = r"\s*(?:[.。]|$)"
_RETRACTED = re.compile(
    r"[\W_]*(?:(?:retracted|withdrawn|(?-i:REMOVED))(?:\s+(?:article|paper|publication))?\s*[:：\]】)）]"
    r"|(?:retracted|withdrawn)\s*[-–—]\s"
    r"|(?:article|temporary)\s+(?:withdrawn|removal)\s*[:：\]]"
    r"|(?:已?撤稿|已?撤回)(?:论文|文章)?\s*[:：\]】)）])[\s\]】)）:：]*(?P<about>.*)",
    re.I,
)
_RETRACTED_BEHIND = re.compile(
    r"(?P<about>.+?)\s*[\[(（【]\s*(?:retracted(?:\s+(?:article|paper|publication)\b[^\])）】]*)?"
    r"|withdrawn|(?:已|本文已)?(?:被)?撤稿|(?:已)?撤回)\s*[\])）】]" + _END,
    re.I,
)
_NOTICES: tuple[tuple[NoticeKind, str], ...] = (
    ("partial", r"partial retraction(?:\s+(?:notice|note))?"),
    ("retraction", r"retraction(?:\s+(?:notice|note|statement))?|notice of retraction"),
    ("concern", r"(?:editorial\s+)?expression of concern"),
    ("correction", r"(?:publisher|author)\s+correction|correction|erratum|corrigendum|errata"),
)
_LEADS = r"(?:\s+(?:to|for|on|of))?\s*(?:[:：]|[—–-]\s|(?=[\"“'‘]))"
_TO = r"(?:(?<!correction)\s+for|\s+to)\s+(?=\S)"  # "Correction for attenuation" is no notice
_NOTICE_TITLES = [
    (
        kind,
        re.compile(rf"[\[(]?(?:{words})[\])]?(?:(?:{_LEADS}|{_TO})\s*(?P<about>.*)|[.]?$)", re.I),
    )
    for kind, words in _NOTICES
]
_ZH_KINDS: tuple[tuple[NoticeKind, str], ...] = (
    ("retraction", r"(?:撤稿|撤回|撤销)(?:论文|文章)?(?:声明|启事|通知|说明|公告)"),
    ("concern", r"(?:编辑)?(?:关注声明|表达关注|关切声明)"),
    ("correction", r"(?:更正|勘误|订正|校正)(?:声明|启事|说明|表)?"),
)
_ZH_NOTICES = [
    (
        kind,
        re.compile(
            rf"(?:{words}\s*[:：]\s*(?P<front>.*)|(?:关于|对)?[《“「](?P<quoted>[^》”」]+)[》”」]"
            rf"(?:一文)?(?:的)?{words}{_END}|{words}{_END})"
        ),
    )
    for kind, words in _ZH_KINDS
]
_QUOTED = re.compile(r"[\"“‘'《「](?P<title>.{10,}?)[\"”’'》」](?=$|[\s\[(（.,。])")
_PLACE = re.compile(r"\s*[\[(（](?=[^\[(（]*\d)[^\[(（]*[\])）]\s*\.?$")


def read_title(title: str) -> StatedTitle:
    """Return what a title says of its article, or of the article of which it speaks.

    >>> read_title("RETRACTED: Colchicine in gout")
    StatedTitle(retracted=True, kind=None, about='Colchicine in gout', type='')
    >>> read_title("Retraction notice to “Colchicine in gout” [J Pain 3 (2019) 1-9]").about
    'Colchicine in gout'
    """
    for kind, pattern in _ZH_NOTICES:
        found = pattern.fullmatch(title.strip("[]【】"))
        if found:
            about = found["front"] or found["quoted"] or ""
            return StatedTitle(kind=kind, about=_about(about), type=_TYPES[kind])
    for pattern in (_RETRACTED, _RETRACTED_BEHIND):
        found = pattern.fullmatch(title)
        if found:
            return StatedTitle(retracted=True, about=_about(found["about"]))
    for kind, pattern in _NOTICE_TITLES:
        found = pattern.fullmatch(title)
        if found:
            return StatedTitle(kind=kind, about=_about(found["about"] or ""), type=_TYPES[kind])
    return StatedTitle()


def _about(words: str) -> str:
    """Return the title of the article that a notice names, without where it was published."""
    quoted = _QUOTED.search(words)
    return quoted["title"].strip(" .。") if quoted else _PLACE.sub("", words).strip(" .。\"“”'")
