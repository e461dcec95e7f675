"""Phrases: how the facts of a relation are told in running text, in many forms.

    name + relation + items -> one sentence that states them and nothing more

Every sentence names its relation in words that a proof can look for. This file knows nothing of
questions, of patients, or of where a fact came from.
"""

import random
import re
from collections.abc import Sequence

from knowledge.lessons.subjects import INVERSE, Item
from knowledge.records import Language
from knowledge.vocabulary import RELATIONS

# `{s}` is the subject, `{S}` the same at the start of a sentence, `{a}` the items joined by "and",
# `{o}` the same joined by "or". `[one|many]` follows the number of items, `<one|many>` that of the
# subject; `{a}` always stands behind its verb, so that a plural name never meets a singular verb.

_EN: dict[str, tuple[str, ...]] = {
    "symptom": (
        "[A symptom|Symptoms] of {s} [is|include] {a}.",
        "{S} can cause {a}.",
        "People with {s} may have {a} as [a symptom|symptoms].",
        "{S} may present with {a}.",
        "The [symptom|symptoms] to look for in {s} [is|include] {a}.",
        "{S} may show itself through {a}.",
    ),
    "sign": (
        "[A sign|Signs] of {s} [is|include] {a}.",
        "On examination, {s} may show {a}.",
        "Examining someone with {s} may reveal {a}.",
        "The [finding|findings] on examination in {s} [is|include] {a}.",
    ),
    "cause": (
        "[A cause|Causes] of {s} [is|include] {a}.",
        "{S} can be caused by {a}.",
        "{S} may be due to {a}.",
        "Among the causes of {s} [is|are] {a}.",
    ),
    "risk_factor": (
        "[A risk factor|Risk factors] for {s} [is|include] {a}.",
        "The risk of {s} rises with {a}.",
        "Among the risk factors for {s} [is|are] {a}.",
        "The [risk factor|risk factors] to ask about in {s} [is|include] {a}.",
    ),
    "test": (
        "[A test|Tests] used to investigate {s} [is|include] {a}.",
        "{S} can be investigated with {a}.",
        "When {s} is suspected, doctors may arrange {a}.",
        "The work-up for {s} can include {a}.",
        "The [investigation|investigations] for {s} [is|include] {a}.",
    ),
    "first_line": (
        "[The first-line treatment|First-line treatments] for {s} [is|include] {a}.",
        "First-line treatment of {s} is with {a}.",
        "Treatment of {s} starts with {a}, the first-line [choice|choices].",
        "For {s}, the first-line [option is|options include] {a}.",
    ),
    "treatment": (
        "[A treatment|Treatments] for {s} [is|include] {a}.",
        "{S} can be treated with {a}.",
        "Treatment of {s} can include {a}.",
        "The treatment [option|options] in {s} [is|include] {a}.",
        "Ways to treat {s} include {a}.",
    ),
    "medicine": (
        "[A medicine|Medicines] used for {s} [is|include] {a}.",
        "Drug treatment of {s} can include {a}.",
        "Doctors may prescribe {a} for {s}.",
        "The [medicine|medicines] that can be given for {s} [is|include] {a}.",
    ),
    "medicine~": (
        "{S} <is|are> used for {a}.",
        "{S} can be prescribed for {a}.",
        "Among the uses of {s} [is|are] {a}.",
    ),
    "first_line~": (
        "{S} <is|are> a first-line treatment for {a}.",
        "{S} <is|are> among the first-line choices for {a}.",
    ),
    "complication": (
        "[A complication|Complications] of {s} [is|include] {a}.",
        "{S} can be complicated by {a}.",
        "{S} can lead to {a}.",
        "Among the complications of {s} [is|are] {a}.",
    ),
    "department": (
        "The [department|departments] for {s} [is|include] {a}.",
        "People with {s} are seen in {a}.",
        "For {s}, the [clinic|clinics] to go to [is|are] {a}.",
    ),
    "body_part": (
        "The [site|sites] of {s} [is|include] the {a}.",
        "{S} <affects|affect> the {a}.",
    ),
    "diet_recommended": (
        "[A food|Foods] recommended in {s} [is|include] {a}.",
        "People with {s} are advised to eat {a}.",
    ),
    "diet_avoided": (
        "[A food|Foods] to avoid in {s} [is|include] {a}.",
        "People with {s} are advised to avoid eating {a}.",
    ),
    "associated_with": (
        "{S} <is|are> statistically associated with {a}.",
        "There is a statistical association between {s} and {a}.",
        "In recorded data, {s} <is|are> statistically associated with {a}.",
    ),
    "side_effect": (
        "[A side effect|Side effects] of {s} [is|include] {a}.",
        "{S} can cause {a} as [a side effect|side effects].",
        "Unwanted effects of {s} include {a}.",
        "The adverse [effect|effects] to watch for with {s} [is|include] {a}.",
    ),
    "contraindication": (
        "[A contraindication|Contraindications] to {s} [is|include] {a}.",
        "{S} <is|are> contraindicated in {o}.",
        "{S} should not be used in the case of {o}.",
        "{S} must not be given in the case of {o}.",
    ),
    "interaction": (
        "{S} <interacts|interact> with {a}.",
        "{S} <has|have> [an interaction|interactions] with {a}.",
        "Take care when combining {s} with {a}, because they interact.",
        "{S} <interacts|interact> with {a} when they are taken together.",
    ),
}

_ZH: dict[str, tuple[str, ...]] = {
    "symptom": (
        "{s}的症状包括{a}。",
        "{s}可出现{a}等症状。",
        "得了{s}，可能会有{a}。",
        "{s}的表现有{a}。",
        "{s}患者可能出现{a}。",
        "{s}的症状主要有{a}。",
    ),
    "sign": ("{s}的体征包括{a}。", "{s}查体可见{a}。", "给{s}患者查体时，可发现{a}。"),
    "cause": ("{s}的病因包括{a}。", "{s}可由{a}引起。", "引起{s}的原因有{a}。", "{a}可导致{s}。"),
    "risk_factor": (
        "{s}的危险因素包括{a}。",
        "{a}会增加患{s}的风险。",
        "与{s}风险升高有关的危险因素有{a}。",
    ),
    "test": (
        "{s}的检查包括{a}。",
        "诊断{s}可以做{a}。",
        "怀疑{s}时，可以做{a}等检查。",
        "{s}需要做的检查有{a}。",
        "为明确是否为{s}，可检查{a}。",
    ),
    "first_line": (
        "{s}的一线治疗包括{a}。",
        "{s}首选{a}。",
        "治疗{s}首选{a}。",
        "{s}的首选治疗是{a}。",
    ),
    "treatment": (
        "{s}的治疗方法包括{a}。",
        "{s}可以采用的治疗有{a}。",
        "治疗{s}可以选择{a}。",
        "{s}的治疗方式有{a}。",
    ),
    "medicine": (
        "用于{s}的药物包括{a}。",
        "治疗{s}可用的药物有{a}。",
        "{s}的用药可选{a}。",
        "{s}可以使用{a}等药物。",
    ),
    "medicine~": ("{s}用于治疗{a}。", "{s}可用于{a}。", "{s}可用于治疗{a}。"),
    "first_line~": ("{s}是{a}的一线治疗药物。", "{a}的首选治疗包括{s}。"),
    "complication": (
        "{s}的并发症包括{a}。",
        "{s}可并发{a}。",
        "{s}可能引起{a}等并发症。",
        "{s}的并发症有{a}。",
    ),
    "department": ("{s}的就诊科室是{a}。", "得了{s}可以挂{a}。", "{s}患者应到{a}就诊。"),
    "body_part": ("{s}的发病部位是{a}。", "{s}累及的部位包括{a}。"),
    "diet_recommended": ("{s}患者宜吃{a}。", "{s}患者饮食上适宜吃{a}。"),
    "diet_avoided": ("{s}患者忌吃{a}。", "{s}患者应避免吃{a}。"),
    "associated_with": (
        "{s}与{a}在统计上相关。",
        "从统计上看，{s}与{a}相关。",
        "{s}和{a}存在统计上的关联。",
    ),
    "side_effect": (
        "{s}的不良反应包括{a}。",
        "使用{s}可能出现{a}等不良反应。",
        "{s}的副作用有{a}。",
    ),
    "contraindication": (
        "{s}的禁忌证包括{a}。",
        "[以下情况|以下各种情况都]禁用{s}：{a}。",
        "{s}禁用于{a}。",
        "存在{o}时不应使用{s}。",
    ),
    "interaction": (
        "{s}与{a}存在相互作用。",
        "{s}与{a}合用时会发生相互作用。",
        "同时使用{s}和{a}会产生相互作用。",
    ),
}

# What introduces a text of a relation: the text follows unchanged. An empty one leaves it alone.
_EN_TEXT: dict[str, tuple[str, ...]] = {
    "description": ("About {s}:",),
    "symptom": ("Symptoms of {s}:",),
    "cause": ("Causes of {s}:", "On the causes of {s}:"),
    "prevention": ("Prevention of {s}:", "On the prevention of {s}:"),
    "red_flag": ("A red flag in {s}:", "A warning sign in {s}:"),
    "population": ("People affected by {s}:", "Who gets {s}:"),
    "transmission": ("Transmission of {s}:", "How {s} spreads:"),
    "course": ("Course of {s}:", "How long {s} lasts:"),
    "prognosis": ("Prognosis of {s}:", "The outlook in {s}:"),
    "drug_class": ("The drug class of {s} is", "{S} <belongs|belong> to this drug class:"),
    "dose_limit": ("Dose limit of {s}:", "On the dose of {s}:"),
    "monitoring": ("Monitoring of {s}:", "What to monitor with {s}:"),
    "pregnancy": ("Use of {s} in pregnancy:", "{S} in pregnancy:"),
    "contraindication": ("Contraindications to {s}:",),
    "interaction": ("Interactions of {s}:",),
    "side_effect": ("Side effects of {s}:",),
}
_ZH_TEXT: dict[str, tuple[str, ...]] = {
    "description": ("{s}：",),
    "symptom": ("{s}的症状：",),
    "cause": ("{s}的病因：", "关于{s}的病因："),
    "prevention": ("{s}的预防：", "预防{s}："),
    "red_flag": ("{s}的警示征象：", "{s}的危险信号："),
    "population": ("{s}的易感人群：", "容易得{s}的人群："),
    "transmission": ("{s}的传染性：", "{s}的传播情况："),
    "course": ("{s}的病程：",),
    "prognosis": ("{s}的预后：",),
    "drug_class": ("{s}属于", "{s}的药物类别是"),
    "dose_limit": ("{s}的剂量上限：", "{s}的用量："),
    "monitoring": ("{s}的监测：", "使用{s}期间需要监测："),
    "pregnancy": ("妊娠期使用{s}：", "孕妇使用{s}："),
    "contraindication": ("{s}的禁忌证：",),
    "interaction": ("{s}的相互作用：",),
    "side_effect": ("{s}的不良反应：",),
}

_OWN_TITLE = re.compile("^(?:治疗周期|治愈率)：")
_WHOLE_EN = re.compile(
    r"(?:A|An|The) [^.]*? (?:is|are|was|refers|occurs|means) (?:an?|the|one|any|to|when|in)\b"
)
_WHOLE_ZH = re.compile("^(?:无|有|具有|没有)传染性$")
_AGREES = re.compile("<([^|>]*)[|]([^>]*)>")
_WITH_OBJECT = re.compile("«([^|»]*)[|]([^»]*)»")
_SINGULAR = re.compile(
    r"(?:ss|us|is|itis|osis|abetes|ies|erpes|easles|umps|ickets|ingles|ives|sthenes|ids|lens|aws|"
    r"AIDS|ABS|ascites|pancreas|biceps|[A-Z]S)$"
)
_NOBODY = re.compile("无|所有|均可|任何|不限|不详")
_NUMBER = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")
_ARTICLE = re.compile(r"^(?:A|An|The) (?=\w)")
_DEFINES = re.compile("^(?:一种|一类|一组|由|指|是)")
_STOPS = ".。"


def statement(
    name: str,
    relation: str,
    items: Sequence[Item],
    language: Language,
    pick: random.Random,
) -> str:
    """Return one sentence, or the text itself with an introduction, that states some facts.

    The facts are of one relation, and either all name entities or are one text.
    """
    if not items[0].object:
        return _told(name, relation, items[0], language, pick)
    table = _EN if language == "en" else _ZH
    template = pick.choice(table.get(relation) or (_plain(relation, language),))
    names = [item.said for item in items]
    return fill(
        template,
        language,
        len(items),
        s=name,
        a=listing(names, language, pick),
        o=listing(names, language, pick, either=True),
    )


def relations(language: Language) -> tuple[str, ...]:
    """Return the relations that can be told, those seen from the object among them."""
    named, told = (_EN, _EN_TEXT) if language == "en" else (_ZH, _ZH_TEXT)
    return tuple(dict.fromkeys((*named, *told)))


def fill(template: str, language: Language, count: int, **parts: str) -> str:
    """Fill a template; a capital key stands for its small one at the start of a sentence.

    >>> fill("[A sign|Signs] of {s} [is|include] {a}.", "en", 2, s="gout", a="pain and heat")
    'Signs of gout include pain and heat.'
    """
    chosen = _NUMBER.sub(lambda match: match[1] if count == 1 else match[2], template)
    chosen = _AGREES.sub(lambda match: match[1 + is_plural(parts.get("s", ""))], chosen)
    chosen = _WITH_OBJECT.sub(lambda match: match[1 + is_plural(parts.get("o", ""))], chosen)
    large = {key.upper(): text[:1].upper() + text[1:] for key, text in parts.items()}
    text = chosen.format(**parts, **large)
    return text[:1].upper() + text[1:] if language == "en" else text


def is_plural(name: str) -> bool:
    """Say whether an English name takes a plural verb.

    >>> is_plural("kidney stones"), is_plural("rabies"), is_plural("NSAIDs")
    (True, False, True)
    """
    last = name.split(" ")[-1] if name else ""
    return last.endswith("s") and (
        last[:1].isupper() and last[1:2].isupper() or not (_SINGULAR.search(last))
    )


def listing(
    texts: Sequence[str],
    language: Language,
    pick: random.Random | None = None,
    either: bool = False,
) -> str:
    """Join names as running text does; names with commas of their own are set off by semicolons.

    `either` joins the last by "or", as after a denial.

    >>> listing(["thirst", "fatigue", "weight loss"], "en")
    'thirst, fatigue and weight loss'
    >>> listing(["口渴", "乏力"], "zh")
    '口渴和乏力'
    """
    if len(texts) < 2:
        return "".join(texts)
    if language == "zh":
        apart = "；" if any("、" in text for text in texts) else "、"
        last = pick.choice(("和", "、", "以及", "、")) if pick else "和"
        last = "或" if either else last
        if apart == "；" or any(text.endswith(("和", "与")) or "和" in text for text in texts):
            last = apart
        return apart.join(texts[:-1]) + last + texts[-1]
    word = "or" if either else "and"
    if any(", " in text or " and " in text for text in texts):
        return "; ".join(texts[:-1]) + f"; {word} " + texts[-1]
    return ", ".join(texts[:-1]) + f" {word} " + texts[-1]


def _plain(relation: str, language: Language) -> str:
    label = RELATIONS[relation.removesuffix(INVERSE)].label(language)
    return f"{label} of {{s}}: {{a}}." if language == "en" else f"{{s}}的{label}：{{a}}。"


def _told(name: str, relation: str, item: Item, language: Language, pick: random.Random) -> str:
    body = item.text.rstrip(_STOPS)
    if language == "zh":
        return _told_zh(name, relation, body, pick) + "。"
    article = _ARTICLE.match(body)
    if (
        relation == "description"
        and article
        and body[article.end() :].lower().startswith(name.lower())
    ):
        return f"{body}."
    if article and _WHOLE_EN.match(body):
        article = None
    if relation == "description" and article:
        said = f"{name} is {body[:1].lower()}{body[1:]}"
        return f"{said[:1].upper()}{said[1:]}."
    if relation == "description" and body.casefold().startswith(name.casefold()):
        return f"{body}."
    intro = pick.choice(_EN_TEXT.get(relation) or (f"{RELATIONS[relation].en} of {{s}}:",))
    return fill(f"{intro} ", language, 1, s=name) + item.said.rstrip(_STOPS) + "."


def _told_zh(name: str, relation: str, body: str, pick: random.Random) -> str:
    if relation == "description":
        if body.startswith(name):
            return body
        defines = _DEFINES.match(body)
        return (
            f"{name}{'' if defines and defines[0] in '是指' else '是'}{body}"
            if defines
            else (f"{name}：{body}")
        )
    if _OWN_TITLE.match(body):
        return f"{name}的{body}"
    if relation == "transmission" and _WHOLE_ZH.match(body):
        return f"{name}{body}"
    if relation == "population" and _NOBODY.search(body):
        return f"{name}的易感人群：{body}"
    intro = pick.choice(_ZH_TEXT.get(relation) or (f"{{s}}的{RELATIONS[relation].zh}：",))
    return intro.format(s=name) + body
