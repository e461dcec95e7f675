"""Rows that tell the same facts in both languages: how they pair, and what is no pair."""

import json
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from toy_lessons import GRAPH, opened_with

from knowledge.errors import KnowledgeError
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import FILES, check, read_lessons
from knowledge.lessons.parallel_rows import (
    KEY,
    PairsRead,
    are_parallel,
    marked,
    settle_pairs,
    shared_id,
)


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    home = tmp_path_factory.mktemp("parallel")
    (home / "graph.yaml").write_text(GRAPH, encoding="utf-8")
    engine, generation = opened_with(home, home / "graph.yaml")
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def folder(graph, tmp_path_factory):
    made = tmp_path_factory.mktemp("made") / "data"
    build.build(*graph, made, BuildOptions(limit=160, seed=5, parallel=True))
    return made


@pytest.fixture(scope="module")
def pairs(folder):
    found = defaultdict(list)
    for name in FILES:
        for row in read_lessons(folder / name):
            if KEY in row.meta:
                found[row.meta[KEY]].append((name, row))
    return found


def test_both_languages_rest_on_the_same_facts_in_the_same_part(pairs):
    assert len(pairs) > 20
    for key, rows in pairs.items():
        (one_file, one), (other_file, other) = rows
        assert {one.language, other.language} == {"en", "zh"} and one_file == other_file
        assert {s.id for s in one.sources} == {s.id for s in other.sources}
        assert (one.style, one.meta["relation"]) == (other.style, other.meta["relation"])
        assert key == shared_id(one) == shared_id(other)
        assert one.messages[-1].content != other.messages[-1].content


def test_several_styles_are_told_in_both_languages(pairs):
    styles = Counter(rows[0][1].style for rows in pairs.values())
    assert len(styles) >= 4, styles


def test_every_row_of_a_parallel_set_is_proven(graph, folder):
    assert check(*graph, folder).faults == []


def test_rows_of_a_pair_stand_side_by_side(folder):
    for name in FILES:
        keys = [row.meta.get(KEY) for row in read_lessons(folder / name)]
        assert all(
            key is None or key in keys[max(0, place - 1) : place] + keys[place + 1 : place + 2]
            for place, key in enumerate(keys)
        )


def test_the_question_names_the_same_things(pairs):
    # objects are named in the order of the facts, those of the question stand in it
    for rows in pairs.values():
        asked = [
            {
                source.id
                for source, name in zip(row.sources, row.meta["objects"], strict=True)
                if str(name).lower() in row.messages[0].content.lower()
            }
            for _, row in rows
            if row.style == "huatuo" and len(row.sources) == len(row.meta["objects"])
        ]
        assert len({frozenset(each) for each in asked}) <= 1


def test_without_the_option_no_row_is_marked(graph, tmp_path):
    build.build(*graph, tmp_path / "data", BuildOptions(limit=40, seed=5))
    assert all(KEY not in row.meta for row in read_lessons(tmp_path / "data" / "train.jsonl"))


def test_one_language_alone_has_no_pairs():
    with pytest.raises(KnowledgeError, match="both languages"):
        BuildOptions(languages=("zh",), parallel=True)


def halves(pairs, place=0):
    return [row for _, row in list(pairs.values())[place]]


def test_a_row_without_its_other_is_single(pairs):
    one, other = halves(pairs)
    kept = list(settle_pairs([one]))
    assert KEY not in kept[0].meta and kept[0].messages == one.messages
    assert [KEY in row.meta for row in settle_pairs([one, other])] == [True, True]


def test_a_second_pair_of_the_same_id_is_single(pairs):
    rows = halves(pairs)
    assert [KEY in row.meta for row in settle_pairs([*rows, *rows])] == [True, True, False, False]


def test_pairs_are_put_together_over_a_row_between(pairs):
    one, other = halves(pairs)
    between = replace(one, id="x", meta={"relation": "test"})
    assert [row.id for row in settle_pairs([one, between, other])] == ["x", one.id, other.id]


def test_rows_on_other_facts_are_no_pair(pairs):
    one, other = halves(pairs)
    strange = next(
        row for place in range(1, len(pairs)) for row in halves(pairs, place)
        if row.style == one.style and row.language == other.language
    )  # fmt: skip
    assert are_parallel(one, other) and not are_parallel(one, strange)
    assert not are_parallel(one, replace(other, meta={**other.meta, "declined": "test"}))
    read = PairsRead()
    for line, row in enumerate((one, replace(strange, meta={**strange.meta, KEY: one.meta[KEY]}))):
        read.add(row, "train.jsonl", line)
    assert [line for _, line, _, _ in read.faults()] == [0, 1]


def test_a_pair_over_two_parts_of_the_split_is_found(pairs):
    read = PairsRead()
    for name, row in zip(FILES, halves(pairs), strict=True):
        read.add(marked(row), name, 1)
    assert {why for *_, why in read.faults()} == {
        "the two languages stand in different parts of the split"
    }


def test_a_lost_half_is_found_in_a_folder(graph, folder, pairs, tmp_path):
    key = next(key for key, rows in pairs.items() if rows[0][0] == "train.jsonl")
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    lines = (folder / "train.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    gone = next(n for n, line in enumerate(lines) if json.loads(line)["meta"].get(KEY) == key)
    (copy / "train.jsonl").write_text("".join(lines[:gone] + lines[gone + 1 :]), encoding="utf-8")
    reasons = {fault.reason for fault in check(*graph, copy).faults}
    assert "the row has no row, or several, in the other language" in reasons
