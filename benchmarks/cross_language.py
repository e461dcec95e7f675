"""Ask in one language for passages in the other: success@5 with the graph, and without it.

python benchmarks/cross_language.py --data DIR [--sets shipped back medquad abstracts]

The set `shipped` comes from the graph that ships: a Chinese question for each entity after which an
English note is called, among the English notes; `back` is the same with the languages exchanged.
Two sets ask with the Chinese names of the Human Phenotype Ontology. For `medquad` these are
questions for each pair of MedQuAD whose subject has one, among all answers; for `abstracts` one
question for each name that the titles of the abstracts on cystic fibrosis hold, among these
abstracts. A question succeeds where one of the first five passages is on its subject: of a document
so titled. The embedding model reads no Chinese; what crosses over without a graph are Latin letters
in the names.
"""

import argparse
import csv
import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import table
from retrieval_sets import cystic_fibrosis, medquad_pairs
from sqlalchemy import Engine

from knowledge.graph import linker
from knowledge.graph.catalog import CatalogBase, connect
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.index import embedding
from knowledge.ingest import starter, updates
from knowledge.records import Language
from knowledge.search.searcher import open_search
from knowledge.text.names import normalise

FIRST = 5

ASKED: Mapping[str, str] = {
    "information": "{}是什么病？",
    "symptoms": "{}有哪些症状？",
    "treatment": "{}怎么治疗？",
    "causes": "{}的病因是什么？",
    "exams and tests": "{}需要做哪些检查？",
    "prevention": "如何预防{}？",
    "susceptibility": "哪些人容易得{}？",
    "complications": "{}有哪些并发症？",
    "outlook": "{}的预后如何？",
}
"""What somebody asks in Chinese for each kind of question of MedQuAD."""

_ELSE = "请介绍一下{}"
_ELSE_EN = "Please tell me about {}."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the documents any passage of which answers it, and the passages' language."""

    question: str
    documents: frozenset[str]
    language: Language = "en"


def main() -> None:
    """Make both sets in homes of their own, with and without a graph, and print the successes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    options = parser.parse_args()
    rows: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for chosen in options.sets:
            name, make = SETS[chosen]
            place = Path(folder) / chosen
            place.mkdir()
            literature, graphs, asked = make(place, options.data)
            rows.append((f"{name}: questions", str(len(asked))))
            engine = _filled(place / "home", literature)
            rows.append((f"{name}: without the graph", _success(engine, place / "home", asked)))
            updates.add(engine, place / "home", graphs, licence="local use")
            rows.append((f"{name}: success@{FIRST}", _success(engine, place / "home", asked)))
            engine.dispose()
    table(rows)


def _filled(home: Path, literature: Sequence[Path]) -> Engine:
    engine = connect(f"sqlite:///{home / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    updates.add(engine, home, literature, licence="local use", embedding=embedding.load())
    return engine


def _success(engine: Engine, home: Path, asked: Sequence[Asked]) -> str:
    search = open_search(engine, home, embedding.load())
    found = 0
    for each in asked:
        hits = search.find(each.question, 4 * FIRST, language=each.language, abstain=False)
        passages = [hit.document.id for hit in hits if hit.kind == "passage"][:FIRST]
        found += not each.documents.isdisjoint(passages)
    return f"{found / len(asked):.3f}"


def _shipped(folder: Path, _: Path) -> tuple[list[Path], list[Path], list[Asked]]:
    """Return the English notes, the graph, and a question for each note called after an entity."""
    return _called(folder, "en")


def _back(folder: Path, _: Path) -> tuple[list[Path], list[Path], list[Asked]]:
    """Return the Chinese notes, the graph, and English questions."""
    return _called(folder, "zh")


def _called(folder: Path, language: Language) -> tuple[list[Path], list[Path], list[Asked]]:
    graphs = [path for path in starter.files() if path.suffix == ".yaml"]
    notes = [
        each for each in starter.files() if each.suffix == ".md" and each.parent.name == language
    ]
    other, form = ("zh", _ELSE) if language == "en" else ("en", _ELSE_EN)
    engine = connect(f"sqlite:///{folder / 'names.db'}")
    CatalogBase.metadata.create_all(engine)
    updates.add(engine, folder / "names", graphs)
    graph, find = KnowledgeGraph(engine, 1), linker.load(engine, 1).find
    asked: list[Asked] = []
    for path in notes:
        about = dict(
            line.split(": ", 1)
            for line in path.read_text(encoding="utf-8").splitlines()[:8]
            if ": " in line
        )
        for mention in find(about["title"]):
            entity = graph.entity(mention.entities[0])
            names = entity.names if entity is not None else ()
            known = [name.text for name in names if name.language == other]
            if known:
                documents = frozenset((about["key"],))
                asked.append(Asked(form.format(known[0]), documents, language))
    engine.dispose()
    return notes, graphs, asked


def _medquad(folder: Path, data: Path) -> tuple[list[Path], list[Path], list[Asked]]:
    """Return the answers of MedQuAD, the ontology, and questions with its Chinese names."""
    chinese = _chinese(data)
    pairs = medquad_pairs(data)
    answers = folder / "answers.jsonl"
    with answers.open("w", encoding="utf-8") as file:
        for pair in pairs:
            row = {"id": pair.id, "title": pair.focus, "content": pair.answer}
            file.write(json.dumps(row) + "\n")
    asked = [
        Asked(
            ASKED.get(pair.kind, _ELSE).format(chinese[normalise(pair.focus)]),
            frozenset(f"medrag:{other.id}" for other in pairs if other.focus == pair.focus),
        )
        for pair in pairs
        if normalise(pair.focus) in chinese
    ]
    return [answers], [data / _ONTOLOGY], asked


def _abstracts(folder: Path, data: Path) -> tuple[list[Path], list[Path], list[Asked]]:
    """Return abstracts, the ontology, and a question for each of its names that titles hold."""
    collection = cystic_fibrosis(data)
    path = folder / "abstracts.jsonl"
    collection.write(path)
    titled: dict[str, set[str]] = {}
    for id, (title, _) in collection.documents.items():
        words = normalise(title).split()
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + _LONGEST) + 1):
                titled.setdefault(" ".join(words[start:end]), set()).add(f"medrag:{id}")
    asked = [
        Asked(_STUDIED.format(chinese), frozenset(titled[name]))
        for name, chinese in _chinese(data).items()
        if name in titled and re.search("[\u4e00-\u9fff]", chinese)
    ]
    return [path], [data / _ONTOLOGY], asked


_ONTOLOGY = "open/kg_bilingual/hpo_zh/hp-zh.babelon.tsv"
_LONGEST = 8  # words of a name that is looked for in titles
_STUDIED = "关于{}有哪些研究？"


def _chinese(data: Path) -> dict[str, str]:
    """Return the Chinese names of the ontology by their English ones, normalised."""
    with (data / _ONTOLOGY).open(encoding="utf-8") as file:
        return {
            normalise(row["source_value"]): row["translation_value"]
            for row in csv.DictReader(file, delimiter="\t")
            if row["predicate_id"] == "rdfs:label" and row["translation_value"]
        }


Make = Callable[[Path, Path], tuple[list[Path], list[Path], list[Asked]]]
"""Takes a folder to write into and the data, and returns literature, graphs, and what is asked."""

SETS: Mapping[str, tuple[str, Make]] = {
    "shipped": ("graph that ships", _shipped),
    "back": ("graph that ships, English to Chinese", _back),
    "medquad": ("MedQuAD and HPO", _medquad),
    "abstracts": ("abstracts and HPO", _abstracts),
}


if __name__ == "__main__":
    main()
