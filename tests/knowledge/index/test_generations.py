"""Generations: damage is found and passed over, a rollback loses nothing, refuse is collected."""

import json
import logging
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from toy_knowledge import GRAPH, ToyEmbedding, fill, write_graph, write_notes

from knowledge import KnowledgeError
from knowledge.graph.catalog import PassageRow
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.index import dense, generations
from knowledge.index.garbage_collection import collect
from knowledge.index.manifest import Generation
from knowledge.ingest import updates
from knowledge.search import catalog_views
from knowledge.search.searcher import open_search


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 16
    path.unlink()  # a parent's file may be the same one on disk
    path.write_bytes(content)


def _two(engine: Engine, home: Path, folder: Path) -> None:
    updates.add(engine, home, [write_notes(folder, ["asthma", "zh"])], embedding=ToyEmbedding())
    updates.add(engine, home, [write_notes(folder)], embedding=ToyEmbedding())


@pytest.mark.parametrize("name", ["dense-000002.faiss", "dense-000002.json", "lexical/meta.json"])
def test_a_damaged_file_is_found_and_the_generation_before_serves(
    engine: Engine, home: Path, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    _two(engine, home, tmp_path)
    _flip(generations.folder_of(home, 2) / name)

    assert any(name in fault for fault in generations.verify(engine, home))
    with caplog.at_level(logging.WARNING):
        assert open_search(engine, home, ToyEmbedding()).generation == 1
    assert "Generation 2 is damaged" in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"documents": 3', '"documents": 4'),
        lambda text: "[]",
        lambda text: json.dumps({**json.loads(text), "extra": 1}),
    ],
    ids=["empty", "cut", "changed", "other kind", "unknown key"],
)
def test_a_damaged_manifest_is_one_sentence(
    engine: Engine, home: Path, tmp_path: Path, change: object
) -> None:
    fill(engine, home, tmp_path)
    manifest = generations.folder_of(home, 1) / generations.MANIFEST
    assert callable(change)
    manifest.write_text(change(manifest.read_text()))
    with pytest.raises(KnowledgeError) as caught:
        generations.open_generation(home)
    assert caught.value.status == 1 and "MANIFEST" in caught.value.what
    assert generations.verify(engine, home)


def test_the_next_update_heals_a_damaged_generation(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    (generations.folder_of(home, 1) / generations.MANIFEST).unlink()
    other = write_graph(tmp_path, GRAPH.replace("Asthma", "Gout"), "other.yaml")
    updates.add(engine, home, [other], embedding=ToyEmbedding())
    hits = open_search(engine, home, ToyEmbedding()).find("Is gout treated with colchicine?")
    assert any("colchicine" in hit.text for hit in hits)


def _damage(path: Path) -> None:
    """Flip a bit in place: in every generation that shares the file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 16
    path.write_bytes(content)


def _shared(home: Path, ending: str) -> Path:
    """Return a file of the newest generation that the one before has too."""
    new, old = (generations.read_manifest(home, number).files for number in (2, 1))
    (name, *_) = [name for name in old if name.endswith(ending) and new.get(name) == old[name]]
    return generations.folder_of(home, 2) / name


@pytest.mark.parametrize("ending", [".faiss", ".json", ".store"])
def test_damage_of_a_file_that_all_generations_share_leaves_a_search_and_is_healed(
    engine: Engine, home: Path, tmp_path: Path, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    _two(engine, home, tmp_path)
    damaged = _shared(home, ending)
    _damage(damaged)
    words = damaged.parent.name == "lexical"

    faults = generations.verify(engine, home)
    assert [damaged.name in fault for fault in faults] == [True, True]
    with caplog.at_level(logging.WARNING):
        search = open_search(engine, home, ToyEmbedding())
    assert "serves without" in caplog.text and "medchat kb rollback 2" in caplog.text
    assert search.generation == 2
    question = "Inhaled budesonide controls asthma, wheeze comes and goes"
    (hit, *_) = [hit for hit in search.find(question) if hit.kind == "passage"]
    assert hit.document.id == "note:asthma" and (hit.why.dense > 0) is words

    embedding = ToyEmbedding()
    assert generations.rollback(engine, home, 2, embedding) == 3
    assert len(embedding.encoded) == (0 if words else 1)  # of one segment, and no other
    healed = open_search(engine, home, ToyEmbedding())
    assert healed.generation == 3
    (hit, *_) = [hit for hit in healed.find(question) if hit.kind == "passage"]
    assert hit.document.id == "note:asthma" and hit.why.dense > 0
    collect(engine, home, keep=1)
    assert generations.verify(engine, home) == []


def test_verification_reads_again_what_this_process_has_verified(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    path = generations.folder_of(home, 1) / "dense-000001.faiss"
    about = path.stat()
    _damage(path)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))  # as a failing disk would
    assert any(path.name in fault for fault in generations.verify(engine, home))


def test_names_are_kept_in_memory_until_the_graph_changes(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    first = open_search(engine, home, ToyEmbedding())
    note = tmp_path / "new.md"
    note.write_text("---\nkey: note:new\ntitle: New\n---\nTriptans stop migraine.\n")
    updates.add(engine, home, [note], embedding=ToyEmbedding())
    second = open_search(engine, home, ToyEmbedding())
    assert (second.generation, second.linker) == (2, first.linker)
    updates.remove(engine, home, ["note:new"])
    assert open_search(engine, home, ToyEmbedding()).linker is first.linker

    extra = write_graph(tmp_path, GRAPH.replace("Asthma", "Eczema"), "b.yaml")
    updates.add(engine, home, [extra], embedding=ToyEmbedding())
    third = open_search(engine, home, ToyEmbedding())
    assert third.linker is not first.linker and third.linker.find("Eczema")
    assert generations.verify(engine, home) == []  # each manifest's counts are those of the tables


def test_a_large_segment_is_not_written_again_for_small_additions(
    engine: Engine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "MAX_FLAT", 4)
    notes = tmp_path / "many"
    notes.mkdir()
    for number in range(12):
        text = f"---\nkey: note:n{number}\ntitle: N{number}\n---\nThe dose of n{number} is low.\n"
        (notes / f"{number}.md").write_text(text)
    updates.add(engine, home, [notes], embedding=ToyEmbedding())
    first = (generations.folder_of(home, 1) / "dense-000001.faiss").stat()
    for number in range(20):
        note = tmp_path / f"late-{number}.md"
        note.write_text(f"---\nkey: note:l{number}\ntitle: L\n---\nThe late dose is {number}.\n")
        updates.add(engine, home, [note], embedding=ToyEmbedding())
    last = generations.folder_of(home, 21)
    assert os.path.samestat(first, (last / "dense-000001.faiss").stat())
    assert len(dense.segment_names(generations.read_manifest(home, 21).files)) < 14
    assert generations.verify(engine, home) == []


def test_index_files_long_past_go_and_a_rollback_makes_only_what_lacks(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    note = tmp_path / "late.md"
    for number in range(6):
        note.write_text(f"---\nkey: note:late\ntitle: L\n---\nThe late dose is {number} mg.\n")
        updates.add(engine, home, [note], embedding=ToyEmbedding())
    updates.remove(engine, home, ["note:gout"])
    assert generations.on_disk(home) == [4, 5, 6, 7, 8]

    embedding = ToyEmbedding()
    assert generations.rollback(engine, home, 2, embedding) == 9
    assert len(embedding.encoded) == 2  # the gout that went, and the late note as it was
    assert generations.verify(engine, home) == []
    search = open_search(engine, home, ToyEmbedding())
    assert "0 mg" in search.find("late dose")[0].text
    assert all("5 mg" not in hit.text for hit in search.find("late dose"))
    assert search.find("gout")[0].document.id == "note:gout"
    assert not list((home / "knowledge").glob("*.retired"))


def test_an_index_that_differs_from_the_catalogue_is_a_fault(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    assert generations.verify(engine, home) == []
    with engine.begin() as connection:
        connection.execute(
            update(PassageRow).where(PassageRow.document_id == "note:gout").values(id="strange")
        )
    told = generations.verify(engine, home)
    assert "Passages that the index of words lacks: 1, among them strange." in told
    assert "Passages without their vector: 1, among them strange." in told
    assert any(fault.startswith("Passages in the index of words, not in the") for fault in told)


def test_an_empty_home_says_what_to_do(engine: Engine, home: Path) -> None:
    assert generations.current(home) is None
    assert generations.verify(engine, home) == []
    for act in (lambda: generations.open_generation(home), lambda: open_search(engine, home)):
        with pytest.raises(KnowledgeError, match="empty"):
            act()
    assert catalog_views.status(engine, home)["generation"] == 0


def test_a_rollback_holds_what_was_and_what_follows_builds_on_it(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    extra = write_graph(
        tmp_path, GRAPH.replace("Asthma", "Eczema").replace("哮喘", "湿疹"), "b.yaml"
    )
    updates.add(engine, home, [extra])
    updates.remove(engine, home, ["note:gout"])

    assert generations.rollback(engine, home, 1, ToyEmbedding()) == 4

    names = [[bool(KnowledgeGraph(engine, n).named(name)) for n in (1, 2, 3, 4)] for name in
             ("Asthma", "Eczema")]  # fmt: skip
    assert names == [[True] * 4, [False, True, True, False]]
    documents = [generations.catalogue_counts(engine, n)["documents"] for n in (1, 2, 3, 4)]
    assert documents == [3, 3, 2, 3]
    assert generations.verify(engine, home) == []

    assert updates.add(engine, home, [extra]).facts > 0
    assert KnowledgeGraph(engine, 5).named("Eczema") and not KnowledgeGraph(engine, 4).named(
        "Eczema"
    )
    assert generations.catalogue_counts(engine, 2) == generations.catalogue_counts(engine, 5)
    with pytest.raises(KnowledgeError, match="no generation 9"):
        generations.rollback(engine, home, 9)


def test_what_ends_again_after_a_rollback_stays_ended_in_what_the_rollback_left(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)  # 1
    updates.remove(engine, home, ["note:gout"])  # 2
    generations.rollback(engine, home, 1, ToyEmbedding())  # 3
    updates.remove(engine, home, ["note:gout"])  # 4

    held = [generations.catalogue_counts(engine, n)["documents"] for n in (1, 2, 3, 4)]
    assert held == [3, 2, 3, 2]
    assert generations.diff(engine, 2, 4).documents_added == ()
    generations.rollback(engine, home, 2, ToyEmbedding())
    assert generations.verify(engine, home) == []
    found = open_search(engine, home, ToyEmbedding()).find("Is gout treated with colchicine?")
    assert not any("colchicine" in hit.text for hit in found)


def test_a_collected_generation_that_lost_nothing_can_come_back(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    _two(engine, home, tmp_path)
    gone = collect(engine, home, keep=1)
    assert (gone.folders, gone.documents, gone.facts) == (("gen-000001",), 0, 0)
    assert generations.verify(engine, home) == []

    assert generations.rollback(engine, home, 1, ToyEmbedding()) == 3
    search = open_search(engine, home, ToyEmbedding())
    assert search.find("Is asthma controlled by budesonide?")
    assert not any("colchicine" in hit.text for hit in search.find("Is gout treated?"))


def test_of_a_removed_document_no_byte_is_left_after_a_collection(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    marked = tmp_path / "marked.md"
    marked.write_text("---\nkey: note:marked\ntitle: Mark\n---\nZorvanexium lowers fever.\n")
    updates.add(engine, home, [marked], embedding=ToyEmbedding())
    other = write_graph(tmp_path, GRAPH.replace("polyuria = 多尿", "zorvanexuria"), "other.yaml")
    source = _source_of(engine, home, other)
    assert _files_with(home, b"zorvanex") and open_search(engine, home, ToyEmbedding()).find(
        "Does Zorvanexium lower fever?"
    )
    updates.remove(engine, home, ["note:marked", source], embedding=ToyEmbedding())

    kept = collect(engine, home, keep=3)
    assert (kept.documents, kept.facts) == (0, 0)
    gone = collect(engine, home, keep=1)
    assert gone.documents == 1 and gone.facts >= 1
    assert _files_with(home, b"zorvanex") == []
    assert generations.verify(engine, home) == []
    found = open_search(engine, home, ToyEmbedding()).find("Is asthma controlled by budesonide?")
    assert any("budesonide" in hit.text for hit in found)
    with pytest.raises(KnowledgeError, match="deleted with `medchat kb gc`"):
        generations.rollback(engine, home, 3, ToyEmbedding())


def _source_of(engine: Engine, home: Path, path: Path) -> str:
    before = {source["id"] for source in catalog_views.status(engine, home)["sources"]}
    updates.add(engine, home, [path], embedding=ToyEmbedding())
    after = {source["id"] for source in catalog_views.status(engine, home)["sources"]}
    (new,) = after - before
    return str(new)


def _files_with(home: Path, mark: bytes) -> list[str]:
    files = (path for path in home.rglob("*") if path.is_file())
    return [path.name for path in files if mark in path.read_bytes().lower()]


def test_what_a_crash_left_is_swept_and_current_follows_the_database(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    folder = home / "knowledge"
    for name in ("gen-000002", "gen-000003.building"):
        (folder / name).mkdir()
        (folder / name / "dense.faiss").write_bytes(b"x" * 5000)
    (folder / generations.CURRENT).write_text("gen-000002\n")

    assert generations.verify(engine, home) == []
    assert sorted(path.name for path in folder.glob("gen-*")) == ["gen-000001"]
    assert generations.current(home) == 1


def test_the_difference_of_two_generations_is_told(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    updates.remove(engine, home, ["note:gout"])
    updates.add(engine, home, [write_graph(tmp_path, GRAPH.replace("wheeze", "cough"), "b.yaml")])

    change = generations.diff(engine, 1, 3)
    assert change.documents_removed == ("note:gout",)
    assert change.documents_added == ()
    assert (change.facts_added, change.facts_removed) == (0, 0)
    assert len(change.sources_added) == 1
    back = generations.diff(engine, 3, 1)
    assert back.documents_added == ("note:gout",)
    with pytest.raises(KnowledgeError, match="no generation 7"):
        generations.diff(engine, 1, 7)


def test_many_small_segments_become_one(engine: Engine, home: Path, tmp_path: Path) -> None:
    words = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india"]
    for word in words:
        note = tmp_path / f"{word}.md"
        note.write_text(f"---\nkey: note:{word}\ntitle: {word}\n---\nThe dose of {word} is low.\n")
        updates.add(engine, home, [note], embedding=ToyEmbedding())
    files = generations.read_manifest(home, len(words)).files
    assert len([name for name in files if name.endswith(".faiss")]) < 5
    search = open_search(engine, home, ToyEmbedding())
    for word in words:
        assert search.find(f"What is the dose of {word}?")[0].title == word


def test_a_reader_keeps_its_generation_while_the_next_one_is_made(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    held = open_search(engine, home, ToyEmbedding())
    updates.remove(engine, home, ["note:gout"])
    assert held.generation == 1
    assert any("colchicine" in hit.text for hit in held.find("Is gout treated with colchicine?"))
    assert open_search(engine, home, ToyEmbedding()).generation == 2


def test_a_generation_that_is_collected_while_it_is_opened_gives_way_to_the_next(
    engine: Engine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, home, tmp_path)
    opened, opening = generations.open_generation, []

    def collected_meanwhile(folder: Path, number: int | None = None) -> Generation:
        if not opening:
            updates.remove(engine, home, ["note:gout"])
            collect(engine, home, keep=1)
        opening.append(number)
        return opened(folder, number)

    monkeypatch.setattr(generations, "open_generation", collected_meanwhile)
    search = open_search(engine, home, ToyEmbedding())
    assert opening == [1, 3] and search.generation == 3
    assert search.find("How is wheeze controlled in asthma?")
    # what is damaged for good is still told, and not tried for ever
    (generations.folder_of(home, 3) / generations.MANIFEST).unlink()
    with pytest.raises(KnowledgeError, match="MANIFEST"):
        open_search(engine, home, ToyEmbedding())


def test_a_reader_does_not_put_current_back(
    engine: Engine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, home, tmp_path)
    asked: list[int] = []
    newest = generations.newest

    def slow(given: Engine) -> int | None:
        number = newest(given)
        if not asked:  # a writer is done between this reader's question and what it makes of it
            asked.append(1)
            updates.remove(engine, home, ["note:gout"])
        return number

    monkeypatch.setattr(generations, "newest", slow)
    assert open_search(engine, home, ToyEmbedding()).generation == 1
    assert generations.current(home) == 2
