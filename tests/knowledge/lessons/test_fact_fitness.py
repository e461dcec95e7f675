"""Which facts of scraped sources are told, and how: levels, names, lists, findings."""

import random
import re
from dataclasses import replace
from importlib.resources import files

import pytest
import yaml
from toy_lessons import opened_with

from knowledge.lessons.facts import fact_fitness, reportable_findings
from knowledge.lessons.facts.fact_page import PageFact
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.realize import realizer
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import InteractionsWords
from knowledge.lessons.verify import level_check, relation_phrases
from knowledge.lessons.verify.prover import Prover
from knowledge.records import LessonMessage

RULES = yaml.safe_load(files("knowledge.lessons.facts").joinpath("fitness.yaml").read_text("utf-8"))
PAIRS = """\
Drug_A,Drug_B,Level
Simvastatin,Itraconazole,Major
Simvastatin,Gemfibrozil,Major
Simvastatin,Ritonavir,Major
Simvastatin,Amlodipine,Moderate
Simvastatin,Paracetamol,Minor
Simvastatin,Folic acid,Unknown
"""


@pytest.fixture(scope="module")
def interactions(tmp_path_factory):
    home = tmp_path_factory.mktemp("pairs")
    (home / "pairs.csv").write_text(PAIRS, encoding="utf-8")
    engine, generation = opened_with(home, home / "pairs.csv")
    yield engine, generation
    engine.dispose()


def page_of(engine, generation, name):
    pages = PageSources(engine, generation).entity_pages
    return next(page for page in pages.pages(pages.ids("en"), "en") if page.name == name)


def test_an_interaction_of_no_concern_is_not_told(interactions):
    told = page_of(*interactions, "Simvastatin").groups["interaction"]
    assert {each.level for each in told} == {"major", "moderate"}
    assert not {each.text for each in told} & {"Paracetamol", "Folic acid"}


@pytest.mark.parametrize(
    ("style", "form"), [("safety", "meets"), ("chatdoctor", "taking"), ("huatuo", "all")]
)
def test_the_level_is_told_and_another_one_is_caught(interactions, style, form):
    page = page_of(*interactions, "Simvastatin")
    prover = Prover(*interactions)
    for seed in range(12):
        row = STYLES[style].write(page, "interaction", form, random.Random(seed))
        assert prover.faults([row]) == [""]
        answer = row.messages[-1].content
        assert re.search("major|moderate", answer)
        for one, other in (("major", "moderate"), ("moderate", "major"), ("a major ", "an ")):
            said = LessonMessage("assistant", answer.replace(one, other, 1))
            if said.content != answer:
                bad = replace(row, messages=(*row.messages[:-1], said))
                # in the sentence of the fact, or else in what is advised for a level
                [fault] = prover.faults([bad])
                assert re.search("level of an interaction|no stock sentence", fault)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_on_a_level_is_proven(language):
    words = load(InteractionsWords, language)
    for table in (words.with_subject, words.without_subject, words.warning):
        for level, templates in table.items():
            for template in templates:
                for seed in range(6):
                    text = grammar.vary(template, random.Random(seed))
                    frame = realizer.fill(text, language, 1 + seed % 2, s="  ", a="  ", o="  ")
                    assert not relation_phrases.fault(
                        frame, frozenset({"interaction"}), frozenset(), language
                    )
                    assert not level_check.fault(frame, {level}, language)


@pytest.mark.parametrize(
    ("name", "kind", "fit"),
    [
        ("Diabetes mellitus, insipid", "condition", False),
        ("insulin, regular", "medicine", False),
        ("Cardiac failure acute", "condition", False),
        ("2-(Diethylamino)-N-(2,6-Xylyl)Acetamide", "medicine", False),
        ("5-fluorouracil", "medicine", True),
        ("3,7-BIS(DIMETHYLAMINO)ACRIDIN-5-IUM", "medicine", False),
        ("(S)-Ibuprofen", "medicine", False),
        ("D-Glucopyranose", "medicine", False),
        ("XYZ-4021", "medicine", False),
        ("docusate, USP", "medicine", False),
        ("SGLT2 inhibitors", "medicine", True),
        ("DPP-4 inhibitors", "medicine", True),
        ("Tinnitus bilateral", "symptom", False),
        ("Gastritis erosive", "condition", False),
        ("Abortion missed", "condition", False),
        ("Angina unstable", "condition", False),
        ("renal colic", "condition", True),
        ("social withdrawal", "symptom", True),
        ("loss of the ovary", "condition", True),
        ("ringing in the ear", "symptom", True),
        ("co-amoxiclav", "medicine", True),
        ("Hand, foot and mouth disease", "condition", True),
        ("white cell count decreased", "symptom", False),
        ("Oedema peripheral", "symptom", False),
        ("Unspecified eye disorder", "symptom", False),
        ("PERIPHERAL NEUROPATHY", "condition", False),
        ("dry mouth", "symptom", True),
        ("COPD", "condition", True),
    ],
)
def test_names_turned_round_or_shouted_are_not_spoken(name, kind, fit):
    assert fact_fitness.is_speakable(name, kind) == fit


@pytest.mark.parametrize(
    ("relation", "kind", "name", "fit"),
    [
        ("test", "test", "维生素B6", False),
        ("test", "test", "叶酸", False),
        ("test", "test", "血清叶酸测定", True),
        ("test", "test", "腹部超声", True),
        ("medicine", "medicine", "雾化器", False),
        ("medicine", "medicine", "阿托伐他汀钙片", True),
        ("treatment", "treatment", "药物治疗", False),
        ("treatment", "treatment", "均应采取手术治疗", False),
        ("treatment", "treatment", "椎间盘切除术", True),
        ("treatment", "treatment", "缺氧", False),
    ],
)
def test_an_object_is_of_the_kind_that_its_relation_promises(relation, kind, name, fit):
    assert fact_fitness.is_tellable(relation, kind, name, "zh") == fit


def test_every_pattern_compiles_and_every_core_treatment_knows_two_languages():
    for key, alternatives in RULES.items():
        if key == "half_uses":
            assert all(re.compile(each) for pair in alternatives for each in pair)
        elif key not in ("same_findings", "core_treatment"):
            assert re.compile("|".join(alternatives))
    for each in RULES["core_treatment"]:
        for key in ("condition", "core"):
            assert re.compile(each[key]) and re.search("[a-z]", each[key])
            assert re.search("[\u4e00-\u9fff]", each[key])


@pytest.mark.parametrize(
    ("condition", "names", "whole"),
    [
        ("姜片虫病（姜片吸虫）", ("维生素B1片", "健胃片"), False),
        ("肝吸虫病", ("吡喹酮片",), True),
        ("阵发性室上性心动过速", ("丹参滴丸",), False),
        ("持续性室性心动过速", ("地高辛片",), False),
        ("Supraventricular tachycardia", ("Verapamil",), True),
        ("Atrial flutter", ("Warfarin",), False),
        ("Atrial flutter", ("Amiodarone", "Warfarin"), True),
        ("桡骨远端骨折", ("正骨水",), False),
        ("桡骨远端骨折", ("正骨水", "手法复位"), True),
        ("神经性皮炎", ("樟脑软膏",), True),
    ],
)
def test_a_list_without_its_core_is_not_the_treatment(condition, names, whole):
    assert fact_fitness.has_core(condition, names) == whole


def test_lists_that_are_filled_are_found_and_common_company_is_not():
    lists = {f"c{n}": {"shock", f"own{n}"} for n in range(40)}
    for n in range(0, 40, 2):
        lists[f"c{n}"] |= {"odd tumour", "odd cyst"}
    found = fact_fitness.filler(lists, lambda one, other: one in other)
    assert found == {"odd tumour", "odd cyst"}


def test_words_for_one_finding_count_once():
    def items(*names):
        return [PageFact(f"f{n}", text, text, f"symptom:{n}") for n, text in enumerate(names)]

    def kept(*names):
        return [each.text for each in reportable_findings.select_reportable(items(*names))]

    assert kept("柏油样便", "黑便", "上腹痛") == ["柏油样便", "上腹痛"]
    assert kept("melaena", "tarry stools", "hiccups") == ["melaena", "hiccups"]
    assert kept("limb weakness", "fatigue") == ["limb weakness", "fatigue"]


def test_each_word_stands_in_one_group_of_findings():
    words = [word for group in RULES["same_findings"] for word in group]
    assert len(words) == len(set(words))


def test_a_patient_speaks_of_what_is_felt():
    felt = [name for name in ("牙龈铅线", "胸口闷痛", "鳞状上皮", "夜里咳嗽", "眼球移位")
            if fact_fitness.is_patients_word(name)]  # fmt: skip
    assert felt == ["胸口闷痛", "夜里咳嗽"]


@pytest.mark.parametrize(
    ("name", "kind", "speakable"),
    [
        ("Conjunctivitis, Allergic, Vernal", "condition", False),
        ("Leukemia, T-Cell, Acute", "condition", False),
        ("Anemia, Refractory", "condition", False),
        ("Bleeding time increased", "condition", False),
        ("Hand, foot and mouth disease", "condition", True),
        ("astrocytoma, IDH-mutant", "condition", True),
        ("vernal conjunctivitis", "condition", True),
    ],
)
def test_a_name_turned_round_for_an_index_is_not_said(name, kind, speakable):
    assert fact_fitness.is_speakable(name, kind) is speakable


@pytest.mark.parametrize(
    ("medicine", "condition", "fit"),
    [
        ("Mercuric chloride", "conjunctivitis", False),
        ("Nux vomica", "indigestion", False),
        ("naproxen", "Joint Diseases", False),
        ("naproxen", "infectious skin disease", False),
        ("naproxen", "Sickness", False),
        ("naproxen", "Connective tissue disorder", False),
        ("布洛芬", "疾病", False),
        ("arsenic trioxide", "acute promyelocytic leukaemia", True),
        ("doxycycline", "pelvic inflammatory disease", True),
        ("losartan", "chronic kidney disease", True),
        ("布洛芬", "类风湿关节炎", True),
    ],
)
def test_a_scraped_use_names_a_medicine_and_an_illness(medicine, condition, fit):
    assert fact_fitness.is_use(medicine, condition) is fit


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["Alopecia"], False),
        (["Nausea"], False),
        (["Warts", "Hysteria", "Faecaloma"], False),
        (["Alopecia", "Neutropenia"], True),
        (["脱发", "粒细胞缺乏"], True),
        (["Warts", "Hysteria", "Faecaloma", "Alopecia"], True),
    ],
)
def test_few_scraped_side_effects_are_no_answer(names, told):
    assert fact_fitness.are_telling_effects(names) is told


@pytest.mark.parametrize(
    ("text", "names", "told"),
    [
        ("A fever that is viral. The infection has symptom rash.", ["rash fever"], False),
        ("A skin cancer that has_material_basis_in mast cells.", ["mastocytoma"], False),
        ("A leg sarcoma that occurs in childhood.", ["childhood leg sarcoma"], False),
        ("Caries is decay of teeth. It is common.", ["Toothache"], False),
        ("Your spleen filters blood.", ["Spleen injury"], False),
        ("A sprain is an injury of a ligament.", ["Ankle sprain"], True),
        ("Pertussis (whooping cough) is a contagious illness.", ["Whooping cough"], True),
        ("A cancer that starts in the pleura.", ["mesothelioma"], True),
    ],
)
def test_a_scraped_definition_says_what_the_thing_itself_is(text, names, told):
    assert fact_fitness.is_definition(text, names) is told


@pytest.mark.parametrize(
    ("condition", "medicine", "fit"),
    [
        ("Lupus nephritis", "mycophenolate", True),
        ("Lupus nephritis", "sodium salicylate", False),
        ("acute pyelonephritis", "ciprofloxacin", True),
        ("Hypocalcaemia", "calcium gluconate", True),
        ("Hypokalaemia", "choline", False),
        ("Febrile seizures", "diazepam", True),
        ("plaque psoriasis", "triamcinolone", True),
        ("IgA肾炎", "缬沙坦", True),
        ("IgA肾炎", "水杨酸镁", False),
        ("寻常型银屑病", "卡泊三醇", True),
        ("低钾血症", "胆碱", False),
        ("低钙血症和低镁血症", "枸橼酸钙", True),
        ("急性肾盂肾炎", "头孢曲松", True),
    ],
)
def test_a_use_is_what_the_condition_is_treated_with(condition, medicine, fit):
    assert fact_fitness.has_core(condition, (medicine,)) is fit
