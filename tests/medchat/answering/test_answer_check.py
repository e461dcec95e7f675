"""The sentence check: what is carried by evidence, and what is not, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.graph.linker import KnownName, Linker
from knowledge.text.citations import cite
from knowledge.text.names import language_of, normalise
from knowledge.text.sentences import split_draft
from medchat.answering import answer_check
from medchat.answering.answer import Evidence

NAMES = {
    "condition:t2d": ("Type 2 diabetes", "2型糖尿病"),
    "condition:t1d": ("Type 1 diabetes", "1型糖尿病"),
    "condition:htn": ("Hypertension", "高血压"),
    "condition:obesity": ("obesity", "肥胖"),
    "condition:stroke": ("stroke", "脑卒中"),
    "condition:renal": ("severe renal impairment", "严重肾功能不全"),
    "condition:hypo": ("hypoglycaemia", "低血糖"),
    "medicine:metformin": ("metformin", "二甲双胍"),
    "medicine:insulin": ("insulin", "胰岛素"),
    "medicine:gliclazide": ("gliclazide", "格列齐特"),
    "medicine:sulfonylureas": ("sulfonylureas", "磺脲类"),
    "medicine:warfarin": ("warfarin", "华法林"),
    "symptom:thirst": ("thirst", "口渴"),
    "symptom:fatigue": ("fatigue", "乏力"),
    "symptom:headache": ("headache", "头痛"),
}
find = Linker(
    KnownName(id, id.partition(":")[0], name, normalise(name), language_of(name), True)
    for id, names in NAMES.items()
    for name in names
).find


def fact(subject: str, relation: str, text: str) -> Evidence:
    language = language_of(text)
    return Evidence(
        "fact", f"{subject}#{relation}", text.split(" — ")[0], text, 0, len(text), language,
        subject=subject, relation=relation,
    )  # fmt: skip


def passage(text: str, title: str = "", quote: str = "") -> Evidence:
    start = text.index(quote) if quote else 0
    end = start + len(quote or text)
    return Evidence(
        "passage", "note:1#1", title, text, start, end, language_of(text), context=title
    )  # fmt: skip


EN = [
    fact("condition:t2d", "symptom", "Type 2 diabetes — symptoms: thirst; fatigue."),
    fact("condition:t2d", "first_line", "Type 2 diabetes — first-line treatment: metformin."),
    fact(
        "medicine:metformin",
        "contraindication",
        "Metformin — contraindications: severe renal impairment.",
    ),
    fact("condition:htn", "cause", "Hypertension — causes: obesity."),
    passage(
        "Metformin 500 mg is started once daily, while gliclazide is started at 80 mg. "
        "Metformin should not be stopped for a mild cold. Sulfonylureas can cause hypoglycaemia. "
        "Metformin is preferred, whereas insulin causes weight gain.",
        "Glucose-lowering medicines",
    ),
    passage("Blood pressure below 130/80 mmHg reduces stroke.", "Targets in hypertension"),
]
ZH = [
    fact("condition:t2d", "symptom", "2型糖尿病——症状：口渴；乏力。"),
    fact("condition:t2d", "first_line", "2型糖尿病——一线治疗：二甲双胍。"),
    fact("medicine:metformin", "contraindication", "二甲双胍——禁忌证：严重肾功能不全。"),
    passage(
        "二甲双胍起始剂量为500毫克，每日1次。磺脲类可引起低血糖。"
        "轻度感冒时不应停用二甲双胍。首选二甲双胍，胰岛素可导致体重增加。",
        "降糖药物",
    ),
]

SUPPORTED = [
    ("Symptoms of type 2 diabetes: thirst; fatigue [1].", "the line in the mini model's words"),
    ("Type 2 diabetes — symptoms: thirst; fatigue [1].", "the line itself"),
    ("Thirst is a symptom of type 2 diabetes [1].", "turned round, same fact"),
    ("Metformin is the first-line treatment for type 2 diabetes [2].", "fact in a sentence"),
    ("Type 2 diabetes is treated with metformin [2].", "'treated' speaks of first-line treatment"),
    ("Metformin is contraindicated in severe renal impairment [3].", "denial by another word"),
    ("Do not use metformin in severe renal impairment [3].", "denial in plain words"),
    ("Hypertension may be caused by obesity [4].", "cause in the passive"),
    ("Obesity causes hypertension [4].", "cause in the active"),
    ("Metformin 500 mg is started once daily [5].", "a dose with its owner"),
    ("Gliclazide is started at 80 mg [5].", "the other dose with its owner"),
    ("Sulfonylureas can cause hypoglycaemia [5].", "one sentence of a passage"),
    ("Metformin should not be stopped for a mild cold [5].", "a copied denial"),
    ("Blood pressure below 130/80 mmHg reduces stroke [6].", "numbers and a direction"),
]
SUPPORTED_ZH = [
    ("2型糖尿病的症状：口渴；乏力[1]。", "the mini model's words"),
    ("2型糖尿病的症状包括口渴和乏力[1]。", "a sentence"),
    ("2型糖尿病首选二甲双胍[2]。", "'首选' speaks of first-line treatment"),
    ("严重肾功能不全者禁用二甲双胍[3]。", "denial by another word"),
    ("严重肾功能不全时不应使用二甲双胍[3]。", "denial in plain words"),
    ("二甲双胍起始剂量为500 mg，每日1次[4]。", "a unit in the other script"),
    ("磺脲类可引起低血糖[4]。", "one sentence of a passage"),
    ("轻度感冒时不应停用二甲双胍[4]。", "a copied denial"),
]
UNSUPPORTED = [
    ("Symptoms of type 1 diabetes: thirst; fatigue [1].", "swapped subject"),
    ("Symptoms of type 2 diabetes: thirst; headache [1].", "swapped object"),
    ("Complications of type 2 diabetes: thirst [1].", "swapped relation"),
    ("Insulin is the first-line treatment for type 2 diabetes [2].", "swapped medicine"),
    ("Type 2 diabetes is not treated with metformin [2].", "flipped negation"),
    ("Metformin is safe in severe renal impairment [3].", "flipped contraindication"),
    ("Metformin is used in severe renal impairment [3].", "contraindication left out"),
    ("Hypertension causes obesity [4].", "cause and effect turned round"),
    ("Metformin 850 mg is started once daily [5].", "changed dose"),
    ("Metformin 500 g is started once daily [5].", "changed unit"),
    ("Metformin is started at 80 mg [5].", "the other medicine's dose"),
    ("Metformin can cause hypoglycaemia [5].", "the other medicine's effect, next sentence"),
    ("Metformin causes weight gain [5].", "the other medicine's effect, same sentence"),
    ("Metformin should be stopped for a mild cold [5].", "denial left out"),
    ("Metformin should always be started once daily [5].", "a stronger word"),
    ("Type 2 diabetes is treated with zorblatinib [2].", "invented entity"),
    ("Metformin cures type 2 diabetes permanently [2].", "invented claim"),
    ("Blood pressure above 130/80 mmHg reduces stroke [6].", "turned comparison"),
    ("Blood pressure below 130/80 mmHg increases stroke [6].", "turned effect"),
]
UNSUPPORTED_ZH = [
    ("1型糖尿病的症状：口渴；乏力[1]。", "swapped subject"),
    ("2型糖尿病的症状：口渴；头痛[1]。", "swapped object"),
    ("2型糖尿病的并发症：口渴[1]。", "swapped relation"),
    ("2型糖尿病首选胰岛素[2]。", "swapped medicine"),
    ("2型糖尿病不宜使用二甲双胍[2]。", "flipped negation"),
    ("严重肾功能不全者可使用二甲双胍[3]。", "flipped contraindication"),
    ("二甲双胍起始剂量为850毫克，每日1次[4]。", "changed dose"),
    ("二甲双胍起始剂量为500克，每日1次[4]。", "changed unit"),
    ("二甲双胍可引起低血糖[4]。", "the other medicine's effect, next sentence"),
    ("二甲双胍可导致体重增加[4]。", "the other medicine's effect, same sentence"),
    ("轻度感冒时应停用二甲双胍[4]。", "denial left out"),
    ("2型糖尿病的一线治疗：左布洛替尼[2]。", "invented entity"),
]


def ids(table):
    return [reason for _, reason in table]


@pytest.mark.parametrize(("sentence", "reason"), SUPPORTED, ids=ids(SUPPORTED))
def test_carried_in_english(sentence, reason):
    checked = answer_check.check_draft(sentence, EN, find)
    assert [one.support for one in checked.sentences] == ["supported"]
    assert checked.sentences[0].score == 1.0
    assert checked.repaired == 0


@pytest.mark.parametrize(("sentence", "reason"), SUPPORTED_ZH, ids=ids(SUPPORTED_ZH))
def test_carried_in_chinese(sentence, reason):
    checked = answer_check.check_draft(sentence, ZH, find)
    assert [one.support for one in checked.sentences] == ["supported"]
    assert checked.repaired == 0


@pytest.mark.parametrize(("sentence", "reason"), UNSUPPORTED, ids=ids(UNSUPPORTED))
def test_not_carried_in_english(sentence, reason):
    checked = answer_check.check_draft(sentence, EN, find, keep_unsupported=True)
    assert [one.support for one in checked.sentences] == ["unsupported"]
    assert answer_check.check_draft(sentence, EN, find).sentences == ()


@pytest.mark.parametrize(("sentence", "reason"), UNSUPPORTED_ZH, ids=ids(UNSUPPORTED_ZH))
def test_not_carried_in_chinese(sentence, reason):
    checked = answer_check.check_draft(sentence, ZH, find, keep_unsupported=True)
    assert [one.support for one in checked.sentences] == ["unsupported"]


@pytest.mark.parametrize(
    "draft",
    [
        "Symptoms of type 2 diabetes: thirst; fatigue [2].",
        "Symptoms of type 2 diabetes: thirst; fatigue [9].",
        "Symptoms of type 2 diabetes: thirst; fatigue.",
    ],
)
def test_a_wrong_or_missing_citation_is_repaired(draft):
    checked = answer_check.check_draft(draft, EN, find)
    assert checked.repaired == 1
    assert checked.sentences[0].text == "Symptoms of type 2 diabetes: thirst; fatigue [1]."
    assert checked.citations[0].id == "condition:t2d#symptom"


def test_only_the_carried_sentences_stay_and_are_numbered_by_first_use():
    draft = (
        "Metformin is contraindicated in severe renal impairment [3]. It cures everything [1]. "
        "Type 2 diabetes is treated with metformin [2]."
    )
    checked = answer_check.check_draft(draft, EN, find)
    assert checked.text == (
        "Metformin is contraindicated in severe renal impairment [1]. "
        "Type 2 diabetes is treated with metformin [2]."
    )
    assert [citation.n for citation in checked.citations] == [1, 2]
    assert checked.dropped == 1


def test_a_sentence_of_two_parts_may_have_two_citations():
    draft = "Type 2 diabetes is treated with metformin [2] and presents with thirst [1]."
    checked = answer_check.check_draft(draft, EN, find)
    assert [one.citations for one in checked.sentences] == [(1, 2)]
    flipped = "Type 2 diabetes is treated with metformin [2] and presents with headache [1]."
    assert answer_check.check_draft(flipped, EN, find).sentences == ()


def test_a_list_of_facts_is_whole_or_quoted():
    whole = "Symptoms of type 2 diabetes: fatigue; thirst [1]."
    checked = answer_check.check_draft(whole, EN, find)
    assert answer_check.complete_lists(checked, EN[:1], find) == checked
    draft = (
        "Type 2 diabetes presents with thirst [1]. Type 2 diabetes is treated with metformin [2]."
    )
    filled = answer_check.complete_lists(answer_check.check_draft(draft, EN, find), EN[:2], find)
    assert [one.text for one in filled.sentences] == [
        "Symptoms of type 2 diabetes include thirst and fatigue [1].",
        "Type 2 diabetes is treated with metformin [2].",
    ]
    assert not filled.verbatim
    alone = answer_check.check_draft("Type 2 diabetes presents with thirst [1].", EN, find)
    assert answer_check.complete_lists(alone, EN[:1], find).verbatim


def test_a_draft_of_framing_alone_is_nothing():
    assert answer_check.check_draft("Here is what the evidence says.", EN, find).sentences == ()


def test_the_quote_is_the_span_of_the_text():
    text = "First this. Sulfonylureas can cause hypoglycaemia. Then that."
    piece = passage(text, "Title", "Sulfonylureas can cause hypoglycaemia.")
    (citation,) = answer_check.check_draft(
        "Sulfonylureas cause hypoglycaemia [1].", [piece], find
    ).citations
    assert citation.quote == text[citation.start : citation.end]
    assert citation.quote == "Sulfonylureas can cause hypoglycaemia."


@pytest.mark.parametrize("piece", [*EN, *ZH])
def test_evidence_carries_its_own_words(piece):
    drafted = answer_check.check_draft(cite(split_draft(piece.quote)[0], (1,)), [piece], find)
    assert [one.support for one in drafted.sentences] == ["supported"]
    quoted = answer_check.tell_evidence([piece], find)
    assert quoted.sentences[0].support == "supported"
    assert quoted.sentences[0].citations == (1,)
    assert quoted.verbatim


@pytest.mark.parametrize(
    ("draft", "sentences"),
    [
        ("A is so. B is not.[2] C [1, 2].", ["A is so.", "B is not[2].", "C [1, 2]."]),
        ("- One [1]\n- Two [2]\n", ["One [1]", "Two [2]"]),
        ("甲。[1]乙[2]！", ["甲[1]。", "乙[2]！"]),
        ("Give 2.5 mg, e.g. at night [1]. Stop.", ["Give 2.5 mg, e.g. at night [1].", "Stop."]),
        ("", []),
    ],
)
def test_drafts_are_split_with_their_markers(draft, sentences):
    assert split_draft(draft) == sentences


@given(st.text(max_size=200))
def test_no_draft_breaks_the_check(draft):
    checked = answer_check.check_draft(draft, EN[:2], find)
    for citation in checked.citations:
        assert citation.quote == EN[:2][0].quote or citation.quote == EN[1].quote
