"""Rows whose user's words suggest an emergency open with what to do, and are held to it."""

import random
import re
from dataclasses import replace

import pytest
from toy_lessons import opened

from knowledge.ingest import updates
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import check, read_lessons
from knowledge.lessons.facts import urgent_flags
from knowledge.lessons.facts.urgent_words import Emergency, confirmed, users_words
from knowledge.lessons.realize import urgency
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AcuteWords
from knowledge.lessons.verify import urgency_check
from knowledge.lessons.verify.prover import Prover
from knowledge.records import Lesson, LessonMessage, LessonSource
from knowledge.text.sentences import sentence_spans

ARREST = {
    "en": Emergency("tight", "an attack of asthma or type 2 diabetes", "Sit up and give oxygen."),
    "zh": Emergency("tight", "哮喘或糖尿病急症", "坐起并吸氧。"),
}


def rules(messages, language):
    """Take a tight chest for an emergency."""
    words = ("chest tightness", "blurred vision", "胸闷", "视物模糊")
    tight = any(word in each for each in messages for word in words)
    return (ARREST[language],) if tight else ()


RIVAL = """\
format: medchat-records
title: Rivals
licence: CC0-1.0
source: Written for the tests.
records:
- kind: condition
  en: [Attack of polydipsia]
  zh: [糖尿样多饮]
  symptom: ["thirst = 口渴", "frequent urination = 尿频", "dry mouth = 口干",
            "blurred vision = 视物模糊"]
  test: ["water deprivation test = 禁水试验"]
"""


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    home = tmp_path_factory.mktemp("urgent")
    engine, _ = opened(home)
    rival = home / "rival.yaml"
    rival.write_text(RIVAL, encoding="utf-8")
    generation = updates.add(engine, home, [rival]).generation
    styles = ("chatdoctor", "dialogue", "vignette", "safety", "huatuo")
    wanted = BuildOptions(limit=600, seed=3, urgency=rules, styles=styles)
    listed = {**urgent_flags.alarm_findings(), "soon": {"en": ["thirst"], "zh": ["口渴"]}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urgent_flags, "alarm_findings", lambda: listed)
        urgent_flags._alarming.cache_clear()
        build.build(engine, generation, home / "data", wanted)
        kept = [
            lesson
            for name in ("train.jsonl", "validation.jsonl")
            for lesson in read_lessons(home / "data" / name)
        ]
        yield engine, generation, home / "data", kept
    urgent_flags._alarming.cache_clear()
    engine.dispose()


def test_every_row_with_urgent_words_opens_with_what_to_do(rows):
    _, _, _, kept = rows
    fired = [lesson for lesson in kept if rules(users_words(lesson), lesson.language)]
    assert {lesson.language for lesson in fired} == {"en", "zh"}
    for lesson in fired:
        possible = urgency.openings(ARREST[lesson.language], lesson.style, lesson.language)
        assert lesson.messages[-1].content.startswith(tuple(possible))
        assert lesson.meta["urgent"] == ["tight"]
        assert lesson.style in ("chatdoctor", "dialogue", "vignette", "safety", "huatuo")
    assert not any("urgent" in lesson.meta for lesson in kept if lesson not in fired)


def test_the_check_of_a_folder_asks_for_it(rows):
    engine, generation, folder, kept = rows
    assert check(engine, generation, folder, rules=rules).proven == len(kept)
    reasons = {fault.reason for fault in check(engine, generation, folder).faults}
    assert reasons == {"the rules for urgent words are not given"}


def test_an_opening_taken_away_put_in_or_made_to_rest_on_facts_is_caught(rows):
    engine, generation, _, kept = rows
    prover = Prover(engine, generation, rules)
    urgent = next(
        each
        for each in kept
        if each.meta.get("urgent") and each.style in ("chatdoctor", "dialogue")
    )
    calm = next(each for each in kept if not each.meta.get("urgent") and each.style == "huatuo")
    opening = next(
        each
        for each in urgency.openings(ARREST[urgent.language], urgent.style, urgent.language)
        if urgent.messages[-1].content.startswith(each)
    )
    said = urgent.messages[-1].content.removeprefix(opening).lstrip()
    unopened = LessonMessage("assistant", said)
    support = urgent.meta["support"]
    bad = [
        replace(urgent, messages=(*urgent.messages[:-1], unopened)),
        urgency.with_opening(calm, "Call an ambulance.", ["tight"]),
        replace(urgent, meta={**urgent.meta, "support": [[0], *support[1:]]}),
        replace(urgent, meta={**urgent.meta, "urgent": ["stroke"]}),
    ]
    assert prover.faults([urgent, calm]) == ["", ""]
    assert all(prover.faults(bad))


def test_who_sets_papers_side_by_side_tells_of_nobody_who_is_ill():
    said = (LessonMessage("user", "《溶栓治疗急性脑梗死》\n[1] 有效。\n两篇一致吗？"),)
    row = Lesson("a", said, "zh", "two-papers", (), (), "", "", {})
    assert users_words(row) == ()


def test_results_and_evidence_are_not_the_users_words():
    said = ["RESULT: Asthma — symptoms: chest tightness.", "[1] Asthma: chest tightness.\nWhy?"]
    messages = tuple(LessonMessage("user", text) for text in said)
    row = Lesson("a", messages, "en", "grounded", (), (), "", "", {})
    assert users_words(row) == ("Why?",)


def test_what_a_patient_confirms_counts_and_what_is_denied_does_not(rows):
    engine, generation, _, kept = rows
    talks = [each for each in kept if each.style == "dialogue"]
    asked = [each for each in talks if each.meta["confirmed"]]
    assert {each.language for each in asked} == {"en", "zh"}
    for row in asked:
        told = users_words(row)
        replies = [each.content for each in row.messages[2::2]]
        assert len(told) == 1 + len(replies) + len(row.meta["confirmed"])
        assert len(row.meta["confirmed"]) <= len(replies)
        assert all(name in "".join(told[-len(row.meta["confirmed"]) :]) for name in confirmed(row))
    late = [
        each
        for each in asked
        if each.meta.get("urgent") and not rules((each.messages[0].content,), each.language)
    ]
    assert late
    prover = Prover(engine, generation, rules)
    for row in asked[:6]:
        fewer = replace(row, meta={**row.meta, "confirmed": row.meta["confirmed"][1:]})
        other = replace(row, meta={**row.meta, "confirmed": ["rash"] * len(row.meta["confirmed"])})
        assert all(prover.faults([fewer, other]))
    assert prover.faults(late[:4]) == [""] * len(late[:4])


def test_a_finding_that_alarms_may_not_be_passed_over(rows):
    engine, generation, _, kept = rows
    told = {"en": "today or tomorrow|day or two", "zh": "一两天|今明两天"}
    for language, words in told.items():
        row = next(
            each
            for each in kept
            if each.language == language
            and each.style in ("chatdoctor", "dialogue")
            and re.search(words, each.messages[-1].content)
        )
        answer = row.messages[-1].content
        spans = sentence_spans(answer)
        place = next(at for at, (a, b) in enumerate(spans) if re.search(words, answer[a:b]))
        support = [facts for at, facts in enumerate(row.meta["support"]) if at != place]
        left = "".join(answer[a:b] for at, (a, b) in enumerate(spans) if at != place)
        bad = replace(
            row,
            messages=(*row.messages[:-1], LessonMessage("assistant", left.strip())),
            meta={**row.meta, "support": support},
        )
        assert Prover(engine, generation, rules).faults([row]) == [""]
        assert Prover(engine, generation, rules).faults([bad]) == [
            "an alarming finding is passed over"
        ]


def _talk(style, said, quotes, language="en", **meta):
    roles = ("user", "assistant")
    messages = tuple(LessonMessage(roles[at % 2], each) for at, each in enumerate(said))
    sources = tuple(LessonSource("fact", f"fact:{n}", each) for n, each in enumerate(quotes))
    support = [[n] for n in range(len(sentence_spans(said[-1])))]
    told = {"support": support, "relation": "test", **meta}
    return Lesson("a", messages, language, style, sources, (), "", "", told)


@pytest.mark.parametrize(
    ("language", "name", "quote", "opened_"),
    [
        ("en", "severe bleeding", "Ulcer — red flags: black stools suggest bleeding.", True),
        ("en", "severe bleeding", "Shingles — red flags: a red eye needs review.", False),
        ("en", "acute abdomen", "Shingles — red flags: an acute red eye needs review.", False),
        ("zh", "急性消化道出血", "溃疡——警示征象：呕血提示消化道出血。", True),
        ("zh", "急性消化道出血", "带状疱疹——警示征象：急性眼红需当天就诊。", False),
        ("en", "burst aortic aneurysm", "Aortic stenosis — red flags: fainting.", False),
        ("en", "burst aortic aneurysm", "Aortic aneurysm — red flags: fainting.", True),
        ("zh", "腹主动脉瘤破裂", "主动脉瓣狭窄——警示征象：晕厥须急诊。", False),
        ("zh", "腹主动脉瘤破裂", "胸主动脉瘤——警示征象：晕厥须急诊。", True),
    ],
)
def test_a_row_opens_with_no_emergency_that_what_it_tells_knows_nothing_of(
    language, name, quote, opened_
):
    found = (Emergency("x", name, "Act."),)
    row = _talk("chatdoctor", ["It hurts.", "Take care."], [quote], language)
    assert (urgency.open_answer(row, lambda *_: found, random.Random(1)) is not None) is opened_


def test_what_a_patient_has_besides_opens_no_case():
    quotes = ["心肌梗死——症状：上腹痛。", "心肌梗死——危险因素：糖尿病。"]
    row = _talk("dialogue", ["上腹痛。", "有糖尿病吗？", "有。", "考虑心肌梗死。"], quotes, "zh")
    for name, opened_ in (("糖尿病酮症酸中毒", False), ("急性心肌梗死", True)):
        found = (Emergency("x", name, "处理。"),)

        def late(messages, language, found=found):
            return found if len(messages) > 1 else ()

        assert (urgency.open_answer(row, late, random.Random(1)) is not None) is opened_


@pytest.mark.parametrize(("said_first", "kept"), [("I feel faint.", False), ("I feel odd.", True)])
def test_nothing_more_is_asked_once_an_emergency_was_told(said_first, kept):
    def faints(messages, language):
        told = any("faint" in each for each in messages)
        return (Emergency("x", "fainting", "Act."),) if told else ()

    talk = [said_first, "Any fainting?", "Yes.", "That can be fainting."]
    row = _talk("dialogue", talk, ["Syncope — symptoms: fainting."], confirmed=["faintness"])
    assert (urgency.open_answer(row, faints, random.Random(1)) is not None) is kept


def of_subject(quote, answer, language="en", style="chatdoctor"):
    said = (LessonMessage("user", "?"), LessonMessage("assistant", answer))
    source = LessonSource("fact", "f", quote)
    return Lesson("a", said, language, style, (source,), (), "condition:x", "", {})


@pytest.mark.parametrize(
    ("kind", "fits", "fits_not"),
    [
        ("poisoning", "Mushroom poisoning — symptoms: nausea", "Gout — symptoms: joint pain"),
        ("breath", "Croupous pneumonia — symptoms: cough", "Gastritis — symptoms: nausea"),
    ],
)
def test_what_to_do_now_is_that_of_the_illness_told(kind, fits, fits_not):
    for line in load(AcuteWords, "en").condition[kind]:
        act = grammar.draw([line], random.Random(1))
        assert not urgency_check.tells_other_advice(of_subject(fits, f"It is so. {act}"))
        assert urgency_check.tells_other_advice(of_subject(fits_not, f"It is so. {act}"))


def test_what_to_do_about_a_side_effect_is_that_of_one_that_is_told():
    for line in load(AcuteWords, "zh").effect["liver"]:
        act = grammar.draw([line], random.Random(1))
        told = of_subject("异烟肼——不良反应：肝损害", f"会的。{act}", "zh")
        other = of_subject("异烟肼——不良反应：恶心", f"会的。{act}", "zh")
        assert not urgency_check.tells_other_advice(told)
        assert urgency_check.tells_other_advice(other)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("急性闭角型青光眼", True),
        ("慢性闭角型青光眼", False),
        ("溶剂中毒性周围神经病", False),
        ("慢性硬膜下血肿", True),
    ],
)
def test_what_lasts_for_years_is_not_opened_as_an_emergency_for_its_name(name, kept):
    found = (Emergency("x", name, "处理。"),)
    row = _talk("chatdoctor", [f"我得了{name}。", "看眼科。"], [f"{name}——就诊科室：眼科。"], "zh")
    assert (urgency.open_answer(row, lambda *_: found, random.Random(1)) is not None) is kept
