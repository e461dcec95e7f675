"""The lexicon of denial: cues of each kind, pseudo-negations, both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text.denial import KINDS, find_denials, is_denied

DENYING = {
    "negation": "not|no|nor|never|none|nothing|neither|nobody|nowhere|cannot|isn't|can’t|instead|"
    "rather|unable|不|没|沒|无|無|未|并非|非|否|没有|不是|未见",
    "lack": "without|absent|absence|lack|lacks|lacking|free of|nil|negative|缺乏|缺少|毫无|阴性",
    "rarity": "hardly|scarcely|barely|seldom|rarely|unlikely|less likely|little|negligible|"
    "少见|罕见|绝少|很少|难以|微不足道",
    "ineffective": "fail|fails|failed|failing|useless|ineffective|无效|失效",
    "falsity": "deny|denies|denied|refuted|refutes|exclude|excludes|excluded|rule out|rules out|"
    "ruled out|rule it out|contrary|false|untrue|wrong|mistaken|myth|"
    "排除|拒绝|谈不上|反而|误区|谣言|否认",
    "unrelated": "unrelated|unassociated|uncorrelated|unlinked|unconnected|independent|irrelevant|"
    "无关|不相关",
    "prohibition": "avoid|avoids|avoided|avoiding|contraindicated|contraindication|"
    "contraindications|prohibited|forbidden|unsafe|inappropriate|unsuitable|unfit|"
    "勿|莫|别|禁|忌|避|避免|免|禁忌",
    "cessation": "stop|stopped|stopping|withhold|withheld|discontinue|discontinued|omit|"
    "停用|停药|中止",
    "needless": "unnecessary|not needed|no need|不必|无需|不需要",
    "exception": "except|unless|other than|除外|例外|除非|除孕妇以外|除妊娠期外",
    "partial": "not always|not all|not necessarily|不一定|未必|并非所有",
}
"""What either checker knew before there was one lexicon, and more, by kind."""

PSEUDO = [
    "It is not only safe.",
    "not just in adults",
    "no more than 4 g a day",
    "without exceeding 2 g",
    "non-steroidal anti-inflammatory drugs",
    "gram-negative rods",
    "an independent risk factor",
    "absence seizures",
    "a false positive",
    "whether or not",
    "notable nothingness",
    "stopgap",
    "as little as 5 mg",
    "不良反应",
    "乏力无力",
    "无菌操作",
    "非甾体抗炎药",
    "不仅有效",
    "食欲不振",
    "肾功能不全",
    "是否有发热",
    "有无咳嗽",
    "尿失禁",
    "阿莫西林、他莫昔芬、拉莫三嗪、福莫特罗、莫西沙星",
    "别嘌醇",
    "没药",
    "睡眠呼吸暂停",
    "心脏骤停",
    "避孕",
    "免疫",
    "鉴别诊断",
    "不超过4 g",
    "不得不",
    "难免",
    "维生素C缺乏症",
    "革兰阴性菌",
    "除颤",
    "除此之外",
    "意料之外",
    "非常有效",
    "去除病灶",
    "",
]


@pytest.mark.parametrize(
    ("cue", "kind"),
    [(cue, kind) for kind, cues in DENYING.items() for cue in cues.split("|")],
)
def test_a_cue_is_found_with_its_kind(cue, kind):
    text = f"病人{cue}用药" if not cue.isascii() and "’" not in cue else f"It is {cue} so."
    assert kind in {found.kind for found in find_denials(text)}, find_denials(text)


def test_every_kind_has_its_cues_here():
    assert set(DENYING) == set(KINDS)


@pytest.mark.parametrize("text", PSEUDO)
def test_a_pseudo_negation_denies_nothing(text):
    assert find_denials(text) == []
    assert not is_denied(text)


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("should not be used", ["not"]),
        ("can't and cannot", ["n't", "cannot"]),
        ("肾功能不全者禁用", ["禁"]),
        ("不应使用，无发热", ["不", "无"]),
        ("not contraindicated", ["not", "contraindicated"]),
        ("禁忌证不明", ["禁忌", "不"]),
        ("并非禁忌", ["并非", "禁忌"]),
        ("未满足的需求", ["未"]),
        ("禁食海鲜", ["禁"]),
        ("证据不足以支持", ["不"]),
        ("Safe, except in pregnancy", ["except"]),
        ("A myth: it NEVER helps", ["myth", "never"]),
        ("Do not stop it without advice unless told", ["not", "stop", "without", "unless"]),
    ],
)
def test_cues_come_from_left_to_right(text, cues):
    found = find_denials(text)
    assert [each.cue for each in found] == cues
    assert [text[each.start : each.end].casefold() for each in found] == cues


def test_kinds_are_chosen():
    text = "Rarely used; contraindicated in gout."
    assert [found.cue for found in find_denials(text, ("prohibition",))] == ["contraindicated"]
    assert not is_denied(text, ("falsity",))


@given(st.text(max_size=80))
def test_any_text_is_read(text):
    found = find_denials(text)
    assert [each.start for each in found] == sorted(each.start for each in found)
    assert is_denied(text) == bool(found)
