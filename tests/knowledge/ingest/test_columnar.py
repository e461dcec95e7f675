"""Parquet, Arrow and folders of the hub: as triples of a graph, and as rows of a data set."""

import json
import sys

import pytest

from knowledge.datasets.imports import imported_rows
from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import detect, hub_folders, reading
from knowledge.ingest.sources.streams import columnar
from knowledge.records import ReadReport

pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed: medchat[parquet]")
parquet = pytest.importorskip("pyarrow.parquet")

TRIPLES = {
    "x_name": ["Sciatica", "Sciatica", "布地奈德"],
    "display_relation": ["symptom", "eaten with", "用于"],
    "y_name": ["leg pain", "bread", "支气管哮喘"],
    "y_index": [3, 4, 5],
}
TALK = {"question": ["My ear itches, what helps?"], "answer": ["Keep it dry for a few days."]}
CARD = """---
license: cc-by-4.0
pretty_name: Graph of backs
configs:
- config_name: default
---
# Gout is treated with colchicine
"""


def saved(path, columns, kind="parquet"):
    table = pyarrow.table(columns)
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "parquet":
        parquet.write_table(table, path)
        return path
    opened = pyarrow.ipc.new_file if kind == "file" else pyarrow.ipc.new_stream
    with path.open("wb") as stream, opened(stream, table.schema) as writer:
        writer.write_table(table)
    return path


def facts(path, report=None):
    found = reading.read(path, detect.detect_format(path), report or ReadReport())
    return [
        (record.names[0].text, each.relation, each.term.names[0].text)
        for record in found
        for each in record.statements
    ]


@pytest.mark.parametrize("kind", ["parquet", "file", "stream"])
def test_triples_in_columns_are_read_as_those_of_csv_are(tmp_path, kind):
    report = ReadReport()
    path = saved(tmp_path / f"graph.{kind}", TRIPLES, kind)
    assert facts(path, report) == [
        ("Sciatica", "symptom", "leg pain"),
        ("支气管哮喘", "medicine", "布地奈德"),
    ]
    assert report.left_out == {"relation eaten with: no relation of the vocabulary": 1}
    rows = "\n".join(",".join(map(str, row)) for row in zip(*TRIPLES.values(), strict=True))
    text = tmp_path / "graph.csv"
    text.write_text(f"{','.join(TRIPLES)}\n{rows}\n", encoding="utf-8")
    assert facts(text) == facts(path)


def test_a_side_car_names_the_columns_of_a_table(tmp_path):
    path = saved(tmp_path / "graph.parquet", {"a": ["Sciatica"], "b": ["hurts"], "c": ["leg pain"]})
    car = "columns: {head: a, relation: b, tail: c}\nrelations: {hurts: symptom}\n"
    (tmp_path / "graph.mapping.yaml").write_text(car, encoding="utf-8")
    assert facts(path) == [("Sciatica", "symptom", "leg pain")]


@pytest.mark.parametrize("kind", ["parquet", "file", "stream"])
def test_a_damaged_table_is_refused_in_a_sentence(tmp_path, kind):
    path = saved(tmp_path / "graph.x", TRIPLES, kind)
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 3])
    with pytest.raises(KnowledgeError, match="that is damaged or cut short") as caught:
        list(reading.read(path, "triples", ReadReport()))
    assert caught.value.remedy
    with pytest.raises(KnowledgeError, match="damaged or cut short"):
        facts(path)  # a stream tells its columns first, so that it is known for what it is


def test_a_table_without_triples_says_what_it_has(tmp_path):
    path = saved(tmp_path / "talks.parquet", TALK)
    with pytest.raises(KnowledgeError, match="it has question, answer") as caught:
        detect.detect_format(path)
    assert "--import" in caught.value.what


def test_without_pyarrow_it_is_said_how_to_get_it(tmp_path, monkeypatch):
    path = saved(tmp_path / "graph.parquet", TRIPLES)
    monkeypatch.setattr(columnar, "is_readable", lambda: False)
    with pytest.raises(KnowledgeError, match="medchat.parquet"):
        detect.detect_format(path)
    for read in (
        lambda: list(reading.read(path, "triples", ReadReport())),
        lambda: list(imported_rows.read_dialogues(imported_rows.ImportedFile(path))),
    ):
        with pytest.raises(KnowledgeError, match="pyarrow, which reads it, is not installed"):
            read()


def test_what_is_not_installed_is_noticed(monkeypatch):
    assert columnar.is_readable()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert not columnar.is_readable()


@pytest.fixture
def snapshot(tmp_path):
    """Give the folder of a data set as the hub has it."""
    folder = tmp_path / "backs"
    saved(folder / "data" / "train-00000-of-00002.parquet", TRIPLES)
    more = {name: values[:1] for name, values in TRIPLES.items()} | {"y_name": ["numb foot"]}
    saved(folder / "data" / "train-00001-of-00002.parquet", more)
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    (folder / "dataset_infos.json").write_text("{}", encoding="utf-8")
    return folder


def test_of_a_folder_of_the_hub_the_data_are_read_and_not_the_card(snapshot):
    report = ReadReport()
    files = detect.find_files([snapshot], report)
    assert [path.suffix for path in files] == [".parquet"] * 2
    assert "numb foot" in [each[2] for path in files for each in facts(path)]
    assert any(hub_folders.PASSED_OVER in reason for reason in report.left_out)
    header = reading.read_header(files[0], "triples")
    assert (header.title, header.licence) == ("Graph of backs", "cc-by-4.0")


def test_a_readme_that_is_no_card_stays_a_document(tmp_path):
    (tmp_path / "README.md").write_text("# Sciatica\n\nIt hurts in the leg.\n", encoding="utf-8")
    assert detect.find_files([tmp_path]) == [tmp_path / "README.md"]
    assert hub_folders.licence_of(tmp_path / "x.csv") == ""


@pytest.mark.parametrize(
    ("header", "licence"),
    [
        ("license: mit", "mit"),
        ("license:\n- apache-2.0", "apache-2.0"),
        ('license: "cc0-1.0"', "cc0-1.0"),
        ("license: other\nlicense_name: clinic-terms", "clinic-terms"),
        ("license: unknown", ""),
        ("tags: [x]", ""),
    ],
)
def test_the_licence_is_that_of_the_card(tmp_path, header, licence):
    (tmp_path / "README.md").write_text(f"---\n{header}\n---\ntext", encoding="utf-8")
    assert hub_folders.licence_of(tmp_path / "data" / "rows.csv") == licence


def test_rows_of_a_folder_are_imported_with_its_licence(tmp_path):
    folder = tmp_path / "talks"
    saved(folder / "train" / "data-00000-of-00001.arrow", TALK, "stream")
    lines = [{"prompt": "Is a stye harmful?", "response": "Rarely; warm it twice a day."}]
    (folder / "test.jsonl").write_text(json.dumps(lines[0]), encoding="utf-8")
    (folder / "dataset_dict.json").write_text('{"splits": ["train"]}', encoding="utf-8")
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    files = imported_rows.files_of(folder)
    assert [each.path.name for each in files] == ["test.jsonl", "data-00000-of-00001.arrow"]
    assert {each.licence for each in files} == {"cc-by-4.0"}
    rows = [lesson for lesson, reason in imported_rows.read_candidates(files) if not reason]
    assert [row.messages[1].content for row in rows] == [lines[0]["response"], TALK["answer"][0]]
    assert imported_rows.files_of(folder, licence="mine")[0].licence == "mine"


def test_a_folder_without_rows_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="holds no file with rows of a data set"):
        imported_rows.files_of(tmp_path)


def test_what_datasets_saves_is_read_as_it_was(tmp_path):
    pytest.importorskip("datasets.load", reason="datasets is not installed: make tools")
    import datasets

    answer = {"role": "assistant", "content": "An inflamed gland.", "seen": {"by": 1}}
    talk = [{"role": "user", "content": "What is a stye?"}, answer]
    source = tmp_path / "rows.jsonl"
    source.write_text(json.dumps({"messages": talk}) + "\n", encoding="utf-8")
    loaded = datasets.load_dataset(
        "json", data_files=str(source), cache_dir=str(tmp_path / "cache")
    )
    loaded.save_to_disk(str(tmp_path / "saved"))
    loaded["train"].to_parquet(str(tmp_path / "hub" / "train.parquet"))
    for folder in ("saved", "hub"):
        (file,) = imported_rows.files_of(tmp_path / folder)
        [(_, dialogue)] = imported_rows.read_dialogues(file)
        assert dialogue.turns == ((talk[0]["content"], talk[1]["content"]),)
