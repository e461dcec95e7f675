"""What workers do with rows, and that it is what is done without them: lines, marks, reading."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select
from toy_lessons import opened

from knowledge.datasets import filtering, row_formats
from knowledge.datasets.filters.near_duplicates import NEAR, NearDuplicateFilter
from knowledge.graph import linker
from knowledge.graph.catalog import NameRow
from knowledge.graph.id_queries import PreparedQuery, raw_rows
from knowledge.lessons import build, row_finishing, workers
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.facts.validation_split import HeldOut
from knowledge.records import Lesson, LessonMessage, LessonSource

FILES = ("train.jsonl", "validation.jsonl", "chatglm.jsonl", "alpaca.json", "preference.jsonl")
ODD = 'He said: "5 µg\\day"\n\t痛风 \u2028 \x7f 😀'


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield engine, generation
    engine.dispose()


def row(*said: str, system: str = "") -> Lesson:
    roles = ("user", "assistant") * len(said)
    told = tuple(LessonMessage(role, text) for role, text in zip(roles, said, strict=False))
    messages = ((LessonMessage("system", system),) if system else ()) + told
    sources = (LessonSource("fact", "fact:1", ODD), LessonSource("passage", "p#1", said[-1]))
    meta = {"relation": "symptom", "support": [[0], [1]], "objects": [ODD]}
    rest = ("condition:1", "CC0-1.0", meta)
    return Lesson("huatuo-en-1", messages, "en", "huatuo", sources, ("condition:1", ODD), *rest)


ROWS = [row("How?", "So."), row(ODD, ODD, "And then?", ODD), row("Why?", ODD, system="Be brief.")]


@pytest.mark.parametrize("lesson", ROWS)
def test_lines_are_those_of_json(lesson):
    spoken = [each.content for each in lesson.messages if each.role != "system"]
    pairs = list(zip(spoken[::2], spoken[1::2], strict=True))
    marks = {"language": "en", "style": "huatuo", "licence": "CC0-1.0"}
    own, chatglm, chat, alpaca, sharegpt = (
        text.decode() for text in row_formats.encode_all(lesson, held_out=False)
    )
    raw = json.loads(own)
    assert own == json.dumps(raw, ensure_ascii=False) + "\n"
    assert raw == {
        "id": lesson.id,
        "messages": [{"role": each.role, "content": each.content} for each in lesson.messages],
        "language": "en",
        "style": "huatuo",
        "sources": [
            {"kind": each.kind, "id": each.id, "quote": each.quote} for each in lesson.sources
        ],
        "entities": list(lesson.entities),
        "split_key": "condition:1",
        "licence": "CC0-1.0",
        "meta": lesson.meta,
    }
    turns = [
        {
            "id": lesson.id,
            "prompt": question,
            "response": answer,
            "history": [list(each) for each in pairs[:place]],
            **marks,
        }
        for place, (question, answer) in enumerate(pairs)
    ]
    assert chatglm == "".join(json.dumps(turn, ensure_ascii=False) + "\n" for turn in turns)
    system = "Be brief." if lesson.messages[0].role == "system" else ""
    assert json.loads(alpaca) == {
        "id": lesson.id,
        "instruction": spoken[-2],
        "input": "",
        "output": spoken[-1],
        "history": [list(pair) for pair in pairs[:-1]],
        "system": system,
        **marks,
    }
    shared = json.loads(sharegpt)
    assert [turn["value"] for turn in shared.pop("conversations")] == spoken
    assert shared == {"id": lesson.id, "tools": "", "system": system, **marks}
    talk = {"id": lesson.id, "messages": raw["messages"], "tools": "null", **marks}
    assert chat == json.dumps(talk, ensure_ascii=False) + "\n"


def test_a_row_held_out_has_its_own_line_alone():
    assert (
        row_formats.encode_all(ROWS[0], held_out=True)
        == row_formats.encode_all(ROWS[0], held_out=False)[:1]
    )


def test_rows_travel_whole_and_a_changed_one_keeps_nothing_that_was_worked_out():
    done = row_finishing.RowFinisher(filtering.stateless_filters(), HeldOut(""))(
        [(row("How is gout treated?", "With colchicine, as a rule."), ""), (None, "capped")]
    )
    (sent, reason), left_out = row_finishing.unpack(row_finishing.pack(done))
    assert left_out == (None, "capped")
    assert (sent, reason) == done[0] and sent.prepared == done[0][0].prepared
    assert sent.prepared.lines == row_formats.encode_all(sent, held_out=False)
    assert replace(sent, id="another").prepared is None


def test_a_gate_drops_a_row_where_it_is_written():
    done = row_finishing.RowFinisher(filtering.stateless_filters(), HeldOut(""))(
        [(row("How?", "So."), "")]
    )
    assert done[0][1] == "too short" and done[0][0].prepared is None


def test_near_duplicates_are_told_alike_whether_a_row_was_worked_out_or_not():
    first = row("How is gout treated in the hospital?", "With colchicine and with naproxen.")
    again = row("How is gout treated in the hospital?", "With colchicine and with naproxen!")
    other = row("Which tests are done for asthma?", "Spirometry is the first of them.")
    apart = NearDuplicateFilter()([first, again, other])
    row_finishing.RowFinisher((), HeldOut(""))([(again, "")])
    assert again.prepared is not None
    assert NearDuplicateFilter()([first, again, other]) == apart == ["", NEAR, ""]


@pytest.mark.parametrize("copied", [True, False])
def test_processes_that_are_copies_and_those_that_are_not_give_the_same_bytes(
    graph, tmp_path, monkeypatch, copied
):
    build.build(*graph, tmp_path / "one", BuildOptions(seed=3))
    monkeypatch.setattr(workers, "_can_fork", lambda engine: copied)
    build.build(*graph, tmp_path / "two", BuildOptions(seed=3, workers=2))
    for name in (*FILES, "sharegpt.json", "report.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_prepared_query_gives_what_a_plain_one_gives(graph):
    engine, _ = graph
    whole = select(NameRow.entity_id, NameRow.text).order_by(NameRow.id)
    with engine.connect() as connection:
        every = list(raw_rows(connection, whole))
        assert every == [tuple(each) for each in connection.execute(whole)]
        ids = list(dict.fromkeys(id for id, _ in every))

        def worded(places):
            return select(NameRow.entity_id, NameRow.text).where(NameRow.entity_id.in_(places))

        for most in (1, 7, len(ids), 3 * len(ids)):
            found = list(PreparedQuery(engine, worded, most).rows(connection, ids))
            assert sorted(found) == sorted(every)
        assert list(PreparedQuery(engine, worded, 7).rows(connection, [])) == []


@pytest.mark.parametrize(
    "text",
    [
        "2型糖尿病的症状包括口渴、尿频和乏力，可用二甲双胍。",
        "哮喘\n（COPD）痛风，哮喘2型糖尿病",
        "Type 2 diabetes (T2DM) causes thirst. T2DM, gout, and asthma; metformin",
        "Gout, asthma. Asthma and gout; gout",
        "",
    ],
)
def test_names_are_found_alike_the_first_time_and_again(graph, text):
    asked = linker.load(*graph)
    expected = asked._spans(text, False, {})
    assert [tuple(span) for span in asked.spans(text)] == expected
    assert [tuple(span) for span in asked.spans(text)] == expected


def test_the_made_up_graph_of_the_benchmark_feeds_rows_in_both_languages(tmp_path):
    from made_graph import fill_graph

    engine = fill_graph(tmp_path, 20)
    report = build.build(engine, 1, tmp_path / "data", BuildOptions(limit=300))
    assert report.rows == 300 and min(report.languages.values()) > 100
    engine.dispose()
