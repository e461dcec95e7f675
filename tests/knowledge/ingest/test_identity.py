"""A document is known by its file: a changed file replaces it, and nothing else does."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select
from toy_knowledge import ToyEmbedding

from knowledge.graph.catalog import DocumentFileRow, DocumentRow, FileRow, SourceRow, holds
from knowledge.index import generations
from knowledge.index.garbage_collection import collect
from knowledge.ingest import updates
from knowledge.ingest.sources.literature.pages.plain_text import content_key
from knowledge.ingest.updates import Update
from knowledge.records import ContentKey
from knowledge.search.searcher import open_search

_RULE = "# Ward rule\n\n{drug} is given at {dose} mg once daily to adults."


_ASKED = "Is Orziline given at a dose once daily to adults?"


def texts(engine: Engine, generation: int | None = None) -> list[str]:
    """Return the texts that a generation holds."""
    number = generation or generations.newest(engine) or 0
    with engine.connect() as connection:
        query = select(DocumentRow.text).where(holds(DocumentRow, number))
        return sorted(connection.scalars(query))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def add(engine: Engine, home: Path, *paths: Path, title: str | None = None) -> Update:
    return updates.add(engine, home, paths, title=title, embedding=ToyEmbedding())


def rule(drug: str, dose: int) -> str:
    return _RULE.format(drug=drug, dose=dose)


def doses(engine: Engine, generation: int | None = None) -> list[str]:
    return [text.split("\n\n")[-1].split(" to ")[0] for text in texts(engine, generation)]


_TEXTS = {
    "a.txt": "Ward rule\n\nOrziline is given at {} mg once daily to adults.\n",
    "a.md": "# Ward rule\n\nOrziline is given at {} mg once daily to adults.\n",
    "a.html": "<html><head><title>Ward rule</title></head><body><p>Orziline is given at {} mg "
    "once daily to adults.</p></body></html>",
    "a.ris": "TY  - JOUR\nTI  - Ward rule\nAB  - Orziline is given at {} mg once daily to adults.\n"
    "PY  - 2020\nER  - \n",
    "a.xml": "<article><front><article-meta><title-group><article-title>Ward rule</article-title>"
    "</title-group></article-meta></front><body><sec><p>Orziline is given at {} mg once daily to "
    "adults.</p></sec></body></article>",
}


@pytest.mark.parametrize("name", sorted(_TEXTS))
def test_a_changed_file_replaces_its_document(
    engine: Engine, home: Path, tmp_path: Path, name: str
) -> None:
    path = write(tmp_path / "n" / name, _TEXTS[name].format(5))
    first = add(engine, home, path)
    write(path, _TEXTS[name].format(2))
    second = add(engine, home, path.parent)

    assert len(second.replaced) == 1 and second.documents == 1
    assert doses(engine) == ["Orziline is given at 2 mg once daily"]
    assert doses(engine, first.generation) == ["Orziline is given at 5 mg once daily"]
    hits = open_search(engine, home, ToyEmbedding()).find(_ASKED)
    assert hits and not any("5 mg" in hit.text for hit in hits)

    back = generations.rollback(engine, home, first.generation, ToyEmbedding())
    assert doses(engine, back) == ["Orziline is given at 5 mg once daily"]
    again = add(engine, home, path)
    assert len(again.replaced) == 1
    assert doses(engine) == ["Orziline is given at 2 mg once daily"]
    assert add(engine, home, path).generation == again.generation
    assert generations.verify(engine, home) == []


def test_a_changed_word_document_replaces_its_document(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    import docx

    for dose in (5, 2):
        document = docx.Document()
        document.add_paragraph(f"Orziline is given at {dose} mg once daily to adults.")
        document.save(str(tmp_path / "rule.docx"))
        update = add(engine, home, tmp_path / "rule.docx")
    assert len(update.replaced) == 1
    assert doses(engine) == ["Orziline is given at 2 mg once daily"]


def test_notes_of_one_title_in_two_folders_are_two_documents(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    one = write(tmp_path / "n" / "one" / "doses.md", rule("Orziline", 5))
    other = write(tmp_path / "n" / "other" / "doses.md", rule("Tavizine", 7))
    add(engine, home, tmp_path / "n")
    write(one, rule("Orziline", 2))
    assert len(add(engine, home, tmp_path / "n").replaced) == 1
    assert doses(engine) == [
        "Orziline is given at 2 mg once daily",
        "Tavizine is given at 7 mg once daily",
    ]
    write(other, rule("Tavizine", 1))
    assert len(add(engine, home, other).replaced) == 1
    assert "Orziline is given at 2 mg once daily" in doses(engine)


def test_files_of_one_name_in_two_named_sources_are_two_documents(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    stick = write(tmp_path / "stick" / "doses.md", rule("Orziline", 5))
    add(engine, home, stick.parent, title="Ward A")
    write(stick, rule("Orziline", 9))  # the same path, as when another disk is mounted there
    assert add(engine, home, stick.parent, title="Ward B").replaced == ()
    other = write(tmp_path / "c" / "doses.md", rule("Orziline", 7))
    assert add(engine, home, other, title="Ward C").replaced == ()
    assert len(doses(engine)) == 3


def test_a_folder_of_a_named_source_may_be_mounted_elsewhere(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    old = write(tmp_path / "a" / "sub" / "doses.md", rule("Orziline", 5))
    add(engine, home, tmp_path / "a", title="Ward")
    new = write(tmp_path / "b" / "sub" / "doses.md", rule("Orziline", 2))
    old.unlink()
    assert len(add(engine, home, tmp_path / "b", title="Ward").replaced) == 1
    assert doses(engine) == ["Orziline is given at 2 mg once daily"]
    assert new.is_file()


def test_equal_texts_are_one_document_until_one_file_changes(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    one = write(tmp_path / "n" / "one.md", rule("Orziline", 5))
    write(tmp_path / "n" / "two.md", rule("Orziline", 5))
    first = add(engine, home, tmp_path / "n")
    assert first.documents == 1 and first.left_out["document given twice"] == 1
    write(one, rule("Orziline", 2))
    changed = add(engine, home, one)
    assert changed.replaced == () and changed.documents == 1
    assert len(doses(engine)) == 2  # the other file still says 5 mg
    write(tmp_path / "n" / "two.md", rule("Orziline", 2))
    again = add(engine, home, tmp_path / "n")
    assert len(again.replaced) == 1 and again.documents == 0
    assert doses(engine) == ["Orziline is given at 2 mg once daily"]


def test_a_copy_kept_beside_the_changed_file_stays_a_document(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "n" / "guide.md", rule("Orziline", 5))
    add(engine, home, tmp_path / "n")
    write(tmp_path / "n" / "guide-old.md", path.read_text())
    write(path, rule("Orziline", 2))
    embedding = ToyEmbedding()
    update = updates.add(engine, home, [tmp_path / "n"], embedding=embedding)
    assert len(update.replaced) == 1 and update.documents == 2
    assert len(doses(engine)) == 2
    assert len(embedding.encoded) == 1 and "2 mg" in embedding.encoded[0]


def test_a_renamed_file_is_the_same_document(engine: Engine, home: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "n" / "guide.txt", "Orziline is given at 5 mg once daily.")
    add(engine, home, path)
    new = path.rename(path.with_name("dosing.txt"))
    moved = add(engine, home, new)
    assert (moved.documents, len(moved.moved)) == (0, 1)
    with engine.connect() as connection:
        assert connection.scalars(select(DocumentRow.title)).all() == ["dosing"]
    write(new, "Orziline is given at 2 mg once daily.")
    assert len(add(engine, home, new).replaced) == 1
    assert len(texts(engine)) == 1


_LIBRARY = "TY  - JOUR\nTI  - {}\nAB  - {}\nPY  - {}\nER  - \n\n"


def _library(*entries: Sequence[object]) -> str:
    return "".join(_LIBRARY.format(*entry) for entry in entries)


def test_entries_of_a_library_are_told_apart_by_title(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "lib.ris",
        _library(
            ("A trial of orziline", "Orziline 5 mg helped.", 2001),
            ("Editorial", "Tavizine is old.", 2002),
            ("Editorial", "Tavizine is new.", 2003),
        ),
    )
    add(engine, home, path)
    write(
        path,
        _library(
            ("Editorial", "Tavizine is newest.", 2003),
            ("A trial of orziline", "Orziline 2 mg helped.", 2001),
            ("Editorial", "Tavizine is old.", 2002),
            ("A trial of velzine", "Velzine 1 mg helped.", 2004),
        ),
    )
    update = add(engine, home, path)
    assert len(update.replaced) == 2 and update.documents == 3
    assert [text.split("\n\n")[1] for text in texts(engine)] == [
        "Orziline 2 mg helped.",
        "Velzine 1 mg helped.",
        "Tavizine is newest.",
        "Tavizine is old.",
    ]
    write(path, _library(("A trial of orziline", "Orziline 2 mg helped.", 2001)))
    left = add(engine, home, path)
    assert left.generation == update.generation and len(left.missing) == 0 + 3


def test_a_note_that_gets_a_key_replaces_what_its_file_was(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "doses.md", rule("Orziline", 5))
    add(engine, home, path)
    write(path, "---\nkey: note:orziline\ntitle: Ward rule\n---\n" + rule("Orziline", 2))
    assert len(add(engine, home, path).replaced) == 1
    assert len(texts(engine)) == 1
    write(path, rule("Orziline", 3))
    assert len(add(engine, home, path).replaced) == 1
    assert doses(engine) == ["Orziline is given at 3 mg once daily"]


def _forget_files(engine: Engine) -> None:
    """Leave the base as versions wrote it that kept no files."""
    with engine.begin() as connection:
        connection.execute(delete(DocumentFileRow))
        connection.execute(delete(FileRow))


@pytest.mark.parametrize("whole", [True, False])
def test_a_file_of_an_older_home_is_recognised(
    engine: Engine, home: Path, tmp_path: Path, whole: bool
) -> None:
    path = write(tmp_path / "n" / "doses.md", rule("Orziline", 5))
    write(tmp_path / "n" / "else.md", "Diet\n\nEat less salt.")
    given = path.parent if whole else path
    add(engine, home, given)
    _forget_files(engine)
    stranger = write(tmp_path / "m" / "rest.md", "# Ward rule\n\nVisitors leave the ward at eight.")
    assert add(engine, home, stranger).replaced == ()
    write(path, rule("Orziline", 2))
    assert len(add(engine, home, given).replaced) == 1
    assert "Orziline is given at 5 mg once daily" not in doses(engine)


def test_an_unchanged_file_of_an_older_home_is_known_from_then_on(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "n" / "doses.md", rule("Orziline", 5))
    before = add(engine, home, path)
    _forget_files(engine)
    assert add(engine, home, path).generation == before.generation
    write(path, "Another title\n\nAll is new in this file.")
    assert len(add(engine, home, path).replaced) == 1


def test_one_changed_note_of_many_embeds_its_changed_passage_alone(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    filler = "Observation and fluids are continued on the ward until the morning round. " * 11
    for number in range(60):
        body = f"# Rule {number}\n\n## Dose\n\nDrug{number} is given at 5 mg. {filler}\n\n"
        write(tmp_path / "n" / f"{number}.md", body + f"## Rest\n\nRest helps {number}. {filler}")
    first = add(engine, home, tmp_path / "n")
    assert first.passages >= 120
    path = tmp_path / "n" / "7.md"
    write(path, path.read_text().replace("5 mg", "4 mg"))
    embedding = ToyEmbedding()
    update = updates.add(engine, home, [tmp_path / "n"], embedding=embedding)
    assert len(update.replaced) == 1 and len(update.unchanged) == 59
    assert len(embedding.encoded) == 1 and "4 mg" in embedding.encoded[0]
    (best, *_) = open_search(engine, home, ToyEmbedding()).find("Rest helps 7")
    assert best.document.id.endswith("~2")
    assert generations.verify(engine, home) == []
    with engine.connect() as connection:
        assert len(connection.scalars(select(SourceRow.id)).all()) == 1


def test_files_that_are_gone_are_counted_and_stay(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    write(tmp_path / "n" / "a.md", rule("Orziline", 5))
    gone = write(tmp_path / "n" / "b.md", rule("Tavizine", 7))
    add(engine, home, tmp_path / "n")
    gone.unlink()
    update = add(engine, home, tmp_path / "n")
    assert len(update.missing) == 1 and len(doses(engine)) == 2


def test_a_retracted_text_stays_retracted_in_a_new_version_and_under_another_id(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "n" / "a.md", rule("Orziline", 5))
    add(engine, home, path)
    write(path, rule("Orziline", 2))
    (old,) = add(engine, home, path).replaced
    assert any(
        "Orziline" in hit.text for hit in open_search(engine, home, ToyEmbedding()).find(_ASKED)
    )
    updates.retract(engine, home, [old])
    write(path, rule("Orziline", 3))
    add(engine, home, path)
    other = write(tmp_path / "m" / "b.md", rule("Orziline", 2))
    add(engine, home, other)
    hits = open_search(engine, home, ToyEmbedding()).find(_ASKED)
    assert [hit for hit in hits if "Orziline" in hit.text] == []


def test_a_collection_forgets_the_files_of_lost_documents(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.md", rule("Orziline", 5))
    add(engine, home, path)
    write(path, rule("Orziline", 2))
    add(engine, home, path)
    collect(engine, home, keep=1)
    with engine.connect() as connection:
        assert len(connection.scalars(select(FileRow.id)).all()) == 1
        assert len(connection.scalars(select(DocumentFileRow.file_id)).all()) == 1
    assert generations.verify(engine, home) == []


def test_a_key_made_of_a_text_says_so() -> None:
    assert isinstance(content_key("text", "a"), ContentKey)
    assert content_key("text", "a") != content_key("text", "b")


@pytest.mark.skipif(os.name == "nt", reason="file names are of characters there")
def test_a_file_name_of_other_bytes_is_kept(engine: Engine, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "n"
    folder.mkdir()
    path = folder / os.fsdecode(b"dose\xff.md")
    for dose in (5, 2):
        path.write_text(rule("Orziline", dose), encoding="utf-8")
        write(folder / "b.md", rule("Tavizine", dose))
        add(engine, home, folder)
    assert len(doses(engine)) == 2
