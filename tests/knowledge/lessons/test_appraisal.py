"""Rows on the abstracts of studies: what is told, what an abstract is silent on, what is proven."""

import random
from dataclasses import replace

import pytest
from toy_lessons import opened_with

from knowledge.datasets.row_ids import id_of
from knowledge.lessons.facts import study_parts
from knowledge.lessons.facts.study_parts import PARTS, TOPICS
from knowledge.lessons.pages.document_pages import DocumentPages
from knowledge.lessons.styles import appraisal
from knowledge.lessons.verify.prover import Prover
from knowledge.records import LessonMessage

TRIAL = (
    "Nobody knows whether honey calms a night cough. We enrolled 84 children with a cold in three "
    "villages. They were randomly assigned to honey or to a placebo syrup for three nights. The "
    "primary outcome was the cough score on the second night. The score fell by 2.1 points with "
    "honey and by 1.9 points with syrup (P = 0.61). {last}"
)
LIMITED = "The study was limited by its short duration, and larger trials are needed."
SILENT = "Honey was no better than syrup."
CHINESE = (
    "目的 观察蜂蜜对夜间咳嗽的疗效。方法 选取84例感冒患儿,随机分为两组。"
    "观察组给予蜂蜜,对照组给予安慰剂糖浆,连用三晚。"
    "记录两组第二晚的咳嗽评分变化。结果 观察组评分下降2.1分,对照组下降1.9分(P>0.05)。结论 {last}"
)
LIMITED_ZH = "本研究样本量较小,有待进一步研究。"
SILENT_ZH = "蜂蜜的疗效与糖浆相当。"
PAPERS = {
    "en-limited": ("Honey for night cough in children", TRIAL.format(last=LIMITED), "en"),
    "en-silent": ("Honey against syrup at night", TRIAL.format(last=SILENT), "en"),
    "zh-limited": ("蜂蜜治疗儿童夜间咳嗽", CHINESE.format(last=LIMITED_ZH), "zh"),
    "zh-silent": ("蜂蜜与糖浆的比较", CHINESE.format(last=SILENT_ZH), "zh"),
    "en-none": (
        "A letter on honey",
        "Honey is sweet, and all people in town like it. Bees make it. We sell it. It keeps.",
        "en",
    ),
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    home = tmp_path_factory.mktemp("papers")
    entries = [
        f"TY  - JOUR\nTI  - {title}\nAB  - {text}\nLA  - {language}\nAN  - {key}\nER  - \n"
        for key, (title, text, language) in PAPERS.items()
    ]
    (home / "papers.ris").write_text("\n".join(entries), encoding="utf-8")
    engine, generation = opened_with(home, home / "papers.ris")
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def pages(graph):
    sources = DocumentPages(*graph)
    found = {}
    for language in ("en", "zh"):
        for page, _ in sources.pages(sources.ids(language), language):
            key = next(key for key, paper in PAPERS.items() if paper[0] == page.name)
            found[key] = page
    return found


@pytest.fixture(scope="module")
def prover(graph):
    return Prover(*graph)


def rows(page, topic, many=6):
    written = [appraisal.write(page, topic, "lines", random.Random(seed)) for seed in range(many)]
    assert all(written)
    return written


def every_row(pages):
    return [
        row
        for page in pages.values()
        for topic in appraisal.topics(page)
        for row in rows(page, topic)
    ]


def answer(row):
    return row.messages[-1].content


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("en-limited", {
            "population": "84 children", "intervention": "honey or to a placebo",
            "comparison": "placebo syrup", "outcome": "primary outcome", "design": "randomly",
            "size": "84 children", "limits": "short duration",
        }),
        ("zh-limited", {
            "population": "84例感冒患儿", "intervention": "给予蜂蜜", "comparison": "安慰剂糖浆",
            "outcome": "咳嗽评分", "design": "随机分为两组", "size": "84例", "limits": "样本量较小",
        }),
    ],
)  # fmt: skip
def test_each_part_is_read_where_it_stands(pages, key, words):
    abstract = study_parts.read(pages[key].passages)
    told = {part: abstract.sentences[abstract.places[part]].text for part in PARTS}
    assert all(words[part] in told[part] for part in PARTS), told


@pytest.mark.parametrize("key", ["en-silent", "zh-silent"])
def test_an_abstract_without_limits_is_said_to_be_silent(pages, key, prover):
    for row in rows(pages[key], "appraisal"):
        assert any(word in answer(row) for word in ("limits", "局限"))
        assert "limits and open points" not in answer(row)
    assert prover.faults(rows(pages[key], "appraisal")) == [""] * 6


def test_what_is_neither_told_nor_passed_over_is_not_asked_for(pages):
    text = "However, the score was hard to rate."
    page = pages["en-silent"]
    last = page.passages[-1]
    end = last.start + len(last.text) + len(text) + 1
    longer = replace(last, text=f"{last.text} {text}", end=end)
    abstract = study_parts.read((*page.passages[:-1], longer))
    assert abstract.places["limits"] is None and not abstract.is_silent("limits")
    assert not study_parts.answerable(abstract, "appraisal")


def test_a_text_that_is_no_study_is_asked_nothing(pages):
    assert appraisal.topics(pages["en-none"]) == {}


def test_an_abstract_with_a_gap_is_not_read(pages):
    first, *rest = pages["en-limited"].passages
    moved = [replace(each, start=each.start + 9, end=each.end + 9) for each in rest or [first]]
    assert study_parts.read((first, *moved)) is None


def test_a_full_text_is_asked_for_its_abstract_alone(pages):
    (whole,) = pages["en-limited"].passages
    own = replace(whole, section="Abstract")
    end = own.end + 2
    body = replace(whole, text="We also fed bees.", start=end, end=end + 17, section="Methods")
    read = study_parts.read((own, body))
    assert [each.text for each in read.sentences] == [
        each.text for each in study_parts.read((whole,)).sentences
    ]


def test_a_sentence_with_quotation_marks_of_its_own_is_not_quoted(pages):
    (whole,) = pages["en-limited"].passages
    text = whole.text.replace("84 children", "84 “healthy” children")
    read = study_parts.read((replace(whole, text=text, end=whole.start + len(text)),))
    assert read is not None and read.places["population"] is None


def test_every_row_is_proven_in_both_languages(pages, prover):
    written = every_row(pages)
    assert {(row.language, row.meta["relation"]) for row in written} >= {
        (language, topic)
        for language in ("en", "zh")
        for topic in TOPICS
        if topic not in ("groups", "limits", "population")
    }
    assert [fault for fault in prover.faults(written) if fault] == []


def test_quotations_stand_word_for_word_in_their_lines(pages):
    for row in every_row(pages):
        for source in row.sources:
            words = study_parts.quotation(source.quote)
            line = next(
                each for each in row.messages[0].content.split("\n") if source.quote in each
            )
            number = line.partition(" ")[0]
            place = answer(row).index(words) + len(words)
            assert answer(row)[place:].lstrip("” ").startswith(number)


def changed(row, old, new, place=-1):
    messages = list(row.messages)
    text = messages[place].content
    assert old in text
    messages[place] = LessonMessage(messages[place].role, text.replace(old, new, 1))
    other = replace(row, messages=tuple(messages))
    return replace(other, id=id_of(other))


@pytest.mark.parametrize(
    ("key", "topic", "old", "new", "place"),
    [
        ("en-limited", "pico", "84 children", "48 children", -1),
        ("en-limited", "pico", "84 children", "48 children", 0),
        ("en-limited", "pico", "second night", "first night", -1),
        ("en-limited", "pico", "opulation", "utcome", -1),
        ("en-limited", "appraisal", "[2]", "[3]", -1),
        ("en-limited", "population", "[1] Nobody knows", "[1] Everybody knows", 0),
        ("en-silent", "appraisal", "limits", "funds", -1),
        ("zh-limited", "pico", "84例", "48例", -1),
        ("zh-limited", "pico", "观察组给予蜂蜜,对照组", "对照组给予蜂蜜,观察组", -1),
        ("zh-limited", "pico", "[2]", "[1]", -1),
        ("zh-silent", "appraisal", "局限", "经费", -1),
        ("zh-limited", "population", "《蜂蜜治疗儿童夜间咳嗽》", "《蜂蜜与糖浆的比较》", 0),
    ],
)
def test_a_changed_row_is_found(pages, prover, key, topic, old, new, place):
    row = rows(pages[key], topic, 1)[0]
    assert prover.faults([row, changed(row, old, new, place)])[0] == ""
    assert prover.faults([changed(row, old, new, place)])[0]


@pytest.mark.parametrize("key", ["declined", "refused", "conflict", "turns"])
def test_a_row_that_claims_what_its_style_never_does_is_found(pages, prover, key):
    row = rows(pages["zh-silent"], "appraisal", 1)[0]
    assert prover.faults([replace(row, meta={**row.meta, key: "size"})])[0]


def test_silence_on_what_the_abstract_tells_is_found(pages, prover):
    silent = rows(pages["en-silent"], "appraisal", 1)[0]
    told = rows(pages["en-limited"], "appraisal", 1)[0]
    borrowed = replace(told, messages=(told.messages[0], silent.messages[1]), meta=silent.meta)
    assert prover.faults([borrowed])[0]
