"""Notices of every kind and format mark their article, whichever came first and from where."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from test_notices import citation, live, note, write

from knowledge.index import generations
from knowledge.ingest import updates
from knowledge.ingest.sources.literature.articles import pubmed_notices
from knowledge.ingest.sources.literature.articles.pubmed_notices import read_title

PLAIN = ("Title 501", False)
KINDS = {
    "RetractionIn": ("Title 501", True),
    "RetractedandRepublishedIn": ("Title 501", True),
    "PartialRetractionIn": ("[Partly retracted: pmid:8] Title 501", False),
    "ExpressionOfConcernIn": ("[Expression of concern] Title 501", False),
    "ErratumIn": ("[Correction: pmid:8] Title 501", False),
    "CorrectedandRepublishedIn": ("[Corrected and republished] Title 501", False),
    "UpdateIn": ("[Updated: pmid:8] Title 501", False),
    "RepublishedIn": ("[Republished: pmid:8] Title 501", False),
    "ReprintIn": ("[Republished: pmid:8] Title 501", False),
    **dict.fromkeys(pubmed_notices.NO_NOTICE, PLAIN),
}
"""All kinds of links of PubMed's DTD from the article's side, and what becomes of its title."""

FROM = {
    "RetractionOf": "RetractionIn",
    "RetractedandRepublishedFrom": "RetractedandRepublishedIn",
    "PartialRetractionOf": "PartialRetractionIn",
    "ExpressionOfConcernFor": "ExpressionOfConcernIn",
    "ErratumFor": "ErratumIn",
    "CorrectedandRepublishedFrom": "CorrectedandRepublishedIn",
    "UpdateOf": "UpdateIn",
    "RepublishedFrom": "RepublishedIn",
    "ReprintOf": "ReprintIn",
    **{kind: kind for kind in pubmed_notices.NO_NOTICE},
}


def add(engine: Engine, home: Path, *paths: Path):
    return updates.add(engine, home, paths, licence="none")


@pytest.mark.parametrize("kind", KINDS)
def test_what_each_link_of_an_article_does(engine: Engine, home: Path, tmp_path: Path, kind):
    add(engine, home, write(tmp_path, "a.xml", citation(501, "Text.", note(kind, 8))))
    assert live(engine, home)["pmid:501"][::2] == KINDS[kind]


@pytest.mark.parametrize("kind", FROM)
def test_what_each_link_of_a_notice_does(engine: Engine, home: Path, tmp_path: Path, kind):
    add(engine, home, write(tmp_path, "a.xml", citation(501, "Text.")))
    add(engine, home, write(tmp_path, "b.xml", citation(8, "Notice.", note(kind, 501))))
    found = live(engine, home)
    assert found["pmid:501"][::2] == KINDS[FROM[kind]]
    assert found["pmid:8"][::2] == ("Title 8", False)


def test_medline_tags_are_the_links_of_the_xml() -> None:
    assert set(pubmed_notices.TAGS.values()) <= {*KINDS, *FROM}


def test_concerns_that_were_linked_as_comments_are_found(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    told = note("CommentIn", 8).replace("<RefSource>J", "<RefSource>Expression of concern. J")
    kinds = "<PublicationTypeList><PublicationType>Expression of Concern</PublicationType>"
    notice = citation(9, "Of another.", note("CommentOn", 502)).replace(
        "</Abstract>", f"</Abstract>{kinds}</PublicationTypeList>"
    )
    parts = (citation(501, "Text.", told), citation(502, "Text."), notice)
    add(engine, home, write(tmp_path, "a.xml", *parts))
    found = live(engine, home)
    assert found["pmid:501"][0] == "[Expression of concern] Title 501"
    assert found["pmid:502"][0] == "[Expression of concern] Title 502"


def test_several_notices_stand_before_a_title_once(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    notes = note("ErratumIn", 8) + note("ErratumIn", 9) + note("ExpressionOfConcernIn", 10)
    add(engine, home, write(tmp_path, "a.xml", citation(501, "Text.", notes)))
    add(engine, home, write(tmp_path, "b.xml", citation(9, "Notice.", note("ErratumFor", 501))))
    changed = citation(501, "Another text.", notes)
    add(engine, home, write(tmp_path, "c.xml", changed))
    title = "[Expression of concern] [Correction: pmid:8; pmid:9] Title 501"
    assert live(engine, home)["pmid:501"] == (title, "Another text.", False)


TITLE = "Colchicine in acute gout: a randomised trial"
ZH_TITLE = "秋水仙碱治疗急性痛风的随机对照研究"


def jats(
    ids: dict[str, str], related: str = "", kind: str = "research-article", title: str = TITLE
) -> str:
    told = "".join(
        f'<article-id pub-id-type="{each}">{id}</article-id>' for each, id in ids.items()
    )
    return (
        f'<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="{kind}"><front>'
        f"<article-meta>{told}<title-group><article-title>{title}</article-title></title-group>"
        f"{related}</article-meta></front><body><p>Words of {kind}.</p></body></article>"
    )


def related(kind: str, register: str, id: str) -> str:
    return (
        f'<related-article related-article-type="{kind}" ext-link-type="{register}" '
        f'xlink:href="{id}"/>'
    )


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


OTHER = {"doi": "10.1000/Notice.9"}
DOI = "10.1000/Gout.1"
JATS_NOTICES = {
    "retracted-article": ("retraction", (TITLE, True)),
    "partial-retraction": (
        "partial-retraction",
        (f"[Partly retracted: doi:10.1000/notice.9] {TITLE}", False),
    ),
    "object-of-concern": ("expression-of-concern", (f"[Expression of concern] {TITLE}", False)),
    "corrected-article": ("correction", (f"[Correction: doi:10.1000/notice.9] {TITLE}", False)),
    "addended-article": ("addendum", (f"[Correction: doi:10.1000/notice.9] {TITLE}", False)),
    "companion": ("research-article", (TITLE, False)),
}


@pytest.mark.parametrize("first", ["notice", "article", "one call"])
@pytest.mark.parametrize("kind", JATS_NOTICES)
def test_notices_in_jats(engine: Engine, home: Path, tmp_path: Path, kind, first) -> None:
    own, expected = JATS_NOTICES[kind]
    text = jats(OTHER, related(kind, "doi", f"https://doi.org/{DOI}"), own, "A notice")
    notice = put(tmp_path, "notice.xml", text)
    article = put(tmp_path, "article.xml", jats({"pmc": "77", "doi": DOI}))
    order = [article, notice] if first == "article" else [notice, article]
    for paths in [order] if first == "one call" else [[each] for each in order]:
        add(engine, home, *paths)
    assert live(engine, home)["pmc:PMC77"][::2] == expected
    assert live(engine, home)["doi:10.1000/notice.9"][::2] == ("A notice", False)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("retraction-forward", (TITLE, True)),
        ("retraction", (TITLE, True)),
        ("concern-forward", (f"[Expression of concern] {TITLE}", False)),
        ("expression-of-concern", (f"[Expression of concern] {TITLE}", False)),
        ("correction-forward", (f"[Correction: pmid:9] {TITLE}", False)),
        ("erratum", (f"[Correction: pmid:9] {TITLE}", False)),
        ("commentary", (TITLE, False)),
    ],
)
def test_an_article_in_jats_names_its_notice(
    engine: Engine, home: Path, tmp_path: Path, kind, expected
) -> None:
    text = jats({"pmc": "77"}, related(kind, "pmid", "9"))
    add(engine, home, put(tmp_path, "article.xml", text))
    assert live(engine, home)["pmc:PMC77"][::2] == expected


@pytest.mark.parametrize("first", ["notice", "article"])
@pytest.mark.parametrize("bridge", ["before", "after", "none"])
def test_a_notice_of_pubmed_finds_the_full_text_by_any_identifier(
    engine: Engine, home: Path, tmp_path: Path, first, bridge
) -> None:
    """A notice names the PMID, the full text has a DOI, and PubMed's record has both."""
    ids = {"doi": DOI} if bridge != "none" else {"doi": DOI, "pmid": "501"}
    article = put(tmp_path, "article.xml", jats(ids))
    both = citation(501, "Abstract.").replace(
        "</MedlineCitation>",
        f'</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="doi">{DOI}</ArticleId>'
        "</ArticleIdList></PubmedData>",
    )
    record = [write(tmp_path, "record.xml", both)]
    notice = write(tmp_path, "notice.xml", citation(502, "Notice.", note("RetractionOf", 501)))
    order = [notice, article] if first == "notice" else [article, notice]
    order = {"before": record + order, "after": order + record, "none": order}[bridge]
    for path in order:
        add(engine, home, path)
    key = "doi:10.1000/gout.1" if bridge != "none" else "pmid:501"
    found = live(engine, home)
    assert found[key][2] is True and found["pmid:502"][2] is False


def test_medline_text_holds_notices_by_pmid_and_doi(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    text = (
        "PMID- 501\nTI  - Title 501.\nAB  - Text.\nEIN - J Pain. 2020 Jan;1(2):9. doi: 10.1/x.\n\n"
        "PMID- 502\nTI  - Notice.\nAB  - Text.\nROF - J Pain. 2019;1:1. doi: 10.1000/GOUT.1\n\n"
        "PMID- 504\nTI  - Title 504.\nAB  - Text.\nECI - J Pain. 2020;3:1. PMID: 8\n"
    )
    add(engine, home, put(tmp_path, "a.xml", jats({"pmc": "77", "doi": DOI})))
    add(engine, home, put(tmp_path, "a.nbib", text))
    found = live(engine, home)
    told = "[Correction: J Pain. 2020 Jan;1(2):9. doi: 10.1/x.] Title 501"
    assert found["pmid:501"][::2] == (told, False)
    assert found["pmid:504"][::2] == ("[Expression of concern] Title 504", False)
    assert found["pmc:PMC77"][2] is True


def ris(title: str, *fields: str) -> str:
    lines = ["TY  - JOUR", f"TI  - {title}", "AB  - An abstract.", *fields, "ER  - "]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("first", ["notice", "article"])
@pytest.mark.parametrize(
    ("title", "notice", "retracted", "flag"),
    [
        (TITLE, f"Retraction notice to “{TITLE}” [J Pain 3 (2019) 1–9]", True, ""),
        (TITLE, f"RETRACTED: {TITLE}", True, ""),
        (TITLE, f"{TITLE} (Retracted article. See vol. 3, pg. 9, 2020)", True, ""),
        (TITLE, f"Retraction: {TITLE}", True, ""),
        (TITLE, f"Expression of concern: {TITLE}", False, "[Expression of concern] "),
        (TITLE, f"Erratum to: {TITLE}", False, "[Correction: doi:10.1000/9] "),
        (TITLE, f"Corrigendum to '{TITLE}'", False, "[Correction: doi:10.1000/9] "),
        (ZH_TITLE, f"《{ZH_TITLE}》一文的撤稿声明", True, ""),
        (ZH_TITLE, f"撤稿：{ZH_TITLE}", True, ""),
        (ZH_TITLE, f"撤稿声明：{ZH_TITLE}", True, ""),
        (ZH_TITLE, f"关于《{ZH_TITLE}》的更正", False, "[更正：doi:10.1000/9] "),
        (ZH_TITLE, f"{ZH_TITLE}（已撤稿）", True, ""),
    ],
)
def test_a_notice_in_ris_names_its_article_by_title(
    engine: Engine, home: Path, tmp_path: Path, first, title, notice, retracted, flag
) -> None:
    article = put(tmp_path, "article.ris", ris(title, "DO  - 10.1000/1", "PY  - 2019"))
    told = put(tmp_path, "notice.ris", ris(notice, "DO  - 10.1000/9"))
    for path in (told, article) if first == "notice" else (article, told):
        add(engine, home, path)
    assert live(engine, home)["doi:10.1000/1"][::2] == (flag + title, retracted)


def test_notes_of_ris_hold_links(engine: Engine, home: Path, tmp_path: Path) -> None:
    text = ris("Title one", "DO  - 10.1000/1", "N1  - Erratum in: JAMA. 2019;321(1):9. PMID: 77")
    text += ris("Title two", "DO  - 10.1000/2", "N1  - Retraction in: JAMA. 2019;1:1. PMID: 78")
    add(engine, home, put(tmp_path, "a.ris", text))
    found = live(engine, home)
    assert found["doi:10.1000/1"][::2] == ("[Correction: pmid:77] Title one", False)
    assert found["doi:10.1000/2"][::2] == ("Title two", True)


@pytest.mark.parametrize(
    "title",
    [
        "Correction of hyponatraemia in adults",
        "Correction for attenuation in trials",
        "Retraction of the tongue in infants",
        "Withdrawn behaviour in children with fever",
        "Clot retraction and platelet function",
        "Update on gout",
        "撤稿论文的特征分析",
        "屈光不正的矫正与更正",
        "Error correction: none of it is news",
    ],
)
def test_titles_that_only_sound_so_are_no_notices(title: str) -> None:
    assert read_title(title) == pubmed_notices.StatedTitle()


def test_a_rollback_does_not_bring_back_what_was_retracted(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    add(engine, home, write(tmp_path, "a.xml", citation(501, "Ten mg."), citation(7, "Other.")))
    changed = citation(501, "Twenty mg.", note("RetractionIn", 8))
    add(engine, home, write(tmp_path, "b.xml", changed, citation(7, "Other.", note("ErratumIn"))))
    generations.rollback(engine, home, 1)
    found = live(engine, home)
    assert found["pmid:501"] == ("Title 501", "Ten mg.", True)
    assert found["pmid:7"][0] == "[Correction: J] Title 7"


def test_a_curators_retraction_holds_for_copies_that_come_later(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    add(engine, home, put(tmp_path, "a.xml", jats({"pmc": "77", "doi": DOI})))
    updates.retract(engine, home, ["pmc:PMC77"])
    later = {"pmid": "501", "doi": DOI}
    add(engine, home, put(tmp_path, "b.xml", jats(later, title="Another title of it")))
    found = live(engine, home)
    assert set(found) == {"pmc:PMC77", "pmid:501"} and all(each[2] for each in found.values())
