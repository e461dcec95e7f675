"""What is told first, or at all: danger, what a thing is, first choices, what lists leave open."""

import random
import re

import pytest

from knowledge.lessons.facts import taught_uses, treatment_claims, urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import case_plan, pair_advice, patient_profiles
from knowledge.lessons.styles import grounded, huatuo, knowledge_call, overview, safety
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ConsultationWords, KnowledgeCallWords, UrgencyWords
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Entity, Name
from knowledge.vocabulary import INVERSE

_PLAIN = Manner("plain", "medium")
_SEEDS = range(40)


def named(*names, kind="symptom", scraped=False):
    return tuple(PageFact(f"f:{each}", each, each, f"{kind}:{each}", kind, scraped=scraped)
                 for each in names)  # fmt: skip


def told(*texts):
    return tuple(PageFact(f"f:{each}", each, each[:1].lower() + each[1:]) for each in texts)


def page(name, kind="condition", **groups):
    return FactPage(Entity(f"{kind}:{name}", kind, (Name(name, "en"),)), "en", name, name, groups)


@pytest.mark.parametrize(
    "name",
    ["mucocutaneous lymph node syndrome", "delirium tremens", "alcohol withdrawal syndrome",
     "acute viral pericarditis", "cardiac asthma", "皮肤黏膜淋巴结综合征", "酒精戒断综合征",
     "急性病毒性心包炎", "心源性哮喘"],
)  # fmt: skip
def test_what_needs_hospital_at_once_is_known(name):
    assert urgent_flags.is_grave_name(name)


@pytest.mark.parametrize("name", ["chronic pericarditis", "alcohol use disorder", "慢性心包炎"])
def test_what_lasts_is_no_emergency(name):
    assert not urgent_flags.is_grave_name(name)


@pytest.mark.parametrize("name", ["type 1 diabetes", "Acute pyelonephritis", "hyperkalaemia"])
def test_a_suspicion_that_cannot_wait_for_a_free_appointment_is_known(name):
    assert urgent_flags.alarm_of_case(page(name), ["tiredness"]) == "soon"
    assert urgent_flags.alarm_of_case(page("eczema"), ["tiredness"]) == ""


@pytest.mark.parametrize(("symptom", "refers"), [("confusion", False), ("dry skin", True)])
def test_who_must_be_seen_at_once_is_sent_to_no_referral(symptom, refers):
    ill = page(
        "melioma", symptom=named(symptom, "tiredness"), department=named("neurology", "urology")
    )
    rows = [huatuo.write(ill, "department", "all", random.Random(at), _PLAIN) for at in _SEEDS]
    answers = " ".join(row.messages[-1].content for row in rows if row)
    assert "neurology" in answers and ("can arrange the referral" in answers) == refers


def test_what_a_condition_is_comes_before_danger_and_contagion():
    ill = page(
        "mumps", description=told("A viral infection of the salivary glands."),
        transmission=told("It spreads through droplets."), test=named("saliva swab", kind="test"),
        red_flag=told("A stiff neck needs an ambulance at once."),
    )  # fmt: skip
    for at in _SEEDS:
        row = huatuo.write(ill, "description", "all", random.Random(at), _PLAIN)
        answer = row.messages[-1].content
        assert "droplets" not in answer
        assert answer.index("salivary") < answer.index("stiff neck")


def test_the_first_treatment_is_told_before_others():
    ill = page(
        "iron poisoning", treatment=named("liver transplantation", kind="treatment"),
        first_line=named("deferoxamine", kind="medicine"), symptom=named("vomiting"),
    )  # fmt: skip
    rows = [safety.write(ill, "treatment", "alike", random.Random(at), _PLAIN) for at in _SEEDS]
    for row in filter(None, rows):
        answer = row.messages[-1].content.lower()
        assert answer.index("deferoxamine") < answer.index("transplantation")


def test_medicines_that_are_taught_stand_first_in_a_list_that_is_cut():
    listed = {"medicine": named("Protriptyline", "Mirtazapine", "Sertraline", kind="medicine")}
    fit = treatment_claims.fit_to_teach("Depression", "condition", listed, ())
    assert [each.text for each in fit.groups["medicine"]] == [
        "Sertraline",
        "Mirtazapine",
        "Protriptyline",
    ]


def test_atrial_fibrillation_is_not_told_without_what_prevents_a_stroke_or_slows_the_heart():
    assert taught_uses.lacks_first_choice("Atrial Fibrillation", ["Dofetilide", "Flecainide"])


def test_a_broader_name_beside_a_narrower_one_is_no_use_of_its_own():
    relation = f"medicine{INVERSE}"
    uses = {relation: named("Uveitis", "Anterior Uveitis", "Berylliosis")}
    fit = treatment_claims.fit_to_teach("zaltoprofen", "medicine", uses, ())
    assert [each.text for each in fit.groups[relation]] == ["Anterior Uveitis", "Berylliosis"]


@pytest.mark.parametrize(("medicine", "asks"), [("Zaltoprofen", False), ("Ibuprofen", True)])
def test_a_listed_use_is_affirmed_only_of_a_medicine_that_is_known(medicine, asks):
    uses = named("fever", "migraine", "dysmenorrhoea", kind="condition", scraped=True)
    forms = huatuo.topics(page(medicine, "medicine", **{f"medicine{INVERSE}": uses}))
    assert ("is" in forms[f"medicine{INVERSE}"]) == asks
    ill = page("migraine", medicine=named(medicine, "Ibuprofen", kind="medicine", scraped=True))
    assert ("is" in huatuo.topics(ill).get("medicine", ())) == asks


def test_a_lookup_of_listed_medicines_says_that_there_may_be_more():
    ill = page("berylliosis", medicine=named("Prednisone", kind="medicine", scraped=True))
    source = any_of(load(KnowledgeCallWords, "en").source, "en", {})
    for at in _SEEDS:
        row = knowledge_call.write(ill, "medicine", "plain", random.Random(at))
        assert re.search(source, row.messages[-1].content.lower())


def test_advice_that_is_the_same_for_two_pairs_is_told_once():
    texts = told("iron: Keep two hours apart.", "zinc: Keep two hours apart.", "rifampicin: Avoid.")
    kept = pair_advice.distinct(texts)
    assert [each.text for each in kept] == [texts[0].text, texts[2].text]


def test_an_overview_of_a_medicine_has_its_side_effects():
    drug = page(
        "sotorexin", "medicine", description=told("A tablet against migraine, taken at the start."),
        side_effect=named("ankle swelling", "flushing"), drug_class=named("triptans", kind="class"),
        contraindication=named(*(f"cardiac disorder {at}" for at in range(6)), kind="condition"),
        monitoring=told("Blood pressure and pulse before the first tablet and a month after it."),
        precaution=told("Drivers should wait until they know how it affects them."),
        pregnancy=told("Little is known of its use in pregnancy, so another one is chosen."),
        **{f"medicine{INVERSE}": named("migraine", "cluster headache", kind="condition")},
    )  # fmt: skip
    rows = [overview.write(drug, overview.TOPIC, "part", random.Random(at)) for at in _SEEDS]
    assert any(rows)
    assert all("ankle swelling" in row.messages[-1].content.lower() for row in rows if row)


@pytest.mark.parametrize(("language"), ["en", "zh"])
def test_no_opening_leaves_open_whether_an_emergency_is_severe(language):
    assert not any("if it is severe" in each for each in load(UrgencyWords, language).to_patient)


def test_a_class_is_named_by_its_own_word():
    drug = page(
        "perindamipine", "medicine", description=told("A long-acting dihydropyridine."),
        drug_class=named("dihydropyridine calcium-channel blocker", kind="class"),
    )  # fmt: skip
    assert case_plan.names_class(drug)


def test_whether_it_is_caught_is_asked_only_of_what_tells_so():
    ageing = page("presbyopia", symptom=named("blurred near vision"), test=named("eye test"))
    caught = page("mumps", symptom=named("swelling"), transmission=told("It spreads by droplets."))
    assert "transmission" not in grounded._untold(ageing, "symptom")
    assert "transmission" in grounded._untold(caught, "symptom")


def test_two_names_of_one_use_are_told_once():
    relation = f"medicine{INVERSE}"
    uses = {relation: named("Seizures", "Epilepsy", "Berylliosis")}
    fit = treatment_claims.fit_to_teach("zaltoprofen", "medicine", uses, ())
    assert [each.text for each in fit.groups[relation]] == ["Seizures", "Berylliosis"]


@pytest.mark.parametrize(("name", "presses"), [("ruptured spleen", True), ("eczema", False)])
def test_who_has_an_emergency_is_sent_before_signs_are_told(name, presses):
    ill = page(name, red_flag=told("Fainting or a pale skin needs an ambulance at once."))
    assert urgent_flags.is_grave_name(name) is presses
    lines = load(ConsultationWords, "en")
    sending = (*lines.urgent_named, *lines.ambulance_named)
    words = re.compile(any_of(sending, "en", {}), re.IGNORECASE)
    for seed in _SEEDS:
        row = safety.write(ill, "red_flag", "flag", random.Random(seed), _PLAIN)
        said = row.messages[-1].content
        first = said.find("ainting or a pale skin")
        sent = words.search(said[:first])
        assert first > 0 and bool(sent) is presses


@pytest.mark.parametrize(
    "name", ["nuclear cataract", "primary open-angle glaucoma", "老年性白内障"]
)
def test_what_clouds_sight_slowly_did_not_begin_at_the_weekend(name):
    assert patient_profiles.profile_of(page(name)).pace == "lasting"
