"""Brief: how the facts of a relation are told where it is plain of what one speaks.

    relation + items -> one short sentence without the name of its subject

As with `phrases`, every sentence names its relation in words that a proof can look for. This file
knows nothing of questions; whoever uses it sees to it that the subject has been named.
"""

import random
from collections.abc import Sequence

from knowledge.lessons import phrases
from knowledge.lessons.subjects import Item
from knowledge.records import Language

_EN: dict[str, tuple[str, ...]] = {
    "symptom": ("Look for {a} as [a symptom|symptoms].", "The [symptom is|symptoms are] {a}.",
                "It may present with {a}.", "It can cause {a}."),
    "sign": ("On examination: {a}.", "[A sign is|Signs are] {a}."),
    "cause": ("The [cause is|causes include] {a}.", "It may be due to {a}.",
              "{A} can lead to it."),
    "risk_factor": ("The risk rises with {a}.", "[A risk factor is|Risk factors are] {a}."),
    "test": ("Tests: {a}.", "To confirm it: {a}.", "Investigate with {a}.",
             "The work-up: {a}.", "I would check {a}."),
    "first_line": ("First-line: {a}.", "The first choice is {a}.", "Treatment starts with {a}."),
    "treatment": ("Treatment: {a}.", "It is treated with {a}.", "Manage it with {a}."),
    "medicine": ("Medicines: {a}.", "Drug options: {a}.", "One may prescribe {a}."),
    "medicine~": ("It is used for {a}.", "It can be prescribed for {a}.", "It is given for {a}."),
    "first_line~": ("It is first-line for {a}.", "First choice in {a}."),
    "complication": ("It can lead to {a}.", "Complications: {a}.", "It may result in {a}."),
    "department": ("Refer to {a}.", "The department: {a}.", "It is seen in {a}."),
    "body_part": ("It affects the {a}.", "Site: {a}."),
    "diet_recommended": ("Recommended food: {a}.", "{A} [is|are] recommended."),
    "diet_avoided": ("Avoid {a}.", "Better not eat {o}."),
    "associated_with": ("On record are statistical links with {a}.", "Statistically: {a}.",
                        "The statistical associations are {a}.",
                        "It goes statistically with {a}.",
                        "{A}: these are statistical associations."),
    "side_effect": ("Side effects: {a}.", "Unwanted effects include {a}.", "Adverse effects: {a}."),
    "contraindication": ("It is contraindicated in {o}.", "Contraindications: {a}.",
                         "It must not be given in {o}."),
    "interaction": ("It interacts with {a}.", "Interactions: {a}."),
}  # fmt: skip
_ZH: dict[str, tuple[str, ...]] = {
    "symptom": ("表现为{a}。", "症状有{a}。", "可出现{a}。", "{a}等症状。", "主要表现：{a}。"),
    "sign": ("查体可见{a}。", "体征：{a}。", "体征有{a}。"),
    "cause": ("病因：{a}。", "由{a}引起。", "原因有{a}。", "可因{a}引起。"),
    "risk_factor": ("危险因素：{a}。", "{a}会增加风险。", "高危因素有{a}。"),
    "test": ("检查：{a}。", "可查{a}以明确诊断。", "检查有{a}。", "先做{a}等检查。", "诊断靠{a}。"),
    "first_line": ("首选{a}。", "一线用{a}。", "一线治疗：{a}。"),
    "treatment": ("治疗：{a}。", "治疗上采用{a}。", "治法有{a}。", "治疗可选{a}。"),
    "medicine": ("用药：{a}。", "可用{a}。", "药物有{a}。", "可使用{a}。"),
    "medicine~": ("用于{a}。", "可用于{a}。", "用来治疗{a}。"),
    "first_line~": ("是{a}的一线用药。", "{a}首选它。"),
    "complication": ("可并发{a}。", "并发症：{a}。", "可引起{a}。", "要防{a}等并发症。"),
    "department": ("挂{a}。", "看{a}。", "到{a}就诊。", "就诊科室：{a}。"),
    "body_part": ("部位：{a}。", "累及{a}。"),
    "diet_recommended": ("宜吃{a}。",),
    "diet_avoided": ("忌吃{a}。", "避免吃{a}。"),
    "associated_with": ("统计上与{a}相关。",),
    "side_effect": ("不良反应：{a}。", "副作用有{a}。"),
    "contraindication": ("禁忌证：{a}。", "{o}禁用。", "禁用于{a}。"),
    "interaction": ("与{a}有相互作用。", "与{a}合用会相互影响，属相互作用。"),
}  # fmt: skip


def statement(relation: str, items: Sequence[Item], language: Language, pick: random.Random) -> str:
    """Return one short sentence that states facts of a relation, or nothing where it has none."""
    table = (_EN if language == "en" else _ZH).get(relation, ())
    if not table or not items[0].object:
        return ""
    names = [item.said for item in items]
    return phrases.fill(
        pick.choice(table),
        language,
        len(items),
        a=phrases.listing(names, language, pick),
        o=phrases.listing(names, language, pick, either=True),
    )
