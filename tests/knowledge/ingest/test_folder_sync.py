"""A named source matches a folder after a synchronisation, and loses nothing by mistake."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from test_identity import add, doses, rule, texts, write
from toy_knowledge import ToyEmbedding

from knowledge import KnowledgeError
from knowledge.graph.catalog import DocumentRow, SourceRow
from knowledge.index import generations
from knowledge.ingest import folder_sync, updates
from knowledge.ingest.folder_sync import SyncRequest
from knowledge.ingest.updates import Update
from knowledge.search.searcher import open_search


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of ten notes, two of them below it."""
    for number in range(10):
        place = f"sub/{number}.md" if number > 7 else f"{number}.md"
        write(tmp_path / "ward" / place, rule(f"Drug{number}", number + 1))
    return tmp_path / "ward"


def sync(
    engine: Engine,
    home: Path,
    folder: Path,
    title: str = "Ward",
    confirmed: bool = False,
    embedding: ToyEmbedding | None = None,
) -> Update:
    request = SyncRequest(folder, title, confirmed=confirmed)
    return folder_sync.sync(engine, home, request, embedding=embedding or ToyEmbedding())


def test_a_source_comes_to_match_a_folder_in_one_generation(
    engine: Engine, home: Path, folder: Path
) -> None:
    first = sync(engine, home, folder)
    assert (first.generation, first.documents) == (1, 10)
    assert sync(engine, home, folder).generation == 1

    write(folder / "0.md", rule("Drug0", 77))
    (folder / "1.md").unlink()
    (folder / "2.md").rename(folder / "sub" / "two.md")
    write(folder / "new.md", rule("Drug10", 11))
    seen = folder_sync.preview(engine, SyncRequest(folder, "Ward"))
    assert [len(each) for each in (seen.added, seen.replaced, seen.moved, seen.removed)] == [1] * 4
    assert generations.newest(engine) == 1

    embedding = ToyEmbedding()
    done = sync(engine, home, folder, embedding=embedding)
    assert done.generation == 2
    assert set(done.removed) == set(seen.removed) and set(done.replaced) == set(seen.replaced)
    assert len(done.moved) == 1 and done.documents == 2
    assert len(embedding.encoded) == 2  # the changed note and the new one
    assert len(doses(engine)) == 10
    assert {"Drug0 is given at 77 mg once daily", "Drug2 is given at 3 mg once daily"} < set(
        doses(engine)
    )
    assert not any("Drug1 " in text for text in texts(engine))
    assert len(doses(engine, 1)) == 10 and "Drug1 is given at 2 mg once daily" in doses(engine, 1)
    assert generations.verify(engine, home) == []
    with engine.connect() as connection:
        assert connection.scalars(select(SourceRow.title)).all() == ["Ward"]


def test_only_moves_make_no_generation_and_embed_nothing(
    engine: Engine, home: Path, folder: Path
) -> None:
    sync(engine, home, folder)
    (folder / "sub").rename(folder / "other")
    embedding = ToyEmbedding()
    done = sync(engine, home, folder, embedding=embedding)
    assert len(done.moved) == 2 and embedding.encoded == [] and done.removed == ()
    assert len(texts(engine)) == 10
    assert sync(engine, home, folder).moved == ()


def test_many_removals_need_a_confirmation(engine: Engine, home: Path, folder: Path) -> None:
    sync(engine, home, folder)
    for number in range(3):
        (folder / f"{number}.md").unlink()
    write(folder / "4.md", rule("Drug4", 99))
    assert folder_sync.preview(engine, SyncRequest(folder, "Ward")).needs_confirmation
    with pytest.raises(KnowledgeError, match="3 of the 10 documents .* 20%") as raised:
        sync(engine, home, folder)
    assert raised.value.status == 2
    assert generations.newest(engine) == 1 and not any("99 mg" in text for text in texts(engine))
    wide = SyncRequest(folder, "Ward", max_removals=0.3)
    assert not folder_sync.preview(engine, wide).needs_confirmation
    assert len(sync(engine, home, folder, confirmed=True).removed) == 3
    assert len(texts(engine)) == 7


def test_an_empty_or_missing_folder_removes_nothing(
    engine: Engine, home: Path, folder: Path, tmp_path: Path
) -> None:
    sync(engine, home, folder)
    folder.rename(tmp_path / "away")
    with pytest.raises(KnowledgeError, match="is no folder"):
        sync(engine, home, folder, confirmed=True)
    folder.mkdir()
    with pytest.raises(KnowledgeError, match="no document that can be read"):
        sync(engine, home, folder, confirmed=True)
    assert len(texts(engine)) == 10


def test_a_file_that_cannot_be_read_keeps_what_it_held(
    engine: Engine, home: Path, folder: Path
) -> None:
    sync(engine, home, folder)
    write(folder / "0.md", "")
    write(folder / "1.md", "---\nyear: soon\n---\n" + rule("Drug1", 50))
    write(folder / "2.md", "---\n---\n")
    (folder / "3.md").write_bytes(b"\x00\x01\x02" * 50)
    (folder / "4.md").unlink()
    (folder / "4.md").symlink_to(folder / "nowhere.md")
    write(folder / "5.md", rule("Drug5", 60))
    done = sync(engine, home, folder)
    assert done.removed == () and len(done.replaced) == 1
    assert {Path(path).name for path in done.problems} >= {"0.md", "1.md"}
    assert len(texts(engine)) == 10 and "Drug5 is given at 60 mg once daily" in doses(engine)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root opens every folder")
def test_a_folder_that_cannot_be_opened_keeps_what_it_held(
    engine: Engine, home: Path, folder: Path
) -> None:
    sync(engine, home, folder)
    (folder / "sub").chmod(0)
    try:
        assert sync(engine, home, folder, confirmed=True).removed == ()
    finally:
        (folder / "sub").chmod(0o755)


def test_two_named_sources_keep_apart_and_share_equal_texts(
    engine: Engine, home: Path, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    write(other / "0.md", rule("Drug0", 500))
    write(other / "1.md", (folder / "1.md").read_text())
    write(other / "2.md", rule("Else", 5))
    sync(engine, home, folder)
    done = sync(engine, home, other, "Other ward")
    assert done.documents == 2 and done.replaced == ()
    (folder / "1.md").unlink()
    assert sync(engine, home, folder).removed == ()  # the other ward has it still
    (other / "1.md").unlink()
    assert len(sync(engine, home, other, "Other ward", confirmed=True).removed) == 1
    assert len(texts(engine)) == 11


def test_what_was_added_before_is_taken_over(engine: Engine, home: Path, folder: Path) -> None:
    add(engine, home, folder)
    first = sync(engine, home, folder)
    assert (first.generation, first.documents) == (1, 0)
    (folder / "0.md").unlink()
    assert len(sync(engine, home, folder).removed) == 1


def test_entries_that_left_a_library_go(engine: Engine, home: Path, folder: Path) -> None:
    entry = "TY  - JOUR\nTI  - {0}\nAB  - {0} helped.\nDO  - 10.1000/{0}\nER  - \n\n"
    write(folder / "lib.ris", entry.format("alpha") + entry.format("beta"))
    sync(engine, home, folder)
    write(folder / "lib.ris", entry.format("beta"))
    write(folder / "graph.yaml", "format: medchat-records\ntitle: G\nlicence: CC0-1.0\nrecords:\n")
    done = sync(engine, home, folder)
    assert done.removed == ("doi:10.1000/alpha",)
    assert any(reason.startswith("graph file") for reason in done.left_out)


def test_a_rollback_brings_the_old_text_and_the_next_sync_the_new_one(
    engine: Engine, home: Path, folder: Path
) -> None:
    sync(engine, home, folder)
    write(folder / "0.md", rule("Drug0", 77))
    (folder / "1.md").unlink()
    sync(engine, home, folder)
    generations.rollback(engine, home, 1, ToyEmbedding())
    assert doses(engine) == doses(engine, 1)
    done = sync(engine, home, folder)
    assert (len(done.replaced), len(done.removed)) == (1, 1)
    assert doses(engine) == doses(engine, 2)


def test_a_retracted_note_stays_uncited_when_it_is_synchronised(
    engine: Engine, home: Path, folder: Path
) -> None:
    sync(engine, home, folder)
    with engine.connect() as connection:
        query = select(DocumentRow.id).where(DocumentRow.text.contains("Drug0"))
        id = connection.scalars(query).one()
    asked = "Is Drug0 given once daily to adults?"
    updates.retract(engine, home, [id])
    write(folder / "0.md", rule("Drug0", 77))
    sync(engine, home, folder)
    hits = open_search(engine, home, ToyEmbedding()).find(asked)
    assert hits and not any("Drug0" in hit.text for hit in hits)


_DIES = """
import os, signal, sys
from pathlib import Path
from knowledge.graph.catalog import connect
from knowledge.index import generations
from knowledge.ingest import folder_sync, updates
from toy_knowledge import ToyEmbedding

point, home, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if point == "links":
    assert callable(updates.write_links)
    updates.write_links = die
elif point == "commit":
    seal = generations.seal
    generations.seal = lambda *given: (seal(*given), die())
elif point == "current":
    assert callable(generations.point_current)
    generations.point_current = die
folder_sync.sync(
    connect(f"sqlite:///{home / 'medchat.db'}"),
    home,
    folder_sync.SyncRequest(folder, "Ward"),
    embedding=ToyEmbedding(),
)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize(("point", "kept"), [("links", 0), ("commit", 0), ("current", 1)])
def test_kill_9_leaves_the_old_generation_or_the_new_one(
    engine: Engine, home: Path, folder: Path, point: str, kept: bool
) -> None:
    sync(engine, home, folder)
    before = doses(engine)
    write(folder / "0.md", rule("Drug0", 77))
    (folder / "1.md").unlink()
    engine.dispose()
    place = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    command = [sys.executable, "-c", _DIES, point, str(home), str(folder)]
    ended = subprocess.run(command, env={**os.environ, **place}, capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert (doses(engine) != before) is bool(kept)
    assert generations.verify(engine, home) == []
    done = sync(engine, home, folder)
    assert done.generation == 2 and len(doses(engine)) == 9
    assert generations.verify(engine, home) == []
