"""Duplicates: a reference to an article of PubMed adds nothing, whichever of the two came first."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.ingest import updates
from knowledge.search import catalog_views

TITLE = "Colchicine and allopurinol in adults with recurrent gout"
ABSTRACT = "Colchicine shortened attacks. Allopurinol lowered urate in most of the patients."
NBIB = (
    f"PMID- 123456\nTI  - {TITLE}\nAB  - {ABSTRACT}\nDP  - 2019\n{{doi}}PT  - Journal Article\n\n"
)
RIS = "TY  - JOUR\nTI  - {title}\nAB  - {abstract}\nPY  - {year}\n{doi}{more}ER  - \n"


def _nbib(folder: Path, doi: str = "10.1000/gout") -> Path:
    path = folder / "pubmed.nbib"
    path.write_text(NBIB.format(doi=f"AID - {doi} [doi]\n" if doi else ""))
    return path


def _ris(folder: Path, **changes: str) -> Path:
    told = {"title": TITLE, "abstract": ABSTRACT, "year": "2019", "doi": "", "more": ""}
    path = folder / "zotero.ris"
    path.write_text(RIS.format(**{**told, **changes}))
    return path


@pytest.mark.parametrize(
    "changes",
    [{"doi": "DO  - 10.1000/GOUT\n", "title": "Gout"}, {"title": TITLE.upper() + "."}],
    ids=["by DOI", "by title and year"],
)
def test_a_reference_to_what_is_there_is_left_out(
    engine: Engine, home: Path, tmp_path: Path, changes: dict[str, str]
) -> None:
    updates.add(engine, home, [_nbib(tmp_path)], licence="none")
    update = updates.add(engine, home, [_ris(tmp_path, **changes)], licence="none")
    assert update.generation == 1 and update.documents == 0
    assert update.left_out == {"reference to an article that is there under another id": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"year": "2011"},
        {"title": "Another article about gout in adults"},
        {"abstract": f"{ABSTRACT} " * 9},
    ],
    ids=["another year", "another title", "a full text"],
)
def test_what_is_another_article_or_says_more_stays(
    engine: Engine, home: Path, tmp_path: Path, changes: dict[str, str]
) -> None:
    updates.add(engine, home, [_nbib(tmp_path)], licence="none")
    assert updates.add(engine, home, [_ris(tmp_path, **changes)], licence="none").documents == 1


def test_a_record_of_pubmed_takes_the_place_of_a_reference(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    updates.add(engine, home, [_ris(tmp_path)], licence="none")
    updates.add(engine, home, [_nbib(tmp_path)], licence="none")
    assert [shown["id"] for shown in catalog_views.documents(engine, 2)] == ["pmid:123456"]
    assert len(catalog_views.documents(engine, 1)) == 1
