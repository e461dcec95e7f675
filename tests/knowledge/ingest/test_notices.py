"""PubMed's protocol: deletions, revisions, and notices on other articles, in either order."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from knowledge.graph.catalog import DocumentRow, holds
from knowledge.index import generations
from knowledge.ingest import updates
from knowledge.ingest.sources import reading
from knowledge.records import NoticeRecord, ReadReport


def citation(pmid: int, text: str, notes: str = "", version: int = 1, date: str = "") -> str:
    year = f"<DateRevised><Year>{date}</Year></DateRevised>" if date else ""
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="{version}">{pmid}</PMID>{year}<Article>'
        f"<ArticleTitle>Title {pmid}.</ArticleTitle><Abstract><AbstractText>{text}</AbstractText>"
        f"</Abstract></Article><CommentsCorrectionsList>{notes}</CommentsCorrectionsList>"
        "</MedlineCitation></PubmedArticle>"
    )


def note(kind: str, pmid: int | None = None) -> str:
    told = f"<PMID>{pmid}</PMID>" if pmid else ""
    return f'<CommentsCorrections RefType="{kind}"><RefSource>J</RefSource>{told}' + (
        "</CommentsCorrections>"
    )


def write(folder: Path, name: str, *parts: str) -> Path:
    path = folder / name
    path.write_text(f"<PubmedArticleSet>{''.join(parts)}</PubmedArticleSet>")
    return path


def live(engine: Engine, home: Path) -> dict[str, tuple[str, str, bool]]:
    number = generations.current(home)
    with engine.connect() as connection:
        query = select(DocumentRow).where(holds(DocumentRow, number))
        return {
            row.id.partition("~")[0]: (row.title, row.text.partition("\n\n")[2], row.retracted)
            for row in connection.execute(query)
        }


OLD = citation(501, "Sigmazine 10 mg eased cramps.")


@pytest.mark.parametrize("together", [True, False], ids=["one call", "two calls"])
@pytest.mark.parametrize("notice_first", [True, False], ids=["notice first", "article first"])
@pytest.mark.parametrize(
    ("kind", "title", "retracted"),
    [
        ("RetractionOf", "Title 501", True),
        ("ExpressionOfConcernFor", "[Expression of concern] Title 501", False),
        ("CorrectedandRepublishedFrom", "[Corrected and republished] Title 501", False),
    ],
)
def test_a_notice_marks_its_article_whichever_came_first(
    engine: Engine, home: Path, tmp_path: Path, together, notice_first, kind, title, retracted
) -> None:
    article = write(tmp_path, "b.xml", OLD)
    told = citation(502, "This speaks of another article.", note(kind, 501))
    notice = write(tmp_path, "a.xml" if notice_first else "c.xml", told)
    order = [notice, article] if notice_first else [article, notice]
    for paths in [order] if together else [[each] for each in order]:
        updates.add(engine, home, paths, licence="none")
    found = live(engine, home)
    assert found["pmid:501"][::2] == (title, retracted)
    assert found["pmid:502"][::2] == ("Title 502", False)


@pytest.mark.parametrize(
    ("kind", "title", "retracted"),
    [
        ("RetractionIn", "Title 7", True),
        ("ExpressionOfConcernIn", "[Expression of concern] Title 7", False),
    ],
)
def test_an_article_that_names_its_notice_is_marked(
    engine: Engine, home: Path, tmp_path: Path, kind, title, retracted
) -> None:
    path = write(tmp_path, "a.xml", citation(7, "Text of it.", note(kind, 8)))
    updates.add(engine, home, [path], licence="none")
    assert live(engine, home)["pmid:7"][::2] == (title, retracted)


def test_a_retracted_article_stays_so_when_its_text_changes(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    updates.add(engine, home, [write(tmp_path, "a.xml", OLD)], licence="none")
    updates.retract(engine, home, ["pmid:501"])
    changed = write(tmp_path, "b.xml", citation(501, "Sigmazine 20 mg eased cramps."))
    updates.add(engine, home, [changed], licence="none")
    assert live(engine, home)["pmid:501"] == ("Title 501", "Sigmazine 20 mg eased cramps.", True)


def test_a_deleted_citation_leaves_the_base(engine: Engine, home: Path, tmp_path: Path) -> None:
    updates.add(engine, home, [write(tmp_path, "a.xml", OLD, citation(9, "Kept."))], licence="none")
    deleted = "<DeleteCitation><PMID>501</PMID><PMID>77</PMID></DeleteCitation>"
    update = updates.add(engine, home, [write(tmp_path, "b.xml", deleted)], licence="none")
    assert update.left_out == {"deleted by PubMed": 2}
    assert set(live(engine, home)) == {"pmid:9"}
    assert generations.verify(engine, home) == []


def test_a_deletion_in_the_same_call_holds_for_what_came_before_it(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    deleted = "<DeleteCitation><PMID>501</PMID></DeleteCitation>"
    path = write(tmp_path, "a.xml", OLD, citation(9, "Kept."), deleted)
    updates.add(engine, home, [path], licence="none")
    assert set(live(engine, home)) == {"pmid:9"}
    assert generations.verify(engine, home) == []


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        ({}, {}, "Second."),
        ({"version": 2}, {"version": 1}, "First."),
        ({"date": "2021"}, {"date": "2020"}, "First."),
        ({"version": 1, "date": "2021"}, {"version": 2, "date": "2020"}, "Second."),
    ],
)
def test_of_several_revisions_the_last_stays(
    engine: Engine, home: Path, tmp_path: Path, first, second, stays
) -> None:
    parts = [citation(3, "First.", **first), citation(3, "Second.", **second)]
    paths = [write(tmp_path, f"{place}.xml", part) for place, part in enumerate(parts)]
    update = updates.add(engine, home, paths, licence="none")
    assert live(engine, home)["pmid:3"][1] == stays
    assert update.documents == 1 and generations.verify(engine, home) == []


def test_mathml_of_an_abstract_is_read_and_corrections_are_notices(tmp_path: Path) -> None:
    math = (
        '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mfrac><m:mi>a</m:mi><m:mrow>'
        "<m:mn>2</m:mn><m:mi>b</m:mi></m:mrow></m:mfrac></m:math>"
    )
    path = write(tmp_path, "a.xml", citation(4, f"It was {math} mg.", note("ErratumIn", 5)))
    report = ReadReport()
    record, notice = reading.read(path, "pubmed", report)
    assert record.sections[0].text == "It was a/(2b) mg."
    assert notice == NoticeRecord("pmid:4", "correction", 1, "pmid:5") and report.left_out == {}


def test_an_addition_counts_what_it_marks(tmp_path: Path, engine: Engine, home: Path) -> None:
    first = updates.add(engine, home, [write(tmp_path, "a.xml", OLD, citation(502, "Rest."))])
    assert (first.retracted, first.of_concern) == (0, 0)
    newer = citation(501, "Sigmazine 20 mg eased cramps.", date="2024")
    assert updates.add(engine, home, [write(tmp_path, "d.xml", newer)]).replaced
    notices = (
        citation(601, "Notice.", note("RetractionOf", 501)),
        citation(602, "Notice.", note("ExpressionOfConcernFor", 502)),
    )
    marked = updates.add(engine, home, [write(tmp_path, "b.xml", *notices)])
    assert (marked.retracted, marked.of_concern) == (1, 1)
    later = updates.add(engine, home, [write(tmp_path, "c.xml", citation(503, "Other."))])
    assert (later.retracted, later.of_concern) == (0, 0)
