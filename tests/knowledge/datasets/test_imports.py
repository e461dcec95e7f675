"""Imports: each shape by hand and from real files, through the gates, counted apart."""

import json
import os

import pytest
from toy_lessons import opened

from knowledge.datasets.imports import imported_rows
from knowledge.datasets.imports.dialogue_formats import EMPTY, FORMATS, SHOWN, TOOLS, UNPAIRED
from knowledge.datasets.imports.imported_rows import ImportedFile
from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import CatalogBase, connect
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import check

ASKED, SAID = "My knee hurts when I run.", "Rest it for a few days."
AGAIN, MORE = "And if that does not help?", "Then let a doctor see it."
ONE = ((ASKED, SAID),)
TWO = ((ASKED, SAID), (AGAIN, MORE))


@pytest.mark.parametrize(
    ("shape", "row", "turns"),
    [
        ("alpaca", {"instruction": ASKED, "input": "", "output": SAID}, ONE),
        (
            "alpaca",
            {
                "instruction": "If you are a doctor, please answer the medical questions.",
                "input": ASKED,
                "output": SAID,
            },
            ONE,
        ),
        (
            "alpaca",
            {"instruction": AGAIN, "input": "", "output": MORE, "history": [[ASKED, SAID]]},
            TWO,
        ),
        (
            "alpaca",
            {"instruction": f" <user>: {ASKED} <bot>: {SAID} <user>: {AGAIN}", "output": MORE},
            TWO,
        ),
        (
            "alpaca",
            {"instruction": "Sort.", "input": "b, a", "output": "a, b"},
            (("Sort.\nb, a", "a, b"),),
        ),
        ("alpaca-instruct", {"instruct": f" {ASKED}", "output": f" {SAID}"}, ONE),
        ("seed-tasks", {"instruction": ASKED, "instances": [{"input": "", "output": SAID}]}, ONE),
        (
            "sharegpt",
            {
                "conversations": [
                    {"from": "system", "value": "Be kind."},
                    {"from": "human", "value": ASKED},
                    {"from": "gpt", "value": SAID},
                    {"from": "human", "value": AGAIN},
                    {"from": "gpt", "value": MORE},
                ]
            },
            TWO,
        ),
        (
            "sharegpt",
            {"conversations": [{"from": "human", "value": ASKED}, {"from": "observation"}]},
            TOOLS,
        ),
        (
            "disc",
            {
                "_id": "1",
                "conversation": [
                    {"role": "user", "content": ASKED},
                    {"role": "assistant", "content": SAID},
                    {"role": "user", "content": AGAIN},
                ],
            },
            ONE,
        ),
        ("messages", {"messages": [{"role": "assistant", "content": SAID}]}, UNPAIRED),
        ("chatglm", {"prompt": AGAIN, "response": MORE, "history": [[ASKED, SAID]]}, TWO),
        ("chatglm", {"prompt": ASKED, "response": "", "history": []}, EMPTY),
        ("med-chatglm", {"context": f"问题：{ASKED}\n回答: ", "target": SAID}, ONE),
        ("bianque", {"input": f"病人：{ASKED}\\n医生：", "target": SAID}, ONE),
        (
            "bianque",
            {"input": f"病人：{ASKED}\\n医生：{SAID}\\n病人：{AGAIN}\\n医生：", "target": MORE},
            TWO,
        ),
        (
            "bianque",
            {"input": f"生成回复：\n患者：{ASKED}", "target": SAID},
            ((f"生成回复：\n患者：{ASKED}", SAID),),
        ),
        (
            "meddialog",
            {"utterances": [f"patient: {ASKED}", f"doctor: {SAID}", f"patient: {AGAIN}"]},
            ONE,
        ),
        ("meddialog", {"utterances": [ASKED, SAID]}, UNPAIRED),
        (
            "meddialog-zh",
            {
                "dialogue": [
                    {"speaker": "医生", "sentence": "您好"},
                    {"speaker": "病人", "sentence": ASKED},
                    {"speaker": "医生", "sentence": SAID},
                ]
            },
            ONE,
        ),
        (
            "meddialog-zh",
            {
                "dialogue": [
                    {"speaker": "病人", "sentence": "One."},
                    {"speaker": "病人", "sentence": "Two."},
                    {"speaker": "医生", "sentence": SAID},
                ]
            },
            (("One.\nTwo.", SAID),),
        ),
        (
            "huatuogpt",
            {"data": [f"问：{ASKED}", f"答：{SAID}", f"问：{AGAIN}", f"答：{MORE}"]},
            TWO,
        ),
        (
            "moss",
            {
                "chat": {
                    "turn_1": {
                        "Human": f"<|Human|>: {ASKED}<eoh>\n",
                        "Commands": "<|Commands|>: None<eoc>\n",
                        "MOSS": f"<|MOSS|>: {SAID}<eom>\n",
                    }
                }
            },
            ONE,
        ),
        (
            "moss",
            {"chat": {"turn_1": {"Human": ASKED, "Commands": 'Search("knee")', "MOSS": SAID}}},
            TOOLS,
        ),
        ("preference", {"prompt": ASKED, "chosen": SAID, "rejected": "No."}, ONE),
        ("toyhom", {"department": "骨科", "title": ASKED, "ask": "无", "answer": SAID}, ONE),
        ("ptuning", {"content": AGAIN, "summary": MORE, "history": [[ASKED, SAID]]}, TWO),
        ("prompt-completion", {"prompt": ASKED, "completion": SAID}, ONE),
        (
            "prompt-completion",
            {
                "prompt": [
                    {"role": "user", "content": ASKED},
                    {"role": "assistant", "content": SAID},
                    {"role": "user", "content": AGAIN},
                ],
                "completion": [{"role": "assistant", "content": MORE}],
            },
            TWO,
        ),
        ("huatuo-o1", {"Question": ASKED, "Complex_CoT": "A strain?", "Response": SAID}, ONE),
        (
            "preference-turns",
            {
                "conversations": [{"from": "human", "value": ASKED}],
                "chosen": {"from": "gpt", "value": SAID},
                "rejected": {"from": "gpt", "value": "No."},
            },
            ONE,
        ),
        (
            "preference",
            {
                "prompt": [{"role": "user", "content": ASKED}],
                "chosen": [{"role": "assistant", "content": SAID}],
                "rejected": [{"role": "assistant", "content": "No."}],
            },
            ONE,
        ),
        (
            "preference-whole",
            {
                "chosen": [
                    {"role": "user", "content": ASKED},
                    {"role": "assistant", "content": SAID},
                ],
                "rejected": [{"role": "user", "content": ASKED}],
            },
            ONE,
        ),
        ("question-answer", {"Patient": ASKED, "Doctor": SAID, "Description": "knee"}, ONE),
        ("question-answer", {"instruction": ASKED, "chosen": SAID, "rejected": "No."}, ONE),
        ("question-answer", {"问题": ASKED, "回答": SAID}, ONE),
        (
            "sharegpt",
            {
                "conversations": [
                    {"role": "user", "content": [{"type": "text", "text": ASKED}]},
                    {"role": "assistant", "content": SAID},
                ]
            },
            ONE,
        ),
        (
            "messages",
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "image_url", "image_url": {"url": "knee.png"}},
                            {"type": "text", "text": ASKED},
                        ],
                    },
                    {"role": "assistant", "content": SAID},
                ]
            },
            SHOWN,
        ),
        (
            "sharegpt",
            {
                "images": ["knee.png"],
                "conversations": [
                    {"from": "human", "value": f"<image>{ASKED}"},
                    {"from": "gpt", "value": SAID},
                ],
            },
            SHOWN,
        ),
        ("alpaca", {"instruction": ASKED, "output": SAID, "images": [], "audio": None}, ONE),
        ("alpaca", {"instruction": f"{ASKED}\x00", "output": f"\ud83d{SAID}\x07"}, ONE),
        (
            "icliniq",
            {"question": "knee?", "question_text": f"\r\n\t{ASKED}\t", "answer": SAID},
            ONE,
        ),
    ],
)
def test_a_shape_is_recognised_and_read(tmp_path, shape, row, turns):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([row]), encoding="utf-8")
    assert imported_rows.detect_format(path).name == shape
    [(line, talk)] = imported_rows.read_dialogues(ImportedFile(path))
    assert line == 1
    assert (talk if isinstance(turns, str) else talk.turns) == turns


SYSTEM, THOUGHT = "You are a calm physiotherapist.", "Running, so a strain is likely."


@pytest.mark.parametrize(
    ("row", "system", "reasoning"),
    [
        ({"system": SYSTEM, "instruction": ASKED, "output": SAID}, SYSTEM, ""),
        (
            {
                "system": SYSTEM,
                "conversations": [
                    {"from": "human", "value": ASKED},
                    {"from": "gpt", "value": SAID},
                ],
            },
            SYSTEM,
            "",
        ),
        (
            {
                "messages": [
                    {"role": "system", "content": SYSTEM},
                    {"role": "user", "content": ASKED},
                    {"role": "assistant", "content": SAID, "reasoning_content": THOUGHT},
                ]
            },
            SYSTEM,
            THOUGHT,
        ),
        ({"Question": ASKED, "Complex_CoT": THOUGHT, "Response": SAID}, "", THOUGHT),
        ({"prompt": ASKED, "completion": f"<think>\n{THOUGHT}\n</think>\n\n{SAID}"}, "", THOUGHT),
    ],
)
def test_system_text_and_reasoning_stay_with_a_row(tmp_path, row, system, reasoning):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    [(lesson, _)] = imported_rows.read_candidates([ImportedFile(path)])
    told = [(each.role, each.content) for each in lesson.messages]
    assert told == [
        *([("system", system)] if system else []),
        ("user", ASKED),
        ("assistant", SAID),
    ]
    assert lesson.meta.get("reasoning", "") == reasoning


@pytest.mark.parametrize("masks", [True, False])
def test_reasoning_with_personal_data_is_masked_or_dropped(masks):
    from knowledge.datasets.filters import pii
    from knowledge.datasets.imports.dialogue_formats import ImportedDialogue

    thought = "She wrote from ann.lee@example.org about it."
    dialogue = ImportedDialogue(((ASKED, SAID),), "huatuo-o1", "", thought)
    lesson = imported_rows.to_lesson(dialogue, "a.json", 1, "CC0-1.0")
    if masks:
        lesson = pii.mask_lesson(lesson)
        assert lesson.meta["reasoning"] == "She wrote from [e-mail] about it."
    assert pii.check_pii(lesson) == ("" if masks else "personal data: e-mail address")


@pytest.mark.parametrize("kind", ["tsv", "parquet", "json with a last comma"])
def test_containers_of_other_tools_are_read(tmp_path, kind):
    path = tmp_path / f"rows.{kind[:7].strip()}"
    rows = [{"question": ASKED, "answer": SAID}, {"question": AGAIN, "answer": MORE}]
    if kind == "parquet":
        pa = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        turns = [
            [{"role": "user", "content": one["question"]}]
            + [{"role": "assistant", "content": one["answer"]}]
            for one in rows
        ]
        parquet.write_table(pa.table({"messages": turns}), path)
    elif kind == "tsv":
        lines = ["question\tanswer", *(f"{one['question']}\t{one['answer']}" for one in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        path.write_text("[" + "".join(json.dumps(one) + ",\n" for one in rows) + "]")
    found = [talk.turns for _, talk in imported_rows.read_dialogues(ImportedFile(path))]
    assert found == [((ASKED, SAID),), ((AGAIN, MORE),)]


def test_imported_rows_alone_need_no_graph(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'empty.db'}")
    CatalogBase.metadata.create_all(engine)
    path = tmp_path / "talks.json"
    path.write_text(json.dumps(talks(12)), encoding="utf-8")
    options = BuildOptions(styles=("imported",), imports=(ImportedFile(path, licence="CC0-1.0"),))
    report = build.build(engine, 0, tmp_path / "data", options)
    assert report.rows == report.styles["imported"] == 12
    with pytest.raises(KnowledgeError, match="holds no facts"):
        build.build(engine, 0, tmp_path / "other", BuildOptions())


def test_a_file_whose_name_is_no_text_is_imported(tmp_path):
    path = tmp_path / os.fsdecode(b"r\xe9ponses.jsonl")
    path.write_text(json.dumps({"instruction": ASKED, "output": SAID}), encoding="utf-8")
    [(row, reason)] = imported_rows.read_candidates([ImportedFile(path)])
    assert reason == ""
    assert row.meta["imported"].encode() == b"r?ponses.jsonl"


def test_shapes_have_names_of_their_own():
    assert len({shape.name for shape in FORMATS}) == len(FORMATS)


def test_a_row_says_where_it_is_from(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [
        {"prompt": ASKED, "response": SAID},
        {"prompt": "膝盖痛怎么办？", "response": "先休息。"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    one, two = (
        lesson
        for lesson, _ in imported_rows.read_candidates([ImportedFile(path, licence="CC0-1.0")])
    )
    assert one.imported and one.sources == () and one.entities == ()
    assert one.meta == {"imported": "rows.jsonl", "line": 1, "shape": "chatglm"}
    assert (one.language, two.language) == ("en", "zh")
    assert one.licence == "CC0-1.0" and one.id != two.id and one.split_key != two.split_key
    [(other, _), _] = imported_rows.read_candidates([ImportedFile(path)])
    assert other.licence == "none stated" and other.id == one.id


@pytest.mark.parametrize(
    ("text", "format", "where"),
    [
        ('[{"a": 1}]', "", "--import"),
        ("[]", "", "--import"),
        ('[{"prompt": "a", "response": "b"}]', "poem", "--import-format"),
    ],
)
def test_what_has_no_shape_is_refused(tmp_path, text, format, where):
    path = tmp_path / "rows.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        list(imported_rows.read_candidates([ImportedFile(path, format)]))
    assert where in caught.value.where and "alpaca" in caught.value.remedy


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(KnowledgeError, match="cannot be opened"):
        list(imported_rows.read_candidates([ImportedFile(tmp_path / "none.json")]))


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield engine, generation
    engine.dispose()


def talks(count):
    words = ["knee", "hip", "wrist", "ankle", "elbow", "shoulder", "neck", "back", "foot", "thumb"]
    causes = ["running", "swimming", "reading", "cooking", "painting", "climbing", "typing"]
    return [
        {
            "instruction": f"Since {causes[n % 7]} my {words[n % 10]} is stiff {'so ' * n}much.",
            "input": "",
            "output": f"Warm the {words[n % 10]} {'and move it ' * (n % 4)}each day for {n} days",
        }
        for n in range(count)
    ]


def test_imported_rows_pass_the_gates_and_are_counted_apart(graph, tmp_path):
    path = tmp_path / "talks.json"
    rows = talks(12)
    rows += [rows[0], {"instruction": "x", "output": "y"}, {"instruction": "x", "output": 3}]
    rows += [
        {"instruction": "My name is Ann Lee and my hip hurts.", "output": "Rest the hip a while."}
    ]
    path.write_text(json.dumps(rows), encoding="utf-8")
    options = BuildOptions(limit=60, imports=(ImportedFile(path, licence="CC0-1.0"),))
    report = build.build(*graph, tmp_path / "data", options)
    assert report.styles["imported"] == 12 and report.rows == 60
    assert report.dropped["repetition of an earlier row"] == 1
    assert report.dropped["too short"] == 1
    assert report.dropped[EMPTY] == 1
    assert report.dropped["personal data: name"] == 1
    proof = check(*graph, tmp_path / "data")
    assert (proof.rows, proof.proven, proof.imported, proof.faults) == (60, 48, 12, [])
    written = json.loads((tmp_path / "data/report.json").read_text(encoding="utf-8"))
    assert written["proven"] == 48 and written["imported"] == {"talks.json": 12}
    card = (tmp_path / "data/CARD.md").read_text(encoding="utf-8")
    assert "Nothing proves them" in " ".join(card.split())


def test_personal_data_may_be_masked(graph, tmp_path):
    path = tmp_path / "talks.json"
    row = {"instruction": "My name is Ann Lee and my hip hurts.", "output": "Rest the hip a while."}
    path.write_text(json.dumps([row]), encoding="utf-8")
    options = BuildOptions(styles=("imported",), imports=(ImportedFile(path),), personal="mask")
    build.build(*graph, tmp_path / "data", options)
    rows = [
        json.loads(line)
        for name in ("train.jsonl", "validation.jsonl")
        for line in (tmp_path / "data" / name).read_text(encoding="utf-8").splitlines()
    ]
    assert [each["content"] for each in rows[0]["messages"]] == [
        "My name is [name] and my hip hurts.",
        "Rest the hip a while.",
    ]


def test_nothing_that_passes_is_told_with_the_reason(graph, tmp_path):
    path = tmp_path / "talks.json"
    path.write_text(json.dumps([{"instruction": "x", "output": "y"}]), encoding="utf-8")
    options = BuildOptions(styles=("imported",), imports=(ImportedFile(path),))
    with pytest.raises(KnowledgeError, match="None of 1 rows came through .*too short"):
        build.build(*graph, tmp_path / "data", options)
    assert not (tmp_path / "data").exists()


def test_the_mark_of_imported_rows_is_no_way_around_the_proof(graph, tmp_path):
    build.build(*graph, tmp_path / "data", BuildOptions(limit=20, styles=("huatuo",)))
    path = tmp_path / "data" / "train.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows[0]["style"] = "imported"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    faults = [fault.reason for fault in check(*graph, tmp_path / "data").faults]
    assert "an imported row names facts" in faults


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "shapes", "rows", "talks", "longest"),
    [
        ("restricted/instruct_en/alpaca/alpaca_5000.json", {"alpaca"}, 5000, 4998, 1),
        ("restricted/instruct_zh/huatuo_llama_a/llama_data_a.json", {"alpaca"}, 4303, 4303, 1),
        ("restricted/instruct_zh/huatuo_liver_a/liver_cancer_a.json", {"alpaca"}, 500, 500, 5),
        ("restricted/instruct_en/chatdoctor/chatdoctor5k_a.json", {"alpaca"}, 2701, 2701, 1),
        ("restricted/instruct_zh/genmedgpt5k_ch/GenMedGPT-5k-ch.json", {"alpaca"}, 5397, 5397, 1),
        ("open/instruct_en/alpaca_seed/seed_tasks.jsonl", {"seed-tasks"}, 175, 175, 1),
        (
            "restricted/instruct_zh/medicalgpt_sft1k/medical_sft_1K_format.jsonl",
            {"sharegpt"},
            1000,
            1000,
            1,
        ),
        (
            "open/dialogue_zh/cmtmedqa_a/CMtMedQA_test_a.json",
            {"alpaca", "alpaca-instruct"},
            282,
            282,
            6,
        ),
        ("restricted/dialogue_zh/bianque_example/cMedialog_example.csv", {"bianque"}, 128, 128, 1),
        (
            "restricted/dialogue_zh/toyhom_sample/sample_internal_medicine.csv",
            {"toyhom"},
            7644,
            7644,
            1,
        ),
        ("restricted/dialogue_en/icliniq_a/icliniqQAs_a.json", {"icliniq"}, 219, 219, 1),
    ],
)
def test_real_files_are_read_whole(real_data, name, shapes, rows, talks, longest):
    found = list(imported_rows.read_candidates([ImportedFile(real_data / name)]))
    kept = [lesson for lesson, _ in found if lesson]
    assert (len(found), len(kept)) == (rows, talks)
    assert {lesson.meta["shape"] for lesson in kept} == shapes
    turns = max(len(lesson.messages) for lesson in kept) // 2
    assert turns >= longest
    asked = [lesson.messages[-2].content for lesson in kept]
    assert not [text for text in asked if text.startswith(("If you are a doctor", "病人：", " "))]
    assert not [text for text in asked if "<user>" in text or "<bot>" in text]


@pytest.mark.real_data
def test_real_files_lose_little_to_the_gates_but_what_they_should(graph, real_data, tmp_path):
    path = real_data / "restricted/instruct_zh/huatuo_llama_a/llama_data_a.json"
    options = BuildOptions(styles=("imported",), imports=(ImportedFile(path),))
    report = build.build(*graph, tmp_path / "data", options)
    assert report.rows > 0.95 * 4303
    assert report.dropped["leakage of a prompt or a source"] > 30
    assert check(*graph, tmp_path / "data").imported == report.rows
