"""No case offers what is unfit for the person, and lists are told with the cautions they need."""

import random
import re
from dataclasses import replace

import pytest

from knowledge.lessons.facts import person_medicines
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import list_cautions, offered_medicines, patient_profiles
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.styles import chatdoctor, huatuo
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import ComparisonWords, InteractionsWords, ListCautionsWords
from knowledge.lessons.verify import offer_check
from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Entity, Lesson, LessonMessage, LessonSource, Name
from knowledge.vocabulary import TREATING

PLAIN = Manner("plain", "medium")


def named(kind, *texts):
    return tuple(
        PageFact(f"f:{each}", each, each, f"{kind}:{each}", kind, names=(each,)) for each in texts
    )


def page(name, **groups):
    language = "en" if name.isascii() else "zh"
    entity = Entity(f"condition:{name}", "condition", (Name(name, language),))
    return FactPage(entity, language, name, name, groups)


OFFERED = [
    ("insomnia", ("temazepam", "melatonin"), "melatonin", {"stage": "old"}, ""),
    ("insomnia", ("zaleplon", "melatonin"), "melatonin", {}, "loud snoring"),
    ("失眠症", ("艾司唑仑", "褪黑素"), "褪黑素", {"stage": "mature"}, ""),
    ("失眠症", ("右佐匹克隆", "褪黑素"), "褪黑素", {}, "阻塞性睡眠呼吸暂停"),
    ("hirsutism", ("spironolactone", "laser hair removal"), "laser hair removal", {"sex": "m"}, ""),
    ("寻常痤疮", ("复方口服避孕药", "壬二酸"), "壬二酸", {"sex": ""}, ""),
    ("androgenetic alopecia", ("dutasteride", "minoxidil"), "minoxidil", {"sex": "f"}, ""),
    ("pre-eclampsia", ("enalapril", "labetalol"), "labetalol", {"pregnant": True}, ""),
    ("妊娠期高血压", ("缬沙坦", "拉贝洛尔"), "拉贝洛尔", {"pregnant": True}, ""),
    ("Parkinson's disease", ("benztropine", "levodopa"), "levodopa", {"stage": "old"}, ""),
]


@pytest.mark.parametrize(("name", "listed", "left", "traits", "told"), OFFERED)
def test_a_case_leaves_out_what_is_unfit_for_the_person(name, listed, left, traits, told):
    subject = page(name, medicine=named("medicine", *listed), test=named("test", *listed))
    anybody = patient_profiles.PatientProfile("", "adult", False, "days")
    fit = offered_medicines.fit_page(subject, replace(anybody, **traits), [told])
    assert [item.text for item in fit.entity_facts("medicine")] == [left]
    assert fit.entity_facts("test") == subject.entity_facts("test")


SAVED = [
    ("status epilepticus", "diazepam"),
    ("alcohol withdrawal", "chlordiazepoxide"),
    ("癫痫持续状态", "咪达唑仑"),
    ("心力衰竭", "螺内酯"),
]


@pytest.mark.parametrize(("name", "given"), SAVED)
def test_what_saves_is_not_left_out(name, given):
    assert not person_medicines.is_unfit(given, name, ["old", "man"], "confusion 意识模糊")
    assert "sedating" not in person_medicines.cautions(name, [given])


CAUTIONS = [
    ("insomnia", ("zolpidem",), ["sedating"]),
    ("失眠症", ("劳拉西泮",), ["sedating"]),
    ("heart failure", ("sacubitril-valsartan", "ramipril"), ["not_together"]),
    ("心力衰竭", ("沙库巴曲缬沙坦", "培哚普利"), ["not_together"]),
    ("heart failure", ("sacubitril-valsartan", "bisoprolol"), []),
    ("Parkinson's disease", ("safinamide", "rasagiline"), ["not_together"]),
    ("帕金森病", ("雷沙吉兰",), []),
    ("depression", ("phenelzine", "paroxetine"), ["not_together"]),
    ("抑郁症", ("反苯环丙胺", "帕罗西汀"), ["not_together"]),
    ("psoriasis", ("acitretin",), ["unborn"]),
    ("甲状腺功能亢进症", ("放射性碘",), ["unborn"]),
    ("meningococcal sepsis", ("cefotaxime",), ["antibiotic"]),
    ("肾盂肾炎", ("头孢克肟",), ["antibiotic"]),
    ("keratitis", ("moxifloxacin eye drops",), []),
    ("外耳道炎", ("氧氟沙星滴耳液",), []),
    ("pyelonephritis", ("ofloxacin",), ["antibiotic"]),
    ("lung cancer", ("lobectomy",), ["stage"]),
    ("胰腺癌", ("胰十二指肠切除术",), ["stage"]),
    ("overactive bladder", ("oxybutynin",), ["anticholinergic"]),
]


@pytest.mark.parametrize(("name", "listed", "keys"), CAUTIONS)
def test_a_list_is_told_with_its_cautions_once(name, listed, keys):
    subject = page(name, medicine=named("medicine", *listed))
    words = load(ListCautionsWords, subject.language).caution
    for seed in range(8):
        answer = AnswerBuilder(subject, random.Random(seed))
        answer.state("medicine", subject.entity_facts("medicine"))
        answer.close_lists()
        answer.close_lists()
        said = {
            key: len(re.findall(any_of(lines, subject.language, {}), answer.text.lower()))
            for key, lines in words.items()
        }
        assert {key: count for key, count in said.items() if count} == dict.fromkeys(keys, 1)


@pytest.mark.parametrize("name", ["prostatitis", "绝经", "croup", "前列腺癌"])
def test_who_cannot_be_pregnant_is_told_nothing_of_it(name):
    given = ["methotrexate", "甲氨蝶呤"]
    assert "unborn" in person_medicines.cautions(name, given)
    assert "unborn" not in list_cautions.due(page(name), given, (), may_be_pregnant=True)


@pytest.mark.parametrize(
    ("name", "is_told"),
    [("hirsutism", True), ("dysmenorrhoea", False), ("痤疮", True), ("子宫内膜异位症", False)],
)
def test_the_sex_is_no_matter_where_it_is_one_anyway(name, is_told):
    given = ["combined oral contraceptive", "复方口服避孕药"]
    due = list_cautions.due(page(name), given, (), may_be_pregnant=False)
    assert ("by_sex" in due) is is_told


@pytest.mark.parametrize(("stage", "fertile"), [("adult", True), ("mature", False), ("old", False)])
def test_who_is_past_childbearing_is_told_nothing_of_it(stage, fertile):
    who = patient_profiles.PatientProfile("f", stage, False, "lasting")
    assert list_cautions.is_fertile(who) is fertile
    assert not list_cautions.is_fertile(replace(who, sex="m"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caution_has_words(language):
    rules = {rule.key for rule in person_medicines._rules()}
    assert rules == set(load(ListCautionsWords, language).caution)


@pytest.mark.parametrize("style", [chatdoctor, huatuo])
@pytest.mark.parametrize(
    ("name", "felt", "unfit", "fit"),
    [
        ("senile insomnia", ("early waking", "night-time waking", "poor sleep"), "nitrazepam",
         "melatonin"),
        ("老年失眠症", ("入睡困难", "多梦", "睡眠浅"), "硝西泮", "褪黑素"),
    ],
)  # fmt: skip
def test_a_complaint_of_the_old_gets_no_sleeping_pill(name, felt, unfit, fit, style):
    findings = named("symptom", *felt)
    subject = page(name, symptom=findings, medicine=named("medicine", unfit, fit))
    subject = replace(subject, find_telling=lambda page: frozenset(f.object for f in findings))
    rows = [
        style.write(subject, "medicine", "case", random.Random(seed), PLAIN) for seed in range(12)
    ]
    said = [row.messages[-1].content.lower() for row in rows if row]
    assert said and all(fit in each and unfit not in each for each in said)


def case(question, medicine, language):
    subject = "condition:insomnia"
    fact = SourceContent("f:1", subject, "medicine", "medicine:x", {"en": "", "zh": ""})
    lesson = Lesson(
        id="x",
        messages=(LessonMessage("user", question), LessonMessage("assistant", "!")),
        language=language,
        style="vignette",
        sources=(LessonSource("fact", fact.id, ""),),
        entities=(subject,),
        split_key=subject,
        licence="CC0-1.0",
        meta={"relation": "medicine"},
    )
    names = {subject: ("insomnia", "失眠症"), "medicine:x": medicine}
    return RowFacts(lesson, [fact], names)


@pytest.mark.parametrize(
    ("question", "language", "is_unfit"),
    [
        ("An 80-year-old woman sleeps badly.", "en", True),
        ("A 41-year-old woman sleeps badly.", "en", False),
        ("一名77岁男性，入睡困难。", "zh", True),
        ("一名30岁男性，入睡困难。", "zh", False),
    ],
)
def test_a_row_that_offers_what_is_unfit_is_not_proven(question, language, is_unfit):
    row = case(question, ("estazolam", "艾司唑仑"), language)
    assert bool(offer_check.fault(row)) is is_unfit
    assert offer_check.fault(case(question, ("melatonin", "褪黑素"), language)) == ""


HANDLED = [
    (("contraindicated",), "contraindicated"),
    (("major",), "major"),
    (("moderate",), "moderate"),
    (("contraindicated", "moderate"), "mixed"),
    (("major", "moderate"), "major"),
]


@pytest.mark.parametrize("name", ["phenelzine", "苯乙肼"])
@pytest.mark.parametrize(("levels", "key"), HANDLED)
def test_interactions_are_told_with_what_follows_from_them(name, levels, key):
    language = "en" if name.isascii() else "zh"
    entity = Entity(f"medicine:{name}", "medicine", (Name(name, language),))
    met = tuple(replace(named("medicine", each)[0], level=each) for each in levels)
    subject = FactPage(entity, language, name, name, {"interaction": met})
    words = load(InteractionsWords, language).handling
    for seed in range(8):
        answer = AnswerBuilder(subject, random.Random(seed))
        answer.state("interaction", met)
        answer.close_lists()
        answer.close_lists()
        said = answer.text.lower()
        counts = {each: len(re.findall(any_of(words[each], language, {}), said)) for each in words}
        assert {each: count for each, count in counts.items() if count} == {key: 1}
        shown = AnswerBuilder(subject, random.Random(seed), levels=False)
        shown.state("interaction", met)
        before = shown.text
        shown.close_lists()
        assert shown.text == before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("relation", [*TREATING, "medicine~", "first_line~"])
def test_what_a_list_lacks_is_told_as_no_difference(language, relation):
    words = load(ComparisonWords, language)
    every = (*words.apart[relation], *words.whereas[relation])
    assert not any(re.search("contrast|other hand|in turn|而|更支持", each) for each in every)
    assert all(re.search("sources|they |listed|资料|列为", each) for each in every)
    assert all(re.search("complete|齐全|完整", each) for each in words.lists_open)
