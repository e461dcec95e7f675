"""The order of PubMed's files: revisions and deletions hold across additions, in any order."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from test_notices import citation, live, write

from knowledge.index import generations
from knowledge.ingest import updates


def deletion(*pmids: int, version: int = 1) -> str:
    told = "".join(f'<PMID Version="{version}">{pmid}</PMID>' for pmid in pmids)
    return f"<DeleteCitation>{told}</DeleteCitation>"


def add(engine: Engine, home: Path, *paths: Path):
    return updates.add(engine, home, paths, licence="none")


NEW = citation(3, "Five mg.", version=2, date="2021")


@pytest.mark.parametrize(
    "older",
    [
        {"version": 1, "date": "2021"},
        {"version": 2, "date": "2020"},
        {"version": 2},
    ],
)
def test_an_older_revision_that_comes_later_replaces_nothing(
    engine: Engine, home: Path, tmp_path: Path, older
) -> None:
    add(engine, home, write(tmp_path, "new.xml", NEW))
    update = add(engine, home, write(tmp_path, "old.xml", citation(3, "Fifty mg.", **older)))
    assert live(engine, home)["pmid:3"][1] == "Five mg."
    assert update.left_out == {"earlier revision of a document that is there": 1}
    newest = write(tmp_path, "newest.xml", citation(3, "Six mg.", version=2, date="2022"))
    add(engine, home, newest)
    assert live(engine, home)["pmid:3"][1] == "Six mg."
    assert generations.verify(engine, home) == []


@pytest.mark.parametrize("together", [True, False], ids=["one call", "two calls"])
def test_of_equal_revisions_the_later_numbered_file_wins(
    engine: Engine, home: Path, tmp_path: Path, together
) -> None:
    later = write(tmp_path, "pubmed24n1302.xml", citation(3, "Five mg.", date="2021"))
    (tmp_path / "z").mkdir()
    early = write(tmp_path / "z", "pubmed24n0007.xml", citation(3, "Fifty mg.", date="2021"))
    for paths in [[later, early]] if together else [[later], [early]]:
        add(engine, home, *paths)
    assert live(engine, home)["pmid:3"][1] == "Five mg."


def test_a_later_revision_with_the_same_text_counts(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    for name, text, date in (("a", "Five mg.", "2019"), ("b", "Five mg.", "2022")):
        add(engine, home, write(tmp_path, f"{name}.xml", citation(3, text, date=date)))
    add(engine, home, write(tmp_path, "c.xml", citation(3, "Fifty mg.", date="2020")))
    assert live(engine, home)["pmid:3"][1] == "Five mg."


def test_medline_text_has_revisions_too(engine: Engine, home: Path, tmp_path: Path) -> None:
    entry = "PMID- 3\nLR  - {}\nTI  - Title 3.\nAB  - {}\n"
    for name, date, text in (("new", "20210304", "Five mg."), ("old", "20200101", "Fifty mg.")):
        path = tmp_path / f"{name}.nbib"
        path.write_text(entry.format(date, text))
        add(engine, home, path)
    assert live(engine, home)["pmid:3"][1] == "Five mg."
    undated = tmp_path / "undated.ris"
    undated.write_text("TY  - JOUR\nTI  - Title 3\nAB  - Fifty mg.\nN1  - PMID: 3\nER  - \n")
    update = add(engine, home, undated)
    assert update.left_out == {"copy without a revision of a document that has one": 1}


BASE = citation(7, "Thirty mg.", date="2019")


@pytest.mark.parametrize("first", ["article", "deletion"])
def test_a_deletion_is_not_undone_by_an_older_file(
    engine: Engine, home: Path, tmp_path: Path, first
) -> None:
    base = write(tmp_path, "base.xml", BASE, citation(8, "Kept."))
    gone = write(tmp_path, "update.xml", deletion(7))
    for path in (base, gone, base) if first == "article" else (gone, base):
        update = add(engine, home, path)
    assert set(live(engine, home)) == {"pmid:8"}
    assert update.left_out == {"article that PubMed deleted": 1}
    again = write(tmp_path, "again.xml", citation(7, "Three mg.", date="2023"))
    add(engine, home, again)
    assert live(engine, home)["pmid:7"][1] == "Three mg."
    add(engine, home, write(tmp_path, "copy.xml", BASE))
    assert live(engine, home)["pmid:7"][1] == "Three mg."
    assert generations.verify(engine, home) == []


def test_a_deletion_is_as_late_as_what_stands_beside_it(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    beside = citation(9, "Other.", date="2022")
    add(engine, home, write(tmp_path, "gone.xml", beside, deletion(7)))
    add(engine, home, write(tmp_path, "base.xml", citation(7, "Text.", date="2021")))
    assert set(live(engine, home)) == {"pmid:9"}
    add(engine, home, write(tmp_path, "again.xml", citation(7, "Text.", date="2023")))
    assert set(live(engine, home)) == {"pmid:7", "pmid:9"}


def test_numbered_files_tell_which_of_deletion_and_article_is_later(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    add(engine, home, write(tmp_path, "pubmed24n1300.xml", deletion(7)))
    add(engine, home, write(tmp_path, "pubmed24n1299.xml", citation(7, "Old.", date="2024")))
    assert live(engine, home) == {} if generations.current(home) else True
    add(engine, home, write(tmp_path, "pubmed24n1301.xml", citation(7, "New.", date="2024")))
    assert live(engine, home)["pmid:7"][1] == "New."
    (tmp_path / "late").mkdir()
    update = add(engine, home, write(tmp_path / "late", "pubmed24n1298.xml", deletion(7)))
    assert live(engine, home)["pmid:7"][1] == "New."
    assert update.left_out["deletion of an earlier revision (the article stays)"] == 1


def test_an_article_that_is_issued_again_in_the_same_addition_stays(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    add(engine, home, write(tmp_path, "a.xml", citation(7, "Same.")))
    gone = write(tmp_path, "b.xml", deletion(7))
    add(engine, home, gone, write(tmp_path, "c.xml", citation(7, "Same."), citation(8, "Other.")))
    assert {key: each[1] for key, each in live(engine, home).items()} == {
        "pmid:7": "Same.",
        "pmid:8": "Other.",
    }
    assert generations.verify(engine, home) == []


def test_a_deletion_of_an_earlier_version_leaves_the_later_one(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    add(engine, home, write(tmp_path, "a.xml", citation(7, "Second.", version=2)))
    add(engine, home, write(tmp_path, "b.xml", deletion(7, version=1)))
    assert live(engine, home)["pmid:7"][1] == "Second."


@pytest.mark.parametrize("index", ["there", "gone"])
def test_a_rollback_does_not_bring_back_what_was_deleted(
    engine: Engine, home: Path, tmp_path: Path, index
) -> None:
    add(engine, home, write(tmp_path, "a.xml", BASE, citation(8, "Kept.")))
    add(engine, home, write(tmp_path, "b.xml", deletion(7), citation(9, "Later.")))
    if index == "gone":
        generations.delete_old_indexes(home, 1)
    generations.rollback(engine, home, 1)
    assert set(live(engine, home)) == {"pmid:8"}
    assert generations.verify(engine, home) == []
    with engine.connect() as connection:
        held = [generations.count_rows(connection, number)["documents"] for number in (1, 2, 3)]
    assert held == [2, 2, 1]
    generations.rollback(engine, home, 1)
    assert set(live(engine, home)) == {"pmid:8"}
    add(engine, home, write(tmp_path, "c.xml", citation(7, "Thirty mg.", date="2023")))
    generations.rollback(engine, home, 5)
    assert set(live(engine, home)) == {"pmid:7", "pmid:8"}
    assert generations.verify(engine, home) == []
