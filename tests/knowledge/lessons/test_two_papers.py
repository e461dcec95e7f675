"""Two papers side by side: what each states, whether they agree, and what is proven of it."""

import random
from dataclasses import replace

import pytest
from toy_lessons import opened_with

from knowledge.datasets.row_ids import id_of
from knowledge.graph.linker import KnownName, Linker
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import check
from knowledge.lessons.facts.paper_findings import Finding, read_findings, verdict
from knowledge.lessons.facts.study_parts import Abstract, Told
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.styles import two_papers
from knowledge.lessons.verify.prover import Prover
from knowledge.records import LessonMessage, Passage

NAMES = [
    KnownName(id, kind, text, text.lower(), language, True)
    for id, kind, text, language in (
        ("medicine:a", "medicine", "zorafen", "en"), ("medicine:a", "medicine", "佐拉芬", "zh"),
        ("condition:b", "condition", "corvitis", "en"),
        ("condition:b", "condition", "科维炎", "zh"),
    )
]  # fmt: skip
LINKER = Linker(NAMES)

READINGS = {
    "up": (
        "Zorafen was associated with an increased risk of corvitis.",
        "We found that zorafen treatment significantly increased the incidence of corvitis in men.",
        "Patients with zorafen had a higher risk of corvitis.",
        "佐拉芬可明显增加科维炎的发生风险。",
        "佐拉芬是科维炎的独立危险因素。",
    ),
    "down": (
        "Zorafen significantly reduced the risk of corvitis (P = 0.01).",
        "The use of zorafen was associated with a lower rate of corvitis.",
        "结果 佐拉芬能有效降低科维炎发生率,差异有统计学意义(P<0.05)。",
    ),
    "not down": (
        "Zorafen did not reduce the incidence of corvitis.",
        "佐拉芬未能降低科维炎的发生率。",
    ),
    "not up": ("Zorafen did not increase the risk of corvitis in children.",),
    "linked": ("Zorafen was strongly associated with corvitis.", "佐拉芬与科维炎密切相关。"),
    "not linked": (
        "Zorafen was not associated with corvitis.",
        "There was no significant association between zorafen and corvitis.",
        "佐拉芬与科维炎的发生无明显相关。",
    ),
    "": (
        "Whether zorafen reduced the risk of corvitis was studied at higher doses.",
        "Zorafen may be associated with an increased risk of corvitis.",
        "Lack of zorafen was associated with an increased risk of corvitis.",
        "Zorafen reduced corvitis mortality.",
        "Zorafen deficiency was associated with an increased risk of corvitis.",
        "Zorafen reduced the risk of corvitis, but not after a year.",
        "Stopping zorafen increased the risk of corvitis.",
        "Non-zorafen treatment reduced the risk of corvitis.",
        "Zorafen improved the symptoms of corvitis.",
        "佐拉芬可能降低科维炎的发生率。",
        "未用佐拉芬降低科维炎发生率的效果有限。",
        "停用佐拉芬增加科维炎的风险。",
        "佐拉芬降低科维炎死亡率。",
    ),
}


def finding(text):
    language = "zh" if any("\u4e00" <= sign <= "\u9fff" for sign in text) else "en"
    passage = Passage("p#1", "p", text, 0, len(text), "", language)
    abstract = Abstract(language, (Told(text, passage, "result"),), {})
    found = list(read_findings(abstract, LINKER))
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("reading", "text"), [(reading, text) for reading, of in READINGS.items() for text in of]
)
def test_a_statement_is_read_only_where_its_words_leave_no_doubt(reading, text):
    found = finding(text)
    assert (found.reading if found else "") == reading


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("up", "up", "agree"), ("down", "down", "agree"), ("linked", "linked", "agree"),
        ("not linked", "not linked", "agree"), ("up", "down", "differ"), ("up", "not up", "differ"),
        ("down", "not down", "differ"), ("linked", "not linked", "differ"),
        ("not up", "not down", "open"), ("up", "not down", "open"), ("linked", "up", "open"),
        ("", "up", "open"), ("", "", "open"),
    ],
)  # fmt: skip
def test_verdicts(one, other, expected):
    def of(reading):
        text = READINGS[reading][0] if reading else "Zorafen is compared with corvitis."
        return replace(finding(text), reading=reading)

    assert verdict(of(one), of(other)) == verdict(of(other), of(one)) == expected


def test_what_one_does_to_the_other_is_not_turned_round():
    one = finding(READINGS["up"][0])
    turned = finding("Corvitis was associated with an increased risk of zorafen.")
    assert turned.reading == "up" and verdict(one, turned) == "open"
    linked = finding("There was a significant association between corvitis and zorafen.")
    assert verdict(finding(READINGS["linked"][0]), linked) == "agree"


def test_a_sentence_that_names_the_two_and_states_nothing_is_none():
    assert finding("Zorafen and corvitis were in the title.") is None


GRAPH = """\
format: medchat-records
title: Invented
licence: CC0-1.0
source: Written for the tests.
records:
- kind: medicine
  en: [zorafen]
  zh: [佐拉芬]
- kind: condition
  en: [corvitis]
  zh: [科维炎]
  medicine: ["zorafen = 佐拉芬"]
"""
ABSTRACT = {
    "en": "Little is known of a rare illness. We studied {n} adults in {t} towns for two years. "
    "{said} The effect was seen early. In conclusion, it is rare. {subject}",
    "zh": "目的 探讨一种少见病的预后。方法 选取{n}例成人,随访{t}年。结果 {said} "
    "随访结束时多数人已停药。结论 {subject}",
}
SAID = {
    "en": [READINGS["down"][0], READINGS["down"][1], READINGS["not down"][0], READINGS["up"][0]],
    "zh": [
        "佐拉芬可明显增加科维炎的发生风险。",
        "佐拉芬是科维炎的独立危险因素。",
        "佐拉芬与科维炎的疗效均已记录。",
    ],
}
SUBJECT = {
    "en": "Zorafen needs to be weighed against other medicines by those who give it.",
    "zh": "佐拉芬值得与其他药物一同权衡,由开药者决定。",
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    home = tmp_path_factory.mktemp("two")
    (home / "graph.yaml").write_text(GRAPH, encoding="utf-8")
    titles = {"en": "A long look at zorafen, part {n}", "zh": "佐拉芬用药情况的随访研究之{n}"}
    entries = [
        f"TY  - JOUR\nTI  - {titles[language].format(n=n)}\nAB  - "
        f"{ABSTRACT[language].format(n=60 + n, t=n + 2, said=said, subject=SUBJECT[language])}"
        f"\nLA  - {language}\n"
        f"AN  - {language}{n}{again}\nER  - \n"
        for language, every in SAID.items()
        for again in (0, 1)
        for n, said in enumerate(every, 1 + again * len(every))
    ]
    (home / "papers.ris").write_text("\n".join(entries), encoding="utf-8")
    engine, generation = opened_with(home, home / "graph.yaml", home / "papers.ris")
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def rows(graph):
    source = PageSources(*graph).by_kind["paper pairs"]
    return [
        row
        for language in ("en", "zh")
        for page, _ in source.pages(source.ids(language), language)
        for topic in two_papers.topics(page)
        for seed in range(8)
        if (row := two_papers.write(page, topic, "lines", random.Random(seed)))
    ]


@pytest.fixture(scope="module")
def prover(graph):
    return Prover(*graph)


def test_papers_on_the_same_two_are_set_side_by_side(rows, prover):
    assert {row.language for row in rows} == {"en", "zh"}
    assert {row.meta["relation"] for row in rows} == {"agree", "differ", "open"}
    assert [fault for fault in prover.faults(rows) if fault] == []
    for row in rows:
        assert len({source.id.partition("#")[0] for source in row.sources}) == 2


def test_a_build_of_such_rows_is_proven(graph, tmp_path):
    build.build(*graph, tmp_path / "data", BuildOptions(("two-papers",), limit=6))
    assert check(*graph, tmp_path / "data").faults == []


def changed(row, old, new, place=-1):
    messages = list(row.messages)
    text = messages[place].content
    if old not in text:
        return None
    messages[place] = LessonMessage(messages[place].role, text.replace(old, new, 1))
    other = replace(row, messages=tuple(messages))
    return replace(other, id=id_of(other))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("two agree", "two do not agree", -1), ("一致", "相反", -1), ("not agree", "agree", -1),
        ("reduced", "increased", -1), ("lower", "higher", -1), ("增加", "降低", -1),
        ("Zorafen", "Corvitis", -1), ("佐拉芬", "科维炎", -1), ("[2]", "[1]", -1),
        ("The first", "The second", -1), ("第一篇", "第二篇", -1), ("corvitis", "gout", 0),
        ("adults", "children", 0), ("成人", "儿童", 0), ("part", "portion", 0),
    ],
)  # fmt: skip
def test_a_changed_row_is_found(rows, prover, old, new, place):
    wrong = [each for row in rows if (each := changed(row, old, new, place))]
    assert wrong and all(prover.faults(wrong))


def test_another_verdict_is_found(rows, prover):
    agreeing = [row for row in rows if row.meta["relation"] == "agree"]
    for said in ("differ", "open"):
        wrong = [replace(row, meta={**row.meta, "relation": said}) for row in agreeing]
        assert all(prover.faults(wrong))


def test_papers_exchanged_are_found(rows, prover):
    wrong = [replace(row, sources=row.sources[::-1]) for row in rows]
    wrong += [replace(row, sources=(row.sources[0], row.sources[0])) for row in rows]
    assert all(prover.faults(wrong))


def test_a_finding_is_hashable_and_compared_by_what_it_states():
    assert isinstance(finding(READINGS["up"][0]), Finding)
