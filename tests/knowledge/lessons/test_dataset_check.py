"""Check: sound rows are proven, and each way of tampering with a row is found."""

import hashlib
import json
import re
import shutil

import pytest
from toy_lessons import opened

from knowledge.errors import KnowledgeError
from knowledge.graph.rows import entity_id, fact_id
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import check, lesson_of
from knowledge.lessons.facts.manner import WantedManners

BRIEF = WantedManners(registers=("professional",), lengths=("short",))
SHORT = BuildOptions(styles=("chatdoctor", "huatuo"), manners=BRIEF)
"""Brief answers: many of them are one sentence."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")
    engine, generation = opened(folder)
    build.build(engine, generation, folder / "data", SHORT)
    yield engine, generation, folder / "data"
    engine.dispose()


@pytest.fixture
def built(sound, tmp_path):
    """Give a dataset folder that a test may damage."""
    engine, generation, folder = sound
    shutil.copytree(folder, tmp_path / "data")
    return engine, generation, tmp_path / "data"


def tampered(folder, wanted, change):
    """Change the first fitting row, and mend the manifest so that only the proof can find it."""
    for name in ("train.jsonl", "validation.jsonl"):
        path = folder / name
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for place, row in enumerate(rows):
            if wanted(row):
                change(row)
                lines = [json.dumps(each, ensure_ascii=False) + "\n" for each in rows]
                path.write_text("".join(lines), encoding="utf-8")
                mend(folder, name)
                return name, place + 1
    raise AssertionError("no row fits")


def mend(folder, name):
    manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "MANIFEST.json").write_text(json.dumps(manifest), encoding="utf-8")


def of_rows(report):
    return [fault for fault in report.faults if fault.line]


def says(row, old, new):
    assert old in row["messages"][1]["content"]
    row["messages"][1]["content"] = row["messages"][1]["content"].replace(old, new)


def about(relation, word, language="en"):
    return lambda row: (
        row["language"] == language
        and row["meta"]["relation"] == relation
        and word in row["messages"][1]["content"]
    )


def one_source(relation, word, language="en"):
    return lambda row: (
        about(relation, word, language)(row)
        and len(row["meta"]["support"]) == 1
        and row["style"] == "huatuo"
    )


def with_remark(relation, word, language="en"):
    """Fit rows of one sentence on a fact, and the remark that the list may not be whole."""
    return lambda row: (
        about(relation, word, language)(row)
        and [bool(each) for each in row["meta"]["support"]] == [True, False]
        and row["style"] == "huatuo"
    )


def swap_object(row):
    says(row, "metformin", "colchicine")
    row["meta"]["objects"] = [
        "colchicine" if name == "metformin" else name for name in row["meta"]["objects"]
    ]


def add_foreign(row):
    says(row, "colchicine", "colchicine and warfarin")


def add_foreign_zh(row):
    says(row, "秋水仙碱", "秋水仙碱、华法林")


def remove_fact(row):
    del row["sources"][0]
    row["meta"]["support"] = [
        [index - 1 for index in indices if index] for indices in row["meta"]["support"]
    ]


def remove_fact_and_object(row):
    remove_fact(row)
    del row["meta"]["objects"][0]
    del row["entities"][1]


def change_id(row):
    row["sources"][0]["id"] = "fact:00000000000000000000"


def exchange_id(row):
    row["sources"][0]["id"] = fact_id(
        entity_id("condition", "Gout"), "symptom", entity_id("symptom", "joint pain")
    )


def advise(row):
    objects = " or ".join(row["meta"]["objects"])
    row["messages"][1]["content"] = f"Metformin can be used in {objects}."
    del row["meta"]["support"][1:]


def advise_zh(row):
    row["messages"][1]["content"] = "二甲双胍适用于" + "和".join(row["meta"]["objects"]) + "。"
    del row["meta"]["support"][1:]


def negate(row):
    answer = row["messages"][1]["content"]
    row["messages"][1]["content"] = "These are not symptoms: " + answer


def deny(row):
    says(row, "Yes, ", "No, it is not true that ")


def _treated(found):
    return "treatment" if found[1] == "s" else "Treatment"


def treat(row):
    answer = row["messages"][-1]["content"]
    row["messages"][-1]["content"] = re.sub("(s|S)tatistical(ly)?", _treated, answer)


def raise_dose(row):
    says(row, "2550", "5000")


def other_subject(row):
    says(row, "gout", "asthma")


def other_support(row):
    row["meta"]["support"] = [[] for _ in row["meta"]["support"]]


def other_quote(row):
    row["sources"][0]["quote"] = row["sources"][0]["quote"].replace("Gout", "Asthma")


def other_entities(row):
    row["entities"].append("condition:00000000000000000000")


@pytest.mark.parametrize(
    ("wanted", "change", "reason"),
    [
        (about("first_line", "metformin"), swap_object, "does not state the fact"),
        (about("medicine", "colchicine"), add_foreign, "names 'warfarin'"),
        (about("medicine", "秋水仙碱", "zh"), add_foreign_zh, "names '华法林'"),
        (one_source("symptom", "thirst"), remove_fact, "entities"),
        (one_source("symptom", "thirst"), remove_fact_and_object, "quote of symptom"),
        (about("symptom", "thirst"), change_id, "is not in the graph"),
        (about("symptom", "thirst"), exchange_id, "not about the row's subject"),
        (with_remark("contraindication", "cidosis"), advise, "relation contraindication"),
        (with_remark("contraindication", "酸中毒", "zh"), advise_zh, "relation contraindication"),
        (one_source("symptom", "thirst"), negate, "denies symptom"),
        (lambda row: row["messages"][1]["content"].startswith("Yes, "), deny, "denies"),
        (about("dose_limit", "2550"), raise_dose, "does not state the fact"),
        (one_source("test", "gout"), other_subject, "names 'asthma'"),
        (about("medicine", "colchicine"), other_support, "no fact supports"),
        (about("medicine", "colchicine"), other_quote, "quote"),
        (about("medicine", "colchicine"), other_entities, "entities"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_tampered_row_is_found(built, wanted, change, reason):
    engine, generation, folder = built
    file, line = tampered(folder, wanted, change)
    report = check(engine, generation, folder)
    assert report.proven == report.rows - 1
    [fault] = of_rows(report)
    assert (fault.file, fault.line) == (file, line)
    assert reason in fault.reason


def test_a_statistic_told_as_a_treatment_is_found(sound, tmp_path):
    engine, generation, _ = sound
    folder = tmp_path / "data"
    build.build(engine, generation, folder, BuildOptions(styles=("grounded",)))
    told = re.compile("[Ss]tatistical").search
    file, line = tampered(folder, lambda row: told(row["messages"][-1]["content"]), treat)
    [fault] = of_rows(check(engine, generation, folder))
    assert (fault.file, fault.line) == (file, line)


def test_a_subject_in_both_parts_is_found(built):
    engine, generation, folder = built
    train, held_out = folder / "train.jsonl", folder / "validation.jsonl"
    row = held_out.read_text(encoding="utf-8").splitlines()[0]
    with train.open("a", encoding="utf-8") as stream:
        stream.write(row + "\n")
    mend(folder, "train.jsonl")
    [fault, _] = of_rows(check(engine, generation, folder))
    assert fault.file == "train.jsonl" and "validation part" in fault.reason


def test_facts_must_hold_in_the_generation(built):
    engine, generation, folder = built
    report = check(engine, generation - 1, folder)
    assert report.proven == 0
    assert all("is not in the graph" in fault.reason for fault in of_rows(report))


def test_a_line_that_is_no_lesson_is_found(built):
    engine, generation, folder = built
    with (folder / "validation.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"id": 1}\nnot json\n')
    mend(folder, "validation.jsonl")
    reasons = [fault.reason for fault in of_rows(check(engine, generation, folder))]
    assert reasons == ["the line is no lesson"] * 2


@pytest.mark.parametrize(
    "roles", [[], ["user"], ["assistant", "user"], ["system"], ["user", "assistant", "user"]]
)
def test_a_row_whose_turns_are_no_talk_is_no_lesson(built, roles):
    lines = (built[2] / "train.jsonl").read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[0])
    assert lesson_of(row)
    talk = [{"role": role, "content": "Well?"} for role in roles]
    assert lesson_of({**row, "messages": talk}) is None


def test_files_must_agree_with_the_manifest(built):
    engine, generation, folder = built
    (folder / "alpaca.json").write_text("[]", encoding="utf-8")
    (folder / "CARD.md").unlink()
    faults = check(engine, generation, folder).faults
    assert {(fault.file, fault.line) for fault in faults} == {("CARD.md", 0), ("alpaca.json", 0)}


@pytest.mark.parametrize("missing", ["MANIFEST.json", "train.jsonl"])
def test_a_folder_without_its_parts_is_refused(built, missing):
    engine, generation, folder = built
    (folder / missing).unlink()
    with pytest.raises(KnowledgeError, match=missing):
        check(engine, generation, folder)


def test_a_broken_manifest_is_refused(built):
    engine, generation, folder = built
    (folder / "MANIFEST.json").write_text("{", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="cannot be read"):
        check(engine, generation, folder)


def test_fewer_rows_written_than_kept_and_left_out_are_found(built):
    engine, generation, folder = built
    path, card = folder / "report.json", folder / "CARD.md"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["dropped"], told["dropped_samples"] = {"cut": 3}, {}
    told["seen"] = told["kept"] + 2
    path.write_text(json.dumps(told), encoding="utf-8")
    for name in (path.name, card.name):
        mend(folder, name)
    found = [fault.reason for fault in check(engine, generation, folder).faults]
    assert "the report tells other counts than the rows" in found
