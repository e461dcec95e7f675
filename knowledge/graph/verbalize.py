"""Word facts as lines of evidence and as sentences, in English and Chinese.

    subject + relation + objects -> "Type 2 diabetes — symptoms: thirst; fatigue."
                                 -> "Symptoms of type 2 diabetes include thirst and fatigue."

The only place where a fact becomes text, so that lessons, evidence and quotations agree. Names are
never changed, not even their first letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.records import Entity, Language
from knowledge.vocabulary import RELATIONS, Relation

_STOPS = " \t\n.;,。；，、"


@dataclass(frozen=True, slots=True)
class _Template:
    """How a relation is said: `{s}` is the subject, `{o}` the object or the joined objects."""

    one: str
    many: str
    zh: str


def _template(one: str, many: str, zh: str) -> _Template:
    return _Template(one, many or one, zh)


_SENTENCES: dict[str, _Template] = {
    "description": _template("About {s}: {o}.", "", "{s}：{o}。"),
    "symptom": _template(
        "A symptom of {s} is {o}.", "Symptoms of {s} include {o}.", "{s}的症状包括{o}。"
    ),
    "sign": _template("A sign of {s} is {o}.", "Signs of {s} include {o}.", "{s}的体征包括{o}。"),
    "cause": _template(
        "A cause of {s} is {o}.", "Causes of {s} include {o}.", "{s}的病因包括{o}。"
    ),
    "risk_factor": _template(
        "A risk factor for {s} is {o}.",
        "Risk factors for {s} include {o}.",
        "{s}的危险因素包括{o}。",
    ),
    "test": _template(
        "A test used to investigate {s} is {o}.",
        "Tests used to investigate {s} include {o}.",
        "{s}的检查包括{o}。",
    ),
    "first_line": _template(
        "The first-line treatment of {s} is {o}.",
        "First-line treatments of {s} include {o}.",
        "{s}的一线治疗包括{o}。",
    ),
    "treatment": _template(
        "A treatment of {s} is {o}.", "Treatments of {s} include {o}.", "{s}的治疗方法包括{o}。"
    ),
    "medicine": _template(
        "A medicine used for {s} is {o}.",
        "Medicines used for {s} include {o}.",
        "用于{s}的药物包括{o}。",
    ),
    "complication": _template(
        "A complication of {s} is {o}.",
        "Complications of {s} include {o}.",
        "{s}的并发症包括{o}。",
    ),
    "prevention": _template("Prevention of {s}: {o}.", "", "{s}的预防：{o}。"),
    "department": _template(
        "The department for {s} is {o}.",
        "Departments for {s} include {o}.",
        "{s}的就诊科室包括{o}。",
    ),
    "red_flag": _template(
        "A red flag in {s}: {o}.", "Red flags in {s}: {o}.", "{s}的警示征象：{o}。"
    ),
    "body_part": _template(
        "The site of {s} is {o}.", "Sites of {s} include {o}.", "{s}的部位包括{o}。"
    ),
    "population": _template("People affected by {s}: {o}.", "", "{s}的易感人群：{o}。"),
    "transmission": _template("Transmission of {s}: {o}.", "", "{s}的传染性：{o}。"),
    "course": _template("Course of {s}: {o}.", "", "{s}的病程：{o}。"),
    "prognosis": _template("Prognosis of {s}: {o}.", "", "{s}的预后：{o}。"),
    "diet_recommended": _template(
        "A food recommended in {s} is {o}.",
        "Foods recommended in {s} include {o}.",
        "{s}宜吃的食物包括{o}。",
    ),
    "diet_avoided": _template(
        "A food to avoid in {s} is {o}.",
        "Foods to avoid in {s} include {o}.",
        "{s}忌吃的食物包括{o}。",
    ),
    "associated_with": _template(
        "{s} is statistically associated with {o}.", "", "{s}与{o}在统计上相关。"
    ),
    "drug_class": _template("The drug class of {s} is {o}.", "", "{s}的药物类别是{o}。"),
    "side_effect": _template(
        "A side effect of {s} is {o}.", "Side effects of {s} include {o}.", "{s}的不良反应包括{o}。"
    ),
    "contraindication": _template(
        "A contraindication to {s} is {o}.",
        "Contraindications to {s} include {o}.",
        "{s}的禁忌证包括{o}。",
    ),
    "interaction": _template(
        "{s} interacts with {o}.", "{s} interacts with {o}.", "{s}与{o}存在相互作用。"
    ),
    "dose_limit": _template("Dose limit of {s}: {o}.", "", "{s}的剂量上限：{o}。"),
    "monitoring": _template("Monitoring of {s}: {o}.", "", "{s}的监测：{o}。"),
    "pregnancy": _template("Use of {s} in pregnancy: {o}.", "", "妊娠期使用{s}：{o}。"),
    "breastfeeding": _template("Use of {s} while breastfeeding: {o}.", "", "哺乳期使用{s}：{o}。"),
    "children": _template("Use of {s} in children: {o}.", "", "儿童使用{s}：{o}。"),
    "renal": _template("Use of {s} in kidney disease: {o}.", "", "肾功能不全时使用{s}：{o}。"),
    "liver": _template("Use of {s} in liver disease: {o}.", "", "肝功能不全时使用{s}：{o}。"),
    "precaution": _template("Precautions with {s}: {o}.", "", "{s}的注意事项：{o}。"),
    "interaction_advice": _template(
        "Advice on interactions of {s}: {o}.", "", "{s}的相互作用处理：{o}。"
    ),
    "duplication": _template("Duplicate treatment with {s}: {o}.", "", "{s}的重复用药：{o}。"),
    "cross_allergy": _template(
        "Allergy to {s} may extend to {o}.", "", "对{s}过敏者也可能对{o}过敏。"
    ),
    "member": _template(
        "A medicine of the class {s} is {o}.",
        "Medicines of the class {s} include {o}.",
        "{s}所含药物包括{o}。",
    ),
}
"""Every relation of the vocabulary; a test fails where one is missing."""

_INVERSES: dict[str, _Template] = {
    "symptom": _template("{s} is a symptom of {o}.", "{s} is a symptom of {o}.", "{s}可见于{o}。"),
    "sign": _template("{s} is a sign of {o}.", "", "{s}可见于{o}。"),
    "cause": _template("{s} can cause {o}.", "", "{s}可引起{o}。"),
    "risk_factor": _template("{s} raises the risk of {o}.", "", "{s}会增加{o}的风险。"),
    "test": _template("{s} is used to investigate {o}.", "", "{s}用于检查{o}。"),
    "first_line": _template("{s} is a first-line treatment of {o}.", "", "{s}是{o}的一线治疗。"),
    "treatment": _template("{s} is a treatment of {o}.", "", "{s}用于治疗{o}。"),
    "medicine": _template("{s} is used for {o}.", "", "{s}用于{o}。"),
    "complication": _template("{s} is a complication of {o}.", "", "{s}是{o}的并发症。"),
    "department": _template("{s} sees patients with {o}.", "", "{s}接诊{o}。"),
    "body_part": _template("{s} is the site of {o}.", "", "{s}是{o}的发病部位。"),
    "diet_recommended": _template("{s} is recommended in {o}.", "", "{s}适宜用于{o}。"),
    "diet_avoided": _template("{s} is to be avoided in {o}.", "", "{s}不宜用于{o}。"),
    "side_effect": _template("{s} is a side effect of {o}.", "", "{s}是{o}的不良反应。"),
    "contraindication": _template("{s} is a contraindication to {o}.", "", "{s}是{o}的禁忌证。"),
    "member": _template("{s} belongs to the class {o}.", "", "{s}属于{o}。"),
}


def evidence_line(
    subject: str | Entity,
    relation: str,
    object_names: Sequence[str],
    language: Language,
    *,
    inverse: bool = False,
) -> str:
    """Return a group of facts as one line of evidence.

    With `inverse` the subject is what the facts are about as an object: the conditions that have
    this symptom.

    >>> evidence_line("Type 2 diabetes", "symptom", ["thirst", "fatigue"], "en")
    'Type 2 diabetes — symptoms: thirst; fatigue.'
    >>> evidence_line("2型糖尿病", "symptom", ["口渴", "乏力"], "zh")
    '2型糖尿病——症状：口渴；乏力。'
    """
    label = _label(RELATIONS[relation], language, inverse)
    parts = [name.strip(_STOPS) for name in object_names]
    subject_name = _name(subject, language)
    if language == "en":
        return f"{subject_name} — {label}: {'; '.join(parts)}."
    return f"{subject_name}——{label}：{'；'.join(parts)}。"


def fact_sentence(
    subject: str | Entity,
    relation: str,
    object_names: str | Sequence[str],
    language: Language,
    *,
    inverse: bool = False,
) -> str:
    """Return one fact, or facts of one relation, as a natural sentence.

    >>> fact_sentence("Type 2 diabetes", "symptom", ["thirst", "blurred vision", "fatigue"], "en")
    'Symptoms of Type 2 diabetes include thirst, blurred vision and fatigue.'
    >>> fact_sentence("二甲双胍", "contraindication", "严重肾衰竭", "zh")
    '二甲双胍的禁忌证包括严重肾衰竭。'
    """
    subject_name = _name(subject, language)
    given = [object_names] if isinstance(object_names, str) else object_names
    parts = [name.strip(_STOPS) for name in given]
    template = _template_of(relation, inverse)
    joined = _joined(parts, language, prose=RELATIONS[relation].object is None)
    if language == "zh":
        return template.zh.format(s=subject_name, o=joined)
    said = (template.one if len(parts) == 1 else template.many).format(s=subject_name, o=joined)
    return said[:1].upper() + said[1:] if said.startswith(subject_name) else said


def _name(subject: str | Entity, language: Language) -> str:
    return subject if isinstance(subject, str) else subject.name(language)


def _template_of(relation: str, inverse: bool) -> _Template:
    if inverse and not RELATIONS[relation].symmetric:
        return _INVERSES[relation]
    return _SENTENCES[relation]


def _label(relation: Relation, language: Language, inverse: bool) -> str:
    if not inverse:
        return relation.label(language)
    return relation.inverse_en if language == "en" else relation.inverse_zh


def _joined(parts: list[str], language: Language, prose: bool) -> str:
    """Join names with commas, and texts, which have commas of their own, with semicolons."""
    if language == "zh":
        return ("；" if prose else "、").join(parts)
    if prose or any(", " in part for part in parts):
        return "; ".join(parts)
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""
