"""Sentences that have all their words in a line of facts, and are not what it says."""

from collections import namedtuple

import pytest

from knowledge.text.sentence_support import AnnotatedText
from medchat.answering import answer_check, well_formed
from medchat.answering.answer import Evidence
from medchat.answering.fact_alignment import is_aligned

Mention = namedtuple("Mention", "start end text entities")
IDS = {"gout": "condition:gout", "痛风": "condition:gout", "urate crystals": "factor:urate"}

LISTED = "Gout — symptoms: joint pain; severe joint swelling; fever."
ZH = "痛风——症状：关节痛；重度关节肿胀；发热。"
DOSE = "Gout — prevention: Adults take colchicine by mouth for six months."


def find(text):
    at = [(text.casefold().find(name), name) for name in IDS]
    return [Mention(i, i + len(name), name, (IDS[name],)) for i, name in at if i >= 0]


def aligned(claim, line, relation):
    language = "zh" if "——" in line else "en"
    piece = Evidence(
        "fact", f"condition:gout#{relation}", "", line, 0, len(line), language,
        subject="condition:gout", relation=relation,
    )  # fmt: skip
    return is_aligned(AnnotatedText.of(claim, find), AnnotatedText.of(line, find), piece)


@pytest.mark.parametrize(
    ("claim", "line", "relation", "right"),
    [
        ("Symptoms of gout include joint pain and fever.", LISTED, "symptom", True),
        ("Gout presents with severe joint swelling.", LISTED, "symptom", True),
        ("痛风的症状包括关节痛和发热。", ZH, "symptom", True),
        ("Symptoms of gout include joint swelling.", LISTED, "symptom", False),
        ("痛风的症状包括关节肿胀。", ZH, "symptom", False),
        ("痛风的症状包括关节。", ZH, "symptom", False),
        ("Symptoms include joint pain.", LISTED, "symptom", False),
        ("Symptoms of gout are known.", LISTED, "symptom", False),
        ("Symptoms of gout.", LISTED, "symptom", False),
        ("Fever.", LISTED, "symptom", False),
        ("Gout.", LISTED, "symptom", False),
        ("Symptoms of gout: fever?", LISTED, "symptom", False),
        ("What are the symptoms of gout.", LISTED, "symptom", False),
        ("痛风的症状是什么。", ZH, "symptom", False),
        ("痛风的症状包括发热发热。", ZH, "symptom", False),
        ("Symptoms of gout include only fever.", LISTED, "symptom", False),
        ("Gout is used for fever.", LISTED, "symptom", False),
        ("Gout: adults take colchicine by mouth for six months.", DOSE, "prevention", True),
        ("Gout: take colchicine by mouth for six months.", DOSE, "prevention", False),
        ("Gout: adults take colchicine rectally for six months.", DOSE, "prevention", False),
        ("Prevention of gout.", DOSE, "prevention", False),
    ],
)
def test_a_sentence_names_its_subject_and_items_whole(claim, line, relation, right):
    assert aligned(claim, line, relation) == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Naproxen, colchicine and prednisolone are first-line in gout.", True),
        ("Live vaccines, including MMR, are avoided in pregnancy, with or without fever.", True),
        ("When the eGFR is below 30, metformin is contraindicated.", True),
        ("Do not use metformin in lactic acidosis.", True),
        ("疗程通常五至七天即可。", True),
        ("用胰岛素前须查血钾，血钾低时应先补钾。", True),
        ("用于肺栓塞的药物包括低分子肝素和肝素。", True),
        ("他克莫司属于免疫抑制剂、抑制剂。", True),
        ("普拉克索的监测：赌博等冲动行为。", True),
        ("痛风的症状包括疼痛和疼痛。", False),
        ("痛风的症状包括发热、疼痛、疼痛。", False),
        ("First-line treatment?", False),
        ("痛风的一线治疗？", False),
        ("Symptoms of gout include.", False),
        ("痛风的症状包括。", False),
        ("Symptoms of include gout pain.", False),
        ("Gout gout gout is treated.", False),
        ("痛风的的了是。", False),
        ("Gout is treated ]] with rest.", False),
        ("", False),
    ],
)  # fmt: skip
def test_statements_are_told_from_questions_and_fragments(text, right):
    assert well_formed.is_statement(text) == right


def test_a_failed_sentence_is_told_again_from_the_line_that_it_cites():
    piece = Evidence(
        "fact", "condition:gout#symptom", "", LISTED, 0, len(LISTED), "en",
        subject="condition:gout", relation="symptom",
    )  # fmt: skip
    draft = "Symptoms of gout include airaterone pain [1]. Gout causes wheezing [1]. Asthma [1]."
    checked = answer_check.check_draft(draft, [piece], find, tell_again=True)
    assert [one.text for one in checked.sentences] == [
        "Symptoms of gout include joint pain, severe joint swelling and fever [1]."
    ]
    assert (checked.dropped, checked.repaired) == (3, 1)
    assert answer_check.check_draft(draft, [piece], find).sentences == ()
