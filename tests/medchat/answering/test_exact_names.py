"""Exact names: the allele, gene, code or medicine that is asked for outweighs any relation."""

import pytest
from toy_questions import ask, fact, find, passage

from knowledge.text.exact_names import find_exact_names
from medchat.answering import answer_choice, prompts, relevance

USES = fact("medicine:allopurinol", "medicine~", "allopurinol — used for: gout.")
USES_ZH = fact("medicine:allopurinol", "medicine~", "别嘌醇——用于：痛风。")
DOSE = "Allopurinol is a medicine for gout and starts low. Raise it slowly to the target."
DOSE_ZH = "别嘌醇是治疗痛风的药物，从小剂量开始。之后缓慢加量至目标。"


def answer(question, *pieces):
    asked = ask(question)
    relevant = relevance.select_relevant(pieces, asked, find)
    read = prompts.select_pieces(relevant, asked, prompts.PromptLimits(), find)
    return answer_choice.state_limits(
        answer_choice.quote(read, asked, find), asked, read
    ).text  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("HLA-B*15:02", "HLA-B*15:02"),
        ("HLA-B*1502", "HLA-B*15:02"),
        ("TPMT*3A", "TPMT*3A"),
        ("CYP3A4", "CYP 3A4"),
        ("NUDT15", "NUDT-15"),
        ("BRCA1/2", "BRCA2"),
        ("anti-CCP", "anti CCP"),
        ("TNF-α", "TNF-alpha"),
        ("IFN-gamma", "IFN-γ"),
        ("HbA1c", "HbA₁c"),
        ("SARS-CoV-2", "SARS‑CoV‑2"),
        ("eGFR", "eGFR"),
        ("IL-1β", "IL-1 beta"),
        ("canakinumab", "Canakinumab"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_passage_that_holds_the_name_is_the_answer(asked, written, language):
    if language == "en":
        question = f"Is {asked} needed before allopurinol medication?"
        told, general, uses = f"Before allopurinol, look at {written}.", DOSE, USES
    else:
        question = f"别嘌醇用药前要看{asked}吗？"
        told, general, uses = f"用别嘌醇之前先看{written}的结果。", DOSE_ZH, USES_ZH
    pieces = [uses, passage(general, id="general"), passage(told, id="told")]
    said = answer(question, *pieces)
    assert told.rstrip(".。") in said
    assert uses.text not in said
    assert "mention" not in said and "没有提到" not in said


@pytest.mark.parametrize(
    ("question", "missing", "pieces"),
    [
        ("Is HLA-B*15:02 needed before allopurinol medication?", "HLA-B*15:02", (USES, DOSE)),
        ("Is CYP2C19*2 relevant to allopurinol medication?", "CYP2C19*2", (USES, DOSE)),
        ("Which medicine with TNF-α treats gout?", "TNF-α", (USES, DOSE)),
        ("Are medicines such as secukinumab used in gout?", "secukinumab", (USES, DOSE)),
        ("别嘌醇用药前需要检测HLA-B*15:02吗？", "HLA-B*15:02", (USES_ZH, DOSE_ZH)),
        ("痛风能用药物司库奇尤单抗吗？", "司库奇尤单抗", (USES_ZH, DOSE_ZH)),
        ("別嘌醇用藥前需要檢測TPMT*3A嗎？", "TPMT*3A", (USES_ZH, DOSE_ZH)),
    ],
)
def test_what_no_source_names_is_said_so(question, missing, pieces):
    uses, text = pieces
    near = passage(f"{text} HLA-B*58:01 CYP2C19*3", id="near")
    said = answer(question, uses, near)
    assert said.startswith(
        (f"The sources do not mention “{missing}”", f"资料中没有提到“{missing}”",
         f"資料中沒有提到“{missing}”")
    )  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        "What are the symptoms of gout?",
        "Is a fever of 38 in a two-month-old an emergency?",
        "62 yo man, BP 85/50, fever 39, RR 28",
        "WHAT CAUSES GOUT",
        "Can I take 5mg 2x daily from April?",
        "Is a phase-3 trial needed?",
        "吃5mg他汀肌肉疼要查什么？",
        "3岁儿童发热38.5度怎么办？",
    ],
)
def test_other_questions_have_no_exact_names(question):
    assert find_exact_names(question) == ()


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("HLA-B*58:01", "HLA-B*58:011"),
        ("CYP2C19*2", "CYP2C19*21"),
        ("IL-6", "IL-61"),
        ("G4", "5 g 4 times"),
        ("BRCA1", "BRCA12"),
        ("TNF-α", "TNF-beta"),
    ],
)
def test_another_name_is_not_the_one(asked, text):
    (name,) = find_exact_names(f"Is {asked} relevant?")
    assert name.is_in(f"It is {asked}.")
    assert not name.is_in(text)


def test_what_is_known_of_children_is_not_said_of_newborns():
    general = passage("Ibuprofen may be given to children with fever.", "fever")
    said = answer("Which medicine treats fever in newborns?", general)
    assert said.startswith("The evidence found does not speak of newborns;")
