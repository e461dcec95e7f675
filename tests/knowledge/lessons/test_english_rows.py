"""Test the wording of English rows: articles, agreement, plausible patients, what comes first."""

import random

import pytest

from knowledge.lessons.facts import reportable_findings
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.pages.related_pages import _is_alternative
from knowledge.lessons.realize import (
    articles,
    letter_case,
    patient_profiles,
    realizer,
    usable_names,
)
from knowledge.lessons.styles import chatdoctor, huatuo, literature, preference, vignette
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import VignetteWords
from knowledge.records import Entity, Lesson, LessonMessage, LessonSource, Name, Passage


def item(name, object="symptom:1", kind="symptom"):
    return PageFact(f"fact:{name}", name, articles.with_article(name), f"{kind}:{name}", kind)


def text(words):
    return PageFact(f"fact:{words[:9]}", words, words[:1].lower() + words[1:])


def page(name, **groups):
    kinds = {"department": "department", "test": "test", "risk_factor": "factor"}
    held = {
        relation: tuple(
            each if isinstance(each, PageFact) else item(each, kind=kinds.get(relation, "symptom"))
            for each in values
        )
        for relation, values in groups.items()
    }
    entity = Entity(f"condition:{name}", "condition", (Name(name, "en"),))
    return FactPage(entity, "en", name, articles.with_article(name), held)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pilonidal cyst", "a pilonidal cyst"),
        ("coagulation (bleeding) disorder", "a coagulation (bleeding) disorder"),
        ("broken tooth", "a broken tooth"),
        ("ectopic pregnancy", "an ectopic pregnancy"),
        ("pregnancy at term", "pregnancy at term"),
        ("acute kidney injury", "acute kidney injury"),
        ("injury to the hand", "an injury to the hand"),
        ("history of angioedema", "a history of angioedema"),
        ("full blood count", "a full blood count"),
        ("ACTH stimulation test", "an ACTH stimulation test"),
        ("HER2 test", "a HER2 test"),
        ("urinary tract infection", "a urinary tract infection"),
        ("HIV infection", "HIV infection"),
        ("hand or finger lump or mass", "a hand or finger lump or mass"),
        ("kidney stones", "kidney stones"),
        ("gout", "gout"),
    ],
)
def test_a_counted_name_takes_its_article(name, said):
    assert articles.with_article(name) == said
    assert articles.without_article(said) == name


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{s} can cause pain.", "A hernia can cause pain."),
        ("known {s}: any objection?", "Known hernia: any objection?"),
        ("my aunt's {s} is worse.", "My aunt's hernia is worse."),
        ("is there any {s}?", "Is there any hernia?"),
    ],
)
def test_a_determiner_takes_the_place_of_the_article(template, said):
    assert realizer.fill(template, "en", 1, s="a hernia") == said


@pytest.mark.parametrize(
    ("name", "description", "said"),
    [
        (
            "gout",
            "juvenile arthritis (JIA), also known as JRA, is the most common form",
            "Juvenile arthritis (JIA), also known as JRA, is the most common form.",
        ),
        ("gout", "A crush injury is injury by an object", "A crush injury is injury by an object."),
        ("fracture", "fractures of the humerus", "a fracture, fractures of the humerus."),
        ("Cushing syndrome", "Cushing's syndrome describes signs", "Cushing's syndrome describes"),
        ("gout", "a painful joint disease", "Gout is a painful joint disease."),
    ],
)
def test_a_description_without_a_verb_gets_one(name, description, said):
    told = realizer.state_facts(
        articles.with_article(name),
        "description",
        [PageFact("fact:1", description, description)],
        "en",
        random.Random(1),
    )
    assert said in told
    assert " is a crush injury is " not in told and " is fractures " not in told


def test_findings_that_are_clauses_or_empty_are_left_out():
    assert not usable_names.can_be_object("associated_with", "symptom", "Throat feels tight")
    assert not usable_names.can_be_object("associated_with", "symptom", "Symptoms of eye")
    assert usable_names.can_be_object("associated_with", "symptom", "Eye burns") is True
    assert usable_names.is_damaged("Psoriasis /sɵˈraɪəsɨs/ is a skin disease")
    assert usable_names.is_cut('It is known as "Valley fever") and is fungal.')
    assert not usable_names.is_cut("Signs are a) fever and b) cough (stage II).")


def test_a_heading_loses_its_capitals_within_a_sentence():
    common = {"cystic", "acute", "disease"}
    assert letter_case.lower_heading("Cystic Fibrosis", common) == "cystic fibrosis"
    two = "Cystic fibrosis is inherited. Lungs and Disease follow."
    assert letter_case.lower_first_word(two, common) == two[:1].lower() + two[1:]
    assert letter_case.lower_first_word("Gastro-oesophageal reflux", common) == (
        "gastro-oesophageal reflux"
    )
    assert letter_case.lower_first_word("Acute Lyme disease", common) == "acute Lyme disease"
    assert letter_case.lower_first_word("Athlete's foot", common) == "athlete's foot"
    assert letter_case.lower_first_word("Crohn's disease", common) == "Crohn's disease"


def test_a_verb_agrees_with_two_adjectives_before_one_noun():
    assert realizer.is_plural("depressive or psychotic symptoms")
    assert not realizer.is_plural("lump or mass of breast")


def test_one_of_several_is_said_only_of_several():
    for seed in range(60):
        pick = random.Random(seed)
        one = realizer.state_facts("gout", "complication", [item("pain")], "en", pick)
        assert "Among" not in one and "complications of gout include" not in one.casefold()


def test_further_facts_of_a_relation_are_introduced_as_such():
    told = realizer.state_further(
        "side_effect", [item("nausea"), item("fatigue")], "en", random.Random(2)
    )
    assert told.startswith("Other side effects ")


@pytest.mark.parametrize(
    ("name", "stage", "sex"),
    [
        ("ischaemic stroke", "mature", ""),
        ("heat stroke", "adult", ""),
        ("priapism", "adult", "m"),
        ("Turner syndrome", "adult", "f"),
        ("scarlet fever", "child", ""),
        ("gestational diabetes", "adult", "f"),
    ],
)
def test_a_patient_fits_the_condition(name, stage, sex):
    who = patient_profiles.profile_of(page(name))
    assert (who.stage, who.sex) == (stage, sex)


def test_a_condition_of_pregnancy_has_a_pregnant_patient():
    who = patient_profiles.profile_of(page("gestational diabetes"))
    assert who.pregnant
    assert "pregnant woman" in patient_profiles.describe_person(who, "en", random.Random(1))


def test_a_history_fits_the_patient():
    factors = ("childbirth", "family history of diabetes", "autumn season", "obesity")
    told = patient_profiles.history_items(
        page("bipolar disorder", symptom=["low mood"], risk_factor=factors)
    )
    assert [each.text for each in told] == ["obesity"]
    assert not patient_profiles.can_be_asked(
        page("ringworm", symptom=["itching"]), item("diaper rash")
    )


def test_a_procedure_is_no_illness():
    assert not patient_profiles.is_illness(page("mastectomy", associated_with=["pain"]))


def test_one_common_finding_sets_no_two_departments_against_each_other():
    one = page("tonsillitis", symptom=["fever", "sore throat"], department=["ENT"])
    other = page("cystitis", symptom=["fever", "dysuria"], department=["urology"])
    like = page("pyelitis", symptom=["fever", "flank pain"], department=["urology"])
    assert not _is_alternative(one, other, "symptom")
    assert _is_alternative(other, like, "symptom")


def test_only_a_case_with_two_conditions_asks_for_several():
    words = load(VignetteWords, "en")
    for task in words.task_alone:
        assert "differential" not in task and "what else" not in task


def test_what_is_urgent_comes_before_the_plan_of_a_sudden_illness():
    stroke = page(
        "ischaemic stroke",
        symptom=["facial droop", "speech difficulty", "arm weakness"],
        test=["brain imaging"],
        red_flag=[text("Sudden facial droop is an emergency.")],
    )
    for seed in range(20):
        row = vignette.write(stroke, "test", "alone", random.Random(seed))
        answer = row.messages[-1].content
        assert answer.index("is an emergency") < answer.index("brain imaging")


def test_a_laboratory_finding_is_no_complaint():
    effects = [item("hyperkalaemia"), item("raised liver enzymes"), item("QT prolongation")]
    assert reportable_findings.select_felt(effects) == []


def test_a_plural_subject_is_asked_about_with_their():
    stones = page("kidney stones", symptom=["pain"], cause=["low intake"])
    asked = [
        huatuo.ask_for_two(stones, ("symptom", "cause"), random.Random(seed)) for seed in range(20)
    ]
    assert all("their symptoms" in each and "its " not in each for each in asked)


def paper(*parts):
    passages = tuple(
        Passage(f"p{place}", "d", words, 0, len(words), title, "en")
        for place, (title, words) in enumerate(parts)
    )
    entity = Entity("d", "document", (Name("A trial", "en"),))
    return FactPage(entity, "en", "A trial", "A trial", {}, passages)


def test_a_summary_quotes_every_titled_part_and_no_quotation_is_asked_for_twice():
    note = paper(
        ("Summary", "Gout flares are treated with colchicine or a corticosteroid in most people."),
        (
            "Diagnosis",
            "Crystals in joint fluid confirm the diagnosis of gout in most of the cases.",
        ),
        ("Treatment", "Long-term urate lowering aims at a serum urate below 360 micromol/L."),
    )
    row = literature.write(note, "part", "whole", random.Random(3))
    answer = row.messages[-1].content
    assert "“Diagnosis”" in answer and "“Treatment”" in answer
    for seed in range(60):
        row = literature.write(note, "summary", "one", random.Random(seed))
        question = row.messages[-2].content
        assert not ("own words?" in question and question.count("?") == 1 and "quot" in question)


def test_a_talk_shows_its_paper_and_finds_no_count_of_people():
    counted = "The cohort comprised 12 men and 9 women seen at one hospital."
    found = "Walking distance rose more after eight weeks of supervised training."
    trial = paper(
        ("Methods", "Adults with claudication walked on a treadmill."),
        ("Results", counted + " " + found),
    )
    for seed in range(12):
        row = literature.write(trial, "result", "one", random.Random(seed))
        asked = row.messages[0].content
        assert asked.startswith("[1] Methods: Adults with") and f"[2] Results: {counted}" in asked
        assert found in row.messages[-1].content and counted not in row.messages[-1].content


def lesson(question, answer, objects, quotes, support):
    return Lesson(
        id="x",
        messages=(LessonMessage("user", question), LessonMessage("assistant", answer)),
        language="en", style="huatuo",
        sources=tuple(LessonSource("fact", f"fact:{n}", quote) for n, quote in enumerate(quotes)),
        entities=("condition:angina", *(f"symptom:{name}" for name in objects)),
        split_key="condition:angina", licence="CC0-1.0",
        meta={"relation": "symptom", "support": support, "objects": objects},
    )  # fmt: skip


def test_only_facts_are_swapped_and_none_that_the_question_names():
    line = "Angina — symptoms: chest pain; rash."
    flag = "Angina — red flags: Chest pain at rest is an emergency."
    answer = "Angina can cause chest pain and a rash. Warning: chest pain at rest is an emergency."
    row = lesson(
        "What does it feel like?", answer, ["chest pain", "rash"], [line, line, flag],
        [[0, 1], [2]],
    )  # fmt: skip
    pairs = preference.PreferencePairs(lambda id: set(), every=False)
    named = [("symptom:chest pain", "chest pain")]
    pairs._pool["en", "symptom"] = preference.deque([("symptom:ulcer", "ulcer")])
    pair = pairs._swapped(row, named, random.Random(1))
    assert pair["rejected"] == (
        "Angina can cause an ulcer and a rash. Warning: chest pain at rest is an emergency."
    )
    asked = lesson("Can it cause chest pain?", answer, ["chest pain"], [line], [[0], []])
    assert pairs._swapped(asked, named, random.Random(1)) is None


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a wen", "Swelling of a gland that is blocked and grows.", "A wen is swelling of a gland"),
        (
            "warts",
            "Small growths that a virus causes; most are gone in time.",
            "Warts are small gr",
        ),
        ("remedy", "Lowers pain and is also used in fever.", "Remedy lowers pain and is also"),
        ("remedy", "Its dose is raised slowly.", "its dose is raised slowly."),
        ("remedy", "In fever it helps within hours, and is cheap.", "In fever it helps"),
        ("a wen", "Any lump that hurts can be classified as one.", "Any lump that hurts can"),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_what_a_thing_is_goes_on_from_its_name_where_the_text_is_of_that_form(
    name, text, said, seed
):
    item = PageFact("f", text, text)
    told = realizer.state_facts(name, "description", [item], "en", random.Random(seed))
    assert said in told and "is in " not in told and "is any " not in told
    assert name in told.lower() or told == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A wen crisis (once called a wen) is severe swelling of it.", "A wen crisis (once"),
        ("A lump that is soft and grows.", "A wen is a lump that is soft"),
        ("A lump left alone until it is big.", "A wen is a lump left alone"),
    ],
)
def test_a_whole_sentence_is_told_without_the_name_before_it(text, said):
    item = PageFact("f", text, text)
    told = realizer.state_facts("a wen", "description", [item], "en", random.Random(1))
    assert told.startswith(said)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("nettle rash", "Itchy weals that come and go.", "Nettle rash consists of itchy weals"),
        ("a pill", "Contraception taken within 72 hours.", "A pill is contraception taken"),
        ("eye drops", "Drops used twice a day.", "Eye drops are drops used"),
    ],
)
def test_a_text_of_another_number_than_its_name_is_what_the_thing_consists_of(name, text, said):
    item = PageFact("f", text, text)
    told = realizer.state_facts(name, "description", [item], "en", random.Random(1))
    assert told.startswith(said)


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("olmesartan", "Avoided in pregnancy.", "Olmesartan is avoided in pregnancy."),
        ("penicillins", "May be used in pregnancy.", "Penicillins may be used in pregnancy."),
        ("cilazapril", "Not in pregnancy; stop it.", "Cilazapril: not in pregnancy; stop it."),
    ],
)
def test_what_a_text_says_of_pregnancy_is_not_said_before_it_too(name, words, told):
    said = realizer.state_facts(name, "pregnancy", [text(words)], "en", random.Random(1))
    assert said == told


@pytest.mark.parametrize(
    ("name", "words", "is_planned"),
    [
        ("olmesartan", "It can harm the fetus.", True),
        ("olmesartan", "May be used where needed.", False),
        ("atropine", "Only once: it can harm the fetus.", False),
    ],
)
def test_a_pregnancy_is_planned_only_round_what_is_taken_for_long_and_harms(
    name, words, is_planned
):
    medicine = FactPage(
        Entity(f"medicine:{name}", "medicine", (Name(name, "en"),)),
        "en",
        name,
        name,
        {"pregnancy": (text(words),), "medicine~": (item("asthma", kind="condition"),)},
    )
    heard = []
    for seed in range(40):
        manner = Manner("plain", ("short", "medium", "long")[seed % 3])
        for style, form in ((huatuo, "all"), (chatdoctor, "taking")):
            row = style.write(medicine, "pregnancy", form, random.Random(seed), manner)
            heard.append(row.messages[-1].content)
    planned = [each for each in heard if "decided with the" in each or "is planned" in each]
    assert bool(planned) == is_planned


@pytest.mark.parametrize("seed", range(30))
def test_no_test_is_said_to_confirm(seed):
    pick = random.Random(seed)
    tests = [item("ferritin", kind="test"), item("heart rate", kind="test")]
    told = realizer.state_facts("restless legs syndrome", "test", tests, "en", pick)
    told += realizer.state_briefly("test", tests, "en", pick)
    assert "confirm" not in told
    assert "the heart rate" in told


def test_what_is_contraindicated_together_must_not_be_combined():
    other = PageFact("f", "ketoconazole", "ketoconazole", "o", "medicine", level="contraindicated")
    for seed in range(20):
        pick = random.Random(seed)
        told = realizer.state_facts("colchicine", "interaction", [other], "en", pick)
        assert "must not be combined" in told or "contraindicat" in told
        assert "contraindicated interaction" not in told


def test_a_virus_of_a_name_takes_its_article():
    assert articles.with_article("Epstein-Barr virus") == "the Epstein-Barr virus"
    assert articles.without_article("the Epstein-Barr virus") == "Epstein-Barr virus"
