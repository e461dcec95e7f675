"""Lessons: rows in every style and language, proven, mixed, split, and the same for a seed."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from toy_lessons import opened

from knowledge.errors import KnowledgeError
from knowledge.graph import verbalize
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import check
from knowledge.lessons.facts.fact_licences import least_restrictive
from knowledge.lessons.pages.entity_pages import EntityPages
from knowledge.lessons.realize import realizer, usable_names
from knowledge.lessons.topic_quotas import CAPPED, TOLD_BEFORE
from knowledge.records import Entity, Name
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import INVERSE, RELATIONS

CJK = re.compile("[\u3400-\u9fff]")
STYLES = ("chatdoctor", "huatuo")
"""The first two styles; the others have tests of their own."""
ADVICE = re.compile(
    r"treat|therap|prescri|recommend|first-line|medicine|治疗|首选|用药|疗法", re.IGNORECASE
)


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def whole(graph, tmp_path_factory):
    """Give the folder of a build without a limit, and its report."""
    folder = tmp_path_factory.mktemp("whole") / "data"
    return folder, build.build(*graph, folder, BuildOptions(styles=STYLES))


def rows_of(folder, *names):
    names = names or ("train.jsonl", "validation.jsonl")
    return [
        json.loads(line)
        for name in names
        for line in (folder / name).read_text(encoding="utf-8").splitlines()
    ]


def test_rows_of_every_style_and_language_are_proven(graph, whole):
    folder, report = whole
    assert report.rows == report.train + report.validation > 200
    assert set(report.styles) == {"chatdoctor", "huatuo"}
    assert set(report.languages) == {"en", "zh"}
    proof = check(*graph, folder)
    assert (proof.rows, proof.proven, proof.faults) == (report.rows, report.rows, [])


def test_a_row_has_the_shape_of_the_contract(whole):
    folder, _ = whole
    for row in rows_of(folder):
        assert list(row) == [
            "id",
            "messages",
            "language",
            "style",
            "sources",
            "entities",
            "split_key",
            "licence",
            "meta",
        ]
        assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
        assert all(source["kind"] == "fact" and source["quote"] for source in row["sources"])
        assert len({source["id"] for source in row["sources"]}) == len(row["sources"])
        assert row["entities"][0] == row["split_key"]
        answer = row["messages"][1]["content"]
        assert len(row["meta"]["support"]) == len(sentence_spans(answer))
        used = {index for indices in row["meta"]["support"] for index in indices}
        assert used == set(range(len(row["sources"])))
        assert all(name.lower() in answer.lower() for name in row["meta"]["objects"])
        assert bool(CJK.search(answer)) == (row["language"] == "zh")


def test_quotes_hold_what_the_answer_says(whole):
    folder, _ = whole
    for row in rows_of(folder):
        evidence = " ".join(source["quote"] for source in row["sources"]).lower()
        assert all(name.lower() in evidence for name in row["meta"]["objects"])
        numbers = re.findall(r"\d+", row["messages"][1]["content"])
        assert all(number in evidence for number in numbers)


def test_statistics_are_told_only_where_their_line_is_shown(whole, graph, tmp_path):
    folder, _ = whole
    assert not [row for row in rows_of(folder) if tells_statistics(row)]
    build.build(*graph, tmp_path / "data", BuildOptions(styles=("grounded",)))
    rows = rows_of(tmp_path / "data")
    about = [row for row in rows if tells_statistics(row) and row["meta"]["objects"]]
    assert about
    for row in about:
        answer = row["messages"][-1]["content"]
        assert re.search("statistic|associat|correlat", answer)
        assert not ADVICE.search(answer)


def tells_statistics(row):
    return any("statistically" in source["quote"] for source in row["sources"])


def test_the_parts_share_no_subject(whole):
    folder, _ = whole
    train = {row["split_key"] for row in rows_of(folder, "train.jsonl")}
    held_out = {row["split_key"] for row in rows_of(folder, "validation.jsonl")}
    assert train and held_out and not train & held_out


def test_the_same_seed_gives_the_same_bytes(graph, tmp_path):
    for name, seed, workers in (("a", 1, 1), ("b", 1, 1), ("c", 2, 1), ("d", 1, 2)):
        build.build(*graph, tmp_path / name, BuildOptions(limit=60, seed=seed, workers=workers))
    a, b, c, d = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "abcd"
    )
    assert a == b == d
    assert a["train.jsonl"] != c["train.jsonl"]


def test_a_limit_gives_a_cross_section(graph, tmp_path):
    report = build.build(*graph, tmp_path / "data", BuildOptions(limit=40, styles=STYLES))
    rows = rows_of(tmp_path / "data")
    assert report.rows == len(rows) == 40
    assert report.validation
    assert Counter(row["language"] for row in rows) == {"en": 20, "zh": 20}
    assert Counter(row["style"] for row in rows) == {"chatdoctor": 20, "huatuo": 20}
    assert len({row["split_key"] for row in rows}) >= 7
    assert max(report.relations.values()) <= 16


def test_questions_and_answers_are_worded_in_many_ways(whole):
    folder, _ = whole
    rows = rows_of(folder)
    questions = [row["messages"][0]["content"] for row in rows]
    assert len(set(questions)) > 0.9 * len(questions)
    for language, length in (("en", 12), ("zh", 4)):
        own = [row["messages"][0]["content"] for row in rows if row["language"] == language]
        openings = Counter(question[:length] for question in own)
        assert openings.most_common(1)[0][1] < 0.2 * len(own)


@pytest.mark.parametrize(
    ("values", "flag"),
    [
        ({"styles": ["poem"]}, "--style"),
        ({"styles": []}, "--style"),
        ({"languages": ["fr"]}, "--language"),
        ({"limit": 0}, "--limit"),
        ({"workers": 0}, "--workers"),
        ({"engine": "steam"}, "--engine"),
        ({"personal": "print"}, "--personal"),
    ],
)
def test_wrong_options_are_refused(values, flag):
    with pytest.raises(KnowledgeError) as caught:
        BuildOptions(**values)
    assert caught.value.where == flag and caught.value.remedy


def test_an_empty_graph_is_told_in_a_sentence(engine, tmp_path):
    with pytest.raises(KnowledgeError, match="holds no facts"):
        build.build(engine, 1, tmp_path / "data")
    assert not list(tmp_path.glob("*data*"))


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("痛风", True),
        ("Crohn's disease", True),
        ("三怕(水声、风)现象", True),
        ("枸橼酸西地那非...", False),
        ("枸橼酸西地那非…", False),
        ("肺炎[详细]", False),
        ("['Fever'", False),
        ("Ullrich\\xe2", False),
        ("骨与关节(MRI", False),
        ("痛", False),
        ("为主", False),
        ("多休息。多喝水", False),
    ],
)
def test_debris_is_no_name(text, fits):
    assert usable_names.is_usable_name(text) is fits


@pytest.mark.parametrize(
    ("names", "language", "said"),
    [
        ((("Gout", "en"), ("痛风", "zh")), "zh", "痛风"),
        ((("Gout", "en"),), "zh", ""),
        ((("MRI", "en"),), "zh", "MRI"),
        ((("HbA1c", "en"), ("糖化血红蛋白", "zh")), "zh", "糖化血红蛋白"),
        ((("痛风", "zh"),), "en", ""),
        ((("痛风…", "zh"), ("痛风性关节炎", "zh")), "zh", "痛风性关节炎"),
    ],
)
def test_names_stay_within_their_language(names, language, said):
    entity = Entity("x:1", "condition", tuple(Name(*name) for name in names))
    assert usable_names.choose_name(entity, language) == said


def test_every_relation_can_be_told():
    told = {relation.removesuffix(INVERSE) for relation in realizer.stated_relations("zh")}
    assert told == set(RELATIONS)
    assert {relation.removesuffix(INVERSE) for relation in realizer.stated_relations("en")} == told


def test_a_page_speaks_its_language_only(graph):
    known = EntityPages(*graph)
    for language in ("en", "zh"):
        for page in known.pages(known.ids(language), language):
            assert bool(CJK.search(page.name)) == (language == "zh")
            for relation, items in page.groups.items():
                line = verbalize.evidence_line(
                    page.name,
                    relation.removesuffix(INVERSE),
                    [item.text for item in items],
                    language,
                )
                assert bool(CJK.search(line)) == (language == "zh")


@pytest.mark.parametrize(
    ("licences", "freest"),
    [
        (["none stated", "CC0-1.0"], "CC0-1.0"),
        (["CC-BY-NC-4.0", "CC-BY-4.0"], "CC-BY-4.0"),
        (["CC-BY-4.0", "unknown"], "CC-BY-4.0"),
        (["unknown"], "unknown"),
    ],
)
def test_the_freest_licence_counts(licences, freest):
    assert least_restrictive(licences) == freest


@pytest.mark.real_data
def test_real_disease_records_give_proven_rows(engine, home, real_data, tmp_path):
    import knowledge.ingest.starter
    from knowledge.ingest import updates

    whole = (real_data / "restricted/kg_zh/medicalgraph_a/disease_a.csv").read_bytes()
    path = tmp_path / "disease.csv"
    path.write_bytes(b"\n".join(whole.split(b"\n")[:400]))
    starter = Path(knowledge.ingest.starter.__file__).parent
    generation = updates.add(engine, home, [path, starter / "medicines_a.yaml"]).generation
    report = build.build(engine, generation, tmp_path / "data", BuildOptions(limit=600))
    assert report.rows == 600
    unsound = [n for reason, n in report.dropped.items() if reason not in (CAPPED, TOLD_BEFORE)]
    assert sum(unsound) < 0.02 * report.rows
    text = (tmp_path / "data" / "train.jsonl").read_text(encoding="utf-8")
    assert not [mark for mark in ("[详细]", "...", "…", "\\\\x", "['") if mark in text]
    proof = check(engine, generation, tmp_path / "data")
    assert proof.proven == proof.rows == 600


def test_few_rows_tell_of_every_entity_at_least_once(graph, tmp_path):
    folder = tmp_path / "data"
    build.build(*graph, folder, BuildOptions(styles=("grounded", "overview"), limit=60))
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    told = {row["split_key"] for row in rows_of(folder)}
    assert len(told) == report["entities"] == report["entities_known"] > 10


def test_no_entity_counts_whose_facts_all_cross_the_split(graph):
    engine, generation = graph
    all_subjects = EntityPages(engine, generation)
    for language in ("en", "zh"):
        ids = all_subjects.ids(language)
        assert [page.id for page in all_subjects.pages(ids, language)] == ids
