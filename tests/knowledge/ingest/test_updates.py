"""Updates: what is added once is there once, what is removed is gone, a crash changes nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from toy_knowledge import GRAPH, ToyEmbedding, fill, write_graph, write_notes

from knowledge import KnowledgeError, lock
from knowledge.graph import catalog
from knowledge.graph.catalog import (
    DocumentRow,
    FactRow,
    FactSourceRow,
    GenerationRow,
    SourceRow,
    holds,
)
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.index import generations
from knowledge.ingest import updates
from knowledge.search import catalog_views
from knowledge.search.searcher import open_search


def _count(engine: Engine, table: type[FactRow] | type[DocumentRow], generation: int) -> int:
    with engine.connect() as connection:
        query = select(func.count()).select_from(table).where(holds(table, generation))
        return connection.scalar(query) or 0


def test_one_call_makes_one_generation_of_graph_and_literature(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    update = fill(engine, home, tmp_path)

    assert update.generation == generations.current(home) == 1
    assert (update.documents, update.passages) == (3, 3)
    assert update.facts == _count(engine, FactRow, 1) == 9
    status = catalog_views.status(engine, home)
    assert [source["documents"] for source in status["sources"]] == [0, 3]
    assert status["embedding"] == {"model": "toy 1", "dimension": 64}
    assert status["entities"] == update.entities
    assert generations.verify(engine, home) == []


def test_adding_the_same_again_changes_nothing_and_says_so(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    first = fill(engine, home, tmp_path)
    again = fill(engine, home, tmp_path)

    assert again.generation == first.generation
    assert (again.facts, again.documents) == (0, 0)
    assert {Path(name).name for name in again.unchanged} == {
        "graph.yaml", "asthma.md", "gout.md", "zh.md"
    }  # fmt: skip


def test_aliases_of_a_curated_file_name_one_entity(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    graph = KnowledgeGraph(engine, 1)

    for name in ("T2DM", "type II diabetes", "二型糖尿病", "Type 2 diabetes"):
        assert [each.name("en") for each in graph.named(name)] == ["Type 2 diabetes"], name
    (diabetes,) = graph.named("T2DM")
    medicines = [fact.object for fact in graph.facts(diabetes.id, "medicine")]
    assert [graph.entity(id).name("zh") for id in medicines] == ["二甲双胍"]


def test_a_fact_of_two_sources_is_one_fact_that_goes_with_the_last(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    other = GRAPH.replace("Toy conditions", "Second opinion")
    other = other.replace("fatigue = 乏力", "thirst = 口渴")
    updates.add(engine, home, [write_graph(tmp_path, other, "other.yaml")])
    with Session(engine) as session:
        sources = session.scalars(select(SourceRow.id).order_by(SourceRow.created)).all()
        shared = session.scalars(
            select(FactSourceRow.fact_id).group_by(FactSourceRow.fact_id).having(func.count() == 2)
        ).all()
    assert len(shared) == 7
    before = {generation: _count(engine, FactRow, generation) for generation in (1, 2)}

    updates.remove(engine, home, [sources[0]])

    assert _count(engine, FactRow, 3) == 9
    assert {generation: _count(engine, FactRow, generation) for generation in (1, 2)} == before
    assert before == {1: 9, 2: 11}
    assert generations.verify(engine, home) == []


def test_what_was_removed_can_come_back(engine: Engine, home: Path, tmp_path: Path) -> None:
    fill(engine, home, tmp_path)
    with engine.connect() as connection:
        sources = list(connection.scalars(select(SourceRow.id)))
    updates.remove(engine, home, sources)
    assert catalog_views.status(engine, home)["facts"] == 0
    assert KnowledgeGraph(engine, 2).named("Asthma") == []

    update = fill(engine, home, tmp_path)

    assert (update.generation, update.facts, update.documents) == (3, 9, 3)
    assert [_count(engine, FactRow, number) for number in (1, 2, 3)] == [9, 0, 9]
    assert [_count(engine, DocumentRow, number) for number in (1, 2, 3)] == [3, 0, 3]
    assert KnowledgeGraph(engine, 3).named("Asthma") == KnowledgeGraph(engine, 1).named("Asthma")


def test_a_changed_document_supersedes_its_old_text(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    note = tmp_path / "notes" / "gout.md"
    note.write_text(note.read_text().replace("colchicine", "naproxen"))
    update = updates.add(engine, home, [note.parent], embedding=ToyEmbedding())

    assert (update.documents, len(update.unchanged)) == (1, 2)
    search = open_search(engine, home, ToyEmbedding())
    (best, *_) = search.find("Is gout treated with naproxen?")
    assert "naproxen" in best.text and best.document.id == "note:gout~2"
    assert not any("colchicine" in hit.text for hit in search.find("gout colchicine"))
    with engine.connect() as connection:
        old = connection.scalar(
            select(DocumentRow.text).where(holds(DocumentRow, 1), DocumentRow.title == "Gout")
        )
    assert old is not None and "colchicine" in old


@pytest.mark.parametrize("how", ["remove", "retract"])
def test_a_document_that_is_taken_back_is_never_found(
    engine: Engine, home: Path, tmp_path: Path, how: str
) -> None:
    fill(engine, home, tmp_path)
    question = "Is gout treated with colchicine?"
    (hit, *_) = open_search(engine, home, ToyEmbedding()).find(question)
    act = updates.remove if how == "remove" else updates.retract
    update = act(engine, home, [hit.document.id])

    assert (update.generation, update.documents) == (2, 1)
    found = open_search(engine, home, ToyEmbedding()).find(question)
    assert hit.document.id not in {each.document.id for each in found}
    if how == "retract":
        generations.rollback(engine, home, 1)
        found = open_search(engine, home, ToyEmbedding()).find(question)
        assert hit.document.id not in {each.document.id for each in found}


@pytest.mark.parametrize("act", [updates.remove, updates.retract])
def test_an_unknown_id_is_told_and_nothing_happens(
    engine: Engine, home: Path, tmp_path: Path, act: object
) -> None:
    fill(engine, home, tmp_path)
    assert callable(act)
    with pytest.raises(KnowledgeError, match="'pmid:1'"):
        act(engine, home, ["pmid:1"])
    assert generations.newest(engine) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("missing.yaml", None),
        ("broken.yaml", GRAPH.replace("- kind: medicine", "  - kind: [medicine")),
        ("empty.yaml", ""),
    ],
)
def test_a_bad_file_leaves_everything_as_it_was(
    engine: Engine, home: Path, tmp_path: Path, name: str, text: str | None
) -> None:
    good = write_graph(tmp_path)
    bad = tmp_path / name
    if text is not None:
        bad.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError):
        updates.add(engine, home, [good, bad])
    assert generations.newest(engine) is None
    assert not list((home / "knowledge").glob("gen-*"))


def test_a_second_writer_is_told_who_holds_the_lock(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    with lock.hold(home), pytest.raises(KnowledgeError, match=f"process {os.getpid()} since"):
        updates.add(engine, home, [write_graph(tmp_path)])
    assert updates.add(engine, home, [write_graph(tmp_path)]).generation == 1


def test_a_dead_holder_does_not_block(engine: Engine, home: Path, tmp_path: Path) -> None:
    (home / "knowledge").mkdir(parents=True)
    (home / "knowledge" / "writer.lock").write_text(json.dumps({"pid": 1, "since": "long ago"}))
    assert updates.add(engine, home, [write_graph(tmp_path)]).generation == 1


_DIES = """
import os, signal, sys
from pathlib import Path
from knowledge.index import generations
from knowledge.ingest import updates
from knowledge.text import chunking
from knowledge.graph.catalog import connect
from toy_knowledge import ToyEmbedding

point, home, note = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

class Dying(ToyEmbedding):
    encode = die

def replace(module, name, by):
    assert callable(getattr(module, name))  # a name that is no longer there would end nothing
    setattr(module, name, by)

embedding = ToyEmbedding()
if point == "reading":
    replace(chunking, "split_passages", die)
elif point == "embedding":
    embedding = Dying()
elif point == "sealing":
    replace(generations, "seal", die)
elif point == "before commit":
    seal = generations.seal
    replace(generations, "seal", lambda *given: (seal(*given), die()))
elif point == "before CURRENT":
    replace(generations, "point_current", die)
updates.add(connect(f"sqlite:///{home / 'medchat.db'}"), home, [note], embedding=embedding)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize(
    ("point", "kept"),
    [
        ("reading", False),
        ("embedding", False),
        ("sealing", False),
        ("before commit", False),
        ("before CURRENT", True),
    ],
)
def test_kill_9_leaves_a_whole_base_and_the_next_run_finishes(
    engine: Engine, home: Path, tmp_path: Path, point: str, kept: bool
) -> None:
    notes = write_notes(tmp_path)
    updates.add(engine, home, [notes / "asthma.md"], embedding=ToyEmbedding())
    engine.dispose()
    command = [sys.executable, "-c", _DIES, point, str(home), str(notes / "gout.md")]
    place = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    ended = subprocess.run(command, env={**os.environ, **place}, capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()

    question = "Is gout treated with colchicine?"
    search = open_search(engine, home, ToyEmbedding())
    assert search.generation == (2 if kept else 1)
    assert any("colchicine" in hit.text for hit in search.find(question)) is kept
    assert generations.verify(engine, home) == []
    folders = sorted(path.name for path in (home / "knowledge").glob("gen-*"))
    assert folders == (["gen-000001", "gen-000002"] if kept else ["gen-000001"])

    update = updates.add(engine, home, [notes / "gout.md"], embedding=ToyEmbedding())
    assert update.generation == generations.current(home) == 2
    hits = open_search(engine, home, ToyEmbedding()).find(question)
    assert "colchicine" in hits[0].text
    assert generations.verify(engine, home) == []


def test_a_graph_update_embeds_nothing_and_shares_the_index(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    updates.add(engine, home, [write_notes(tmp_path)], embedding=ToyEmbedding())
    embedding = ToyEmbedding()
    updates.add(engine, home, [write_graph(tmp_path)], embedding=embedding)

    assert embedding.encoded == []
    one, two = generations.folder_of(home, 1), generations.folder_of(home, 2)
    files = generations.read_manifest(home, 2).files
    assert files == generations.read_manifest(home, 1).files
    assert all((one / name).samefile(two / name) for name in files)


def test_a_new_passage_is_embedded_alone(engine: Engine, home: Path, tmp_path: Path) -> None:
    updates.add(engine, home, [write_notes(tmp_path, ["asthma", "zh"])], embedding=ToyEmbedding())
    embedding = ToyEmbedding()
    updates.add(engine, home, [write_notes(tmp_path)], embedding=embedding)
    assert len(embedding.encoded) == 1 and "colchicine" in embedding.encoded[0]


def test_another_model_embeds_everything_anew(engine: Engine, home: Path, tmp_path: Path) -> None:
    updates.add(engine, home, [write_notes(tmp_path, ["asthma", "zh"])], embedding=ToyEmbedding())
    other = ToyEmbedding("toy 2")
    updates.add(engine, home, [write_notes(tmp_path)], embedding=other)
    assert len(other.encoded) == 2  # both English notes, and no Chinese one
    assert generations.read_manifest(home, 2).model == "toy 2"


def test_the_catalogue_takes_facts_by_the_thousand(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    records = ["format: medchat-records", "title: Many", "licence: CC0-1.0", "records:"]
    for number in range(300):
        records += ["- kind: condition", f"  en: [Disorder {number}a]", "  symptom:"]
        records += [f"  - finding {number + place}b" for place in range(25)]
    path = write_graph(tmp_path, "\n".join(records))
    times: dict[str, float] = {}
    update = updates.add(
        engine,
        home,
        [path],
        progress=lambda step, done, total: times.setdefault(step, time.process_time()) and None,
    )
    assert update.facts == 7_500
    spent = times["done"] - times["merging names"]
    assert spent < 60, f"{spent:.1f} s of processor time for 7,500 facts"  # 0.4 s when idle


@pytest.mark.real_data
def test_the_real_chinese_diseases_and_chatdoctors_are_added(
    engine: Engine, home: Path, real_data: Path
) -> None:
    files = [
        real_data / "restricted/kg_zh/medicalgraph_a/disease_a.csv",
        real_data / "restricted/instruct_en/chatdoctor/format_dataset.csv",
    ]
    if not all(path.is_file() for path in files):
        pytest.skip("the restricted part of the real data is not at hand")
    update = updates.add(engine, home, files)
    assert update.facts >= 60_000
    with Session(engine) as session:
        assert session.get(GenerationRow, 1).counts["facts"] == update.facts


def test_an_end_that_is_not_committed_leaves_no_trace(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        catalog.end(connection, DocumentRow, DocumentRow.id == "note:gout", 2)
        raise ZeroDivisionError
    with engine.connect() as connection:
        query = select(DocumentRow.until).where(DocumentRow.id == "note:gout")
        assert connection.scalar(query) is None


def test_a_changed_graph_says_that_its_earlier_form_stays(tmp_path, engine, home):
    path = tmp_path / "doses.csv"
    for dose in ("5 mg", "6 mg"):
        path.write_text(f"head,relation,tail,head_kind\nAbazine,dose limit,{dose},medicine\n")
        update = updates.add(engine, home, [path], licence="CC0-1.0")
    ((reason, count),) = update.left_out.items()
    assert reason.startswith("earlier form stays: kb remove doses-") and count == 1
    updates.remove(engine, home, [reason.rpartition(" ")[2]])
    again = updates.add(engine, home, [path], licence="CC0-1.0")
    assert again.unchanged == (str(path),) and again.left_out == {}
