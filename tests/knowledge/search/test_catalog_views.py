"""Views: counts, sources, documents and versions in the shapes that people script against."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from toy_knowledge import ToyEmbedding, fill, write_notes

from knowledge import KnowledgeError
from knowledge.ingest import updates
from knowledge.search import catalog_views


def test_status_counts_what_is_live(engine: Engine, home: Path, tmp_path: Path) -> None:
    fill(engine, home, tmp_path)
    before = catalog_views.status(engine, home)
    updates.remove(engine, home, ["note:gout"])
    after = catalog_views.status(engine, home)

    assert set(before) == {
        "generation", "entities", "facts", "documents", "passages", "languages", "sources",
        "embedding",
    }  # fmt: skip
    assert (before["documents"], after["documents"]) == (3, 2)
    assert before["languages"]["zh"] == {"entities": 9, "documents": 1}
    graph, notes = after["sources"]
    assert (graph["title"], graph["facts"], graph["documents"]) == ("Toy conditions", 9, 0)
    assert (notes["format"], notes["documents"], notes["facts"]) == ("markdown", 2, 0)


def test_a_document_is_shown_with_the_passages_that_it_is_cut_into(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    notes = write_notes(tmp_path, ["gout"])
    updates.add(engine, home, [notes], embedding=ToyEmbedding())
    changed = notes / "gout.md"
    changed.write_text(changed.read_text().replace("colchicine", "naproxen"))
    updates.add(engine, home, [notes], embedding=ToyEmbedding())

    assert [shown["id"] for shown in catalog_views.documents(engine, 2)] == ["note:gout~2"]
    for id in ("note:gout", "note:gout~2"):
        shown = catalog_views.document(engine, 2, id)
        (passage,) = shown["passages"]
        assert passage["text"] == shown["text"][passage["start"] : passage["end"]]
        assert "naproxen" in passage["text"]
    assert "colchicine" in catalog_views.document(engine, 1, "note:gout")["text"]
    with pytest.raises(KnowledgeError, match="pmid:1"):
        catalog_views.document(engine, 2, "pmid:1")


def test_the_history_names_every_cause(engine: Engine, home: Path, tmp_path: Path) -> None:
    fill(engine, home, tmp_path)
    updates.retract(engine, home, ["note:gout"])
    newest, first = catalog_views.history(engine, home)
    assert newest["cause"] == "retract note:gout" and newest["parent"] == 1
    assert first["cause"].startswith("add Toy conditions") and first["parent"] is None
    assert (newest["current"], first["current"]) == (True, False)
