"""Evidence and claims: passages by sentence, lines of facts by their relation."""

import pytest
from adversarial_pairs import linker

from knowledge.text.names import language_of
from knowledge.text.sentence_support import AnnotatedText
from medchat.answering.answer import Evidence
from medchat.answering.entailment import AnnotatedEvidence, score_evidence


def fact(subject, relation, text):
    return Evidence(
        "fact", "f", "", text, 0, len(text), language_of(text), subject=subject, relation=relation
    )


def passage(text, context=""):
    return Evidence("passage", "p", context, text, 0, len(text), language_of(text), context=context)


def scored(claim, evidence):
    find = linker().find
    return score_evidence(AnnotatedText.of(claim, find), AnnotatedEvidence.of(evidence, find))


INVERSE = fact("condition:stroke", "complication~", "Stroke — complication of: hypertension.")
FORBIDDING = fact(
    "medicine:metformin", "contraindication", "Metformin — contraindications: lactic acidosis."
)
ZH = fact("condition:hypertension", "complication", "高血压——并发症：脑卒中。")
TEXT = fact(
    "medicine:ibuprofen", "pregnancy", "Ibuprofen — use in pregnancy: Avoided after week 20."
)


@pytest.mark.parametrize(
    ("claim", "evidence", "is_supported"),
    [
        ("Stroke is a complication of hypertension.", INVERSE, True),
        ("Hypertension is a complication of stroke.", INVERSE, False),
        ("Stroke leads to hypertension.", INVERSE, False),
        ("Do not use metformin in lactic acidosis.", FORBIDDING, True),
        ("Metformin is not contraindicated in lactic acidosis.", FORBIDDING, False),
        ("Use metformin in lactic acidosis.", FORBIDDING, False),
        ("Metformin is ineffective in lactic acidosis.", FORBIDDING, False),
        ("Metformin — contraindications: lactic acidosis.", FORBIDDING, True),
        ("高血压可引起脑卒中。", ZH, True),
        ("脑卒中可引起高血压。", ZH, False),
        ("由高血压引起脑卒中。", ZH, True),
        ("Ibuprofen is avoided after week 20.", TEXT, True),
        ("Ibuprofen is used after week 20.", TEXT, False),
        ("Ibuprofen is avoided in breastfeeding.", TEXT, False),
    ],
)
def test_facts_support_by_relation(claim, evidence, is_supported):
    assert (scored(claim, evidence) == 1.0) == is_supported


def test_one_sentence_of_a_passage_must_support_the_claim():
    text = "Colchicine is given for gout. Warfarin interacts with aspirin."
    assert scored("Colchicine is given for gout.", passage(text)) == 1.0
    assert scored("Colchicine interacts with aspirin.", passage(text)) < 1.0


def test_the_title_names_what_a_passage_is_about():
    assert scored("Gout is treated with rest.", passage("Treat with rest.", "Gout")) == 1.0


def test_a_passage_is_annotated_by_sentence_and_a_line_of_facts_whole():
    find = linker().find
    assert len(AnnotatedEvidence.of(passage("One. Two."), find).sentences) == 2
    assert len(AnnotatedEvidence.of(TEXT, find).sentences) == 1
