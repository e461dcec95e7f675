"""Paths over several entities: what they choose, what they must not, and each step of reasoning."""

import random
from dataclasses import replace

import pytest
from toy_lessons import opened_with

from knowledge.datasets import reasoning, row_formats
from knowledge.lessons.facts import recorded_warnings
from knowledge.lessons.facts.recorded_warnings import RecordedWarnings
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.realize import urgency
from knowledge.lessons.styles import multi_hop, vignette, weaker_answers
from knowledge.lessons.verify import pair_check
from knowledge.lessons.verify.prover import Prover
from knowledge.records import LessonMessage
from knowledge.text.sentences import sentence_spans

GRAPH = """\
format: medchat-records
title: Paths
licence: CC0-1.0
source: Written for the tests.
records:
- kind: condition
  en: [Marsh ache]
  zh: [沼泽痛]
  symptom: ["aching knees = 膝痛"]
  medicine:
  - "palvorin = 帕伐林"
  - "tesdamol = 特司达莫"
  - "orlidine = 奥利定"
  - "sumicane = 苏米卡因"
  - "durfane = 杜尔芬"
  complication: ["Fen palsy = 泽肺病"]
- kind: condition
  en: [Fen palsy]
  zh: [泽肺病]
  symptom: ["weak hands = 手无力", "numb fingers = 手指麻木", "aching knees = 膝痛"]
  test: ["nerve study = 神经电图", "hand X-ray = 手部X线"]
- kind: condition
  en: [Reed sneeze]
  zh: [芦苇鼻炎]
  symptom: ["sneezing = 喷嚏"]
- kind: medicine
  en: [palvorin]
  zh: [帕伐林]
  drug_class: ["NSAID = 非甾体抗炎药"]
  contraindication: ["Reed sneeze = 芦苇鼻炎", "pregnancy = 妊娠"]
  interaction:
  - "[major] moorlin = 莫尔林 >> Bleeding is likely; use tesdamol. = 易出血；改用特司达莫。"
  - "[major] fenzepam = 芬泽潘"
- kind: medicine
  en: [fenzepam]
  zh: [芬泽潘]
  contraindication: ["Marsh ache = 沼泽痛"]
- kind: medicine
  en: [durfane]
  zh: [杜尔芬]
  drug_class: ["opioid = 阿片类"]
  contraindication: ["acute shivers = 急性冷颤"]
- kind: medicine
  en: [tesdamol]
  zh: [特司达莫]
  drug_class: ["non-opioid analgesic = 非阿片类镇痛药"]
  contraindication: ["acute shivers = 急性冷颤"]
  pregnancy: ["May be used in pregnancy. = 妊娠期可使用。"]
- kind: medicine
  en: [orlidine]
  zh: [奥利定]
  drug_class: ["antipyretic painkiller = 解热止痛药"]
  contraindication: ["acute shivers = 急性冷颤"]
  precaution: ["Sneeze fits were seen. = 曾见芦苇鼻炎发作。"]
  pregnancy: ["Not recommended in pregnancy. = 不推荐妊娠期使用。"]
- kind: medicine
  en: [sumicane]
  zh: [苏米卡因]
  drug_class: ["laxative = 泻药"]
  contraindication: ["acute shivers = 急性冷颤"]
"""
LANGUAGES = ("en", "zh")
UNRECORDED = ("no proof", "not exclude", "没有提到")
NAMES = {
    "en": {"out": "palvorin", "left": "tesdamol", "bad": "orlidine", "other": "sumicane"},
    "zh": {"out": "帕伐林", "left": "特司达莫", "bad": "奥利定", "other": "苏米卡因"},
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    home = tmp_path_factory.mktemp("paths")
    (home / "graph.yaml").write_text(GRAPH, encoding="utf-8")
    engine, generation = opened_with(home, home / "graph.yaml")
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module", autouse=True)
def one_part(graph):
    """Let no entity of so small a graph be held out."""
    patch = pytest.MonkeyPatch()
    for module in ("pages.entity_pages", "pages.related_pages",
                   "facts.fact_store", "styles.multi_hop"):  # fmt: skip
        patch.setattr(f"knowledge.lessons.{module}.is_validation", lambda id: False)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def prover(graph):
    return Prover(*graph)


def page(graph, name):
    sources = PageSources(*graph)
    language = "en" if name.isascii() else "zh"
    ids = sources.related_pages.ids(language)
    pages = [sources.related_pages.page(id, language, ()) for id in ids]
    return next(each for each in pages if each and each.name == name)


def rows(graph, language, form, relation="medicine", tries=30):
    """Return the rows that chance gives of a form."""
    subject = page(graph, {"en": "Marsh ache", "zh": "沼泽痛"}[language])
    made = (multi_hop.write(subject, relation, form, random.Random(n)) for n in range(tries))
    return [row for row in made if row]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["contraindication", "interaction"])
def test_a_medicine_is_left_of_which_nothing_is_recorded(graph, prover, language, form):
    made = rows(graph, language, form)
    assert made and prover.faults(made) == [""] * len(made)
    names = NAMES[language]
    for row in made:
        asked, answer = (message.content.lower() for message in row.messages)
        said = next(part for part in answer.split(". " if language == "en" else "。")
                    if any(told in part for told in UNRECORDED))  # fmt: skip
        assert names["out"] in asked and names["out"] not in said
        # orlidine has a warning in words, sumicane is for something else
        assert names["other"] not in asked
        if form == "contraindication":
            assert names["left"] in said and names["bad"] not in asked
        assert "safe" not in answer and "安全" not in answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_choice_is_one_that_a_clinician_would_make(graph, prover, language):
    """Nobody chooses an opioid first, or takes what the illness forbids; why is told."""
    opioid, barred, why = {
        "en": ("durfane", "fenzepam", "Bleeding is likely; use tesdamol"),
        "zh": ("杜尔芬", "芬泽潘", "改用特司达莫"),
    }[language]
    made = rows(graph, language, "interaction", tries=40)
    assert made and prover.faults(made) == [""] * len(made)
    for row in made:
        asked, answer = (message.content.lower() for message in row.messages)
        assert opioid not in asked and barred not in asked
        assert why.lower() in answer


def test_a_reason_is_that_of_what_is_ruled_out(graph, prover):
    row = rows(graph, "en", "interaction")[0]
    assert any("use tesdamol" in source.quote for source in row.sources)
    bare = [place for place, source in enumerate(row.sources) if "use tesdamol" in source.quote]
    other = page(graph, "orlidine").text_facts("precaution")[0]
    wrong = replace(
        row,
        sources=tuple(
            replace(source, id=other.fact) if place in bare else source
            for place, source in enumerate(row.sources)
        ),
    )
    assert prover.faults([wrong]) != [""]


@pytest.mark.parametrize(
    ("taken", "condition", "risky"),
    [
        (["azathioprine"], ["acute bronchitis"], True),
        (["吗替麦考酚酯"], ["肺炎"], True),
        (["lithium"], ["acute bronchitis"], False),
        (["azathioprine"], ["osteoporosis"], False),
    ],
)
def test_an_infection_under_immunosuppression_is_no_mere_choice(taken, condition, risky):
    assert recorded_warnings.is_open_to_infection(taken, condition) is risky


@pytest.mark.parametrize("names", [["clarithromycin"], ["阿利吉仑"], ["ketoconazole"], ["coffee"]])
def test_what_is_taken_for_days_is_no_current_medication(names):
    assert not recorded_warnings.is_taken(names)
    assert recorded_warnings.is_taken(["sertraline"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_pregnancy_a_source_must_speak_for_what_is_left(graph, prover, language):
    state = {"en": "pregnancy", "zh": "妊娠"}[language]
    made = [row for row in rows(graph, language, "contraindication", tries=60)
            if state in row.messages[0].content]  # fmt: skip
    assert made and prover.faults(made) == [""] * len(made)
    words = {"en": "may be used in pregnancy", "zh": "妊娠期可使用"}[language]
    assert all(words in row.messages[-1].content.lower() for row in made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_finding_leads_to_a_complication(graph, prover, language):
    made = rows(graph, language, "complication", "complication")
    assert made and prover.faults(made) == [""] * len(made)
    shared, own = {"en": ("aching knees", "weak hands"), "zh": ("膝痛", "手无力")}[language]
    assert all(shared not in row.messages[0].content for row in made)
    assert any(own in row.messages[0].content for row in made)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("other", ["bad", "other"])
def test_another_medicine_in_place_of_what_is_left_is_found(graph, prover, language, other):
    names = NAMES[language]
    ill = {"en": "reed sneeze", "zh": "芦苇鼻炎"}[language]
    made = rows(graph, language, "contraindication")
    row = next(row for row in made if ill in row.messages[0].content)
    subject = page(graph, {"en": "Marsh ache", "zh": "沼泽痛"}[language])
    item = next(i for i in subject.entity_facts("medicine") if i.text == names[other])
    old = next(i for i in subject.entity_facts("medicine") if i.text == names["left"])

    def told(text):
        for each in (str, str.capitalize):
            text = text.replace(each(names["left"]), each(names[other]))
        return text

    wrong = replace(
        row,
        messages=tuple(LessonMessage(m.role, told(m.content)) for m in row.messages),
        sources=tuple(
            replace(s, id=item.fact if s.id == old.fact else s.id, quote=told(s.quote))
            for s in row.sources
        ),
        entities=tuple(item.object if e == old.object else e for e in row.entities),
        meta={
            **row.meta,
            "objects": [told(name) for name in row.meta["objects"]],
            "trace": [
                [item.fact if fact == old.fact else fact, told(said)]
                for fact, said in row.meta["trace"]
            ],
        },
    )
    expected = {
        "bad": "something that is recorded speaks against the medicine that is left",
        "other": "the two medicines do not serve one purpose",
    }[other]
    assert prover.faults([wrong]) == [expected]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_step_of_the_reasoning_names_its_fact(graph, prover, language):
    row = rows(graph, language, "contraindication")[0]
    steps = reasoning.steps(row)
    assert [fact for fact, _ in steps] == [source.id for source in row.sources][: len(steps)]
    assert reasoning.text(row).startswith(steps[0][1])
    swapped = {**row.meta, "trace": row.meta["trace"][::-1]}
    other = {**row.meta, "trace": [[fact, steps[0][1]] for fact, _ in steps]}
    bare = {key: value for key, value in row.meta.items() if key != "trace"}
    assert prover.faults([replace(row, meta=meta) for meta in (swapped, other, bare)]) == [
        "the steps of the reasoning are not the row's facts in their order",
        "a step of the reasoning does not state its fact",
        "the reasoning is no list of facts and sentences",
    ]
    chat = row_formats.encode_all(row, False)[2].decode()
    assert f'"reasoning_content": "{reasoning.text(row)}"' in chat


def test_a_vignette_carries_its_reasoning(graph, prover):
    subject = page(graph, "Fen palsy")
    row = vignette.write(subject, "test", "alone", random.Random(3))
    assert row and reasoning.steps(row) and prover.faults([row]) == [""]
    assert prover.faults([replace(row, meta={**row.meta, "trace": []})]) != [""]


def test_warnings_count_by_class_by_word_and_by_text(graph):
    known = RecordedWarnings(*graph)
    ids = {name: page(graph, name).id for name in ("palvorin", "tesdamol", "orlidine")}
    sneeze = page(graph, "Reed sneeze").id
    assert known.speak_against(ids["palvorin"], sneeze)
    assert known.speak_against(ids["orlidine"], sneeze)  # named in a text only
    assert not known.speak_against(ids["tesdamol"], sneeze)
    assert known.are_alternatives(["Marsh ache"], ids["palvorin"], ids["tesdamol"])


@pytest.mark.parametrize(
    ("text", "language", "allowed"),
    [
        ("Usually continued in pregnancy.", "en", True),
        ("Only for heart failure, not for swelling.", "en", False),
        ("It can cause birth defects.", "en", False),
        ("Usually avoided in pregnancy.", "en", False),
        ("妊娠期通常继续使用。", "zh", True),
        ("妊娠期禁用，可损害胎儿。", "zh", False),
        ("仅用于心力衰竭，妊娠期可用。", "zh", False),
    ],
)
def test_a_text_speaks_for_use_in_pregnancy_or_not(text, language, allowed):
    assert recorded_warnings.allows(text, language) is allowed


@pytest.mark.parametrize(
    ("names", "texts", "akin"),
    [
        (["chronic kidney disease"], ["Renal artery stenosis"], True),
        (["sick sinus syndrome"], ["second-degree heart block"], True),
        (["消化性溃疡"], ["活动性出血"], True),
        (["peptic ulcer"], ["gout"], False),
        (["痛风"], ["哮喘"], False),
    ],
)
def test_names_of_one_part_of_the_body_are_akin(names, texts, akin):
    assert recorded_warnings.are_akin(names, texts) is akin


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_choice_is_a_weaker_answer(graph, language):
    ill = {"en": "reed sneeze", "zh": "芦苇鼻炎"}[language]
    made = rows(graph, language, "contraindication")
    row = next(row for row in made if ill in row.messages[0].content)
    weaker = weaker_answers.unsafe(row)
    assert weaker.why.startswith("wrong choice: ")
    answer = weaker.answer.lower()
    assert answer.index(NAMES[language]["left"]) < answer.index(NAMES[language]["out"])
    pair = {
        "prompt": row.messages[0].content,
        "chosen": row.messages[1].content,
        "rejected": weaker.answer,
        "why": weaker.why,
    }
    assert pair_check.fault(row, pair) == ""
    as_good = {**pair, "rejected": row.messages[1].content.partition(". ")[0] + "."}
    assert pair_check.fault(row, as_good)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_that_rules_the_other_medicine_out_is_found(graph, prover, language):
    for row in rows(graph, language, "contraindication"):
        out, left = row.meta["objects"][:2]
        said = weaker_answers.exchanged(row.messages[1].content, out, left)
        turned = replace(row, messages=(row.messages[0], LessonMessage("assistant", said)))
        assert prover.faults([row]) == [""] and prover.faults([turned])[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clinician_decides_even_in_an_emergency(graph, prover, language):
    row = rows(graph, language, "interaction")[0]
    last = row.messages[-1].content[sentence_spans(row.messages[-1].content)[-1][0] :]
    opened = urgency.with_opening(row, {"en": "Act now.", "zh": "请先处理。"}[language], ["x"])
    assert opened.messages[-1].content.endswith(last)
    bare = row.messages[-1].content.removesuffix(last).strip()
    messages = (row.messages[0], LessonMessage("assistant", bare))
    less = replace(row, messages=messages, meta={**row.meta, "support": row.meta["support"][:-1]})
    assert prover.faults([less]) == ["the answer does not leave the choice to a clinician"]
