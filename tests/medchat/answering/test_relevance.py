"""Relevance: evidence on the subject that speaks of what is asked; everything else stays away."""

import pytest
from toy_questions import ask, fact, find, passage

from medchat.answering import relevance


def kept(question, *pieces):
    found = relevance.select_relevant(pieces, ask(question), find)
    return [piece.relation or piece.title for piece in found]


GOUT_TREATMENT = fact("condition:gout", "treatment", "gout — treatments: rest.")
GOUT_MEDICINE = fact("condition:gout", "medicine", "gout — medicines: colchicine.")
GOUT_PREVENTION = fact("condition:gout", "prevention", "gout — prevention: Drink water.")
GOUT_TEST = fact("condition:gout", "test", "gout — tests: serum urate.")
GOUT_RED_FLAG = fact("condition:gout", "red_flag", "gout — red flags: fever.")
ASTHMA_TREATMENT = fact("condition:asthma", "treatment", "asthma — treatments: inhalers.")
ULCER = fact(
    "medicine:ibuprofen", "contraindication", "ibuprofen — contraindications: gastric ulcer."
)
COUGH = fact("medicine:ibuprofen", "side_effect", "ibuprofen — side effects: cough.")


@pytest.mark.parametrize(
    ("question", "pieces", "relations"),
    [
        # another subject, or another relation, stays away
        ("How is gout treated?", [GOUT_TREATMENT, ASTHMA_TREATMENT, GOUT_TEST], ["treatment"]),
        ("痛风怎么治疗？", [GOUT_TREATMENT, GOUT_TEST], ["treatment"]),
        # what accompanies the very facts, and what stands in their place
        ("How is gout treated?", [GOUT_MEDICINE, GOUT_TREATMENT], ["treatment", "medicine"]),
        ("How is gout treated?", [GOUT_MEDICINE], ["medicine"]),
        ("What are the symptoms of gout?", [GOUT_RED_FLAG], ["red_flag"]),
        # facts that are near and no answer
        ("How is gout treated?", [GOUT_PREVENTION], []),
        ("What are the complications of gout?", [GOUT_RED_FLAG], []),
        ("What are the side effects of ibuprofen?", [ULCER], []),
        # a warning between two entities of the question, whatever is asked
        ("Is ibuprofen a treatment for gastric ulcer?", [ULCER], ["contraindication"]),
        ("Is ibuprofen a treatment for cough?", [COUGH], ["side_effect"]),
        ("Is ibuprofen a treatment for gout?", [COUGH], []),
        # no relation asked for: all that is on the subject
        ("gout", [GOUT_TEST, ASTHMA_TREATMENT], ["test"]),
    ],
)
def test_facts_that_answer_are_kept(question, pieces, relations):
    assert kept(question, *pieces) == relations


def test_whether_one_may_have_it_is_answered_by_what_speaks_against():
    assert kept("Can I take ibuprofen?", COUGH, ULCER) == ["contraindication"]


@pytest.mark.parametrize(
    ("text", "keeps"),
    [
        ("In gout, treatment is colchicine.", True),
        ("Gout attacks are prevented by drinking water.", True),  # prose may tell of treatment too
        ("Gout is diagnosed from joint fluid.", False),
        ("Asthma is treated with inhalers.", False),
    ],
)
def test_prose_must_speak_of_what_is_asked(text, keeps):
    assert bool(kept("How is gout treated?", passage(text, "A note"))) is keeps


def test_prose_on_the_subject_tells_by_what_it_names():
    note = passage("Colchicine settles an attack within a day.", "Gout")
    assert kept("How is gout treated?", note) == ["Gout"]
    assert kept("How is asthma treated?", note) == []


def test_a_longer_unknown_name_is_another_subject():
    question = ask("How is Kawabunga fever treated?")
    assert [mention.text for mention in question.mentions] == ["fever"]
    assert (
        relevance.drop_partial_names(
            question, [passage("Fever settles with rest.", "Fever")]
        ).mentions
        == ()
    )
    known = passage("Kawabunga fever settles with rest.", "Kawabunga fever")
    assert relevance.drop_partial_names(question, [known]).mentions == question.mentions


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("Is ibuprofen safe in pregnancy?", ["pregnancy"]),
        ("哺乳期能吃布洛芬吗？", ["breastfeeding"]),
        ("How is gout treated in children?", ["children"]),
        ("How do I treat gout in a 4-year-old?", ["children"]),
        ("How is gout treated in kids?", ["children"]),
        ("3岁的宝宝痛风怎么办？", ["children"]),
        ("How is gout treated in the elderly?", ["older"]),
        ("老年人痛风怎么治疗？", ["older"]),
        ("How is gout treated in a 44-year-old?", []),
        ("How is gout treated?", []),
        ("What is pregnancy?", []),  # the subject itself, not a patient
    ],
)
def test_patients_that_a_question_asks_about(question, who):
    assert relevance.find_patients(ask(question)) == who


def test_adults_and_adolescents_are_no_children():
    assert not relevance.speaks_of_patient("Asthma in adults and adolescents", "children")
    assert relevance.speaks_of_patient("Acne in adolescents", "children")
    assert not relevance.speaks_of_patient("成人和青少年哮喘", "children")


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("Colchicine 500 micrograms twice a day settles it.", True),
        ("每次100 mg，每日2次。", True),
        ("Colchicine is stopped after 5 days.", False),
        ("The level was 7 mg/L.", False),
    ],
)
def test_a_dose_is_an_amount_and_how_often(text, tells):
    assert relevance.tells_dose(text) is tells


def test_what_may_be_given_in_pregnancy_is_not_answered_by_what_is_given_else():
    general = passage("Gout is treated with colchicine.", "Gout")
    special = passage("In pregnancy gout is treated with rest.", "Gout when pregnant")
    assert kept("How is gout treated in pregnancy?", general, special) == ["Gout when pregnant"]
    assert kept("How is gout treated in pregnancy?", general) == []
    assert kept("How is gout treated in children?", general) == ["Gout"]


def test_what_holds_of_pregnancy_at_large_is_no_answer_on_a_disease_in_pregnancy():
    other = passage("Treatment of fever in pregnancy is rest.", "Prescribing in pregnancy")
    derived = passage("Antiasthmatics are used for treatment in pregnancy.", "In pregnancy")
    assert kept("How is asthma treated in pregnancy?", other, derived) == ["In pregnancy"]
    # a medicine may be told of by its class
    assert kept("Is ibuprofen safe in pregnancy?", other) == ["Prescribing in pregnancy"]


def test_words_that_no_evidence_holds_are_named():
    question = ask("Does yoga change gout?")
    assert relevance.find_unanswered_words(question, "Gout is painful.") == "yoga change"
    assert relevance.find_unanswered_words(question, "Yoga has no effect on gout.") is None


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Will mountain air really worsen gout?", "mountain air"),  # no verb, no adverb
        ("痛风患者能吃柚子吗？", "柚子"),
        ("正在吃秋水仙碱，现在能加西柚吗？", "西柚"),  # no halves of words about it
        ("Is gout driving?", ""),
    ],
)
def test_only_whole_words_that_matter_are_named(question, words):
    assert relevance.find_unanswered_words(ask(question), "") == words


def test_what_the_words_of_an_unknown_name_are_scattered_in_is_no_answer():
    question = "Which tests are done for restrictive lung fibrosis?"
    apart = "Tests for restrictive masks and for fibrosis of the lung are done."
    together = "Tests done for restrictive lung fibrosis include spirometry."
    assert kept(question, passage(apart, "apart"), passage(together, "together")) == ["together"]
    known = "Tests done for the lung in divers."
    assert kept("Which tests are done on the lung of divers?", passage(known, "known")) == ["known"]


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("How long is gout treated?", "For at least six months.", "With colchicine."),
        ("痛风要吃多久药？", "至少继续三个月。", "可用秋水仙碱。"),
        ("Which urate target is set in gout?", "The target is below 360.", "Urate is high."),
        ("痛风的尿酸目标是多少？", "目标低于360。", "尿酸升高。"),
        ("Can I stop colchicine abruptly?", "It is not stopped at once but tapered.", "For gout."),
        ("秋水仙碱能突然停药吗？", "应逐渐减量。", "用于痛风。"),
    ],
)
def test_a_passage_that_tells_the_detail_asked_for_is_found(question, told, other):
    pieces = [passage(other), passage(told, id="q")]
    kept = relevance.telling_detail(pieces, ask(question))
    assert [piece.text for piece in kept] == [told]
    assert relevance.telling_detail(pieces, ask("What causes gout?")) == []
